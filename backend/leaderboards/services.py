"""Keeping what the board said: a snapshot for each change."""

from uuid import UUID

from django.db import transaction

from backend.events.bus import publish
from backend.events.types import LeaderboardChanged
from backend.leaderboards import boards, selectors
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
        board = selectors.compute_board(phase)
        if board["reference"] is None:
            return None
        digest = boards.digest_of(board)
        last = phase.snapshots.order_by("-number").first()
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
