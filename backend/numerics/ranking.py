"""Ranking of entrants by their scores: ties and missing values by stated rules, never by order of rows."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Literal

import numpy as np
import numpy.typing as npt

Ties = Literal["min", "average"]
Statistic = Literal["mean", "median"]
Floats = npt.NDArray[np.float64]

RELATIVE_TOLERANCE = 1e-12


@dataclass(frozen=True, eq=False)
class Ranking:
    """An order of entrants.

    Args:
        values: (entrants, columns); per column the aggregated score, or for `rank_then_aggregate` the
            aggregated rank.
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
    filled = _require_scores(scores, higher_is_better, worst)
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
    filled = _require_scores(scores, higher_is_better, worst)
    entrants, cases, columns = filled.shape
    directions = list(higher_is_better) * cases
    ranks = _rank_columns(filled.reshape(entrants, cases * columns), directions, ties)
    values = _aggregate(ranks.reshape(filled.shape), statistic, axis=1)
    column_ranks = _rank_columns(values, [False] * columns, ties)
    overall = _aggregate(ranks, statistic, axis=1)
    return Ranking(values, column_ranks, overall, rank(overall, ties=ties, higher_is_better=False))


def _require_scores(
    scores: npt.ArrayLike, higher_is_better: Sequence[bool], worst: Sequence[float]
) -> Floats:
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
    keys = np.where(np.isnan(values), np.inf, values * signs)
    order = np.argsort(keys, axis=0, kind="stable")
    ordered = np.take_along_axis(keys, order, axis=0)
    places = np.empty_like(ordered)
    for start, end, column in _tied_runs(ordered):
        places[start:end, column] = start + 1 if ties == "min" else (start + 1 + end) / 2
    ranks = np.empty_like(places)
    np.put_along_axis(ranks, order, places, axis=0)
    return ranks


def _tied_runs(ordered: Floats) -> list[tuple[int, int, int]]:
    """List (start, end, column) of runs of equal values in ascending columns, alone ones included."""
    with np.errstate(invalid="ignore"):
        gaps = np.diff(ordered, axis=0)
    scale = np.maximum(np.abs(ordered[1:]), np.abs(ordered[:-1]))
    finite = np.isfinite(scale)
    breaks = np.where(
        finite, gaps > RELATIVE_TOLERANCE * np.where(finite, scale, 1), ordered[1:] != ordered[:-1]
    )
    runs = []
    entrants, columns = ordered.shape
    for column in range(columns):
        edges = [0, *(np.flatnonzero(breaks[:, column]) + 1).tolist(), entrants]
        runs += [(start, end, column) for start, end in pairwise(edges) if end > start]
    return runs
