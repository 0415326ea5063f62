from itertools import product

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp
from scipy.stats import rankdata, wilcoxon

from backend.numerics.permutation import permute_ranks, sign_flip_p_value
from backend.numerics.ranking import case_ranks
from backend.numerics.significance import adjust_p_values, holm, letter_groups, wilcoxon_p_values

KNOWN_DIFFERENCES = [-1, -2, 0.5, -1.5, -1, 0, -2.5, 1]


def scores_of(*, entrants: int, cases: int, seed: int, gap: float = 0.02) -> np.ndarray:
    rng = np.random.default_rng(seed)
    noise = rng.normal(0, 0.05, (entrants, cases, 2))
    return 0.8 - gap * np.arange(entrants)[:, None, None] + noise


def enumerate_p(differences: np.ndarray, *, two_sided: bool) -> float:
    observed, beyond = sum(differences), 0
    for signs in product((1, -1), repeat=len(differences)):
        flipped = sum(s * d for s, d in zip(signs, differences, strict=True))
        beyond += abs(flipped) >= abs(observed) - 1e-9 if two_sided else flipped >= observed - 1e-9
    return beyond / 2 ** len(differences)


def test_known_exact_sign_flip() -> None:
    assert sign_flip_p_value(np.negative(KNOWN_DIFFERENCES)) == 0.0703125
    assert sign_flip_p_value(np.negative(KNOWN_DIFFERENCES), alternative="two_sided") == 0.140625


def test_sampled_sign_flip_is_near_the_exact_one() -> None:
    sampled = sign_flip_p_value(np.negative(KNOWN_DIFFERENCES), permutations=255, seed=1)

    assert sampled == pytest.approx(0.0703125, abs=4 * np.sqrt(0.07 * 0.93 / 255))
    assert sampled != 0.0703125


def test_all_pairs_equal_an_enumeration() -> None:
    scores = scores_of(entrants=4, cases=7, seed=3)

    result = permute_ranks(scores, higher_is_better=[True, False], worst=[0, 1])

    ranks = case_ranks(scores, higher_is_better=[True, False], worst=[0, 1], ties="average").sum(axis=2)
    assert result.exact
    assert result.permutations == 128
    for i, j in product(range(4), repeat=2):
        expected = 1.0 if i == j else enumerate_p(ranks[j] - ranks[i], two_sided=False)
        assert result.p_better[i, j] == expected
        expected = 1.0 if i == j else enumerate_p(ranks[j] - ranks[i], two_sided=True)
        assert result.p_different[i, j] == expected


def test_a_sample_is_near_the_enumeration_and_follows_the_seed() -> None:
    scores = scores_of(entrants=4, cases=13, seed=4)
    arguments = {"higher_is_better": [True, True], "worst": [0, 0]}
    exact = permute_ranks(scores, permutations=2**13, **arguments)

    samples = [permute_ranks(scores, permutations=8000, seed=seed, **arguments) for seed in (5, 5, 6)]

    for sample in samples:
        assert not sample.exact
        for ours, theirs in ((sample.p_better, exact.p_better), (sample.p_different, exact.p_different)):
            spread = np.sqrt(np.maximum(theirs * (1 - theirs), 1e-3) / 8000)
            assert (np.abs(ours - theirs) < 5 * spread + 1 / 8000).all()
    assert np.array_equal(samples[0].p_better, samples[1].p_better)
    assert not np.array_equal(samples[0].p_better, samples[2].p_better)


def test_entrants_far_apart_get_letters_of_their_own() -> None:
    scores = scores_of(entrants=4, cases=40, seed=0, gap=0.0)
    scores[2:] -= 0.3

    result = permute_ranks(scores, higher_is_better=[True, True], worst=[0, 0], permutations=5000)

    assert result.letters == [("a",), ("a",), ("b",), ("b",)]
    assert result.significant[0].tolist() == [False, False, True, True]
    assert result.p_better[0, 2] == pytest.approx(1 / 5001)
    assert result.p_better[2, 0] == 1


def test_equal_entrants_cannot_be_told_apart() -> None:
    result = permute_ranks(np.full((3, 20, 1), 0.5), higher_is_better=[True], worst=[0], permutations=1000)

    assert (result.p_different == 1).all()
    assert result.letters == [("a",)] * 3


def test_one_entrant_is_no_error() -> None:
    result = permute_ranks(np.full((1, 5, 1), 0.5), higher_is_better=[True], worst=[0])

    assert result.letters == [("a",)]
    assert result.p_adjusted.tolist() == [[1]]


@given(st.permutations(range(5)))
def test_order_of_entrants_does_not_matter(order: list[int]) -> None:
    scores = scores_of(entrants=5, cases=30, seed=8)
    arguments = {"higher_is_better": [True, True], "worst": [0, 0], "permutations": 500}

    one, other = permute_ranks(scores, **arguments), permute_ranks(scores[order], **arguments)

    assert np.array_equal(one.p_better[np.ix_(order, order)], other.p_better)
    assert np.array_equal(one.p_adjusted[np.ix_(order, order)], other.p_adjusted)


def test_missing_cases_take_the_worst_value() -> None:
    scores = scores_of(entrants=2, cases=10, seed=0, gap=0)
    scores[1, :, :] = np.nan

    result = permute_ranks(scores, higher_is_better=[True, True], worst=[0, 0])

    assert result.p_better[0, 1] == 1 / 1024


def test_holm_of_a_textbook_family() -> None:
    assert holm([0.01, 0.04, 0.03, 0.005]) == pytest.approx([0.03, 0.06, 0.06, 0.02])
    assert holm([0.5, 0.9]).tolist() == [1, 1]
    assert holm([]).tolist() == []


def test_unadjusted_p_values_stay() -> None:
    p_values = np.array([[1, 0.03], [0.9, 1]])

    assert adjust_p_values(p_values, "none").tolist() == p_values.tolist()
    assert adjust_p_values(p_values, "holm").tolist() == [[1, 0.06], [0.9, 1]]


@pytest.mark.parametrize("cases", [3, 12, 49, 60])
@pytest.mark.parametrize("kind", ["plain", "ties", "zeros"])
def test_wilcoxon_equals_scipys(cases: int, kind: str) -> None:
    rng = np.random.default_rng(cases)
    scores = rng.normal(0, 1, (3, cases))
    if kind != "plain":
        scores = np.round(scores, 1) + (0 if kind == "zeros" else 1e-3 * np.arange(3)[:, None])

    p_values = wilcoxon_p_values(scores)

    for i, j in product(range(3), repeat=2):
        if i == j:
            assert p_values[i, j] == 1
            continue
        difference = np.round(scores[i] - scores[j], 9)
        sizes = np.abs(difference[difference != 0])
        plain = len(sizes) == cases < 50 and len(np.unique(sizes)) == cases
        expected = wilcoxon(
            difference, alternative="greater", correction=True, method="exact" if plain else "approx"
        ).pvalue
        assert p_values[i, j] == pytest.approx(expected, rel=1e-9)


def test_wilcoxon_follows_the_direction_and_ignores_float_noise() -> None:
    scores = np.array([[0.1 + 0.2, 0.5, 0.7, 0.9], [0.3, 0.4, 0.6, 0.8]])

    higher, lower = (wilcoxon_p_values(scores, higher_is_better=x) for x in (True, False))

    assert higher[0, 1] == lower[1, 0]
    expected = wilcoxon([0.1, 0.1, 0.1], alternative="greater", correction=True, method="approx").pvalue
    assert higher[0, 1] == pytest.approx(expected)


def test_wilcoxon_of_equals_is_one() -> None:
    assert wilcoxon_p_values(np.full((2, 6), 0.5)).tolist() == [[1, 1], [1, 1]]


def test_letters_overlap_where_neighbours_cannot_be_told_apart() -> None:
    """First and third differ, and neither differs from the second."""
    different = np.array([[0, 0, 1], [0, 0, 0], [1, 0, 0]], bool)

    assert letter_groups(different, [1, 2, 3]) == [("a",), ("a", "b"), ("b",)]
    assert letter_groups(different, [3, 2, 1]) == [("b",), ("a", "b"), ("a",)]


def test_letters_do_not_run_out() -> None:
    letters = letter_groups(~np.eye(30, dtype=bool), range(30))

    assert letters[25:28] == [("z",), ("aa",), ("ab",)]


@given(hnp.arrays(bool, (7, 7)), st.permutations(range(7)))
def test_two_share_a_letter_exactly_if_they_cannot_be_told_apart(raw: np.ndarray, ranks: list[int]) -> None:
    different = np.triu(raw, 1) | np.triu(raw, 1).T

    letters = letter_groups(different, ranks)

    for i, j in product(range(7), repeat=2):
        assert bool(set(letters[i]) & set(letters[j])) == (i == j or not different[i, j])


def test_case_ranks_equal_scipys() -> None:
    scores = np.round(scores_of(entrants=5, cases=4, seed=1), 1)

    ranks = case_ranks(scores, higher_is_better=[True, False], worst=[0, 1], ties="average")

    for case, (column, sign) in product(range(4), ((0, -1), (1, 1))):
        assert ranks[:, case, column].tolist() == rankdata(sign * scores[:, case, column]).tolist()
