"""The catalogue of metrics: names on the wire, rules for empty regions, and the scoring of one case."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple, TypeVar

import numpy as np

from backend.numerics import overlap
from backend.numerics.arrays import Labelmap
from backend.numerics.bitplanes import BitMask, Index, count_both, is_fast_first, pack_labels, without
from backend.numerics.distances import Spacing
from backend.numerics.errors import GridMismatch, UnknownMetric
from backend.numerics.geometry import format_shape
from backend.numerics.labels import LabelScheme
from backend.numerics.lesions import (
    BRATS_2023,
    PENALTY_MM,
    LesionRules,
    LesionScores,
    ReferenceLesions,
    find_reference_lesions,
    score_lesions,
)
from backend.numerics.overlap import Overlap
from backend.numerics.surface import (
    SurfaceDistances,
    hd95_max_of_directions,
    hd95_pooled,
    hd95_surface_area,
    measure_borders,
    measure_elements,
    normalised_surface_distance,
)

METRIC_NAMES = (
    "dice",
    "sensitivity",
    "precision",
    "specificity",
    "hd95_surface_area",
    "hd95_pooled",
    "hd95_max_of_directions",
    "nsd_1mm",
    "volume_ml",
    "volume_difference_ml",
    "lesionwise_dice",
    "lesionwise_hd95",
    "lesion_tp",
    "lesion_fp",
    "lesion_fn",
)
_T = TypeVar("_T")
_NSD = re.compile(r"nsd_(\d+(?:\.\d+)?)mm")


@dataclass(frozen=True)
class MetricSet:
    """Which metrics, by which rules; the version changes whenever a value may.

    Args:
        metrics: names on the wire; `nsd_<τ>mm` takes any tolerance.
        lesion_rules: of the lesion-wise ones.
        penalty_mm: the Hausdorff distance where one mask is empty.
    """

    version: str
    metrics: tuple[str, ...]
    lesion_rules: LesionRules = BRATS_2023
    penalty_mm: float = PENALTY_MM

    def __post_init__(self) -> None:
        check_metrics(self.metrics)


class Score(NamedTuple):
    """One metric of one region; None where it does not apply, which is not 0."""

    region: str
    metric: str
    value: float | None


def check_metrics(names: Iterable[str]) -> None:
    """Raises:
    UnknownMetric: a name is none of the catalogue's.
    """
    if unknown := [name for name in names if name not in METRIC_NAMES and not _NSD.fullmatch(name)]:
        raise UnknownMetric(
            f"no metric is called {', '.join(unknown)}; there are {', '.join(METRIC_NAMES)}, "
            "and nsd_<τ>mm with any tolerance"
        )


METRIC_SET = MetricSet("1", METRIC_NAMES)


@dataclass(frozen=True, eq=False)
class PackedReference:
    """A reference made ready for any number of predictions: a phase packs each once.

    Args:
        shape: of the labelmap, (X, Y, Z).
        fast_first: which axis the bits run along.
        spacing_mm: along (slow, middle, fast).
        regions: the packed mask of each region of the scheme.
        excluded: voxels that leave the prediction too.
    """

    scheme: LabelScheme
    shape: Index
    fast_first: bool
    spacing_mm: Spacing
    regions: tuple[BitMask, ...]
    excluded: BitMask | None

    @property
    def grid(self) -> Index:
        """Voxels along (slow, middle, fast)."""
        return _in_memory_order(self.shape, self.fast_first)

    def lesions(self, index: int, rules: LesionRules) -> ReferenceLesions:
        """The dilated lesions of one region, made on first use."""
        key = (index, rules)
        if key not in self._lesions:
            self._lesions[key] = find_reference_lesions(self.regions[index], grid=self.grid, rules=rules)
        return self._lesions[key]

    @cached_property
    def _lesions(self) -> dict[tuple[int, LesionRules], ReferenceLesions]:
        return {}


def pack_reference(labelmap: Labelmap, scheme: LabelScheme, spacing_mm: Spacing) -> PackedReference:
    """Pack the regions of a reference labelmap, (X, Y, Z), spacing along X, Y, Z."""
    fast_first = is_fast_first(labelmap)
    masks = pack_labels(labelmap, _label_sets(scheme), fast_first=fast_first)
    excluded = masks.pop() if scheme.excluded else None
    spacing = tuple(float(mm) for mm in spacing_mm)
    return PackedReference(
        scheme=scheme,
        shape=_index(labelmap.shape),
        fast_first=fast_first,
        spacing_mm=_in_memory_order((spacing[0], spacing[1], spacing[2]), fast_first),
        regions=tuple(masks),
        excluded=excluded,
    )


def score_case(
    reference: Labelmap | PackedReference,
    prediction_labelmap: Labelmap,
    scheme: LabelScheme,
    spacing_mm: Spacing,
    metrics: Sequence[str] | None = None,
    *,
    metric_set: MetricSet = METRIC_SET,
) -> list[Score]:
    """Score a prediction against a reference, region by region.

    Labels that the scheme excludes leave both sides where the reference has them, and count as background
    where only the prediction has.

    Args:
        reference: a labelmap, (X, Y, Z), or what `pack_reference` made of one with this scheme and spacing.
        prediction_labelmap: on the same grid.
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
    if packed.shape != prediction_labelmap.shape:
        raise GridMismatch(
            f"the prediction has {format_shape(prediction_labelmap.shape)} voxels and the reference "
            f"{format_shape(packed.shape)}; resample the prediction to the reference's grid"
        )
    predicted = pack_labels(prediction_labelmap, _label_sets(scheme), fast_first=packed.fast_first)
    scores = []
    for index, region in enumerate(scheme.regions):
        mask = predicted[index] if packed.excluded is None else without(predicted[index], packed.excluded)
        pair = _RegionPair(packed, index, mask, metric_set)
        scores += [Score(region.key, name, pair.value(name)) for name in wanted]
    return scores


def working_memory_bytes(shape: Sequence[int], scheme: LabelScheme) -> int:
    """The most that `score_case` holds beside the two labelmaps, for any content of a grid of this shape.

    One bit per voxel, region and side; and for the region at work, in the worst case, an element of surface
    at every corner of both sides, with its place, distance and weight, and as much again while they are made.
    """
    corners = int(np.prod([length + 2 for length in shape]))
    planes = 2 * (len(scheme.regions) + bool(scheme.excluded)) * corners // 8
    per_element = 8 + 8 + 8 + 8 + 8 + 16 + 1
    return planes + 2 * corners * per_element + corners


class _RegionPair:
    """One region of both sides; what several metrics need is computed once, on first use."""

    def __init__(self, packed: PackedReference, index: int, prediction: BitMask, rules: MetricSet) -> None:
        self._packed, self._index, self._rules = packed, index, rules
        self._reference, self._prediction = packed.regions[index], prediction

    def value(self, name: str) -> float | None:
        if match := _NSD.fullmatch(name):
            return normalised_surface_distance(self._elements, tolerance_mm=float(match[1]))
        return _COMPUTE[name](self)

    @cached_property
    def counts(self) -> Overlap:
        return Overlap(
            reference=self._reference.voxels,
            prediction=self._prediction.voxels,
            both=count_both(self._reference, self._prediction),
            voxels=int(np.prod(self._packed.shape)),
        )

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
            region=self._packed.scheme.regions[self._index].key,
            whole_hd95=lambda: self.hd95_surface_area,
        )

    def volume_ml(self, voxels: int) -> float:
        return voxels * float(np.prod(self._packed.spacing_mm)) / 1000

    @cached_property
    def _elements(self) -> SurfaceDistances:
        return measure_elements(self._reference, self._prediction, self._packed.spacing_mm)

    @cached_property
    def _borders(self) -> SurfaceDistances:
        return measure_borders(self._reference, self._prediction, self._packed.spacing_mm)

    def _or_penalty(self, distance_mm: float) -> float:
        return distance_mm if np.isfinite(distance_mm) else self._rules.penalty_mm


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


def _label_sets(scheme: LabelScheme) -> list[Sequence[int]]:
    """The labels of each region, without the excluded ones; then, if there are any, those."""
    excluded = set(scheme.excluded)
    regions: list[Sequence[int]] = [sorted(set(region.labels) - excluded) for region in scheme.regions]
    return [*regions, scheme.excluded] if excluded else regions


def _index(shape: Sequence[int]) -> Index:
    x, y, z = shape
    return x, y, z


def _in_memory_order(values: tuple[_T, _T, _T], fast_first: bool) -> tuple[_T, _T, _T]:
    x, y, z = values
    return (z, y, x) if fast_first else (x, y, z)
