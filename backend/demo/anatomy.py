"""Healthy anatomy of a phantom: a template brain, warped into a person who does not exist.

A template is two volumes: *tone*, the tissue as one number (0 CSF, 1 grey matter, 2 white matter, fractions
between where a voxel holds two), and the depth below the brain's surface. Both bend well under a warp, which
three tissue probabilities would not without losing their sum.
"""

from dataclasses import dataclass
from functools import cache
from importlib import util
from pathlib import Path

import nibabel as nib
import numpy as np
from scipy import ndimage

from backend.demo.fields import Floats, Mask, Shape, Spacing, blur, signed_distance_mm, smooth_field

CSF, GREY, WHITE = 0.0, 1.0, 2.0


class TemplateMissing(RuntimeError):
    """The brain template that nilearn's wheel ships was not found."""


@dataclass(frozen=True)
class Template:
    """`tone` and `depth_mm` (positive inside), (X, Y, Z), axes R, A, S; world mm = origin + step * index."""

    tone: Floats
    depth_mm: Floats
    origin_mm: tuple[float, float, float]
    step_mm: float

    def sample(self, volume: Floats, world_mm: Floats, *, outside: float) -> Floats:
        """Values of `volume` at world points (3, X, Y, Z), linear between voxels."""
        index = (world_mm - np.asarray(self.origin_mm, np.float32)[:, None, None, None]) / np.float32(
            self.step_mm
        )
        return ndimage.map_coordinates(volume, index, order=1, cval=outside, output=np.float32)


@dataclass(frozen=True)
class Grid:
    """Voxel grid of a case, stored left-posterior-superior as BraTS files are."""

    shape: Shape
    spacing_mm: Spacing
    affine: np.ndarray

    @classmethod
    def around_brain(cls, *, shape: Shape, spacing_mm: float) -> "Grid":
        """The template brain's centre in the middle of the grid."""
        centre = np.array([0.0, -17.0, 5.0])
        affine = np.diag([-spacing_mm, -spacing_mm, spacing_mm, 1.0])
        affine[:3, 3] = centre - affine[:3, :3] @ ((np.array(shape) - 1) / 2)
        return cls(shape=shape, spacing_mm=(spacing_mm,) * 3, affine=affine)

    def world_mm(self) -> Floats:
        """World coordinates (R, A, S) of every voxel, shape (3, X, Y, Z)."""
        axes = [self.affine[k, k] * np.arange(n) + self.affine[k, 3] for k, n in enumerate(self.shape)]
        return np.stack(np.meshgrid(*axes, indexing="ij")).astype(np.float32)


@dataclass(frozen=True)
class Push:
    """Mass effect: tissue within about `reach_mm` of `centre_mm` (template world) moves out by `push_mm`."""

    centre_mm: np.ndarray
    push_mm: float
    reach_mm: float


@dataclass(frozen=True)
class Anatomy:
    """One person: tone, depth and template position of every voxel of the grid."""

    grid: Grid
    tone: Floats
    depth_mm: Floats
    template_mm: Floats

    @property
    def brain(self) -> Mask:
        return self.depth_mm > 0

    @property
    def falx(self) -> Mask:
        """The midline sheet between the hemispheres, open where white matter (the callosum) crosses it."""
        return (np.abs(self.template_mm[0]) < 0.8 * self.grid.spacing_mm[0] + 0.3) & (self.tone < 1.5)


@cache
def mni_template() -> Template:
    """MNI152 (ICBM 2009a, symmetric, 1 mm), from the T1 average and the tissue maps inside nilearn's wheel.

    Sulci of an average are washed out, so the tone is sharpened against its blurred self.
    """
    spec = util.find_spec("nilearn")
    if spec is None or spec.origin is None:
        raise TemplateMissing(
            "the demo's anatomy needs the package nilearn: install requirements, then seed again"
        )
    folder = Path(spec.origin).parent / "datasets" / "data"
    # The volumes' inner part: the brain and a margin.
    x, y, z = inner = slice(18, 180), slice(18, 216), slice(0, 164)
    t1, grey, white = (
        _load(folder / f"mni_icbm152_{name}_tal_nlin_sym_09a_converted.nii.gz")[inner]
        for name in ("t1", "gm", "wm")
    )
    brain = ndimage.binary_fill_holes((t1 > 0) & (grey + white > 20) | (t1 > 50))
    tone = np.interp(t1, [55, 150, 218], [CSF, GREY, WHITE]).astype(np.float32)
    weight = ndimage.gaussian_filter(brain.astype(np.float32), 2.5)
    average = ndimage.gaussian_filter(np.where(brain, tone, 0), 2.5) / np.maximum(weight, 1e-3)
    tone = np.clip(tone + 1.2 * (tone - average), CSF, WHITE)
    # The surface voxels are half background: carry the tissue beneath them outwards, past the edge.
    beneath = ndimage.distance_transform_edt(
        ~ndimage.binary_erosion(brain), return_distances=False, return_indices=True
    )
    tone = tone[tuple(beneath)].astype(np.float32)
    return Template(
        tone,
        signed_distance_mm(brain, spacing_mm=(1.0,) * 3),
        (x.start - 98.0, y.start - 134.0, z.start - 72.0),
        1.0,
    )


def _load(path: Path) -> Floats:
    if not path.is_file():
        raise TemplateMissing(
            f"{path.name} is not in the installed nilearn: install the version the lock file names"
        )
    return np.asarray(nib.load(path).dataobj, dtype=np.float32)  # type: ignore[attr-defined]


@cache
def ellipsoid_template() -> Template:
    """Analytic anatomy for tests: an ellipsoid brain with a cortex and two ventricles, on a 4 mm grid."""
    step, origin = 4.0, (-86.0, -118.0, -86.0)
    axes = [o + step * np.arange(n) for o, n in zip(origin, (44, 52, 46), strict=True)]
    x, y, z = np.meshgrid(*axes, indexing="ij")
    radius = np.sqrt((x / 62) ** 2 + ((y + 17) / 80) ** 2 + ((z - 5) / 66) ** 2)
    depth = (1 - radius) * 62
    ventricle = np.sqrt(((np.abs(x) - 10) / 7) ** 2 + ((y + 15) / 26) ** 2 + ((z - 12) / 12) ** 2)
    tone = np.minimum(
        np.interp(depth, [0, 2, 4, 8], [CSF, GREY, GREY, WHITE]), np.interp(ventricle, [0.9, 1.1], [0, 2])
    )
    return Template(tone.astype(np.float32), depth.astype(np.float32), origin, step)


def grow_person(template: Template, *, grid: Grid, rng: np.random.Generator, push: Push | None) -> Anatomy:
    """Warps the template by a small affine and two smooth fields, then pushes it aside around a tumour.

    The warp's gradients stay well below 1, so that it folds nowhere.
    """
    world = grid.world_mm()
    position = _affine(world, rng)
    for grain_mm, size_mm in ((42.0, 2.6), (18.0, 0.7)):
        for axis in range(3):
            position[axis] += size_mm * smooth_field(
                grid.shape, spacing_mm=grid.spacing_mm, grain_mm=grain_mm, rng=rng
            )
    if push is not None:
        position = _pushed(template, position, push)
    tone = template.sample(template.tone, position, outside=CSF)
    depth = template.sample(template.depth_mm, position, outside=-20.0)
    # Ageing widens sulci and ventricles; the fine field makes each person's cortex their own.
    cortex = np.clip(1 - np.abs(tone - 0.9), 0, 1) * np.clip(1 - depth / 40, 0, 1)
    wander = smooth_field(grid.shape, spacing_mm=grid.spacing_mm, grain_mm=5.0, rng=rng)
    tone += cortex * (np.float32(rng.uniform(-0.22, 0.02)) + 0.14 * wander)
    ventricle = ((tone < 0.5) & (depth > 24)).astype(np.float32)
    tone -= np.float32(rng.uniform(0, 2.6)) * blur(ventricle, sigma_mm=2.5, spacing_mm=grid.spacing_mm)
    depth += 0.6 * wander + np.float32(rng.uniform(-0.4, 0.6))
    return Anatomy(grid, np.clip(tone, CSF, WHITE).astype(np.float32), depth, position)


def _affine(world: Floats, rng: np.random.Generator) -> Floats:
    """Rotation to 4 degrees about each axis, scaling within 5 %, shift to 3 mm, about the brain's centre."""
    matrix = np.diag(rng.uniform(0.95, 1.05, 3))
    for first, second in ((0, 1), (0, 2), (1, 2)):
        angle = np.deg2rad(rng.uniform(-4, 4))
        turn = np.eye(3)
        turn[first, first] = turn[second, second] = np.cos(angle)
        turn[first, second], turn[second, first] = -np.sin(angle), np.sin(angle)
        matrix = turn @ matrix
    centre = np.array([0.0, -17.0, 5.0])
    shift = centre - matrix @ centre + rng.uniform(-3, 3, 3)
    moved = np.tensordot(matrix.astype(np.float32), world, axes=(1, 0))
    return (moved + shift.astype(np.float32)[:, None, None, None]).astype(np.float32)


def _pushed(template: Template, position: Floats, push: Push) -> Floats:
    """Where tissue came from, once all near the centre has moved outwards; the skull holds the surface."""
    offset = position - push.centre_mm.astype(np.float32)[:, None, None, None]
    distance = np.sqrt((offset**2).sum(axis=0)) + 1e-3
    held = np.clip(template.sample(template.depth_mm, position, outside=-20.0) / 18, 0, 1)
    # Rises from 0 at the centre (no singularity) to its peak at about the reach, then falls off.
    relative = distance / push.reach_mm
    amount = push.push_mm * held * relative * np.exp(0.5 * (1 - relative**2))
    return position - (amount / distance) * offset
