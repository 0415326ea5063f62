"""The picture of one case: prediction and reference on the slice where they differ most.

Drawing reads voxels, so workers do it: who asks first is told to come back, and finds it stored.
"""

from datetime import timedelta
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from backend.challenges.permissions import Permission, Person, permissions_of
from backend.common import blobs
from backend.common.errors import Conflict, NotFound
from backend.consensus.selectors import get_consensus
from backend.datasets.models import Case
from backend.datasets.selectors import get_visible_case, grid_of, images_of
from backend.datasets.services import scheme_of
from backend.evaluations import selectors
from backend.evaluations.models import CaseEvaluation, OverlayPicture
from backend.events.bus import publish
from backend.events.types import OverlayPictureRequested
from backend.numerics.arrays import Array, Labelmap
from backend.numerics.volumes import read_labelmap, read_volume
from backend.pictures import draw
from backend.pictures.slices import overlay_chart
from backend.submissions import selectors as submissions
from backend.submissions.models import Submission

TRY_AGAIN_AFTER = timedelta(minutes=10)
# Which image lies below: the first of these that the case has, else its first.
_SEQUENCES = ("t1c", "flair")


def picture_of(*, submission_id: UUID, case_id: UUID, viewer: Person) -> OverlayPicture:
    """The picture, perhaps still without a digest: then it is being drawn.

    Raises:
        NotFound: the submission, its scores, the case's image or its reference is not to be seen, or the case
            is not scored.
        Conflict: it could not be drawn.
    """
    submission = submissions.get_submission(submission_id=submission_id, viewer=viewer)
    evaluated = _scored_case(submission, case_id)
    if evaluated is None or not submissions.Viewpoint(viewer).shows_scores(submission):
        raise NotFound("The submission has no scores of this case that are yours to see.")
    _require_reference(submission, evaluated, viewer)
    get_visible_case(viewer, case_id)
    return _ask_for(evaluated)


def draw_picture(*, picture_id: UUID) -> None:
    """Draw and store it. Idempotent: the same voxels give the same picture."""
    picture = OverlayPicture.objects.select_related(
        "case_evaluation__consensus",
        "case_evaluation__prediction__submission",
        "case_evaluation__prediction__case__dataset__scheme",
    ).get(pk=picture_id)
    if picture.digest:
        return
    evaluated = picture.case_evaluation
    prediction, case = evaluated.prediction, evaluated.prediction.case
    chart = overlay_chart(
        _read(evaluated.consensus.labelmap_digest, name=f"reference of case {case.name}"),
        _read(prediction.labelmap_digest, name=f"{prediction.filename} of case {case.name}"),
        grid=grid_of(case),
        scheme=scheme_of(case.dataset.scheme),
        title=f"{case.name} · {prediction.submission.method_name}",
        image=_image_of(case),
    )
    digest = blobs.put_bytes(draw(chart).encode()).digest
    OverlayPicture.objects.filter(pk=picture_id).update(digest=digest, failed_at=None)


def give_up_drawing(picture_id: UUID, reason_code: str, reason: str) -> None:
    OverlayPicture.objects.filter(pk=picture_id, digest="").update(failed_at=timezone.now())


def _read(digest: str, *, name: str) -> Labelmap:
    return read_labelmap(blobs.read_blob(digest), name=name, check_extension=False).array


def _scored_case(submission: Submission, case_id: UUID) -> CaseEvaluation | None:
    evaluation = selectors.latest_evaluation(submission)
    if evaluation is None:
        return None
    return (
        evaluation.case_evaluations.select_related("consensus")
        .filter(prediction__case=case_id, status=CaseEvaluation.Status.SCORED)
        .first()
    )


def _require_reference(submission: Submission, evaluated: CaseEvaluation, viewer: Person) -> None:
    """The author sees it where this very phase shares it; organizers do."""
    organizes = Permission.CONSENSUS_VIEW in permissions_of(viewer, submission.phase.challenge)
    if not (organizes or submission.phase.reference_shared):
        raise NotFound("The reference of this phase is not shared.")
    get_consensus(viewer, evaluated.consensus_id)


def _ask_for(evaluated: CaseEvaluation) -> OverlayPicture:
    with transaction.atomic():
        picture, is_new = OverlayPicture.objects.get_or_create(case_evaluation=evaluated)
        if picture.failed_at is not None:
            if timezone.now() - picture.failed_at < TRY_AGAIN_AFTER:
                raise Conflict(
                    "The picture could not be drawn, by a fault of ours; it is tried again when it is asked "
                    f"for {TRY_AGAIN_AFTER.seconds // 60} minutes later.",
                    code="picture_failed",
                )
            OverlayPicture.objects.filter(pk=picture.pk).update(failed_at=None)
            is_new = True
        if is_new:
            publish(OverlayPictureRequested(picture_id=picture.pk))
    return picture


def _image_of(case: Case) -> Array | None:
    images = images_of(case)
    wanted = {image.sequence.lower(): image for image in reversed(images)}
    chosen = next((wanted[key] for key in _SEQUENCES if key in wanted), next(iter(images), None))
    if chosen is None:
        return None
    return read_volume(blobs.read_blob(chosen.served_digest), name="image.nii.gz").array
