"""What the workers do for annotations."""

from uuid import UUID

from backend.annotations import importing, rereading
from backend.common.jobs import cpu_task


@cpu_task(limit_s=3600)
def enter_imported_labelmaps_task(version_id: UUID) -> None:
    importing.enter_imported_labelmaps(version_id=version_id)


@cpu_task(limit_s=600)
def compare_readings_task(annotation_id: UUID) -> None:
    rereading.compare_readings(annotation_id=annotation_id)
