"""The Hausdorff distances of many small lesions at once, each by comparing every element with every other.

A scan can hold a hundred thousand specks. Laying each out to be searched would take a hundred times longer
than measuring it.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from backend.numerics.bits import kernel
from backend.numerics.components import Indices, Runs
from backend.numerics.distances import Floats, Spacing
from backend.numerics.surface_elements import element_areas

Places = npt.NDArray[np.int32]
Bytes = npt.NDArray[np.uint8]

_MOST_RUNS = 64
_MOST_VOXELS = 4096  # of the box around both sides
_MOST_PAIRS = 1 << 16
_SHARE = 0.95 * (1 - 1e-12)  # a share that misses by rounding is no miss


def measure_small_lesions(
    ours: Runs,
    theirs: Runs,
    asked: npt.NDArray[np.bool_],
    pair_starts: Indices,
    members: Indices,
    spacing_mm: Spacing,
) -> Floats:
    """The 95th percentile by area, of the direction where it is larger.

    Args:
        ours, theirs: runs of one box.
        asked: which of our components to measure.
        pair_starts: where the members of each component start, and one more.
        members: their components that belong to it.
        spacing_mm: along (slow, middle, fast).

    Returns:
        In mm, by our component; nan where it is not asked for or not small.
    """
    rows = ours.box.shape[1] + 2
    return _measure_each(
        asked,
        pair_starts,
        members,
        *_by_component(ours, rows),
        *_by_component(theirs, rows),
        element_areas(spacing_mm),
        np.array(spacing_mm, np.float64),
    )


def _by_component(runs: Runs, rows: int) -> tuple[Indices, Places]:
    """Where the runs of each component start; the runs as [slow, middle, start, end]."""
    order = np.argsort(runs.components, kind="stable")
    starts = np.searchsorted(runs.components[order], np.arange(runs.count + 1))
    slow, middle = np.divmod(runs.rows, rows)
    places = np.stack([slow, middle, runs.starts, runs.ends], axis=1)[order]
    return starts.astype(np.int64), np.ascontiguousarray(places, np.int32)


@kernel
def _measure_each(
    asked: npt.NDArray[np.bool_],
    pair_starts: Indices,
    members: Indices,
    our_starts: Indices,
    our_runs: Places,
    their_starts: Indices,
    their_runs: Places,
    areas: Floats,
    spacing_mm: Floats,
) -> Floats:
    result = np.full(asked.size, np.nan)
    grid = np.zeros((2, _MOST_VOXELS), np.uint8)
    points, weights = np.empty((2, _MOST_VOXELS, 3), np.int64), np.empty((2, _MOST_VOXELS), np.float64)
    chosen, runs = np.empty(_MOST_RUNS, np.int64), np.empty(2, np.int64)
    lower, shape = np.empty(3, np.int64), np.empty(3, np.int64)
    for lesion in range(asked.size):
        runs[0] = our_starts[lesion + 1] - our_starts[lesion]
        runs[1] = 0
        for pair in range(pair_starts[lesion], pair_starts[lesion + 1]):
            member = members[pair]
            count = their_starts[member + 1] - their_starts[member]
            if runs[1] + count > _MOST_RUNS:
                runs[1] = _MOST_RUNS + 1
                break
            for k in range(count):
                chosen[runs[1] + k] = their_starts[member] + k
            runs[1] += count
        if not asked[lesion] or runs.min() == 0 or runs.max() > _MOST_RUNS:
            continue
        own = our_runs[our_starts[lesion] : our_starts[lesion + 1]]
        _find_box(own, their_runs, chosen[: runs[1]], lower, shape)
        if shape.prod() > _MOST_VOXELS:
            continue
        grid[:, : shape.prod()] = 0
        for k in range(runs[0]):
            _paint(grid[0], own[k], lower, shape)
        for k in range(runs[1]):
            _paint(grid[1], their_runs[chosen[k]], lower, shape)
        first = _find_elements(grid[0], shape, areas, points[0], weights[0])
        second = _find_elements(grid[1], shape, areas, points[1], weights[1])
        if first * second <= _MOST_PAIRS:
            a, b = points[0, :first], points[1, :second]
            forth = _percentile(a, b, weights[0, :first], spacing_mm)
            result[lesion] = max(forth, _percentile(b, a, weights[1, :second], spacing_mm))
    return result


@kernel
def _find_box(own: Places, others: Places, chosen: Indices, lower: Indices, shape: Indices) -> None:
    """The box around all runs, with a margin of one voxel: where it starts, and its shape."""
    for axis in range(3):
        end_column = 3 if axis == 2 else axis
        extra = 0 if axis == 2 else 1
        least, most = own[:, axis].min(), own[:, end_column].max() + extra
        for k in chosen:
            least, most = min(least, others[k, axis]), max(most, others[k, end_column] + extra)
        lower[axis], shape[axis] = least - 1, most - least + 2


@kernel
def _paint(voxels: Bytes, run: Places, lower: Indices, shape: Indices) -> None:
    base = ((run[0] - lower[0]) * shape[1] + run[1] - lower[1]) * shape[2] - lower[2]
    for bit in range(run[2], run[3]):
        voxels[base + bit] = 1


@kernel
def _find_elements(voxels: Bytes, shape: Indices, areas: Floats, points: Indices, weights: Floats) -> int:
    """Corners whose eight voxels differ, and the area around each; returns how many."""
    count = 0
    for plane in range(1, shape[0]):
        for row in range(1, shape[1]):
            for bit in range(1, shape[2]):
                code = 0
                for side in range(8):
                    a, b = plane - 1 + (side >> 2), row - 1 + (side >> 1 & 1)
                    code |= voxels[(a * shape[1] + b) * shape[2] + bit - 1 + (side & 1)] << side
                if 0 < code < 255:
                    points[count, 0], points[count, 1], points[count, 2] = plane, row, bit
                    weights[count] = areas[code]
                    count += 1
    return count


@kernel
def _percentile(points: Indices, others: Indices, weights: Floats, spacing_mm: Floats) -> float:
    """The least distance such that it and all smaller ones weigh the share of the whole."""
    squared = np.empty(len(points))
    for i in range(len(points)):
        best = np.inf
        for j in range(len(others)):
            across = ((points[i, 0] - others[j, 0]) * spacing_mm[0]) ** 2
            across += ((points[i, 1] - others[j, 1]) * spacing_mm[1]) ** 2
            best = min(best, across + (spacing_mm[2] * (points[i, 2] - others[j, 2])) ** 2)
        squared[i] = best
    wanted, reached = _SHARE * weights.sum(), 0.0
    order = np.argsort(squared)
    for i in order:
        reached += weights[i]
        if reached >= wanted:
            return np.sqrt(squared[i])
    return np.sqrt(squared[order[-1]])
