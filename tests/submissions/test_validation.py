"""The job that checks an archive: accepts whole or refuses whole, survives crashes, counts no refused
attempt."""

import pytest

from backend.common import blobs, jobs
from backend.common.models import Job
from backend.phases.selectors import count_attempts
from backend.submissions import services, validation
from backend.submissions.errors import NotRetryable
from backend.submissions.models import Prediction, Submission
from backend.submissions.tasks import validate_submission_task
from tests.factories.phases import PhaseFactory
from tests.factories.submissions import archive_of, hand_in, submit
from tests.jobs import run_due_jobs
from tests.phantoms import AFFINE, nifti_bytes, tumour
from tests.shared_data import zip_of

pytestmark = pytest.mark.django_db
TRUTHS = {"A": tumour(), "B": tumour((14, 16, 16))}
Status = Submission.Status


@pytest.fixture
def phase(db: None):  # type: ignore[no-untyped-def]
    return PhaseFactory(truths=TRUTHS)


def test_right_archive_is_accepted_with_every_prediction(phase) -> None:  # type: ignore[no-untyped-def]
    submission = submit(phase, TRUTHS)
    archive = submission.upload.path.read_bytes()
    run_due_jobs()
    submission.refresh_from_db()
    assert submission.status == Status.ACCEPTED  # no reference yet: it waits
    assert {x.case.name for x in submission.predictions.all()} == {"A", "B"}
    assert blobs.read_blob(submission.archive_digest) == archive
    assert (submission.checked_files, submission.total_files) == (2, 2)
    assert count_attempts(phase, participant_id=submission.participant_id).used_total == 1


def test_refused_archive_stores_nothing_and_costs_nothing(phase, tmp_path, settings) -> None:  # type: ignore[no-untyped-def]
    settings.STORAGES = settings.STORAGES | {
        "blobs": settings.STORAGES["blobs"] | {"OPTIONS": {"location": tmp_path / "blobs"}}
    }
    archive = zip_of([("A.nii.gz", nifti_bytes(TRUTHS["A"])), ("B.nii.gz", b"%PDF-1.7")])
    submission = hand_in(phase, archive)
    run_due_jobs()
    submission.refresh_from_db()
    assert submission.status == Status.REJECTED
    assert [(x["file"], x["case"], x["code"]) for x in submission.findings] == [
        ("B.nii.gz", "B", "not_a_volume")
    ]
    assert submission.reason.startswith("1 problem found.")
    assert not Prediction.objects.exists()
    assert submission.archive_digest == ""
    assert not list((tmp_path / "blobs").rglob("*")) if (tmp_path / "blobs").exists() else True
    attempts = count_attempts(phase, participant_id=submission.participant_id)
    assert (attempts.used_total, attempts.in_check, attempts.left_total) == (0, 0, phase.attempts_total)


def test_findings_never_name_the_reference(phase) -> None:  # type: ignore[no-untyped-def]
    shifted = AFFINE.copy()
    shifted[0, 3] += 3
    submission = hand_in(phase, zip_of([("A.nii.gz", nifti_bytes(TRUTHS["A"], shifted))]))
    run_due_jobs()
    submission.refresh_from_db()
    said = " ".join(f"{x['sentence']} {x['remedy']}" for x in submission.findings).lower()
    assert "reference" not in said
    assert "consensus" not in said


def test_checking_twice_changes_nothing(phase) -> None:  # type: ignore[no-untyped-def]
    submission = submit(phase, TRUTHS)
    validation.validate_submission(submission_id=submission.pk)
    validation.validate_submission(submission_id=submission.pk)
    assert submission.predictions.count() == 2


def test_a_second_worker_that_ends_later_writes_nothing(phase) -> None:  # type: ignore[no-untyped-def]
    submission = submit(phase, TRUTHS)
    begun = validation._begin(submission.pk)
    assert begun is not None
    validation.validate_submission(submission_id=submission.pk)  # the other worker, in between
    empty = validation.Preflight((), ())
    validation._reject(begun, empty)
    submission.refresh_from_db()
    assert submission.status == Status.ACCEPTED
    assert submission.predictions.count() == 2


def test_worker_that_died_while_checking_is_followed_by_one_that_starts_over(phase) -> None:  # type: ignore[no-untyped-def]
    submission = submit(phase, TRUTHS)
    validation._begin(submission.pk)  # and then the power failed
    run_due_jobs()
    submission.refresh_from_db()
    assert submission.status == Status.ACCEPTED


def test_our_fault_fails_it_without_an_attempt_and_the_organizer_retries(phase) -> None:  # type: ignore[no-untyped-def]
    submission = submit(phase, TRUTHS)
    path = submission.upload.path
    content = path.read_bytes()
    path.unlink()  # a disk that lost the file
    for _ in range(jobs.MAX_ATTEMPTS):
        Job.objects.filter(status="queued").update(not_before=submission.created_at)
        run_due_jobs(failures=True)
    submission.refresh_from_db()
    assert submission.status == Status.FAILED
    assert submission.reason_code == "internal_error"
    assert "fault of ours" in submission.reason
    assert count_attempts(phase, participant_id=submission.participant_id).used_total == 0
    path.write_bytes(content)
    organizer = phase.challenge.created_by
    services.retry_submission(submission_id=submission.pk, actor=organizer)
    run_due_jobs()
    submission.refresh_from_db()
    assert submission.status == Status.ACCEPTED
    with pytest.raises(NotRetryable):
        services.retry_submission(submission_id=submission.pk, actor=organizer)


def test_job_kind_is_registered_with_a_way_out() -> None:
    assert validate_submission_task.give_up is validation.give_up_validating


def test_archive_with_a_folder_per_case(phase) -> None:  # type: ignore[no-untyped-def]
    names = [(f"out/{name}/{name}_pred.nii.gz", nifti_bytes(labels)) for name, labels in TRUTHS.items()]
    submission = hand_in(phase, zip_of([*names, ("__MACOSX/._A.nii.gz", b"junk")]))
    run_due_jobs()
    submission.refresh_from_db()
    assert submission.status == Status.ACCEPTED
    assert [x["severity"] for x in submission.findings] == ["info"]


def test_sent_again_after_mending_is_a_new_submission(phase) -> None:  # type: ignore[no-untyped-def]
    refused = hand_in(phase, zip_of([("A.nii.gz", b"")]))
    run_due_jobs()
    again = hand_in(phase, archive_of(phase, TRUTHS), participant=refused.participant)
    run_due_jobs()
    again.refresh_from_db()
    assert again.status == Status.ACCEPTED
