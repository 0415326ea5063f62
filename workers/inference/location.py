"""Where in the brain each voxel lies, as numbers: what a location-sensitive network is given beside images.

No atlas is registered. Approximated are:
- the midsagittal plane: the plane in which the brain, as T1 shows it (or else the first image, or else the
  mask), is most like its mirror image. It is flat, where a falx that a tumour pushes is not;
- the cortex: the surface of the brain mask (the paper's distance is to the cortex of a registered atlas);
- the lateral ventricles: the connected body of fluid at each side that fills most of the ventricle's usual
  place in the brain's box, fluid being dark in T1 and in FLAIR. Temporal horns may be cut off, and a cyst
  there may be taken for a ventricle. Where neither sequence is given, or no fluid is found, two ellipsoids
  stand at the usual place;
- the lesion prior: counted in training's cases over the brain's box, not over an atlas.

All arrays are (X, Y, Z) along the patient's right, anterior and superior (RAS).

Source: Ghafoorian et al. 2017, Scientific Reports 7, for which features.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import cast

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage, optimize

from workers.zoo.ghafoorian import FEATURES, PRIOR_EXTENT

Floats = NDArray[np.float32]
Mask = NDArray[np.bool_]
Spacing = tuple[float, float, float]

# Distances are given in decimetres: like the coordinates they stay near 1.
MM_PER_UNIT = 100.0
T1_NAMES = ("t1", "t1w", "t1n")
FLAIR_NAMES = ("flair", "t2f", "t2flair", "t2-flair")

SYMMETRY_SIGMA_MM = 3.0
SYMMETRY_POINTS = 20_000
UPRIGHT = 0.3
# Lateral ventricles lie within this distance of the midsagittal plane, at this share of the brain's depth.
VENTRICLE_REACH_MM = 32.0
VENTRICLE_DEPTH = 0.4
VENTRICLE_VOLUME_MM3 = 200.0
# The usual place in the brain's box (−1 to 1 along R, A, S; the left one, mirrored for the right) and extent.
VENTRICLE_CENTRE = (-0.19, 0.0, 0.12)
VENTRICLE_RADII = (0.10, 0.35, 0.14)


def location_features(
    names: Sequence[str], *, images: Mapping[str, NDArray[np.floating]], brain: Mask, spacing_mm: Spacing
) -> Floats:
    """The features `names` of every voxel.

    Args:
        names: of `workers.zoo.ghafoorian.FEATURES`. x, y, z run from −1 to 1 over the brain's bounding box;
            the rest are distances in decimetres, 0 within the structure.
        images: by sequence, (X, Y, Z), of any scale; T1 and FLAIR are used where they are there.
        brain: (X, Y, Z).
        spacing_mm: voxel size along X, Y, Z.

    Returns:
        (len(names), X, Y, Z); 0 outside the brain, and throughout where there is no brain.

    Raises:
        ValueError: a name that is not known.
    """
    if unknown := sorted(set(names) - set(FEATURES)):
        raise ValueError(f"features: {', '.join(unknown)}: known are {', '.join(FEATURES)}")
    features = np.zeros((len(names), *brain.shape), np.float32)
    if not names or not brain.any():
        return features
    box = ndimage.find_objects(brain.astype(np.uint8))[0]
    inside = brain[box]
    place = _Place(inside, {name: image[box] for name, image in images.items()}, spacing_mm)
    for feature, name in zip(features, names, strict=True):
        feature[box] = np.where(inside, place.feature(name), 0)
    return features


def learn_prior(cases: Iterable[tuple[Mask, Mask]], *, smoothing: float = 1.0) -> Floats:
    """How often lesions lie at each place of the brain's box, for `Ghafoorian.lesion_prior`.

    Args:
        cases: (lesion, brain) of each, (X, Y, Z); cases without a brain count for nothing.
        smoothing: standard deviation of the Gaussian over the prior's cells.

    Returns:
        (24, 24, 24) along R, A and S, relative to the most frequent place (1); 0 without any lesion.
    """
    counts = np.zeros((2, PRIOR_EXTENT**3))
    for lesion, brain in cases:
        if not brain.any():
            continue
        box = ndimage.find_objects(brain.astype(np.uint8))[0]
        cells = [np.rint((axis + 1) / 2 * (PRIOR_EXTENT - 1)).astype(np.intp) for axis in _axes(brain[box])]
        cell = np.ravel_multi_index(np.ix_(*cells), (PRIOR_EXTENT,) * 3)
        for total, mask in zip(counts, (lesion[box] & brain[box], brain[box]), strict=True):
            total += np.bincount(cell[mask], minlength=PRIOR_EXTENT**3)
    lesions, brains = (
        ndimage.gaussian_filter(total.reshape((PRIOR_EXTENT,) * 3), smoothing, mode="constant")
        for total in counts
    )
    # Cells that hardly any brain reaches say nothing: they are drawn towards 0.
    share = lesions / (brains + 0.05 * max(brains.max(), 1e-12))
    return (share / (share.max() or 1)).astype(np.float32)


@dataclass(frozen=True)
class _Place:
    """A brain in its bounding box; what several features share is computed once."""

    brain: Mask
    images: Mapping[str, NDArray[np.floating]]
    spacing_mm: Spacing

    def feature(self, name: str) -> Floats:
        if name in "xyz":
            along = _axes(self.brain)["xyz".index(name)]
            shape = [-1 if axis == "xyz".index(name) else 1 for axis in range(3)]
            return np.broadcast_to(along.reshape(shape), self.brain.shape)
        distances_mm = {
            "cortex": lambda: self.depth_mm,
            "midsagittal": lambda: np.abs(self.rightwards_mm),
            "left_ventricle": lambda: _distance_mm(self.ventricles[0], self.spacing_mm),
            "right_ventricle": lambda: _distance_mm(self.ventricles[1], self.spacing_mm),
        }
        return cast(Floats, distances_mm[name]() / np.float32(MM_PER_UNIT))

    @cached_property
    def depth_mm(self) -> Floats:
        """Distance to the brain's surface: 0 in the voxels at the surface."""
        return _distance_mm(self.surface, self.spacing_mm)

    @cached_property
    def surface(self) -> Mask:
        return cast(Mask, self.brain & ~ndimage.binary_erosion(self.brain))

    @cached_property
    def rightwards_mm(self) -> Floats:
        """Signed distance from the midsagittal plane, positive at the patient's right."""
        image = self._image(T1_NAMES)
        if image is None:
            image = next(iter(self.images.values()), None)
        normal, offset = _plane_of_symmetry(self.brain, image, self.spacing_mm)
        x, y, z = (
            np.arange(n, dtype=np.float32) * np.float32(step * along)
            for n, step, along in zip(self.brain.shape, self.spacing_mm, normal, strict=True)
        )
        return cast(Floats, x[:, None, None] + y[None, :, None] + z[None, None] - np.float32(offset))

    @cached_property
    def ventricles(self) -> tuple[Mask, Mask]:
        """The left and the right lateral ventricle. One that is not seen is taken to mirror the other."""
        fluid = self._fluid()
        deep = self.depth_mm > VENTRICLE_DEPTH * self.depth_mm.max()
        middle = np.abs(self.rightwards_mm) < VENTRICLE_REACH_MM
        sides = (self.rightwards_mm < 0, self.rightwards_mm >= 0)
        left, right = (
            self._body(fluid & deep & middle & half, side=side)
            for half, side in zip(sides, (-1, 1), strict=True)
        )
        if left is None and right is None:
            return self._usual(-1), self._usual(1)
        # Mirrored in the box: good enough for a distance.
        return (
            left if left is not None else cast(Mask, right)[::-1],
            right if right is not None else cast(Mask, left)[::-1],
        )

    def _fluid(self) -> Mask:
        """Dark in T1 and in FLAIR, of those that are there; nothing where neither is."""
        chosen = [self._image(T1_NAMES), self._image(FLAIR_NAMES)]
        fluid = self.brain & any(image is not None for image in chosen)
        for image in chosen:
            if image is not None:
                fluid &= image < _darkest_class(image[self.brain])
        return fluid

    def _image(self, names: Sequence[str]) -> NDArray[np.floating] | None:
        return next((image for name, image in self.images.items() if name.lower() in names), None)

    def _body(self, fluid: Mask, *, side: int) -> Mask | None:
        """The connected part that fills most of the usual place, cisterns being nearer the middle and lower.

        None where it is too small for a ventricle.
        """
        parts, count = ndimage.label(fluid)
        if count == 0:
            return None
        nearness = np.exp(-self._from_usual(side)[fluid] / 2)
        filled = np.bincount(parts[fluid], weights=nearness, minlength=count + 1)
        body = parts == filled.argmax()
        return body if body.sum() * np.prod(self.spacing_mm) >= VENTRICLE_VOLUME_MM3 else None

    def _usual(self, side: int) -> Mask:
        """An ellipsoid at the usual place; `side` −1 is the left."""
        distance = self._from_usual(side)
        return cast(Mask, distance <= max(1.0, distance.min()))

    def _from_usual(self, side: int) -> Floats:
        """Squared distance from a ventricle's usual centre in units of its radii."""
        centre = (-side * VENTRICLE_CENTRE[0], *VENTRICLE_CENTRE[1:])
        x, y, z = (
            ((axis - middle) / radius) ** 2
            for axis, middle, radius in zip(_axes(self.brain), centre, VENTRICLE_RADII, strict=True)
        )
        return cast(Floats, x[:, None, None] + y[None, :, None] + z[None, None])


def _axes(box: Mask) -> list[Floats]:
    """Coordinates of a box's voxels along each axis, −1 to 1; 0 along an axis of one voxel."""
    return [np.linspace(-1, 1, n, dtype=np.float32) if n > 1 else np.zeros(1, np.float32) for n in box.shape]


def _distance_mm(structure: Mask, spacing_mm: Spacing) -> Floats:
    return cast(Floats, ndimage.distance_transform_edt(~structure, sampling=spacing_mm).astype(np.float32))


def _plane_of_symmetry(
    brain: Mask, image: NDArray[np.floating] | None, spacing_mm: Spacing
) -> tuple[NDArray[np.float64], float]:
    """Normal (unit, rightwards) and offset in mm from the first voxel, of the plane of best mirror symmetry.

    The mean absolute difference of the smoothed brain and its mirror image is made least over the plane's two
    angles and its offset, from the middle of an upright brain. It is taken at random points (the same ones
    each time): on the voxels' own grid, whatever mirrors voxels onto voxels would seem the best.
    """
    shown = _between_zero_and_one(brain, image)
    smooth = ndimage.gaussian_filter(
        shown, [SYMMETRY_SIGMA_MM / step for step in spacing_mm], mode="constant"
    )
    extent_mm = np.array(brain.shape) * spacing_mm
    points = np.random.default_rng(0).uniform(0, 1, (SYMMETRY_POINTS, 3)) * extent_mm
    here = _at(smooth, points, spacing_mm)
    centre = np.argwhere(brain).mean(axis=0) * spacing_mm

    def normal_of(plane: NDArray[np.float64]) -> NDArray[np.float64]:
        normal = np.array([1.0, plane[0], plane[1]])
        return cast(NDArray[np.float64], normal / np.linalg.norm(normal))

    def unlikeness(plane: NDArray[np.float64]) -> float:
        normal = normal_of(plane)
        beyond = (points - centre) @ normal - 100 * plane[2]
        mirrored = points - 2 * beyond[:, None] * normal
        difference = np.abs(_at(smooth, mirrored, spacing_mm) - here).mean() / max(here.mean(), 1e-6)
        # A round brain is like its mirror image in any plane: the upright one is the likeliest.
        return float(difference + UPRIGHT * (plane[0] ** 2 + plane[1] ** 2))

    # The offset in units of 100 mm, that one tolerance may do for all.
    found = optimize.minimize(
        unlikeness,
        np.zeros(3),
        method="Powell",
        bounds=[(-0.4, 0.4)] * 3,
        options={"xtol": 1e-3, "ftol": 1e-4},
    )
    normal = normal_of(found.x)
    return normal, float(100 * found.x[2] + normal @ centre)


def _at(image: Floats, points_mm: NDArray[np.float64], spacing_mm: Spacing) -> Floats:
    """Values of `image` at points (N, 3), linear between voxels, 0 outside."""
    index = points_mm.T / np.array(spacing_mm)[:, None]
    return cast(Floats, ndimage.map_coordinates(image, index, order=1))


def _between_zero_and_one(brain: Mask, image: NDArray[np.floating] | None) -> Floats:
    """0 outside the brain, and inside from .5 up: its border counts as well as what it holds."""
    if image is None:
        return brain.astype(np.float32)
    low, high = np.percentile(image[brain], (1, 99))
    scaled = 0.5 + 0.5 * np.clip((image - low) / max(high - low, 1e-6), 0, 1)
    return np.where(brain, scaled, 0).astype(np.float32)


def _darkest_class(values: NDArray[np.floating], *, bins: int = 128) -> float:
    """Upper bound of the darkest of three classes: Otsu, without the last permille at each end."""
    low, high = np.percentile(values, (0.1, 99.9))
    if low == high:
        return float(low)
    counts, edges = np.histogram(np.clip(values, low, high), bins=bins, range=(low, high))
    below, total = np.cumsum(counts), counts.sum()
    sums = np.cumsum(counts * (edges[:-1] + edges[1:]) / 2)
    # Between-class variance for every pair of bounds; [i, j] with i < j.
    number = (below[:, None], below[None] - below[:, None], total - below[None])
    mass = (sums[:, None], sums[None] - sums[:, None], sums[-1] - sums[None])
    spread = sum(m**2 / np.maximum(n, 1) for n, m in zip(number, mass, strict=True))
    spread = np.where(np.triu(np.ones((bins, bins), bool), 1), spread, -np.inf)
    return float(edges[np.unravel_index(spread.argmax(), spread.shape)[0] + 1])
