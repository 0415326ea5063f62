"""Tumour growth as an advancing front: it crosses each voxel at the tissue's own speed (an eikonal equation).

Stopping the front at a volume rather than a time gives every case the size that its plan asks for.
"""

import heapq
from typing import cast

import numpy as np
from numba import njit

from backend.demo.fields import Floats, Mask


def grow(speed: Floats, *, start: Mask, voxels: int, spacing_mm: float) -> Floats:
    """Arrival times (X, Y, Z) of a front that leaves `start` at time 0; infinite where it has not come.

    Args:
        speed: mm per unit of time; the front never enters voxels where it is 0.
        start: where the front sets out; empty grows nothing.
        voxels: the front stops when it holds so many, those of `start` included.

    Source: Sethian 1996 (fast marching), with first-order upwind differences.
    """
    return cast(
        Floats, _march(np.ascontiguousarray(speed), np.flatnonzero(start), voxels, np.float32(spacing_mm))
    )


@njit(cache=True)
def _march(speed, starts, voxels, step):  # type: ignore[no-untyped-def]  # compiled
    size_x, size_y, size_z = speed.shape
    arrival = np.full(speed.shape, np.inf, dtype=np.float32)
    flat, flat_speed = arrival.ravel(), speed.ravel()
    done = np.zeros(flat.size, dtype=np.bool_)
    queue = [(np.float32(0.0), np.int64(-1))]
    queue.pop()
    for k in range(starts.size):
        flat[starts[k]] = 0
        heapq.heappush(queue, (np.float32(0.0), starts[k]))
    accepted = 0
    while len(queue) > 0 and accepted < voxels:
        now, here = heapq.heappop(queue)
        if done[here] or now > flat[here]:
            continue
        done[here] = True
        accepted += 1
        z = here % size_z
        y = (here // size_z) % size_y
        x = here // (size_z * size_y)
        for axis in range(3):
            for side in (-1, 1):
                nx = x + side if axis == 0 else x
                ny = y + side if axis == 1 else y
                nz = z + side if axis == 2 else z
                if nx < 0 or ny < 0 or nz < 0 or nx >= size_x or ny >= size_y or nz >= size_z:
                    continue
                there = (nx * size_y + ny) * size_z + nz
                if done[there] or flat_speed[there] <= 0:
                    continue
                when = _upwind(arrival, nx, ny, nz, step / flat_speed[there])
                if when < flat[there]:
                    flat[there] = when
                    heapq.heappush(queue, (when, np.int64(there)))
    for k in range(flat.size):
        if not done[k]:
            flat[k] = np.inf
    return arrival


@njit(cache=True)
def _upwind(arrival, x, y, z, cost):  # type: ignore[no-untyped-def]  # compiled
    """Smallest time t with sum over axes of max(t - neighbour, 0)^2 = cost^2."""
    size_x, size_y, size_z = arrival.shape
    first = second = third = np.float32(np.inf)
    for axis in range(3):
        low = high = np.float32(np.inf)
        if axis == 0:
            low = arrival[x - 1, y, z] if x > 0 else low
            high = arrival[x + 1, y, z] if x < size_x - 1 else high
        elif axis == 1:
            low = arrival[x, y - 1, z] if y > 0 else low
            high = arrival[x, y + 1, z] if y < size_y - 1 else high
        else:
            low = arrival[x, y, z - 1] if z > 0 else low
            high = arrival[x, y, z + 1] if z < size_z - 1 else high
        value = min(low, high)
        if value < first:
            first, second, third = value, first, second
        elif value < second:
            second, third = value, second
        elif value < third:
            third = value
    when = first + cost
    if when > second:
        spread = first - second
        when = (first + second + np.sqrt(max(2 * cost * cost - spread * spread, 0.0))) / 2
    if when > third:
        total = first + second + third
        square = first * first + second * second + third * third - cost * cost
        when = (total + np.sqrt(max(total * total - 3 * square, 0.0))) / 3
    return np.float32(when)
