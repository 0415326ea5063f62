"""Assigning cases to raters, and whole labelmaps as revisions. Edits: `edit_services`; handing in:
`submitting`.

An uploaded labelmap is read and checked within the request, because the rater needs the answer at once: it
takes some 50 ms for 9 million voxels, and `LIMITS` bounds what a file may ask of the web process.
"""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from django.db import transaction

from backend.accounts.models import User
from backend.annotations import errors, labelmaps, revising, selectors
from backend.annotations.models import Annotation, Assignment, Revision
from backend.annotations.revising import Saved
from backend.annotations.sharing import share_cases
from backend.challenges.models import Membership, Role
from backend.challenges.permissions import Permission, require
from backend.common import blobs
from backend.datasets.models import Case
from backend.datasets.selectors import cases_of, get_dataset, grid_of, latest_version
from backend.datasets.services import scheme_of
from backend.events.bus import publish
from backend.events.types import AssignmentChanged
from backend.numerics.arrays import Labelmap
from backend.numerics.prediction import check_prediction
from backend.numerics.volumes import ReadLimits, voxel_digest, write_labelmap_nifti

MOST_FILE_BYTES = 64 << 20
LIMITS = ReadLimits(max_file_bytes=MOST_FILE_BYTES, max_volume_bytes=512 << 20)

Status = Annotation.Status


def assign_cases(
    *,
    dataset_id: UUID,
    user: User,
    rater_ids: Sequence[int],
    case_ids: Sequence[UUID] | None = None,
    per_case: int | None = None,
    due_at: datetime | None = None,
    moves_due: bool = False,
) -> list[Assignment]:
    """Ask every rater for every case, of the latest version unless told. Pairs that exist stay as they are.

    Args:
        per_case: so many of the raters for each case, evenly shared; those who have it already count.
        moves_due: whether `due_at` holds for pairs that exist too, where nothing is submitted yet.

    Returns:
        The assignments of all pairs, old and new.

    Raises:
        BadAssignment: somebody is no rater of the challenge, or a case is not of the latest version.
    """
    dataset = get_dataset(user, dataset_id, Permission.ANNOTATION_MANAGE)
    raters = require_raters(dataset.challenge_id, rater_ids)
    cases = list(cases_of(latest_version(dataset)))
    if case_ids is not None:
        cases = _choose_cases(cases, case_ids)
    if not cases:
        raise errors.BadAssignment(f"{dataset.name} has no cases yet; import some first.")
    with transaction.atomic():
        existing = _first_readings(cases, raters)
        pairs = share_cases(cases, raters, per_case=per_case, existing=existing.keys())
        if moves_due:
            kept = [existing[pair] for pair in pairs if pair in existing]
            _move_due([one for one in kept if one.annotation.status != Status.SUBMITTED], due_at)
        return [
            ensure_assignment(case=case, rater=rater, assigned_by=user, due_at=due_at)
            for case, rater in pairs
        ]


def ensure_assignment(
    *, case: Case, rater: User, assigned_by: User, due_at: datetime | None = None
) -> Assignment:
    """The rater's first reading of this case, made where there is none. Call it in a transaction."""
    assignment, is_new = Assignment.objects.get_or_create(
        case=case,
        rater=rater,
        round=Assignment.FIRST,
        defaults={"assigned_by": assigned_by, "due_at": due_at},
    )
    if is_new:
        Annotation.objects.create(assignment=assignment)
        publish(assignment_changed(assignment))
    return assignment


def withdraw_assignment(*, assignment_id: UUID, user: User) -> None:
    """Take a case from a rater who has not begun.

    Raises:
        AlreadyBegun: there is a revision.
    """
    assignment = selectors.get_assignment(user, assignment_id)
    require(user, Permission.ANNOTATION_MANAGE, assignment.case.dataset.challenge)
    with transaction.atomic():
        annotation = Annotation.objects.select_for_update().get(assignment=assignment)
        if annotation.head:
            raise errors.AlreadyBegun(
                f"{assignment.rater.shown_name} has begun case {assignment.case.name}; the assignment stays."
            )
        event = assignment_changed(assignment)
        annotation.delete()
        assignment.delete()
        publish(event)


def upload_revision(
    *, annotation_id: UUID, user: User, base: int, edit_id: UUID, data: bytes, filename: str
) -> Saved:
    """Append a whole labelmap, on the case's grid and with the scheme's labels.

    Args:
        base: the revision that the rater had seen, 0 before the first.
        edit_id: made by the client, once per edit.
        data: the file: .nii, .nii.gz, .mha or .nrrd, as `filename` says; its voxels may be marked as unsure,
            as in what the studio has saved.

    Raises:
        RevisionOutdated: `base` is not the head; details carry the head.
        AlreadySubmitted: the organizer has to reopen it first.
        BadLabelmap: details carry every finding.
    """
    annotation = revising.own_annotation(annotation_id, user)
    if (known := revising.known_edit(annotation, edit_id)) is not None:
        return Saved(known, is_new=False)
    revising.require_head(annotation, base)  # before the work; asked again under the lock
    revising.require_open(annotation)
    case = annotation.assignment.case
    grid = grid_of(case)
    labelmap = read_sent_labelmap(data, filename=filename, case=case, may_be_unsure=True)
    snapshot = blobs.put_bytes(write_labelmap_nifti(labelmap, grid=grid))
    return revising.append(
        annotation_id=annotation.pk,
        base=base,
        revision=Revision(
            edit_id=edit_id,
            kind=Revision.Kind.UPLOAD,
            author=user,
            original_filename=filename[-255:],
            snapshot_digest=snapshot.digest,
            voxel_digest=voxel_digest(labelmap, grid),
        ),
    )


def read_sent_labelmap(data: bytes, *, filename: str, case: Case, may_be_unsure: bool = False) -> Labelmap:
    """The labelmap of a file that somebody sent, which lies on the case's grid and has the scheme's labels.

    Raises:
        BadLabelmap: details carry every finding.
    """
    checked = check_prediction(
        data,
        name=filename,
        case_name=case.name,
        grid=grid_of(case),
        scheme=scheme_of(case.dataset.scheme),
        limits=LIMITS,
        may_be_unsure=may_be_unsure,
    )
    if checked.labelmap is None:
        wrong = [finding for finding in checked.findings if finding.severity == "error"]
        raise errors.BadLabelmap(
            f"{wrong[0].sentence}.",
            code=wrong[0].code,
            details={"findings": [finding.to_json() for finding in checked.findings]},
        )
    return checked.labelmap


def restore_revision(*, annotation_id: UUID, user: User, base: int, edit_id: UUID, number: int) -> Saved:
    """Append an older revision's labelmap as the new head; that of revision 0 is empty.

    Raises:
        NotFound: there is no revision `number`.
        RevisionOutdated, AlreadySubmitted: as for an upload.
    """
    annotation = revising.own_annotation(annotation_id, user)
    if (known := revising.known_edit(annotation, edit_id)) is not None:
        return Saved(known, is_new=False)
    revising.require_head(annotation, base)  # before the work; asked again under the lock
    older = (
        labelmaps.ensure_snapshot(annotation, selectors.get_revision(annotation, number))
        if number
        else labelmaps.beginning(annotation)
    )
    return revising.append(
        annotation_id=annotation.pk,
        base=base,
        revision=Revision(
            edit_id=edit_id,
            kind=Revision.Kind.RESTORE,
            author=user,
            original_filename=older.original_filename,
            snapshot_digest=older.snapshot_digest,
            voxel_digest=older.voxel_digest,
            note=f"Restored revision {number}",
        ),
    )


def require_raters(challenge_id: UUID, rater_ids: Sequence[int]) -> list[User]:
    members = Membership.objects.filter(
        challenge_id=challenge_id, role=Role.RATER, user_id__in=rater_ids
    ).select_related("user")
    raters = [member.user for member in members.order_by("user_id")]
    if missing := sorted(set(rater_ids) - {rater.pk for rater in raters}):
        raise errors.BadAssignment(
            f"No raters of this challenge: the people {', '.join(map(str, missing))}; make them raters first."
        )
    if not raters:
        raise errors.BadAssignment("Choose at least one rater.")
    return raters


def _first_readings(cases: Sequence[Case], raters: Sequence[User]) -> dict[tuple[Case, User], Assignment]:
    found = Assignment.objects.filter(case__in=cases, rater__in=raters, round=Assignment.FIRST)
    return {
        (assignment.case, assignment.rater): assignment
        for assignment in found.select_related("case", "rater", "annotation")
    }


def _move_due(assignments: Sequence[Assignment], due_at: datetime | None) -> None:
    for assignment in assignments:
        if assignment.due_at != due_at:
            assignment.due_at = due_at
            assignment.save(update_fields=["due_at"])
            publish(assignment_changed(assignment))


def _choose_cases(cases: list[Case], case_ids: Sequence[UUID]) -> list[Case]:
    if missing := set(case_ids) - {case.pk for case in cases}:
        raise errors.BadAssignment(f"{len(missing)} of the cases are not in the dataset's latest version.")
    return [case for case in cases if case.pk in set(case_ids)]


def assignment_changed(assignment: Assignment) -> AssignmentChanged:
    return AssignmentChanged(
        assignment_id=assignment.pk, dataset_id=assignment.case.dataset_id, rater_id=assignment.rater_id
    )
