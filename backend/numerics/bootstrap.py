"""How stable a ranking is: ranked again on cases drawn with replacement.

A resample is a row of how often each case was drawn, so all means of all resamples are one matrix product.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property, partial
from typing import Any

import numpy as np
import numpy.typing as npt

from backend.numerics import ranking
from backend.numerics.blas import one_blas_thread
from backend.numerics.ranking import Ranking, RankingScheme
from backend.numerics.ranks import Floats, rank_rows

Picks = npt.NDArray[np.integer[Any]]

# Blocks of this many stay in the processor's cache. The draws depend on it.
_RESAMPLES_AT_ONCE = 128
# Medians need the drawn values themselves: this many at once.
_VALUES_AT_ONCE = 4_000_000


@dataclass(frozen=True, eq=False)
class Bootstrap:
    """The ranking of every resample, over E entrants and C columns.

    Args:
        original: the ranking of the cases as they are.
        level: of the intervals.
        seed: with it the same scores, cases in the same order, give the same answer.
        values: (resamples, E, C); as `Ranking.values`.
        overall: (resamples, E); as `Ranking.overall`.
        ranks: (resamples, E).
    """

    original: Ranking
    level: float
    seed: int
    values: Floats
    overall: Floats
    ranks: Floats

    @cached_property
    def value_intervals(self) -> Floats:
        """(E, C, 2): percentile interval of each value."""
        return self._interval(self.values)

    @cached_property
    def overall_intervals(self) -> Floats:
        """(E, 2): percentile interval of what the rank orders."""
        return self._interval(self.overall)

    @cached_property
    def rank_intervals(self) -> Floats:
        """(E, 2): percentile interval of the rank."""
        return self._interval(self.ranks)

    @cached_property
    def median_ranks(self) -> Floats:
        """(E,)."""
        medians: Floats = np.median(self.ranks, axis=0)
        return medians

    @cached_property
    def frequencies(self) -> Floats:
        """(E, places): the share of the resamples in which an entrant took place 1 ... E; rows sum to 1.

        A rank between two places, as average ties give, counts half for each.
        """
        entrants = self.ranks.shape[1]
        counts = np.zeros((entrants, entrants))
        for place in (np.floor(self.ranks), np.ceil(self.ranks)):
            code = (place.astype(np.intp) - 1) + entrants * np.arange(entrants)
            counts += np.bincount(code.ravel(), minlength=entrants**2).reshape(entrants, entrants)
        return counts / (2 * len(self.ranks))

    @cached_property
    def taus(self) -> Floats:
        """(resamples,): Kendall's tau-b of each resample's ranks to the original; nan where all tie."""
        entrants = self.ranks.shape[1]
        agreeing, ordered = np.zeros(len(self.ranks)), np.zeros(len(self.ranks))
        originally_ordered = 0.0
        for i in range(entrants - 1):
            original = np.sign(self.original.ranks[i] - self.original.ranks[i + 1 :])
            resampled = np.sign(self.ranks[:, i : i + 1] - self.ranks[:, i + 1 :])
            agreeing += resampled @ original
            ordered += np.abs(resampled).sum(axis=1)
            originally_ordered += np.abs(original).sum()
        scale = np.sqrt(ordered * originally_ordered)
        return np.divide(agreeing, scale, out=np.full(len(scale), np.nan), where=scale > 0)

    def _interval(self, samples: Floats) -> Floats:
        tail = (1 - self.level) / 2
        interval: Floats = np.moveaxis(np.quantile(samples, [tail, 1 - tail], axis=0), 0, -1)
        return interval


def bootstrap_ranking(
    scores: npt.ArrayLike,
    scheme: RankingScheme,
    *,
    higher_is_better: Sequence[bool],
    worst: Sequence[float],
    resamples: int = 1000,
    seed: int = 0,
    level: float = 0.95,
) -> Bootstrap:
    """Rank `resamples` draws of the cases.

    Args:
        scores: (entrants, cases, columns), nan where missing. Draws are by position: give the cases in an
            order of their own, such as by name.
        scheme: `test_based` and medians are computed resample by resample, hundreds of times slower.
        higher_is_better, worst: per column.

    Raises:
        ValueError: shapes do not fit, or there is nothing to draw.
    """
    if resamples < 1 or not 0 < level < 1:
        raise ValueError(
            f"a bootstrap needs resamples and a level between 0 and 1, not {resamples} and {level}"
        )
    filled = ranking.require_scores(scores, higher_is_better, worst)
    entrants, cases, columns = filled.shape
    values, overall = np.empty((resamples, entrants, columns)), np.empty((resamples, entrants))
    ranks = np.empty((resamples, entrants))
    prepared = _prepare(filled, scheme, higher_is_better, worst)
    generator = np.random.default_rng(seed)
    kind = np.uint16 if cases <= np.iinfo(np.uint16).max else np.uint32
    with one_blas_thread():
        for start in range(0, resamples, _RESAMPLES_AT_ONCE):
            block = slice(start, min(start + _RESAMPLES_AT_ONCE, resamples))
            picks = generator.integers(0, cases, size=(block.stop - start, cases), dtype=kind)
            values[block], overall[block] = prepared(picks)
            # Ranks of one column are final: ranking them again would change nothing.
            final = columns == 1 and scheme.method == "aggregate_then_rank"
            ranks[block] = overall[block] if final else rank_rows(overall[block], scheme.ties)
    original = ranking.rank_scores(filled, scheme, higher_is_better=higher_is_better, worst=worst)
    return Bootstrap(original, level, seed, values, overall, ranks)


def _prepare(
    scores: Floats, scheme: RankingScheme, higher_is_better: Sequence[bool], worst: Sequence[float]
) -> Callable[[Picks], tuple[Floats, Floats]]:
    """Return what gives `Ranking.values` and `.overall` of each draw of the cases, (draws, cases)."""
    if scheme.method == "test_based":
        return partial(_rank_again, scores, scheme, higher_is_better, worst)
    if scheme.method == "aggregate_then_rank":
        signs = np.where(np.asarray(higher_is_better, dtype=bool), -1.0, 1.0)
        return partial(_rank_aggregates, scores, scheme, signs)
    ranks = ranking.case_ranks(scores, higher_is_better=higher_is_better, worst=worst, ties=scheme.ties)
    return partial(_aggregate_ranks, ranks, scheme)


def _rank_again(
    scores: Floats,
    scheme: RankingScheme,
    higher_is_better: Sequence[bool],
    worst: Sequence[float],
    picks: Picks,
) -> tuple[Floats, Floats]:
    found = [
        ranking.rank_scores(scores[:, drawn], scheme, higher_is_better=higher_is_better, worst=worst)
        for drawn in picks
    ]
    return np.stack([x.values for x in found]), np.stack([x.overall for x in found])


def _rank_aggregates(
    scores: Floats, scheme: RankingScheme, signs: Floats, picks: Picks
) -> tuple[Floats, Floats]:
    values = _aggregate(scores, scheme, picks)
    column_ranks = rank_rows(np.swapaxes(values * signs, 1, 2), scheme.ties)
    return values, _mean(column_ranks, axis=1)


def _aggregate_ranks(ranks: Floats, scheme: RankingScheme, picks: Picks) -> tuple[Floats, Floats]:
    values = _aggregate(ranks, scheme, picks)
    if scheme.statistic == "mean":
        return values, _mean(values, axis=2)
    return values, _medians(ranks, picks, together=True)[:, :, 0]


def _aggregate(values: Floats, scheme: RankingScheme, picks: Picks) -> Floats:
    """(draws, E, C) of values (E, cases, C)."""
    if scheme.statistic == "median":
        return _medians(values, picks, together=False)
    entrants, cases, columns = values.shape
    by_case = np.swapaxes(values, 0, 1).reshape(cases, entrants * columns)
    offsets = cases * np.arange(len(picks))[:, np.newaxis]
    drawn = np.bincount((picks + offsets).ravel(), minlength=picks.size)
    sums = drawn.reshape(picks.shape).astype(np.float64) @ by_case
    return (sums / cases).reshape(len(picks), entrants, columns)


def _mean(values: Floats, *, axis: int) -> Floats:
    """The mean, which takes numpy long along an axis of one."""
    mean: Floats = values.squeeze(axis) if values.shape[axis] == 1 else values.mean(axis=axis)
    return mean


def _medians(values: Floats, picks: Picks, *, together: bool) -> Floats:
    """(draws, E, C), or (draws, E, 1) over cases and columns together."""
    entrants, cases, columns = values.shape
    chunk = max(1, _VALUES_AT_ONCE // values.size)
    found = []
    for start in range(0, len(picks), chunk):
        drawn = np.moveaxis(values[:, picks[start : start + chunk]], 1, 0)  # (chunk, E, cases, C)
        if together:
            drawn = drawn.reshape(len(drawn), entrants, cases * columns, 1)
        found.append(np.median(drawn, axis=2))
    return np.concatenate(found)
