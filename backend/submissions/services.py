"""Writing submissions: hand in, withdraw, try again. What checks the archive is `validation`."""

from uuid import UUID

from django.db import transaction

from backend.accounts.models import User
from backend.algorithms.runs import retry_run
from backend.challenges import selectors as challenges
from backend.challenges.models import Membership
from backend.challenges.permissions import Permission, require
from backend.common.errors import Invalid, NotAllowed
from backend.events.bus import publish
from backend.events.types import SubmissionAccepted, SubmissionReceived, SubmissionWithdrawn
from backend.phases import selectors as phases
from backend.phases.models import Phase
from backend.submissions import selectors, transitions
from backend.submissions.errors import (
    AnnotatedTheReference,
    AttemptsUsedUp,
    NotRetryable,
    NotWithdrawable,
    PhaseClosed,
)
from backend.submissions.models import Submission
from backend.uploads.models import Upload
from backend.uploads.services import take_upload

Status = Submission.Status


def create_submission(
    *, participant: User, phase_id: UUID, upload_id: UUID, method_name: str, method_description: str = ""
) -> Submission:
    """Hand in an uploaded archive. It holds an attempt from now on, and gives it back if preflight refuses
    it.

    Raises:
        PhaseClosed, AttemptsUsedUp, AnnotatedTheReference, NotAllowed, NotFound; and what `take_upload`
        raises.
    """
    phase = phases.get_phase(phase_id=phase_id, viewer=participant)
    require_entry(phase, participant)
    if not method_name.strip():
        raise Invalid("Give the method a name: it stands on the leaderboard.", code="method_name_missing")
    with transaction.atomic():
        hold_attempt(phase, participant)
        upload = take_upload(upload_id=upload_id, owner=participant, purpose=Upload.Purpose.SUBMISSION)
        submission = Submission.objects.create(
            phase=phase,
            participant=participant,
            method_name=method_name.strip(),
            method_description=method_description,
            upload=upload,
            archive_name=upload.filename,
        )
        publish(SubmissionReceived(submission_id=submission.pk, phase_id=phase.pk))
    return submission


def withdraw_submission(*, submission_id: UUID, actor: User) -> Submission:
    """Take one's own submission off the board for good. Its attempt stays used.

    Raises:
        NotAllowed: an organizer, who sees it, is not its author.
        NotWithdrawable: it is still being checked, or was refused, stopped or withdrawn before.
    """
    with transaction.atomic():
        submission = _visible_and_locked(submission_id, actor)
        if submission.participant_id != actor.pk:
            raise NotAllowed("Only its author can withdraw a submission.")
        if not selectors.is_withdrawable(submission):
            raise NotWithdrawable(
                f"The submission is {submission.status}: only one that was accepted can be withdrawn."
            )
        transitions.move(
            submission, Status.WITHDRAWN, reason_code="withdrawn", reason="Withdrawn by its author."
        )
        publish(SubmissionWithdrawn(submission_id=submission.pk, phase_id=submission.phase_id))
    return submission


def retry_submission(*, submission_id: UUID, actor: User) -> Submission:
    """Try again what a fault of ours stopped: the check, the scoring, or the scoring against a new reference.

    Raises:
        NotAllowed: not an organizer.
        NotRetryable: nothing of it failed.
    """
    with transaction.atomic():
        submission = _visible_and_locked(submission_id, actor)
        require(actor, Permission.SUBMISSION_VIEW_ALL, submission.phase.challenge)
        if not selectors.is_retryable(submission):
            raise NotRetryable(f"The submission is {submission.status}: nothing of it failed.")
        if submission.status == Status.SCORED:
            transitions.explain(submission, reason_code="", reason="")
        elif submission.predictions.exists():
            transitions.move(submission, Status.ACCEPTED)
        elif submission.run_id is not None:
            retry_run(run_id=submission.run_id, user=actor)  # the submission follows it
            return submission
        else:
            transitions.move(submission, Status.RECEIVED)
            publish(SubmissionReceived(submission_id=submission.pk, phase_id=submission.phase_id))
            return submission
        publish(SubmissionAccepted(submission_id=submission.pk, phase_id=submission.phase_id))
    return submission


def _visible_and_locked(submission_id: UUID, actor: User) -> Submission:
    selectors.get_submission(submission_id=submission_id, viewer=actor)
    return transitions.lock(submission_id)


def require_entry(phase: Phase, participant: User) -> None:
    """
    Raises:
        NotAllowed, PhaseClosed, AnnotatedTheReference: this person cannot submit to the phase now.
    """
    require(participant, Permission.SUBMISSION_CREATE, phase.challenge)
    if not phase.is_open:
        raise PhaseClosed(f"{phase.title} is not open for submissions now.")
    if challenges.has_annotated(participant, phase.challenge):
        raise AnnotatedTheReference(
            "You annotated the reference of this challenge, so you cannot compete in it."
        )


def hold_attempt(phase: Phase, participant: User) -> None:
    """Make sure that an attempt is left, until the transaction ends: one submission of a participant at a
    time, so that two sent at once cannot both take the last one.

    Raises:
        AttemptsUsedUp: none is left.
    """
    Membership.objects.select_for_update().get(challenge=phase.challenge_id, user=participant)
    attempts = phases.count_attempts(phase, participant_id=participant.pk)
    waiting = f" ({attempts.in_check} being checked)" if attempts.in_check else ""
    if not attempts.left_total:
        raise AttemptsUsedUp(f"All {phase.attempts_total} attempts at {phase.title} are used{waiting}.")
    if not attempts.left_today:
        raise AttemptsUsedUp(
            f"All {phase.attempts_per_day} attempts of today at {phase.title} are used{waiting}; "
            "the next day begins at 00:00 UTC."
        )
