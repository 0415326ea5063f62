"""Exact Euclidean distance from each set bit of one mask to the nearest of another.

Surfaces that are compared mostly lie close together. So each point looks along the rows around it, nearest
first, and finds the nearest bit of a row in a few instructions; it stops where no further row can be nearer.
Points that are far from everything would look at thousands of rows: they are left to a distance transform of
just the slabs that hold them, whose cost does not depend on distance.

Source of the transform: Felzenszwalb & Huttenlocher 2012, Theory of Computing 8:415.
"""

from __future__ import annotations

from functools import lru_cache

import numpy as np
import numpy.typing as npt

from backend.numerics.bitplanes import Words
from backend.numerics.bits import EMPTY, ONE, kernel, leading_zeros, trailing_zeros

Floats = npt.NDArray[np.float64]
Integers = npt.NDArray[np.int64]
Positions = npt.NDArray[np.int32]
Spacing = tuple[float, float, float]

_ROWS_SEARCHED = 700  # about 15 rows around; beyond, the distance transform is faster
_FAR = -1.0


def nearest_distances(points: Positions, targets: Words, spacing_mm: Spacing) -> Floats:
    """Distance in mm from each point to the nearest set bit.

    Args:
        points: int32, (n, 3), as `bit_positions` gives them of words of the targets' layout.
        targets: words.
        spacing_mm: along (slow, middle, fast).

    Returns:
        float64, (n,); `inf` where no bit of the targets is set.
    """
    offsets, row_squared, limit = _search_order(spacing_mm[0], spacing_mm[1])
    apart, firsts, lasts = _lay_out_rows(targets)
    squared = _search(points, apart, firsts, lasts, offsets, row_squared, limit, spacing_mm[2])
    far = np.flatnonzero(squared == _FAR)
    if far.size:
        by_slab = far[np.argsort(points[far, 2], kind="stable")]
        _transform(points, apart, firsts, lasts, spacing_mm, squared, by_slab)
    return np.sqrt(squared, out=squared)


@lru_cache(maxsize=64)
def _search_order(slow_mm: float, middle_mm: float) -> tuple[Integers, Floats, float]:
    """Offsets (slow, middle) of the rows around a row, nearest first; their squared mm; the others' least."""
    reach_mm = min(slow_mm, middle_mm) * np.sqrt(_ROWS_SEARCHED)
    slow, middle = int(reach_mm / slow_mm), int(reach_mm / middle_mm)
    a, b = np.meshgrid(np.arange(-slow, slow + 1), np.arange(-middle, middle + 1), indexing="ij")
    squared = ((a * slow_mm) ** 2 + (b * middle_mm) ** 2).ravel()
    complete = min((slow + 1) * slow_mm, (middle + 1) * middle_mm) ** 2
    order = np.argsort(squared, kind="stable")
    order = order[squared[order] < complete]
    limit = float(squared[order[_ROWS_SEARCHED:]].min(initial=complete))
    order = order[:_ROWS_SEARCHED]
    return np.stack([a.ravel()[order], b.ravel()[order]]).astype(np.int64), squared[order], limit


@kernel
def _lay_out_rows(words: Words) -> tuple[npt.NDArray[np.uint64], Integers, Integers]:
    """The rows with an empty word on both sides, and the first and last set bit of each.

    An empty row's first bit is behind its last, which is below 0.
    """
    planes, rows, width = words.shape
    apart = np.zeros(planes * rows * (width + 2), np.uint64)
    firsts, lasts = np.empty((planes, rows), np.int64), np.empty((planes, rows), np.int64)
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
            firsts[plane, row], lasts[plane, row] = first, last
    return apart, firsts, lasts


@kernel
def _around(apart, base, bit):  # type: ignore[no-untyped-def]
    """The 64 bits of a row around a bit, which is number 32 of them; the row starts at apart[base]."""
    at, shift = base + ((bit + 32) >> 6), (bit + 32) & 63
    return (apart[at] >> np.uint64(shift)) | ((apart[at + 1] << np.uint64(63 - shift)) << ONE)


@kernel
def _steps_within(around):  # type: ignore[no-untyped-def]
    """From bit 32 to the nearest set bit."""
    return min(trailing_zeros(around >> np.uint64(32)), leading_zeros(around << np.uint64(31)))


@kernel
def _steps_beyond(apart, base, first, last, bit):  # type: ignore[no-untyped-def]
    """From a bit to the nearest set one of a row that is not empty, but is around the bit."""
    if bit <= first:
        return first - bit
    if bit >= last:
        return bit - last
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
    return min(above, below)


@kernel
def _search(
    points: Positions,
    apart: npt.NDArray[np.uint64],
    firsts: Integers,
    lasts: Integers,
    offsets: Integers,
    row_squared: Floats,
    limit: float,
    step_mm: float,
) -> Floats:
    """Squared distances of the points; marked where they are beyond the limit."""
    squared = np.empty(points.shape[0], np.float64)
    planes, rows = lasts.shape
    length = apart.size // lasts.size
    # The rows around one row that are not empty, found as its points need them.
    starts, numbers = np.empty(row_squared.size, np.int64), np.empty(row_squared.size, np.int64)
    squares = np.empty(row_squared.size, np.float64)
    known, looked, skip_until = 0, 0, -1
    blind = max(1, int(0.5 * np.sqrt(limit) / step_mm))
    plane, row = -1, -1
    for i in range(points.shape[0]):
        bit = int(points[i, 2])
        if points[i, 0] != plane or points[i, 1] != row:
            plane, row = int(points[i, 0]), int(points[i, 1])
            known, looked, skip_until = 0, 0, -1
        if bit < skip_until:
            squared[i] = _FAR
            continue
        best, k = np.inf, 0
        while True:
            if k == known:
                while looked < row_squared.size and row_squared[looked] < best:
                    a, b = plane + offsets[0, looked], row + offsets[1, looked]
                    looked += 1
                    if 0 <= a < planes and 0 <= b < rows and lasts[a, b] >= 0:
                        starts[k], numbers[k] = (a * rows + b) * length, a * rows + b
                        squares[k] = row_squared[looked - 1]
                        known += 1
                        break
                if k == known:
                    break
            if squares[k] >= best:
                break
            around = _around(apart, starts[k], bit)
            if around != EMPTY:
                steps = _steps_within(around)
            else:
                a, b = numbers[k] // rows, numbers[k] % rows
                steps = _steps_beyond(apart, starts[k], firsts[a, b], lasts[a, b], bit)
            best = min(best, squares[k] + (step_mm * steps) ** 2)
            k += 1
        if best > limit:
            # Its neighbours along the row are nearly as far: they need not look.
            skip_until = bit + blind
            best = _FAR
        squared[i] = best
    return squared


@kernel
def _lower_envelope(values, step_mm, first, result, hulls, borders):  # type: ignore[no-untyped-def]
    """result[i] = least of values[j] + (mm from i to first + j) squared; `hulls`, `borders` are room."""
    square = step_mm * step_mm
    count = -1
    for j in range(values.size):
        if values[j] == np.inf:
            continue
        at = first + j
        crossing = -np.inf
        while count >= 0:
            other = first + hulls[count]
            height = values[j] - values[hulls[count]] + square * (at * at - other * other)
            crossing = height / (2.0 * square * (at - other))
            if crossing > borders[count]:
                break
            count -= 1
        if count < 0:
            crossing = -np.inf
        count += 1
        hulls[count] = j
        borders[count] = crossing
    if count < 0:
        result[:] = np.inf
        return
    current = 0
    for i in range(result.size):
        while current < count and borders[current + 1] < i:
            current += 1
        mm = (i - first - hulls[current]) * step_mm
        result[i] = values[hulls[current]] + mm * mm


@kernel
def _transform(
    points: Positions,
    apart: npt.NDArray[np.uint64],
    firsts: Integers,
    lasts: Integers,
    spacing_mm: Spacing,
    squared: Floats,
    far: Integers,
) -> None:
    """Fill in the squared distances of the far points, given slab after slab across the fast axis."""
    slow_mm, middle_mm, step_mm = spacing_mm
    first_plane, end_plane, first_row, end_row = _occupied(lasts)
    if end_plane == 0:
        squared[:] = np.inf
        return
    planes, rows = lasts.shape
    length = apart.size // lasts.size
    hulls, borders = np.empty(max(planes, rows), np.int64), np.empty(max(planes, rows), np.float64)
    in_row = np.empty(end_row - first_row, np.float64)
    along_middle = np.empty(rows, np.float64)
    by_row = np.empty((rows, end_plane - first_plane), np.float64)
    along_slow = np.empty((rows, planes), np.float64)
    start = 0
    while start < far.size:
        slab, end = points[far[start], 2], start
        needed = np.zeros(rows, np.bool_)
        while end < far.size and points[far[end], 2] == slab:
            needed[points[far[end], 1]] = True
            end += 1
        for plane in range(first_plane, end_plane):
            for row in range(first_row, end_row):
                in_row[row - first_row] = np.inf
                if lasts[plane, row] >= 0:
                    base = (plane * rows + row) * length
                    around = _around(apart, base, slab)
                    if around != EMPTY:
                        steps = _steps_within(around)
                    else:
                        steps = _steps_beyond(apart, base, firsts[plane, row], lasts[plane, row], slab)
                    in_row[row - first_row] = (step_mm * steps) ** 2
            _lower_envelope(in_row, middle_mm, first_row, along_middle, hulls, borders)
            by_row[:, plane - first_plane] = along_middle
        for row in range(rows):
            if needed[row]:
                _lower_envelope(by_row[row], slow_mm, first_plane, along_slow[row], hulls, borders)
        for i in far[start:end]:
            squared[i] = along_slow[points[i, 1], points[i, 0]]
        start = end


@kernel
def _occupied(lasts):  # type: ignore[no-untyped-def]
    """From and to which plane and row there are rows that are not empty."""
    first_plane, end_plane, first_row, end_row = lasts.shape[0], 0, lasts.shape[1], 0
    for plane in range(lasts.shape[0]):
        for row in range(lasts.shape[1]):
            if lasts[plane, row] >= 0:
                first_plane, end_plane = min(first_plane, plane), max(end_plane, plane + 1)
                first_row, end_row = min(first_row, row), max(end_row, row + 1)
    return first_plane, end_plane, first_row, end_row
