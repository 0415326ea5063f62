"""Keeping what the board said: a snapshot for each change, and its analysis."""

from uuid import UUID

from django.db import transaction

from backend.events.bus import publish
from backend.events.types import LeaderboardAnalysed, LeaderboardChanged
from backend.leaderboards import boards, compute
from backend.leaderboards.models import Snapshot
from backend.phases.models import Phase


def rank_phase(*, phase_id: UUID) -> Snapshot | None:
    """Take a snapshot if the board says something else than the last one, and tell those who watch it.

    Returns:
        The latest snapshot; None while the phase has no reference.
    """
    with transaction.atomic():
        # One at a time per phase: snapshots are numbered, and each must have seen the one before.
        phase = Phase.objects.select_for_update(no_key=True).get(pk=phase_id)
        board = compute.compute_board(phase)
        if board["reference"] is None:
            return None
        digest = boards.digest_of(board)
        last = _latest(phase_id)
        if last is not None and last.digest == digest:
            return last
        snapshot = Snapshot.objects.create(
            phase=phase,
            reference_id=board["reference"]["id"],
            number=last.number + 1 if last else 1,
            digest=digest,
            board=board,
        )
        publish(LeaderboardChanged(phase_id=phase.pk))
    return snapshot


def analyse_leaderboard(*, phase_id: UUID) -> None:
    """Add the analysis to the phase's latest board, unless it has one."""
    snapshot = _latest(phase_id)
    if snapshot is not None and snapshot.analysis is None:
        _conclude(snapshot, analysis=compute.compute_analysis(snapshot), analysis_failure="")


def give_up_analysing(phase_id: UUID, reason_code: str, reason: str) -> None:
    """The board stands without its analysis; the next board gets its own."""
    snapshot = _latest(phase_id)
    if snapshot is not None and snapshot.analysis is None:
        _conclude(snapshot, analysis=None, analysis_failure=reason_code)


def _latest(phase_id: UUID) -> Snapshot | None:
    latest = Snapshot.objects.filter(phase=phase_id).select_related("reference")
    return latest.order_by("-number").first()


def _conclude(snapshot: Snapshot, *, analysis: dict[str, object] | None, analysis_failure: str) -> None:
    with transaction.atomic():
        snapshot.analysis, snapshot.analysis_failure = analysis, analysis_failure
        snapshot.save(update_fields=["analysis", "analysis_failure"])
        publish(LeaderboardAnalysed(phase_id=snapshot.phase_id))
