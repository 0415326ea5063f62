"""Jobs of the evaluations."""

from uuid import UUID

from backend.common.jobs import cpu_task, io_task
from backend.evaluations import scoring, services


@io_task(limit_s=1800, priority=2)
def evaluate_phase_task(phase_id: UUID) -> None:
    services.evaluate_phase(phase_id=phase_id)


@io_task(limit_s=300, priority=3, give_up=services.give_up_evaluating)
def evaluate_submission_task(submission_id: UUID) -> None:
    services.evaluate_submission(submission_id=submission_id)


@cpu_task(limit_s=600, priority=1, give_up=services.give_up_scoring)
def score_case_task(case_evaluation_id: UUID) -> None:
    scoring.score_case(case_evaluation_id=case_evaluation_id)
