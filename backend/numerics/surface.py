"""Distances between the surfaces of two masks: the three 95th-percentile Hausdorff distances, and the NSD.

Two surfaces of a mask are in use, and they differ:

- *surface elements*: where the eight voxels around a corner of the grid are neither all inside nor all
  outside; each weighs as much as the area of surface in it (surface-distance, the BraTS organisers' code);
- *border voxels*: inside, with one of the six neighbours outside; all weigh the same (MedPy, MONAI).

Voxels beyond the grid are outside.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from backend.numerics.arrays import Mask
from backend.numerics.bitplanes import BitMask, Words, bit_positions, is_fast_first, pack_masks
from backend.numerics.bits import EMPTY, ONE, kernel
from backend.numerics.distances import Floats, Positions, Spacing, nearest_distances
from backend.numerics.errors import GridMismatch
from backend.numerics.geometry import format_shape
from backend.numerics.surface_elements import element_areas

# Weights are sums of floats: a share of 95 % that misses by rounding is one of 95 %.
_ROUNDING = 1e-12


@dataclass(frozen=True, eq=False)
class SurfaceDistances:
    """Distances in mm from each element of one surface to the nearest of the other, and what each weighs.

    `inf` if the other mask is empty; no elements if the mask itself is.
    """

    reference_mm: Floats
    reference_weights: Floats | None
    prediction_mm: Floats
    prediction_weights: Floats | None


def measure_surfaces(
    reference: Mask, prediction: Mask, *, spacing_mm: Spacing, borders: bool = False
) -> SurfaceDistances:
    """Measure between boolean arrays.

    Args:
        reference, prediction: bool, shape (X, Y, Z), same grid.
        spacing_mm: voxel size along X, Y, Z.
        borders: between border voxels instead of surface elements.

    Raises:
        GridMismatch: shapes differ.
    """
    if reference.shape != prediction.shape:
        raise GridMismatch(
            f"the prediction has {format_shape(prediction.shape)} voxels and the reference "
            f"{format_shape(reference.shape)}; resample the prediction to the reference's grid"
        )
    fast_first = is_fast_first(reference)
    packed = pack_masks([reference, prediction], fast_first=fast_first)
    spacing = spacing_mm[::-1] if fast_first else spacing_mm
    measure = measure_borders if borders else measure_elements
    return measure(packed[0], packed[1], spacing)


def measure_elements(reference: BitMask, prediction: BitMask, spacing_mm: Spacing) -> SurfaceDistances:
    """Between surface elements, weighted by area; spacing along (slow, middle, fast).

    Source: Nikolov et al. 2018, arXiv:1809.04430.
    """
    box = reference.box.union(prediction.box)
    words = [mask.placed(box) for mask in (reference, prediction)]
    surfaces = [_corner_surface(mask) for mask in words]
    points = [bit_positions(surface) for surface in surfaces]
    areas = element_areas(spacing_mm)
    return SurfaceDistances(
        nearest_distances(points[0], surfaces[1], spacing_mm),
        areas[_corner_codes(words[0], points[0])],
        nearest_distances(points[1], surfaces[0], spacing_mm),
        areas[_corner_codes(words[1], points[1])],
    )


def measure_borders(reference: BitMask, prediction: BitMask, spacing_mm: Spacing) -> SurfaceDistances:
    """Between border voxels; spacing along (slow, middle, fast)."""
    box = reference.box.union(prediction.box)
    first, second = (_border_voxels(mask.placed(box)) for mask in (reference, prediction))
    return SurfaceDistances(
        nearest_distances(bit_positions(first), second, spacing_mm),
        None,
        nearest_distances(bit_positions(second), first, spacing_mm),
        None,
    )


def hd95_surface_area(elements: SurfaceDistances) -> float:
    """The larger of both directions' 95th percentile by area; 0 if both masks are empty, inf if one is."""
    if not elements.reference_mm.size or not elements.prediction_mm.size:
        return _of_empty(elements)
    assert elements.reference_weights is not None
    assert elements.prediction_weights is not None
    return max(
        _weighted_percentile(elements.reference_mm, elements.reference_weights, 0.95),
        _weighted_percentile(elements.prediction_mm, elements.prediction_weights, 0.95),
    )


def hd95_pooled(borders: SurfaceDistances) -> float:
    """One 95th percentile over both directions; 0 if both masks are empty, inf if one is."""
    if not borders.reference_mm.size or not borders.prediction_mm.size:
        return _of_empty(borders)
    return float(np.percentile(np.concatenate([borders.reference_mm, borders.prediction_mm]), 95))


def hd95_max_of_directions(borders: SurfaceDistances) -> float:
    """The larger of both directions' 95th percentile; 0 if both masks are empty, inf if one is."""
    if not borders.reference_mm.size or not borders.prediction_mm.size:
        return _of_empty(borders)
    return float(max(np.percentile(borders.reference_mm, 95), np.percentile(borders.prediction_mm, 95)))


def normalised_surface_distance(elements: SurfaceDistances, *, tolerance_mm: float) -> float:
    """Share of both areas within the tolerance of the other; 1 if both masks are empty, 0 if one is."""
    if not elements.reference_mm.size or not elements.prediction_mm.size:
        return 0.0 if elements.reference_mm.size or elements.prediction_mm.size else 1.0
    assert elements.reference_weights is not None
    assert elements.prediction_weights is not None
    within = elements.reference_weights[elements.reference_mm <= tolerance_mm].sum()
    within += elements.prediction_weights[elements.prediction_mm <= tolerance_mm].sum()
    return float(within / (elements.reference_weights.sum() + elements.prediction_weights.sum()))


def _of_empty(distances: SurfaceDistances) -> float:
    return float("inf") if distances.reference_mm.size or distances.prediction_mm.size else 0.0


def _weighted_percentile(values: Floats, weights: Floats, share: float) -> float:
    """The least value such that it and all smaller ones weigh the share of the whole."""
    # Weigh a thousand bins first: only the one where the share is reached has to be sorted.
    largest = float(values.max())
    bins = (values * (1023 / largest if largest else 0)).astype(np.intp)
    reached = np.cumsum(np.bincount(bins, weights))
    wanted = share * reached[-1] * (1 - _ROUNDING)
    chosen = int(np.searchsorted(reached, wanted))
    inside, weights_inside = values[bins == chosen], weights[bins == chosen]
    if inside.min() == inside.max():
        return float(inside[0])
    order = np.argsort(inside)
    reached_inside = np.cumsum(weights_inside[order]) + (reached[chosen - 1] if chosen else 0)
    index = min(int(np.searchsorted(reached_inside, wanted)), len(order) - 1)
    return float(inside[order[index]])


@kernel
def _border_voxels(words: Words) -> Words:
    """The voxels inside with one of six neighbours outside; layout with margins, as `BitMask.placed`."""
    planes, rows, width = words.shape
    border = np.zeros_like(words)
    for plane in range(1, planes - 1):
        for row in range(1, rows - 1):
            for word in range(width):
                bits = words[plane, row, word]
                if bits == EMPTY:
                    continue
                left, right = bits << ONE, bits >> ONE
                if word:
                    left |= words[plane, row, word - 1] >> np.uint64(63)
                if word + 1 < width:
                    right |= words[plane, row, word + 1] << np.uint64(63)
                inner = left & right & words[plane - 1, row, word] & words[plane + 1, row, word]
                inner &= words[plane, row - 1, word] & words[plane, row + 1, word]
                border[plane, row, word] = bits & ~inner
    return border


@kernel
def _corner_surface(words: Words) -> Words:
    """The corners whose eight voxels differ; bit i is the corner between voxels i - 1 and i, on each axis."""
    planes, rows, width = words.shape
    surface = np.zeros_like(words)
    for plane in range(1, planes):
        for row in range(1, rows):
            carried_any, carried_all = EMPTY, EMPTY
            for word in range(width):
                a, b = words[plane - 1, row - 1, word], words[plane - 1, row, word]
                c, d = words[plane, row - 1, word], words[plane, row, word]
                some, every = a | b | c | d, a & b & c & d
                around = some | (some << ONE) | carried_any
                inside = every & ((every << ONE) | carried_all)
                carried_any, carried_all = some >> np.uint64(63), every >> np.uint64(63)
                surface[plane, row, word] = around & ~inside
    return surface


@kernel
def _corner_codes(words: Words, corners: Positions) -> npt.NDArray[np.uint8]:
    """Which of each corner's eight voxels are inside.

    Bit 4·slow + 2·middle + fast stands for the voxel on the upper (1) or lower (0) side along each axis.
    """
    codes = np.empty(corners.shape[0], np.uint8)
    for i in range(corners.shape[0]):
        plane, row, bit = corners[i, 0] - 1, corners[i, 1] - 1, corners[i, 2]
        # No voxel is at bit 0 or the last one, where the margin is: so no corner is at bit 0 either.
        word, shift = bit >> 6, np.uint64(bit & 63)
        word_before, shift_before = (bit - 1) >> 6, np.uint64((bit - 1) & 63)
        code = EMPTY
        for side in range(4):
            a, b = plane + (side >> 1), row + (side & 1)
            lower = (words[a, b, word_before] >> shift_before) & ONE
            upper = (words[a, b, word] >> shift) & ONE
            code |= (lower | (upper << ONE)) << np.uint64(2 * side)
        codes[i] = code
    return codes
