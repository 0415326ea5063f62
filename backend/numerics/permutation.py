"""Which entrants can be told apart: paired permutation of case-wise rank differences, as in BraTS.

If two entrants are equal, either could have had the other's rank in each case, so the sign of each case's
difference is a fair coin. One matrix of signs serves all pairs: the flipped sums of a pair are the difference
of two rows of a matrix product of ranks and signs.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
import numpy.typing as npt

from backend.numerics import ranking, significance
from backend.numerics.blas import one_blas_thread
from backend.numerics.ranks import RELATIVE_TOLERANCE, Floats, Ties

Alternative = Literal["greater", "two_sided"]

_PERMUTATIONS_AT_ONCE = 10_000
# Sums of float32 integers are exact below this, and so are comparisons of them.
_EXACT_IN_FLOAT32 = 1 << 24


@dataclass(frozen=True, eq=False)
class PairedPermutation:
    """The tests of all pairs of E entrants.

    Args:
        mean_ranks: (E,): mean case-wise rank, over columns too; lower is better.
        p_better: (E, E), one-sided: [i, j] is small where i has better ranks than j; 1 on the diagonal.
        p_different: (E, E), two-sided and symmetric, not adjusted.
        p_adjusted: (E, E): `p_different` after Holm over all pairs.
        significant: (E, E), bool: `p_adjusted` below `alpha`.
        letters: of each entrant; two share one exactly if they cannot be told apart.
        alpha: see above.
        permutations: how many were tried.
        exact: all there are were tried, so p has no sampling error.
        seed: of the sampling.
    """

    mean_ranks: Floats
    p_better: Floats
    p_different: Floats
    p_adjusted: Floats
    significant: npt.NDArray[np.bool_]
    letters: list[tuple[str, ...]]
    alpha: float
    permutations: int
    exact: bool
    seed: int


def permute_ranks(
    scores: npt.ArrayLike,
    *,
    higher_is_better: Sequence[bool],
    worst: Sequence[float],
    ties: Ties = "average",
    permutations: int = 100_000,
    alpha: float = 0.05,
    seed: int = 0,
) -> PairedPermutation:
    """Compare every pair of entrants by their ranks per case, summed over the columns.

    Args:
        scores: (entrants, cases, columns), nan where missing; cases in an order of their own.
        higher_is_better, worst: per column.
        ties: within a case and column.
        permutations: all sign patterns are tried where there are no more than this. With Holm over m pairs
            the smallest adjusted p of a sample is m/(permutations + 1): many entrants need many.

    Raises:
        ValueError: shapes do not fit.
    """
    ranks = ranking.case_ranks(scores, higher_is_better=higher_is_better, worst=worst, ties=ties)
    # Twice the ranks are whole numbers, average ties included.
    sums = 2 * ranks.sum(axis=2)
    beyond, tried, exact = _count_beyond(sums, permutations, seed)
    extra = 0 if exact else 1  # the order as observed is one of the permutations
    p_better, p_different = (np.minimum((count + extra) / (tried + extra), 1) for count in beyond)
    np.fill_diagonal(p_better, 1)
    np.fill_diagonal(p_different, 1)
    p_adjusted = _holm_over_pairs(p_different)
    significant = p_adjusted < alpha
    mean_ranks = ranks.mean(axis=(1, 2))
    return PairedPermutation(
        mean_ranks=mean_ranks,
        p_better=p_better,
        p_different=p_different,
        p_adjusted=p_adjusted,
        significant=significant,
        letters=significance.letter_groups(significant, mean_ranks),
        alpha=alpha,
        permutations=tried,
        exact=exact,
        seed=seed,
    )


def sign_flip_p_value(
    differences: npt.ArrayLike,
    *,
    alternative: Alternative = "greater",
    permutations: int = 100_000,
    seed: int = 0,
) -> float:
    """p of the mean of paired differences, (cases,), under flips of their signs.

    `greater` asks whether the mean is above 0. Exact where all sign patterns are no more than `permutations`.
    """
    values = np.asarray(differences, dtype=np.float64)
    observed = values.sum()
    size = float(np.abs(values).sum())
    noise = RELATIVE_TOLERANCE * size
    exact = _all_patterns_fit(len(values), permutations)
    beyond = tried = 0
    for signs in _sign_patterns(len(values), permutations, seed):
        flipped = signs @ values
        if alternative == "two_sided":
            beyond += int(np.count_nonzero(np.abs(flipped) >= abs(observed) - noise))
        else:
            beyond += int(np.count_nonzero(flipped >= observed - noise))
        tried += len(signs)
    return beyond / tried if exact else (beyond + 1) / (tried + 1)


def _count_beyond(sums: Floats, permutations: int, seed: int) -> tuple[tuple[Floats, Floats], int, bool]:
    """Count the permutations at least as extreme as observed, one-sided and two-sided, each (E, E)."""
    entrants, cases = sums.shape
    one_sided, two_sided = np.zeros((entrants, entrants)), np.zeros((entrants, entrants))
    dtype = np.float32 if np.abs(sums).sum(axis=1).max(initial=0) < _EXACT_IN_FLOAT32 / 2 else np.float64
    ranks = sums.astype(dtype)
    observed = sums.sum(axis=1)
    tried = 0
    for signs in _sign_patterns(cases, permutations, seed):
        with one_blas_thread():
            flipped = ranks @ signs.T.astype(dtype)
        for i in range(entrants - 1):
            for j in range(i + 1, entrants):
                # Positive where i, whose ranks are lower, is the better one.
                gain = flipped[j] - flipped[i]
                seen = observed[j] - observed[i]
                one_sided[i, j] += np.count_nonzero(gain >= seen)
                one_sided[j, i] += np.count_nonzero(gain <= seen)
                two_sided[i, j] += np.count_nonzero(np.abs(gain, out=gain) >= abs(seen))
        tried += len(signs)
    return (one_sided, two_sided + two_sided.T), tried, _all_patterns_fit(cases, permutations)


def _all_patterns_fit(cases: int, permutations: int) -> bool:
    return cases < 63 and 2**cases <= permutations


def _sign_patterns(cases: int, permutations: int, seed: int) -> Iterator[npt.NDArray[np.float32]]:
    """Signs (permutations, cases), -1 or 1, in chunks: all patterns once where they fit, else random ones."""
    if _all_patterns_fit(cases, permutations):
        for start in range(0, 2**cases, _PERMUTATIONS_AT_ONCE):
            numbers = np.arange(start, min(start + _PERMUTATIONS_AT_ONCE, 2**cases))
            bits = numbers[:, np.newaxis] >> np.arange(cases) & 1
            yield (2 * bits - 1).astype(np.float32)
        return
    generator = np.random.default_rng(seed)
    for start in range(0, permutations, _PERMUTATIONS_AT_ONCE):
        rows = min(_PERMUTATIONS_AT_ONCE, permutations - start)
        random_bytes = generator.integers(0, 256, size=(rows, -(-cases // 8)), dtype=np.uint8)
        signs = np.unpackbits(random_bytes, axis=1, count=cases).astype(np.float32)
        signs *= 2
        signs -= 1
        yield signs


def _holm_over_pairs(p_values: Floats) -> Floats:
    rows, columns = np.triu_indices(len(p_values), 1)
    adjusted = np.ones_like(p_values)
    adjusted[rows, columns] = adjusted[columns, rows] = significance.holm(p_values[rows, columns])
    return adjusted
