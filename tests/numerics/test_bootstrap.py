from itertools import product

import numpy as np
import pytest
from scipy.stats import kendalltau

from backend.numerics.bootstrap import Bootstrap, bootstrap_ranking
from backend.numerics.ranking import Method, RankingScheme, Statistic, rank_scores
from backend.numerics.ranks import Ties

DIRECTIONS = {"higher_is_better": [True, False], "worst": [0.0, 100.0]}


def scores_of(*, entrants: int = 4, cases: int = 5, seed: int = 0) -> np.ndarray:
    rng = np.random.default_rng(seed)
    dice = 0.8 - 0.02 * np.arange(entrants)[:, None] + rng.normal(0, 0.06, (entrants, cases))
    distance = 5 + np.arange(entrants)[:, None] + rng.normal(0, 4, (entrants, cases))
    return np.stack([dice, distance], axis=2)


def boot(scores: np.ndarray, scheme: RankingScheme, **options) -> Bootstrap:
    return bootstrap_ranking(scores, scheme, **DIRECTIONS, **options)


def every_resample(scores: np.ndarray, scheme: RankingScheme) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Values, overall and ranks of each of the cases^cases equally likely draws."""
    cases = scores.shape[1]
    found = [
        rank_scores(scores[:, list(draw)], scheme, **DIRECTIONS)
        for draw in product(range(cases), repeat=cases)
    ]
    return tuple(np.array([getattr(x, name) for x in found]) for name in ("values", "overall", "ranks"))


@pytest.mark.parametrize(
    ("method", "statistic", "ties"),
    [
        ("aggregate_then_rank", "mean", "min"),
        ("aggregate_then_rank", "median", "average"),
        ("rank_then_aggregate", "mean", "average"),
        ("rank_then_aggregate", "median", "min"),
        ("test_based", "mean", "min"),
    ],
)
def test_bootstrap_is_within_monte_carlo_error_of_the_enumeration(
    method: Method, statistic: Statistic, ties: Ties
) -> None:
    scheme = RankingScheme(method, statistic, ties, adjustment="none", alpha=0.2)
    scores = scores_of(entrants=3, cases=4)
    resamples = 400 if method == "test_based" else 4000
    values, overall, ranks = every_resample(scores, scheme)

    result = boot(scores, scheme, resamples=resamples, seed=2)

    for sampled, exact in ((result.values, values), (result.overall, overall), (result.ranks, ranks)):
        tolerance = 5 * exact.std(axis=0) / np.sqrt(resamples) + 1e-9
        assert (np.abs(sampled.mean(axis=0) - exact.mean(axis=0)) <= tolerance).all()
    for place in range(1, 4):
        exact_share = ((np.floor(ranks) == place).mean(axis=0) + (np.ceil(ranks) == place).mean(axis=0)) / 2
        spread = 5 * np.sqrt(np.maximum(exact_share * (1 - exact_share), 1e-3) / resamples)
        assert (np.abs(result.frequencies[:, place - 1] - exact_share) < spread).all()


@pytest.mark.parametrize("method", ["aggregate_then_rank", "rank_then_aggregate"])
def test_every_resample_is_a_ranking_of_drawn_cases(method: Method) -> None:
    """With two cases there are three outcomes, and all resamples are among them."""
    scores = scores_of(cases=2)
    scheme = RankingScheme(method)
    possible = [rank_scores(scores[:, draw], scheme, **DIRECTIONS) for draw in ([0, 0], [0, 1], [1, 1])]

    result = boot(scores, scheme, resamples=300)

    seen = set()
    for overall, ranks in zip(result.overall, result.ranks, strict=True):
        fits = [
            k
            for k, x in enumerate(possible)
            if np.allclose(overall, x.overall) and np.array_equal(ranks, x.ranks)
        ]
        assert fits
        seen.update(fits)
    assert seen == {0, 1, 2}


def test_the_seed_decides_and_the_original_does_not_depend_on_it() -> None:
    scheme = RankingScheme()
    one, same, other = (boot(scores_of(), scheme, seed=seed) for seed in (7, 7, 8))

    assert np.array_equal(one.ranks, same.ranks)
    assert not np.array_equal(one.ranks, other.ranks)
    assert np.array_equal(one.original.ranks, other.original.ranks)


def test_one_column_ranks_as_its_own_aggregate() -> None:
    """The short way of one column, against ranking each resample's means."""
    scores = scores_of(entrants=6, cases=9)[:, :, :1]
    for ties in ("min", "average"):
        scheme = RankingScheme("aggregate_then_rank", ties=ties)
        result = bootstrap_ranking(scores, scheme, higher_is_better=[True], worst=[0], resamples=200)
        for values, ranks in zip(result.values, result.ranks, strict=True):
            again = rank_scores(values[:, None, :], scheme, higher_is_better=[True], worst=[0])
            assert np.array_equal(again.ranks, ranks)


def test_intervals_are_percentiles() -> None:
    result = boot(scores_of(), RankingScheme(), resamples=500, level=0.9)

    for interval, samples in (
        (result.rank_intervals, result.ranks),
        (result.overall_intervals, result.overall),
        (result.value_intervals, result.values),
    ):
        assert interval[..., 0] == pytest.approx(np.quantile(samples, 0.05, axis=0))
        assert interval[..., 1] == pytest.approx(np.quantile(samples, 0.95, axis=0))
    assert (result.median_ranks == np.median(result.ranks, axis=0)).all()


@pytest.mark.parametrize("ties", ["min", "average"])
def test_taus_equal_scipys(ties: Ties) -> None:
    scores = np.round(scores_of(entrants=6, cases=6), 1)
    result = boot(scores, RankingScheme("rank_then_aggregate", "median", ties), resamples=50)

    for tau, ranks in zip(result.taus, result.ranks, strict=True):
        expected = kendalltau(ranks, result.original.ranks).statistic
        assert tau == pytest.approx(expected, nan_ok=True)


def test_entrants_who_tie_always_share_their_places() -> None:
    scores = np.full((3, 8, 2), 0.5)

    result = boot(scores, RankingScheme(ties="min"), resamples=20)
    halves = boot(scores[:2], RankingScheme(ties="average"), resamples=20)

    assert result.frequencies.tolist() == [[1, 0, 0]] * 3
    assert halves.frequencies.tolist() == [[0.5, 0.5]] * 2
    assert np.isnan(result.taus).all()


def test_missing_cases_count_as_worst_in_every_resample() -> None:
    scores = scores_of()
    scores[0] = np.nan

    result = boot(scores, RankingScheme(), resamples=100)

    assert (result.ranks[:, 0] == 4).all()


def test_order_of_entrants_does_not_matter() -> None:
    scores, order = scores_of(entrants=5), [3, 1, 4, 0, 2]
    for method in ("aggregate_then_rank", "rank_then_aggregate"):
        one, other = (boot(x, RankingScheme(method), resamples=64) for x in (scores, scores[order]))
        assert np.array_equal(one.ranks[:, order], other.ranks)


def test_nothing_to_draw_is_refused() -> None:
    with pytest.raises(ValueError, match="resamples and a level"):
        boot(scores_of(), RankingScheme(), resamples=0)
    with pytest.raises(ValueError, match="shape"):
        boot(np.zeros((3, 0, 2)), RankingScheme())
