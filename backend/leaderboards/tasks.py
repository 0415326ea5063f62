"""Jobs of the leaderboards."""

from uuid import UUID

from backend.common.jobs import cpu_task, io_task
from backend.leaderboards import services


@io_task(limit_s=300, priority=4)
def rank_phase_task(phase_id: UUID) -> None:
    services.rank_phase(phase_id=phase_id)


# Scores come first: while they arrive, one analysis after the other would be of a board already replaced.
@cpu_task(limit_s=3600, give_up=services.give_up_analysing)
def analyse_leaderboard_task(phase_id: UUID) -> None:
    services.analyse_leaderboard(phase_id=phase_id)
