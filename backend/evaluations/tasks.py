"""Jobs of the evaluations."""

from uuid import UUID

from backend.common.jobs import cpu_task, io_task
from backend.evaluations import overlay_pictures, rater_scoring, scoring, services


@io_task(limit_s=1800, priority=2)
def evaluate_phase_task(phase_id: UUID) -> None:
    services.evaluate_phase(phase_id=phase_id)


@io_task(limit_s=300, priority=3, give_up=services.give_up_evaluating)
def evaluate_submission_task(submission_id: UUID) -> None:
    services.evaluate_submission(submission_id=submission_id)


@cpu_task(limit_s=600, priority=1, give_up=services.give_up_scoring)
def score_case_task(case_evaluation_id: UUID) -> None:
    scoring.score_cases(first_id=case_evaluation_id)  # this one, and others on the way


@io_task(limit_s=300, priority=3)
def owe_rater_scores_task(phase_id: UUID) -> None:
    rater_scoring.owe_rater_scores(phase_id=phase_id)


@cpu_task(limit_s=600, priority=0)
def score_raters_task(consensus_id: UUID) -> None:
    rater_scoring.score_raters(consensus_id=consensus_id)


@cpu_task(limit_s=120, priority=-1, give_up=overlay_pictures.give_up_drawing)
def draw_overlay_task(picture_id: UUID) -> None:
    overlay_pictures.draw_picture(picture_id=picture_id)
