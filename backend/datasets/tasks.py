"""What the workers do for datasets."""

from uuid import UUID

from backend.common.jobs import cpu_task
from backend.datasets import import_services, inspection, storing


def give_up(import_id: UUID, reason_code: str, reason: str) -> None:
    import_services.give_up_import(import_id=import_id, reason_code=reason_code, reason=reason)


@cpu_task(limit_s=4 * 3600, give_up=give_up)
def inspect_import_task(import_id: UUID) -> None:
    inspection.inspect_import(import_id=import_id)


@cpu_task(limit_s=4 * 3600, give_up=give_up)
def store_import_task(import_id: UUID) -> None:
    storing.store_import(import_id=import_id)
