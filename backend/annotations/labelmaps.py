"""The labelmap of any revision; before the first it is empty. How it is found: `replay`."""

from backend.annotations import replay
from backend.annotations.models import Annotation, Revision
from backend.annotations.replay import Log, State
from backend.annotations.replay import take_snapshot as take_snapshot
from backend.datasets.selectors import grid_of
from backend.datasets.services import scheme_of
from backend.numerics.arrays import Labelmap
from backend.numerics.labels import drop_unsure
from backend.numerics.volumes import write_labelmap_nifti


def log_of(annotation: Annotation) -> Log:
    case = annotation.assignment.case
    return Log(
        owner=annotation.pk,
        steps=annotation.revisions.all(),
        head=annotation.head,
        grid=grid_of(case),
        name=case.name,
    )


def state_at(annotation: Annotation, number: int) -> State:
    """The state at an existing revision; 0 is the empty labelmap before the first."""
    return replay.state_at(log_of(annotation), number)


def write_at(annotation: Annotation, number: int, *, drops_unsure: bool = False) -> bytes:
    """The labelmap at a revision as .nii.gz on the case's grid; for others than its rater without marks."""
    case = annotation.assignment.case
    labelmap = state_at(annotation, number).labelmap
    if drops_unsure:
        labelmap = drop_unsure(labelmap, scheme_of(case.dataset.scheme))
    return write_labelmap_nifti(labelmap, grid=grid_of(case))


def ensure_snapshot(annotation: Annotation, revision: Revision) -> Revision:
    """The revision, with a snapshot."""
    replay.ensure_snapshot(log_of(annotation), revision)
    return revision


def beginning(annotation: Annotation) -> Revision:
    """What was before the first revision, as one with a snapshot; it is not to be saved."""
    revision = Revision(annotation=annotation, number=0)
    take_snapshot(revision, state_at(annotation, 0).labelmap, grid=grid_of(annotation.assignment.case))
    return revision


def remember(revision: Revision, labelmap: Labelmap) -> None:
    """Keep the head's labelmap; see `replay.remember`."""
    replay.remember(revision.annotation_id, revision, labelmap)
