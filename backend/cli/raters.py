"""`consilium fuse` and `consilium agree`: several raters' labelmaps of one case."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from backend.cli.files import Refused, check_output, read_on_one_grid, write_labelmap
from backend.numerics import agreement
from backend.numerics.arrays import unique_labels
from backend.numerics.fusion import fuse
from backend.numerics.labels import LabelScheme


def fuse_files(
    paths: Sequence[Path],
    output: Path,
    *,
    method: str,
    scheme: LabelScheme,
    parameters: Mapping[str, Any],
) -> dict[str, Any]:
    """Fuse labelmaps into `output`, and return what was done as JSON.

    Raises:
        Refused, VolumeError, FusionError: the files, or the method's parameters, cannot be used.
    """
    check_output(output)
    if output.resolve() in [path.resolve() for path in paths]:
        raise Refused(f"{output}: is one of the raters' files; choose another name for the output")
    volumes = read_on_one_grid(paths, scheme)
    grid = volumes[0].grid
    fusion = fuse(
        [volume.array for volume in volumes],
        method=method,
        scheme=scheme,
        parameters=parameters,
        spacing_mm=grid.spacing_mm,
    )
    write_labelmap(output, fusion.labelmap, like=volumes[0])
    voxels = {
        value: int(np.count_nonzero(fusion.labelmap == value)) for value in unique_labels(fusion.labelmap)
    }
    return {
        "files": [str(path) for path in paths],
        "output": str(output),
        **fusion.describe(),
        "volumes": [
            {"label": value, "voxels": count, "ml": count * grid.voxel_volume_ml}
            for value, count in voxels.items()
            if value
        ],
    }


def compare_raters(paths: Sequence[Path], *, scheme: LabelScheme, method: str) -> dict[str, Any]:
    """How far raters agree, as JSON: every pair, all together, and each against the fusion of the others.

    Raises:
        Refused: fewer than two files, or some cannot be used.
        VolumeError, FusionError: a file is no labelmap; the method does not fit the scheme.
    """
    if len(paths) < 2:
        raise Refused("agreement needs the labelmaps of at least two raters")
    volumes = read_on_one_grid(paths, scheme)
    labelmaps, spacing = [volume.array for volume in volumes], volumes[0].grid.spacing_mm
    kappas = agreement.cohen_kappa(labelmaps)
    kappas_labelled = agreement.cohen_kappa(labelmaps, labelled_only=True)
    found = agreement.compare_raters(labelmaps, scheme)
    others = agreement.leave_one_out(labelmaps, method=method, scheme=scheme, spacing_mm=spacing)
    return {
        "files": [str(path) for path in paths],
        "pairs": [
            {
                "first": str(paths[pair[0]]),
                "second": str(paths[pair[1]]),
                "dice": measured.dice,
                "kappa": measured.kappa,
                "cohen_kappa": kappas[pair],
                "cohen_kappa_labelled": kappas_labelled[pair],
            }
            for pair, measured in found.pairs.items()
        ],
        "fleiss_kappa": found.fleiss_kappa,
        "fleiss_kappa_labelled": found.fleiss_kappa_labelled,
        "conformity_index": found.conformity_index,
        "mean_entropy_bits": found.mean_entropy_bits,
        "staple": [
            {
                "file": str(path),
                "sensitivity": dict(estimate.sensitivity) if estimate else {},
                "specificity": dict(estimate.specificity) if estimate else {},
            }
            for path, estimate in zip(paths, found.performance, strict=True)
        ],
        "leave_one_out": {
            "method": method,
            "raters": [{"file": str(paths[rater.index]), "dice": rater.dice} for rater in others],
        },
    }
