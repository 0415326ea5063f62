"""What the workers do for annotations."""

from uuid import UUID

from backend.annotations import importing
from backend.common.jobs import cpu_task


@cpu_task(limit_s=3600)
def enter_imported_labelmaps_task(version_id: UUID) -> None:
    importing.enter_imported_labelmaps(version_id=version_id)
