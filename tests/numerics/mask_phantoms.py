"""Small masks of every kind that metrics meet, and the boxes of the known answers."""

import numpy as np
from scipy import ndimage

Spacing = tuple[float, float, float]
Range = tuple[int, int]

# Where 95 % of the area is reached to the last bit, as by 19 of 20 equal islands, surface-distance takes that
# value or the next by how its sums happened to round. Asked for a hair less, it always takes that value.
NINETY_FIVE = 95 * (1 - 1e-12)

ISOTROPIC: Spacing = (1.0, 1.0, 1.0)


def boxes(*ranges: tuple[Range, Range, Range], edge: int = 32) -> np.ndarray:
    """A mask of a cube's grid, set in half-open index ranges."""
    mask = np.zeros((edge, edge, edge), dtype=bool, order="F")
    for a, b, c in ranges:
        mask[slice(*a), slice(*b), slice(*c)] = True
    return mask


def cube(start: int, end: int) -> tuple[Range, Range, Range]:
    return (start, end), (start, end), (start, end)


def random_pair(seed: int, *, largest: int = 20) -> tuple[np.ndarray, np.ndarray, Spacing]:
    """Two masks of one grid and a spacing: smooth blobs, dust, halves of noise, at times one that is empty.

    Every third grid is isotropic, every other in Fortran order, and every fourth longer than two words.
    """
    rng = np.random.default_rng(seed)
    x, y, z = (int(length) for length in rng.integers(2, largest, size=3))
    shape = (x + 130, min(y, 8), min(z, 8)) if seed % 4 == 0 else (x, y, z)
    if seed % 8 == 4:
        shape = (shape[1], shape[2], shape[0])
    spacing = ISOTROPIC if seed % 3 == 0 else tuple(float(mm) for mm in rng.uniform(0.4, 5, 3))
    first, second = _mask(rng, shape), _mask(rng, shape)
    if seed % 2:
        first, second = np.asfortranarray(first), np.asfortranarray(second)
    return first, second, spacing


def _mask(rng: np.random.Generator, shape: tuple[int, ...]) -> np.ndarray:
    kind = rng.integers(0, 8)
    if kind == 0:
        return np.zeros(shape, bool)
    if kind == 1:
        return rng.random(shape) < 0.03
    if kind == 2:
        return rng.random(shape) < 0.5
    field = ndimage.gaussian_filter(rng.standard_normal(shape), rng.uniform(0.7, 2.5))
    return field > np.quantile(field, rng.uniform(0.4, 0.97))
