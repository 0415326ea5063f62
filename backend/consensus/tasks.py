"""What the workers do for consensus."""

from uuid import UUID

from backend.common.jobs import cpu_task, io_task
from backend.consensus import services


def give_up(case_id: UUID, reason_code: str, reason: str) -> None:
    services.give_up_fusion(case_id=case_id, reason_code=reason_code, reason=reason)


@cpu_task(limit_s=900, give_up=give_up)
def fuse_case_task(case_id: UUID) -> None:
    services.fuse_case(case_id=case_id)


@io_task(limit_s=600)
def fuse_dataset_task(dataset_id: UUID) -> None:
    services.fuse_dataset(dataset_id=dataset_id)


@cpu_task(limit_s=3600)
def adopt_references_task(version_id: UUID) -> None:
    services.adopt_references(version_id=version_id)
