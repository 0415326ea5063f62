"""Masks packed into 64-bit words: one bit per voxel, along the axis that is contiguous in memory.

A labelmap of 240×240×155 voxels is 9 MB; a region of it inside its box is 0.1 MB, and one instruction handles
64 voxels. Axes here are (slow, middle, fast): (Z, Y, X) of a labelmap in NIfTI's order, (X, Y, Z) of one in C
order. Nothing computed of masks depends on which, as long as both of a pair and the spacing have one order.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import numpy.typing as npt

from backend.numerics.arrays import Array, Labelmap, Mask
from backend.numerics.bits import EMPTY, ONE, WORD_BITS, kernel, leading_zeros, popcount, trailing_zeros

Words = npt.NDArray[np.uint64]
Index = tuple[int, int, int]

_REGIONS_PER_PASS = 8
_BLOCK = 32  # words of eight voxels that are skipped together where they are background
_LOWEST_BIT_OF_EACH_BYTE = np.uint64(0x0101010101010101)
_GATHER = np.uint64(0x0102040810204080)


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


EMPTY_MASK = BitMask(np.zeros((2, 2, 1), np.uint64), (-1, -1, -1), NO_BOX)


def word_count(bits: int) -> int:
    return -(-bits // WORD_BITS)


def mask_of(words: Words, box: Box) -> BitMask:
    """Wrap words laid out as `BitMask.placed` does."""
    origin = (box.lower[0] - 1, box.lower[1] - 1, box.lower[2] - 1)
    return BitMask(words, origin, _tight_box(words, origin))


def is_fast_first(array: Array) -> bool:
    """Whether X is the contiguous axis: NIfTI's order."""
    return bool(array.flags.f_contiguous)


def pack_masks(masks: Sequence[Mask], *, fast_first: bool) -> list[BitMask]:
    """Pack boolean arrays of shape (X, Y, Z)."""
    return [pack_labels(mask.view(np.uint8), [(1,)], fast_first=fast_first)[0] for mask in masks]


def pack_labels(labelmap: Labelmap, regions: Sequence[Sequence[int]], *, fast_first: bool) -> list[BitMask]:
    """Pack every region of a labelmap in one pass over it.

    Args:
        labelmap: any integers, shape (X, Y, Z).
        regions: the labels of each; they may share labels; 0 belongs to none.
        fast_first: pack along X, else along Z; free of copies where the memory is in that order.
    """
    codes, code_labels = _byte_codes(labelmap, regions)
    volume = np.ascontiguousarray(codes.T if fast_first else codes)
    masks: list[BitMask] = []
    for first in range(0, len(regions), _REGIONS_PER_PASS):
        chosen = [set(region) for region in regions[first : first + _REGIONS_PER_PASS]]
        lookup = np.zeros(256, np.uint64)
        for code, label in code_labels.items():
            lookup[code] = sum(1 << bit for bit, region in enumerate(chosen) if label in region)
        masks += _pack_chosen(volume, lookup, len(chosen))
    return masks


def _pack_chosen(
    volume: npt.NDArray[np.uint8], lookup: npt.NDArray[np.uint64], regions: int
) -> list[BitMask]:
    """Pack the regions that the lookup names by its bits, each in words no larger than its box."""
    planes, rows, voxels = volume.shape
    # Memory of zeros costs nothing until it is written to: only the rows of the lesion are.
    bits = np.zeros((regions, planes * rows, word_count(voxels)), np.uint64)
    first_row, end_row = _pack(volume.reshape(-1), voxels, lookup, bits)
    first, end = first_row // rows, -(-end_row // rows)
    occupied = bits.reshape(regions, planes, rows, -1)[:, first:end]
    whole = (BitMask(words, (first, 0, 0), _tight_box(words, (first, 0, 0))) for words in occupied)
    return [mask_of(mask.placed(mask.box), mask.box) for mask in whole]


def count_both(first: BitMask, second: BitMask) -> int:
    """Number of voxels set in both."""
    lower = tuple(max(a, b) for a, b in zip(first.box.lower, second.box.lower, strict=True))
    upper = tuple(min(a, b) for a, b in zip(first.box.upper, second.box.upper, strict=True))
    shared = Box((lower[0], lower[1], lower[2]), (upper[0], upper[1], upper[2]))
    if shared.is_empty:
        return 0
    return int(_count_both(first.placed(shared), second.placed(shared)))


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


def _byte_codes(
    labelmap: Labelmap, regions: Sequence[Sequence[int]]
) -> tuple[npt.NDArray[np.uint8], dict[int, int]]:
    """The labelmap in bytes, and which code is which label; labels of no region may become background."""
    wanted = sorted({label for region in regions for label in region if label})
    if labelmap.dtype == np.uint8:
        return labelmap.view(np.uint8), {label: label for label in wanted if 0 < label < 256}
    if len(wanted) > 255:
        raise ValueError(f"regions of {len(wanted)} labels in all; 255 can be told apart")
    codes = np.zeros_like(labelmap, np.uint8)
    for code, label in enumerate(wanted, start=1):
        codes[labelmap == label] = code
    return codes, dict(enumerate(wanted, start=1))


def _box(limits: npt.NDArray[np.int64]) -> Box:
    a, b, c, d, e, f = (int(value) for value in limits)
    return Box((a, c, e), (b, d, f))


def _tight_box(words: Words, origin: Index) -> Box:
    limits = np.empty(6, np.int64)
    _find_limits(words, limits)
    tight = _box(limits)
    if tight.is_empty:
        return NO_BOX
    a, b, o = tight.lower, tight.upper, origin
    return Box((a[0] + o[0], a[1] + o[1], a[2] + o[2]), (b[0] + o[0], b[1] + o[1], b[2] + o[2]))


@kernel
def _pack(
    flat: npt.NDArray[np.uint8],
    row_length: int,
    lookup: npt.NDArray[np.uint64],
    bits: npt.NDArray[np.uint64],
) -> tuple[int, int]:
    """Set bits[region, row, word] where a voxel is of the region; return from and to which row any is."""
    first_row, end_row = bits.shape[1], 0
    groups = flat.size // 8
    eights = flat[: groups * 8].view(np.uint64)
    for block in range(0, groups, _BLOCK):
        labelled = EMPTY
        if block + _BLOCK <= groups:
            for k in range(_BLOCK):
                labelled |= eights[block + k]
            if labelled == EMPTY:
                continue
        for group in range(block, min(block + _BLOCK, groups)):
            if eights[group] != EMPTY:
                first_row, end_row = _pack_bytes(
                    flat, group * 8, 8, row_length, lookup, bits, first_row, end_row
                )
    left = flat.size - groups * 8
    return _pack_bytes(flat, groups * 8, left, row_length, lookup, bits, first_row, end_row)


@kernel
def _pack_bytes(flat, start, count, row_length, lookup, bits, first_row, end_row):  # type: ignore[no-untyped-def]
    """Set the bits of up to eight voxels that follow each other in memory."""
    row = start // row_length
    voxel = start - row * row_length
    if count == 8 and voxel + 8 <= row_length:
        members = EMPTY  # one byte per voxel, one bit per region
        for k in range(8):
            members |= lookup[flat[start + k]] << np.uint64(8 * k)
        if members == EMPTY:
            return first_row, end_row
        word, shift = voxel >> 6, voxel & 63
        for region in range(bits.shape[0]):
            of_region = (members >> np.uint64(region)) & _LOWEST_BIT_OF_EACH_BYTE
            eight = (of_region * _GATHER) >> np.uint64(56)
            bits[region, row, word] |= eight << np.uint64(shift)
            if shift > 56:
                bits[region, row, word + 1] |= eight >> np.uint64(64 - shift)
        return min(first_row, row), max(end_row, row + 1)
    for k in range(count):
        member = lookup[flat[start + k]]
        for region in range(bits.shape[0]):
            if (member >> np.uint64(region)) & ONE:
                bits[region, row, voxel >> 6] |= ONE << np.uint64(voxel & 63)
        if member:
            first_row, end_row = min(first_row, row), max(end_row, row + 1)
        voxel += 1
        if voxel == row_length:
            voxel = 0
            row += 1
    return first_row, end_row


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
def _count_both(first: Words, second: Words) -> int:
    total = 0
    for a, b in zip(first.ravel(), second.ravel()):  # noqa: B905 (not known to the compiler)
        total += popcount(a & b)
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
