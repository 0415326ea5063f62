"""Connected components of packed masks, by runs: stretches of set bits along the fast axis.

A lesion of 50,000 voxels has about 2,000 runs, and what is asked of components (size, overlap, which touch
which) is asked of runs.

Source of the scheme of two scans: Wu, Otoo & Suzuki 2009, Pattern Analysis and Applications 12:117.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from backend.numerics.bitplanes import EMPTY_MASK, BitMask, Box, Words, word_count
from backend.numerics.bits import EMPTY, ONE, kernel, popcount, trailing_zeros

Indices = npt.NDArray[np.int64]

CONNECTIVITIES = (6, 18, 26)


@dataclass(frozen=True, eq=False)
class Runs:
    """The runs of a mask in the order of memory, and the component of each.

    Args:
        box: what was searched; positions count its margin, as `BitMask.placed` lays it out.
        rows: the row of each run, plane after plane.
        row_starts: the first run of each row, and one more.
        starts, ends: bits along the fast axis, half-open.
        components: from 0, in the order of their first voxels.
        count: number of components.
    """

    box: Box
    rows: Indices
    row_starts: Indices
    starts: Indices
    ends: Indices
    components: Indices
    count: int

    @property
    def lengths(self) -> Indices:
        return self.ends - self.starts

    def sizes(self) -> Indices:
        """Voxels of each component."""
        return np.bincount(self.components, self.lengths, minlength=self.count).astype(np.int64)


@dataclass(frozen=True, eq=False)
class RunOverlaps:
    """Which runs of two masks share voxels, and how many."""

    first: Indices
    second: Indices
    voxels: Indices


def label_components(mask: BitMask, *, box: Box, connectivity: int) -> Runs:
    """Find the components of the voxels in the box.

    Args:
        mask: the packed mask.
        box: runs of several masks can be compared if their boxes are one.
        connectivity: 6 (shared faces), 18 (and edges) or 26 (and corners).
    """
    if connectivity not in CONNECTIVITIES:
        raise ValueError(f"connectivity {connectivity}: choose one of {CONNECTIVITIES}")
    words = mask.placed(box)
    rows, row_starts, starts, ends = _find_runs(words)
    components, count = _join_runs(words.shape[1], row_starts, starts, ends, connectivity)
    return Runs(box, rows, row_starts, starts, ends, components, count)


def overlap_runs(first: Runs, second: Runs) -> RunOverlaps:
    """Compare the runs of two masks in one box, row by row."""
    pairs = _overlap_runs(
        first.row_starts, first.starts, first.ends, second.row_starts, second.starts, second.ends
    )
    return RunOverlaps(*pairs)


class ComponentPainter:
    """Makes masks of single components again, each in time of its own runs."""

    def __init__(self, runs: Runs) -> None:
        self._runs = runs
        self._order = np.argsort(runs.components, kind="stable")
        self._first = np.searchsorted(runs.components[self._order], np.arange(runs.count + 1))

    def paint(self, components: Sequence[int]) -> BitMask:
        """The mask of these components together."""
        groups = [self._order[self._first[c] : self._first[c + 1]] for c in components]
        if not groups:
            return EMPTY_MASK
        runs, chosen = self._runs, np.concatenate(groups)
        slow, middle = np.divmod(runs.rows[chosen], runs.box.shape[1] + 2)
        starts, ends = runs.starts[chosen], runs.ends[chosen]
        first = (int(slow.min()), int(middle.min()), int(starts.min()))
        last = (int(slow.max()), int(middle.max()), int(ends.max()) - 1)
        shape = (last[0] - first[0] + 3, last[1] - first[1] + 3, word_count(last[2] - first[2] + 3))
        words = np.zeros(shape, np.uint64)
        a, b, c = (index - 1 for index in first)
        _paint_runs(words, slow - a, middle - b, starts - c, ends - c)
        lower = runs.box.lower
        origin = (lower[0] - 1 + a, lower[1] - 1 + b, lower[2] - 1 + c)
        box = Box(
            (origin[0] + 1, origin[1] + 1, origin[2] + 1),
            (lower[0] + last[0], lower[1] + last[1], lower[2] + last[2]),
        )
        return BitMask(words, origin, box)


@kernel
def _find_runs(words: Words) -> tuple[Indices, Indices, Indices, Indices]:
    """Row, first bit and end of each run, and the first run of each row."""
    planes, rows, width = words.shape
    count = 0
    for plane in range(planes):
        for row in range(rows):
            carried = EMPTY
            for word in range(width):
                bits = words[plane, row, word]
                count += popcount(bits & ~((bits << ONE) | carried))
                carried = bits >> np.uint64(63)
    starts, ends, run_rows = np.empty(count, np.int64), np.empty(count, np.int64), np.empty(count, np.int64)
    row_starts = np.empty(planes * rows + 1, np.int64)
    opened, closed = 0, 0
    for plane in range(planes):
        for row in range(rows):
            row_starts[plane * rows + row] = opened
            carried = EMPTY
            for word in range(width):
                bits = words[plane, row, word]
                before = (bits << ONE) | carried
                carried = bits >> np.uint64(63)
                changes = bits ^ before
                while changes != EMPTY:
                    position = trailing_zeros(changes)
                    changes &= changes - ONE
                    if opened == closed:
                        starts[opened] = word * 64 + position
                        run_rows[opened] = plane * rows + row
                        opened += 1
                    else:
                        ends[closed] = word * 64 + position
                        closed += 1
            if opened > closed:
                ends[closed] = width * 64
                closed += 1
    row_starts[planes * rows] = opened
    return run_rows, row_starts, starts, ends


@kernel
def _root(parents: Indices, run: int) -> int:
    while parents[run] != run:
        parents[run] = parents[parents[run]]
        run = parents[run]
    return run


@kernel
def _join_rows(
    row: int,
    other: int,
    slack: int,
    row_starts: Indices,
    starts: Indices,
    ends: Indices,
    parents: Indices,
) -> None:
    """Join the runs of two rows that overlap, or miss each other by less than the slack."""
    a, b = row_starts[row], row_starts[other]
    while a < row_starts[row + 1] and b < row_starts[other + 1]:
        if starts[a] < ends[b] + slack and starts[b] < ends[a] + slack:
            # The smaller root stays: components are numbered by their first voxels.
            first, second = _root(parents, a), _root(parents, b)
            if first < second:
                parents[second] = first
            else:
                parents[first] = second
        if ends[a] < ends[b]:
            a += 1
        else:
            b += 1


@kernel
def _join_runs(
    rows: int, row_starts: Indices, starts: Indices, ends: Indices, connectivity: int
) -> tuple[Indices, int]:
    """Component of each run, and how many there are; rows at the margins are empty and need no neighbours."""
    parents = np.arange(starts.size)
    beside = 1 if connectivity >= 18 else 0
    for row in range(rows, row_starts.size - 1):
        if row_starts[row] == row_starts[row + 1]:
            continue
        _join_rows(row, row - 1, beside, row_starts, starts, ends, parents)
        _join_rows(row, row - rows, beside, row_starts, starts, ends, parents)
        if connectivity >= 18:
            across = 1 if connectivity == 26 else 0
            _join_rows(row, row - rows - 1, across, row_starts, starts, ends, parents)
            _join_rows(row, row - rows + 1, across, row_starts, starts, ends, parents)
    components = np.empty(starts.size, np.int64)
    count = 0
    for run in range(starts.size):
        root = _root(parents, run)
        if root == run:
            components[run] = count
            count += 1
        else:
            components[run] = components[root]
    return components, count


@kernel
def _overlap_runs(
    row_starts: Indices,
    starts: Indices,
    ends: Indices,
    other_row_starts: Indices,
    other_starts: Indices,
    other_ends: Indices,
) -> tuple[Indices, Indices, Indices]:
    # Each step of the walk leaves one run behind: there are no more overlaps than runs.
    most = starts.size + other_starts.size
    first, second, voxels = np.empty(most, np.int64), np.empty(most, np.int64), np.empty(most, np.int64)
    count = 0
    for row in range(row_starts.size - 1):
        a, b = row_starts[row], other_row_starts[row]
        while a < row_starts[row + 1] and b < other_row_starts[row + 1]:
            shared = min(ends[a], other_ends[b]) - max(starts[a], other_starts[b])
            if shared > 0:
                first[count], second[count], voxels[count] = a, b, shared
                count += 1
            if ends[a] < other_ends[b]:
                a += 1
            else:
                b += 1
    return first[:count].copy(), second[:count].copy(), voxels[:count].copy()


@kernel
def _paint_runs(words: Words, planes: Indices, rows: Indices, starts: Indices, ends: Indices) -> None:
    for run in range(planes.size):
        for bit in range(starts[run], ends[run]):
            words[planes[run], rows[run], bit >> 6] |= ONE << np.uint64(bit & 63)
