"""The array types that the numerics speak. Shapes are (X, Y, Z) in native voxel order."""

from typing import Any

import numpy as np
import numpy.typing as npt

Array = npt.NDArray[Any]
Labelmap = npt.NDArray[np.integer[Any]]
Mask = npt.NDArray[np.bool_]


def flatten_together(*arrays: Array) -> list[Array]:
    """Flatten arrays of one shape in one common memory order, without copies where the layouts allow it."""
    order: Any = "F" if all(array.flags.f_contiguous for array in arrays) else "C"
    return [array.ravel(order=order) for array in arrays]


def narrow_labels(labels: Labelmap) -> Labelmap:
    """Return the same integers in the smallest of uint8, int16, int32, int64 that holds them all."""
    if labels.dtype == np.uint8:
        return labels
    lowest, highest = (int(labels.min()), int(labels.max())) if labels.size else (0, 0)
    for dtype in (np.uint8, np.int16, np.int32):
        bounds = np.iinfo(dtype)
        if bounds.min <= lowest and highest <= bounds.max:
            return labels.astype(dtype, copy=False)
    return labels.astype(np.int64, copy=False)


def unique_labels(labels: Labelmap) -> list[int]:
    """Return the sorted values present; a histogram for uint8, which is many times faster than a sort."""
    if labels.dtype == np.uint8:
        return np.flatnonzero(np.bincount(labels.ravel(order="K"), minlength=256)).tolist()
    return [int(value) for value in np.unique(labels)]
