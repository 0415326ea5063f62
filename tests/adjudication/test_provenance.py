"""Who decided each voxel, exactly."""

import uuid

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from backend.accounts.models import User
from backend.adjudication import files
from backend.adjudication.logs import read_table
from backend.adjudication.models import AdjudicationEdit
from backend.adjudication.provenance import owners_of
from backend.adjudication.selectors import get_adjudication
from backend.numerics.contested_table import ContestedTable
from backend.numerics.edits import apply_edit, changed_voxels, decode_edit, edit_at, edit_between, encode_edit
from tests.factories.adjudications import (
    FIRST,
    FUSED,
    SECOND,
    VOXELS,
    Room,
    labels_with,
    new_edit,
    open_room,
)

pytestmark = pytest.mark.django_db
BESIDE = (slice(20, 24), slice(20, 22), slice(9, 10))  # 8 voxels, without labels
PART = (slice(2, 4), slice(2, 3), slice(2, 3))  # 2 voxels of region 1


@pytest.fixture
def room() -> Room:
    return open_room()


def codes_of(room: Room) -> np.ndarray:
    now = get_adjudication(room.organizer, room.adjudication.pk)
    return files.provenance_of(now, room.labelmap()).codes


def legend_of(room: Room, user: User) -> dict[int, tuple[str, object, int]]:
    now = get_adjudication(user, room.adjudication.pk)
    entries = files.provenance_legend(now, user=user)
    return {entry.code: (entry.source, entry.person, entry.voxels) for entry in entries}


def test_nothing_done_is_all_as_fused(room: Room) -> None:
    assert not codes_of(room).any()
    assert legend_of(room, room.organizer) == {0: ("base", None, np.count_nonzero(FUSED))}


def test_codes_tell_takes_painters_and_the_fusion_apart(room: Room) -> None:
    first, second = room.experts
    key = room.key_of(labels_with((FIRST, 4), (SECOND, 2)))
    room.take(first, 1, key)
    room.take(first, 2, "fused")
    room.paint(second, BESIDE, 4)
    room.paint(first, PART, 1)
    expected = np.zeros_like(FUSED)
    code = 2 + "ABC".index(key)
    expected[FIRST], expected[SECOND], expected[BESIDE], expected[PART] = code, 1, 5, 6
    np.testing.assert_array_equal(codes_of(room), expected)
    base = np.count_nonzero(FUSED) - 16
    assert legend_of(room, room.organizer) == {
        0: ("base", None, base),
        1: ("fused", None, 16),
        code: (key, room.by[key], 25),
        5: ("", second, 8),
        6: ("", first, 2),
    }


def test_experts_learn_who_painted_and_not_who_rated(room: Room) -> None:
    first, second = room.experts
    room.take(first, 1, "B")
    room.paint(second, BESIDE, 4)
    legend = legend_of(room, first)
    assert legend[3][:2] == ("B", None)
    assert legend[5][:2] == ("", second)


def test_a_take_decides_also_where_the_label_was_the_same(room: Room) -> None:
    key = room.key_of(labels_with((SECOND, 2)))  # as fused
    taken = room.take(room.experts[0], 1, key)
    assert taken.voxels_changed == 0
    assert set(codes_of(room)[FIRST].ravel().tolist()) == {2 + "ABC".index(key)}
    room.undo(room.experts[0], taken)
    assert not codes_of(room).any()


def test_an_undo_gives_back_and_a_redo_takes_again(room: Room) -> None:
    first, second = room.experts
    key = room.key_of(labels_with((FIRST, 4), (SECOND, 2)))
    room.take(first, 1, "fused")
    taken = room.take(first, 1, key)
    room.paint(second, PART, 2)
    expected = np.zeros_like(FUSED)
    expected[FIRST], expected[PART] = 1, 5
    undone = room.undo(first, taken)
    np.testing.assert_array_equal(codes_of(room), expected)  # what was painted since stays
    room.undo(first, undone)
    expected[FIRST] = 2 + "ABC".index(key)
    expected[PART] = 5
    np.testing.assert_array_equal(codes_of(room), expected)


def test_what_an_undo_changes_that_is_others_is_painted_by_its_author(room: Room) -> None:
    first, second = room.experts
    mine = room.paint(first, BESIDE, 4)
    room.paint(second, BESIDE, 1)
    # No client of ours does this; the server checks nothing more, and says truly who it was.
    back = edit_between(labels_with((SECOND, 2), (BESIDE, 1)), FUSED)
    room.send(first, new_edit(back, undoes=mine.edit_id))
    expected = np.zeros_like(FUSED)
    expected[BESIDE] = 5
    np.testing.assert_array_equal(codes_of(room), expected)
    assert legend_of(room, room.organizer)[5][:2] == ("", first)


def test_an_undo_gives_back_only_what_it_left_as_it_was(room: Room) -> None:
    first, second = room.experts
    mine = room.paint(first, BESIDE, 4)
    left = labels_with((SECOND, 2), (BESIDE, 4))
    left[20, 20:22, 9] = 0  # as it was
    left[21, 20:22, 9] = 1  # as nobody had it
    back = edit_between(labels_with((SECOND, 2), (BESIDE, 4)), left)
    room.send(second, new_edit(back, undoes=mine.edit_id))
    expected = np.zeros_like(FUSED)
    expected[BESIDE] = 5
    expected[20, 20:22, 9], expected[21, 20:22, 9] = 0, 6
    np.testing.assert_array_equal(codes_of(room), expected)
    assert [entry[1] for code, entry in legend_of(room, first).items() if code > 4] == [first, second]


Step = tuple[str, int, int]
STEPS = st.lists(
    st.tuples(st.sampled_from(["paint", "take", "undo", "redo"]), st.integers(0, 7), st.integers(0, 3)),
    min_size=1,
    max_size=14,
)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(steps=STEPS)
def test_every_voxel_holds_what_its_decider_gave_it(room: Room, steps: list[Step]) -> None:
    """Whatever is painted, taken, undone and redone, in whatever order: rows alone, no database."""
    table = read_table(room.adjudication.table_digest)
    labelmap = FUSED.copy(order="F")
    rows: list[AdjudicationEdit] = []
    for step in steps:
        row = _row(rows, table, labelmap, step)
        if row is not None:
            apply_edit(labelmap, decode_edit(bytes(row.runs), voxels=VOXELS))
            rows.append(row)
    owners = owners_of(rows, table=table, voxels=VOXELS)
    flat, base = labelmap.reshape(-1, order="F"), FUSED.reshape(-1, order="F")
    assert np.array_equal(flat[owners == 0], base[owners == 0])
    for row in rows:
        own = np.flatnonzero(owners == row.number)
        if row.region is not None:
            voxels, labels = table.of_region(row.region, row.source)
            assert np.isin(own, voxels).all()
            given_labels = labels[np.searchsorted(voxels, own)]
        else:
            edit = decode_edit(bytes(row.runs), voxels=VOXELS)
            voxels = changed_voxels(edit)
            assert np.isin(own, voxels).all()
            given_labels = np.repeat(edit.new, edit.length)[np.searchsorted(voxels, own)]
        assert np.array_equal(flat[own], given_labels)


def _row(
    rows: list[AdjudicationEdit], table: ContestedTable, labelmap: np.ndarray, step: Step
) -> AdjudicationEdit | None:
    """The edit that a client makes of the step; None where there is nothing to take back."""
    kind, place, choice = step
    number = len(rows) + 1
    fields: dict[str, object] = {"edit_id": uuid.uuid4(), "number": number}
    if kind == "paint":
        after = labelmap.copy(order="F")
        after[2 + place % 3 : 5 + place % 2, 2 + place // 4 : 5, 2:4] = (0, 1, 2, 4)[choice]
        edit = edit_between(labelmap, after)
    elif kind == "take":
        region, source = 1 + place % 2, ("A", "B", "C", "fused")[choice]
        voxels, labels = table.of_region(region, source)
        edit = edit_at(labelmap, voxels, labels)
        fields |= {"region": region, "source": source}
    else:
        undoing = [row for row in rows if (row.undoes is not None) == (kind == "redo")]
        if not undoing:
            return None
        target = undoing[place % len(undoing)]
        if any(row.undoes == target.edit_id for row in rows):
            return None  # a client takes each edit back once
        record = decode_edit(bytes(target.runs), voxels=VOXELS)
        voxels = changed_voxels(record)
        still = labelmap.reshape(-1, order="F")[voxels] == np.repeat(record.new, record.length)
        edit = edit_at(labelmap, voxels[still], np.repeat(record.old, record.length)[still])
        fields |= {"undoes": target.edit_id}
    return AdjudicationEdit(runs=encode_edit(edit), voxels_changed=edit.voxels, **fields)
