"""Axial slices as radiologists look at them: front on top, the patient's right on the left."""

from __future__ import annotations

import nibabel as nib
import numpy as np
import numpy.typing as npt

from backend.numerics.arrays import Array, Labelmap
from backend.numerics.geometry import Grid

Pixels = npt.NDArray[np.uint8]

_WINDOW_PERCENTILES = (1.0, 99.5)


def choose_axial_level(image: Array, labels: Labelmap | None = None) -> int:
    """Return the index along the third axis with most labelled voxels, or else with most foreground.

    Ties, as for an empty image, go to the level nearest the middle.
    """
    counts = np.zeros(image.shape[2])
    if labels is not None:
        counts = np.count_nonzero(labels, axis=(0, 1)).astype(float)
    if not counts.any():
        finite = np.nan_to_num(image, nan=0.0, posinf=0.0, neginf=0.0)
        counts = np.count_nonzero(finite > finite[::2, ::2, ::2].mean(), axis=(0, 1)).astype(float)
    best = np.flatnonzero(counts == counts.max())
    return int(best[np.abs(best - (image.shape[2] - 1) / 2).argmin()])


def canonical_axes(grid: Grid) -> tuple[list[int], list[int]]:
    """Return the signs and the order of array axes that lead to R, A, S; identity where undefined."""
    if not grid.is_invertible:
        return [1, 1, 1], [0, 1, 2]
    orientation = nib.io_orientation(grid.matrix)
    if np.isnan(orientation).any():
        return [1, 1, 1], [0, 1, 2]
    order = [int(np.flatnonzero(orientation[:, 0] == world)[0]) for world in range(3)]
    return [int(orientation[axis, 1]) for axis in order], order


def to_canonical(array: Array, signs: list[int], order: list[int]) -> Array:
    """View an array with its axes running to the patient's right, front and head."""
    turned = np.transpose(array, order)
    return turned[tuple(slice(None, None, sign) for sign in signs)]


def as_picture(plane: Array) -> Array:
    """Turn an (R, A) plane into rows and columns: front on top, the patient's right on the left."""
    return plane[::-1, ::-1].T


def window(plane: Array) -> Pixels:
    """Map intensities between the percentiles of the foreground to 0–255; all black where there is none."""
    values = np.nan_to_num(plane.astype(np.float32), nan=0.0, posinf=0.0, neginf=0.0)
    foreground = values[values != 0]
    if not foreground.size:
        return np.zeros(plane.shape, dtype=np.uint8)
    low, high = np.percentile(foreground, _WINDOW_PERCENTILES)
    low = min(float(low), 0.0) if low == high else float(low)
    scaled = np.clip((values - low) / max(float(high) - low, 1e-12), 0, 1)
    pixels: Pixels = np.rint(scaled * 255).astype(np.uint8)
    pixels[values == 0] = 0
    return pixels
