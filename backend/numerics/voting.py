"""Fusion by counting votes, and how votes for nested regions become labels."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import pairwise

import numpy as np
import numpy.typing as npt

from backend.numerics.arrays import Array, Mask
from backend.numerics.errors import FusionError
from backend.numerics.fusion_types import FusionInput, Outcome
from backend.numerics.labels import BACKGROUND, LabelScheme, Region
from backend.numerics.votes import Ballot


def vote_by_majority(given: FusionInput) -> Outcome:
    """More than half of the raters who are sure, else background. At most one label can have that many."""
    return Outcome(majority_labels(given.ballot))


def vote_by_plurality(given: FusionInput) -> Outcome:
    """The label with most votes. argmax takes the first of equals, and the labels ascend."""
    return Outcome(given.ballot.labels[given.ballot.votes.argmax(axis=0)])


def vote_by_hierarchy(given: FusionInput) -> Outcome:
    """Regions from the outermost in, each with at least half of the raters; Menze et al. 2015, III-D."""
    ballot = given.ballot
    entered = {
        region.key: (2 * ballot.votes_for(region.labels) >= ballot.voters) & (ballot.voters > 0)
        for region in nested_regions(given.scheme)
    }
    return Outcome(labels_of_regions(entered, ballot, given.scheme))


def majority_labels(ballot: Ballot) -> npt.NDArray[np.int64]:
    """(P,): the label that more than half of those who are sure chose, else background."""
    most = ballot.votes.argmax(axis=0)
    enough = 2 * ballot.votes.max(axis=0, initial=0) > ballot.voters
    return np.where(enough, ballot.labels[most], BACKGROUND)


def labels_of_regions(
    entered: Mapping[str, Mask], ballot: Ballot, scheme: LabelScheme, *, at: Array | None = None
) -> npt.NDArray[np.int64]:
    """Return the label of each pattern, or voxel, from the regions that it enters.

    A region is entered only within the next outer one. Within a region, the label is the one with most votes
    among those that the next inner region does not have (in BraTS 2012-2015 the core proper is necrosis or
    non-enhancing), ties to the lower. Labels of no region need a majority, as nothing nests them.

    Args:
        entered: by region key, (P,), or (voxels,) where `at` says which pattern each voxel has.
    """
    regions = nested_regions(scheme)
    places = slice(None) if at is None else at
    outside = [value for value in scheme.values if value not in regions[0].labels]
    majority = majority_labels(ballot)
    labels = np.where(np.isin(majority, outside), majority, BACKGROUND)[places].copy()
    within = np.ones(len(labels), dtype=bool)
    for region, inner in zip(regions, [*regions[1:], None], strict=True):
        own = [value for value in region.labels if inner is None or value not in inner.labels]
        chosen = np.array(own)[np.stack([ballot.votes_for([value]) for value in own]).argmax(axis=0)]
        within &= entered[region.key]
        labels[within] = chosen[places][within]
    return labels


def nested_regions(scheme: LabelScheme) -> list[Region]:
    """Return the scheme's regions from the outermost in.

    Raises:
        FusionError: they do not nest.
    """
    regions: Sequence[Region] = sorted(scheme.regions, key=lambda region: -len(region.labels))
    for outer, inner in pairwise(regions):
        if not set(inner.labels) < set(outer.labels):
            raise FusionError(
                f"this method needs nested regions, and in {scheme.name} {inner.name} does not lie "
                f"within {outer.name}; choose majority or plurality"
            )
    if not regions:
        raise FusionError(f"this method needs regions, and {scheme.name} has none")
    return list(regions)
