"""SIMPLE: a vote weighted by performance, from which raters who fall behind are dropped one round at a time.

Source: Langerak et al. 2010, IEEE TMI 29:2000. There it fuses one mask; here one weight per rater, its mean
Dice over the regions of the scheme, keeps the fused labelmap of one piece.

Implementations of that name differ in who is dropped. BraTS-Toolkit's fuses every region by itself, weighs by
(1 + Dice)², and drops who has less than a twentieth of the largest weight: nobody ever has, so on its own
example its result is its majority vote. A `spread` that drops nobody gives the same voxels here.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from backend.numerics.arrays import Mask
from backend.numerics.fusion_types import (
    TIE_TOLERANCE,
    Convergence,
    FusionInput,
    Outcome,
    Parameter,
    RaterEstimate,
)
from backend.numerics.labels import BACKGROUND, LabelScheme
from backend.numerics.votes import Ballot

Floats = npt.NDArray[np.float64]

PARAMETERS = (
    Parameter(
        "spread",
        "number",
        1.0,
        "A rater is dropped whose performance lies more than so many standard deviations below the mean.",
        minimum=0,
        maximum=10,
    ),
    Parameter("keep_at_least", "integer", 3, "Never keep fewer raters.", minimum=1, maximum=1000),
    Parameter(
        "smallest_lag",
        "number",
        0.01,
        "Nor is a rater dropped who lies less than this below the mean: among near equals nobody is out.",
        minimum=0,
        maximum=1,
    ),
    Parameter("max_iterations", "integer", 100, "Stop after so many rounds.", minimum=1, maximum=10_000),
)


def fuse_by_simple(given: FusionInput) -> Outcome:
    """Vote, score each rater against the outcome, drop those who fall behind, weigh the others; repeat."""
    ballot, parameters = given.ballot, given.parameters
    weights = np.ones(len(ballot.raters))
    change, iterations = np.inf, 0
    while iterations < parameters["max_iterations"] and change > TIE_TOLERANCE:
        winners = _weighted_majority(ballot, weights)
        performance = _mean_dice(ballot, winners, given.scheme)
        kept = _kept(performance, weights > 0, given)
        updated = np.where(kept, performance, 0.0)
        if not updated.any():  # no rater shares a voxel with the vote: nobody's word is better
            updated = kept.astype(np.float64)
        change = float(np.abs(updated - weights).max())
        weights, iterations = updated, iterations + 1
    return Outcome(
        labels=_weighted_majority(ballot, weights),
        estimates=tuple(RaterEstimate(weight=float(weight)) for weight in weights),
        convergence=Convergence(change <= TIE_TOLERANCE, iterations, change),
    )


def _weighted_majority(ballot: Ballot, weights: Floats) -> npt.NDArray[np.int64]:
    """(P,): the label with more than half of the weight of those who are sure, else background."""
    said = ballot.patterns[:, :, np.newaxis] == np.arange(len(ballot.labels))
    votes = (said * weights[:, np.newaxis]).sum(axis=1)
    total = votes.sum(axis=1)
    enough = 2 * votes.max(axis=1) > total * (1 + TIE_TOLERANCE)
    return np.where(enough, ballot.labels[votes.argmax(axis=1)], BACKGROUND)


def _mean_dice(ballot: Ballot, winners: npt.NDArray[np.int64], scheme: LabelScheme) -> Floats:
    """(K,): each rater's Dice against the vote where the rater is sure, mean over the regions."""
    regions = [region.labels for region in scheme.regions] or [(value,) for value in scheme.values]
    scores = np.ones((len(regions), len(ballot.raters)))
    sure = ballot.patterns < len(ballot.labels)
    for row, labels in enumerate(regions):
        theirs = np.append(np.isin(ballot.labels, labels), False)[ballot.patterns]
        ours = np.isin(winners, labels)[:, np.newaxis] & sure
        both = ballot.counts @ (theirs & ours)
        total = ballot.counts @ theirs + ballot.counts @ ours
        scores[row] = np.divide(2 * both, total, out=np.ones(len(both)), where=total > 0)
    return scores.mean(axis=0)


def _kept(performance: Floats, voting: Mask, given: FusionInput) -> Mask:
    """Who of those who vote stays: all but the outlying, or the best where too few would be left."""
    among = performance[voting]
    lag = max(given.parameters["spread"] * float(among.std()), given.parameters["smallest_lag"])
    kept = voting & (performance >= among.mean() - lag - TIE_TOLERANCE)
    fewest = min(given.parameters["keep_at_least"], int(voting.sum()))
    if kept.sum() < fewest:
        # The last who may stay decides, and equals stay with that one.
        kept = voting & (performance >= np.sort(among)[-fewest] - TIE_TOLERANCE)
    return kept
