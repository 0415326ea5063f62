"""Handing in, withdrawing and the limits, which two requests at once cannot pass."""

from datetime import timedelta

import pytest
from django.utils import timezone

from backend.challenges.models import Role
from backend.common.errors import NotAllowed, NotFound
from backend.phases.models import Phase
from backend.phases.services import refresh_phase_reference
from backend.submissions import services, transitions
from backend.submissions.errors import (
    AnnotatedTheReference,
    AttemptsUsedUp,
    IllegalTransition,
    NotWithdrawable,
    PhaseClosed,
)
from backend.submissions.models import Submission
from backend.uploads.errors import UploadTaken
from backend.uploads.models import Upload
from tests.factories.challenges import ChallengeFactory, member
from tests.factories.phases import PhaseFactory, make_consensus, make_rater, submitted_annotation
from tests.factories.submissions import archive_of, hand_in, submit
from tests.factories.uploads import whole_upload
from tests.jobs import run_due_jobs
from tests.phantoms import tumour
from tests.racing import at_once
from tests.shared_data import zip_of

pytestmark = pytest.mark.django_db
TRUTHS = {"A": tumour()}
Status = Submission.Status


def scored(phase: Phase) -> Submission:
    make_consensus(phase.dataset_version.cases.get(), tumour())
    refresh_phase_reference(phase_id=phase.pk)
    submission = submit(phase, TRUTHS)
    run_due_jobs()
    submission.refresh_from_db()
    assert submission.status == Status.SCORED
    return submission


def test_closed_phase_takes_nothing() -> None:
    phase = PhaseFactory(truths=TRUTHS, closes_at=timezone.now() - timedelta(minutes=1))
    with pytest.raises(PhaseClosed):
        submit(phase, TRUTHS)


def test_only_participants_submit() -> None:
    phase = PhaseFactory(truths=TRUTHS)
    archive = archive_of(phase, TRUTHS)
    for person in (phase.challenge.created_by, member(phase.challenge, Role.RATER)):
        with pytest.raises(NotAllowed):
            hand_in(phase, archive, participant=person)


def test_who_annotated_the_reference_elsewhere_cannot_compete() -> None:
    home = ChallengeFactory()
    annotated = PhaseFactory(challenge=home, truths=TRUTHS)
    rater = make_rater(home)
    submitted_annotation(annotated.dataset_version.cases.get(), rater, tumour())
    other = ChallengeFactory(created_by=home.created_by)
    phase = PhaseFactory(challenge=other, dataset_version=annotated.dataset_version)
    other.memberships.create(user=rater, role=Role.PARTICIPANT)
    with pytest.raises(AnnotatedTheReference):
        submit(phase, TRUTHS, participant=rater)


def test_upload_of_somebody_else_is_not_there() -> None:
    phase = PhaseFactory(truths=TRUTHS)
    upload = whole_upload(
        owner=member(phase.challenge, Role.PARTICIPANT),
        data=b"x",
        filename="a.zip",
        purpose=Upload.Purpose.SUBMISSION,
    )
    with pytest.raises(NotFound):
        services.create_submission(
            participant=member(phase.challenge, Role.PARTICIPANT),
            phase_id=phase.pk,
            upload_id=upload.pk,
            method_name="M",
        )


def test_one_upload_makes_one_submission() -> None:
    phase = PhaseFactory(truths=TRUTHS)
    first = submit(phase, TRUTHS)
    with pytest.raises(UploadTaken):
        services.create_submission(
            participant=first.participant, phase_id=phase.pk, upload_id=first.upload_id, method_name="M"
        )


def test_attempts_of_a_day_end_and_come_back_with_the_next() -> None:
    phase = PhaseFactory(truths=TRUTHS, attempts_per_day=1, attempts_total=2)
    first = submit(phase, TRUTHS)
    run_due_jobs()
    with pytest.raises(AttemptsUsedUp, match="00:00 UTC"):
        submit(phase, TRUTHS, participant=first.participant)
    Submission.objects.update(created_at=timezone.now() - timedelta(days=1))
    second = submit(phase, TRUTHS, participant=first.participant)
    run_due_jobs()
    Submission.objects.filter(pk=second.pk).update(created_at=timezone.now() - timedelta(days=1))
    with pytest.raises(AttemptsUsedUp, match="All 2 attempts"):
        submit(phase, TRUTHS, participant=first.participant)


def test_what_is_being_checked_holds_an_attempt_until_it_is_refused() -> None:
    phase = PhaseFactory(truths=TRUTHS, attempts_per_day=1)
    first = hand_in(phase, zip_of([("A.nii.gz", b"nothing")]))
    with pytest.raises(AttemptsUsedUp):
        submit(phase, TRUTHS, participant=first.participant)
    run_due_jobs()
    again = submit(phase, TRUTHS, participant=first.participant)
    assert again.status == Status.RECEIVED


@pytest.mark.django_db(transaction=True)
def test_last_attempt_is_taken_once_by_requests_at_the_same_time() -> None:
    phase = PhaseFactory(truths=TRUTHS, attempts_per_day=2)
    participant = member(phase.challenge, Role.PARTICIPANT)
    archive = archive_of(phase, TRUTHS)
    uploads = [
        whole_upload(owner=participant, data=archive, filename="a.zip", purpose=Upload.Purpose.SUBMISSION)
        for _ in range(6)
    ]

    def send(upload: Upload) -> str:
        try:
            services.create_submission(
                participant=participant, phase_id=phase.pk, upload_id=upload.pk, method_name="M"
            )
        except AttemptsUsedUp:
            return "refused"
        return "taken"

    assert sorted(at_once(send, uploads)) == ["refused"] * 4 + ["taken"] * 2
    assert phase.submissions.count() == 2
    # the uploads of those refused were not used up
    assert Upload.objects.filter(taken_at=None).count() == 4


def test_author_withdraws_a_scored_submission_and_its_attempt_stays_used() -> None:
    submission = scored(PhaseFactory(truths=TRUTHS))
    with pytest.raises(NotFound):
        services.withdraw_submission(
            submission_id=submission.pk, actor=member(submission.phase.challenge, Role.PARTICIPANT)
        )
    with pytest.raises(NotAllowed):
        services.withdraw_submission(submission_id=submission.pk, actor=submission.phase.challenge.created_by)
    services.withdraw_submission(submission_id=submission.pk, actor=submission.participant)
    submission.refresh_from_db()
    assert submission.status == Status.WITHDRAWN
    assert submission in submission.phase.submissions.counted()
    with pytest.raises(NotWithdrawable):
        services.withdraw_submission(submission_id=submission.pk, actor=submission.participant)


def test_received_and_refused_ones_cannot_be_withdrawn() -> None:
    phase = PhaseFactory(truths=TRUTHS)
    submission = hand_in(phase, zip_of([("A.nii.gz", b"")]))
    with pytest.raises(NotWithdrawable):
        services.withdraw_submission(submission_id=submission.pk, actor=submission.participant)
    run_due_jobs()
    with pytest.raises(NotWithdrawable):
        services.withdraw_submission(submission_id=submission.pk, actor=submission.participant)


def test_participants_retry_nothing() -> None:
    phase = PhaseFactory(truths=TRUTHS)
    submission = submit(phase, TRUTHS)
    Submission.objects.update(status=Status.FAILED)
    with pytest.raises(NotAllowed):
        services.retry_submission(submission_id=submission.pk, actor=submission.participant)


def test_steps_that_do_not_exist_are_refused() -> None:
    submission = submit(PhaseFactory(truths=TRUTHS), TRUTHS)
    with pytest.raises(IllegalTransition) as refused:
        transitions.move(submission, Status.SCORED)
    assert refused.value.details == {"from": "received", "to": "scored"}


def test_every_state_but_the_last_ones_has_a_way_out() -> None:
    assert set(transitions.NEXT) == set(Status)
    final = {status for status, ways in transitions.NEXT.items() if not ways}
    assert final == {Status.REJECTED, Status.WITHDRAWN}
