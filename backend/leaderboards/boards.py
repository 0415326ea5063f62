"""The leaderboard as values: what it says of each entrant, and how entrants are ordered."""

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from backend.numerics.ranking import rank
from backend.numerics.ranks import Ties


@dataclass(frozen=True, slots=True)
class Entrant:
    """A participant's best submission, before it has a rank.

    Args:
        submission_id, participant, submitted_at: as on the wire.
        means: {region: mean Dice}, None where no case defines it.
        not_defined: {region: cases whose Dice is n/a}.
        overall: mean over the regions, None where no region is defined.
        outdated: its scores are against an earlier reference; the new ones are being computed.
    """

    submission_id: str
    participant: Mapping[str, Any]
    method_name: str
    submitted_at: str
    means: Mapping[str, float | None]
    not_defined: Mapping[str, int]
    overall: float | None
    cases: int
    outdated: bool


@dataclass(frozen=True, slots=True)
class Human:
    """A rater, leave-one-out against the fusion of the others."""

    alias: str
    means: Mapping[str, float | None]
    overall: float | None
    cases: int


def rank_entrants(entrants: Sequence[Entrant], *, ties: Ties) -> list[dict[str, Any]]:
    """The rows of the board, best first; ties in the order of submission."""
    ranks = _ranks([entrant.overall for entrant in entrants], ties)
    rows = [{"rank": place} | asdict(entrant) for place, entrant in zip(ranks, entrants, strict=True)]
    return sorted(rows, key=lambda row: (row["rank"], row["submitted_at"]))


def place_humans(humans: Sequence[Human], entrants: Sequence[Entrant], *, ties: Ties) -> list[dict[str, Any]]:
    """The raters' rows, best first. Each is placed alone among the entrants and takes no one's rank."""
    overalls = [entrant.overall for entrant in entrants]
    rows = [
        {
            "rater": {"alias": human.alias},
            "means": human.means,
            "overall": human.overall,
            "cases": human.cases,
            "would_rank": _ranks([*overalls, human.overall], ties)[-1],
        }
        for human in humans
    ]
    return sorted(rows, key=lambda row: (row["would_rank"], -(row["overall"] or 0.0), row["rater"]["alias"]))


def digest_of(board: Mapping[str, Any]) -> str:
    """Of everything the board says; equal boards have equal digests."""
    content = json.dumps(board, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return hashlib.sha256(content.encode()).hexdigest()


def _ranks(overalls: Sequence[float | None], ties: Ties) -> list[float]:
    if not overalls:
        return []
    values = [float("nan") if overall is None else overall for overall in overalls]
    return [float(place) for place in rank(values, ties=ties)]
