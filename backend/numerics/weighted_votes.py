"""Votes of raters who do not count alike: the methods that count votes, with a weight for each rater."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import numpy.typing as npt

from backend.numerics.arrays import Labelmap, Mask, narrow_labels
from backend.numerics.errors import FusionError
from backend.numerics.fusion import choose_method
from backend.numerics.fusion_types import FusionInput
from backend.numerics.labels import LabelScheme
from backend.numerics.votes import Ballot, count_votes, require_raters

METHODS = ("majority", "plurality", "brats_hierarchical")
# Weights are counted in thousandths: whole numbers have exact ties.
_STEPS = 1000


@dataclass(frozen=True, eq=False)
class WeightedBallot(Ballot):
    """A ballot whose votes are weights.

    Args:
        weights: (K,), whole numbers, of the raters in its columns.
    """

    weights: npt.NDArray[np.int64]

    @cached_property
    def votes(self) -> npt.NDArray[np.int64]:  # type: ignore[override]  # wider numbers
        """(L, P): the weight of the raters who chose each label."""
        return np.stack([(self.patterns == row) @ self.weights for row in range(len(self.labels))])

    @cached_property
    def voters(self) -> npt.NDArray[np.int64]:  # type: ignore[override]
        """(P,): the weight of the raters who are sure."""
        total: npt.NDArray[np.int64] = self.votes.sum(axis=0)
        return total

    def votes_for(self, values: Sequence[int]) -> npt.NDArray[np.int64]:  # type: ignore[override]
        total: npt.NDArray[np.int64] = self.votes[np.isin(self.labels, values)].sum(axis=0)
        return total


def fuse_weighted(
    labelmaps: Sequence[Labelmap],
    *,
    weights: Sequence[float],
    method: str,
    scheme: LabelScheme,
    unsure: Sequence[Mask | None] | None = None,
) -> Labelmap:
    """Fuse by a vote in which each rater's counts as much as their weight, to a thousandth.

    With equal weights it is the vote of `fusion.fuse`.

    Args:
        method: one of `METHODS`.
        weights: one per rater, from 0.

    Raises:
        FusionError: the method counts no votes, or nobody has a weight, or the scheme does not fit.
        GridMismatch: shapes differ.
    """
    if method not in METHODS:
        raise FusionError(f"{method} finds its own weights; weigh the raters of {', '.join(METHODS)}")
    whole = np.rint(np.asarray(weights, dtype=np.float64) * _STEPS).astype(np.int64)
    if whole.min(initial=0) < 0 or not whole.any():
        raise FusionError("no rater has a weight above 0; give one of them some")
    chosen, parameters = choose_method(method, scheme=scheme)
    raters = require_raters(labelmaps, unsure)
    ballot = count_votes(raters)
    weighted = WeightedBallot(
        labels=ballot.labels,
        patterns=ballot.patterns,
        counts=ballot.counts,
        raters=ballot.raters,
        field=ballot.field,
        pattern_of=ballot.pattern_of,
        weights=whole[list(ballot.raters)],
    )
    outcome = chosen.run(FusionInput(raters, weighted, scheme, parameters, (1.0, 1.0, 1.0)))
    return narrow_labels(weighted.place(outcome.labels))
