"""The states of a submission and the steps between them. The caller holds the row's lock, and saves nothing
itself."""

from uuid import UUID

from django.utils import timezone

from backend.common.errors import NotFound
from backend.events.bus import publish
from backend.events.types import SubmissionChanged
from backend.submissions.errors import IllegalTransition
from backend.submissions.models import Submission

Status = Submission.Status

NEXT: dict[str, frozenset[str]] = {
    Status.COMPUTING: frozenset({Status.REJECTED, Status.ACCEPTED, Status.FAILED}),
    Status.RECEIVED: frozenset({Status.VALIDATING, Status.FAILED}),
    Status.VALIDATING: frozenset({Status.REJECTED, Status.ACCEPTED, Status.FAILED}),
    Status.REJECTED: frozenset(),
    Status.ACCEPTED: frozenset({Status.SCORING, Status.FAILED, Status.WITHDRAWN}),
    Status.SCORING: frozenset({Status.SCORED, Status.FAILED, Status.WITHDRAWN}),
    Status.SCORED: frozenset({Status.WITHDRAWN}),
    Status.FAILED: frozenset({Status.COMPUTING, Status.RECEIVED, Status.ACCEPTED}),
    Status.WITHDRAWN: frozenset(),
}


def lock(submission_id: UUID) -> Submission:
    """The submission under a lock until the transaction ends.

    Raises:
        NotFound: there is none.
    """
    rows = Submission.objects.select_for_update(no_key=True, of=("self",)).select_related("phase__challenge")
    submission = rows.filter(pk=submission_id).first()
    if submission is None:
        raise NotFound("There is no such submission, or it is not yours to see.")
    return submission


def move(
    submission: Submission, status: Submission.Status, *, reason_code: str = "", reason: str = ""
) -> None:
    """Take the step, with its reason, and tell it.

    Raises:
        IllegalTransition: no such step leads from the submission's state.
    """
    if status not in NEXT[submission.status]:
        raise IllegalTransition(
            f"The submission is {submission.status} and cannot become {status}.",
            details={"from": submission.status, "to": str(status)},
        )
    submission.status = status
    submission.status_changed_at = timezone.now()
    explain(submission, reason_code=reason_code, reason=reason)


def explain(submission: Submission, *, reason_code: str, reason: str) -> None:
    """Give the submission's state another reason, and tell it."""
    submission.reason_code = reason_code
    submission.reason = reason
    submission.save()
    tell(submission)


def tell(submission: Submission) -> None:
    """Its progress changed: whoever watches it refetches."""
    publish(SubmissionChanged(submission_id=submission.pk, phase_id=submission.phase_id))
