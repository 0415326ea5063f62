"""What every write to the log of revisions shares.

Whoever writes a revision says which one they had seen (`base`). Where that is no longer the head, the write
is refused and nothing is lost: the client fetches what it lacks and tries again. A request that is sent again
carries the same `edit_id` and finds what it had written.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from uuid import UUID

from django.db import transaction

from backend.accounts.models import User
from backend.annotations import errors, selectors
from backend.annotations.models import Annotation, Revision
from backend.challenges.permissions import Permission, require
from backend.common.errors import NotAllowed
from backend.events.bus import publish
from backend.events.types import AnnotationRevised


@dataclass(frozen=True, slots=True)
class Saved:
    """A revision, and whether this request wrote it or an earlier try of the same edit had."""

    revision: Revision
    is_new: bool


@dataclass(frozen=True, slots=True)
class Appended:
    """The head as it now is, and the revisions asked for; not new where an earlier try had written all."""

    head: int
    revisions: list[Revision]
    is_new: bool


def own_annotation(annotation_id: UUID, user: User) -> Annotation:
    """Raises NotFound where it is not to be seen, NotAllowed where it is another's."""
    annotation = selectors.get_annotation(user, annotation_id)
    require(user, Permission.ANNOTATION_EDIT, annotation.assignment.case.dataset.challenge)
    if annotation.assignment.rater_id != user.pk:
        raise NotAllowed("Only its rater may change an annotation.")
    return annotation


def known_edits(annotation: Annotation, edit_ids: Iterable[UUID]) -> dict[UUID, Revision]:
    """Those of the edits that are in the log already, without their runs."""
    known = annotation.revisions.filter(edit_id__in=set(edit_ids)).select_related("author").defer("runs")
    return {revision.edit_id: revision for revision in known}


def known_edit(annotation: Annotation, edit_id: UUID) -> Revision | None:
    return known_edits(annotation, [edit_id]).get(edit_id)


def require_head(annotation: Annotation, base: int) -> None:
    if annotation.head != base:
        raise errors.RevisionOutdated(
            f"Case {annotation.assignment.case.name}: revision {base} is no longer the latest, "
            f"{annotation.head} is; load what came since, then save again.",
            details={"head": annotation.head},
        )


def require_open(annotation: Annotation) -> None:
    if annotation.status == Annotation.Status.SUBMITTED:
        raise errors.AlreadySubmitted(
            f"Case {annotation.assignment.case.name} is submitted; ask an organizer to reopen it."
        )


def locked(annotation_id: UUID, user: User) -> Annotation:
    """For writing by this person; its case under the name that they know."""
    annotation = (
        Annotation.objects.select_for_update(of=("self",))
        .select_related("assignment__case__dataset__challenge", "assignment__rater")
        .get(pk=annotation_id)
    )
    annotation.assignment = selectors.as_known_to(user, annotation.assignment)
    return annotation


def append(*, annotation_id: UUID, base: int, revision: Revision) -> Saved:
    """Make it the head."""
    appended = append_all(annotation_id=annotation_id, base=base, revisions=[revision])
    return Saved(appended.revisions[0], is_new=appended.is_new)


def append_all(*, annotation_id: UUID, base: int, revisions: Sequence[Revision]) -> Appended:
    """Make the last one the head: all of them, or none.

    Raises:
        RevisionOutdated: `base` is not the head, and not all of them are in the log already.
        AlreadySubmitted: the organizer has to reopen it first.
    """
    with transaction.atomic():
        annotation = locked(annotation_id, revisions[0].author)
        known = known_edits(annotation, (revision.edit_id for revision in revisions))
        if len(known) == len(revisions):
            found = [known[revision.edit_id] for revision in revisions]
            return Appended(annotation.head, found, is_new=False)
        require_head(annotation, base)  # which has moved where only some are known
        require_open(annotation)
        for number, revision in enumerate(revisions, start=base + 1):
            revision.annotation, revision.base, revision.number = annotation, number - 1, number
        Revision.objects.bulk_create(revisions)
        annotation.head = base + len(revisions)
        annotation.active_ms += sum(revision.active_ms for revision in revisions)
        if annotation.status == Annotation.Status.ASSIGNED:
            annotation.status = Annotation.Status.DRAFT
        annotation.save(update_fields=["head", "active_ms", "status"])
        publish(
            AnnotationRevised(
                annotation_id=annotation.pk,
                dataset_id=annotation.assignment.case.dataset_id,
                rater_id=annotation.assignment.rater_id,
            )
        )
    return Appended(annotation.head, list(revisions), is_new=True)
