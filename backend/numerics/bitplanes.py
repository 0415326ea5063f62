"""Masks packed into 64-bit words: one bit per voxel, along the axis that is contiguous in memory.

A labelmap of 240×240×155 voxels is 9 MB; a region of it inside its box is 0.1 MB, and one instruction handles
64 voxels. Axes here are (slow, middle, fast): (Z, Y, X) of a labelmap in NIfTI's order, (X, Y, Z) of one in C
order. Nothing computed of masks depends on which, as long as both of a pair and the spacing have one order.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
import numpy.typing as npt

from backend.numerics.bits import EMPTY, ONE, WORD_BITS, kernel, leading_zeros, popcount, trailing_zeros

Words = npt.NDArray[np.uint64]
Index = tuple[int, int, int]


@dataclass(frozen=True)
class Box:
    """A half-open range of voxels along (slow, middle, fast)."""

    lower: Index
    upper: Index

    @property
    def shape(self) -> Index:
        a, b = self.lower, self.upper
        return b[0] - a[0], b[1] - a[1], b[2] - a[2]

    @property
    def is_empty(self) -> bool:
        return min(self.shape) <= 0

    def moved(self, by: Index) -> Box:
        """As far along each axis; an empty box stays where it is."""
        if self.is_empty:
            return self
        a, b, (x, y, z) = self.lower, self.upper, by
        return Box((a[0] + x, a[1] + y, a[2] + z), (b[0] + x, b[1] + y, b[2] + z))

    def union(self, other: Box) -> Box:
        """The smallest box that holds both."""
        if self.is_empty or other.is_empty:
            return self if other.is_empty else other
        a, b, c, d = self.lower, other.lower, self.upper, other.upper
        return Box(
            (min(a[0], b[0]), min(a[1], b[1]), min(a[2], b[2])),
            (max(c[0], d[0]), max(c[1], d[1]), max(c[2], d[2])),
        )

    def grown(self, margin: int, *, within: Index) -> Box:
        """As many voxels larger on every side, as far as the grid goes."""
        a, b = self.lower, self.upper
        return Box(
            (max(a[0] - margin, 0), max(a[1] - margin, 0), max(a[2] - margin, 0)),
            (min(b[0] + margin, within[0]), min(b[1] + margin, within[1]), min(b[2] + margin, within[2])),
        )


NO_BOX = Box((0, 0, 0), (0, 0, 0))


@dataclass(frozen=True, eq=False)
class BitMask:
    """A mask as words.

    Args:
        words: uint64, (slow, middle, words); bit b of word w is voxel origin + 64·w + b along the fast axis.
        origin: the voxel of the first bit.
        box: where the set bits are; empty if there are none.
    """

    words: Words
    origin: Index
    box: Box

    @cached_property
    def voxels(self) -> int:
        return int(count_bits(self.words))

    def placed(self, box: Box) -> Words:
        """The bits inside the box, with a row of zeros (a bit along the fast axis) on every side.

        Neighbours can then be read without asking where the box ends; `box.lower` is bit 1 of [1, 1, 0].
        """
        planes, rows, voxels = box.shape
        shape = (planes + 2, rows + 2, word_count(voxels + 2))
        lower = (box.lower[0] - 1, box.lower[1] - 1, box.lower[2] - 1)
        offset = (lower[0] - self.origin[0], lower[1] - self.origin[1], lower[2] - self.origin[2])
        target: Words = np.zeros(shape, np.uint64)
        _copy_bits(self.words, target, *offset)
        _keep_box(target, rows, voxels)
        return target

    def moved(self, by: Index) -> BitMask:
        """The same bits so many voxels further along each axis."""
        a, b, c = by
        x, y, z = self.origin
        return BitMask(self.words, (x + a, y + b, z + c), self.box.moved(by))


EMPTY_MASK = BitMask(np.zeros((2, 2, 1), np.uint64), (-1, -1, -1), NO_BOX)


def word_count(bits: int) -> int:
    return -(-bits // WORD_BITS)


def mask_of(words: Words, box: Box) -> BitMask:
    """Wrap words laid out as `BitMask.placed` does."""
    origin = (box.lower[0] - 1, box.lower[1] - 1, box.lower[2] - 1)
    limits = np.empty(6, np.int64)
    _find_limits(words, limits)
    return BitMask(words, origin, box_at(limits, origin))


def box_at(limits: npt.NDArray[np.int64], origin: Index) -> Box:
    """The box [slow from, to, middle from, to, fast from, to) counted from the origin; NO_BOX if empty."""
    a, b, c, d, e, f = limits.tolist()
    return Box((a, c, e), (b, d, f)).moved(origin) if a < b else NO_BOX


def count_both(first: BitMask, second: BitMask) -> int:
    """Number of voxels set in both."""
    if first.box.is_empty or second.box.is_empty:
        return 0
    a, b = first.origin, second.origin
    return int(_count_both(first.words, second.words, a[0] - b[0], a[1] - b[1], a[2] - b[2]))


def without(mask: BitMask, excluded: BitMask) -> BitMask:
    """The mask less the excluded voxels."""
    if mask.box.is_empty or excluded.box.is_empty:
        return mask
    return mask_of(mask.placed(mask.box) & ~excluded.placed(mask.box), mask.box)


def dilate(mask: BitMask, *, times: int, grid: Index) -> BitMask:
    """Grow by the 18-neighbourhood, as often, inside the grid."""
    if mask.box.is_empty or not times:
        return mask
    box = mask.box.grown(times, within=grid)
    words = mask.placed(box)
    for _ in range(times):
        words = _dilate(words, box.shape[2])
    return mask_of(words, box)


@kernel
def _find_limits(words: Words, limits: npt.NDArray[np.int64]) -> None:
    """Write [slow from, to, middle from, to, fast from, to) of the set bits; zeros if there are none."""
    planes, rows, width = words.shape
    columns = np.zeros(width, np.uint64)
    limits[:] = 0
    limits[0], limits[2] = planes, rows
    for plane in range(planes):
        for row in range(rows):
            present = EMPTY
            for word in range(width):
                present |= words[plane, row, word]
                columns[word] |= words[plane, row, word]
            if present != EMPTY:
                limits[0], limits[1] = min(limits[0], plane), max(limits[1], plane + 1)
                limits[2], limits[3] = min(limits[2], row), max(limits[3], row + 1)
    found = False
    for word in range(width):
        if columns[word] != EMPTY:
            if not found:
                limits[4] = word * 64 + trailing_zeros(columns[word])
                found = True
            limits[5] = word * 64 + 64 - leading_zeros(columns[word])
    if not found:
        limits[:] = 0


@kernel
def _copy_bits(source: Words, target: Words, slow: int, middle: int, fast: int) -> None:
    """Fill the target from the source, whose [slow, middle] and bit `fast` is the target's origin."""
    width = source.shape[2]
    word_shift, bit_shift = fast >> 6, fast & 63
    first, end = max(0, -slow), min(target.shape[0], source.shape[0] - slow)
    first_row, end_row = max(0, -middle), min(target.shape[1], source.shape[1] - middle)
    for plane in range(first, end):
        for row in range(first_row, end_row):
            for word in range(target.shape[2]):
                low = word + word_shift
                bits = EMPTY
                if 0 <= low < width:
                    bits = source[plane + slow, row + middle, low] >> np.uint64(bit_shift)
                if bit_shift and 0 <= low + 1 < width:
                    bits |= source[plane + slow, row + middle, low + 1] << np.uint64(64 - bit_shift)
                target[plane, row, word] = bits


@kernel
def _keep_box(words: Words, rows: int, voxels: int) -> None:
    """Clear what a copy brought beyond the box: the margins, and the bits behind the last voxel."""
    words[0], words[-1] = EMPTY, EMPTY
    words[:, 0], words[:, rows + 1 :] = EMPTY, EMPTY
    inside = _range_of_bits(words.shape[2], 1, 1 + voxels)
    for plane in range(words.shape[0]):
        for row in range(words.shape[1]):
            for word in range(words.shape[2]):
                words[plane, row, word] &= inside[word]


@kernel
def _range_of_bits(width: int, start: int, end: int) -> Words:
    words = np.zeros(width, np.uint64)
    for bit in range(start, end):
        words[bit >> 6] |= ONE << np.uint64(bit & 63)
    return words


@kernel
def count_bits(words: Words) -> int:
    total = 0
    for bits in words.ravel():
        total += popcount(bits)
    return total


@kernel
def bit_positions(words: Words) -> npt.NDArray[np.int32]:
    """The set bits as [slow, middle, bit], in the order of memory."""
    planes, rows, width = words.shape
    positions = np.empty((count_bits(words), 3), np.int32)
    index = 0
    for plane in range(planes):
        for row in range(rows):
            for word in range(width):
                bits = words[plane, row, word]
                while bits != EMPTY:
                    positions[index, 0], positions[index, 1] = plane, row
                    positions[index, 2] = word * 64 + trailing_zeros(bits)
                    bits &= bits - ONE
                    index += 1
    return positions


@kernel
def _count_both(first: Words, second: Words, slow: int, middle: int, fast: int) -> int:
    """Count the common bits; the first begins this much after the second."""
    width = second.shape[2]
    word_shift, bit_shift = fast >> 6, fast & 63
    total = 0
    for plane in range(max(0, -slow), min(first.shape[0], second.shape[0] - slow)):
        for row in range(max(0, -middle), min(first.shape[1], second.shape[1] - middle)):
            for word in range(first.shape[2]):
                bits = first[plane, row, word]
                if bits == EMPTY:
                    continue
                low = word + word_shift
                other = EMPTY
                if 0 <= low < width:
                    other = second[plane + slow, row + middle, low] >> np.uint64(bit_shift)
                if bit_shift and 0 <= low + 1 < width:
                    other |= second[plane + slow, row + middle, low + 1] << np.uint64(64 - bit_shift)
                total += popcount(bits & other)
    return total


@kernel
def _dilate(words: Words, voxels: int) -> Words:
    """One step of the 18-neighbourhood inside the margins."""
    planes, rows, width = words.shape
    inside = _range_of_bits(width, 1, 1 + voxels)
    wide = np.zeros_like(words)
    for plane in range(planes):
        for row in range(rows):
            for word in range(width):
                bits = words[plane, row, word]
                spread = bits | (bits << ONE) | (bits >> ONE)
                if word:
                    spread |= words[plane, row, word - 1] >> np.uint64(63)
                if word + 1 < width:
                    spread |= words[plane, row, word + 1] << np.uint64(63)
                wide[plane, row, word] = spread & inside[word]
    grown = np.zeros_like(words)
    for plane in range(1, planes - 1):
        for row in range(1, rows - 1):
            for word in range(width):
                grown[plane, row, word] = (
                    wide[plane, row, word]
                    | wide[plane - 1, row, word]
                    | wide[plane + 1, row, word]
                    | wide[plane, row - 1, word]
                    | wide[plane, row + 1, word]
                    | words[plane - 1, row - 1, word]
                    | words[plane - 1, row + 1, word]
                    | words[plane + 1, row - 1, word]
                    | words[plane + 1, row + 1, word]
                )
    return grown
