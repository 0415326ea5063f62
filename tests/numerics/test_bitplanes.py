import numpy as np
import pytest
from scipy import ndimage

from backend.numerics.bitplanes import (
    Box,
    count_both,
    dilate,
    without,
)
from backend.numerics.packing import is_fast_first, pack_labels, pack_masks
from tests.numerics.mask_phantoms import random_pair

REGIONS = [(1, 2, 3), (1, 3), (3,), (7,)]


def unpack(mask, shape: tuple[int, int, int], *, fast_first: bool) -> np.ndarray:
    """The mask as an array of shape (X, Y, Z) again."""
    grid = shape[::-1] if fast_first else shape
    words = mask.placed(Box((0, 0, 0), grid))
    bits = np.unpackbits(words.view(np.uint8), axis=2, bitorder="little")
    inner = bits[1:-1, 1:-1, 1 : 1 + grid[2]].astype(bool)
    assert bits.sum() == inner.sum(), "bits outside the grid"
    return inner.T if fast_first else inner


def random_labelmap(seed: int) -> np.ndarray:
    rng = np.random.default_rng(seed)
    shape = tuple(rng.integers(1, 70, 3))
    labels = np.where(rng.random(shape) < rng.choice([0, 0.002, 0.3]), rng.integers(1, 4, shape), 0)
    dtype = [np.uint8, np.int16, np.int64, np.uint8][seed % 4]
    return np.asarray(labels, dtype=dtype, order="F" if seed % 3 else "C")


@pytest.mark.parametrize("seed", range(24))
def test_packing_keeps_every_voxel_of_every_region_and_its_box(seed: int) -> None:
    labelmap = random_labelmap(seed)
    fast_first = is_fast_first(labelmap)

    masks = pack_labels(labelmap, REGIONS, fast_first=fast_first)

    for labels, mask in zip(REGIONS, masks, strict=True):
        expected = np.isin(labelmap, labels)
        assert np.array_equal(unpack(mask, labelmap.shape, fast_first=fast_first), expected)
        assert mask.voxels == expected.sum()
        where = np.argwhere(expected.T if fast_first else expected)
        if len(where):
            assert mask.box == Box(tuple(where.min(axis=0)), tuple(where.max(axis=0) + 1))
        else:
            assert mask.box.is_empty


@pytest.mark.parametrize("seed", range(12))
def test_the_memory_order_changes_no_bit(seed: int) -> None:
    labelmap = random_labelmap(seed)
    strided = np.repeat(labelmap, 2, axis=1)[:, ::2]

    for fast_first in (False, True):
        expected = [np.isin(labelmap, labels) for labels in REGIONS]
        for array in (labelmap, labelmap.copy(order="C"), labelmap.copy(order="F"), strided):
            masks = pack_labels(array, REGIONS, fast_first=fast_first)
            found = [unpack(mask, labelmap.shape, fast_first=fast_first) for mask in masks]
            assert all(np.array_equal(x, y) for x, y in zip(found, expected, strict=True))
            for mask, voxels in zip(masks, expected, strict=True):
                where = np.argwhere(voxels.T if fast_first else voxels)
                assert mask.box.is_empty if not len(where) else mask.box.lower == tuple(where.min(axis=0))


def test_more_regions_than_one_pass_takes_and_labels_beyond_a_byte() -> None:
    labelmap = np.arange(-3, 1021).reshape(16, 16, 4) * 100

    masks = pack_labels(labelmap, [(100 * label,) for label in range(1, 30)], fast_first=False)

    assert [mask.voxels for mask in masks] == [1] * 29
    assert masks[20].box == Box((0, 6, 0), (0 + 1, 7, 1))


def test_more_labels_than_a_byte_can_tell_apart_are_refused() -> None:
    with pytest.raises(ValueError, match="300 labels"):
        pack_labels(np.zeros((2, 2, 2), np.int32), [tuple(range(1, 301))], fast_first=False)


@pytest.mark.parametrize("seed", range(16))
def test_intersection_difference_and_dilation_equal_those_of_arrays(seed: int) -> None:
    first, second, _ = random_pair(seed)
    fast_first = is_fast_first(first)
    a, b = pack_masks([first, second], fast_first=fast_first)
    grid = first.shape[::-1] if fast_first else first.shape

    assert count_both(a, b) == np.count_nonzero(first & second)
    assert np.array_equal(unpack(without(a, b), first.shape, fast_first=fast_first), first & ~second)
    for times in (0, 1, 3):
        grown = unpack(dilate(a, times=times, grid=grid), first.shape, fast_first=fast_first)
        expected = first
        if times:
            neighbours = ndimage.generate_binary_structure(3, 2)
            expected = ndimage.binary_dilation(first, neighbours, iterations=times)
        assert np.array_equal(grown, expected)
