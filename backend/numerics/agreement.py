"""How far raters agree: with each other, with the fusion of the others, and voxel by voxel."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import Any

import numpy as np
import numpy.typing as npt

from backend.numerics.arrays import Labelmap, flatten_together
from backend.numerics.fusion import count_votes, fuse, labelled_voxels, place_on_grid, require_present
from backend.numerics.labels import BACKGROUND, LabelScheme
from backend.numerics.overlap import Overlap, dice, dice_by_region, overlap_by_region

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


def pairwise_dice(labelmaps: Sequence[Labelmap | None], scheme: LabelScheme) -> dict[Pair, dict[str, float]]:
    """Dice of every pair of raters present, {(i, j): {region: Dice}} with i < j.

    Symmetric: a voxel that either rater excludes counts for neither.
    """
    overlaps = _pairwise_overlaps(labelmaps, scheme)
    return {pair: {key: dice(x) for key, x in regions.items()} for pair, regions in overlaps.items()}


def leave_one_out(
    labelmaps: Sequence[Labelmap | None],
    *,
    method: str,
    scheme: LabelScheme,
    parameters: Mapping[str, Any] | None = None,
) -> list[LeaveOneOut]:
    """Score each rater present against the fusion of the others, by the same method.

    Empty where fewer than two are present: nobody is left to judge.
    """
    present = [index for index, labelmap in enumerate(labelmaps) if labelmap is not None]
    if len(present) < 2:
        return []
    results = []
    for index in present:
        own = labelmaps[index]
        assert own is not None
        others = [labelmap for k, labelmap in enumerate(labelmaps) if k != index]
        reference = fuse(others, method=method, scheme=scheme, parameters=parameters).labelmap
        results.append(LeaveOneOut(index, reference, dice_by_region(reference, own, scheme)))
    return results


def conformity_index(labelmaps: Sequence[Labelmap | None], scheme: LabelScheme) -> dict[str, float]:
    """Generalised conformity index by region: Σ|A∩B| / Σ|A∪B| over all pairs of raters present.

    1 where every rater's region is empty, or fewer than two are present.
    Source: Kouwenhoven et al. 2009, Phys. Med. Biol. 54:2859.
    """
    pairs = _pairwise_overlaps(labelmaps, scheme).values()
    index = {}
    for region in scheme.regions:
        overlaps = [regions[region.key] for regions in pairs]
        union = sum(x.reference + x.prediction - x.both for x in overlaps)
        index[region.key] = sum(x.both for x in overlaps) / union if union else 1.0
    return index


def disagreement_entropy(labelmaps: Sequence[Labelmap | None]) -> npt.NDArray[np.float32]:
    """Entropy of the votes in bits per voxel, (X, Y, Z); 0 where all agree.

    Raises:
        FusionError: no rater is present.
        GridMismatch: shapes differ.
    """
    present = require_present(labelmaps)
    flat = flatten_together(*present)
    labelled = labelled_voxels(flat)
    ballot = count_votes([labels[labelled] for labels in flat])
    shares = ballot.votes / np.float32(ballot.raters)
    # The 1 stands in where there is no share, and its logarithm is 0.
    bits = -(shares * np.log2(np.where(shares > 0, shares, 1))).sum(axis=0)
    entropy: npt.NDArray[np.float32] = place_on_grid(
        bits.astype(np.float32), labelled, like=present, background=0
    )
    return entropy


def fleiss_kappa(labelmaps: Sequence[Labelmap | None], *, labelled_only: bool = False) -> float | None:
    """Chance-corrected agreement of all raters present over all labels.

    Args:
        labelmaps: one per rater; None for an absent one.
        labelled_only: over the voxels that some rater labelled, instead of the whole grid, whose background
            makes every agreement look high.

    Returns:
        1 where all raters gave all voxels one and the same label; None with fewer than two raters present,
        or where no voxel is left.

    Source: Fleiss 1971, Psychological Bulletin 76:378.
    """
    present = require_present(labelmaps)
    raters = len(present)
    flat = flatten_together(*present)
    labelled = labelled_voxels(flat)
    ballot = count_votes([labels[labelled] for labels in flat])
    unanimous_background = 0 if labelled_only else flat[0].size - len(labelled)
    voxels = len(labelled) + unanimous_background
    if raters < 2 or not voxels:
        return None
    squares = (ballot.votes.astype(np.float64) ** 2).sum(axis=0)
    agreeing_pairs = ((squares - raters) / (raters * (raters - 1))).sum() + unanimous_background
    totals = ballot.votes.sum(axis=1, dtype=np.float64)
    totals[ballot.labels == BACKGROUND] += unanimous_background * raters
    by_chance = float(((totals / (voxels * raters)) ** 2).sum())
    if by_chance == 1:
        return 1.0
    return float((agreeing_pairs / voxels - by_chance) / (1 - by_chance))


def _pairwise_overlaps(
    labelmaps: Sequence[Labelmap | None], scheme: LabelScheme
) -> dict[Pair, dict[str, Overlap]]:
    present = [(index, labelmap) for index, labelmap in enumerate(labelmaps) if labelmap is not None]
    return {
        (i, j): overlap_by_region(first, second, scheme, excluded_by="either")
        for (i, first), (j, second) in combinations(present, 2)
    }
