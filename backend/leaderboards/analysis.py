"""How stable a board's order is, and which entrants can be told apart: pure, the same for the same scores."""

import math
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from backend.leaderboards.rules import RankingRule
from backend.numerics.bootstrap import Bootstrap, bootstrap_ranking
from backend.numerics.permutation import PairedPermutation, permute_ranks
from backend.numerics.ranks import Floats
from backend.numerics.significance import letter_groups

RESAMPLES = 1_000
FEWEST_PERMUTATIONS = 100_000
SEED = 0
LEVEL = 0.95
ALPHA = 0.05
FEWEST_ENTRANTS = 2

# What is repeated of the board's row, so that an analysis can be read by itself.
_NAMED = ("submission_id", "method_name", "participant", "rank", "value")


def analyse(rows: Sequence[Mapping[str, Any]], scores: Floats, rule: RankingRule) -> dict[str, Any]:
    """The analysis of a board, as JSON.

    Args:
        rows: of the board, those with a rank, best first.
        scores: (rows, cases, columns), cases in the order of their names: the draws depend on it.

    Returns:
        `entrants` in the order of the rows; `p_values` of all pairs, two-sided and after Holm; `significant`;
        and with which parameters. Fewer than two entrants have nothing to be told apart from: no matrices.
    """
    if len(rows) < FEWEST_ENTRANTS:
        return {
            "entrants": [_named(row) | _unknown() for row in rows],
            "p_values": [],
            "significant": [],
            "bootstrap": None,
            "permutation": None,
        }
    bootstrap = bootstrap_ranking(
        scores,
        rule.scheme,
        higher_is_better=rule.higher_is_better,
        worst=rule.worst,
        resamples=RESAMPLES,
        seed=SEED,
        level=LEVEL,
    )
    tests = permute_ranks(
        scores,
        higher_is_better=rule.higher_is_better,
        worst=rule.worst,
        ties=rule.ties,
        permutations=permutations_for(len(rows)),
        alpha=ALPHA,
        seed=SEED,
    )
    # The letters follow the board, so that its first row has an a.
    letters = letter_groups(tests.significant, bootstrap.original.ranks)
    return {
        "entrants": [
            _named(row) | _stability(bootstrap, position, rule) | {"letters": list(letters[position])}
            for position, row in enumerate(rows)
        ],
        "p_values": tests.p_adjusted.tolist(),
        "significant": tests.significant.tolist(),
        "bootstrap": _bootstrap_summary(bootstrap),
        "permutation": _permutation_summary(tests),
    }


def permutations_for(entrants: int) -> int:
    """As many as let Holm over all pairs find the clearest difference at half of `ALPHA`, and at least
    100,000."""
    return max(FEWEST_PERMUTATIONS, math.ceil(2 * math.comb(entrants, 2) / ALPHA))


def _named(row: Mapping[str, Any]) -> dict[str, Any]:
    return {name: row[name] for name in _NAMED}


def _unknown() -> dict[str, Any]:
    return {
        "value_interval": None,
        "rank_interval": None,
        "median_rank": None,
        "frequencies": [],
        "letters": [],
    }


def _stability(bootstrap: Bootstrap, position: int, rule: RankingRule) -> dict[str, Any]:
    intervals = bootstrap.overall_intervals if len(rule.columns) > 1 else bootstrap.value_intervals[:, 0]
    return {
        "value_interval": intervals[position].tolist(),
        "rank_interval": bootstrap.rank_intervals[position].tolist(),
        "median_rank": float(bootstrap.median_ranks[position]),
        "frequencies": bootstrap.frequencies[position].tolist(),
    }


def _bootstrap_summary(bootstrap: Bootstrap) -> dict[str, Any]:
    taus = bootstrap.taus[~np.isnan(bootstrap.taus)]
    return {
        "resamples": len(bootstrap.ranks),
        "seed": bootstrap.seed,
        "level": bootstrap.level,
        "mean_kendall_tau": float(taus.mean()) if len(taus) else None,
    }


def _permutation_summary(tests: PairedPermutation) -> dict[str, Any]:
    return {
        "permutations": tests.permutations,
        "exact": tests.exact,
        "alpha": tests.alpha,
        "seed": tests.seed,
    }
