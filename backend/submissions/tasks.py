"""Jobs of the submissions."""

from uuid import UUID

from backend.common.jobs import cpu_task, io_task
from backend.submissions import running, validation


@cpu_task(limit_s=1800, priority=3, give_up=validation.give_up_validating)
def validate_submission_task(submission_id: UUID) -> None:
    validation.validate_submission(submission_id=submission_id)


@io_task(limit_s=300, priority=3)
def follow_run_task(run_id: UUID) -> None:
    running.follow_run(run_id=run_id)
