"""Several authors on one labelmap: the server's order wins, nothing is doubled, the log is the truth."""

import threading
import uuid
import zlib
from collections.abc import Iterator

import numpy as np
import pytest
from django.core.cache import cache
from django.db import connection
from django.test.utils import CaptureQueriesContext

from backend.accounts.models import User
from backend.adjudication import edit_services, errors, selectors
from backend.adjudication.edit_services import Take
from backend.adjudication.models import Adjudication
from backend.annotations.errors import BadEdit
from backend.common import blobs
from backend.common.errors import NotFound
from backend.datasets.selectors import grid_of
from backend.numerics.edits import apply_edit, changed_voxels, decode_edit
from backend.numerics.volumes import voxel_digest
from tests.factories.adjudications import (
    FIRST,
    FUSED,
    SECOND,
    VOXELS,
    Room,
    labels_with,
    open_room,
    stroke,
)
from tests.phantoms import SHAPE

pytestmark = pytest.mark.django_db
LEFT, RIGHT = (slice(20, 24), slice(20, 22), slice(9, 10)), (slice(22, 26), slice(20, 22), slice(9, 10))


@pytest.fixture(autouse=True)
def _fresh_cache() -> Iterator[None]:
    cache.clear()
    yield
    cache.clear()


@pytest.fixture
def room() -> Room:
    return open_room()


def replayed(room: Room) -> tuple[np.ndarray, int]:
    """The labelmap from the consensus and every record since, and how many snapshots agree with it."""
    labelmap, agreeing = room.labelmap(0), 0
    for edit in room.adjudication.edits.order_by("number"):
        apply_edit(labelmap, decode_edit(bytes(edit.runs), voxels=VOXELS))
        if edit.voxel_digest:
            assert edit.voxel_digest == voxel_digest(labelmap, grid_of(room.case))
            agreeing += 1
    return labelmap, agreeing


def states(room: Room) -> list[str]:
    (seen,) = selectors.describe(
        room.organizer, selectors.visible_to(room.organizer).filter(pk=room.adjudication.pk)
    )
    return [seen.states.get(number, "open") for number in (1, 2)]


def test_of_overlapping_strokes_the_later_one_lies_on_top(room: Room) -> None:
    first, second = room.experts
    seen = room.labelmap()
    room.paint(first, LEFT, 4)
    later = room.paint(second, RIGHT, 1, seen=seen)  # of somebody who has not seen the other's
    assert later.number == 2
    np.testing.assert_array_equal(room.labelmap(), labels_with((SECOND, 2), (LEFT, 4), (RIGHT, 1)))
    effective = decode_edit(bytes(later.runs), voxels=VOXELS)
    held = labels_with((SECOND, 2), (LEFT, 4)).reshape(-1, order="F")
    np.testing.assert_array_equal(np.repeat(effective.old, effective.length), held[changed_voxels(effective)])
    assert later.voxels_changed == 8
    np.testing.assert_array_equal(room.labelmap(1), labels_with((SECOND, 2), (LEFT, 4)))


def test_the_record_has_only_what_really_changes(room: Room) -> None:
    seen = room.labelmap()
    room.paint(room.experts[0], LEFT, 4)
    same = room.paint(room.experts[1], LEFT, 4, seen=seen)
    assert (same.number, same.voxels_changed) == (2, 0)
    partly = room.paint(room.experts[1], (slice(20, 26), slice(20, 22), slice(9, 10)), 4, seen=seen)
    assert partly.voxels_changed == 4


def test_retries_double_nothing(room: Room) -> None:
    expert = room.experts[0]
    one, two = stroke(FUSED, LEFT, 4), stroke(FUSED, RIGHT, 1)
    sent = room.send(expert, one)
    again = room.send(expert, one)
    assert (again.is_new, again.head, again.edits) == (False, 1, sent.edits)
    both = room.send(expert, one, two)
    assert (both.is_new, [edit.number for edit in both.edits]) == (True, [1, 2])
    assert room.adjudication.edits.count() == 2


def test_a_retry_after_others_painted_changes_nothing(room: Room) -> None:
    first, second = room.experts
    mine = stroke(FUSED, LEFT, 4)
    room.send(first, mine)
    room.paint(second, LEFT, 1)
    room.send(first, mine)
    np.testing.assert_array_equal(room.labelmap(), labels_with((SECOND, 2), (LEFT, 1)))


def test_taking_gives_a_region_the_labels_of_its_source(room: Room) -> None:
    key = room.key_of(labels_with((FIRST, 4), (SECOND, 2)))
    taken = room.take(room.experts[0], 1, key)
    assert (taken.source, taken.region, taken.regions, taken.voxels_changed) == (key, 1, [1], 27)
    np.testing.assert_array_equal(room.labelmap(), labels_with((FIRST, 4), (SECOND, 2)))
    back = room.take(room.experts[1], 1, "fused")
    assert back.voxels_changed == 27
    np.testing.assert_array_equal(room.labelmap(), FUSED)


def test_a_take_wins_over_what_was_painted_and_over_nothing_else(room: Room) -> None:
    room.paint(room.experts[0], (slice(3, 8), slice(3, 4), slice(3, 4)), 1)  # within and beside region 1
    room.take(room.experts[1], 1, room.key_of(labels_with((FIRST, 4), (SECOND, 2))))
    np.testing.assert_array_equal(
        room.labelmap(),
        labels_with((SECOND, 2), ((slice(3, 8), slice(3, 4), slice(3, 4)), 1), (FIRST, 4)),
    )


def test_regions_are_open_taken_or_painted_by_the_last_edit_that_stands(room: Room) -> None:
    first, second = room.experts
    assert states(room) == ["open", "open"]
    # Nothing changes, and it is a decision all the same.
    taken = room.take(first, 1, "fused")
    assert (taken.voxels_changed, taken.regions) == (0, [])
    painted = room.paint(second, (slice(4, 5), slice(4, 5), slice(4, 5)), 1)
    assert states(room) == ["painted", "open"]
    undone = room.undo(second, painted)
    assert states(room) == ["taken", "open"]
    room.undo(second, undone)
    assert states(room) == ["painted", "open"]
    room.paint(first, LEFT, 4)  # beside all regions
    assert states(room) == ["painted", "open"]
    room.take(first, 2, "A")
    room.undo(first, taken)
    assert states(room) == ["painted", "taken"]


def test_an_undo_leaves_what_others_painted_since(room: Room) -> None:
    first, second = room.experts
    mine = room.paint(first, LEFT, 4)
    room.paint(second, RIGHT, 1)
    room.undo(first, mine)
    np.testing.assert_array_equal(room.labelmap(), labels_with((SECOND, 2), (RIGHT, 1)))


def test_what_cannot_be_is_refused_in_words(room: Room) -> None:
    expert = room.experts[0]
    adjudication = room.adjudication.pk
    with pytest.raises(BadEdit, match=r"Case A: edit 1 of 1 \(brush\): paints label 3"):
        room.send(expert, stroke(FUSED, LEFT, 3))
    with pytest.raises(BadEdit, match="paints label 132"):
        room.send(expert, stroke(FUSED, LEFT, 132))  # no marks of unsureness here
    with pytest.raises(BadEdit, match="cut short"):
        room.send(expert, stroke(FUSED, LEFT, 1, runs=zlib.compress(b"\0\1\0\2")[:-3]))
    with pytest.raises(BadEdit, match="is to be undone is not in the log"):
        room.send(expert, stroke(FUSED, LEFT, 1, undoes=uuid.uuid4()))
    with pytest.raises(BadEdit, match="no source 'D'; take one of A, B, C, fused"):
        room.take(expert, 1, "D")
    with pytest.raises(BadEdit, match="no contested region 3; it has 2"):
        room.take(expert, 3, "A")
    with pytest.raises(NotFound):
        edit_services.append_edits(
            adjudication_id=adjudication, user=room.by["A"], edits=[stroke(FUSED, LEFT, 1)]
        )
    assert not room.adjudication.edits.exists()


def test_a_closed_adjudication_takes_no_edits_but_answers_retries(room: Room) -> None:
    known = stroke(FUSED, LEFT, 4)
    room.send(room.experts[0], known)
    Adjudication.objects.update(status=Adjudication.Status.SIGNED)
    with pytest.raises(errors.AdjudicationClosed, match="Case A: this adjudication is signed"):
        room.paint(room.experts[0], RIGHT, 4)
    with pytest.raises(errors.AdjudicationClosed):
        room.take(room.experts[0], 1, "A")
    assert not room.send(room.experts[0], known).is_new


@pytest.mark.django_db(transaction=True)
def test_replaying_from_the_consensus_gives_what_the_snapshots_say(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(edit_services, "SNAPSHOT_EVERY", 4)
    room = open_room()
    rng = np.random.default_rng(7)
    seen = room.labelmap()
    for step in range(18):
        at = rng.integers(0, 24, 3)
        box = tuple(slice(int(start), int(start) + 6) for start in at)
        room.paint(room.experts[step % 2], box, int(rng.choice([0, 1, 2, 4])), seen=seen)
        if step % 5 == 0:
            seen = room.labelmap()
        if step % 7 == 0:
            room.take(room.experts[1], 1 + step % 2, "ABC"[step % 3])
    labelmap, agreeing = replayed(room)
    assert agreeing == 5
    np.testing.assert_array_equal(room.labelmap(), labelmap)
    cache.clear()
    np.testing.assert_array_equal(room.labelmap(), labelmap)
    assert labelmap.shape == SHAPE


@pytest.mark.django_db(transaction=True)
def test_two_at_once_both_get_in() -> None:
    room = open_room()
    seen = room.labelmap()
    room.paint(room.experts[0], (slice(0, 1), slice(0, 1), slice(0, 1)), 1)
    barrier = threading.Barrier(2)
    numbers: list[int] = []

    def work(user: User, box: tuple[slice, ...], label: int) -> None:
        try:
            barrier.wait(timeout=10)
            for _ in range(5):
                (edit,) = room.send(user, stroke(seen, box, label)).edits
                numbers.append(edit.number)
        finally:
            connection.close()

    threads = [
        threading.Thread(target=work, args=[room.experts[0], LEFT, 4]),
        threading.Thread(target=work, args=[room.experts[1], RIGHT, 1]),
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=60)
    assert sorted(numbers) == list(range(2, 12))
    labelmap, _ = replayed(room)  # which fails where a record does not fit the one before
    np.testing.assert_array_equal(room.labelmap(), labelmap)


@pytest.mark.django_db(transaction=True)
def test_the_same_edit_sent_twice_at_once_is_written_once() -> None:
    room = open_room()
    edit = stroke(room.labelmap(), LEFT, 4)
    barrier = threading.Barrier(2)
    outcomes: list[bool] = []

    def send() -> None:
        try:
            barrier.wait(timeout=10)
            outcomes.append(room.send(room.experts[0], edit).is_new)
        finally:
            connection.close()

    threads = [threading.Thread(target=send) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=60)
    assert sorted(outcomes) == [False, True]
    assert room.adjudication.edits.count() == 1


@pytest.mark.django_db(transaction=True)
def test_an_edit_asks_the_database_little_and_reads_no_file(monkeypatch: pytest.MonkeyPatch) -> None:
    room = open_room()
    room.paint(room.experts[0], LEFT, 4)  # which puts the head into the cache
    room.paint(room.experts[0], RIGHT, 4)
    edit = stroke(room.labelmap(), LEFT, 1)
    take = Take(edit_id=uuid.uuid4(), region=1, source="A")
    monkeypatch.setattr(blobs, "read_blob", lambda digest: pytest.fail("a file was read"))
    with CaptureQueriesContext(connection) as queries:
        room.send(room.experts[0], edit)
    asked = [query for query in queries if query["sql"].split()[0] in {"SELECT", "INSERT", "UPDATE"}]
    assert len(asked) <= 12
    edit_services.take_region(adjudication_id=room.adjudication.pk, user=room.experts[1], take=take)


@pytest.mark.django_db(transaction=True)
def test_what_is_kept_of_an_older_edit_is_brought_up_to_date(monkeypatch: pytest.MonkeyPatch) -> None:
    room = open_room()
    room.paint(room.experts[0], LEFT, 4)
    kept = cache.get(f"head-labelmap:{room.adjudication.pk}")
    room.paint(room.experts[0], RIGHT, 1)
    cache.set(f"head-labelmap:{room.adjudication.pk}", kept)  # as if a slower process had written last
    monkeypatch.setattr(blobs, "read_blob", lambda digest: pytest.fail("a file was read"))
    np.testing.assert_array_equal(room.labelmap(), labels_with((SECOND, 2), (LEFT, 4), (RIGHT, 1)))
