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

from backend.numerics.bitplanes import BitMask, Box, Index, dilate
from backend.numerics.components import ComponentPainter, Runs, label_components, overlap_runs
from backend.numerics.distances import Spacing
from backend.numerics.surface import hd95_surface_area, measure_elements

PENALTY_MM = 374.0  # the diagonal of the 240×240×155 grid at 1 mm, rounded up


@dataclass(frozen=True)
class LesionRules:
    """How lesions are made and matched.

    Args:
        slug: its name on the wire.
        dilations: how often the reference is dilated (18-neighbourhood); components of the dilation are the
            lesions, and predictions that touch one belong to it.
        least_volume_mm3: lesions up to this volume leave the mean, and still absorb predictions.
        least_volume_of_region_mm3: the same where a region differs: ((region key, mm³), ...).
        connectivity: of components.
        penalty_mm: the distance of a missed and of an invented lesion.
        merge_predictions: join predicted components by the same dilation.
        least_predicted_voxels: predicted lesions up to this size do not exist.
    """

    slug: str
    dilations: int
    least_volume_mm3: float
    least_volume_of_region_mm3: tuple[tuple[str, float], ...] = ()
    connectivity: int = 26
    penalty_mm: float = PENALTY_MM
    merge_predictions: bool = False
    least_predicted_voxels: int = 0

    def least_volume(self, region: str) -> float:
        return dict(self.least_volume_of_region_mm3).get(region, self.least_volume_mm3)


BRATS_2023 = LesionRules("brats2023", dilations=3, least_volume_mm3=50)

RULES: dict[str, LesionRules] = {
    rules.slug: rules
    for rules in (
        BRATS_2023,
        LesionRules("brats2023_men", dilations=1, least_volume_mm3=50),
        LesionRules("brats2023_met", dilations=1, least_volume_mm3=2),
        LesionRules(
            "brats2024",
            dilations=3,
            least_volume_mm3=20,
            least_volume_of_region_mm3=(("enhancing", 10),),
            penalty_mm=337,
            merge_predictions=True,
        ),
        LesionRules(
            "brats2024_ped",
            dilations=5,
            least_volume_mm3=10,
            penalty_mm=337,
            merge_predictions=True,
            least_predicted_voxels=10,
        ),
    )
}


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

    surfaces = _Surfaces(ours, theirs, spacing_mm, whole_hd95)
    members = np.split(prediction_of_pair, np.searchsorted(lesion_of_pair, np.arange(1, lesions.count)))
    scored = []
    for index in range(lesions.count):
        volume_mm3 = float(voxels[index]) * float(np.prod(spacing_mm))
        counts, found = volume_mm3 > rules.least_volume(region), len(members[index]) > 0
        hd95_mm = rules.penalty_mm if counts else None
        if counts and found:
            hd95_mm = surfaces.hd95(index, members[index].tolist())
        scored.append(Lesion(volume_mm3, counts, found, float(dice[index]), hd95_mm))
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


class _Surfaces:
    """Distances of single lesions, each in a box of its own."""

    def __init__(
        self, ours: Runs, theirs: Runs, spacing_mm: Spacing, whole_hd95: Callable[[], float] | None
    ) -> None:
        self._ours, self._theirs = ours, theirs
        self._spacing_mm, self._whole_hd95 = spacing_mm, whole_hd95

    def hd95(self, lesion: int, members: list[int]) -> float:
        if self._whole_hd95 and self._ours.count == 1 and self._theirs.count == len(members):
            return self._whole_hd95()
        reference, prediction = self._our_painter.paint([lesion]), self._their_painter.paint(members)
        return hd95_surface_area(measure_elements(reference, prediction, self._spacing_mm))

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
