"""How a board is ranked: which columns metrics and regions make, and the order of the entrants by them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any, Literal

import numpy as np

from backend.numerics.catalogue import metric_of
from backend.numerics.ranking import Method, Ranking, RankingScheme, Statistic, fill_missing, rank_scores
from backend.numerics.ranks import Floats, Ties

Regions = Literal["mean", "each"]
ValueKind = Literal["score", "mean_rank", "share_beaten"]


@dataclass(frozen=True, slots=True)
class Column:
    """What entrants are compared by: a metric in one region, or its mean over the regions (None)."""

    metric: str
    region: str | None
    higher_is_better: bool
    worst: float


@dataclass(frozen=True, slots=True)
class RankingRule:
    """All that decides the order of a board; the board states it.

    Args:
        method, statistic, ties: as `numerics.ranking`.
        metrics: names; each has a direction.
        regions: `mean`: one column per metric, its mean over the regions; `each`: one per metric and region.
        columns: those that follow.
        lesion_rules: slug of those that lesion-wise metrics are by; others give other values.
    """

    method: Method
    statistic: Statistic
    ties: Ties
    metrics: tuple[str, ...]
    regions: Regions
    columns: tuple[Column, ...]
    lesion_rules: str = ""

    @property
    def value_kind(self) -> ValueKind:
        """What the rank orders: the aggregated score, or the share of opponents beaten, of a single column;
        else a mean of ranks."""
        if len(self.columns) > 1 or self.method == "rank_then_aggregate":
            return "mean_rank"
        return "share_beaten" if self.method == "test_based" else "score"

    @property
    def is_lesionwise(self) -> bool:
        """Whether what decides depends on the lesion rules."""
        return any(name.startswith("lesion") for name in self.metrics)

    @property
    def scheme(self) -> RankingScheme:
        return RankingScheme(method=self.method, statistic=self.statistic, ties=self.ties)

    @property
    def higher_is_better(self) -> list[bool]:
        return [column.higher_is_better for column in self.columns]

    @property
    def worst(self) -> list[float]:
        return [column.worst for column in self.columns]

    def in_columns(self, scores: Floats) -> Floats:
        """(..., columns) of scores (..., metrics, regions), nan where missing: those count as the worst."""
        by_region = np.swapaxes(scores, -1, -2)
        filled = np.swapaxes(fill_missing(by_region, [metric_worst(name) for name in self.metrics]), -1, -2)
        if self.regions == "mean":
            means: Floats = filled.mean(axis=-1)
            return means
        return filled.reshape(*scores.shape[:-2], scores.shape[-2] * scores.shape[-1])

    def rank(self, scores: Floats) -> Ranking:
        """Rank entrants by scores (entrants, cases, columns)."""
        return rank_scores(scores, self.scheme, higher_is_better=self.higher_is_better, worst=self.worst)

    def values_of(self, ranking: Ranking) -> Floats:
        """(entrants,): what the rank orders, see `value_kind`."""
        return ranking.overall if len(self.columns) > 1 else ranking.values[:, 0]

    def best_of(self, scores: Floats) -> int:
        """Which of one person's entries stands for them: the first by aggregated scores, of equal ones the
        earlier. The other methods would let opponents decide.

        Args:
            scores: (entries, cases, columns), in the order of entry.
        """
        scheme = RankingScheme(method="aggregate_then_rank", statistic=self.statistic, ties="min")
        ranking = rank_scores(scores, scheme, higher_is_better=self.higher_is_better, worst=self.worst)
        return int(np.argmin(ranking.ranks))

    def to_json(self) -> dict[str, Any]:
        return asdict(self) | {
            "metrics": list(self.metrics),
            "columns": [asdict(column) for column in self.columns],
            "value_kind": self.value_kind,
        }


def make_rule(
    *,
    method: Method,
    statistic: Statistic,
    ties: Ties,
    metrics: Sequence[str],
    regions: Regions,
    region_keys: Sequence[str],
    lesion_rules: str = "",
) -> RankingRule:
    """The rule with its columns: by metric, then by region in the scheme's order.

    Raises:
        UnknownMetric: a name is none of the catalogue's.
        ValueError: a metric has no better end.
    """
    over: Sequence[str | None] = [None] if regions == "mean" else region_keys
    columns = tuple(
        Column(name, region, metric_direction(name), metric_worst(name))
        for name in metrics
        for region in over
    )
    return RankingRule(method, statistic, ties, tuple(metrics), regions, columns, lesion_rules)


def read_rule(given: Mapping[str, Any]) -> RankingRule:
    """What `RankingRule.to_json` wrote."""
    return RankingRule(
        method=given["method"],
        statistic=given["statistic"],
        ties=given["ties"],
        metrics=tuple(given["metrics"]),
        regions=given["regions"],
        columns=tuple(Column(**column) for column in given["columns"]),
        lesion_rules=given.get("lesion_rules", ""),  # boards of earlier code do not say
    )


def metric_direction(name: str) -> bool:
    direction = metric_of(name).higher_is_better
    if direction is None:
        raise ValueError(f"{name} cannot rank: neither end of it is better")
    return direction


def metric_worst(name: str) -> float:
    worst = metric_of(name).worst
    if worst is None:
        raise ValueError(f"{name} cannot rank: neither end of it is better")
    return worst
