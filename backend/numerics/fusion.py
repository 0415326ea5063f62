"""Consensus of several raters' labelmaps.

No method depends on the order of the raters, and none ends a tie by chance.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Any

import numpy as np
import numpy.typing as npt

from backend.numerics.arrays import Array, Labelmap, flatten_together, narrow_labels
from backend.numerics.errors import FusionError as FusionError
from backend.numerics.errors import GridMismatch
from backend.numerics.geometry import format_shape
from backend.numerics.labels import BACKGROUND, LabelScheme, Region

Votes = npt.NDArray[np.uint16]


@dataclass(frozen=True, eq=False)
class Fusion:
    """A fused labelmap.

    Args:
        labelmap: (X, Y, Z), integer.
        agreement: uint8, (X, Y, Z): percent of the raters present whose label is the fused one.
        method, parameters: how it was made.
    """

    labelmap: Labelmap
    agreement: npt.NDArray[np.uint8]
    method: str
    parameters: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, eq=False)
class Ballot:
    """The votes of the voxels that at least one rater labelled.

    Args:
        labels: the values that occur, ascending, background first.
        votes: uint16, (labels, voxels): how many raters chose each label.
        raters: how many are present.
    """

    labels: npt.NDArray[np.int64]
    votes: Votes
    raters: int

    def votes_for(self, values: Sequence[int]) -> Votes:
        """Votes for any of these labels, per voxel."""
        total: Votes = self.votes[np.isin(self.labels, values)].sum(axis=0, dtype=np.uint16)
        return total


@dataclass(frozen=True)
class FusionMethod:
    """A method as offered to an organizer; `fuse_ballot` returns one label per voxel of the ballot."""

    slug: str
    name: str
    description: str
    tie_rule: str
    fuse_ballot: Callable[[Ballot, LabelScheme], npt.NDArray[np.int64]]


def fuse(
    labelmaps: Sequence[Labelmap | None],
    *,
    method: str,
    scheme: LabelScheme,
    parameters: Mapping[str, Any] | None = None,
) -> Fusion:
    """Fuse the raters' labelmaps of one case.

    Args:
        labelmaps: one per rater, one shape; None for a rater who is absent and has no vote.
        method: a key of `METHODS`.
        scheme: what the labels mean.
        parameters: of the method; the votes take none.

    Raises:
        FusionError: no rater is present, the method is unknown, or it cannot handle the scheme.
        GridMismatch: shapes differ.
    """
    chosen = METHODS.get(method)
    if chosen is None:
        raise FusionError(f"there is no fusion method {method!r}; choose one of {', '.join(METHODS)}")
    if parameters:
        raise FusionError(f"{chosen.name} takes no parameters, but {', '.join(parameters)} was given")
    present = require_present(labelmaps)
    flat = flatten_together(*present)
    labelled = labelled_voxels(flat)
    ballot = count_votes([labels[labelled] for labels in flat])
    winners = narrow_labels(chosen.fuse_ballot(ballot, scheme))
    percent = _percent_agreeing(ballot, winners)
    return Fusion(
        labelmap=place_on_grid(winners, labelled, like=present, background=BACKGROUND),
        agreement=place_on_grid(percent, labelled, like=present, background=100),
        method=method,
        parameters={},
    )


def require_present(labelmaps: Sequence[Labelmap | None]) -> list[Labelmap]:
    """Return the labelmaps of the raters who are present, all of one shape.

    Raises:
        FusionError: none is.
        GridMismatch: shapes differ.
    """
    present = [labelmap for labelmap in labelmaps if labelmap is not None]
    if not present:
        raise FusionError("there is no labelmap to fuse; wait until a rater has submitted")
    for labelmap in present[1:]:
        if labelmap.shape != present[0].shape:
            raise GridMismatch(
                f"raters' labelmaps differ in shape: {format_shape(labelmap.shape)} and "
                f"{format_shape(present[0].shape)}; resample them to the case's grid"
            )
    return present


def labelled_voxels(flat: Sequence[Array]) -> npt.NDArray[np.intp]:
    """Return the places where at least one rater set a label: elsewhere all agree on background."""
    return np.flatnonzero(np.logical_or.reduce([labels != BACKGROUND for labels in flat]))


def count_votes(flat: Sequence[Array]) -> Ballot:
    """Count the votes of raters' labels, each of shape (voxels,)."""
    labels = np.unique(np.concatenate([[BACKGROUND], *(np.unique(rater) for rater in flat)])).astype(np.int64)
    votes = np.zeros((len(labels), len(flat[0])), dtype=np.uint16)
    for rater in flat:
        for row, value in enumerate(labels):
            votes[row] += rater == value
    return Ballot(labels, votes, len(flat))


def vote_by_majority(ballot: Ballot, scheme: LabelScheme) -> npt.NDArray[np.int64]:
    """More than half of the raters present, else background. At most one label can have that many."""
    most = ballot.votes.argmax(axis=0)
    enough = 2 * ballot.votes.max(axis=0, initial=0) > ballot.raters
    return np.where(enough, ballot.labels[most], BACKGROUND)


def vote_by_plurality(ballot: Ballot, scheme: LabelScheme) -> npt.NDArray[np.int64]:
    """The label with most votes. argmax takes the first of equals, and the labels ascend."""
    winners: npt.NDArray[np.int64] = ballot.labels[ballot.votes.argmax(axis=0)]
    return winners


def vote_by_hierarchy(ballot: Ballot, scheme: LabelScheme) -> npt.NDArray[np.int64]:
    """Regions from the outermost in, each with at least half of the raters; Menze et al. 2015, section III-D.

    Within a region, the label is the one with most votes among those that the next inner region does not have
    (in BraTS 2012-2015 the core proper is necrosis or non-enhancing), ties to the lower. Labels of no region
    need a majority, as nothing nests them.
    """
    regions = nested_regions(scheme)
    outside = [value for value in scheme.values if value not in regions[0].labels]
    winners = vote_by_majority(ballot, scheme)
    winners[~np.isin(winners, outside)] = BACKGROUND
    for region, inner in zip(regions, [*regions[1:], None], strict=True):
        own = [value for value in region.labels if inner is None or value not in inner.labels]
        rows = np.flatnonzero(np.isin(ballot.labels, own))
        if not len(rows):
            continue
        entered = 2 * ballot.votes_for(region.labels) >= ballot.raters
        chosen = ballot.labels[rows[ballot.votes[rows].argmax(axis=0)]]
        winners[entered] = chosen[entered]
    return winners


def nested_regions(scheme: LabelScheme) -> list[Region]:
    """Return the scheme's regions from the outermost in.

    Raises:
        FusionError: they do not nest.
    """
    regions = sorted(scheme.regions, key=lambda region: -len(region.labels))
    for outer, inner in pairwise(regions):
        if not set(inner.labels) < set(outer.labels):
            raise FusionError(
                f"the hierarchical vote needs nested regions, and in {scheme.name} {inner.name} does not lie "
                f"within {outer.name}; choose majority or plurality"
            )
    if not regions:
        raise FusionError(f"the hierarchical vote needs regions, and {scheme.name} has none")
    return regions


METHODS: dict[str, FusionMethod] = {
    method.slug: method
    for method in (
        FusionMethod(
            "majority",
            "Majority vote",
            "A voxel gets a label when more than half of the raters present chose it, else background.",
            "No label with more than half of the votes: background.",
            vote_by_majority,
        ),
        FusionMethod(
            "plurality",
            "Plurality vote",
            "A voxel gets the label that most raters chose, background counted as a label.",
            "Equal votes: the lower label; background is the lowest.",
            vote_by_plurality,
        ),
        FusionMethod(
            "brats_hierarchical",
            "Hierarchical vote (BraTS)",
            "Votes are nested, as whole tumour, core and enhancing core: a voxel enters a region when at "
            "least half of the raters present put it there, and takes its label from the innermost one.",
            "Exactly half of the raters: the voxel enters the region. Equal votes in one: the lower label.",
            vote_by_hierarchy,
        ),
    )
}


def _percent_agreeing(ballot: Ballot, winners: Labelmap) -> npt.NDArray[np.uint8]:
    rows = np.searchsorted(ballot.labels, winners)
    agreeing = ballot.votes[rows, np.arange(len(winners))]
    percent: npt.NDArray[np.uint8] = np.rint(100.0 * agreeing / ballot.raters).astype(np.uint8)
    return percent


def place_on_grid(
    values: Array, at: npt.NDArray[np.intp], *, like: Sequence[Array], background: int
) -> Array:
    """Spread values over a grid in the memory order in which `like` was flattened."""
    order: Any = "F" if all(array.flags.f_contiguous for array in like) else "C"
    flat = np.full(like[0].size, background, dtype=values.dtype)
    flat[at] = values
    return flat.reshape(like[0].shape, order=order)
