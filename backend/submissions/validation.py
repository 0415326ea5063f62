"""Checking a submission's archive: the job that accepts or refuses it, and its way out when the fault is
ours."""

import tempfile
import time
from dataclasses import dataclass
from pathlib import Path
from uuid import UUID

from django.db import transaction

from backend.common import blobs
from backend.datasets.services import scheme_of
from backend.events.bus import publish
from backend.events.types import SubmissionAccepted, SubmissionChanged
from backend.numerics.geometry import Grid
from backend.submissions import transitions
from backend.submissions.models import Prediction, Submission
from backend.submissions.preflight import ExpectedCase, Preflight, check_archive
from backend.uploads.services import release_upload

PROGRESS_EVERY_S = 0.5

Status = Submission.Status
UPLOADED = (Status.RECEIVED, Status.VALIDATING)


@dataclass(frozen=True, slots=True)
class StoredPrediction:
    case_id: UUID
    filename: str
    labelmap_digest: str
    voxel_digest: str


def validate_submission(*, submission_id: UUID) -> None:
    """Check the archive, then accept it with every prediction, or refuse it with every finding.

    Idempotent: run again after a crash it starts over; run twice at once, the first to end decides. Nothing
    is stored of an archive that is refused.
    """
    submission = _begin(submission_id)
    if submission is None:
        return
    with tempfile.TemporaryDirectory(prefix="consilium-preflight-") as folder:
        preflight = _check(submission, Path(folder))
        if preflight.is_accepted:
            _accept(submission, preflight)
        else:
            _reject(submission, preflight)


def give_up_validating(submission_id: UUID, reason_code: str, reason: str) -> None:
    """The job failed for good: say so, and leave the upload where it is for another try."""
    with transaction.atomic():
        submission = transitions.lock(submission_id)
        if submission.status in UPLOADED:
            transitions.move(
                submission,
                Status.FAILED,
                reason_code=reason_code,
                reason="The check of your archive was stopped by a fault of ours, and no attempt was used. "
                "The organizers can start it again.",
            )


def _begin(submission_id: UUID) -> Submission | None:
    with transaction.atomic():
        submission = transitions.lock(submission_id)
        if submission.status not in UPLOADED:
            return None
        if submission.status == Status.RECEIVED:
            transitions.move(submission, Status.VALIDATING)
    return submission


def _check(submission: Submission, folder: Path) -> Preflight:
    version = submission.phase.dataset_version
    upload = submission.upload
    assert upload is not None, "an upload is kept until its submission was checked"
    return check_archive(
        upload.path,
        archive_name=submission.archive_name,
        cases=[
            ExpectedCase(case.pk, case.name, Grid.from_json(case.grid))
            for case in version.cases.order_by("name")
        ],
        scheme=scheme_of(version.dataset.scheme),
        folder=folder,
        progress=_Progress(submission),
    )


class _Progress:
    """Counts checked files on the submission's row, and tells of it a few times a second at most."""

    def __init__(self, submission: Submission) -> None:
        self._submission = submission
        self._told_at = 0.0

    def __call__(self, done: int, total: int) -> None:
        now = time.monotonic()
        if done < total and now - self._told_at < PROGRESS_EVERY_S:
            return
        self._told_at = now
        submission = self._submission
        with transaction.atomic():
            Submission.objects.filter(pk=submission.pk, status=Status.VALIDATING).update(
                checked_files=done, total_files=total
            )
            publish(SubmissionChanged(submission_id=submission.pk, phase_id=submission.phase_id))


def _reject(submission: Submission, preflight: Preflight) -> None:
    errors = sum(finding.severity == "error" for finding in preflight.findings)
    problems = "1 problem" if errors == 1 else f"{errors} problems"
    with transaction.atomic():
        locked = transitions.lock(submission.pk)
        if locked.status != Status.VALIDATING:
            return
        locked.findings = [finding.to_json() for finding in preflight.findings]
        transitions.move(
            locked,
            Status.REJECTED,
            reason_code="preflight",
            reason=f"{problems} found. No attempt was used: mend what the findings say, and submit again.",
        )
        _release(locked)


def _accept(submission: Submission, preflight: Preflight) -> None:
    assert submission.upload is not None
    archive = blobs.put_file(submission.upload.path)
    stored = [
        StoredPrediction(x.case_id, x.filename, blobs.put_file(x.path).digest, x.voxel_digest)
        for x in preflight.predictions
    ]
    with transaction.atomic():
        locked = transitions.lock(submission.pk)
        if locked.status != Status.VALIDATING:
            return
        Prediction.objects.bulk_create(
            Prediction(
                submission=locked,
                case_id=x.case_id,
                filename=x.filename[-255:],
                labelmap_digest=x.labelmap_digest,
                voxel_digest=x.voxel_digest,
            )
            for x in stored
        )
        locked.archive_digest = archive.digest
        locked.findings = [finding.to_json() for finding in preflight.findings]
        transitions.move(locked, Status.ACCEPTED)
        publish(SubmissionAccepted(submission_id=locked.pk, phase_id=locked.phase_id))
        _release(locked)


def _release(submission: Submission) -> None:
    if submission.upload is not None:
        release_upload(submission.upload)
