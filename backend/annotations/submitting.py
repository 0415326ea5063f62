"""Handing an annotation in, and giving it back. `AssignmentChanged`, which names no case, tells its rater."""

from uuid import UUID

from django.db import transaction
from django.utils import timezone

from backend.accounts.models import User
from backend.annotations import errors, labelmaps, linting, revising, selectors
from backend.annotations.models import Annotation
from backend.annotations.services import assignment_changed
from backend.challenges.permissions import Permission, require
from backend.events.bus import publish
from backend.events.types import AnnotationReopened, AnnotationSubmitted

Status = Annotation.Status


def submit_annotation(
    *, annotation_id: UUID, user: User, base: int, confirms_empty: bool = False
) -> Annotation:
    """Hand in the head, with the linter's findings. Handing in again what is handed in changes nothing.

    Args:
        confirms_empty: an empty labelmap is meant so.

    Raises:
        NothingToSubmit: no revision yet.
        EmptyLabelmap: no voxel is labelled, and that was not confirmed.
        RevisionOutdated: `base` is not the head.
    """
    seen = revising.own_annotation(annotation_id, user)
    revising.require_head(seen, base)
    if base:  # before the lock: a revision's labelmap never changes
        labelmaps.ensure_snapshot(seen, selectors.get_revision(seen, base))
    findings = linting.findings_at(seen, base)
    with transaction.atomic():
        annotation = revising.locked(annotation_id, user)
        revising.require_head(annotation, base)
        if annotation.status == Status.SUBMITTED:
            return annotation
        case = annotation.assignment.case
        if not annotation.head:
            raise errors.NothingToSubmit(f"Case {case.name}: draw or upload a labelmap before you submit.")
        if linting.is_empty(findings) and not confirms_empty:
            raise errors.EmptyLabelmap(
                f"Case {case.name}: no voxel is labelled; confirm that there is nothing to label, or draw it."
            )
        annotation.status = Status.SUBMITTED
        annotation.findings = [finding.to_json() for finding in findings]
        annotation.submitted_revision = annotation.head
        annotation.submitted_at = timezone.now()
        annotation.reopen_reason = ""
        annotation.save()
        publish(
            AnnotationSubmitted(
                annotation_id=annotation.pk,
                case_id=case.pk,
                dataset_id=case.dataset_id,
                rater_id=annotation.assignment.rater_id,
            )
        )
        publish(assignment_changed(annotation.assignment))
    return annotation


def reopen_annotation(*, annotation_id: UUID, user: User, reason: str) -> Annotation:
    """Give a submitted annotation back to its rater, who is told the reason.

    Raises:
        NotSubmitted: it is still being worked on.
    """
    seen = selectors.get_annotation(user, annotation_id)
    require(user, Permission.ANNOTATION_MANAGE, seen.assignment.case.dataset.challenge)
    with transaction.atomic():
        annotation = revising.locked(annotation_id, user)
        case = annotation.assignment.case
        if annotation.status != Status.SUBMITTED:
            raise errors.NotSubmitted(f"Case {case.name}: this annotation is open already.")
        annotation.status = Status.REOPENED
        annotation.submitted_revision = None
        annotation.submitted_at = None
        annotation.reopen_reason = reason
        annotation.intra_rater = None
        annotation.save()
        Annotation.objects.filter(assignment__reread_of=annotation).update(intra_rater=None)
        publish(
            AnnotationReopened(
                annotation_id=annotation.pk,
                case_id=case.pk,
                dataset_id=case.dataset_id,
                rater_id=annotation.assignment.rater_id,
            )
        )
        publish(assignment_changed(annotation.assignment))
    return annotation
