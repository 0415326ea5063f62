"""Bootstrap and permutation of a board of 50 teams and 200 cases, against the loops one would write first."""

from __future__ import annotations

from itertools import combinations
from typing import Any

import numpy as np
import numpy.typing as npt
from scipy.stats import rankdata

from backend.numerics.bootstrap import bootstrap_ranking
from backend.numerics.permutation import permute_ranks
from backend.numerics.ranking import RankingScheme, case_ranks
from benchmarks.measuring import Comparison, Disagreement, Run, Subject, Target

TEAMS, CASES = 50, 200
RESAMPLES, PERMUTATIONS = 1000, 10_000
PAIRS = TEAMS * (TEAMS - 1) // 2
PAIRS_OF_THE_LOOP = 5
_SCHEME = RankingScheme(method="aggregate_then_rank")
_BLOCK = 128  # ours draws so many resamples at once; the loop takes the same draws, to end at the same ranks
Floats = npt.NDArray[np.float64]


def comparisons() -> list[Comparison]:
    return [
        Comparison(
            "ranking",
            "NumPy loop, bootstrap",
            f"{RESAMPLES:,} resamples × {TEAMS} teams × {CASES} cases; loop with SciPy's rankdata; "
            "same ranks in every resample",
            bootstrap,
            bootstrap_by_loop,
            _require_same_ranks,
            Target(at_least=25),
            rounds=9,
        ),
        Comparison(
            "ranking",
            "NumPy loop, permutation",
            f"{PERMUTATIONS:,} permutations × {PAIRS:,} pairs; the loop ran {PAIRS_OF_THE_LOOP} pairs, its "
            "time is extrapolated; p equal within Monte-Carlo error",
            permutation,
            permutation_by_loop,
            _require_near_p_values,
            rounds=3,
            scale=PAIRS / PAIRS_OF_THE_LOOP,
        ),
    ]


def make_scores() -> Floats:
    """(teams, cases): Dice that falls by team, with noise of its own per case and per team."""
    rng = np.random.default_rng(0)
    difficulty = rng.normal(0, 0.08, CASES)
    noise = rng.normal(0, 0.05, (TEAMS, CASES))
    return np.clip(np.linspace(0.88, 0.78, TEAMS)[:, np.newaxis] + difficulty + noise, 0, 1)


def bootstrap(subject: Subject) -> Run:
    scores = make_scores()[:, :, np.newaxis]
    return lambda: (
        bootstrap_ranking(scores, _SCHEME, higher_is_better=[True], worst=[0], resamples=RESAMPLES).ranks
    )


def bootstrap_by_loop(subject: Subject) -> Run:
    scores = make_scores()

    def run() -> Floats:
        rng = np.random.default_rng(0)
        ranks = np.empty((RESAMPLES, TEAMS))
        for start in range(0, RESAMPLES, _BLOCK):
            rows = min(_BLOCK, RESAMPLES - start)
            for row, picks in enumerate(rng.integers(0, CASES, (rows, CASES), dtype=np.uint16), start):
                means = scores[:, picks].mean(axis=1)
                ranks[row] = rankdata(-means, method="min")
        return ranks

    return run


def permutation(subject: Subject) -> Run:
    scores = make_scores()[:, :, np.newaxis]
    return lambda: (
        permute_ranks(scores, higher_is_better=[True], worst=[0], permutations=PERMUTATIONS).p_better
    )


def permutation_by_loop(subject: Subject) -> Run:
    """The first few pairs: {(i, j): one-sided p that i has better ranks than j}."""
    scores = make_scores()[:, :, np.newaxis]

    def run() -> dict[tuple[int, int], float]:
        ranks = case_ranks(scores, higher_is_better=[True], worst=[0], ties="average")[:, :, 0]
        rng = np.random.default_rng(1)
        found = {}
        for i, j in list(combinations(range(TEAMS), 2))[:PAIRS_OF_THE_LOOP]:
            differences = ranks[j] - ranks[i]
            observed = differences.sum()
            beyond = 0
            for _ in range(PERMUTATIONS):
                flips = rng.integers(0, 2, CASES) * 2 - 1
                beyond += (differences * flips).sum() >= observed
            found[i, j] = (beyond + 1) / (PERMUTATIONS + 1)
        return found

    return run


def _require_same_ranks(ours: Floats, theirs: Floats) -> None:
    if not np.array_equal(ours, theirs):
        raise Disagreement(f"bootstrap: {np.count_nonzero(ours != theirs)} ranks differ")


def _require_near_p_values(ours: Any, theirs: dict[tuple[int, int], float]) -> None:
    for pair, expected in theirs.items():
        error = 6 * np.sqrt(2 * max(expected * (1 - expected), 1e-4) / PERMUTATIONS)
        if abs(ours[pair] - expected) > error:
            raise Disagreement(f"permutation of {pair}: p {ours[pair]:g} against {expected:g}")
