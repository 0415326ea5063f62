"""The scoring of one case by the metrics of the catalogue, and the rules for empty regions."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple

import numpy as np

from backend.numerics import overlap
from backend.numerics.arrays import Labelmap
from backend.numerics.bitplanes import BitMask, Index, count_both, without, word_count
from backend.numerics.catalogue import CATALOGUE as CATALOGUE
from backend.numerics.catalogue import DEFAULT_METRIC_SET as DEFAULT_METRIC_SET
from backend.numerics.catalogue import METRIC_NAMES as METRIC_NAMES
from backend.numerics.catalogue import Metric as Metric
from backend.numerics.catalogue import MetricSet as MetricSet
from backend.numerics.catalogue import check_metrics as check_metrics
from backend.numerics.catalogue import metric_of as metric_of
from backend.numerics.catalogue import metric_set as metric_set
from backend.numerics.catalogue import nsd_tolerance_mm
from backend.numerics.distances import Spacing
from backend.numerics.errors import GridMismatch
from backend.numerics.geometry import format_shape
from backend.numerics.labels import LabelScheme
from backend.numerics.lesion_rules import PENALTY_MM, LesionRules
from backend.numerics.lesions import LesionScores, ReferenceLesions, find_reference_lesions, score_lesions
from backend.numerics.overlap import Overlap
from backend.numerics.packing import PackedLabelmap, is_fast_first, pack_labelmap
from backend.numerics.surface import (
    SurfaceDistances,
    hd95_max_of_directions,
    hd95_pooled,
    hd95_surface_area,
    measure_borders,
    measure_elements,
    normalised_surface_distance,
)

_BYTES_PER_CORNER = 200  # 150 were seen where every corner is surface


class Score(NamedTuple):
    """One metric of one region; None where it does not apply, which is not 0."""

    region: str
    metric: str
    value: float | None


@dataclass(frozen=True, eq=False)
class PackedReference:
    """A reference made ready for any number of predictions: a phase packs each once.

    Args:
        labels: its packed regions.
        spacing_mm: along (slow, middle, fast).
    """

    labels: PackedLabelmap
    spacing_mm: Spacing

    def lesions(self, index: int, rules: LesionRules) -> ReferenceLesions:
        """The dilated lesions of one region, made on first use."""
        key = (index, rules)
        if key not in self._lesions:
            mask, grid = self.labels.regions[index], self.labels.grid
            self._lesions[key] = find_reference_lesions(mask, grid=grid, rules=rules)
        return self._lesions[key]

    @property
    def bytes(self) -> int:
        """Memory that the packed masks take, and the dilated lesions made so far."""
        return self.labels.bytes + sum(lesions.dilated.words.nbytes for lesions in self._lesions.values())

    @cached_property
    def _lesions(self) -> dict[tuple[int, LesionRules], ReferenceLesions]:
        return {}


def pack_reference(
    labelmap: Labelmap | PackedLabelmap, scheme: LabelScheme, spacing_mm: Spacing
) -> PackedReference:
    """Pack the regions of a reference labelmap, (X, Y, Z), spacing along X, Y, Z."""
    if not isinstance(labelmap, PackedLabelmap):
        labelmap = pack_labelmap(labelmap, scheme, fast_first=is_fast_first(labelmap))
    x, y, z = (float(mm) for mm in spacing_mm)
    return PackedReference(labelmap, (z, y, x) if labelmap.fast_first else (x, y, z))


def score_case(
    reference: Labelmap | PackedReference,
    prediction: Labelmap | PackedLabelmap,
    scheme: LabelScheme,
    spacing_mm: Spacing,
    metrics: Sequence[str] | None = None,
    *,
    metric_set: MetricSet = DEFAULT_METRIC_SET,
) -> list[Score]:
    """Score a prediction against a reference, region by region.

    Labels that the scheme excludes leave both sides where the reference has them, and count as background
    where only the prediction has.

    Args:
        reference: a labelmap, (X, Y, Z), or what `pack_reference` made of one with this scheme and spacing.
        prediction: on the same grid; if packed, in the memory order of the reference.
        spacing_mm: voxel size along X, Y, Z.
        metrics: those wanted; all of the set if None.
        metric_set: the rules.

    Returns:
        Scores in the order of the scheme's regions, then of the metrics. Empty regions:

        ==========================  ==========  ============  =============
        metric                      both empty  R empty only  P empty only
        ==========================  ==========  ============  =============
        dice, nsd, lesionwise_dice  1           0             0
        sensitivity                 1           None          0
        precision                   1           0             None
        hd95_*, lesionwise_hd95     0           penalty       penalty
        ==========================  ==========  ============  =============

    Raises:
        GridMismatch: shapes differ.
        UnknownMetric: a name is none of the catalogue's.
    """
    wanted = metric_set.metrics if metrics is None else tuple(metrics)
    check_metrics(wanted)
    packed = (
        reference if isinstance(reference, PackedReference) else pack_reference(reference, scheme, spacing_mm)
    )
    _, predicted = _pack_pair(packed.labels, prediction, scheme)
    scores = []
    for index, mask in enumerate(_included(predicted, packed.labels)):
        pair = _RegionPair(packed, index, mask, metric_set)
        scores += [Score(scheme.regions[index].key, name, pair.value(name)) for name in wanted]
    return scores


def overlap_by_region(
    reference: Labelmap | PackedLabelmap, prediction: Labelmap | PackedLabelmap, scheme: LabelScheme
) -> dict[str, Overlap]:
    """Count the voxels of every region of the scheme, by its key.

    Voxels that the reference excludes leave both sides, and excluded labels of the prediction count as
    background: a prediction must not widen what is excluded, or marking all that is difficult would pay.

    Raises:
        GridMismatch: shapes differ.
    """
    ours, theirs = _pack_pair(reference, prediction, scheme)
    masks = zip(scheme.regions, ours.regions, _included(theirs, ours), strict=True)
    return {region.key: _count(first, second, ours.shape) for region, first, second in masks}


def dice_by_region(
    reference: Labelmap | PackedLabelmap, prediction: Labelmap | PackedLabelmap, scheme: LabelScheme
) -> dict[str, float]:
    """Dice of every region of the scheme, by its key; counted as `overlap_by_region`.

    Raises:
        GridMismatch: shapes differ.
    """
    return {key: overlap.dice(x) for key, x in overlap_by_region(reference, prediction, scheme).items()}


def working_memory_bytes(shape: Sequence[int], scheme: LabelScheme) -> int:
    """The most that `score_case` holds beside the two labelmaps, for any content of a grid of this shape.

    A bit per voxel, region and label on both sides; and for the region at work, in the worst case, an element
    of surface at every corner of the grid, with its place, distance, weight and order. A lesion touches a
    hundredth of the corners, and takes as much less.
    """
    corners = math.prod(length + 2 for length in shape)
    slow_first, words = corners // (min(shape) + 2), 2 + word_count(min(shape))
    planes = 2 * (len(scheme.regions) + bool(scheme.excluded) + max(scheme.values, default=1).bit_length())
    return planes * slow_first * words * 8 + corners * _BYTES_PER_CORNER


class _RegionPair:
    """One region of both sides; what several metrics need is computed once, on first use."""

    def __init__(self, packed: PackedReference, index: int, prediction: BitMask, rules: MetricSet) -> None:
        self._packed, self._index, self._rules = packed, index, rules
        self._reference, self._prediction = packed.labels.regions[index], prediction

    def value(self, name: str) -> float | None:
        if (tolerance_mm := nsd_tolerance_mm(name)) is not None:
            return normalised_surface_distance(self._elements, tolerance_mm=tolerance_mm)
        return _COMPUTE[name](self)

    @cached_property
    def counts(self) -> Overlap:
        return _count(self._reference, self._prediction, self._packed.labels.shape)

    @cached_property
    def hd95_surface_area(self) -> float:
        return self._or_penalty(hd95_surface_area(self._elements))

    @property
    def hd95_pooled(self) -> float:
        return self._or_penalty(hd95_pooled(self._borders))

    @property
    def hd95_max_of_directions(self) -> float:
        return self._or_penalty(hd95_max_of_directions(self._borders))

    @cached_property
    def lesions(self) -> LesionScores:
        return score_lesions(
            self._packed.lesions(self._index, self._rules.lesion_rules),
            self._prediction,
            spacing_mm=self._packed.spacing_mm,
            rules=self._rules.lesion_rules,
            region=self._packed.labels.scheme.regions[self._index].key,
            whole_hd95=lambda: self.hd95_surface_area,
        )

    def volume_ml(self, voxels: int) -> float:
        return voxels * math.prod(self._packed.spacing_mm) / 1000

    @cached_property
    def _elements(self) -> SurfaceDistances:
        return measure_elements(self._reference, self._prediction, self._packed.spacing_mm)

    @cached_property
    def _borders(self) -> SurfaceDistances:
        return measure_borders(self._reference, self._prediction, self._packed.spacing_mm)

    def _or_penalty(self, distance_mm: float) -> float:
        return distance_mm if np.isfinite(distance_mm) else PENALTY_MM


_COMPUTE: dict[str, Callable[[_RegionPair], float | None]] = {
    "dice": lambda pair: overlap.dice(pair.counts),
    "sensitivity": lambda pair: overlap.sensitivity(pair.counts),
    "precision": lambda pair: overlap.precision(pair.counts),
    "specificity": lambda pair: overlap.specificity(pair.counts),
    "hd95_surface_area": lambda pair: pair.hd95_surface_area,
    "hd95_pooled": lambda pair: pair.hd95_pooled,
    "hd95_max_of_directions": lambda pair: pair.hd95_max_of_directions,
    "volume_ml": lambda pair: pair.volume_ml(pair.counts.prediction),
    "volume_difference_ml": lambda pair: pair.volume_ml(pair.counts.prediction - pair.counts.reference),
    "lesionwise_dice": lambda pair: pair.lesions.dice,
    "lesionwise_hd95": lambda pair: pair.lesions.hd95_mm,
    "lesion_tp": lambda pair: float(pair.lesions.true_positives),
    "lesion_fp": lambda pair: float(pair.lesions.false_positives),
    "lesion_fn": lambda pair: float(pair.lesions.false_negatives),
}


def _pack_pair(
    reference: Labelmap | PackedLabelmap, prediction: Labelmap | PackedLabelmap, scheme: LabelScheme
) -> tuple[PackedLabelmap, PackedLabelmap]:
    if reference.shape != prediction.shape:
        raise GridMismatch(
            f"the prediction has {format_shape(prediction.shape)} voxels and the reference "
            f"{format_shape(reference.shape)}; resample the prediction to the reference's grid"
        )
    if not isinstance(reference, PackedLabelmap):
        reference = pack_labelmap(reference, scheme, fast_first=is_fast_first(reference))
    if not isinstance(prediction, PackedLabelmap):
        prediction = pack_labelmap(prediction, scheme, fast_first=reference.fast_first)
    if prediction.fast_first != reference.fast_first:
        raise GridMismatch("the prediction is packed along another axis than the reference; pack both alike")
    return reference, prediction


def _included(prediction: PackedLabelmap, reference: PackedLabelmap) -> list[BitMask]:
    """The prediction's regions, less the voxels that the reference excludes."""
    if reference.excluded is None:
        return list(prediction.regions)
    return [without(mask, reference.excluded) for mask in prediction.regions]


def _count(reference: BitMask, prediction: BitMask, shape: Index) -> Overlap:
    both = count_both(reference, prediction)
    return Overlap(reference.voxels, prediction.voxels, both, math.prod(shape))
