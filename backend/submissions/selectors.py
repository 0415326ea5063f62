"""Reading submissions: participants see their own, organizers all of their challenges."""

from dataclasses import dataclass
from uuid import UUID

from django.db.models import Count, Q, QuerySet

from backend.challenges.models import Role
from backend.challenges.permissions import Permission, Person, permissions_of
from backend.common.errors import NotFound
from backend.phases import selectors as phases
from backend.phases.models import Phase
from backend.phases.permissions import ScoreAccess, score_access
from backend.submissions.models import Prediction, Submission

RESCORING_FAILED = "rescoring_failed"


@dataclass(frozen=True, slots=True)
class Progress:
    """How far the step is that a submission is in."""

    done: int
    total: int


def visible_to(person: Person) -> QuerySet[Submission]:
    """With what `scoring_progress` reads."""
    if not person.is_authenticated:
        return Submission.objects.none()
    submissions = Submission.objects.select_related(
        "phase__challenge", "participant", "run__version__algorithm"
    ).annotate(
        cases_total=Count(
            "evaluations__case_evaluations",
            filter=Q(evaluations__status="scoring"),
        ),
        cases_done=Count(
            "evaluations__case_evaluations",
            filter=Q(evaluations__status="scoring", evaluations__case_evaluations__status="scored"),
        ),
    )
    if person.is_superuser:
        return submissions
    organized = Phase.objects.filter(
        challenge__memberships__user=person, challenge__memberships__role=Role.ORGANIZER
    )
    return submissions.filter(Q(participant=person) | Q(phase__in=organized.order_by().values("pk")))


def scoring_progress(submission: Submission) -> Progress:
    """Cases scored and asked for by the evaluations under way, of a submission that `visible_to` found."""
    return Progress(done=submission.cases_done, total=submission.cases_total)  # type: ignore[attr-defined]


def progress(submission: Submission) -> Progress:
    """Cases computed while a model runs, files checked while the archive is, then cases scored; all of them
    once it is scored."""
    if submission.status == Submission.Status.COMPUTING and submission.run is not None:
        return Progress(done=submission.run.done, total=submission.run.total)
    if submission.status in Submission.IN_CHECK:
        return Progress(done=submission.checked_files, total=submission.total_files)
    scoring = scoring_progress(submission)
    if scoring.total == 0 and submission.status == Submission.Status.SCORED:
        cases = max((evaluation.case_count for evaluation in submission.evaluations.all()), default=0)
        return Progress(done=cases, total=cases)
    return scoring


def get_submission(*, submission_id: UUID, viewer: Person) -> Submission:
    """Raises NotFound where there is none, or it is not to be seen."""
    submission = visible_to(viewer).filter(pk=submission_id).first()
    if submission is None:
        raise NotFound("There is no such submission, or it is not yours to see.")
    return submission


def submissions_of(*, phase: Phase, viewer: Person) -> QuerySet[Submission]:
    return visible_to(viewer).filter(phase=phase).order_by("-created_at")


def submissions_by(person: Person) -> QuerySet[Submission]:
    """Everything this person submitted, anywhere."""
    return visible_to(person).filter(participant_id=person.pk).order_by("-created_at")


def get_prediction(*, submission_id: UUID, case_id: UUID, viewer: Person) -> Prediction:
    """Raises NotFound also where the case's image is hidden from the author, whose model saw it: what a model
    puts out could be the image."""
    submission = get_submission(submission_id=submission_id, viewer=viewer)
    computed_from_hidden = submission.run_id is not None and not submission.phase.images_shared
    if computed_from_hidden and not Viewpoint(viewer).manages(submission):
        raise NotFound("What a model predicts of cases whose images are hidden is not shown.")
    prediction = submission.predictions.select_related("case").filter(case_id=case_id).first()
    if prediction is None:
        raise NotFound("The submission has no prediction of this case.")
    return prediction


class Viewpoint:
    """What one person sees of submissions, and may do with them. Asks each phase once, however many there
    are."""

    def __init__(self, viewer: Person) -> None:
        self._viewer = viewer
        self._access: dict[UUID, ScoreAccess] = {}
        self._managed: dict[UUID, bool] = {}
        self._waiting: dict[UUID, str] = {}

    def shows_scores(self, submission: Submission) -> bool:
        """Whether this person, who sees the submission, also sees its scores, and when it got them."""
        phase = submission.phase
        if phase.pk not in self._access:
            self._access[phase.pk] = score_access(self._viewer, phase)
        if self._access[phase.pk] is ScoreAccess.NONE:
            return False
        return self._is_author(submission) or self.manages(submission)

    def manages(self, submission: Submission) -> bool:
        challenge = submission.phase.challenge
        if challenge.pk not in self._managed:
            granted = permissions_of(self._viewer, challenge)
            self._managed[challenge.pk] = Permission.SUBMISSION_VIEW_ALL in granted
        return self._managed[challenge.pk]

    def may_withdraw(self, submission: Submission) -> bool:
        return self._is_author(submission) and is_withdrawable(submission)

    def may_retry(self, submission: Submission) -> bool:
        return is_retryable(submission) and self.manages(submission)

    def reason(self, submission: Submission) -> str:
        """Why the submission is in its state; of one that waits for the consensus, how long that may be."""
        if submission.reason or submission.status != Submission.Status.ACCEPTED:
            return submission.reason
        phase = submission.phase
        if phase.pk not in self._waiting:
            self._waiting[phase.pk] = waiting_reason(phase)
        return self._waiting[phase.pk]

    def _is_author(self, submission: Submission) -> bool:
        return submission.participant_id == self._viewer.pk


def is_withdrawable(submission: Submission) -> bool:
    return submission.status in {
        Submission.Status.ACCEPTED,
        Submission.Status.SCORING,
        Submission.Status.SCORED,
    }


def is_retryable(submission: Submission) -> bool:
    """Whether a fault of ours stopped it, or stopped its rescoring."""
    return submission.status == Submission.Status.FAILED or submission.reason_code == RESCORING_FAILED


def waiting_reason(phase: Phase) -> str:
    """Why accepted submissions of the phase are not being scored yet; empty where nothing is in their way."""
    state = phases.reference_state(phase)
    if state.number is not None:
        return ""
    missing = state.cases - state.with_reference
    return f"Waiting for the consensus of {missing} of {state.cases} cases; scoring starts by itself then."
