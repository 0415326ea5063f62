"""Exact Euclidean distance from each point to the nearest set bit of a mask, where exactness is asked for.

Few questions need every distance. A percentile needs those of the farthest points, a tolerance only which
side of it each is on. So a search is given a floor, below which any distance found will do, and a ceiling,
above which none is needed: most points are then settled by a bit that is known already.

A point looks along the rows around it, nearest first, and finds the nearest bit of a row in a few
instructions. Beyond those it looks at blocks of 4×4 rows, whose bits are merged into one row that tells
whether any of the sixteen can hold a nearer bit.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import numpy as np
import numpy.typing as npt

from backend.numerics.bitplanes import Index, Words
from backend.numerics.bits import EMPTY, ONE, kernel, leading_zeros, trailing_zeros

Floats = npt.NDArray[np.float64]
Integers = npt.NDArray[np.int64]
Positions = npt.NDArray[np.int32]
Spacing = tuple[float, float, float]

_NEAR_ROWS = 9  # looked at one by one, before blocks of them
# Floors and ceilings are kept clear of by more than squaring and rooting round.
_CLEAR = 1e-12
_WORDS_PER_POINT = 8  # dilating so many words costs about what a search does
_BEYOND_CEILING = 2.0  # times its square: how far it is looked, to spare the neighbours their search


@dataclass(frozen=True, eq=False)
class Targets:
    """The set bits of words, laid out to be searched.

    Args:
        words: (slow, middle, words).
        rows: the rows one after another, with an empty word on both sides of each.
        row_limits: (slow, middle, 2), first and last set bit of each row; the last of an empty row is -1.
        blocks, block_limits: the same of the merged rows of each 4×4 block.
    """

    words: Words
    rows: npt.NDArray[np.uint64]
    row_limits: Integers
    blocks: npt.NDArray[np.uint64]
    block_limits: Integers


def lay_out_targets(words: Words) -> Targets:
    merged = _merge_rows(words)
    return Targets(words, *_lay_out_rows(words), *_lay_out_rows(merged))


def nearest_distances(
    points: Positions,
    targets: Targets,
    spacing_mm: Spacing,
    *,
    offset: Index = (0, 0, 0),
    floor_mm: float = 0.0,
    ceiling_mm: float = np.inf,
) -> Floats:
    """Distance in mm from each point to the nearest target.

    Args:
        points: int32, (n, 3), along (slow, middle, fast); near each other in the order given.
        targets: what `lay_out_targets` made.
        spacing_mm: along (slow, middle, fast).
        offset: the point that is at [0, 0, bit 0] of the targets.
        floor_mm: distances up to it may come out as any that are neither below the true one nor above it.
        ceiling_mm: distances above it come out as `inf`.

    Returns:
        float64, (n,); `inf` where there are no targets.
    """
    floor, ceiling = floor_mm**2 * (1 - _CLEAR), ceiling_mm**2 * (1 + _CLEAR)
    covered = targets.words
    if floor_mm and len(points) > covered.size / _WORDS_PER_POINT:
        covered = _cover(covered, spacing_mm, floor_mm)
    near, near_squared, limit = _near_rows(spacing_mm[0], spacing_mm[1])
    squared = _search(
        points,
        np.array(offset),
        targets.rows,
        targets.row_limits,
        targets.blocks,
        targets.block_limits,
        covered,
        near,
        near_squared,
        limit,
        (float(spacing_mm[0]), float(spacing_mm[1]), float(spacing_mm[2])),  # one type, one kernel
        float(floor),
        float(ceiling),
    )
    return np.sqrt(squared, out=squared)


def _cover(words: Words, spacing_mm: Spacing, floor_mm: float) -> Words:
    """The targets and their neighbours within the floor; what reaches beyond the words is lost."""
    slow, middle, fast = spacing_mm
    square = floor_mm**2 * (1 - _CLEAR)
    reach = np.zeros((2, 2), np.int64)  # by rows apart: not at all, the bit itself, its neighbours too
    for a in range(2):
        for b in range(2):
            across = (a * slow) ** 2 + (b * middle) ** 2
            reach[a, b] = 2 if across + fast**2 <= square else int(across <= square)
    return _dilate(words, reach)


@lru_cache(maxsize=64)
def _near_rows(slow_mm: float, middle_mm: float) -> tuple[Integers, Floats, float]:
    """Offsets (slow, middle) of the rows around a row, nearest first; their squared mm; the others' least."""
    reach_mm = min(slow_mm, middle_mm) * np.sqrt(_NEAR_ROWS)
    slow, middle = int(reach_mm / slow_mm), int(reach_mm / middle_mm)
    a, b = np.meshgrid(np.arange(-slow, slow + 1), np.arange(-middle, middle + 1), indexing="ij")
    squared = ((a * slow_mm) ** 2 + (b * middle_mm) ** 2).ravel()
    complete = min((slow + 1) * slow_mm, (middle + 1) * middle_mm) ** 2
    order = np.argsort(squared, kind="stable")
    order = order[squared[order] < complete]
    limit = float(squared[order[_NEAR_ROWS:]].min(initial=complete))
    order = order[:_NEAR_ROWS]
    return np.stack([a.ravel()[order], b.ravel()[order]]).astype(np.int64), squared[order], limit


@kernel
def _merge_rows(words: Words) -> Words:
    planes, rows, width = words.shape
    merged = np.zeros(((planes + 3) >> 2, (rows + 3) >> 2, width), np.uint64)
    for plane in range(planes):
        for row in range(rows):
            for word in range(width):
                merged[plane >> 2, row >> 2, word] |= words[plane, row, word]
    return merged


@kernel
def _lay_out_rows(words: Words) -> tuple[npt.NDArray[np.uint64], Integers]:
    planes, rows, width = words.shape
    apart = np.zeros(planes * rows * (width + 2), np.uint64)
    limits = np.empty((planes, rows, 2), np.int64)
    for plane in range(planes):
        for row in range(rows):
            base = (plane * rows + row) * (width + 2) + 1
            first, last = width * 64, -1
            for word in range(width):
                bits = words[plane, row, word]
                apart[base + word] = bits
                if bits != EMPTY:
                    if last < 0:
                        first = word * 64 + trailing_zeros(bits)
                    last = word * 64 + 63 - leading_zeros(bits)
            limits[plane, row, 0], limits[plane, row, 1] = first, last
    return apart, limits


@kernel
def _dilate(words: Words, reach: Integers) -> Words:
    """Set the bits around each set bit, as far as `reach` says for rows so many apart."""
    planes, rows, width = words.shape
    size = rows * width  # rows of a plane follow each other, so those beside are so many words away
    flat = words.reshape(planes, size)
    spread, grown = np.empty_like(flat), np.zeros_like(flat)
    for plane in range(planes):
        for i in range(size):
            spread[plane, i] = flat[plane, i] | (flat[plane, i] << ONE) | (flat[plane, i] >> ONE)
        for i in range(0, size if width > 1 else 0, width):
            for word in range(i, i + width - 1):
                spread[plane, word + 1] |= flat[plane, word] >> np.uint64(63)
                spread[plane, word] |= flat[plane, word + 1] << np.uint64(63)
    for plane in range(planes):
        for other in range(max(plane - 1, 0), min(plane + 2, planes)):
            for beside in range(-1, 2):
                how, shift = reach[abs(other - plane), abs(beside)], beside * width
                first, end = max(0, -shift), size - max(0, shift)
                if how == 2:
                    for i in range(first, end):
                        grown[plane, i] |= spread[other, i + shift]
                elif how == 1:
                    for i in range(first, end):
                        grown[plane, i] |= flat[other, i + shift]
    return grown.reshape(planes, rows, width)


@kernel
def _around(apart: Words, base: int, bit: int) -> np.uint64:
    """The 64 bits of a row around a bit, which is number 32 of them; the row starts at apart[base]."""
    at, shift = base + ((bit + 32) >> 6), (bit + 32) & 63
    return (apart[at] >> np.uint64(shift)) | ((apart[at + 1] << np.uint64(63 - shift)) << ONE)


@kernel
def _step_within(around: np.uint64) -> int:
    """From bit 32 to the nearest set bit: how far, and which way."""
    above, below = trailing_zeros(around >> np.uint64(32)), leading_zeros(around << np.uint64(31))
    return above if above <= below else -below


@kernel
def _step_beyond(apart: Words, base: int, first: int, last: int, bit: int) -> int:
    """From a bit to the nearest set one of a row that is not empty."""
    if bit <= first:
        return first - bit
    if bit >= last:
        return last - bit
    own = base + 1 + (bit >> 6)
    upper, lower = apart[own] >> np.uint64(bit & 63), apart[own] << np.uint64(63 - (bit & 63))
    above, below = trailing_zeros(upper), leading_zeros(lower)
    word = own
    while upper == EMPTY:
        word += 1
        upper = apart[word]
        above = (word - base - 1) * 64 + trailing_zeros(upper) - bit
    word = own
    while lower == EMPTY:
        word -= 1
        lower = apart[word]
        below = bit - ((word - base - 1) * 64 + 63 - leading_zeros(lower))
    return above if above <= below else -below


# One long function: arrays handed to another are counted anew at each call, which doubles the time.
@kernel
def _search(  # noqa: C901
    points: Positions,
    offset: Integers,
    apart: npt.NDArray[np.uint64],
    limits: Integers,
    blocks: npt.NDArray[np.uint64],
    block_limits: Integers,
    covered: Words,
    near: Integers,
    near_squared: Floats,
    near_limit: float,
    spacing_mm: Spacing,
    floor: float,
    ceiling: float,
) -> Floats:
    """Squared distances of the points, exact between the squared floor and ceiling."""
    slow_mm, middle_mm, step_mm = spacing_mm
    beyond_window = (32 * step_mm) ** 2
    squared = np.empty(points.shape[0], np.float64)
    planes, rows, length = covered.shape[0], covered.shape[1], covered.shape[2] + 2
    bits = (length - 2) * 64
    block_planes, block_rows = block_limits.shape[0], block_limits.shape[1]
    # What was found last for a point at about this place along the rows, which may be nearest again.
    found = np.full((64, 3), -1, np.int64)
    lonely, clearance = np.zeros((64, 3), np.int64), np.zeros(64, np.float64)
    limit = ceiling * _BEYOND_CEILING
    for i in range(points.shape[0]):
        plane, row, bit = points[i, 0] - offset[0], points[i, 1] - offset[1], points[i, 2] - offset[2]
        inside = 0 <= plane < planes and 0 <= row < rows and 0 <= bit < bits
        if inside and (covered[plane, row, bit >> 6] >> np.uint64(bit & 63)) & ONE:
            squared[i] = floor
            continue
        place = (bit >> 3) & 63
        u, v, w = lonely[place, 0] - plane, lonely[place, 1] - row, lonely[place, 2] - bit
        if (u * slow_mm) ** 2 + (v * middle_mm) ** 2 + (w * step_mm) ** 2 < clearance[place]:
            squared[i] = np.inf
            continue
        best = np.inf
        a, b, c = found[place, 0], found[place, 1], found[place, 2]
        if a >= 0:
            best = ((a - plane) * slow_mm) ** 2 + ((b - row) * middle_mm) ** 2
            best += (step_mm * (c - bit)) ** 2
            if best <= floor:
                squared[i] = best
                continue
        if best > limit:
            best, a = limit, -1
        in_window = -32 <= bit < bits + 32
        for k in range(near_squared.size):
            if near_squared[k] >= best:
                break
            other, beside = plane + near[0, k], row + near[1, k]
            if 0 <= other < planes and 0 <= beside < rows:
                number = other * rows + beside
                around = _around(apart, number * length, bit) if in_window else EMPTY
                if around != EMPTY:
                    step = _step_within(around)
                elif limits[other, beside, 1] < 0 or (near_squared[k] + beyond_window >= best and in_window):
                    continue
                else:
                    first, last = limits[other, beside, 0], limits[other, beside, 1]
                    step = _step_beyond(apart, number * length, first, last, bit)
                mm = near_squared[k] + (step_mm * step) ** 2
                if mm < best:
                    best, a, b, c = mm, other, beside, bit + step
                    if best <= floor:
                        break
        if best > near_limit and best > floor:
            # Outward from the block of the point: down and up, and there to the left and to the right.
            own, own_row = min(plane >> 2, block_planes - 1), min(row >> 2, block_rows - 1)
            for way in range(4):
                by, by_row = (-1 if way < 2 else 1), (-1 if way % 2 == 0 else 1)
                u = own if way < 2 else max(own + 1, 0)
                while 0 <= u < block_planes:
                    apart_mm = max(4 * u - plane, plane - 4 * u - 3, 0) * slow_mm
                    plane_squared = apart_mm * apart_mm
                    if plane_squared >= best:
                        break
                    v = own_row if way % 2 == 0 else max(own_row + 1, 0)
                    while 0 <= v < block_rows:
                        apart_mm = max(4 * v - row, row - 4 * v - 3, 0) * middle_mm
                        least = plane_squared + apart_mm * apart_mm
                        if least >= best:
                            break
                        if block_limits[u, v, 1] >= 0:
                            base = (u * block_rows + v) * length
                            around = _around(blocks, base, bit) if in_window else EMPTY
                            if around != EMPTY:
                                step = _step_within(around)
                            elif least + beyond_window >= best and in_window:
                                v += by_row
                                continue
                            else:
                                first, last = block_limits[u, v, 0], block_limits[u, v, 1]
                                step = _step_beyond(blocks, base, first, last, bit)
                            if least + (step * step_mm) ** 2 < best:
                                for k in range(16):
                                    other, beside = 4 * u + (k >> 2), 4 * v + (k & 3)
                                    if other >= planes or beside >= rows:
                                        continue
                                    across = ((other - plane) * slow_mm) ** 2
                                    across += ((beside - row) * middle_mm) ** 2
                                    if across >= best:
                                        continue
                                    base = (other * rows + beside) * length
                                    around = _around(apart, base, bit) if in_window else EMPTY
                                    too_far = in_window and across + beyond_window >= best
                                    if around != EMPTY:
                                        step = _step_within(around)
                                    elif limits[other, beside, 1] < 0 or too_far:
                                        continue
                                    else:
                                        first, last = limits[other, beside, 0], limits[other, beside, 1]
                                        step = _step_beyond(apart, base, first, last, bit)
                                    mm = across + (step_mm * step) ** 2
                                    if mm < best:
                                        best, a, b, c = mm, other, beside, bit + step
                                if best <= floor:
                                    break
                        v += by_row
                    if best <= floor:
                        break
                    u += by
                if best <= floor:
                    break
        squared[i] = best if best <= ceiling and a >= 0 else np.inf
        if a >= 0:
            found[place, 0], found[place, 1], found[place, 2] = a, b, c
        if best > ceiling:
            # Points so near to this one that they are beyond the ceiling too.
            lonely[place, 0], lonely[place, 1], lonely[place, 2] = plane, row, bit
            clearance[place] = (np.sqrt(best) * (1 - _CLEAR) - np.sqrt(ceiling)) ** 2
    return squared
