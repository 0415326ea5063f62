"""Paired comparison: known p-values, intervals only from enough cases, order never matters."""

import numpy as np
import pytest

from backend.numerics.comparison import (
    FEWEST_CASES,
    Verdict,
    bootstrap_interval,
    compare_paired,
    sign_flip_p_value,
)


def test_no_case_tells_nothing() -> None:
    found = compare_paired([])
    assert (found.cases, found.mean, found.p_value, found.verdict) == (0, None, None, Verdict.TOO_FEW_CASES)


def test_few_cases_give_a_mean_and_no_verdict() -> None:
    found = compare_paired([0.1] * (FEWEST_CASES - 1))
    assert found.mean == pytest.approx(0.1)
    assert (found.low, found.high) == (None, None)
    assert found.verdict is Verdict.TOO_FEW_CASES


def test_exact_p_of_eight_rank_differences() -> None:
    """DOMAIN: the one-sided p of these is .0703125; doubled, as the flips are symmetric."""
    differences = np.array([-1, -2, 0.5, -1.5, -1, 0, -2.5, 1])
    assert sign_flip_p_value(differences) == pytest.approx(2 * 0.0703125)


def test_exact_p_of_six_equal_signs() -> None:
    assert sign_flip_p_value(np.array([1.0, 2, 3, 4, 5, 6])) == pytest.approx(2 / 2**6)


def test_sampled_p_is_near_the_exact_one() -> None:
    values = np.array([0.3, -0.1, 0.2, 0.05, -0.2, 0.4, 0.1, -0.05, 0.15, 0.25, -0.3, 0.2, 0.1, 0.05])
    exact = sign_flip_p_value(values)
    sampled = sign_flip_p_value(np.concatenate([values, [0.0]]))  # a zero changes nothing but the method
    assert sampled == pytest.approx(exact, abs=0.02)


@pytest.mark.parametrize(
    ("shift", "verdict"), [(-0.5, Verdict.BELOW), (0.0, Verdict.WITHIN), (0.5, Verdict.ABOVE)]
)
def test_verdict_is_where_the_interval_lies(shift: float, verdict: Verdict) -> None:
    found = compare_paired(np.linspace(-0.1, 0.1, 9) + shift)
    assert found.verdict is verdict
    assert found.low is not None
    assert found.high is not None
    assert found.low < shift < found.high


def test_order_of_cases_changes_nothing() -> None:
    values = np.random.default_rng(1).normal(0.02, 0.1, 20)
    assert compare_paired(values) == compare_paired(values[::-1])


def test_interval_covers_like_the_normal_one() -> None:
    values = np.random.default_rng(2).normal(0, 1, 400)
    low, high = bootstrap_interval(values)
    half = 1.96 * values.std() / 20
    assert (low, high) == pytest.approx((values.mean() - half, values.mean() + half), abs=0.02)


def test_equal_entrants_are_within() -> None:
    assert compare_paired([0.0] * 8).verdict is Verdict.WITHIN
