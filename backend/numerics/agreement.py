"""How far raters agree: with each other, with the fusion of the others, and voxel by voxel.

All is counted from the patterns of votes, so ten pairs of raters cost hardly more than one.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations, zip_longest
from typing import Any

import numpy as np
import numpy.typing as npt

from backend.numerics.arrays import Labelmap, Mask
from backend.numerics.fusion import fuse
from backend.numerics.fusion_types import RaterEstimate, Spacing
from backend.numerics.labels import LabelScheme
from backend.numerics.overlap import Overlap, dice
from backend.numerics.staple import estimate_binary, estimates_of_binaries
from backend.numerics.votes import Ballot, count_votes, require_raters

Pair = tuple[int, int]


@dataclass(frozen=True, eq=False)
class LeaveOneOut:
    """One rater against the fusion of the others.

    Args:
        index: the rater's place in the sequence.
        reference: the others' fused labelmap.
        dice: by region key.
    """

    index: int
    reference: Labelmap
    dice: dict[str, float]


@dataclass(frozen=True)
class PairAgreement:
    """Two raters, by region key: their Dice, and Cohen's kappa of inside against outside over the grid."""

    dice: dict[str, float]
    kappa: dict[str, float | None]


@dataclass(frozen=True)
class RaterAgreement:
    """All that `compare_raters` measures.

    Args:
        pairs: {(i, j): …} with i < j, of the raters present.
        fleiss_kappa, fleiss_kappa_labelled: over the grid, and over the voxels that some rater labelled.
        conformity_index: by region key.
        performance: as `staple_performance`.
        voxels: of each rater's regions, by key, those of which the rater is unsure too: how much was drawn
            is no question of agreement. None for an absent rater.
        mean_entropy_bits: of the votes, over the voxels that some rater labelled; 0 where there are none.
    """

    pairs: dict[Pair, PairAgreement]
    fleiss_kappa: float | None
    fleiss_kappa_labelled: float | None
    conformity_index: dict[str, float]
    performance: list[RaterEstimate | None]
    voxels: list[dict[str, int] | None]
    mean_entropy_bits: float


def compare_raters(
    labelmaps: Sequence[Labelmap | None],
    scheme: LabelScheme,
    *,
    unsure: Sequence[Mask | None] | None = None,
) -> RaterAgreement:
    """Measure all agreement of one case's raters from one count of their votes.

    Each figure is that of the function of its name, with its rules for empty regions and absent raters.

    Raises:
        FusionError: no rater is present.
        GridMismatch: shapes differ.
    """
    ballot = count_votes(require_raters(labelmaps, unsure))
    overlaps = _pairwise_overlaps(ballot, scheme)
    return RaterAgreement(
        pairs={
            pair: PairAgreement(
                dice={key: dice(x) for key, x in regions.items()},
                kappa={key: _kappa_of_overlap(x) for key, x in regions.items()},
            )
            for pair, regions in overlaps.items()
        },
        fleiss_kappa=_fleiss_kappa(ballot, labelled_only=False),
        fleiss_kappa_labelled=_fleiss_kappa(ballot, labelled_only=True),
        conformity_index=_conformity_index(overlaps, scheme),
        performance=_staple_performance(ballot, scheme, len(labelmaps)),
        voxels=_voxels(ballot, labelmaps, unsure or [], scheme),
        mean_entropy_bits=_mean_entropy_bits(ballot),
    )


def intra_rater(
    first: Labelmap,
    again: Labelmap,
    scheme: LabelScheme,
    *,
    unsure: tuple[Mask | None, Mask | None] = (None, None),
) -> PairAgreement:
    """How far one rater agrees with an earlier reading of the same case; as of two raters, symmetric.

    Raises:
        GridMismatch: shapes differ.
    """
    return compare_raters([first, again], scheme, unsure=unsure).pairs[0, 1]


def pairwise_dice(
    labelmaps: Sequence[Labelmap | None],
    scheme: LabelScheme,
    *,
    unsure: Sequence[Mask | None] | None = None,
) -> dict[Pair, dict[str, float]]:
    """Dice of every pair of raters present, {(i, j): {region: Dice}} with i < j.

    Symmetric: a voxel that either rater excludes, or is unsure of, counts for neither.
    """
    overlaps = _pairwise_overlaps(count_votes(require_raters(labelmaps, unsure)), scheme)
    return {pair: {key: dice(x) for key, x in regions.items()} for pair, regions in overlaps.items()}


def leave_one_out(
    labelmaps: Sequence[Labelmap | None],
    *,
    method: str,
    scheme: LabelScheme,
    parameters: Mapping[str, Any] | None = None,
    unsure: Sequence[Mask | None] | None = None,
    spacing_mm: Spacing = (1.0, 1.0, 1.0),
) -> list[LeaveOneOut]:
    """Score each rater present against the fusion of the others, by the same method.

    Empty where fewer than two are present: nobody is left to judge. Voxels of which a rater is unsure are
    scored as drawn.
    """
    present = [index for index, labelmap in enumerate(labelmaps) if labelmap is not None]
    if len(present) < 2:
        return []
    results = []
    for index in present:
        own = labelmaps[index]
        assert own is not None
        others = [None if k == index else labelmap for k, labelmap in enumerate(labelmaps)]
        reference = fuse(
            others, method=method, scheme=scheme, parameters=parameters, unsure=unsure, spacing_mm=spacing_mm
        ).labelmap
        pair = count_votes(require_raters([reference, own]))
        overlaps = _pairwise_overlaps(pair, scheme, both_exclude=False)[0, 1]
        results.append(LeaveOneOut(index, reference, {key: dice(x) for key, x in overlaps.items()}))
    return results


def conformity_index(
    labelmaps: Sequence[Labelmap | None],
    scheme: LabelScheme,
    *,
    unsure: Sequence[Mask | None] | None = None,
) -> dict[str, float]:
    """Generalised conformity index by region: Σ|A∩B| / Σ|A∪B| over all pairs of raters present.

    1 where every rater's region is empty, or fewer than two are present.
    Source: Kouwenhoven et al. 2009, Phys. Med. Biol. 54:2859.
    """
    ballot = count_votes(require_raters(labelmaps, unsure))
    return _conformity_index(_pairwise_overlaps(ballot, scheme), scheme)


def disagreement_entropy(
    labelmaps: Sequence[Labelmap | None], *, unsure: Sequence[Mask | None] | None = None
) -> npt.NDArray[np.float32]:
    """Entropy of the votes of those who are sure, in bits per voxel, (X, Y, Z); 0 where all agree.

    Raises:
        FusionError: no rater is present.
        GridMismatch: shapes differ.
    """
    ballot = count_votes(require_raters(labelmaps, unsure))
    entropy: npt.NDArray[np.float32] = ballot.place(entropy_bits(ballot).astype(np.float32))
    return entropy


def fleiss_kappa(
    labelmaps: Sequence[Labelmap | None],
    *,
    labelled_only: bool = False,
    unsure: Sequence[Mask | None] | None = None,
) -> float | None:
    """Chance-corrected agreement of all raters present over all labels.

    Args:
        labelmaps: one per rater; None for an absent one.
        labelled_only: over the voxels that some rater labelled, instead of the whole grid, whose background
            makes every agreement look high.
        unsure: voxels of which any rater is unsure are left out.

    Returns:
        1 where all raters gave all voxels one and the same label; None with fewer than two raters present,
        or where no voxel is left.

    Source: Fleiss 1971, Psychological Bulletin 76:378.
    """
    return _fleiss_kappa(count_votes(require_raters(labelmaps, unsure)), labelled_only=labelled_only)


def cohen_kappa(
    labelmaps: Sequence[Labelmap | None],
    *,
    labelled_only: bool = False,
    unsure: Sequence[Mask | None] | None = None,
) -> dict[Pair, float | None]:
    """Chance-corrected agreement of every pair of raters present over all labels, {(i, j): kappa} with i < j.

    Args:
        labelled_only: over the voxels that either of the two labelled, instead of the whole grid.
        unsure: voxels of which either is unsure are left out.

    1 where both gave all voxels one and the same label; None where no voxel is left.

    Source: Cohen 1960, Educational and Psychological Measurement 20:37.
    """
    ballot = count_votes(require_raters(labelmaps, unsure))
    kappas: dict[Pair, float | None] = {}
    for pair, joint in _joint_counts(ballot).items():
        if labelled_only:
            joint[0, 0] = 0
        voxels = joint.sum()
        if not voxels:
            kappas[pair] = None
            continue
        by_chance = float((joint.sum(axis=0) / voxels) @ (joint.sum(axis=1) / voxels))
        kappas[pair] = _beyond_chance(np.trace(joint) / voxels, by_chance)
    return kappas


def staple_performance(
    labelmaps: Sequence[Labelmap | None],
    scheme: LabelScheme,
    *,
    unsure: Sequence[Mask | None] | None = None,
) -> list[RaterEstimate | None]:
    """Each rater's sensitivity and specificity by region, as the binary STAPLE estimates them over the grid.

    One per rater, None for an absent one.
    """
    return _staple_performance(count_votes(require_raters(labelmaps, unsure)), scheme, len(labelmaps))


def _fleiss_kappa(ballot: Ballot, *, labelled_only: bool) -> float | None:
    raters = len(ballot.raters)
    counts = np.where(ballot.voters == raters, ballot.counts, 0)
    if labelled_only:
        counts[0] = 0
    voxels = counts.sum()
    if raters < 2 or not voxels:
        return None
    squares = (ballot.votes.astype(np.float64) ** 2).sum(axis=0)
    agreeing_pairs = ((squares - raters) / (raters * (raters - 1))) @ counts
    totals = ballot.votes.astype(np.float64) @ counts
    by_chance = float(((totals / (voxels * raters)) ** 2).sum())
    return _beyond_chance(agreeing_pairs / voxels, by_chance)


def _conformity_index(pairs: Mapping[Pair, Mapping[str, Overlap]], scheme: LabelScheme) -> dict[str, float]:
    index = {}
    for region in scheme.regions:
        overlaps = [regions[region.key] for regions in pairs.values()]
        union = sum(x.reference + x.prediction - x.both for x in overlaps)
        index[region.key] = sum(x.both for x in overlaps) / union if union else 1.0
    return index


def _staple_performance(ballot: Ballot, scheme: LabelScheme, raters: int) -> list[RaterEstimate | None]:
    found = {region.key: estimate_binary(ballot, region.labels) for region in scheme.regions}
    performance: list[RaterEstimate | None] = [None] * raters
    for place, estimate in zip(ballot.raters, estimates_of_binaries(found), strict=bool(found)):
        performance[place] = estimate
    return performance


def _voxels(
    ballot: Ballot,
    labelmaps: Sequence[Labelmap | None],
    unsure: Sequence[Mask | None],
    scheme: LabelScheme,
) -> list[dict[str, int] | None]:
    """Voxels of each rater's regions, sure or not, {region: voxels}; None for an absent rater.

    The ballot has the sure ones counted; what lies under a rater's marks is counted here.
    """
    voxels: list[dict[str, int] | None] = [None if labels is None else {} for labels in labelmaps]
    marked = [
        np.array([]) if labels is None or mask is None else labels[mask]
        for labels, mask in zip_longest(labelmaps, unsure)
    ]
    for region in scheme.regions:
        inside = np.append(np.isin(ballot.labels, region.labels), False)[ballot.patterns]
        for place, sure in zip(ballot.raters, ballot.counts @ inside, strict=True):
            counted = voxels[place]
            assert counted is not None
            counted[region.key] = int(sure) + int(np.isin(marked[place], region.labels).sum())
    return voxels


def entropy_bits(ballot: Ballot) -> npt.NDArray[np.float64]:
    """(P,): entropy of the votes of those who are sure."""
    shares = ballot.votes / np.maximum(ballot.voters, 1)
    # The 1 stands in where there is no share, and its logarithm is 0. Sorted, as order must not change a sum.
    bits = np.sort(-(shares * np.log2(np.where(shares > 0, shares, 1))), axis=0).sum(axis=0)
    return np.abs(bits)


def _mean_entropy_bits(ballot: Ballot) -> float:
    counts = np.where(ballot.votes[1:].any(axis=0), ballot.counts, 0)
    voxels = int(counts.sum())
    return float(entropy_bits(ballot) @ counts / voxels) if voxels else 0.0


def _kappa_of_overlap(overlap: Overlap) -> float | None:
    """Cohen's kappa of inside against outside; 1 where both are empty or both are all, None with no voxel."""
    if not overlap.voxels:
        return None
    both, only_first, only_second = (
        overlap.both,
        overlap.reference - overlap.both,
        overlap.prediction - overlap.both,
    )
    neither = overlap.voxels - both - only_first - only_second
    # In whole numbers: small regions leave a share of agreement by chance that rounds to 1.
    chance = (both + only_first) * (only_first + neither) + (both + only_second) * (only_second + neither)
    return 2 * (both * neither - only_first * only_second) / chance if chance else 1.0


def _beyond_chance(observed: float, by_chance: float) -> float:
    return 1.0 if by_chance == 1 else float((observed - by_chance) / (1 - by_chance))


def _pairwise_overlaps(
    ballot: Ballot, scheme: LabelScheme, *, both_exclude: bool = True
) -> dict[Pair, dict[str, Overlap]]:
    """By pair and region; voxels that either excludes or is unsure of are no voxels of theirs.

    Args:
        both_exclude: else only the first of a pair does, as a reference, and what the second excludes is
            background.
    """
    included = ~np.isin(ballot.labels, scheme.excluded)
    overlaps: dict[Pair, dict[str, Overlap]] = {}
    for pair, joint in _joint_counts(ballot).items():
        counts = joint * np.outer(included, included | (not both_exclude))
        overlaps[pair] = {}
        for region in scheme.regions:
            inside = np.isin(ballot.labels, region.labels) & included
            overlaps[pair][region.key] = Overlap(
                reference=int(counts[inside].sum()),
                prediction=int(counts[:, inside].sum()),
                both=int(counts[np.ix_(inside, inside)].sum()),
                voxels=int(counts.sum()),
            )
    return overlaps


def _joint_counts(ballot: Ballot) -> dict[Pair, npt.NDArray[np.int64]]:
    """Voxels by what both raters of a pair said, {(i, j): (L, L)} with i < j; unsure voxels left out."""
    size = len(ballot.labels) + 1
    columns = sorted(range(len(ballot.raters)), key=ballot.raters.__getitem__)
    joint = {}
    for first, second in combinations(columns, 2):
        code = ballot.patterns[:, first] * size + ballot.patterns[:, second]
        counts = np.zeros(size * size, dtype=np.int64)
        np.add.at(counts, code, ballot.counts)
        joint[ballot.raters[first], ballot.raters[second]] = counts.reshape(size, size)[:-1, :-1]
    return joint
