"""Which columns a rule makes of the scores, what a missing value counts as, and what the rank orders."""

from typing import Any

import numpy as np
import pytest

from backend.leaderboards.rules import RankingRule, make_rule, read_rule
from backend.numerics.errors import UnknownMetric

REGIONS = ("complete", "core", "enhancing")
NAN = float("nan")


def rule(**given: Any) -> RankingRule:
    defaults: dict[str, Any] = {
        "method": "aggregate_then_rank",
        "statistic": "mean",
        "ties": "min",
        "metrics": ["dice"],
        "regions": "mean",
        "region_keys": REGIONS,
    }
    return make_rule(**defaults | given)


def test_mean_makes_one_column_per_metric_and_each_one_per_region_too() -> None:
    mean = rule(metrics=["dice", "hd95_pooled"])
    assert [(x.metric, x.region, x.higher_is_better, x.worst) for x in mean.columns] == [
        ("dice", None, True, 0.0),
        ("hd95_pooled", None, False, 374.0),
    ]
    each = rule(metrics=["dice", "hd95_pooled"], regions="each")
    assert [(x.metric, x.region) for x in each.columns] == [
        (metric, region) for metric in ("dice", "hd95_pooled") for region in REGIONS
    ]


def test_missing_counts_as_the_worst_of_its_metric() -> None:
    # one entrant, one case: (metrics, regions)
    scores = np.array([[[[0.9, NAN, 0.6], [3.0, 6.0, NAN]]]])
    mean = rule(metrics=["dice", "hd95_pooled"])
    np.testing.assert_allclose(mean.in_columns(scores), [[[0.5, 383 / 3]]])
    each = rule(metrics=["dice", "hd95_pooled"], regions="each")
    np.testing.assert_array_equal(each.in_columns(scores), [[[0.9, 0, 0.6, 3, 6, 374]]])


def test_no_entrant_has_no_columns_to_fill() -> None:
    assert rule().in_columns(np.empty((0, 4, 1, 3))).shape == (0, 4, 1)


@pytest.mark.parametrize(
    ("given", "kind", "values"),
    [
        ({}, "score", [0.9, 0.5]),
        ({"method": "rank_then_aggregate"}, "mean_rank", [1.0, 2.0]),
        ({"method": "test_based"}, "share_beaten", [1.0, 0.0]),
        ({"regions": "each"}, "mean_rank", [1.0, 2.0]),
        ({"regions": "each", "method": "test_based"}, "mean_rank", [1.0, 2.0]),
    ],
)
def test_what_the_rank_orders(given: dict[str, Any], kind: str, values: list[float]) -> None:
    asked = rule(**given)
    cases = np.linspace(-0.01, 0.01, 9)[:, np.newaxis, np.newaxis]
    scores = np.stack([0.9 + cases, 0.5 + cases * 2]) * np.ones((1, 1, 1, 3))
    ranking = asked.rank(asked.in_columns(scores))
    assert asked.value_kind == kind
    assert asked.values_of(ranking) == pytest.approx(values)
    assert ranking.ranks.tolist() == [1, 2]


def test_lower_is_better_where_the_metric_is_a_distance() -> None:
    asked = rule(metrics=["hd95_surface_area"])
    scores = np.array([5.0, 2.0]).reshape(2, 1, 1, 1) * np.ones((1, 3, 1, 3))
    assert asked.rank(asked.in_columns(scores)).ranks.tolist() == [2, 1]


def test_median_is_taken_over_the_cases() -> None:
    scores = np.array([[0.0, 0.9, 0.9], [0.8, 0.8, 0.8]])[:, :, np.newaxis, np.newaxis] * np.ones(
        (1, 1, 1, 3)
    )
    by_mean, by_median = rule(), rule(statistic="median")
    assert by_mean.rank(by_mean.in_columns(scores)).ranks.tolist() == [2, 1]
    assert by_median.rank(by_median.in_columns(scores)).ranks.tolist() == [1, 2]


def test_the_best_of_ones_own_is_the_earlier_of_equal_ones() -> None:
    scores = np.array([0.5, 0.8, 0.8])[:, np.newaxis, np.newaxis]
    for method in ("aggregate_then_rank", "rank_then_aggregate", "test_based"):
        assert rule(method=method).best_of(scores) == 1


def test_the_best_of_ones_own_leaves_out_no_missing_case() -> None:
    asked = rule(metrics=["precision"])
    # found nothing in the second case: n/a there, and not better for it
    scores = asked.in_columns(np.array([[0.9, 0.9], [0.95, NAN]])[:, :, np.newaxis, np.newaxis])
    assert asked.best_of(scores) == 0


def test_a_rule_reads_as_it_was_written() -> None:
    for regions in ("mean", "each"):
        written = rule(metrics=["nsd_2mm", "hd95_pooled"], regions=regions, ties="average")
        assert read_rule(written.to_json()) == written


def test_what_has_no_better_end_cannot_rank() -> None:
    with pytest.raises(ValueError, match="volume_ml cannot rank"):
        rule(metrics=["volume_ml"])
    with pytest.raises(UnknownMetric):
        rule(metrics=["accuracy"])
