"""How much surface lies in the cube around one corner of the grid, by which of its eight voxels are inside.

The surface is that of marching cubes (Lorensen & Cline 1987) through the middles of the cube's edges. Its
triangles are given here as area vectors, in eighths of the faces of a voxel; only their lengths count, so
signs are left out. Inside voxels that share no face make separate pieces, and with more than four inside, the
surface is that of the outside ones. What is left are six shapes, and their turned and mirrored copies.
"""

from __future__ import annotations

from functools import lru_cache
from itertools import permutations, product

import numpy as np
import numpy.typing as npt

Corner = tuple[int, int, int]
Vector = tuple[int, int, int]

_SHAPES: dict[tuple[Corner, ...], tuple[Vector, ...]] = {
    ((0, 0, 0),): ((1, 1, 1),),
    ((0, 0, 0), (0, 0, 1)): ((4, 4, 0),),
    ((0, 0, 1), (0, 0, 0), (0, 1, 0)): ((4, 0, 0), (3, 3, 3)),
    ((0, 0, 0), (0, 0, 1), (0, 1, 0), (0, 1, 1)): ((8, 0, 0),),
    ((0, 0, 0), (0, 0, 1), (0, 1, 0), (1, 0, 0)): ((6, 6, 6),),
    ((0, 0, 0), (0, 0, 1), (0, 1, 1), (1, 1, 1)): ((4, 4, 4), (0, 2, 2), (2, 2, 0)),
}

_CORNERS: tuple[Corner, ...] = tuple(product((0, 1), repeat=3))  # type: ignore[arg-type]


@lru_cache(maxsize=64)
def element_areas(spacing_mm: tuple[float, float, float]) -> npt.NDArray[np.float64]:
    """Area in mm² by code, 256 values: bit 4·a + 2·b + c is the voxel on side a, b, c of the three axes."""
    a, b, c = spacing_mm
    faces = np.array([b * c, a * c, a * b]) / 8
    areas = np.zeros(256)
    for code, vectors in enumerate(_vectors_by_code()):
        areas[code] = sum(float(np.linalg.norm(np.array(vector) * faces)) for vector in vectors)
    areas.flags.writeable = False
    return areas


@lru_cache(maxsize=1)
def _vectors_by_code() -> list[tuple[Vector, ...]]:
    turned = _turned_shapes()
    result = []
    for code in range(256):
        inside = frozenset(corner for bit, corner in enumerate(_CORNERS) if code >> bit & 1)
        fewer = inside if len(inside) <= 4 else frozenset(_CORNERS) - inside
        pieces = _connected_pieces(fewer)
        result.append(tuple(vector for piece in pieces for vector in turned[piece]))
    return result


def _turned_shapes() -> dict[frozenset[Corner], tuple[Vector, ...]]:
    shapes = {}
    for corners, vectors in _SHAPES.items():
        for i, j, k in permutations(range(3)):
            for flips in product((0, 1), repeat=3):
                flipped = [tuple(x ^ f for x, f in zip(corner, flips, strict=True)) for corner in corners]
                turned = frozenset((corner[i], corner[j], corner[k]) for corner in flipped)
                shapes[turned] = tuple((v[i], v[j], v[k]) for v in vectors)
    return shapes


def _connected_pieces(corners: frozenset[Corner]) -> list[frozenset[Corner]]:
    """Split into groups joined by edges of the cube."""
    left, pieces = set(corners), []
    while left:
        piece, border = set(), {left.pop()}
        while border:
            corner = border.pop()
            piece.add(corner)
            near = {other for other in left if sum(a != b for a, b in zip(corner, other, strict=True)) == 1}
            left -= near
            border |= near
        pieces.append(frozenset(piece))
    return pieces
