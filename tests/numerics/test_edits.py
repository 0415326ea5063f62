"""Edits as records: bytes there and back, undo, rebasing, and records that nobody should trust."""

import zlib

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from backend.numerics.edits import apply_edit, decode_edit, edit_between, encode_edit, rebase_edit
from backend.numerics.errors import EditError

SHAPE = (7, 5, 4)
labelmaps = hnp.arrays(np.uint8, SHAPE, elements=st.integers(0, 4)).map(np.asfortranarray)


@settings(max_examples=60, deadline=None)
@given(before=labelmaps, after=labelmaps)
def test_a_record_turns_one_labelmap_into_the_other_and_back(before, after) -> None:
    edit = decode_edit(encode_edit(edit_between(before, after)), voxels=before.size)
    state = before.copy(order="F")
    apply_edit(state, edit)
    np.testing.assert_array_equal(state, after)
    apply_edit(state, edit.inverse)
    np.testing.assert_array_equal(state, before)


@settings(max_examples=60, deadline=None)
@given(before=labelmaps, after=labelmaps, other=labelmaps)
def test_a_rebased_record_paints_the_same_voxels_on_another_state(before, after, other) -> None:
    edit = edit_between(before, after)
    state = other.copy(order="F")
    apply_edit(state, rebase_edit(edit, other))
    painted = before != after
    np.testing.assert_array_equal(state[painted], after[painted])
    np.testing.assert_array_equal(state[~painted], other[~painted])


def test_known_bytes() -> None:
    before = np.zeros((300, 2, 1), np.uint8, order="F")
    after = before.copy(order="F")
    after[2:202, 0, 0] = 3
    after[0, 1, 0] = 1
    # 2, 200 (two bytes), 0, 3; the next run begins 98 voxels after the first one's end.
    assert zlib.decompress(encode_edit(edit_between(before, after))) == bytes(
        [2, 0xC8, 0x01, 0, 3, 98, 1, 0, 1]
    )


def test_no_change_is_an_empty_record() -> None:
    labelmap = np.zeros(SHAPE, np.uint8, order="F")
    edit = decode_edit(encode_edit(edit_between(labelmap, labelmap)), voxels=labelmap.size)
    assert edit.voxels == 0
    apply_edit(labelmap, edit)


def test_an_edit_of_another_state_is_refused_and_changes_nothing() -> None:
    before = np.zeros(SHAPE, np.uint8, order="F")
    after = before.copy(order="F")
    after[1:4, 2, 2] = 2
    elsewhere = before.copy(order="F")
    elsewhere[3, 2, 2] = 4
    kept = elsewhere.copy()
    with pytest.raises(EditError, match="holds label 4, not 0"):
        apply_edit(elsewhere, edit_between(before, after))
    np.testing.assert_array_equal(elsewhere, kept)


@pytest.mark.parametrize(
    ("raw", "sentence"),
    [
        (bytes([0, 200, 1, 0, 1]), "beyond the grid"),
        (bytes([0, 0, 0, 1]), "without voxels"),
        (bytes([0, 1, 1, 1]), "two different values"),
        (bytes([0, 1, 0, 0x80, 2]), "two different values"),
        (bytes([0, 1, 0]), "groups of 4"),
        (bytes([0, 1, 0, 0x81]), "within a number"),
        (bytes([0x81] * 6 + [1, 1, 0, 1]), "too large"),
    ],
)
def test_damaged_runs_are_refused(raw: bytes, sentence: str) -> None:
    with pytest.raises(EditError, match=sentence):
        decode_edit(zlib.compress(raw), voxels=140)


def test_what_is_not_deflated_or_unpacks_without_end_is_refused() -> None:
    with pytest.raises(EditError, match="not deflated"):
        decode_edit(b"PK\x03\x04", voxels=140)
    with pytest.raises(EditError, match="longer than the grid"):
        decode_edit(zlib.compress(bytes(50_000_000)), voxels=140)
