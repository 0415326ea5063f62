"""Reading leaderboards: snapshots of them and their analysis, as far as the phase allows."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from django.db.models import QuerySet

from backend.challenges.permissions import Person
from backend.common.errors import NotAllowed, NotFound
from backend.leaderboards.compute import empty_board
from backend.leaderboards.models import AnalysisState, Snapshot
from backend.phases import selectors as phases
from backend.phases.models import Phase
from backend.phases.permissions import ScoreAccess, score_access

_NO_ANALYSIS: dict[str, Any] = {
    "entrants": [],
    "p_values": [],
    "significant": [],
    "bootstrap": None,
    "permutation": None,
}


def board_for(*, phase_id: UUID, viewer: Person) -> dict[str, Any]:
    """The board as it was ranked last, as far as this person may see it.

    Raises:
        NotFound: the phase is not to be seen.
        NotAllowed: its scores are hidden.
    """
    phase = phases.get_phase(phase_id=phase_id, viewer=viewer)
    access = _require_scores(phase, viewer)
    latest = phase.snapshots.defer("analysis").order_by("-number").first()
    return show(latest.board if latest else empty_board(phase), access, viewer) | {"snapshot": latest}


def snapshots_for(*, phase_id: UUID, viewer: Person) -> QuerySet[Snapshot]:
    phase = phases.get_phase(phase_id=phase_id, viewer=viewer)
    _require_scores(phase, viewer)
    return phase.snapshots.select_related("reference").defer("board", "analysis").order_by("-number")


def snapshot_for(*, snapshot_id: UUID, viewer: Person) -> dict[str, Any]:
    """A board as it once was; who may see it is asked of the phase as it is today."""
    snapshot = (
        Snapshot.objects.select_related("phase__challenge", "reference")
        .defer("analysis")
        .filter(pk=snapshot_id, phase__in=phases.visible_to(viewer).values("pk"))
        .first()
    )
    if snapshot is None:
        raise NotFound("There is no such snapshot, or it is not yours to see.")
    access = _require_scores(snapshot.phase, viewer)
    return show(snapshot.board, access, viewer) | {"snapshot": snapshot}


def ranking_for(*, phase_id: UUID, viewer: Person) -> dict[str, Any]:
    """How stable the order is, of the newest board that was analysed, for those who see all scores.

    Raises:
        NotFound: the phase is not to be seen.
        NotAllowed: the person does not see everyone's scores.
    """
    phase = phases.get_phase(phase_id=phase_id, viewer=viewer)
    if _require_scores(phase, viewer) is not ScoreAccess.ALL:
        raise NotAllowed(
            f"In {phase.title} you see your own scores only, and a ranking tells of the others'.",
            code="scores_hidden",
        )
    latest = phase.snapshots.order_by("-number").first()
    analysed = phase.snapshots.filter(analysis__isnull=False).order_by("-number").first()
    told = analysed or latest
    board = told.board if told else empty_board(phase)
    return {
        "state": latest.analysis_state if latest else AnalysisState.EMPTY,
        "snapshot": analysed,
        "is_current": analysed == latest,
        "ranking": board["ranking"],
    } | (analysed.analysis if analysed and analysed.analysis else _NO_ANALYSIS)


def show(board: Mapping[str, Any], access: ScoreAccess, viewer: Person) -> dict[str, Any]:
    """The board as this person may see it, with their own rows marked.

    Who sees only their own scores sees neither the raters nor a rank, as a rank tells of the others' scores;
    nor the value that ranks follow, unless it is a score of their own.
    """
    rows = [row | {"is_mine": row["participant"]["id"] == viewer.pk} for row in board["rows"]]
    if access is ScoreAccess.ALL:
        return {**board, "access": access, "rows": rows}
    hidden = {"rank": None} | ({} if board["ranking"]["value_kind"] == "score" else {"value": None})
    own = [row | hidden for row in rows if row["is_mine"]]
    return {**board, "access": access, "rows": own, "human_rows": []}


def _require_scores(phase: Phase, viewer: Person) -> ScoreAccess:
    access = score_access(viewer, phase)
    if access is ScoreAccess.NONE:
        raise NotAllowed(f"The scores of {phase.title} are hidden.", code="scores_hidden")
    return access
