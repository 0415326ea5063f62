"""Cutting what raters disagree about into parts that can be settled one by one.

Where outlines differ all around, all contested voxels touch: nobody could look at that as one region, or give
it to one rater. A part is rather

1. voxels that touch (26 neighbours) and pose the same *question*: the set of labels that raters gave;
2. with the smaller ones around that are no question of their own (`SMALLEST_MM3`): each joins the part that
   it touches most, counted by pairs of voxels;
3. of at most `LARGEST_ML`: what is larger is cut across its length, so that both sides hold together.

To cut, the two ends u and v of a part are sought, along ways within it. Let f be the distance to u less that
to v. On a shortest way to u it never grows, on one to v it never shrinks: so wherever f is cut, both sides
hold together, and it is cut where the sizes come out right. Nothing depends on the order of the raters: of
equals the lower voxel is taken.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import product

import numpy as np
import numpy.typing as npt
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

from backend.numerics.bits import kernel
from backend.numerics.geometry import Grid

Integers = npt.NDArray[np.int64]
Indices = npt.NDArray[np.int32]

SMALLEST_MM3 = 100.0
FEWEST_VOXELS = 3
LARGEST_ML = 4.0

_STEPS = np.array([step for step in product((-1, 0, 1), repeat=3) if any(step)], dtype=np.int64)
_FORWARD = len(_STEPS) // 2
# Ways are measured in whole numbers, so that a tie is one on every machine: ten to the finest voxel's side.
_UNITS = 10
_FAR = np.iinfo(np.int32).max


def cut_into_parts(voxels: Integers, questions: npt.ArrayLike, *, grid: Grid) -> Integers:
    """(N,): the part of each voxel, from 0 in the order of their first voxels.

    Args:
        voxels: (N,), in native order (X fastest), ascending.
        questions: (N,), numbers from 0; equal where raters gave the same labels.
    """
    if not len(voxels):
        return voxels
    asked = np.asarray(questions, dtype=np.int32)
    neighbours = _neighbours(voxels, grid)
    parts = _flood(neighbours.at, neighbours.owners, asked, neighbours.strides)
    voxel_mm3 = grid.voxel_volume_ml * 1000
    fewest = max(FEWEST_VOXELS, int(np.ceil(SMALLEST_MM3 / voxel_mm3)))
    parts = _join_small(parts, neighbours, fewest=fewest)
    most = max(1, int(LARGEST_ML * 1000 / voxel_mm3))
    return _in_order(_cut_large(parts, neighbours, most=most))


@dataclass(frozen=True, eq=False)
class Neighbours:
    """How to get from a voxel to those that touch it.

    Args:
        at: (N,), where each voxel lies in a box around all, which has an empty margin.
        owners: the voxel at each place of the box, -1 for none.
        strides: (26,), of the places of neighbours; the second half is the first turned around.
        lengths: (26,), of these steps, in `_UNITS` to the finest voxel's side.
    """

    at: Integers
    owners: Indices
    strides: Integers
    lengths: Integers


def _neighbours(voxels: Integers, grid: Grid) -> Neighbours:
    places = np.stack(np.unravel_index(voxels, grid.shape, order="F"))
    inner = places - places.min(axis=1, keepdims=True) + 1
    extent = inner.max(axis=1) + 2
    pitch = np.array([1, extent[0], extent[0] * extent[1]], dtype=np.int64)
    at = pitch @ inner
    owners = np.full(int(np.prod(extent)), -1, dtype=np.int32)
    owners[at] = np.arange(len(at), dtype=np.int32)
    relative = np.array(grid.spacing_mm) / min(grid.spacing_mm)
    lengths = np.rint(np.linalg.norm(_STEPS * relative, axis=1) * _UNITS).astype(np.int64)
    return Neighbours(at=at, owners=owners, strides=_STEPS @ pitch, lengths=lengths)


class _Ways:
    """The shortest ways within parts, which may be cut meanwhile."""

    def __init__(self, parts: Integers, neighbours: Neighbours) -> None:
        self._parts, self._neighbours = parts, neighbours
        self._reached = np.empty(len(parts), dtype=np.int64)
        self._links = np.empty((2, len(parts)), dtype=np.int64)

    def lengths_from(self, start: int, inside: Integers) -> Integers:
        """(M,): from one voxel of a part to each, `inside` being all of it."""
        to = self._neighbours
        _find_ways(
            start, inside, self._parts, to.at, to.owners, to.strides, to.lengths, self._reached, self._links
        )
        return self._reached[inside]


def _in_order(parts: Integers) -> Integers:
    """Numbered anew, from 0 by the first voxel of each."""
    _, firsts, numbers = np.unique(parts, return_index=True, return_inverse=True)
    ranks = np.empty(len(firsts), dtype=np.int64)
    ranks[np.argsort(firsts)] = np.arange(len(firsts))
    return ranks[numbers]


def _join_small(parts: Integers, neighbours: Neighbours, *, fewest: int) -> Integers:
    """Join parts of fewer voxels to those that they touch most; of equals to the larger, then to the first.

    What joins what is settled for all at once, round by round. A small part chooses one other, a large one
    none: so two large ones never become one.
    """
    while True:
        count = int(parts.max()) + 1
        sizes = np.bincount(parts, minlength=count)
        pairs, contacts = _contacts(parts, neighbours, count)
        chooses = sizes[pairs[:, 0]] < fewest
        pairs, contacts = pairs[chooses], contacts[chooses]
        if not len(pairs):
            return parts
        order = np.lexsort((pairs[:, 1], -sizes[pairs[:, 1]], -contacts, pairs[:, 0]))
        choosers, firsts = np.unique(pairs[order, 0], return_index=True)
        joined = coo_array(
            (np.ones(len(choosers)), (choosers, pairs[order[firsts], 1])), shape=(count, count)
        )
        _, groups = connected_components(joined, directed=False)
        parts = groups[parts].astype(np.int64)


def _contacts(parts: Integers, neighbours: Neighbours, count: int) -> tuple[Integers, Integers]:
    """(M, 2), (M,): the parts that touch, either way round, and how many pairs of their voxels do."""
    found = []
    for stride in neighbours.strides[:_FORWARD]:
        others = neighbours.owners[neighbours.at + stride]
        ours = np.flatnonzero(others >= 0)
        one, other = parts[ours], parts[others[ours]]
        differ = one != other
        found.append(one[differ] * count + other[differ])
    codes = np.concatenate(found)
    turned = codes % count * count + codes // count
    pairs, contacts = np.unique(np.concatenate([codes, turned]), return_counts=True)
    return np.stack([pairs // count, pairs % count], axis=1), contacts


def _cut_large(parts: Integers, neighbours: Neighbours, *, most: int) -> Integers:
    """Cut in two, and again, until none has more voxels."""
    parts = parts.copy()
    sizes = np.bincount(parts)
    count = len(sizes)
    order, starts = np.argsort(parts, kind="stable"), np.append(0, np.cumsum(sizes))
    waiting = [order[starts[part] : starts[part + 1]] for part in np.flatnonzero(sizes > most)]
    ways = _Ways(parts, neighbours)
    while waiting:
        inside = waiting.pop()
        far = _far_side(inside, ways, most=most)
        parts[inside[far]] = count
        count += 1
        waiting += [side for side in (inside[~far], inside[far]) if len(side) > most]
    return parts


def _far_side(inside: Integers, ways: _Ways, *, most: int) -> npt.NDArray[np.bool_]:
    """Which voxels of a part fall to the side of one end; neither side is empty.

    Of n pieces to come, n // 2 lie on the other side.
    """
    one_end = inside[np.argmax(ways.lengths_from(inside[0], inside))]
    from_one = ways.lengths_from(one_end, inside)
    other_end = inside[np.argmax(from_one)]
    along = from_one - ways.lengths_from(other_end, inside)
    pieces = -(-len(inside) // most)
    near = max(1, len(inside) * (pieces // 2) // pieces)
    cut = np.partition(along, near - 1)[near - 1]
    # Voxels on one level stay together; where it is the last level, they are the far side.
    far: npt.NDArray[np.bool_] = along > cut
    return far if far.any() else along == cut


@kernel
def _flood(at: Integers, owners: Indices, asked: Indices, strides: Integers) -> Integers:
    """Number voxels that touch and pose the same question, from 0 in the order of their first voxels."""
    parts = np.full(at.size, -1, np.int64)
    stack = np.empty(at.size, np.int64)
    count = 0
    for first in range(at.size):
        if parts[first] >= 0:
            continue
        parts[first] = count
        stack[0] = first
        height = 1
        while height > 0:
            height -= 1
            voxel = stack[height]
            for stride in strides:
                other = owners[at[voxel] + stride]
                if other >= 0 and parts[other] < 0 and asked[other] == asked[voxel]:
                    parts[other] = count
                    stack[height] = other
                    height += 1
        count += 1
    return parts


@kernel
def _find_ways(
    start: int,
    inside: Integers,
    parts: Integers,
    at: Integers,
    owners: Indices,
    strides: Integers,
    lengths: Integers,
    reached: Integers,
    links: Integers,
) -> None:
    """Write the shortest way within the part from one voxel into `reached`, for each voxel inside.

    Dijkstra's, with a queue of buckets (Dial 1969, Communications of the ACM 12:632): steps are short whole
    numbers, so what waits lies in a ring of as many buckets as the longest step has units.

    Args:
        links: (2, N), room for each voxel's neighbours in its bucket.
    """
    for voxel in inside:
        reached[voxel] = _FAR
    ring = lengths.max() + 1
    heads = np.full(ring, -1, np.int64)
    before, after = links[0], links[1]
    reached[start], before[start], after[start] = 0, -1, -1
    heads[0] = start
    waiting, way = 1, 0
    while waiting > 0:
        voxel = heads[way % ring]
        if voxel < 0:
            way += 1
            continue
        _unlink(voxel, way % ring, heads, before, after)
        waiting -= 1
        for step in range(strides.size):
            other = owners[at[voxel] + strides[step]]
            if other < 0 or parts[other] != parts[start]:
                continue
            length = way + lengths[step]
            if length >= reached[other]:
                continue
            if reached[other] == _FAR:
                waiting += 1
            else:
                _unlink(other, reached[other] % ring, heads, before, after)
            bucket = length % ring
            reached[other], before[other], after[other] = length, -1, heads[bucket]
            if heads[bucket] >= 0:
                before[heads[bucket]] = other
            heads[bucket] = other


@kernel
def _unlink(voxel: int, bucket: int, heads: Integers, before: Integers, after: Integers) -> None:
    """Take a voxel out of its bucket."""
    if before[voxel] >= 0:
        after[before[voxel]] = after[voxel]
    else:
        heads[bucket] = after[voxel]
    if after[voxel] >= 0:
        before[after[voxel]] = before[voxel]
