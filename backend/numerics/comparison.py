"""Paired comparison of two entrants over the same cases: the mean difference, its interval, and a test."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from itertools import product

import numpy as np
import numpy.typing as npt

# The exact two-sided sign-flip test cannot fall below 2/2^n: with fewer cases nothing is ever significant at
# 5 %.
FEWEST_CASES = 6
EXACT_UP_TO_CASES = 14
RESAMPLES = 10_000
SEED = 20261122
_FLOAT_NOISE = 1e-12


class Verdict(StrEnum):
    """Where the interval of a difference lies: `within` holds zero, the two cannot be told apart."""

    TOO_FEW_CASES = "too_few_cases"
    BELOW = "below"
    WITHIN = "within"
    ABOVE = "above"


@dataclass(frozen=True)
class PairedComparison:
    """Differences, first entrant minus second, over the cases that both have.

    Args:
        cases: how many.
        mean: of the differences; None without a case.
        low, high: 95 % bootstrap interval of the mean (percentiles); None below `FEWEST_CASES`.
        p_value: two-sided paired sign-flip permutation test of a mean of zero; None without a case.
        verdict: from the interval alone.
    """

    cases: int
    mean: float | None
    low: float | None
    high: float | None
    p_value: float | None
    verdict: Verdict


def compare_paired(differences: Sequence[float], *, seed: int = SEED) -> PairedComparison:
    """Compare by the case-wise differences. The same differences, in any order, give the same answer."""
    values = np.sort(np.asarray(differences, dtype=np.float64))
    if not len(values):
        return PairedComparison(0, None, None, None, None, Verdict.TOO_FEW_CASES)
    mean, p_value = float(values.mean()), sign_flip_p_value(values, seed=seed)
    if len(values) < FEWEST_CASES:
        return PairedComparison(len(values), mean, None, None, p_value, Verdict.TOO_FEW_CASES)
    low, high = bootstrap_interval(values, seed=seed)
    return PairedComparison(len(values), mean, low, high, p_value, _verdict(low, high))


def bootstrap_interval(
    values: npt.NDArray[np.float64], *, level: float = 0.95, seed: int = SEED
) -> tuple[float, float]:
    """Percentile bootstrap interval of the mean; `values` must not be empty."""
    picks = np.random.default_rng(seed).integers(0, len(values), size=(RESAMPLES, len(values)))
    tail = (1 - level) / 2
    low, high = np.quantile(values[picks].mean(axis=1), [tail, 1 - tail])
    return float(low), float(high)


def sign_flip_p_value(values: npt.NDArray[np.float64], *, seed: int = SEED) -> float:
    """Two-sided p of the mean under flips of the differences' signs: exact up to 14 cases, else sampled."""
    if len(values) <= EXACT_UP_TO_CASES:
        signs = np.array(list(product((-1.0, 1.0), repeat=len(values))))
        extra = 0
    else:
        signs = np.random.default_rng(seed).choice((-1.0, 1.0), size=(RESAMPLES, len(values)))
        extra = 1  # the order as observed is one of the permutations
    observed = abs(values.sum())
    as_extreme = np.abs(signs @ values) >= observed - _FLOAT_NOISE * max(1.0, observed)
    return float((np.count_nonzero(as_extreme) + extra) / (len(signs) + extra))


def _verdict(low: float, high: float) -> Verdict:
    if high < -_FLOAT_NOISE:
        return Verdict.BELOW
    if low > _FLOAT_NOISE:
        return Verdict.ABOVE
    return Verdict.WITHIN
