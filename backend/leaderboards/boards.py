"""The leaderboard as values: what it says of each entrant and rater, and in which order."""

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np

from backend.evaluations.metric_sets import lesion_rules_named
from backend.leaderboards.rules import RankingRule
from backend.numerics.ranks import Floats

# {metric: {region: ...}} as evaluations keep them
Means = Mapping[str, Mapping[str, float | None]]
Counts = Mapping[str, Mapping[str, int]]
Overall = Mapping[str, float | None]


@dataclass(frozen=True, slots=True)
class Entrant:
    """A participant's best submission, or a model that the organizers ran as a baseline, without its rank.

    Args:
        kind: submission or baseline.
        submission_id, evaluation_id, participant, submitted_at: as on the wire.
        means: mean over the cases where the metric is defined, None where it is in none.
        not_defined: cases where it is n/a.
        overall: mean over the regions.
        metric_set: what it was scored under.
        outdated: its scores are against an earlier reference; the new ones are being computed.
        older_metric_set: the phase asks for another metric set today.
        trained_on_cases: of the phase, which the model saw in its training on the platform.
    """

    kind: str
    submission_id: str
    evaluation_id: str
    participant: Mapping[str, Any]
    method_name: str
    submitted_at: str
    means: Means
    not_defined: Counts
    overall: Overall
    cases: int
    metric_set: str
    outdated: bool
    older_metric_set: bool
    trained_on_cases: int = 0


@dataclass(frozen=True, slots=True)
class Human:
    """A rater, leave-one-out against the fusion of the others.

    Args:
        would_rank: the rater's place beside the entrants.
        among: how many are compared, the rater too: entrants whose scores are against other judges than the
            rater's are not.
    """

    alias: str
    means: Means
    overall: Overall
    cases: int
    would_rank: float
    among: int


def can_rank(means: Means, metric_set: str, rule: RankingRule) -> bool:
    """Whether the scores have every metric that decides, by the rules that the others' are of; those of an
    older metric set may not."""
    if rule.is_lesionwise and lesion_rules_named(metric_set) != rule.lesion_rules:
        return False
    return all(metric in means for metric in rule.metrics)


def rank_entrants(entrants: Sequence[Entrant], scores: Floats, rule: RankingRule) -> list[dict[str, Any]]:
    """The rows of the board, best first; ties in the order of submission, who cannot be ranked last.

    Args:
        scores: (entrants, cases, columns).
    """
    ranked = [
        position
        for position, entrant in enumerate(entrants)
        if can_rank(entrant.means, entrant.metric_set, rule)
    ]
    places: dict[int, tuple[float, float]] = {}
    if ranked:
        ranking = rule.rank(scores[ranked])
        found = zip(ranking.ranks.tolist(), rule.values_of(ranking).tolist(), strict=True)
        places = dict(zip(ranked, found, strict=True))
    rows = []
    for position, entrant in enumerate(entrants):
        rank, value = places.get(position, (None, None))
        rows.append({"rank": rank, "value": value} | asdict(entrant))
    return sorted(rows, key=lambda row: (row["rank"] is None, row["rank"] or 0.0, row["submitted_at"]))


def place_human(own: Floats, entrants: Floats, rule: RankingRule) -> float:
    """The rank of a rater beside the entrants, whom they push down by nothing: each keeps the own rank.

    Args:
        own: (cases, columns), over the cases that the rater annotated.
        entrants: (entrants, cases, columns), against the same judges.
    """
    return float(rule.rank(np.concatenate([entrants, own[np.newaxis]])).ranks[-1])


def human_rows(humans: Sequence[Human], rule: RankingRule) -> list[dict[str, Any]]:
    """The raters' rows by place; raters of one place by the first metric that ranks, then by name."""
    first = rule.columns[0]
    sign = -1 if first.higher_is_better else 1

    def place(human: Human) -> tuple[float, float, str]:
        score = human.overall.get(first.metric)
        return human.would_rank, sign * (first.worst if score is None else score), human.alias

    ordered = sorted(humans, key=place)
    return [{"rater": {"alias": human.alias}} | _without_alias(human) for human in ordered]


def digest_of(board: Mapping[str, Any]) -> str:
    """Of everything the board says; equal boards have equal digests."""
    content = json.dumps(board, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return hashlib.sha256(content.encode()).hexdigest()


def _without_alias(human: Human) -> dict[str, Any]:
    row = asdict(human)
    del row["alias"]
    return row
