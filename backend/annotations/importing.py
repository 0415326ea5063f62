"""Labelmaps that came with an import, entered as if their raters had uploaded and submitted them."""

from uuid import UUID, uuid5

import structlog
from django.db import transaction

from backend.annotations import services, submitting
from backend.annotations.errors import RevisionOutdated
from backend.annotations.models import Annotation
from backend.challenges.models import Membership, Role
from backend.common import blobs
from backend.datasets.models import CaseFile, DatasetVersion

log = structlog.get_logger(__name__)


def enter_imported_labelmaps(*, version_id: UUID) -> None:
    """Assign, upload and submit every rater's labelmap of a dataset version.

    Running it again enters nothing twice. Where a rater has work of their own on the case, theirs stays;
    where somebody is no rater any more, theirs is left out.
    """
    version = DatasetVersion.objects.select_related("dataset", "created_by").get(pk=version_id)
    files = CaseFile.objects.filter(case__versions=version, kind=CaseFile.Kind.RATER).select_related(
        "rater", "case"
    )
    raters = set(
        Membership.objects.filter(challenge_id=version.dataset.challenge_id, role=Role.RATER).values_list(
            "user_id", flat=True
        )
    )
    for file in files.order_by("case__name", "rater_id"):
        if file.rater_id in raters:
            _enter(file, version)
        else:
            log.info("imported_labelmap_left_out", file=file.filename, case=file.case.name)


def _enter(file: CaseFile, version: DatasetVersion) -> None:
    rater = file.rater
    assert rater is not None
    with transaction.atomic():
        assignment = services.ensure_assignment(case=file.case, rater=rater, assigned_by=version.created_by)
    annotation = assignment.annotation
    try:
        saved = services.upload_revision(
            annotation_id=annotation.pk,
            user=rater,
            base=0,
            edit_id=uuid5(file.pk, "imported"),
            data=blobs.read_blob(file.served_digest),
            filename=f"{file.filename.split('.')[0]}.nii.gz",
        )
    except RevisionOutdated:
        return
    annotation.refresh_from_db()
    untouched = annotation.status == Annotation.Status.DRAFT and annotation.head == saved.revision.number
    if untouched:
        submitting.submit_annotation(
            annotation_id=annotation.pk, user=rater, base=saved.revision.number, confirms_empty=True
        )
