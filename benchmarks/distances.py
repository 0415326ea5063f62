"""HD95 of three regions, each peer against ours under the peer's own definition."""

from __future__ import annotations

from functools import partial

import numpy as np
import SimpleITK
import surface_distance
from medpy.metric import binary as medpy
from monai.metrics import compute_hausdorff_distance
from panoptica.metrics import Metric

from benchmarks.counts import Pairs, as_tensor
from benchmarks.measuring import Comparison, Target, require_equal
from benchmarks.regions import SPACING_MM, Values, from_labelmaps, ours


def comparisons() -> list[Comparison]:
    by_area, of_directions, pooled = (
        ours(f"hd95_{definition}") for definition in ("surface_area", "max_of_directions", "pooled")
    )
    exact, nearly = (partial(require_equal, "HD95", within=mm) for mm in (1e-9, 1e-4))
    make = partial(Comparison, "hd95", what="HD95 pooled × 3 regions", ours=pooled, check=exact)
    directions = "HD95 max_of_directions × 3 regions (float32: equal to 1e-4 mm)"
    return [
        make(
            "surface-distance",
            what="HD95 surface_area × 3 regions",
            ours=by_area,
            theirs=from_labelmaps(by_surface_distance),
            target=Target(at_least=60),
            subjects=6,
        ),
        make(
            "MONAI",
            what=directions,
            ours=of_directions,
            theirs=from_labelmaps(by_monai),
            check=nearly,
            target=Target(at_least=60),
            subjects=6,
        ),
        make(
            "SimpleITK",
            what=directions,
            ours=of_directions,
            theirs=from_labelmaps(by_simpleitk),
            check=nearly,
            rounds=2,
        ),
        make("panoptica", theirs=from_labelmaps(by_panoptica), rounds=2),
        make("MedPy", theirs=from_labelmaps(by_medpy), rounds=2),
    ]


def by_surface_distance(pairs: Pairs) -> Values:
    measured = (surface_distance.compute_surface_distances(*pair, SPACING_MM) for pair in pairs)
    return [float(surface_distance.compute_robust_hausdorff(distances, 95)) for distances in measured]


def by_monai(pairs: Pairs) -> Values:
    references, predictions = (as_tensor(masks) for masks in zip(*pairs, strict=True))
    found = compute_hausdorff_distance(
        predictions, references, include_background=True, percentile=95, spacing=SPACING_MM
    )
    return [float(value) for value in found[0]]


def by_medpy(pairs: Pairs) -> Values:
    return [float(medpy.hd95(prediction, reference, SPACING_MM)) for reference, prediction in pairs]


def by_panoptica(pairs: Pairs) -> Values:
    return [float(Metric.HD95(*pair, voxelspacing=SPACING_MM)) for pair in pairs]


def by_simpleitk(pairs: Pairs) -> Values:
    images = [tuple(SimpleITK.GetImageFromArray(mask.astype(np.uint8)) for mask in pair) for pair in pairs]
    return [
        float(max(_itk_percentile(reference, prediction), _itk_percentile(prediction, reference)))
        for reference, prediction in images
    ]


def _itk_percentile(source: SimpleITK.Image, target: SimpleITK.Image) -> float:
    """The usual way: look up the target's distance map at the voxels of the source's contour."""
    distances = SimpleITK.Abs(
        SimpleITK.SignedMaurerDistanceMap(target, squaredDistance=False, useImageSpacing=True)
    )
    contour = SimpleITK.GetArrayViewFromImage(SimpleITK.LabelContour(source))
    return float(np.percentile(SimpleITK.GetArrayViewFromImage(distances)[contour == 1], 95))
