"""Signed distances to the boundary of a mask, at the voxels that ask for it."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from backend.numerics.arrays import Mask
from backend.numerics.bitplanes import Box
from backend.numerics.distances import Spacing, lay_out_targets, nearest_distances
from backend.numerics.packing import pack_masks

Floats = npt.NDArray[np.float64]


def signed_distances_mm(mask: Mask, at: Mask, *, spacing_mm: Spacing, limit_mm: float) -> Floats:
    """Distance to the nearest voxel of the other side, in mm: positive inside, negative outside.

    Args:
        mask: (slow, middle, fast).
        at: the voxels wanted, n of them.
        spacing_mm: along (slow, middle, fast).
        limit_mm: no distance is larger; an empty mask is -limit everywhere, a full one +limit.

    Returns:
        (n,), in the order of memory.
    """
    slow, middle, fast = mask.shape
    grid = Box((0, 0, 0), (slow, middle, fast))
    inside = mask[at]
    distances = np.empty(len(inside))
    for side, other, sign in ((inside, ~mask, 1), (~inside, mask, -1)):
        (targets,) = pack_masks([other], fast_first=False)
        points = np.argwhere(at)[side].astype(np.int32) + np.int32(1)  # beyond the margin of the words
        found = nearest_distances(
            points, lay_out_targets(targets.placed(grid)), spacing_mm, ceiling_mm=limit_mm
        )
        distances[side] = sign * np.minimum(found, limit_mm)
    return distances
