"""STAPLE: the truth and each rater's performance, estimated together by expectation and maximisation.

A voxel enters only through its pattern of votes, so a step is a few small matrix products over the distinct
patterns, each weighted by the voxels that have it.

Sources: Warfield, Zou and Wells 2004, IEEE TMI 23:903 (binary); Rohlfing, Russakoff and Maurer 2004, IEEE TMI
23:983 (a confusion matrix per rater). The start and the stopping rule are those of ITK's filters, so that
results can be compared; raters' unsure voxels are missing votes.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

import numpy as np
import numpy.typing as npt

from backend.numerics.fusion_types import (
    TIE_TOLERANCE,
    Convergence,
    FusionInput,
    Outcome,
    Parameter,
    RaterEstimate,
)
from backend.numerics.labels import BACKGROUND
from backend.numerics.votes import Ballot, Box
from backend.numerics.voting import labels_of_regions, nested_regions

Floats = npt.NDArray[np.float64]
Counts = npt.NDArray[np.int64]

# Products of this many probabilities cannot underflow; those of more raters are scaled on the way.
_SAFE_FACTORS = 12
# Votes are counted by a matrix product of up to this many elements (64 MB), beyond by tables.
_ONE_HOT_ELEMENTS = 8_000_000

PARAMETERS = (
    Parameter(
        "model",
        "choice",
        "multi_label",
        "multi_label: one estimate with a confusion matrix per rater; per_region: each region against the "
        "rest, nested; per_label: each label against the rest.",
        choices=("multi_label", "per_region", "per_label"),
    ),
    Parameter(
        "field_of_view",
        "choice",
        "grid",
        "Background enters the prior, so the result depends on how much of it is looked at: the whole grid, "
        "or the bounding box of all that any rater marked.",
        choices=("grid", "labelled"),
    ),
    Parameter(
        "margin_voxels", "integer", 10, "Widens the box of the labelled voxels.", minimum=0, maximum=1000
    ),
    Parameter("tolerance", "number", 1e-7, "Stop when no parameter changes by more.", minimum=0, maximum=0.1),
    Parameter("max_iterations", "integer", 1000, "Stop after so many.", minimum=1, maximum=100_000),
)


@dataclass(frozen=True, eq=False)
class Staple:
    """The end of one estimation, over T classes, P patterns and K raters.

    Args:
        prior: (T,), sums to 1; the share of the raters' votes.
        confusion: (K, T, T), [k, j, t] is the probability that rater k says j where t is true; columns of a
            class that never occurs are 0.
        probabilities: (T, P), of each class given the votes; columns sum to 1, or are 0 where the votes
            are impossible under the estimate.
        convergence: how it ended.
    """

    prior: Floats
    confusion: Floats
    probabilities: Floats
    convergence: Convergence


def estimate_multi_label(
    ballot: Ballot,
    *,
    counts: Counts | None = None,
    initial: Floats | None = None,
    tolerance: float = 1e-7,
    max_iterations: int = 1000,
) -> Staple:
    """Estimate all labels at once; classes are `ballot.labels`.

    Args:
        counts: (P,), voxels of each pattern in the field of view; the whole grid if not given.
        initial: (K, L, L), the confusion matrices to start from, raters as in the ballot. If not given, what
            each rater said against the vote of most, normalised by what was said; tied labels share a voxel.
    """
    weights = ballot.counts if counts is None else counts
    start = _confusion_with_most_votes(ballot, weights) if initial is None else initial
    classes = len(ballot.labels)
    return _maximise(ballot.patterns, weights, classes, start, tolerance, max_iterations)


def estimate_binary(
    ballot: Ballot,
    values: Sequence[int],
    *,
    counts: Counts | None = None,
    tolerance: float = 1e-7,
    max_iterations: int = 1000,
) -> Staple:
    """Estimate one region, the union of these labels, against the rest; class 1 is the region.

    Starts from the share of the votes. `confusion[k, 1, 1]` is the sensitivity, `[k, 0, 0]` the specificity.
    """
    weights = ballot.counts if counts is None else counts
    says = np.isin(ballot.labels, values).astype(np.intp)
    # Patterns that only differ in other labels become one: a binary estimate has few distinct votes.
    merged, where = np.unique(np.append(says, 2)[ballot.patterns], axis=0, return_inverse=True)
    where = where.ravel()
    merged_counts = np.bincount(where, weights=weights, minlength=len(merged)).astype(np.int64)
    inside, voters = (merged == 1).sum(axis=1), (merged != 2).sum(axis=1)
    share = np.divide(inside, voters, out=np.zeros(len(merged)), where=voters > 0)
    weighted = np.stack([1 - share, share]) * merged_counts.astype(np.float64)
    start = _normalise_columns(_vote_counter(merged, 2)(weighted))
    staple = _maximise(merged, merged_counts, 2, start, tolerance, max_iterations)
    return Staple(staple.prior, staple.confusion, staple.probabilities[:, where], staple.convergence)


def fuse_by_staple(given: FusionInput) -> Outcome:
    """STAPLE as a method of fusion, see `PARAMETERS`."""
    ballot, parameters = given.ballot, given.parameters
    box: Box = tuple((0, size) for size in ballot.field.shape)
    if parameters["field_of_view"] == "labelled":
        box = ballot.bounding_box(margin=parameters["margin_voxels"])
    limits = {name: parameters[name] for name in ("tolerance", "max_iterations")}
    limits["counts"] = ballot.counts_within(box)
    if parameters["model"] == "multi_label":
        return _fuse_multi_label(ballot, box, limits)
    if parameters["model"] == "per_label":
        return _fuse_per_label(ballot, box, limits)
    return _fuse_per_region(given, box, limits)


def needs_nested_regions(parameters: Mapping[str, Any]) -> bool:
    """Whether these parameters ask for the scheme's regions."""
    return parameters.get("model") == "per_region"


def _fuse_multi_label(ballot: Ballot, box: Box, limits: Mapping[str, Any]) -> Outcome:
    staple = estimate_multi_label(ballot, **limits)
    mass = (staple.probabilities * limits["counts"]).sum(axis=1)
    best = staple.probabilities.max(axis=0)
    winners = (staple.probabilities >= best * (1 - TIE_TOLERANCE)).argmax(axis=0)
    names = [str(value) for value in ballot.labels]
    return Outcome(
        labels=ballot.labels[winners],
        estimates=tuple(_describe_rater(confusion, mass, names) for confusion in staple.confusion),
        convergence=staple.convergence,
        field_of_view=box,
        probabilities=dict(zip(names, staple.probabilities, strict=True)),
    )


def _fuse_per_label(ballot: Ballot, box: Box, limits: Mapping[str, Any]) -> Outcome:
    values = [int(value) for value in ballot.labels if value != BACKGROUND]
    found = {str(value): estimate_binary(ballot, [value], **limits) for value in values}
    probable = np.array([np.full(len(ballot.counts), 0.5), *(x.probabilities[1] for x in found.values())])
    winners = (probable >= probable.max(axis=0) - TIE_TOLERANCE).argmax(axis=0)
    return _outcome_of_binaries(found, ballot.labels[winners], box)


def _fuse_per_region(given: FusionInput, box: Box, limits: Mapping[str, Any]) -> Outcome:
    regions = nested_regions(given.scheme)
    found = {region.key: estimate_binary(given.ballot, region.labels, **limits) for region in regions}
    entered = {key: staple.probabilities[1] > 0.5 + TIE_TOLERANCE for key, staple in found.items()}
    return _outcome_of_binaries(found, labels_of_regions(entered, given.ballot, given.scheme), box)


def _outcome_of_binaries(found: Mapping[str, Staple], labels: npt.NDArray[np.int64], box: Box) -> Outcome:
    ends = [staple.convergence for staple in found.values()]
    return Outcome(
        labels=labels,
        estimates=estimates_of_binaries(found),
        convergence=Convergence(
            converged=all(end.converged for end in ends),
            iterations=max((end.iterations for end in ends), default=0),
            largest_change=max((end.largest_change for end in ends), default=0.0),
        ),
        field_of_view=box,
        probabilities={key: staple.probabilities[1] for key, staple in found.items()},
    )


def estimates_of_binaries(found: Mapping[str, Staple]) -> tuple[RaterEstimate, ...]:
    """One estimate per column of the ballot, from the binary estimation of each region."""
    raters = len(next(iter(found.values())).confusion) if found else 0
    return tuple(
        RaterEstimate(
            sensitivity={key: _diagonal(staple.confusion[k], 1) for key, staple in found.items()},
            specificity={key: _diagonal(staple.confusion[k], 0) for key, staple in found.items()},
        )
        for k in range(raters)
    )


def _diagonal(confusion: Floats, row: int) -> float | None:
    return float(confusion[row, row]) if confusion[:, row].any() else None


def _describe_rater(confusion: Floats, mass: Floats, names: Sequence[str]) -> RaterEstimate:
    """Sensitivity and specificity of each label; `mass` is the expected number of voxels of each class."""
    specificity: dict[str, float | None] = {}
    for row, name in enumerate(names):
        others = np.delete(mass, row)
        wrongly = np.delete(confusion[row], row) @ others
        specificity[name] = float(1 - wrongly / others.sum()) if others.sum() else None
    return RaterEstimate(
        sensitivity={name: _diagonal(confusion, row) for row, name in enumerate(names)},
        specificity=specificity,
        confusion=tuple(tuple(float(x) for x in row) for row in confusion),
    )


def _maximise(
    patterns: npt.NDArray[np.intp],
    counts: Counts,
    classes: int,
    confusion: Floats,
    tolerance: float,
    max_iterations: int,
) -> Staple:
    """Alternate expectation and maximisation until no parameter changes by more than the tolerance."""
    count_votes_of = _vote_counter(patterns, classes)
    said = np.array([counts @ (patterns == j).sum(axis=1) for j in range(classes)], dtype=np.float64)
    # Nobody is sure anywhere: background.
    prior = said / said.sum() if said.sum() else np.eye(classes)[0]
    iterations, change = 0, np.inf
    while iterations < max_iterations and change > tolerance:
        weights = _posterior(patterns, prior, confusion) * counts
        updated = _normalise_columns(count_votes_of(weights))
        change = float(np.abs(updated - confusion).max())
        confusion, iterations = updated, iterations + 1
    end = Convergence(change <= tolerance, iterations, change)
    return Staple(prior, confusion, _posterior(patterns, prior, confusion), end)


def _posterior(patterns: npt.NDArray[np.intp], prior: Floats, confusion: Floats) -> Floats:
    """(T, P): probability of each class given the votes."""
    raters, classes = confusion.shape[:2]
    # One row more, of ones: a rater who is unsure tells nothing.
    likelihood = np.concatenate([confusion, np.ones((raters, 1, classes))], axis=1)
    weights = np.repeat(prior[np.newaxis], len(patterns), axis=0)
    for k in range(raters):
        weights *= likelihood[k][patterns[:, k]]
        if k % _SAFE_FACTORS == _SAFE_FACTORS - 1:
            weights /= np.maximum(weights.max(axis=1, keepdims=True), np.finfo(np.float64).tiny)
    total = weights.sum(axis=1, keepdims=True)
    np.divide(weights, total, out=weights, where=total > 0)
    return weights.T


def _vote_counter(patterns: npt.NDArray[np.intp], classes: int) -> Callable[[Floats], Floats]:
    """Return what shares the voxels where rater k said j among the classes t: weights (T, P) to (K, T, T)."""
    raters = patterns.shape[1]
    if patterns.size * classes > _ONE_HOT_ELEMENTS:
        return partial(_count_by_table, patterns, classes)
    said = patterns.T[:, np.newaxis, :] == np.arange(classes)[np.newaxis, :, np.newaxis]
    one_hot = said.reshape(raters * classes, len(patterns)).astype(np.float64)
    return lambda weights: (one_hot @ weights.T).reshape(raters, classes, -1)


def _count_by_table(patterns: npt.NDArray[np.intp], classes: int, weights: Floats) -> Floats:
    """As the matrix product, without a matrix that may be larger than the grid."""
    return np.array(
        [
            [np.bincount(said, weights=row, minlength=classes + 1)[:classes] for row in weights]
            for said in patterns.T
        ]
    ).swapaxes(1, 2)


def _normalise_columns(votes: Floats) -> Floats:
    total = votes.sum(axis=1, keepdims=True)
    return np.divide(votes, total, out=np.zeros_like(votes), where=total > 0)


def _confusion_with_most_votes(ballot: Ballot, counts: Counts) -> Floats:
    """(K, L, L): how often label t had most votes where rater k said j, as a share of those times."""
    leading = (ballot.votes == ballot.votes.max(axis=0)) & (ballot.voters > 0)
    share = leading / np.maximum(leading.sum(axis=0), 1)
    votes = _vote_counter(ballot.patterns, len(ballot.labels))(share * counts)
    total = votes.sum(axis=2, keepdims=True)
    return np.divide(votes, total, out=np.zeros_like(votes), where=total > 0)
