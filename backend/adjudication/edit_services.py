"""Appending to an adjudication: strokes of several people, in the order in which they arrive.

Nobody is refused for having seen an older state: what an edit painted is painted upon whatever is there by
then, and the log has what came of it. The labelmap is read before the lock, upon the head seen then; under
the lock follow only the edits since, and the work on the voxels that are painted.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from uuid import UUID

from django.db import transaction

from backend.accounts.models import User
from backend.adjudication import errors, selectors
from backend.adjudication.logs import log_of, read_table
from backend.adjudication.models import Adjudication, AdjudicationEdit
from backend.annotations import replay
from backend.annotations.edit_services import (
    MOST_RUNS,
    SNAPSHOT_EVERY,
    NewEdit,
    read_edit,
    require_modest,
    require_undone,
)
from backend.annotations.errors import BadEdit
from backend.common.errors import TooLarge
from backend.datasets.selectors import grid_of
from backend.datasets.services import scheme_of
from backend.events.bus import publish, show_edits
from backend.events.rooms import RoomEdit, RoomPerson
from backend.events.types import AdjudicationEdited
from backend.numerics.arrays import Labelmap
from backend.numerics.edits import Edit, apply_edit, changed_voxels, edit_at, encode_edit, rebase_edit

TAKE = "take"


@dataclass(frozen=True, slots=True)
class Appended:
    """The head as it now is, and the edits asked for; not new where an earlier try had written all."""

    head: int
    edits: list[AdjudicationEdit]
    is_new: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Take:
    """Give a contested region the labels of a source: a rater's key, or "fused"."""

    edit_id: UUID
    region: int
    source: str


@dataclass(frozen=True, slots=True)
class _Draft:
    """An edit to be, and what it changes on a state."""

    row: AdjudicationEdit
    effect: Callable[[Labelmap], Edit]


def append_edits(*, adjudication_id: UUID, user: User, edits: Sequence[NewEdit]) -> Appended:
    """Append edits in their order: all, or none. Those already in the log are skipped.

    What they say of the state before is not asked: only what they paint counts.

    Raises:
        BadEdit: a record is damaged or leaves the grid, a label is not the scheme's, or an undone edit is
            not in the log.
        AdjudicationClosed: it was signed or withdrawn.
        TooLarge: too many edits at once, or too large ones.
    """
    require_modest(edits)
    seen = selectors.get_to_edit(user, adjudication_id)
    asked = [edit.edit_id for edit in edits]
    known = _known(seen, {*asked, *(edit.undoes for edit in edits if edit.undoes)})
    if set(asked) <= known.keys():
        return Appended(seen.head, [known[edit_id] for edit_id in asked], is_new=False)
    require_open(seen)
    require_undone(edits, known.keys() | set(asked), case=seen.case)
    drafts = _drafts(seen, user, [edit for edit in edits if edit.edit_id not in known])
    return _append(seen, drafts, asked, known)


def take_region(*, adjudication_id: UUID, user: User, take: Take) -> Appended:
    """Give a region a source's labels; also where nothing changes, as that is a decision.

    Raises:
        BadEdit: there is no such region, or no such source.
        AdjudicationClosed: it was signed or withdrawn.
    """
    seen = selectors.get_to_edit(user, adjudication_id)
    if take.edit_id in (known := _known(seen, {take.edit_id})):
        return Appended(seen.head, [known[take.edit_id]], is_new=False)
    require_open(seen)
    table = read_table(seen.table_digest)
    if take.source not in table.sources:
        raise BadEdit(
            f"Case {seen.case.name}: there is no source {take.source!r}; take one of "
            f"{', '.join(table.sources)}."
        )
    if not 1 <= take.region <= len(seen.regions):
        raise BadEdit(
            f"Case {seen.case.name}: there is no contested region {take.region}; it has {len(seen.regions)}."
        )
    voxels, labels = table.of_region(take.region, take.source)
    row = AdjudicationEdit(
        edit_id=take.edit_id, author=user, tool=TAKE, source=take.source, region=take.region
    )
    return _append(seen, [_Draft(row, partial(edit_at, voxels=voxels, values=labels))], [take.edit_id], known)


def _drafts(seen: Adjudication, user: User, edits: Sequence[NewEdit]) -> list[_Draft]:
    scheme, voxels = scheme_of(seen.case.dataset.scheme), grid_of(seen.case).voxel_count
    drafts, runs = [], 0
    for place, new in enumerate(edits, start=1):
        subject = f"Case {seen.case.name}: edit {place} of {len(edits)} ({new.tool})"
        edit = read_edit(new, subject=subject, voxels=voxels, scheme=scheme, may_be_unsure=False)
        runs += len(edit.start)
        if runs > MOST_RUNS:
            raise TooLarge(f"{subject}: more than {MOST_RUNS:,} runs came at once; send fewer at a time.")
        row = AdjudicationEdit(
            edit_id=new.edit_id, author=user, tool=new.tool, label=new.label, undoes=new.undoes
        )
        drafts.append(_Draft(row, partial(rebase_edit, edit)))
    return drafts


def _append(
    seen: Adjudication,
    drafts: Sequence[_Draft],
    asked: Sequence[UUID],
    known: Mapping[UUID, AdjudicationEdit],
) -> Appended:
    """Apply what is still to be written upon the head, whatever it is by then.

    Args:
        known: of those asked for, what the log had up to the head that was seen.
    """
    state = replay.state_at(log_of(seen), seen.head)
    with transaction.atomic():
        adjudication = locked(seen.pk)
        require_open(adjudication)
        if adjudication.head > seen.head:
            known = _known(adjudication, asked)
        new = [draft for draft in drafts if draft.row.edit_id not in known]
        if new:
            if adjudication.head > seen.head:
                log = log_of(adjudication)
                replay.catch_up(log, state.labelmap, after=seen.head, until=log.head)
            rows = _write(adjudication, new, state.labelmap)
            transaction.on_commit(
                lambda: _keep(rows[-1], state.labelmap, snapshot=state.snapshot), robust=True
            )
            known = {**known, **{row.edit_id: row for row in rows}}
    return Appended(adjudication.head, [known[edit_id] for edit_id in asked], is_new=bool(new))


def _write(
    adjudication: Adjudication, drafts: Sequence[_Draft], labelmap: Labelmap
) -> list[AdjudicationEdit]:
    """The rows, in the log; the labelmap becomes what it is after them."""
    table = read_table(adjudication.table_digest)
    rows = []
    for number, draft in enumerate(drafts, start=adjudication.head + 1):
        row, effect = draft.row, draft.effect(labelmap)
        apply_edit(labelmap, effect)
        row.adjudication, row.number = adjudication, number
        row.runs, row.voxels_changed = encode_edit(effect), effect.voxels
        row.regions = table.regions_at(changed_voxels(effect))
        rows.append(row)
    AdjudicationEdit.objects.bulk_create(rows)
    adjudication.head = rows[-1].number
    adjudication.save(update_fields=["head"])
    # First of all that follows the commit: the others look at it.
    show_edits(f"adjudication:{adjudication.pk}", [_as_shown(row) for row in rows])
    publish(
        AdjudicationEdited(
            adjudication_id=adjudication.pk, number=adjudication.head, edit_id=rows[-1].edit_id
        )
    )
    return rows


def _keep(row: AdjudicationEdit, labelmap: Labelmap, *, snapshot: int) -> None:
    """What only a committed edit may leave: the head's labelmap in the cache, its file where that is due."""
    replay.remember(row.adjudication_id, row, labelmap)
    if row.number - snapshot >= SNAPSHOT_EVERY:
        replay.take_snapshot(row, labelmap, grid=grid_of(row.adjudication.case))
        replay.save_snapshot(row)


def _as_shown(row: AdjudicationEdit) -> RoomEdit:
    return RoomEdit(
        number=row.number,
        edit_id=row.edit_id,
        author=RoomPerson(id=row.author_id, name=row.author.shown_name),
        tool=row.tool,
        label=row.label,
        runs=bytes(row.runs),
        undoes=row.undoes,
        source=row.source,
        region=row.region,
    )


def locked(adjudication_id: UUID) -> Adjudication:
    return (
        Adjudication.objects.select_for_update(of=("self",))
        .select_related("case__dataset__scheme", "case__dataset__challenge", "base")
        .defer(*selectors.LARGE)
        .get(pk=adjudication_id)
    )


def require_open(adjudication: Adjudication) -> None:
    if adjudication.status != Adjudication.Status.OPEN:
        raise errors.AdjudicationClosed(
            f"Case {adjudication.case.name}: this adjudication is {adjudication.status}; open a new one to "
            "change its labels."
        )


def _known(adjudication: Adjudication, edit_ids: Iterable[UUID]) -> dict[UUID, AdjudicationEdit]:
    known = adjudication.edits.filter(edit_id__in=set(edit_ids)).select_related("author")
    return {edit.edit_id: edit for edit in known}
