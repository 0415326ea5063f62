"""Labelmaps from which raters may start: offered by an organizer, taken by the rater, recorded as such."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from django.db import transaction

from backend.accounts.models import User
from backend.annotations import errors, labelmaps, revising, selectors
from backend.annotations.models import Annotation, Assignment, Revision
from backend.annotations.revising import Saved
from backend.annotations.services import assignment_changed, read_sent_labelmap
from backend.challenges.permissions import Permission, require
from backend.common import blobs
from backend.datasets.models import Case
from backend.datasets.selectors import grid_of
from backend.datasets.services import scheme_of
from backend.events.bus import publish
from backend.numerics.labels import drop_unsure
from backend.numerics.volumes import read_labelmap, voxel_digest, write_labelmap_nifti


@dataclass(frozen=True, slots=True)
class Offer:
    """To how many of a case's assignments a labelmap was offered, and how many had begun without it."""

    offered: int
    begun: int


def offer_file(
    *,
    case_id: UUID,
    user: User,
    data: bytes,
    filename: str,
    source: str,
    rater_ids: Sequence[int] | None = None,
) -> Offer:
    """Offer an uploaded labelmap to the case's raters who have not begun, or to these of them.

    Args:
        source: whose it is, in words; the rater reads it.

    Raises:
        BadLabelmap: details carry every finding.
    """
    case = selectors.get_case_to_manage(user, case_id)
    labelmap = read_sent_labelmap(data, filename=filename, case=case)
    stored = blobs.put_bytes(write_labelmap_nifti(labelmap, grid=grid_of(case)))
    return offer_labelmap(case=case, user=user, digest=stored.digest, source=source, rater_ids=rater_ids)


def offer_labelmap(
    *, case: Case, user: User, digest: str, source: str, rater_ids: Sequence[int] | None = None
) -> Offer:
    """The same with a labelmap that is stored already, as .nii.gz on the case's grid.

    Only first readings: a re-read asks how far a rater agrees with themselves.
    """
    require(user, Permission.ANNOTATION_MANAGE, case.dataset.challenge)
    with transaction.atomic():
        assignments = _first_readings(case)
        if rater_ids is not None:
            assignments = [one for one in assignments if one.rater_id in set(rater_ids)]
        fresh = [one for one in assignments if one.annotation.head == 0]
        for assignment in fresh:
            _set_offer(assignment, digest=digest, source=source)
    return Offer(offered=len(fresh), begun=len(assignments) - len(fresh))


def withdraw_offer(*, case_id: UUID, user: User) -> Offer:
    """Take the offer back from those who have not begun."""
    case = selectors.get_case_to_manage(user, case_id)
    with transaction.atomic():
        assignments = [one for one in _first_readings(case) if one.pre_annotation_digest]
        fresh = [one for one in assignments if one.annotation.head == 0]
        for assignment in fresh:
            _set_offer(assignment, digest="", source="")
    return Offer(offered=0, begun=len(assignments) - len(fresh))


def start_from_offer(*, annotation_id: UUID, user: User, base: int, edit_id: UUID) -> Saved:
    """Make the offered labelmap the head of an annotation in which nothing is labelled yet.

    Raises:
        NotOffered: there is none.
        NotEmpty: something is labelled.
        RevisionOutdated, AlreadySubmitted: as for an upload.
    """
    annotation = revising.own_annotation(annotation_id, user)
    if (known := revising.known_edit(annotation, edit_id)) is not None:
        return Saved(known, is_new=False)
    revising.require_head(annotation, base)  # before the work; asked again under the lock
    revising.require_open(annotation)
    assignment = annotation.assignment
    case, grid = assignment.case, grid_of(assignment.case)
    if not assignment.pre_annotation_digest:
        raise errors.NotOffered(f"Case {case.name}: no labelmap is offered to start from; draw your own.")
    now = drop_unsure(labelmaps.state_at(annotation, base).labelmap, scheme_of(case.dataset.scheme))
    if now.any():
        raise errors.NotEmpty(
            f"Case {case.name}: something is labelled already, and would be lost; undo or erase it first."
        )
    stored = blobs.read_blob(assignment.pre_annotation_digest)
    offered = read_labelmap(stored, name=f"{case.name}, as offered.nii.gz").array
    revision = Revision(
        edit_id=edit_id,
        kind=Revision.Kind.PRE_ANNOTATION,
        author=user,
        snapshot_digest=assignment.pre_annotation_digest,
        voxel_digest=voxel_digest(offered, grid),
        note=assignment.pre_annotation_source,
    )
    with transaction.atomic():
        saved = revising.append(annotation_id=annotation.pk, base=base, revision=revision)
        if saved.is_new:
            source = assignment.pre_annotation_source
            Annotation.objects.filter(pk=annotation.pk).update(began_from=source)
    return saved


def _first_readings(case: Case) -> list[Assignment]:
    """Held until the transaction ends."""
    found = Assignment.objects.filter(case=case, round=Assignment.FIRST)
    return list(found.select_for_update(of=("self",)).select_related("annotation", "case").order_by("pk"))


def _set_offer(assignment: Assignment, *, digest: str, source: str) -> None:
    assignment.pre_annotation_digest, assignment.pre_annotation_source = digest, source
    assignment.save(update_fields=["pre_annotation_digest", "pre_annotation_source"])
    publish(assignment_changed(assignment))
