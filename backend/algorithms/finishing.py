"""After a worker computed every case of a run: are these labelmaps what was asked for?"""

from uuid import UUID

from django.db import transaction

from backend.algorithms import runs, services, transitions
from backend.algorithms.models import Run, RunCase, WorkStatus
from backend.annotations.pre_annotating import offer_labelmap
from backend.common import blobs
from backend.common.errors import DomainError
from backend.datasets.selectors import grid_of
from backend.datasets.services import scheme_of
from backend.numerics.labels import LabelScheme
from backend.numerics.prediction import check_prediction
from backend.numerics.volumes import ReadLimits, voxel_digest, write_labelmap_nifti
from workers.contract import Reason

MEBIBYTE = 1 << 20
LIMITS = ReadLimits(max_file_bytes=256 * MEBIBYTE, max_volume_bytes=1024 * MEBIBYTE)


def check_run(*, run_id: UUID) -> None:
    """Check every labelmap against its case's grid and labels, and end the run. Idempotent."""
    run = Run.objects.select_related("dataset_version__dataset__scheme").get(pk=run_id)
    if run.status != WorkStatus.RUNNING:
        return
    scheme = scheme_of(run.dataset.scheme)
    for row in run.cases.filter(status=RunCase.Status.DONE, voxel_digest="").select_related("case"):
        _check_case(row, scheme)
    failed = run.cases.filter(status=RunCase.Status.FAILED)
    if (first := failed.first()) is not None:
        runs.fail_run(
            run_id,
            reason_code=first.reason_code,
            reason=f"{failed.count()} of {run.total} cases failed; case {first.number}: {first.reason}",
        )
        return
    try:
        _end(run_id)
    except DomainError as error:  # the labelmaps cannot be offered any more
        runs.fail_run(run_id, reason_code=Reason.INTERNAL, reason=error.sentence)


def _check_case(row: RunCase, scheme: LabelScheme) -> None:
    """Store the labelmap as it is served, or say of the case why it cannot be."""
    grid = grid_of(row.case)
    found = check_prediction(
        blobs.read_blob(row.labelmap_digest),
        name="the model's output.nii.gz",
        case_name=row.case.name,
        grid=grid,
        scheme=scheme,
        limits=LIMITS,
    )
    if found.labelmap is None:
        error = next(finding for finding in found.findings if finding.severity == "error")
        row.status, row.reason_code, row.reason = RunCase.Status.FAILED, reason_of(error.code), error.sentence
    else:
        row.labelmap_digest = blobs.put_bytes(write_labelmap_nifti(found.labelmap, grid=grid)).digest
        row.voxel_digest = voxel_digest(found.labelmap, grid)
    row.save(update_fields=["status", "reason_code", "reason", "labelmap_digest", "voxel_digest"])


def reason_of(code: str) -> Reason:
    """What a finding of the labelmap says about the model that made it."""
    if code == "unknown_labels":
        return Reason.WRONG_LABELS
    if code.startswith("grid_") or code == "not_3d":
        return Reason.WRONG_SHAPE
    return Reason.WRONG_OUTPUT


def _end(run_id: UUID) -> None:
    with transaction.atomic():
        run = transitions.lock_run(run_id)
        if run.status != WorkStatus.RUNNING:
            return
        if run.purpose == Run.Purpose.PRE_ANNOTATION:
            _offer(run)
        elif run.purpose == Run.Purpose.TRIAL:
            services.pass_trial(version_id=run.version_id)
        transitions.move(run, WorkStatus.DONE)


def _offer(run: Run) -> None:
    """Each labelmap to its case's raters who have not begun."""
    for row in run.cases.select_related("case__dataset__challenge"):
        offer_labelmap(
            case=row.case, user=run.requested_by, digest=row.labelmap_digest, source=str(run.version)
        )
