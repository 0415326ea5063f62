"""Smooth random fields: the source of every irregular shape and shade in the phantoms."""

from typing import cast

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage

Floats = NDArray[np.float32]
Mask = NDArray[np.bool_]
Labels = NDArray[np.uint8]
Shape = tuple[int, int, int]
Spacing = tuple[float, float, float]


def smooth_field(
    shape: Shape, *, spacing_mm: Spacing, grain_mm: Spacing | float, rng: np.random.Generator
) -> Floats:
    """Gaussian random field with mean about 0 and standard deviation 1, shape (X, Y, Z).

    Random control points every `grain_mm` are joined by a cubic B-spline, axis by axis: as fast for broad
    fields as for fine ones, where a Gaussian filter slows down with its width.
    """
    grains = (grain_mm,) * 3 if isinstance(grain_mm, (int, float)) else grain_mm
    axes = [_spline(n, step / grain) for n, step, grain in zip(shape, spacing_mm, grains, strict=True)]
    field: Floats = rng.standard_normal([int(cell[-1]) + 4 for cell, _ in axes], dtype=np.float32)
    for axis, (cell, weights) in enumerate(axes):
        along = np.expand_dims(weights, tuple(other + 1 for other in range(3) if other != axis))
        field = sum(np.take(field, cell + k, axis=axis) * along[k] for k in range(4))
    return field


def _spline(size: int, step: float) -> tuple[NDArray[np.int64], Floats]:
    """First control point of each position (size,), and the weights of that and the next three, (4, size).

    The weights' squares sum to 1 at each position, so that the field has unit variance.
    """
    position = np.arange(size) * step
    cell = np.floor(position).astype(np.int64)
    t = position - cell
    weights = np.stack([(1 - t) ** 3, 3 * t**3 - 6 * t**2 + 4, -3 * t**3 + 3 * t**2 + 3 * t + 1, t**3])
    weights /= np.sqrt((weights**2).sum(axis=0))
    return cell, weights.astype(np.float32)


def signed_distance_mm(mask: Mask, *, spacing_mm: Spacing) -> Floats:
    """Distance to the boundary of `mask` in mm: positive inside, negative outside; -1000 throughout if empty.

    The boundary runs half a voxel off the voxels' centres on either side.
    """
    if not mask.any():
        return np.full(mask.shape, -1000.0, dtype=np.float32)
    inside = ndimage.distance_transform_edt(mask, sampling=spacing_mm)
    outside = ndimage.distance_transform_edt(~mask, sampling=spacing_mm)
    half = min(spacing_mm) / 2
    return np.where(mask, inside - half, half - outside).astype(np.float32)


def blur(image: Floats, *, sigma_mm: Spacing | float, spacing_mm: Spacing) -> Floats:
    sigmas = (sigma_mm,) * 3 if isinstance(sigma_mm, (int, float)) else sigma_mm
    voxels = [sigma / step for sigma, step in zip(sigmas, spacing_mm, strict=True)]
    return cast(Floats, ndimage.gaussian_filter(image, voxels, truncate=3.0, output=np.float32))
