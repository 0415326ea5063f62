"""Exact Euclidean distance from each set bit of one mask to the nearest of another.

Surfaces that are compared mostly lie close together. So each point looks along the rows around it, nearest rows
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
from backend.numerics.bits import EMPTY, kernel, leading_zeros, trailing_zeros

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
    firsts, lasts = _row_ranges(targets)
    squared = _search(points, targets, firsts, lasts, offsets, row_squared, limit, spacing_mm[2])
    far = np.flatnonzero(squared == _FAR)
    if far.size:
        by_slab = far[np.argsort(points[far, 2], kind="stable")]
        _transform(points, targets, firsts, lasts, spacing_mm, squared, by_slab)
    return np.sqrt(squared, out=squared)


@lru_cache(maxsize=64)
def _search_order(slow_mm: float, middle_mm: float) -> tuple[Integers, Floats, float]:
    """Offsets (slow, middle) of the rows around a row, nearest first; their squared mm; the least of all others."""
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
def _row_ranges(words: Words) -> tuple[Integers, Integers]:
    """First and last set bit of each row; an empty row's first is behind its last."""
    planes, rows, width = words.shape
    firsts, lasts = np.empty((planes, rows), np.int64), np.empty((planes, rows), np.int64)
    for plane in range(planes):
        for row in range(rows):
            first, last = width * 64, -1
            for word in range(width):
                bits = words[plane, row, word]
                if bits != EMPTY:
                    if last < 0:
                        first = word * 64 + trailing_zeros(bits)
                    last = word * 64 + 63 - leading_zeros(bits)
            firsts[plane, row], lasts[plane, row] = first, last
    return firsts, lasts


@kernel
def _steps_in_row(row, first, last, bit):  # type: ignore[no-untyped-def]
    """How many voxels the nearest set bit of a row that is not empty is away."""
    if bit <= first:
        return first - bit
    if bit >= last:
        return bit - last
    word, shift = bit >> 6, bit & 63
    upper = row[word] >> np.uint64(shift)
    other, above = word, trailing_zeros(upper)
    while upper == EMPTY:
        other += 1
        upper = row[other]
        above = other * 64 + trailing_zeros(upper) - bit
    lower = row[word] << np.uint64(63 - shift)
    other, below = word, leading_zeros(lower)
    while lower == EMPTY:
        other -= 1
        lower = row[other]
        below = bit - (other * 64 + 63 - leading_zeros(lower))
    return min(above, below)


@kernel
def _search(
    points: Positions,
    targets: Words,
    firsts: Integers,
    lasts: Integers,
    offsets: Integers,
    row_squared: Floats,
    limit: float,
    step_mm: float,
) -> Floats:
    """Squared distances of the points; marked where they are beyond the limit."""
    squared = np.empty(points.shape[0], np.float64)
    # The rows around one row that are not empty, found as its points need them.
    around = np.empty(row_squared.size, np.int64)
    known, looked, skip_until = 0, 0, -1
    blind = max(1, int(0.5 * np.sqrt(limit) / step_mm))
    plane, row = -1, -1
    for i in range(points.shape[0]):
        bit = points[i, 2]
        if points[i, 0] != plane or points[i, 1] != row:
            plane, row = points[i, 0], points[i, 1]
            known, looked, skip_until = 0, 0, -1
        if bit < skip_until:
            squared[i] = _FAR
            continue
        best, k = np.inf, 0
        while True:
            if k == known:
                looked = _look_further(lasts, offsets, row_squared, plane, row, looked, best)
                if looked == row_squared.size or row_squared[looked] >= best:
                    break
                around[known] = looked
                known += 1
                looked += 1
            j = around[k]
            if row_squared[j] >= best:
                break
            a, b = plane + offsets[0, j], row + offsets[1, j]
            mm = step_mm * _steps_in_row(targets[a, b], firsts[a, b], lasts[a, b], bit)
            best = min(best, row_squared[j] + mm * mm)
            k += 1
        if best > limit:
            # Its neighbours along the row are nearly as far: they need not look.
            skip_until = bit + blind
            best = _FAR
        squared[i] = best
    return squared


@kernel
def _look_further(lasts, offsets, row_squared, plane, row, looked, best):  # type: ignore[no-untyped-def]
    """The next row around that is not empty; or the first that cannot be nearer than the best."""
    while looked < row_squared.size and row_squared[looked] < best:
        a, b = plane + offsets[0, looked], row + offsets[1, looked]
        if 0 <= a < lasts.shape[0] and 0 <= b < lasts.shape[1] and lasts[a, b] >= 0:
            break
        looked += 1
    return looked


@kernel
def _lower_envelope(values, step_mm, first, result, hulls, borders):  # type: ignore[no-untyped-def]
    """result[i] = least of values[j] + (mm from i to first + j) squared; `hulls`, `borders`: room to work in."""
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
    targets: Words,
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
                    steps = _steps_in_row(targets[plane, row], firsts[plane, row], lasts[plane, row], slab)
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
