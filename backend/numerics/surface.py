"""Distances between the surfaces of two masks: the three 95th-percentile Hausdorff distances, and the NSD.

Two surfaces of a mask are in use, and they differ:

- *surface elements*: where the eight voxels around a corner of the grid are neither all inside nor all
  outside; each weighs as much as the area of surface in it (surface-distance, the BraTS organisers' code);
- *border voxels*: inside, with one of the six neighbours outside; all weigh the same (MedPy, MONAI).

Voxels beyond the grid are outside. A percentile needs the distances of the farthest elements only, and a
tolerance only which side of it each is on: nothing more is measured.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cached_property

import numpy as np

from backend.numerics.arrays import Mask
from backend.numerics.bitplanes import BitMask, Index, Words, bit_positions, count_bits
from backend.numerics.distances import (
    Floats,
    Positions,
    Spacing,
    Targets,
    lay_out_targets,
    nearest_distances,
)
from backend.numerics.errors import GridMismatch
from backend.numerics.geometry import format_shape
from backend.numerics.packing import is_fast_first, pack_masks
from backend.numerics.surface_bits import border_voxels, corner_surface, weigh_corners
from backend.numerics.surface_elements import element_areas

# Weights are sums of floats: a share of 95 % that misses by rounding is one of 95 %.
_ROUNDING = 1e-12
_SHARE = 0.95
# A sample tells about where a percentile is: it is looked for between these shares of the sample first, then,
# should it not be there, from the lower share on.
_SPREAD = 0.48  # about three times the standard error, by the root of the sample's size
_LOWER = 0.8
_LEAST_SAMPLE, _SAMPLED = 256, 128  # elements; of so many one
_LEAST_SAMPLED = 2048
_SCATTER = 40503  # 2^16 by the golden ratio: multiples leave remainders all over


@dataclass(frozen=True, eq=False)
class Surface:
    """The surface of one mask.

    Args:
        words: its elements as bits.
        origin: where on the grid the first bit is.
        points: its elements as [slow, middle, bit].
        weights: what each weighs; None if all weigh the same.
        spacing_mm: along (slow, middle, fast).
    """

    words: Words
    origin: Index
    points: Positions
    weights: Floats | None
    spacing_mm: Spacing

    @cached_property
    def targets(self) -> Targets:
        return lay_out_targets(self.words)


def element_surface(mask: BitMask, spacing_mm: Spacing) -> Surface:
    """The corners whose eight voxels differ, weighing the area around each."""
    words, origin = _words_of(mask)
    surface = corner_surface(words)
    points, weights = weigh_corners(words, surface, count_bits(surface), element_areas(spacing_mm))
    return Surface(surface, origin, points, weights, spacing_mm)


def border_surface(mask: BitMask, spacing_mm: Spacing) -> Surface:
    """The voxels inside with one of six neighbours outside."""
    words, origin = _words_of(mask)
    border = border_voxels(words)
    return Surface(border, origin, bit_positions(border), None, spacing_mm)


def _words_of(mask: BitMask) -> tuple[Words, Index]:
    a, b, c = mask.box.lower
    return mask.placed(mask.box), (a - 1, b - 1, c - 1)


@dataclass(eq=False)
class Direction:
    """From the elements of one surface to the nearest of another."""

    source: Surface
    target: Surface
    _known: tuple[float, float, Floats] | None = field(default=None, init=False)

    @property
    def size(self) -> int:
        return len(self.source.points)

    @cached_property
    def total_weight(self) -> float:
        weights = self.source.weights
        return float(self.size) if weights is None else float(weights.sum())

    @cached_property
    def all_mm(self) -> Floats:
        """Every distance; `inf` if the other surface is empty."""
        return self.distances(0.0)

    def distances(self, floor_mm: float, ceiling_mm: float = np.inf) -> Floats:
        """Distances in mm: exact between floor and ceiling, at most the floor below, `inf` above."""
        if self._known is None or floor_mm < self._known[0] or ceiling_mm > self._known[1]:
            self._known = floor_mm, ceiling_mm, self._measure(self.source.points, floor_mm, ceiling_mm)
        return self._known[2]

    def weight_beyond(self, tolerance_mm: float) -> float:
        """What the elements weigh that are farther than the tolerance."""
        beyond = self.distances(tolerance_mm, tolerance_mm) > tolerance_mm
        weights = self.source.weights
        return float(np.count_nonzero(beyond) if weights is None else weights[beyond].sum())

    @cached_property
    def sample_mm(self) -> Floats:
        """Distances of some of the elements of a large surface, ascending."""
        if self.size < _LEAST_SAMPLED:
            return np.empty(0)
        step = min(self.size // _LEAST_SAMPLE, _SAMPLED)
        # One of every so many, but not every so manieth: rows of a flat side are as regular as that.
        starts = np.arange(0, self.size - step + 1, step)
        chosen = starts + (np.arange(len(starts)) * _SCATTER % 65536) * step // 65536
        return np.sort(self._measure(self.source.points[chosen], 0.0))

    def _measure(self, points: Positions, floor_mm: float, ceiling_mm: float = np.inf) -> Floats:
        a, b, c = (there - here for there, here in zip(self.target.origin, self.source.origin, strict=True))
        return nearest_distances(
            points,
            self.target.targets,
            self.source.spacing_mm,
            offset=(a, b, c),
            floor_mm=floor_mm,
            ceiling_mm=ceiling_mm,
        )


@dataclass(frozen=True, eq=False)
class SurfaceDistances:
    """Distances between two surfaces, from each to the other, measured as far as they are asked for."""

    from_reference: Direction
    from_prediction: Direction

    @property
    def reference_mm(self) -> Floats:
        """From each element of the reference; `inf` if the prediction is empty."""
        return self.from_reference.all_mm

    @property
    def prediction_mm(self) -> Floats:
        """From each element of the prediction; `inf` if the reference is empty."""
        return self.from_prediction.all_mm

    @property
    def directions(self) -> tuple[Direction, Direction]:
        return self.from_reference, self.from_prediction

    @property
    def has_empty(self) -> bool:
        return not (self.from_reference.size and self.from_prediction.size)


def between(reference: Surface, prediction: Surface) -> SurfaceDistances:
    return SurfaceDistances(Direction(reference, prediction), Direction(prediction, reference))


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
    return between(element_surface(reference, spacing_mm), element_surface(prediction, spacing_mm))


def measure_borders(reference: BitMask, prediction: BitMask, spacing_mm: Spacing) -> SurfaceDistances:
    """Between border voxels; spacing along (slow, middle, fast)."""
    return between(border_surface(reference, spacing_mm), border_surface(prediction, spacing_mm))


def hd95_surface_area(elements: SurfaceDistances) -> float:
    """The larger of both directions' 95th percentile by area; 0 if both masks are empty, inf if one is."""
    if elements.has_empty:
        return _of_empty(elements)
    farthest = 0.0
    for direction in _farther_first(elements):
        farthest = _weighted_percentile(direction, farthest)
    return farthest


def hd95_pooled(borders: SurfaceDistances) -> float:
    """One 95th percentile over both directions; 0 if both masks are empty, inf if one is."""
    return _of_empty(borders) if borders.has_empty else _percentile(borders.directions, 0.0)


def hd95_max_of_directions(borders: SurfaceDistances) -> float:
    """The larger of both directions' 95th percentile; 0 if both masks are empty, inf if one is."""
    if borders.has_empty:
        return _of_empty(borders)
    farthest = 0.0
    for direction in _farther_first(borders):
        farthest = _percentile([direction], farthest)
    return farthest


def normalised_surface_distance(elements: SurfaceDistances, *, tolerance_mm: float) -> float:
    """Share of both areas within the tolerance of the other; 1 if both masks are empty, 0 if one is."""
    if elements.has_empty:
        return 0.0 if elements.from_reference.size or elements.from_prediction.size else 1.0
    whole = sum(direction.total_weight for direction in elements.directions)
    beyond = sum(direction.weight_beyond(tolerance_mm) for direction in elements.directions)
    return (whole - beyond) / whole


def _of_empty(distances: SurfaceDistances) -> float:
    return float("inf") if distances.from_reference.size or distances.from_prediction.size else 0.0


def _farther_first(distances: SurfaceDistances) -> list[Direction]:
    """The direction whose percentile seems larger first: of the other little is then asked."""
    return sorted(distances.directions, key=lambda direction: -_bracket([direction], 0.0)[0])


def _bracket(directions: Sequence[Direction], least_mm: float) -> tuple[float, float]:
    """Between which distances the 95th percentile seems to lie, if it is above the least."""
    sampled = sum(len(direction.sample_mm) for direction in directions)
    spread = _SPREAD / np.sqrt(max(sampled, 1))
    sample = _sample(directions)
    low, middle, high = (_guess(sample, _SHARE + by) for by in (-spread, 0.0, spread))
    # Very many elements may be at exactly that distance: better a little below.
    lower = max(float(each.sample_mm[each.sample_mm < low].max(initial=0)) for each in directions)
    low = lower if lower or low == middle else low
    return (low, high) if high > low > least_mm else (least_mm, max(least_mm, high) or np.inf)


def _sample(directions: Sequence[Direction]) -> Floats:
    """Their samples as one, ascending."""
    if len(directions) == 1:
        return directions[0].sample_mm
    return np.sort(np.concatenate([direction.sample_mm for direction in directions]))


def _guess(sample: Floats, share: float) -> float:
    """About what distance this share of the elements is within; 0 if there are few of them."""
    return float(sample[int(len(sample) * share)]) if len(sample) else 0.0


def _lower(directions: Sequence[Direction], low_mm: float, least_mm: float) -> float:
    guess = _guess(_sample(directions), _LOWER)
    return guess if least_mm < guess < low_mm else least_mm


def _weighted_percentile(direction: Direction, least_mm: float) -> float:
    """The least distance such that it and all smaller ones weigh 95 %, or `least_mm` if that is more."""
    assert direction.source.weights is not None
    wanted = _SHARE * direction.total_weight * (1 - _ROUNDING)
    low, high = _bracket([direction], least_mm)
    while True:
        distances = direction.distances(low, high)
        beyond = np.flatnonzero(distances > low)
        weights = direction.source.weights[beyond]
        below = direction.total_weight - float(weights.sum())
        if below < wanted:
            order = np.argsort(distances[beyond])
            reached = below + np.cumsum(weights[order])
            index = min(int(np.searchsorted(reached, wanted)), len(order) - 1)
            found = float(distances[beyond[order[index]]])
            if np.isfinite(found):
                return found
            low, high = high, np.inf
        elif low <= least_mm:
            return least_mm
        else:
            low = _lower([direction], low, least_mm)


def _percentile(directions: Sequence[Direction], least_mm: float) -> float:
    """The 95th percentile, or `least_mm` if that is more."""
    size = sum(direction.size for direction in directions)
    rank = int(_SHARE * (size - 1))  # the percentile lies between the distance of this rank and the next
    low, high = _bracket(directions, least_mm)
    while True:
        distances = np.concatenate([direction.distances(low, high) for direction in directions])
        below = np.count_nonzero(distances <= low)
        if below > rank and low > 0:
            if low <= least_mm and below > rank + 1:
                return least_mm
            low = _lower(directions, low, least_mm) if low > least_mm else 0.0
        elif np.isfinite(high) and np.count_nonzero(distances <= high) < min(rank + 2, size):
            high = np.inf
        else:
            return max(_interpolate(distances, _SHARE * (size - 1)), least_mm)


def _interpolate(distances: Floats, place: float) -> float:
    """The distance at a place of the ascending order: what `np.percentile` gives, sooner."""
    lower = int(place)
    upper = min(lower + 1, len(distances) - 1)
    first, second = np.partition(distances, (lower, upper))[[lower, upper]].tolist()
    part, apart = place - lower, second - first
    # Numpy's rounding: from the end that is nearer.
    return float(first + apart * part if part < 0.5 else second - apart * (1 - part))
