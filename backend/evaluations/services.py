"""Evaluations: which predictions are owed which scores, and when a submission's are complete.

Locks are taken in one order, submission before evaluation before case, so that jobs that run at once wait
for each other and never in a circle.
"""

from uuid import UUID

from django.db import transaction
from django.utils import timezone

from backend.evaluations import summary
from backend.evaluations.models import CaseEvaluation, Evaluation
from backend.events.bus import publish
from backend.events.types import CaseEvaluationRequested, EvaluationCompleted
from backend.phases import selectors as phases
from backend.phases.models import Phase, PhaseReference
from backend.submissions import transitions
from backend.submissions.models import Submission
from backend.submissions.selectors import RESCORING_FAILED

BATCH = 8  # cases that one job scores at most
TO_EVALUATE = (Submission.Status.ACCEPTED, Submission.Status.SCORING, Submission.Status.SCORED)


def evaluate_phase(*, phase_id: UUID) -> None:
    """Score every submission of the phase against its current reference, under its metric set of today."""
    submissions = Submission.objects.filter(phase=phase_id, status__in=TO_EVALUATE).order_by("created_at")
    for submission_id in submissions.values_list("pk", flat=True):
        evaluate_submission(submission_id=submission_id)


def evaluate_submission(*, submission_id: UUID) -> Evaluation | None:
    """Owe the submission its scores against the phase's current reference, under the metric set that the
    phase asks for today; asking again changes nothing.

    Cases whose consensus is the same as in an earlier reference keep their scores. What failed is tried
    again.

    Returns:
        The evaluation; None where the submission is not to be scored, or the phase has no reference yet.
    """
    with transaction.atomic():
        submission = transitions.lock(submission_id)
        reference = phases.current_reference(submission.phase)
        if submission.status not in TO_EVALUATE or reference is None:
            return None
        evaluation, _ = Evaluation.objects.get_or_create(
            submission=submission, reference=reference, metric_set=submission.phase.metric_set
        )
        if evaluation.status == Evaluation.Status.SCORED:
            _settle(evaluation, submission)
            return evaluation
        _owe_cases(evaluation, submission, reference)
        evaluation.status = Evaluation.Status.SCORING
        evaluation.reason_code = evaluation.reason = ""
        evaluation.save(update_fields=["status", "reason_code", "reason"])
        if submission.status == Submission.Status.ACCEPTED:
            transitions.move(submission, Submission.Status.SCORING)
        else:
            transitions.explain(submission, reason_code="", reason="")
        waiting = evaluation.case_evaluations.filter(status=CaseEvaluation.Status.WAITING)
        in_order = waiting.order_by("prediction__case__name").values_list("pk", flat=True)
        for case_evaluation_id in in_order[::BATCH]:  # a job also scores the cases that follow its own
            publish(CaseEvaluationRequested(case_evaluation_id=case_evaluation_id))
        _complete_if_scored(evaluation, submission)
    return evaluation


def complete_evaluations(*, case_evaluation_id: UUID) -> None:
    """Cases were scored, this one among them: complete the evaluations of its submission that miss none now,
    each exactly once."""
    waiting = Evaluation.objects.filter(
        submission__predictions__evaluations=case_evaluation_id, status=Evaluation.Status.SCORING
    )
    for evaluation in waiting.select_related("submission").order_by("created_at"):
        transitions.tell(evaluation.submission)
        # Most cases are not the last: only who finds none missing takes the locks. Of cases that end at
        # once, the one whose scores were committed last sees all of them.
        if not _misses_a_case(evaluation):
            _complete(evaluation)


def _complete(found: Evaluation) -> None:
    with transaction.atomic():
        submission = transitions.lock(found.submission_id)
        evaluation = Evaluation.objects.select_for_update(no_key=True).get(pk=found.pk)
        if evaluation.status == Evaluation.Status.SCORING:
            _complete_if_scored(evaluation, submission)


def give_up_scoring(case_evaluation_id: UUID, reason_code: str, reason: str) -> None:
    """The case could not be scored: its evaluations fail, and so does a submission that has no earlier
    scores."""
    with transaction.atomic():
        owed = Evaluation.objects.filter(
            case_evaluations=case_evaluation_id, status=Evaluation.Status.SCORING
        ).order_by("submission_id", "created_at")
        for evaluation_id, submission_id in list(owed.values_list("pk", "submission_id")):
            submission = transitions.lock(submission_id)
            evaluation = Evaluation.objects.select_for_update(no_key=True).get(pk=evaluation_id)
            if evaluation.status == Evaluation.Status.SCORING:
                _fail(evaluation, submission, reason_code, reason)
        CaseEvaluation.objects.filter(pk=case_evaluation_id, status=CaseEvaluation.Status.WAITING).update(
            status=CaseEvaluation.Status.FAILED, reason_code=reason_code, reason=reason
        )


def give_up_evaluating(submission_id: UUID, reason_code: str, reason: str) -> None:
    """The submission's cases could not even be asked for."""
    with transaction.atomic():
        submission = transitions.lock(submission_id)
        if submission.status in TO_EVALUATE:
            _fail_submission(submission, reason_code)


def _owe_cases(evaluation: Evaluation, submission: Submission, reference: PhaseReference) -> None:
    consensus_of = dict(reference.consensus_versions.values_list("case_id", "pk"))
    predictions = dict(submission.predictions.values_list("case_id", "pk"))
    CaseEvaluation.objects.bulk_create(
        (
            CaseEvaluation(
                prediction_id=predictions[case_id],
                consensus_id=consensus_id,
                metric_set=evaluation.metric_set,
            )
            for case_id, consensus_id in sorted(consensus_of.items())
        ),
        ignore_conflicts=True,
    )
    owed = CaseEvaluation.objects.filter(
        prediction__in=predictions.values(),
        consensus__in=consensus_of.values(),
        metric_set=evaluation.metric_set,
    )
    evaluation.case_evaluations.set(owed)
    owed.filter(status=CaseEvaluation.Status.FAILED).update(
        status=CaseEvaluation.Status.WAITING, reason_code="", reason=""
    )


def _complete_if_scored(evaluation: Evaluation, submission: Submission) -> None:
    """Complete it if no case is missing. The caller holds the locks of both rows."""
    if _misses_a_case(evaluation):
        return
    result = summary.summarize(evaluation)
    evaluation.means = result.means
    evaluation.not_defined = result.not_defined
    evaluation.overall = result.overall
    evaluation.case_count = result.cases
    evaluation.status = Evaluation.Status.SCORED
    evaluation.scored_at = timezone.now()
    evaluation.save()
    if submission.status == Submission.Status.SCORING:
        transitions.move(submission, Submission.Status.SCORED)
    publish(
        EvaluationCompleted(
            evaluation_id=evaluation.pk, submission_id=submission.pk, phase_id=submission.phase_id
        )
    )


def _settle(evaluation: Evaluation, submission: Submission) -> None:
    """What is owed is there already, as where a metric set was changed back: nothing failed, or waits."""
    if submission.status == Submission.Status.ACCEPTED:
        transitions.move(submission, Submission.Status.SCORING)
    if submission.status == Submission.Status.SCORING:
        transitions.move(submission, Submission.Status.SCORED)
        publish(
            EvaluationCompleted(
                evaluation_id=evaluation.pk, submission_id=submission.pk, phase_id=submission.phase_id
            )
        )
    elif submission.reason_code == RESCORING_FAILED:
        transitions.explain(submission, reason_code="", reason="")


def _misses_a_case(evaluation: Evaluation) -> bool:
    return evaluation.case_evaluations.exclude(status=CaseEvaluation.Status.SCORED).exists()


def _fail(evaluation: Evaluation, submission: Submission, reason_code: str, reason: str) -> None:
    evaluation.status = Evaluation.Status.FAILED
    evaluation.reason_code = reason_code
    evaluation.reason = reason
    evaluation.save(update_fields=["status", "reason_code", "reason"])
    if evaluation.reference_id == _current_reference_id(submission.phase) and not _is_replaced(evaluation):
        _fail_submission(submission, reason_code)


def _is_replaced(evaluation: Evaluation) -> bool:
    """Whether the submission has, or is to get, scores under a metric set that the phase asks for now."""
    others = evaluation.submission.evaluations.exclude(pk=evaluation.pk)
    return (
        others.filter(reference=evaluation.reference_id, metric_set=evaluation.submission.phase.metric_set)
        .exclude(status=Evaluation.Status.FAILED)
        .exists()
    )


def _fail_submission(submission: Submission, reason_code: str) -> None:
    # What broke stays with the evaluation, for the operator: it might tell of the reference.
    if submission.status == Submission.Status.SCORED:
        transitions.explain(
            submission,
            reason_code=RESCORING_FAILED,
            reason="Scoring anew was stopped by a fault of ours; the earlier scores stand. "
            "The organizers can start it again.",
        )
    elif submission.status in TO_EVALUATE:
        transitions.move(
            submission,
            Submission.Status.FAILED,
            reason_code=reason_code,
            reason="Scoring was stopped by a fault of ours, and no attempt was used. "
            "The organizers can start it again.",
        )


def _current_reference_id(phase: Phase) -> UUID | None:
    reference = phases.current_reference(phase)
    return reference.pk if reference else None
