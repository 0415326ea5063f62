"""How stable an order is: known orders, ties, and boards with nobody to compare."""

import json
import math
from typing import Any

import numpy as np
import pytest

from backend.leaderboards import analysis
from backend.leaderboards.analysis import analyse
from backend.leaderboards.rules import RankingRule, make_rule

CASES = 20


@pytest.fixture(autouse=True)
def _fewer_permutations(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(analysis, "FEWEST_PERMUTATIONS", 5_000)


def rule(**given: Any) -> RankingRule:
    defaults: dict[str, Any] = {
        "method": "aggregate_then_rank",
        "statistic": "mean",
        "ties": "min",
        "metrics": ["dice"],
        "regions": "mean",
        "region_keys": ["complete"],
    }
    return make_rule(**defaults | given)


def rows(*names: str) -> list[dict[str, Any]]:
    return [
        {
            "submission_id": name,
            "method_name": name,
            "participant": {},
            "rank": place,
            "value": 0.5,
            "cases": 9,
        }
        for place, name in enumerate(names, start=1)
    ]


def noisy(*means: float, spread: float = 0.05) -> np.ndarray:
    """(entrants, cases, 1): around these means, the entrants' noise independent."""
    noise = np.random.default_rng(3).normal(0, spread, (len(means), CASES))
    return (np.array(means)[:, np.newaxis] + noise - noise.mean(axis=1, keepdims=True))[:, :, np.newaxis]


def test_who_is_clearly_better_stands_apart_and_who_is_not_shares_a_letter() -> None:
    found = analyse(rows("best", "near", "nearer"), noisy(0.9, 0.6, 0.595), rule())
    assert [entrant["letters"] for entrant in found["entrants"]] == [["a"], ["b"], ["b"]]
    assert found["significant"] == [[False, True, True], [True, False, False], [True, False, False]]
    best, near, nearer = found["entrants"]
    assert best["frequencies"] == [1, 0, 0]
    assert best["rank_interval"] == [1, 1]
    assert near["rank_interval"] == nearer["rank_interval"] == [2, 3]
    assert near["frequencies"][1] + nearer["frequencies"][1] == pytest.approx(1)
    low, high = best["value_interval"]
    assert low < 0.9 < high
    assert 0 < found["bootstrap"]["mean_kendall_tau"] < 1


def test_p_values_are_symmetric_and_adjusted_over_all_pairs() -> None:
    found = analyse(rows("a", "b", "c"), noisy(0.9, 0.6, 0.3), rule())
    p_values = np.array(found["p_values"])
    np.testing.assert_array_equal(p_values, p_values.T)
    assert np.diagonal(p_values).tolist() == [1, 1, 1]
    # every pair differs in every case: the smallest p of a sample, times three pairs
    assert p_values[0, 2] == pytest.approx(3 / 5_001)
    assert found["permutation"] == {"permutations": 5_000, "exact": False, "alpha": 0.05, "seed": 0}


def test_few_cases_try_every_permutation() -> None:
    found = analyse(rows("a", "b"), noisy(0.9, 0.3)[:, :5], rule())
    assert (found["permutation"]["permutations"], found["permutation"]["exact"]) == (32, True)
    assert found["p_values"][0][1] == pytest.approx(2 / 32)
    assert found["significant"] == [[False, False], [False, False]]


def test_twins_cannot_be_told_apart() -> None:
    twins = noisy(0.8)[[0, 0]]
    found = analyse(rows("a", "b"), twins, rule())
    assert found["p_values"] == [[1, 1], [1, 1]]
    assert [entrant["letters"] for entrant in found["entrants"]] == [["a"], ["a"]]
    assert [entrant["rank_interval"] for entrant in found["entrants"]] == [[1, 1], [1, 1]]
    assert found["bootstrap"]["mean_kendall_tau"] is None


def test_interval_of_several_columns_is_of_the_mean_rank() -> None:
    scores = np.concatenate([noisy(0.9, 0.5), noisy(0.5, 0.9)], axis=2)
    asked = rule(regions="each", region_keys=["complete", "core"])
    first, second = analyse(rows("a", "b"), scores, asked)["entrants"]
    assert first["value_interval"] == second["value_interval"] == [1.5, 1.5]


def test_same_scores_give_the_same_answer() -> None:
    scores = noisy(0.8, 0.79, 0.6)
    assert analyse(rows(*"abc"), scores, rule()) == analyse(rows(*"abc"), scores, rule())


def test_one_or_none_has_nobody_to_be_told_apart_from() -> None:
    for names in ((), ("alone",)):
        found = analyse(rows(*names), np.zeros((len(names), CASES, 1)), rule())
        assert [entrant["method_name"] for entrant in found["entrants"]] == list(names)
        assert (found["p_values"], found["significant"]) == ([], [])
        assert (found["bootstrap"], found["permutation"]) == (None, None)


def test_the_analysis_is_json() -> None:
    found = analyse(rows("a", "b"), noisy(0.8, 0.5), rule(method="rank_then_aggregate", ties="average"))
    assert json.loads(json.dumps(found, allow_nan=False)) == found


@pytest.mark.parametrize("entrants", [2, 50, 150])
def test_many_entrants_get_permutations_enough_to_tell_them_apart(entrants: int) -> None:
    permutations = analysis.permutations_for(entrants)
    assert permutations >= analysis.FEWEST_PERMUTATIONS
    assert math.comb(entrants, 2) / (permutations + 1) < analysis.ALPHA
