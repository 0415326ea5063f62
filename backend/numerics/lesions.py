"""Lesion-wise Dice and Hausdorff distance: each lesion counts as much, found or missed or invented.

What a lesion is, which predictions belong to it and which lesions count is told by `LesionRules`: the rule
sets of challenges are configuration.

Source: Saluja et al. 2023, the BraTS 2023 organisers' lesion-wise metrics.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
import numpy.typing as npt

from backend.numerics.bitplanes import EMPTY_MASK, BitMask, Box, Index, dilate
from backend.numerics.components import ComponentPainter, Indices, Runs, label_components, overlap_runs
from backend.numerics.distances import Floats, Spacing
from backend.numerics.lesion_rules import BRATS_2023 as BRATS_2023
from backend.numerics.lesion_rules import RULES as RULES
from backend.numerics.lesion_rules import LesionRules as LesionRules
from backend.numerics.small_lesions import measure_small_lesions
from backend.numerics.surface import between, element_surface, hd95_surface_area


@dataclass(frozen=True)
class Lesion:
    """One lesion of the reference against the predictions that belong to it.

    Args:
        volume_mm3: of the lesion.
        counts: whether it is large enough to enter the mean.
        found: whether any prediction belongs to it.
        dice: 0 if missed.
        hd95_mm: the rule's penalty if missed; None for one that does not count.
    """

    volume_mm3: float
    counts: bool
    found: bool
    dice: float
    hd95_mm: float | None


@dataclass(frozen=True)
class LesionScores:
    """Means over the counted lesions and the false positives, and how many of each there are.

    With neither lesions nor false positives: Dice 1, distance 0.
    """

    dice: float
    hd95_mm: float
    true_positives: int
    false_positives: int
    false_negatives: int
    lesions: tuple[Lesion, ...]


@dataclass(frozen=True, eq=False)
class ReferenceLesions:
    """A reference's part of the work, the same for every prediction: its mask and the dilation."""

    mask: BitMask
    dilated: BitMask
    grid: Index


def find_reference_lesions(mask: BitMask, *, grid: Index, rules: LesionRules) -> ReferenceLesions:
    return ReferenceLesions(mask, dilate(mask, times=rules.dilations, grid=grid), grid)


def score_lesions(
    reference: ReferenceLesions,
    prediction: BitMask,
    *,
    spacing_mm: Spacing,
    rules: LesionRules,
    region: str = "",
    whole_hd95: Callable[[], float] | None = None,
) -> LesionScores:
    """Score one region by lesions.

    Args:
        reference: what `find_reference_lesions` made by the same rules.
        prediction: packed on the same grid.
        spacing_mm: along (slow, middle, fast).
        region: its key, where the rules differ by region.
        whole_hd95: gives the distance of the whole masks, asked for where one lesion is all there is.
    """
    extent = (
        dilate(prediction, times=rules.dilations, grid=reference.grid)
        if rules.merge_predictions
        else prediction
    )
    box = reference.dilated.box.union(extent.box)
    lesions = label_components(reference.dilated, box=box, connectivity=rules.connectivity)
    ours = _group_runs(reference.mask, lesions, rules)
    theirs = _predicted_lesions(prediction, extent, box, rules)

    touching, common = overlap_runs(theirs, lesions), overlap_runs(ours, theirs)
    pairs = np.unique(lesions.components[touching.second] * theirs.count + theirs.components[touching.first])
    lesion_of_pair, prediction_of_pair = np.divmod(pairs, max(theirs.count, 1))
    voxels = ours.sizes()
    predicted = np.bincount(lesion_of_pair, theirs.sizes()[prediction_of_pair], minlength=lesions.count)
    both = np.bincount(ours.components[common.first], common.voxels, minlength=lesions.count)
    dice = 2 * both / (voxels + predicted)

    volumes_mm3 = voxels * float(np.prod(spacing_mm))
    pair_starts = np.searchsorted(lesion_of_pair, np.arange(lesions.count + 1))
    found, counts = np.diff(pair_starts) > 0, volumes_mm3 > rules.least_volume(region)
    distances = np.where(counts, rules.penalty_mm, np.nan)
    measured = _Distances(ours, theirs, pair_starts, prediction_of_pair, spacing_mm, whole_hd95)
    distances[counts & found] = measured.of(counts & found)
    scored = [
        Lesion(volume, counted, hit, score, hd95_mm if counted else None)
        for volume, counted, hit, score, hd95_mm in zip(
            volumes_mm3.tolist(),
            counts.tolist(),
            found.tolist(),
            dice.tolist(),
            distances.tolist(),
            strict=True,
        )
    ]
    return _summarise(scored, theirs.count - len(np.unique(prediction_of_pair)), rules)


def _group_runs(mask: BitMask, extents: Runs, rules: LesionRules) -> Runs:
    """The runs of a mask, in the components of its dilation: each lies in one run of that."""
    runs = label_components(mask, box=extents.box, connectivity=rules.connectivity)
    inside = overlap_runs(runs, extents)
    components = np.empty_like(runs.components)
    components[inside.first] = extents.components[inside.second]
    return replace(runs, components=components, count=extents.count)


def _predicted_lesions(prediction: BitMask, extent: BitMask, box: Box, rules: LesionRules) -> Runs:
    extents = label_components(extent, box=box, connectivity=rules.connectivity)
    runs = _group_runs(prediction, extents, rules) if rules.merge_predictions else extents
    large_enough = runs.sizes() > rules.least_predicted_voxels
    if large_enough.all():
        return runs
    kept = ComponentPainter(runs).paint(np.flatnonzero(large_enough).tolist())
    return _renumber(_group_runs(kept, extents, rules))


def _renumber(runs: Runs) -> Runs:
    """Leave out component numbers that no run has."""
    present, components = np.unique(runs.components, return_inverse=True)
    return replace(runs, components=components, count=len(present))


class _Distances:
    """Of single lesions to the predictions that belong to each."""

    def __init__(
        self,
        ours: Runs,
        theirs: Runs,
        pair_starts: Indices,
        members: Indices,
        spacing_mm: Spacing,
        whole_hd95: Callable[[], float] | None,
    ) -> None:
        self._ours, self._theirs = ours, theirs
        self._pair_starts, self._members = pair_starts, members
        self._spacing_mm, self._whole_hd95 = spacing_mm, whole_hd95

    def of(self, asked: npt.NDArray[np.bool_]) -> Floats:
        """In mm, of the lesions asked for."""
        if (
            self._whole_hd95
            and asked.any()
            and self._ours.count == 1
            and len(self._members) == self._theirs.count
        ):
            return np.array([self._whole_hd95()])
        distances = measure_small_lesions(
            self._ours, self._theirs, asked, self._pair_starts, self._members, self._spacing_mm
        )
        members, surface = self._members[:0], element_surface(EMPTY_MASK, self._spacing_mm)
        for lesion in np.flatnonzero(asked & np.isnan(distances)).tolist():
            own = self._members[self._pair_starts[lesion] : self._pair_starts[lesion + 1]]
            if not np.array_equal(own, members):
                # Lesions that follow each other often share a predicted component, which may be huge.
                members = own
                surface = element_surface(self._their_painter.paint(members.tolist()), self._spacing_mm)
            reference = element_surface(self._our_painter.paint([lesion]), self._spacing_mm)
            distances[lesion] = hd95_surface_area(between(reference, surface))
        return distances[asked]

    @cached_property
    def _our_painter(self) -> ComponentPainter:
        return ComponentPainter(self._ours)

    @cached_property
    def _their_painter(self) -> ComponentPainter:
        return ComponentPainter(self._theirs)


def _summarise(lesions: list[Lesion], false_positives: int, rules: LesionRules) -> LesionScores:
    counted = [lesion for lesion in lesions if lesion.counts]
    found = sum(lesion.found for lesion in counted)
    terms = len(counted) + false_positives
    distances = sum(lesion.hd95_mm for lesion in counted if lesion.hd95_mm is not None)
    return LesionScores(
        dice=sum(lesion.dice for lesion in counted) / terms if terms else 1.0,
        hd95_mm=(distances + rules.penalty_mm * false_positives) / terms if terms else 0.0,
        true_positives=found,
        false_positives=false_positives,
        false_negatives=len(counted) - found,
        lesions=tuple(lesions),
    )
