"""Ranking of entrants by their scores: ties and missing values by stated rules, never by order of rows."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
import numpy.typing as npt

from backend.numerics import significance
from backend.numerics.ranks import Floats, Ties, rank_rows

Statistic = Literal["mean", "median"]
Method = Literal["aggregate_then_rank", "rank_then_aggregate", "test_based"]


@dataclass(frozen=True)
class RankingScheme:
    """How a board is ranked; all of it is stated on the board.

    Args:
        method: `test_based` is `rank_by_tests`, the others are functions of their name.
        statistic: over cases; `test_based` has none.
        ties: in columns and in the end.
        alpha, adjustment: of the tests of `test_based`.
    """

    method: Method = "rank_then_aggregate"
    statistic: Statistic = "mean"
    ties: Ties = "min"
    alpha: float = 0.05
    adjustment: significance.Adjustment = "holm"


@dataclass(frozen=True, eq=False)
class Ranking:
    """An order of entrants.

    Args:
        values: (entrants, columns); per column the aggregated score, or for `rank_then_aggregate` the
            aggregated rank, or for `test_based` the share of opponents significantly beaten.
        column_ranks: (entrants, columns); rank within each column.
        overall: (entrants,); what the final rank orders, lower is better.
        ranks: (entrants,); 1 is best.
    """

    values: Floats
    column_ranks: Floats
    overall: Floats
    ranks: Floats


def rank(values: npt.ArrayLike, *, ties: Ties = "min", higher_is_better: bool = True) -> Floats:
    """Rank values, 1 for the best.

    Args:
        values: (entrants,); nan ranks behind every number.
        ties: `min` gives tied entrants the best of their places, `average` the mean of them.
        higher_is_better: the direction.

    Values within 1e-12 of each other, relative to the larger, tie: sums taken in another order must not
    decide a place.
    """
    return _rank_columns(np.asarray(values, dtype=np.float64)[:, np.newaxis], [higher_is_better], ties)[:, 0]


def fill_missing(scores: npt.ArrayLike, worst: Sequence[float]) -> Floats:
    """Replace nan by the worst value of its column: missing and invalid cases are never dropped.

    Args:
        scores: (..., columns).
        worst: per column, such as 0 for Dice and 374 mm for a Hausdorff distance.
    """
    given = np.asarray(scores, dtype=np.float64)
    return np.where(np.isnan(given), np.asarray(worst, dtype=np.float64), given)


def rank_scores(
    scores: npt.ArrayLike, scheme: RankingScheme, *, higher_is_better: Sequence[bool], worst: Sequence[float]
) -> Ranking:
    """Rank by a scheme; the other arguments as in `aggregate_then_rank`."""
    if scheme.method == "test_based":
        return rank_by_tests(
            scores,
            higher_is_better=higher_is_better,
            worst=worst,
            ties=scheme.ties,
            alpha=scheme.alpha,
            adjustment=scheme.adjustment,
        )
    method = aggregate_then_rank if scheme.method == "aggregate_then_rank" else rank_then_aggregate
    return method(
        scores,
        higher_is_better=higher_is_better,
        worst=worst,
        statistic=scheme.statistic,
        ties=scheme.ties,
    )


def aggregate_then_rank(
    scores: npt.ArrayLike,
    *,
    higher_is_better: Sequence[bool],
    worst: Sequence[float],
    statistic: Statistic = "mean",
    ties: Ties = "min",
) -> Ranking:
    """Aggregate each entrant's cases per column, rank within columns, and order by the mean of these ranks.

    Args:
        scores: (entrants, cases, columns), a column being one metric of one region; nan where missing.
        higher_is_better, worst: per column.
        statistic: over cases.
        ties: in columns and in the end.

    Source: Wiesenfarth et al. 2021, Scientific Reports 11:2369.
    """
    filled = require_scores(scores, higher_is_better, worst)
    values = _aggregate(filled, statistic, axis=1)
    column_ranks = _rank_columns(values, higher_is_better, ties)
    overall = column_ranks.mean(axis=1)
    return Ranking(values, column_ranks, overall, rank(overall, ties=ties, higher_is_better=False))


def rank_then_aggregate(
    scores: npt.ArrayLike,
    *,
    higher_is_better: Sequence[bool],
    worst: Sequence[float],
    statistic: Statistic = "mean",
    ties: Ties = "min",
) -> Ranking:
    """Rank per case and column, aggregate the ranks, and order by them, as BraTS does.

    Arguments as `aggregate_then_rank`; `statistic` is taken over all cases and columns together.
    """
    ranks = case_ranks(scores, higher_is_better=higher_is_better, worst=worst, ties=ties)
    entrants, cases, columns = ranks.shape
    values = _aggregate(ranks, statistic, axis=1)
    column_ranks = _rank_columns(values, [False] * columns, ties)
    overall = _aggregate(ranks.reshape(entrants, cases * columns), statistic, axis=1)
    return Ranking(values, column_ranks, overall, rank(overall, ties=ties, higher_is_better=False))


def case_ranks(
    scores: npt.ArrayLike, *, higher_is_better: Sequence[bool], worst: Sequence[float], ties: Ties = "min"
) -> Floats:
    """(entrants, cases, columns): the rank of each entrant in each case and column."""
    filled = require_scores(scores, higher_is_better, worst)
    entrants, cases, columns = filled.shape
    ranks = _rank_columns(filled.reshape(entrants, cases * columns), list(higher_is_better) * cases, ties)
    return ranks.reshape(filled.shape)


def rank_by_tests(
    scores: npt.ArrayLike,
    *,
    higher_is_better: Sequence[bool],
    worst: Sequence[float],
    ties: Ties = "min",
    alpha: float = 0.05,
    adjustment: significance.Adjustment = "holm",
) -> Ranking:
    """Rank by the share of opponents whom an entrant beats significantly, and order by the mean rank.

    Per column every ordered pair is compared by the one-sided Wilcoxon signed-rank test over the cases; the
    p-values of a column are adjusted together.

    Arguments as `aggregate_then_rank`; a p-value below `alpha` is significant.

    Source: Wiesenfarth et al. 2021, Scientific Reports 11:2369.
    """
    filled = require_scores(scores, higher_is_better, worst)
    entrants, _, columns = filled.shape
    shares = np.zeros((entrants, columns))
    for column, direction in enumerate(higher_is_better):
        p_values = significance.wilcoxon_p_values(filled[:, :, column], higher_is_better=direction)
        beaten = significance.adjust_p_values(p_values, adjustment) < alpha
        shares[:, column] = beaten.sum(axis=1) / max(entrants - 1, 1)
    column_ranks = _rank_columns(shares, [True] * columns, ties)
    overall = column_ranks.mean(axis=1)
    return Ranking(shares, column_ranks, overall, rank(overall, ties=ties, higher_is_better=False))


def require_scores(scores: npt.ArrayLike, higher_is_better: Sequence[bool], worst: Sequence[float]) -> Floats:
    """Return the scores with the worst value where one is missing.

    Raises:
        ValueError: they are not (entrants, cases, columns), or the columns lack a direction or a worst value.
    """
    given = np.asarray(scores, dtype=np.float64)
    if given.ndim != 3 or not given.shape[1] or not given.shape[2]:
        raise ValueError(f"scores need the shape (entrants, cases, columns), not {given.shape}")
    if len(higher_is_better) != given.shape[2] or len(worst) != given.shape[2]:
        raise ValueError(f"{given.shape[2]} columns need as many directions and worst values")
    return fill_missing(given, worst)


def _aggregate(values: Floats, statistic: Statistic, *, axis: int) -> Floats:
    aggregated: Floats = np.mean(values, axis=axis) if statistic == "mean" else np.median(values, axis=axis)
    return aggregated


def _rank_columns(values: Floats, higher_is_better: Sequence[bool], ties: Ties) -> Floats:
    """Rank each column of (entrants, columns) by itself."""
    signs = np.where(np.asarray(higher_is_better, dtype=bool), -1.0, 1.0)
    return rank_rows((values * signs).T, ties).T
