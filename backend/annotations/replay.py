"""The labelmap after any step of an append-only log: the nearest snapshot below it, and the edits since.

The head's labelmap is kept in the cache under the id of its step, so that an edit is appended without reading
a file; what is kept of an older step is brought up to date, whatever is missing is replayed.
"""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

import numpy as np
import structlog
from django.core.cache import cache
from django.db.models import QuerySet
from isal import isal_zlib
from redis.exceptions import RedisError

from backend.common import blobs
from backend.numerics.arrays import Labelmap
from backend.numerics.edits import apply_edit, decode_edit
from backend.numerics.geometry import Grid
from backend.numerics.volumes import read_labelmap, voxel_digest, write_labelmap_nifti

log = structlog.get_logger(__name__)

KEPT_S = 6 * 3600
_FAST = 1


@dataclass(frozen=True, eq=False)
class Log:
    """Whose steps have `number`, `runs`, `snapshot_digest` and `voxel_digest`, as `Revision` has.

    Args:
        owner: the row that the log is of.
        steps: all of them; a step without runs has a snapshot.
        head: the number of the latest, 0 before the first.
        name: of the case.
        start_digest: the labelmap before the first step; blank where that is empty.
    """

    owner: UUID
    steps: QuerySet[Any]
    head: int
    grid: Grid
    name: str
    start_digest: str = ""


@dataclass(frozen=True, eq=False)
class State:
    """The labelmap after a step; it is the holder's own to change.

    Args:
        labelmap: (X, Y, Z) in Fortran order; uint8 where its labels fit, and always where it was edited.
        snapshot: the number of the nearest step that has one, 0 for the beginning.
    """

    labelmap: Labelmap
    snapshot: int


def state_at(of: Log, number: int) -> State:
    """The state after an existing step; 0 is what was before the first."""
    below = of.steps.filter(number__lte=number).defer("runs").order_by("-number")
    snapshot = below.exclude(snapshot_digest="").first()
    since = snapshot.number if snapshot else 0
    if since == number:
        return State(_start(of, snapshot), since)
    latest = below[0]
    known, labelmap = _recall(of, latest, since)
    if labelmap is None:
        labelmap = _start(of, snapshot)
    if known < number:
        catch_up(of, labelmap, after=known, until=number)
        if number == of.head:
            remember(of.owner, latest, labelmap)
    return State(labelmap, since)


def catch_up(of: Log, labelmap: Labelmap, *, after: int, until: int) -> None:
    """Apply the edits of these steps in place."""
    records = of.steps.filter(number__gt=after, number__lte=until).order_by("number")
    for runs in records.values_list("runs", flat=True):
        assert runs is not None, "what is no edit has a snapshot"
        apply_edit(labelmap, decode_edit(bytes(runs), voxels=labelmap.size))


def ensure_snapshot(of: Log, step: Any) -> None:
    """Give the step a snapshot, if it has none. Two at once write the same one."""
    if not step.snapshot_digest:
        take_snapshot(step, state_at(of, step.number).labelmap, grid=of.grid)
        save_snapshot(step)


def take_snapshot(step: Any, labelmap: Labelmap, *, grid: Grid) -> None:
    """Store the labelmap and note its digests on the step, which the caller saves."""
    step.snapshot_digest = blobs.put_bytes(write_labelmap_nifti(labelmap, grid=grid)).digest
    step.voxel_digest = voxel_digest(labelmap, grid)


def save_snapshot(step: Any) -> None:
    """Write the digests alone."""
    type(step).objects.filter(pk=step.pk).update(
        snapshot_digest=step.snapshot_digest, voxel_digest=step.voxel_digest
    )


def remember(owner: UUID, step: Any, labelmap: Labelmap) -> None:
    """Keep the head's labelmap. Only of a step that is committed, or none may have its id again."""
    packed = isal_zlib.compress(labelmap.tobytes(order="F"), _FAST)
    try:
        cache.set(_key(owner), (str(step.pk), packed), KEPT_S)
    except (OSError, RedisError) as error:  # RedisError is no OSError
        log.warning("labelmap_not_kept", log=str(owner), error=str(error))


def _recall(of: Log, latest: Any, since: int) -> tuple[int, Labelmap | None]:
    """What is kept of the latest step, or of an older one after `since`; else `since`, and nothing."""
    try:
        kept = cache.get(_key(of.owner))
    except (OSError, RedisError):
        return since, None
    if kept is None:
        return since, None
    number = latest.number
    if kept[0] != str(latest.pk):
        older = of.steps.filter(pk=kept[0], number__gt=since, number__lt=number)
        number = older.values_list("number", flat=True).first()
        if number is None:
            return since, None
    voxels = np.frombuffer(bytearray(isal_zlib.decompress(kept[1])), dtype=np.uint8)
    return number, voxels.reshape(of.grid.shape, order="F")


def _key(owner: UUID) -> str:
    return f"head-labelmap:{owner}"


def _start(of: Log, snapshot: Any | None) -> Labelmap:
    digest = snapshot.snapshot_digest if snapshot else of.start_digest
    if not digest:
        return np.zeros(of.grid.shape, dtype=np.uint8, order="F")
    number = snapshot.number if snapshot else 0
    stored = blobs.read_blob(digest)
    return np.array(read_labelmap(stored, name=f"{of.name}, revision {number}.nii.gz").array, order="F")
