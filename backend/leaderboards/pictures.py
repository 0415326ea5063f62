"""What the pictures of a phase show, as far as a person may see its board."""

import math
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from typing import Any
from uuid import UUID

import numpy as np

from backend.challenges.permissions import Person
from backend.common.errors import Invalid
from backend.evaluations.rater_names import name_of, rater_names
from backend.leaderboards import scores, selectors
from backend.leaderboards.models import AnalysisState, Snapshot
from backend.numerics.catalogue import metric_of
from backend.phases import selectors as phases
from backend.pictures.charts import (
    RankedEntrant,
    RegionKey,
    ScoredEntrant,
    ScoresChart,
    SignificanceChart,
    StabilityChart,
    Values,
)

_PENDING = {
    AnalysisState.COMPUTING: "The analysis is being computed: look again in a moment.",
    AnalysisState.FAILED: "The analysis of this board failed; the next change of the board starts it again.",
}
_FEW = "It takes two ranked entrants to compare."


def scores_chart(*, phase_id: UUID, viewer: Person, metric: str = "") -> ScoresChart:
    """The scores, case by case, of every row of the board that this person sees.

    Args:
        metric: of the board; empty for its first.

    Raises:
        NotFound, NotAllowed: as the board.
        Invalid: the board has no such metric.
    """
    board = selectors.board_for(phase_id=phase_id, viewer=viewer)
    name = metric or board["metric"]
    known = board["metrics"] or [board["metric"]]
    if name not in known:
        raise Invalid(f"The board has no metric {name!r}; choose one of {', '.join(known)}.")
    regions = tuple(RegionKey(region["key"], region["name"]) for region in board["regions"])
    shown, snapshot = metric_of(name), board["snapshot"]
    entrants: list[ScoredEntrant] = []
    if snapshot is not None:
        axes = scores.Axes((name,), [region.key for region in regions])
        # Boards of earlier code do not say by which evaluation; they are ranked again after the upgrade.
        rows = [row for row in board["rows"] if name in row["means"] and "evaluation_id" in row]
        entrants += _methods(rows, snapshot, axes)
        if board["human_rows"]:
            entrants += _raters(snapshot, axes)
    return ScoresChart(
        title=f"{board['phase']['title']}: {shown.title}",
        metric=shown.title,
        unit=shown.unit,
        higher_is_better=shown.higher_is_better,
        regions=regions,
        entrants=tuple(entrants),
    )


def stability_chart(*, phase_id: UUID, viewer: Person) -> StabilityChart:
    """Raises NotFound, NotAllowed: as the ranking's analysis."""
    found = selectors.ranking_for(phase_id=phase_id, viewer=viewer)
    bootstrap = found["bootstrap"]
    entrants = found["entrants"] if bootstrap else []
    return StabilityChart(
        title=f"{_title(phase_id, viewer)}: how stable the ranking is",
        entrants=tuple(
            RankedEntrant(
                name=name,
                rank=row["rank"],
                frequencies=tuple(row["frequencies"]),
                median_rank=row["median_rank"],
                rank_interval=tuple(row["rank_interval"]),
                letters=tuple(row["letters"]),
            )
            for name, row in zip(_names(entrants), entrants, strict=True)
        ),
        resamples=bootstrap["resamples"] if bootstrap else 0,
        level=bootstrap["level"] if bootstrap else 0.0,
        empty=_PENDING.get(found["state"], _FEW),
    )


def significance_chart(*, phase_id: UUID, viewer: Person) -> SignificanceChart:
    """Raises NotFound, NotAllowed: as the ranking's analysis."""
    found = selectors.ranking_for(phase_id=phase_id, viewer=viewer)
    permutation = found["permutation"]
    test = ""
    if permutation:
        how = "all" if permutation["exact"] else f"{permutation['permutations']:,}"
        test = f"p of a paired permutation test ({how} sign flips), two-sided, adjusted by Holm"
    return SignificanceChart(
        title=f"{_title(phase_id, viewer)}: who can be told apart",
        names=tuple(_names(found["entrants"])) if permutation else (),
        p_values=tuple(tuple(row) for row in found["p_values"]),
        alpha=permutation["alpha"] if permutation else 0.0,
        test=test,
        empty=_PENDING.get(found["state"], _FEW),
    )


def _title(phase_id: UUID, viewer: Person) -> str:
    return phases.get_phase(phase_id=phase_id, viewer=viewer).title


def _names(rows: Sequence[Mapping[str, Any]]) -> list[str]:
    """Methods by name, and by participant where two are called the same."""
    often = Counter(row["method_name"] for row in rows)
    return [
        row["method_name"]
        if often[row["method_name"]] == 1
        else f"{row['participant']['username']}: {row['method_name']}"
        for row in rows
    ]


def _methods(
    rows: Sequence[Mapping[str, Any]], snapshot: Snapshot, axes: scores.Axes
) -> Iterator[ScoredEntrant]:
    evaluations = [UUID(row["evaluation_id"]) for row in rows]
    table = scores.against_consensus(evaluations, scores.ordered_cases(snapshot.reference), axes)
    for name, of_entrant in zip(_names(rows), table, strict=True):
        by_region = np.moveaxis(of_entrant[:, 0], 1, 0)
        yield ScoredEntrant(name, tuple(_values(of_region.tolist()) for of_region in by_region))


def _raters(snapshot: Snapshot, axes: scores.Axes) -> Iterator[ScoredEntrant]:
    """Each against the fusion of the others, over the cases that the rater annotated."""
    phase = snapshot.phase
    tables = scores.rater_tables(snapshot.reference, metric_set=phase.metric_set)
    names = rater_names(phase.dataset_version.dataset)
    for table in tables:
        by_case = np.stack([axes.pick(values)[0] for values in table.values.values()])
        yield ScoredEntrant(
            name_of(table.rater_id, names),
            tuple(_values(of_region.tolist()) for of_region in by_case.T),
            is_human=True,
        )


def _values(found: Sequence[float]) -> Values:
    return tuple(None if math.isnan(value) else value for value in found)
