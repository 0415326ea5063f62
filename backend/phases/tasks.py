"""Jobs of the phases."""

from uuid import UUID

from backend.common.jobs import io_task
from backend.phases import services


@io_task(limit_s=300, priority=5)
def refresh_case_references_task(case_id: UUID) -> None:
    services.refresh_case_references(case_id=case_id)


@io_task(limit_s=300, priority=5)
def refresh_phase_reference_task(phase_id: UUID) -> None:
    services.refresh_phase_reference(phase_id=phase_id)
