"""The labelmap of any revision: the nearest snapshot below it, and the edits since.

Before the first revision it is empty. The head's is kept in the cache under the revision's own id, so that an
edit is appended without reading a file; whatever is missing there, or is of another revision, is replayed.
"""

from dataclasses import dataclass
from uuid import UUID

import numpy as np
import structlog
from django.core.cache import cache
from isal import isal_zlib
from redis.exceptions import RedisError

from backend.annotations.models import Annotation, Revision
from backend.common import blobs
from backend.datasets.selectors import grid_of
from backend.numerics.arrays import Labelmap
from backend.numerics.edits import apply_edit, decode_edit
from backend.numerics.geometry import Grid
from backend.numerics.volumes import read_labelmap, voxel_digest, write_labelmap_nifti

log = structlog.get_logger(__name__)

KEPT_S = 6 * 3600
_FAST = 1


@dataclass(frozen=True, eq=False)
class State:
    """What an annotation is at a revision; the labelmap is the holder's own to change.

    Args:
        labelmap: (X, Y, Z) in Fortran order; uint8 where its labels fit, and always where it was edited.
        snapshot: the number of the nearest revision that has one, 0 for the empty beginning.
    """

    labelmap: Labelmap
    snapshot: int


def state_at(annotation: Annotation, number: int) -> State:
    """The state at an existing revision; 0 is the empty labelmap before the first."""
    below = annotation.revisions.filter(number__lte=number).defer("runs").order_by("-number")
    snapshot = below.exclude(snapshot_digest="").first()
    since = snapshot.number if snapshot else 0
    if since == number:
        return State(_start(annotation, snapshot), since)
    revision = below[0]
    labelmap = _recall(revision, grid_of(annotation.assignment.case))
    if labelmap is None:
        labelmap = _start(annotation, snapshot)
        _replay(annotation, labelmap, after=since, until=number)
        if number == annotation.head:
            remember(revision, labelmap)
    return State(labelmap, since)


def write_at(annotation: Annotation, number: int) -> bytes:
    """The labelmap at a revision as .nii.gz on the case's grid."""
    grid = grid_of(annotation.assignment.case)
    return write_labelmap_nifti(state_at(annotation, number).labelmap, grid=grid)


def ensure_snapshot(annotation: Annotation, revision: Revision) -> Revision:
    """The revision, with a snapshot. Two at once write the same one."""
    if not revision.snapshot_digest:
        labelmap = state_at(annotation, revision.number).labelmap
        take_snapshot(revision, labelmap, grid=grid_of(annotation.assignment.case))
        Revision.objects.filter(pk=revision.pk).update(
            snapshot_digest=revision.snapshot_digest, voxel_digest=revision.voxel_digest
        )
    return revision


def take_snapshot(revision: Revision, labelmap: Labelmap, *, grid: Grid) -> None:
    """Store the labelmap and note its digests on the revision, which the caller saves."""
    revision.snapshot_digest = blobs.put_bytes(write_labelmap_nifti(labelmap, grid=grid)).digest
    revision.voxel_digest = voxel_digest(labelmap, grid)


def remember(revision: Revision, labelmap: Labelmap) -> None:
    """Keep the head's labelmap. Only of a revision that is committed, or none may have its id again."""
    packed = isal_zlib.compress(labelmap.tobytes(order="F"), _FAST)
    try:
        cache.set(_key(revision.annotation_id), (str(revision.pk), packed), KEPT_S)
    except (OSError, RedisError) as error:  # RedisError is no OSError
        log.warning("labelmap_not_kept", annotation=str(revision.annotation_id), error=str(error))


def _recall(revision: Revision, grid: Grid) -> Labelmap | None:
    try:
        kept = cache.get(_key(revision.annotation_id))
    except (OSError, RedisError):
        return None
    if kept is None or kept[0] != str(revision.pk):
        return None
    voxels = np.frombuffer(bytearray(isal_zlib.decompress(kept[1])), dtype=np.uint8)
    return voxels.reshape(grid.shape, order="F")


def _key(annotation_id: UUID) -> str:
    return f"head-labelmap:{annotation_id}"


def _start(annotation: Annotation, snapshot: Revision | None) -> Labelmap:
    case = annotation.assignment.case
    if snapshot is None:
        return np.zeros(grid_of(case).shape, dtype=np.uint8, order="F")
    stored = blobs.read_blob(snapshot.snapshot_digest)
    name = f"{case.name}, revision {snapshot.number}.nii.gz"
    return np.array(read_labelmap(stored, name=name).array, order="F")


def _replay(annotation: Annotation, labelmap: Labelmap, *, after: int, until: int) -> None:
    records = annotation.revisions.filter(number__gt=after, number__lte=until).order_by("number")
    for runs in records.values_list("runs", flat=True):
        assert runs is not None, "what is no edit has a snapshot"
        apply_edit(labelmap, decode_edit(bytes(runs), voxels=labelmap.size))
