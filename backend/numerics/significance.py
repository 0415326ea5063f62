"""Tests between entrants: p-values of all pairs, their adjustment, letters for those who are alike.

A matrix of p-values is (entrants, entrants); [i, j] is about i being better than j, and the diagonal is 1.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from string import ascii_lowercase
from typing import Literal

import numpy as np
import numpy.typing as npt
from scipy import special

from backend.numerics.ranks import rank_rows

Floats = npt.NDArray[np.float64]
Adjustment = Literal["holm", "none"]

# As R: with fewer differences, none of them zero or tied, the distribution is exact.
_EXACT_BELOW = 50
_FLOAT_NOISE = 1e-12


def wilcoxon_p_values(scores: npt.ArrayLike, *, higher_is_better: bool = True) -> Floats:
    """One-sided Wilcoxon signed-rank tests of every ordered pair over the cases they share.

    Args:
        scores: (entrants, cases), no nan.
        higher_is_better: the direction.

    Returns:
        (entrants, entrants); [i, j] small where i is better than j. 1 where two never differ. Differences of
        zero are left out; p is exact below 50 differences without zeros or ties, else the normal
        approximation with correction for ties and continuity: as R's `wilcox.test`.
    """
    given = np.asarray(scores, dtype=np.float64) * (1 if higher_is_better else -1)
    entrants = len(given)
    p_values = np.ones((entrants, entrants))
    for i in range(entrants - 1):
        differences = given[i] - given[i + 1 :]
        noise = _FLOAT_NOISE * np.maximum(np.abs(given[i]), np.abs(given[i + 1 :])).max(axis=1, initial=0)
        better, worse = _signed_rank_p(differences, noise)
        p_values[i, i + 1 :], p_values[i + 1 :, i] = better, worse
    return p_values


def adjust_p_values(p_values: Floats, adjustment: Adjustment) -> Floats:
    """Adjust the ordered pairs of a (entrants, entrants) matrix together; the diagonal stays."""
    if adjustment == "none":
        return p_values
    adjusted = p_values.copy()
    off_diagonal = ~np.eye(len(p_values), dtype=bool)
    adjusted[off_diagonal] = holm(p_values[off_diagonal])
    return adjusted


def holm(p_values: npt.ArrayLike) -> Floats:
    """Holm's step-down adjustment of one family of p-values, (n,).

    Source: Holm 1979, Scandinavian Journal of Statistics 6:65.
    """
    given = np.asarray(p_values, dtype=np.float64)
    order = np.argsort(given, kind="stable")
    factors = np.arange(len(given), 0, -1)
    adjusted = np.empty(len(given))
    adjusted[order] = np.minimum(np.maximum.accumulate(given[order] * factors), 1)
    return adjusted


def letter_groups(different: npt.ArrayLike, ranks: Sequence[float] | Floats) -> list[tuple[str, ...]]:
    """Give letters so that two entrants share one exactly if they cannot be told apart.

    Args:
        different: bool, (entrants, entrants), symmetric: which pairs differ significantly.
        ranks: (entrants,); the best entrants get the first letters.

    Returns:
        The letters of each entrant: a, b, ... z, aa, ab, ...
    """
    apart = np.asarray(different, dtype=bool)
    order = np.argsort(np.asarray(ranks, dtype=np.float64), kind="stable")
    alike = ~(apart | apart.T)[np.ix_(order, order)]
    np.fill_diagonal(alike, val=True)
    letters: list[list[str]] = [[] for _ in order]
    covered = np.zeros_like(alike)
    number = 0
    for i, j in np.argwhere(np.triu(alike)):
        if covered[i, j]:
            continue
        group = [int(i)] if i == j else [int(i), int(j)]
        fits = alike[group].all(axis=0)
        # Neighbours in rank first, so that a group is a run of places where it can be.
        for k in sorted(np.flatnonzero(fits), key=lambda place: abs(int(place) - int(i))):
            if k not in group and alike[k, group].all():
                group.append(int(k))
        covered[np.ix_(group, group)] = True
        for member in group:
            letters[member].append(_letter(number))
        number += 1
    result: list[tuple[str, ...]] = [()] * len(order)
    for place, entrant in enumerate(order):
        result[entrant] = tuple(letters[place])
    return result


def _letter(number: int) -> str:
    letters = ""
    number += 1
    while number:
        number, rest = divmod(number - 1, len(ascii_lowercase))
        letters = ascii_lowercase[rest] + letters
    return letters


def _signed_rank_p(differences: Floats, noise: Floats) -> tuple[Floats, Floats]:
    """p of the rows' (pairs, cases) being above 0, and below 0; sizes within the row's noise are equal."""
    nonzero = np.abs(differences) > noise[:, np.newaxis]
    n = nonzero.sum(axis=1)
    sizes = np.where(nonzero, np.abs(differences), np.inf)
    ranks = rank_rows(_without_noise(sizes, noise), "average")
    above = (ranks * (nonzero & (differences > 0))).sum(axis=1)
    below = n * (n + 1) / 2 - above
    ties = np.where(nonzero, ranks, 0)
    correction = np.array([_tie_term(row) for row in ties])
    spread = np.sqrt(np.maximum(n * (n + 1) * (2 * n + 1) / 24 - correction / 48, 0))
    exact = (n < _EXACT_BELOW) & nonzero.all(axis=1) & (correction == 0)
    tails = []
    for statistic in (above, below):
        z = np.divide(
            statistic - n * (n + 1) / 4 - 0.5, spread, out=np.full(len(n), -np.inf), where=spread > 0
        )
        p = special.ndtr(-z)
        for row in np.flatnonzero(exact):
            p[row] = _exact_tail(int(n[row]))[round(statistic[row])]
        tails.append(np.where(n > 0, p, 1.0))
    return tails[0], tails[1]


def _without_noise(sizes: Floats, noise: Floats) -> Floats:
    """Make sizes that differ by noise equal to the smallest of them, so that they share a rank."""
    order = np.argsort(sizes, axis=1)
    ordered = np.take_along_axis(sizes, order, axis=1)
    places = np.zeros(sizes.shape, dtype=np.intp)
    with np.errstate(invalid="ignore"):  # infinite sizes stand for zeros, at the end
        apart = ~(ordered[:, 1:] - ordered[:, :-1] <= noise[:, np.newaxis])
    places[:, 1:] = np.where(apart, np.arange(1, sizes.shape[1]), 0)
    leaders = np.take_along_axis(ordered, np.maximum.accumulate(places, axis=1), axis=1)
    result = np.empty_like(sizes)
    np.put_along_axis(result, order, leaders, axis=1)
    return result


def _tie_term(ranks: Floats) -> float:
    """Σ(t³ - t) over groups of t equal ranks; 0 marks what has no rank."""
    _, sizes = np.unique(ranks[ranks > 0], return_counts=True)
    return float((sizes.astype(np.float64) ** 3 - sizes).sum())


@lru_cache(maxsize=_EXACT_BELOW)
def _exact_tail(n: int) -> Floats:
    """P(W >= w) for w = 0 ... n(n+1)/2, W the sum of the ranks 1 ... n that a fair coin takes."""
    ways = np.zeros(n * (n + 1) // 2 + 1)
    ways[0] = 1
    for size in range(1, n + 1):
        ways[size:] = ways[size:] + ways[:-size]
    return ways[::-1].cumsum()[::-1] / 2.0**n
