"""Which slice of a case tells most, and what is seen on it: voxels in, an `OverlayChart` out."""

from __future__ import annotations

import numpy as np

from backend.numerics.arrays import Array, Labelmap, Mask
from backend.numerics.geometry import Grid
from backend.numerics.labels import LabelScheme
from backend.numerics.metrics import overlap_by_region
from backend.numerics.overlap import Overlap, dice
from backend.numerics.slices import as_picture, canonical_axes, choose_axial_level, to_canonical, window
from backend.pictures.charts import OverlayChart, OverlayPanel, RegionKey

# What stays visible around the head, or where there is no image around the labels.
_MARGIN_MM, _MARGIN_WITHOUT_IMAGE_MM = 5.0, 25.0


def overlay_chart(
    reference: Labelmap,
    prediction: Labelmap,
    *,
    grid: Grid,
    scheme: LabelScheme,
    title: str,
    image: Array | None = None,
) -> OverlayChart:
    """The axial slice on which most voxels are in one of the two and not the other, over all regions.

    Where they do not differ, it is the slice with most labels.

    Args:
        reference, prediction, image: (X, Y, Z) on `grid`, any orientation.

    Raises:
        GridMismatch: shapes differ.
    """
    overlaps = overlap_by_region(reference, prediction, scheme)
    signs, order = canonical_axes(grid)
    ours, theirs = (to_canonical(x, signs, order) for x in (reference, prediction))
    masks = _region_masks(ours, theirs, scheme)
    level = _level_of_difference(masks)
    why = "where the two differ most"
    if level is None:
        level, why = choose_axial_level(ours, ours), "the two do not differ"
    shown = np.zeros(ours.shape[:2], np.uint8)
    if image is not None:
        shown = window(to_canonical(image, signs, order)[:, :, level])
    planes = [(reference[:, :, level], prediction[:, :, level]) for reference, prediction in masks]
    spacing = np.take(grid.spacing_mm, order) if grid.is_invertible else np.ones(3)
    margin_mm = _MARGIN_MM if image is not None else _MARGIN_WITHOUT_IMAGE_MM
    box = _visible_box([shown > 0, *(plane for pair in planes for plane in pair)], spacing, margin_mm)
    return OverlayChart(
        title=title,
        where=f"Axial slice {level + 1} of {ours.shape[2]} from below; {why}",
        image=as_picture(shown[box]),
        row_mm=float(spacing[1]),
        column_mm=float(spacing[0]),
        edges=("R", "L", "A", "P") if grid.is_invertible else ("", "", "", ""),
        panels=tuple(
            _panel(
                RegionKey(region.key, region.name),
                as_picture(pair[0][box]),
                as_picture(pair[1][box]),
                overlaps[region.key],
                grid.voxel_volume_ml,
            )
            for region, pair in zip(scheme.regions, planes, strict=True)
        ),
    )


def _panel(region: RegionKey, ours: Mask, theirs: Mask, overlap: Overlap, voxel_ml: float) -> OverlayPanel:
    return OverlayPanel(
        region=region,
        reference=ours,
        prediction=theirs,
        dice=dice(overlap),
        missed_ml=(overlap.reference - overlap.both) * voxel_ml,
        added_ml=(overlap.prediction - overlap.both) * voxel_ml,
    )


def _region_masks(reference: Labelmap, prediction: Labelmap, scheme: LabelScheme) -> list[tuple[Mask, Mask]]:
    """Both sides of each region; what the reference excludes is in neither, as in the scores."""
    counted = ~np.isin(reference, scheme.excluded) if scheme.excluded else np.True_
    excluded = set(scheme.excluded)
    wanted = [sorted(set(region.labels) - excluded) for region in scheme.regions]
    return [(np.isin(reference, x) & counted, np.isin(prediction, x) & counted) for x in wanted]


def _level_of_difference(masks: list[tuple[Mask, Mask]]) -> int | None:
    """None where the two are the same in every region."""
    differing = np.zeros(masks[0][0].shape[2] if masks else 1, dtype=np.int64)
    for ours, theirs in masks:
        differing += np.count_nonzero(ours ^ theirs, axis=(0, 1))
    return int(differing.argmax()) if differing.any() else None


def _visible_box(planes: list[Mask], spacing: Array, margin_mm: float) -> tuple[slice, slice]:
    """The part of the plane that holds anything, with a margin; all of it where nothing is."""
    seen = np.logical_or.reduce(planes)
    if not seen.any():
        return slice(None), slice(None)
    box = []
    for axis in (0, 1):
        filled = np.flatnonzero(seen.any(axis=1 - axis))
        margin = round(margin_mm / spacing[axis])
        box.append(slice(max(0, int(filled[0]) - margin), int(filled[-1]) + 1 + margin))
    return box[0], box[1]
