"""Where the surface of a packed mask is, word by word: its border voxels, and the corners that it passes.

Masks are as `BitMask.placed` lays them out: with an empty margin on every side.
"""

from __future__ import annotations

import numpy as np

from backend.numerics.bitplanes import Words
from backend.numerics.bits import EMPTY, ONE, kernel, trailing_zeros
from backend.numerics.distances import Floats, Positions

_PAIR = np.uint64(3)


@kernel
def border_voxels(words: Words) -> Words:
    """The voxels inside with one of six neighbours outside."""
    planes, rows, width = words.shape
    border = np.zeros_like(words)
    for plane in range(1, planes - 1):
        for row in range(1, rows - 1):
            for word in range(width):
                bits = words[plane, row, word]
                if bits == EMPTY:
                    continue
                left, right = bits << ONE, bits >> ONE
                if word:
                    left |= words[plane, row, word - 1] >> np.uint64(63)
                if word + 1 < width:
                    right |= words[plane, row, word + 1] << np.uint64(63)
                inner = left & right & words[plane - 1, row, word] & words[plane + 1, row, word]
                inner &= words[plane, row - 1, word] & words[plane, row + 1, word]
                border[plane, row, word] = bits & ~inner
    return border


@kernel
def corner_surface(words: Words) -> Words:
    """The corners whose eight voxels differ; bit i is the corner between voxels i - 1 and i, on each axis."""
    planes, rows, width = words.shape
    surface = np.zeros_like(words)
    for plane in range(1, planes):
        for row in range(1, rows):
            carried_any, carried_all = EMPTY, EMPTY
            for word in range(width):
                a, b = words[plane - 1, row - 1, word], words[plane - 1, row, word]
                c, d = words[plane, row - 1, word], words[plane, row, word]
                some, every = a | b | c | d, a & b & c & d
                around = some | (some << ONE) | carried_any
                inside = every & ((every << ONE) | carried_all)
                carried_any, carried_all = some >> np.uint64(63), every >> np.uint64(63)
                surface[plane, row, word] = around & ~inside
    return surface


@kernel
def _across(lower: np.uint64, upper: np.uint64) -> np.uint64:
    """The last bit of a word and the first of the next."""
    return (lower >> np.uint64(63)) | ((upper & ONE) << ONE)


@kernel
def weigh_corners(words: Words, surface: Words, count: int, areas: Floats) -> tuple[Positions, Floats]:
    """The corners of the surface, and the area around each by which of its eight voxels are inside.

    Bit 4·slow + 2·middle + fast of a code stands for the voxel on the upper (1) or lower (0) side of an axis.
    """
    planes, rows, width = words.shape
    points, weights = np.empty((count, 3), np.int32), np.empty(count, np.float64)
    i = 0
    for plane in range(1, planes):
        for row in range(1, rows):
            for word in range(width):
                left = surface[plane, row, word]
                if left == EMPTY:
                    continue
                a, b = words[plane - 1, row - 1, word], words[plane - 1, row, word]
                c, d = words[plane, row - 1, word], words[plane, row, word]
                while left != EMPTY:
                    bit = trailing_zeros(left)
                    if bit:
                        low = np.uint64(bit - 1)
                        code = ((a >> low) & _PAIR) | (((b >> low) & _PAIR) << np.uint64(2))
                        code |= (((c >> low) & _PAIR) << np.uint64(4)) | (
                            ((d >> low) & _PAIR) << np.uint64(6)
                        )
                    else:
                        # No voxel is at the first bit, where the margin is: so there is a word before.
                        code = _across(words[plane - 1, row - 1, word - 1], a)
                        code |= _across(words[plane - 1, row, word - 1], b) << np.uint64(2)
                        code |= _across(words[plane, row - 1, word - 1], c) << np.uint64(4)
                        code |= _across(words[plane, row, word - 1], d) << np.uint64(6)
                    points[i, 0], points[i, 1], points[i, 2] = plane, row, word * 64 + bit
                    weights[i] = areas[code]
                    i += 1
                    left &= left - ONE
    return points, weights
