"""From labelmaps to packed masks, in one pass over the voxels, whole or piece by piece as a file inflates.

The bits of the labels are packed first: two planes tell labels 1 to 3 apart, whatever the regions are.
Regions are then made of planes, 64 voxels at a time, where anything is labelled.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import reduce

import numpy as np
import numpy.typing as npt

from backend.numerics.arrays import Labelmap, Mask
from backend.numerics.bitplanes import NO_BOX, BitMask, Box, Index, Words, box_at, word_count
from backend.numerics.bits import EMPTY, ONE, kernel, leading_zeros, trailing_zeros
from backend.numerics.labels import LabelScheme

Bytes = npt.NDArray[np.uint8]

_BLOCK = 32  # groups of eight voxels that are skipped together where they are background
_LOWEST_BIT_OF_EACH_BYTE = np.uint64(0x0101010101010101)
_GATHER = np.uint64(0x0102040810204080)
_MOST_LABELS = 255
_VOXELS_AT_ONCE = 1 << 16


@dataclass(frozen=True, eq=False)
class PackedLabelmap:
    """What scoring needs of a labelmap.

    Args:
        scheme: whose regions are packed.
        shape: of the labelmap, (X, Y, Z).
        fast_first: whether the bits run along X, else along Z.
        regions: the mask of each region of the scheme, without its excluded labels.
        excluded: the voxels of the scheme's excluded labels; None where it has none.
        has_strangers: whether labels occur that the scheme does not define.
    """

    scheme: LabelScheme
    shape: Index
    fast_first: bool
    regions: tuple[BitMask, ...]
    excluded: BitMask | None
    has_strangers: bool

    @property
    def grid(self) -> Index:
        """Voxels along (slow, middle, fast)."""
        x, y, z = self.shape
        return (z, y, x) if self.fast_first else (x, y, z)

    @property
    def bytes(self) -> int:
        """Memory that the masks take."""
        masks = self.regions if self.excluded is None else (*self.regions, self.excluded)
        return sum(mask.words.nbytes for mask in masks)


def is_fast_first(array: npt.NDArray[np.generic]) -> bool:
    """Whether X is the contiguous axis: NIfTI's order."""
    return bool(array.flags.f_contiguous)


def pack_labelmap(labelmap: Labelmap, scheme: LabelScheme, *, fast_first: bool) -> PackedLabelmap:
    """Pack the regions of a labelmap, any integers, (X, Y, Z); quickest in the order of its memory."""
    regions = _label_sets(scheme)
    found = _pack_whole(labelmap, regions, known=scheme.values, fast_first=fast_first)
    return _packed(*found, labelmap.shape, scheme, fast_first=fast_first)


def pack_pieces(
    pieces: Iterable[Labelmap], shape: Sequence[int], scheme: LabelScheme, *, fast_first: bool
) -> PackedLabelmap:
    """Pack a labelmap that comes in pieces.

    Args:
        pieces: flat, following each other in memory.
        shape: of the labelmap.
        fast_first: the memory order of pieces is X first, else Z first.
    """
    grid = shape[::-1] if fast_first else shape
    found = _pack(pieces, grid, _label_sets(scheme), known=scheme.values)
    return _packed(*found, shape, scheme, fast_first=fast_first)


def _label_sets(scheme: LabelScheme) -> list[Sequence[int]]:
    """The labels of each region, without the excluded ones; then, if there are any, those."""
    excluded = set(scheme.excluded)
    regions: list[Sequence[int]] = [sorted(set(region.labels) - excluded) for region in scheme.regions]
    return [*regions, scheme.excluded] if excluded else regions


def _packed(
    masks: list[BitMask],
    has_strangers: bool,
    shape: Sequence[int],
    scheme: LabelScheme,
    *,
    fast_first: bool,
) -> PackedLabelmap:
    x, y, z = shape
    return PackedLabelmap(
        scheme=scheme,
        shape=(x, y, z),
        fast_first=fast_first,
        excluded=masks.pop() if scheme.excluded else None,
        regions=tuple(masks),
        has_strangers=has_strangers,
    )


def pack_labels(labelmap: Labelmap, regions: Sequence[Sequence[int]], *, fast_first: bool) -> list[BitMask]:
    """Pack regions given by their labels, which they may share; 0 belongs to none."""
    return _pack_whole(labelmap, regions, known=(), fast_first=fast_first)[0]


def pack_masks(masks: Sequence[Mask], *, fast_first: bool) -> list[BitMask]:
    """Pack boolean arrays of shape (X, Y, Z)."""
    return [pack_labels(mask.view(np.uint8), [(1,)], fast_first=fast_first)[0] for mask in masks]


def _pack_whole(
    labelmap: Labelmap, regions: Sequence[Sequence[int]], *, known: Sequence[int], fast_first: bool
) -> tuple[list[BitMask], bool]:
    """As `_pack`; of a labelmap in the other memory order only the box of its regions is turned around."""
    turned, other = (labelmap.T, labelmap) if fast_first else (labelmap, labelmap.T)
    if turned.flags.c_contiguous or not other.flags.c_contiguous:
        return _pack([turned.ravel()], turned.shape, regions, known=known)
    masks, strangers = _pack([other.ravel()], other.shape, regions, known=known)
    box = reduce(Box.union, (mask.box for mask in masks), NO_BOX)
    if box.is_empty:
        return masks, strangers
    a, b, c = (slice(*limits) for limits in zip(box.lower[::-1], box.upper[::-1], strict=True))
    part = turned[a, b, c]
    masks, _ = _pack([part.ravel()], part.shape, regions, known=known)
    return [mask.moved((a.start, b.start, c.start)) for mask in masks], strangers


def _pack(
    pieces: Iterable[Labelmap],
    grid: Sequence[int],
    regions: Sequence[Sequence[int]],
    *,
    known: Sequence[int],
) -> tuple[list[BitMask], bool]:
    """The mask of each region, and whether labels occur that are of no region and not known.

    Args:
        pieces: flat, following each other in memory.
        grid: voxels along (slow, middle, fast).
    """
    labels = sorted({label for region in (*regions, known) for label in region if label})
    codes = _Codes(labels)
    slow, middle, fast = grid
    # Memory of zeros costs nothing until it is written to: only the rows of the lesion are.
    planes = np.zeros((slow * middle, word_count(fast), codes.bits), np.uint64)
    labelled = np.zeros(len(planes), np.bool_)
    start, strangers = 0, False
    for piece in pieces:
        for part in codes.of(piece):
            strangers |= _pack_planes(part, start, fast, codes.low_bits, planes, labelled)
            start += part.size
    rows = labelled.reshape(slow, middle)
    (first, end), (first_row, end_row) = _range_of(np.any(rows, axis=1)), _range_of(np.any(rows, axis=0))
    occupied = planes.reshape(slow, middle, *planes.shape[1:])[first:end, first_row:end_row]
    members = np.array([[label in region for region in regions] for label in labels], np.bool_)
    masks = np.zeros((len(regions), *occupied.shape[:3]), np.uint64)
    limits = np.zeros((len(regions), 6), np.int64)
    strangers |= _combine(occupied, codes.codes, members.reshape(len(labels), len(regions)), masks, limits)
    origin = (first, first_row, 0)
    packed = [BitMask(words, origin, box_at(each, origin)) for words, each in zip(masks, limits, strict=True)]
    return packed, strangers or codes.met_strangers


def _range_of(present: Mask) -> tuple[int, int]:
    """From and to which index anything is present."""
    places = np.flatnonzero(present)
    return (int(places[0]), int(places[-1]) + 1) if len(places) else (0, 0)


class _Codes:
    """Labels as bytes: themselves where they fit, else numbered."""

    def __init__(self, labels: Sequence[int]) -> None:
        if len(labels) > _MOST_LABELS:
            raise ValueError(f"regions of {len(labels)} labels in all; {_MOST_LABELS} can be told apart")
        self._labels = labels
        self.fit = not labels or (labels[0] > 0 and labels[-1] < 256)
        numbers = labels if self.fit else range(1, len(labels) + 1)
        self.codes = np.array(numbers, np.int64)
        self.bits = max(int(self.codes.max(initial=1)).bit_length(), 1)
        self.low_bits = np.uint64(((1 << self.bits) - 1) * int(_LOWEST_BIT_OF_EACH_BYTE))
        self.met_strangers = False

    def of(self, flat: Labelmap) -> Iterator[Bytes]:
        """The code of each voxel, in parts; labels that have none become background, and are remembered."""
        if self._are_bytes(flat):
            yield _read_only(flat.view(np.uint8))
            return
        for start in range(0, len(flat), _VOXELS_AT_ONCE):
            yield _read_only(self._narrow(flat[start : start + _VOXELS_AT_ONCE]))

    def _are_bytes(self, flat: Labelmap) -> bool:
        return self.fit and (flat.dtype in (np.uint8, np.bool_) or (flat.dtype == np.int8 and self.bits < 8))

    def _narrow(self, flat: Labelmap) -> Bytes:
        if self.fit and flat.dtype != np.int8 and not np.any(flat & ~np.array(255, flat.dtype)):
            return flat.astype(np.uint8)
        codes = np.zeros(flat.shape, np.uint8)
        for code, label in zip(self.codes.tolist(), self._labels, strict=True):
            codes[flat == label] = code
        self.met_strangers |= bool(np.any((codes == 0) & (flat != 0)))
        return codes


def _read_only(codes: Bytes) -> Bytes:
    """One kind of array means one compiled kernel."""
    view = codes.view()
    view.flags.writeable = False
    return view


@kernel
def _pack_planes(
    flat: Bytes,
    start: int,
    row_length: int,
    low_bits: np.uint64,
    planes: Words,
    labelled: npt.NDArray[np.bool_],
) -> bool:
    """Set planes[row, word, b] where bit b of a voxel's label is set, and labelled[row].

    Args:
        flat: labels of the voxels from `start` on.
        low_bits: which bits of eight labels the planes hold; labels with others are left out.

    Returns:
        whether any was left out.
    """
    groups = flat.size // 8
    eights = flat[: groups * 8].view(np.uint64)
    # Rows of fixed length: so the compiler sees that it may read many words at a time.
    blocks = eights[: groups // _BLOCK * _BLOCK].reshape(-1, _BLOCK)
    strangers = False
    for block in range(blocks.shape[0]):
        present = EMPTY
        for k in range(_BLOCK):
            present |= blocks[block, k]
        if present != EMPTY:
            at = start + block * _BLOCK * 8
            strangers |= _pack_eights(blocks[block], at, row_length, low_bits, planes, labelled)
    rest = blocks.size
    strangers |= _pack_eights(eights[rest:], start + rest * 8, row_length, low_bits, planes, labelled)
    last = np.zeros(1, np.uint64)
    for k in range(groups * 8, flat.size):
        last[0] |= np.uint64(flat[k]) << np.uint64(8 * (k & 7))
    return strangers | _pack_eights(last, start + groups * 8, row_length, low_bits, planes, labelled)


@kernel
def _pack_eights(
    eights: Words,
    start: int,
    row_length: int,
    low_bits: np.uint64,
    planes: Words,
    labelled: npt.NDArray[np.bool_],
) -> bool:
    """The same of voxels by eight, a byte each."""
    strangers = False
    row = start // row_length
    row_start = row * row_length - start
    for i in range(eights.size):
        eight = eights[i]
        if eight & ~low_bits:
            strangers = True
            eight = _without_strangers(eight, low_bits)
        if eight == EMPTY:
            continue
        while i * 8 - row_start >= row_length:
            row += 1
            row_start += row_length
        at = i * 8 - row_start
        if at + 8 > row_length:
            _pack_by_voxel(eight, row, at, row_length, planes, labelled)
            continue
        labelled[row] = True
        word, shift = at >> 6, at & 63
        for plane in range(planes.shape[2]):
            bit_of_each = (eight >> np.uint64(plane)) & _LOWEST_BIT_OF_EACH_BYTE
            bits = (bit_of_each * _GATHER) >> np.uint64(56)
            planes[row, word, plane] |= bits << np.uint64(shift)
            if shift > 56:
                planes[row, word + 1, plane] |= bits >> np.uint64(64 - shift)
    return strangers


@kernel
def _without_strangers(eight: np.uint64, low_bits: np.uint64) -> np.uint64:
    for k in range(8):
        byte = np.uint64(255) << np.uint64(8 * k)
        if eight & ~low_bits & byte:
            eight &= ~byte
    return eight


@kernel
def _pack_by_voxel(
    eight: np.uint64, row: int, at: int, row_length: int, planes: Words, labelled: npt.NDArray[np.bool_]
) -> None:
    """Set the bits of eight voxels where a row ends among them."""
    while eight != EMPTY:
        if at == row_length:
            at = 0
            row += 1
        if eight & np.uint64(255):
            labelled[row] = True
            for plane in range(planes.shape[2]):
                planes[row, at >> 6, plane] |= ((eight >> np.uint64(plane)) & ONE) << np.uint64(at & 63)
        eight >>= np.uint64(8)
        at += 1


@kernel
def _combine(
    planes: npt.NDArray[np.uint64],
    codes: npt.NDArray[np.int64],
    members: npt.NDArray[np.bool_],
    masks: Words,
    limits: npt.NDArray[np.int64],
) -> bool:
    """Set masks[region] where a code of the region is, and limits[region] to what `box_at` takes.

    Returns:
        whether any labelled voxel has none of the codes.
    """
    strangers = False
    slow, middle, width, bits = planes.shape
    limits[:, 0], limits[:, 2], limits[:, 4] = slow, middle, width * 64
    for plane in range(slow):
        for row in range(middle):
            for word in range(width):
                left = EMPTY
                for bit in range(bits):
                    left |= planes[plane, row, word, bit]
                if left == EMPTY:
                    continue
                for i in range(codes.size):
                    found = left
                    for bit in range(bits):
                        if (codes[i] >> bit) & 1:
                            found &= planes[plane, row, word, bit]
                        else:
                            found &= ~planes[plane, row, word, bit]
                    if found == EMPTY:
                        continue
                    left &= ~found
                    first, end = word * 64 + trailing_zeros(found), word * 64 + 64 - leading_zeros(found)
                    for region in range(members.shape[1]):
                        if members[i, region]:
                            masks[region, plane, row, word] |= found
                            limit = limits[region]
                            limit[0], limit[1] = min(limit[0], plane), max(limit[1], plane + 1)
                            limit[2], limit[3] = min(limit[2], row), max(limit[3], row + 1)
                            limit[4], limit[5] = min(limit[4], first), max(limit[5], end)
                strangers |= left != EMPTY
    return strangers
