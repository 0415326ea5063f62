"""Jobs of the leaderboards."""

from uuid import UUID

from backend.common.jobs import io_task
from backend.leaderboards import services


@io_task(limit_s=300, priority=4)
def rank_phase_task(phase_id: UUID) -> None:
    services.rank_phase(phase_id=phase_id)
