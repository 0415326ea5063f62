"""What beat asks of the uploads."""

from celery import shared_task  # noqa: TID251 -- on a schedule, about no row

from backend.uploads import services


@shared_task(name="uploads.expire_uploads", ignore_result=True, time_limit=600)
def expire_uploads_task() -> None:
    services.expire_uploads()
