"""Appending edits to an annotation: strokes of its rater, each with what it changed from and to.

An edit says what it found (`old`), so one made of another state is told from one that fits. Voxel work is
done before the lock, upon the head that the client names; under the lock only the head is asked again. It is
done within the request, because the next stroke waits for the answer: tens of ms for 9 million voxels.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

import numpy as np
from django.db import transaction

from backend.accounts.models import User
from backend.annotations import errors, labelmaps, revising
from backend.annotations.models import Annotation, Revision
from backend.annotations.revising import Appended
from backend.common.errors import TooLarge
from backend.datasets.models import Case
from backend.datasets.selectors import grid_of
from backend.datasets.services import scheme_of
from backend.numerics.arrays import Labelmap
from backend.numerics.edits import Edit, apply_edit, decode_edit
from backend.numerics.errors import EditError
from backend.numerics.labels import BACKGROUND, UNSURE, LabelScheme

MOST_EDITS = 200
MOST_BYTES = 8 << 20
# Of all edits together: a million runs take a second to apply, and their labelmap is smaller as a file.
MOST_RUNS = 1_000_000
SNAPSHOT_EVERY = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class NewEdit:
    """An edit as the client made it.

    Args:
        edit_id: made by the client, once per edit.
        tool, label: what it painted with; no label where the tool has none.
        runs: the record of `numerics.edits`.
        undoes: the edit that it takes back, where it is an undo; a redo takes back an undo.
        active_ms: how long the person worked on it.
    """

    edit_id: UUID
    tool: str
    runs: bytes
    label: int | None = None
    undoes: UUID | None = None
    started_at: datetime | None = None
    active_ms: int = 0


def append_edits(*, annotation_id: UUID, user: User, base: int, edits: Sequence[NewEdit]) -> Appended:
    """Append edits in their order: all, or none. Those already in the log are skipped.

    Args:
        base: the revision on which the first of the new ones was made, 0 before the first.

    Raises:
        RevisionOutdated: `base` is not the head; details carry the head. Never where all are in the log.
        EditDiverged: a voxel of the head does not hold what an edit found there; details carry which edit.
        BadEdit: a record is damaged or leaves the grid, a label is not the scheme's, or an undone edit is
            not in the log.
        NotEditable: the head holds labels over 255.
        AlreadySubmitted: the organizer has to reopen it first.
        TooLarge: too many edits at once, or too large ones.
    """
    require_modest(edits)
    annotation = revising.own_annotation(annotation_id, user)
    asked = {edit.edit_id for edit in edits}
    known = revising.known_edits(annotation, asked | {edit.undoes for edit in edits if edit.undoes})
    if asked <= known.keys():
        return Appended(annotation.head, [known[edit.edit_id] for edit in edits], is_new=False)
    revising.require_head(annotation, base)  # before the work; asked again under the lock
    revising.require_open(annotation)
    require_undone(edits, known.keys() | asked, case=annotation.assignment.case)
    new = [edit for edit in edits if edit.edit_id not in known]
    revisions, labelmap = _draw(annotation, user, base, new)
    with transaction.atomic():
        appended = revising.append_all(annotation_id=annotation.pk, base=base, revisions=revisions)
        if appended.is_new:
            transaction.on_commit(lambda: labelmaps.remember(revisions[-1], labelmap), robust=True)
    numbered = known | {revision.edit_id: revision for revision in appended.revisions}
    return Appended(appended.head, [numbered[edit.edit_id] for edit in edits], is_new=appended.is_new)


def require_modest(edits: Sequence[NewEdit]) -> None:
    """
    Raises:
        BadEdit: there is none, or two have one id.
        TooLarge: too many at once, or too large ones.
    """
    if not edits:
        raise errors.BadEdit("Send at least one edit.")
    if len(edits) > MOST_EDITS:
        raise TooLarge(f"{len(edits)} edits came at once; send at most {MOST_EDITS} at a time.")
    if sum(len(edit.runs) for edit in edits) > MOST_BYTES:
        raise TooLarge(
            f"The edits have more than {MOST_BYTES >> 20} MiB; send fewer at a time, or upload the labelmap."
        )
    if len({edit.edit_id for edit in edits}) < len(edits):
        raise errors.BadEdit("Two of the edits have the same edit_id; each needs its own.")


def require_undone(edits: Sequence[NewEdit], known: set[UUID], *, case: Case) -> None:
    """Raises BadEdit: one undoes what is not among the known."""
    for edit in edits:
        if edit.undoes and edit.undoes not in known:
            raise errors.BadEdit(
                f"Case {case.name}: the edit {edit.undoes} that is to be undone is not in the log; "
                "send it first.",
                details={"edit_id": str(edit.edit_id)},
            )


def _draw(
    annotation: Annotation, user: User, base: int, edits: Sequence[NewEdit]
) -> tuple[list[Revision], Labelmap]:
    """The revisions to be, snapshots where they are due, and the labelmap after the last one."""
    case = annotation.assignment.case
    scheme, grid = scheme_of(case.dataset.scheme), grid_of(case)
    state = labelmaps.state_at(annotation, base)
    _require_editable(state.labelmap, case=case, base=base)
    revisions, runs, snapshot = [], 0, state.snapshot
    for number, new in enumerate(edits, start=base + 1):
        subject = f"Case {case.name}: edit {number - base} of {len(edits)} ({new.tool})"
        edit = read_edit(new, subject=subject, voxels=grid.voxel_count, scheme=scheme)
        runs += len(edit.start)
        if runs > MOST_RUNS:
            raise TooLarge(f"{subject}: more than {MOST_RUNS:,} runs came at once; upload the labelmap.")
        _apply(edit, state.labelmap, subject=subject, edit_id=new.edit_id, base=base)
        revision = _revision(annotation, user, new, voxels_changed=edit.voxels)
        if number - snapshot >= SNAPSHOT_EVERY:
            snapshot = number
            labelmaps.take_snapshot(revision, state.labelmap, grid=grid)
        revisions.append(revision)
    return revisions, state.labelmap


def _require_editable(labelmap: Labelmap, *, case: Case, base: int) -> None:
    if labelmap.dtype != np.uint8:
        raise errors.NotEditable(
            f"Case {case.name}: revision {base} holds label {int(labelmap.max())}, and edits know labels up "
            "to 255; change it in another program and upload it, or restore an older revision."
        )


def read_edit(
    new: NewEdit, *, subject: str, voxels: int, scheme: LabelScheme, may_be_unsure: bool = True
) -> Edit:
    """Its record.

    Args:
        voxels: of the grid.
        may_be_unsure: whether voxels may be marked as such.

    Raises:
        BadEdit: it is damaged or leaves the grid, or paints what is no label of the scheme.
    """
    details = {"edit_id": str(new.edit_id)}
    try:
        edit = decode_edit(new.runs, voxels=voxels)
    except EditError as error:
        raise errors.BadEdit(
            f"{subject}: {error}; undo it, or upload the labelmap instead.", details=details
        ) from None
    # Voxels of any label may be marked as unsure.
    labels = edit.new & np.uint8(UNSURE - 1) if may_be_unsure and scheme.knows_unsure else edit.new
    painted = set(np.unique(labels).tolist()) | ({new.label} if new.label is not None else set())
    if unknown := sorted(painted - {BACKGROUND, *scheme.values}):
        expected = ", ".join(f"{label.value} {label.name}" for label in scheme.labels)
        raise errors.BadEdit(
            f"{subject}: paints label {unknown[0]}, which {scheme.name} does not have "
            f"(0 background, {expected}); undo it and use only those.",
            code="unknown_labels",
            details=details,
        )
    return edit


def _apply(edit: Edit, labelmap: Labelmap, *, subject: str, edit_id: UUID, base: int) -> None:
    try:
        apply_edit(labelmap, edit)
    except EditError as error:
        raise errors.EditDiverged(
            f"{subject}: {error}; load revision {base} and paint it again upon that.",
            details={"head": base, "edit_id": str(edit_id)},
        ) from None


def _revision(annotation: Annotation, user: User, new: NewEdit, *, voxels_changed: int) -> Revision:
    return Revision(
        annotation=annotation,
        edit_id=new.edit_id,
        kind=Revision.Kind.EDIT,
        author=user,
        tool=new.tool,
        label=new.label,
        runs=new.runs,
        voxels_changed=voxels_changed,
        active_ms=new.active_ms,
        started_at=new.started_at,
        undoes=new.undoes,
    )
