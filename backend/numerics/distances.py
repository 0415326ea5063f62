"""Exact Euclidean distance from each set bit of one mask to the nearest of another.

Surfaces that are compared mostly lie close together. So each point looks along the rows around it, nearest rows
first, and finds the nearest bit of a row in a few instructions; it stops where no further row can be nearer. Points
that are far from everything would look at thousands of rows: they are left to a distance transform (Felzenszwalb &
Huttenlocher 2012, Theory of Computing 8:415) of just the slabs that hold them, whose cost does not depend on distance.
"""

from __future__ import annotations

from functools import lru_cache

import numpy as np
import numpy.typing as npt

from backend.numerics.bitplanes import Words
from backend.numerics.bits import EMPTY, kernel, leading_zeros, popcount, trailing_zeros

Floats = npt.NDArray[np.float64]
Spacing = tuple[float, float, float]

_ROWS_SEARCHED = 700  # about 15 rows around; beyond, the distance transform is faster
_FAR = -1.0


def nearest_distances(queries: Words, targets: Words, spacing_mm: Spacing) -> Floats:
    """Distance in mm from each set bit of `queries`, in the order of memory, to the nearest of `targets`.

    Args:
        queries, targets: words of one layout.
        spacing_mm: along (slow, middle, fast).

    Returns:
        float64, one per set bit of `queries`; `inf` where `targets` has none.
    """
    order, limit = _search_order(spacing_mm[0], spacing_mm[1])
    squared, far = _search(queries, targets, order[0], order[1], order[2], limit, spacing_mm)
    if far:
        _transform(queries, targets, spacing_mm, squared, far)
    return np.sqrt(squared, out=squared)


@lru_cache(maxsize=64)
def _search_order(slow_mm: float, middle_mm: float) -> tuple[Floats, float]:
    """Offsets of the rows around a row, nearest first: [slow, middle, squared mm], and what all others exceed."""
    shortest = min(slow_mm, middle_mm)
    reach_mm = shortest * np.sqrt(_ROWS_SEARCHED)
    slow, middle = int(reach_mm / slow_mm), int(reach_mm / middle_mm)
    a, b = np.meshgrid(np.arange(-slow, slow + 1), np.arange(-middle, middle + 1), indexing="ij")
    squared = (a * slow_mm) ** 2 + (b * middle_mm) ** 2
    complete = min((slow + 1) * slow_mm, (middle + 1) * middle_mm) ** 2
    order = np.argsort(squared, axis=None, kind="stable")
    order = order[squared.ravel()[order] < complete]
    limit = float(squared.ravel()[order[_ROWS_SEARCHED:]].min(initial=complete))
    order = order[:_ROWS_SEARCHED]
    rows = np.stack([part.ravel()[order].astype(np.float64) for part in (a, b, squared)])
    return rows, limit


@kernel
def _nearest_in_row(row, bit, step_mm, base, best):  # type: ignore[no-untyped-def]
    """The lesser of `best` and `base` + (mm from the bit to the nearest set bit of the row) squared."""
    width = row.size
    word, shift = bit >> 6, bit & 63
    upper = row[word] >> np.uint64(shift)
    if upper != EMPTY:
        mm = trailing_zeros(upper) * step_mm
        best = min(best, base + mm * mm)
    lower = row[word] << np.uint64(63 - shift)
    if lower != EMPTY:
        mm = leading_zeros(lower) * step_mm
        best = min(best, base + mm * mm)
    for other in range(word + 1, width):
        gap = other * 64 - bit
        if base + (gap * step_mm) ** 2 >= best:
            break
        if row[other] != EMPTY:
            mm = (gap + trailing_zeros(row[other])) * step_mm
            best = min(best, base + mm * mm)
            break
    for other in range(word - 1, -1, -1):
        gap = bit - (other * 64 + 63)
        if base + (gap * step_mm) ** 2 >= best:
            break
        if row[other] != EMPTY:
            mm = (gap + leading_zeros(row[other])) * step_mm
            best = min(best, base + mm * mm)
            break
    return best


@kernel
def _search(
    queries: Words,
    targets: Words,
    slow_offsets: Floats,
    middle_offsets: Floats,
    row_squared: Floats,
    limit: float,
    spacing_mm: Spacing,
) -> tuple[Floats, int]:
    """Squared distances of all set bits, and how many were too far: those are marked."""
    planes, rows, width = queries.shape
    total = 0
    for word in queries.ravel():
        total += popcount(word)
    squared = np.empty(total, np.float64)
    step_mm = spacing_mm[2]
    index, far = 0, 0
    for plane in range(planes):
        for row in range(rows):
            skip_until = -1
            for word in range(width):
                bits = queries[plane, row, word]
                while bits != EMPTY:
                    bit = word * 64 + trailing_zeros(bits)
                    bits &= bits - np.uint64(1)
                    if bit < skip_until:
                        squared[index] = _FAR
                        index += 1
                        far += 1
                        continue
                    best = np.inf
                    resolved = False
                    for k in range(row_squared.size):
                        if row_squared[k] >= best:
                            resolved = True
                            break
                        a, b = plane + int(slow_offsets[k]), row + int(middle_offsets[k])
                        if 0 <= a < planes and 0 <= b < rows:
                            best = _nearest_in_row(targets[a, b], bit, step_mm, row_squared[k], best)
                    if not resolved and best > limit:
                        # Its neighbours along the row are nearly as far: they need not look.
                        skip_until = bit + max(1, int(0.5 * np.sqrt(limit) / step_mm))
                        best = _FAR
                        far += 1
                    squared[index] = best
                    index += 1
    return squared, far


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
def _transform(queries: Words, targets: Words, spacing_mm: Spacing, squared: Floats, far: int) -> None:
    """Fill in the marked distances, one slab across the fast axis at a time."""
    planes, rows, width = queries.shape
    slow_mm, middle_mm, step_mm = spacing_mm
    first_plane, end_plane, first_row, end_row = planes, 0, rows, 0
    for plane in range(planes):
        for row in range(rows):
            for word in range(width):
                if targets[plane, row, word] != EMPTY:
                    first_plane, end_plane = min(first_plane, plane), max(end_plane, plane + 1)
                    first_row, end_row = min(first_row, row), max(end_row, row + 1)
    if end_plane == 0:
        squared[:] = np.inf
        return

    # Sort the marked points by slab.
    starts = np.zeros(width * 64 + 1, np.int64)
    for filling in range(2):
        if filling:
            for slab in range(width * 64):
                starts[slab + 1] += starts[slab]
            point_plane, point_row = np.empty(far, np.int32), np.empty(far, np.int32)
            point_index = np.empty(far, np.int64)
            free = starts[:-1].copy()
        index = 0
        for plane in range(planes):
            for row in range(rows):
                for word in range(width):
                    bits = queries[plane, row, word]
                    while bits != EMPTY:
                        bit = word * 64 + trailing_zeros(bits)
                        bits &= bits - np.uint64(1)
                        if squared[index] < 0:
                            if filling:
                                slot = free[bit]
                                free[bit] += 1
                                point_plane[slot], point_row[slot] = plane, row
                                point_index[slot] = index
                            else:
                                starts[bit + 1] += 1
                        index += 1

    longest = max(planes, rows)
    hulls, borders = np.empty(longest, np.int64), np.empty(longest, np.float64)
    in_row = np.empty(end_row - first_row, np.float64)
    along_middle = np.empty(rows, np.float64)
    along_slow = np.empty((rows, planes), np.float64)
    by_row = np.empty((rows, end_plane - first_plane), np.float64)
    needed = np.empty(rows, np.bool_)
    for slab in range(width * 64):
        if starts[slab] == starts[slab + 1]:
            continue
        needed[:] = False
        for slot in range(starts[slab], starts[slab + 1]):
            needed[point_row[slot]] = True
        for plane in range(first_plane, end_plane):
            for row in range(first_row, end_row):
                in_row[row - first_row] = _nearest_in_row(targets[plane, row], slab, step_mm, 0.0, np.inf)
            _lower_envelope(in_row, middle_mm, first_row, along_middle, hulls, borders)
            for row in range(rows):
                by_row[row, plane - first_plane] = along_middle[row]
        for row in range(rows):
            if needed[row]:
                _lower_envelope(by_row[row], slow_mm, first_plane, along_slow[row], hulls, borders)
        for slot in range(starts[slab], starts[slab + 1]):
            squared[point_index[slot]] = along_slow[point_row[slot], point_plane[slot]]
