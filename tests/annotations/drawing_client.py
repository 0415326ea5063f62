"""The studio's journal in Python: what a browser holds of an annotation, and how it keeps up with the server.

It paints on its own copy, keeps edits until they are confirmed, and where the server refuses them as outdated
it takes its own back, applies what came meanwhile and paints its own again upon that.
"""

import uuid
from dataclasses import dataclass, field, replace

import numpy as np

from backend.accounts.models import User
from backend.annotations import edit_services, errors, labelmaps, selectors, services
from backend.annotations.edit_services import NewEdit
from backend.annotations.models import Annotation
from backend.common import blobs
from backend.datasets.selectors import grid_of
from backend.numerics.edits import Edit, apply_edit, decode_edit, edit_between, encode_edit, rebase_edit
from backend.numerics.labels import UNSURE
from backend.numerics.volumes import read_labelmap, voxel_digest
from tests.phantoms import SHAPE, nifti_bytes

VOXELS = int(np.prod(SHAPE))


def empty() -> np.ndarray:
    return np.zeros(SHAPE, np.uint8, order="F")


def new_edit(edit: Edit, **fields: object) -> NewEdit:
    return NewEdit(**({"edit_id": uuid.uuid4(), "tool": "brush", "runs": encode_edit(edit)} | fields))


def painted(before: np.ndarray, box: tuple[slice, ...], label: int) -> Edit:
    after = before.copy(order="F")
    after[box] = label
    return edit_between(before, after)


def append(annotation: Annotation, *edits: NewEdit, base: int) -> edit_services.Appended:
    return edit_services.append_edits(
        annotation_id=annotation.pk, user=annotation.assignment.rater, base=base, edits=edits
    )


def server_labelmap(annotation: Annotation, number: int | None = None) -> np.ndarray:
    """As a person would see it who asks now."""
    seen = selectors.get_annotation(annotation.assignment.rater, annotation.pk)
    return labelmaps.state_at(seen, seen.head if number is None else number).labelmap


@dataclass
class Client:
    """One browser of the rater."""

    annotation: Annotation
    seen: int = 0
    labelmap: np.ndarray = field(default_factory=empty)
    pending: list[NewEdit] = field(default_factory=list)
    undoable: list[NewEdit] = field(default_factory=list)
    redoable: list[NewEdit] = field(default_factory=list)

    @property
    def rater(self) -> User:
        return self.annotation.assignment.rater

    def paint(self, box: tuple[slice, ...], label: int) -> None:
        edit = new_edit(painted(self.labelmap, box, label), label=label % UNSURE, active_ms=100)
        self._draw(edit)
        self.undoable.append(edit)
        self.redoable.clear()

    def undo(self) -> None:
        self._take_back(self.undoable, self.redoable)

    def redo(self) -> None:
        self._take_back(self.redoable, self.undoable)

    def flush(self, *, answer_is_lost: bool = False) -> None:
        """Send what is pending until the server has it all."""
        while self.pending:
            try:
                appended = append(self.annotation, *self.pending, base=self.seen)
            except errors.RevisionOutdated:
                self.catch_up()
                continue
            if answer_is_lost:
                answer_is_lost = False
                continue
            if appended.head != self.seen + len(self.pending):  # an earlier try had come through
                self.catch_up()
                continue
            self.seen = appended.head
            self.pending = []

    def catch_up(self) -> None:
        """Take what the server has beyond `seen`, below what is pending here."""
        rater_sees = selectors.get_annotation(self.rater, self.annotation.pk)
        later = selectors.edits_after(rater_sees, self.seen)
        for edit in reversed(self.pending):
            apply_edit(self.labelmap, decode_edit(edit.runs, voxels=VOXELS).inverse)
        for revision in later:
            if revision.runs is None:
                self.labelmap = server_labelmap(self.annotation, revision.number)
            else:
                apply_edit(self.labelmap, decode_edit(bytes(revision.runs), voxels=VOXELS))
            self.seen = revision.number
        confirmed = {revision.edit_id for revision in later}
        waiting, self.pending = self.pending, []
        for edit in waiting:
            if edit.edit_id not in confirmed:
                rebased = rebase_edit(decode_edit(edit.runs, voxels=VOXELS), self.labelmap)
                self._draw(replace(edit, runs=encode_edit(rebased)))

    def upload(self, labels: np.ndarray) -> None:
        self.flush()
        self._whole(
            lambda: services.upload_revision(
                annotation_id=self.annotation.pk,
                user=self.rater,
                base=self.seen,
                edit_id=uuid.uuid4(),
                data=nifti_bytes(labels),
                filename="mine.nii.gz",
            )
        )

    def restore(self, share: float) -> None:
        """The revision at this share of the history, the empty beginning at 0."""
        self.flush()
        self.catch_up()
        number = round(share * self.seen)
        self._whole(
            lambda: services.restore_revision(
                annotation_id=self.annotation.pk,
                user=self.rater,
                base=self.seen,
                edit_id=uuid.uuid4(),
                number=number,
            )
        )

    def _whole(self, save) -> None:
        try:
            save()
        except errors.RevisionOutdated:
            self.catch_up()
            save()
        self.catch_up()

    def _take_back(self, done: list[NewEdit], other: list[NewEdit]) -> None:
        if not done:
            return
        last = done.pop()
        inverse = decode_edit(last.runs, voxels=VOXELS).inverse
        edit = new_edit(rebase_edit(inverse, self.labelmap), undoes=last.edit_id, tool="undo")
        self._draw(edit)
        other.append(edit)

    def _draw(self, edit: NewEdit) -> None:
        apply_edit(self.labelmap, decode_edit(edit.runs, voxels=VOXELS))
        self.pending.append(edit)


def replayed(annotation: Annotation) -> tuple[np.ndarray, int]:
    """The log from zero, by the records alone; and how many snapshots on the way were found to agree."""
    grid, labelmap, agreeing = grid_of(annotation.assignment.case), empty(), 0
    for revision in annotation.revisions.order_by("number"):
        stored = revision.snapshot_digest and read_labelmap(
            blobs.read_blob(revision.snapshot_digest), name="snapshot.nii.gz"
        )
        if revision.runs is None:
            labelmap = np.array(stored.array, order="F")
        else:
            apply_edit(labelmap, decode_edit(bytes(revision.runs), voxels=VOXELS))
        if stored:
            np.testing.assert_array_equal(stored.array, labelmap)
            assert revision.voxel_digest == voxel_digest(labelmap, grid)
            agreeing += 1
    return labelmap, agreeing
