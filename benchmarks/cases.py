"""The cases that benchmarks measure on: synthetic ones of BraTS size made here, and real ones where present.

The same seed gives the same voxels on every machine: shapes come from one seeded generator and arithmetic.
"""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt

from backend.numerics.arrays import Labelmap
from backend.numerics.geometry import Grid
from backend.numerics.nifti_writing import write_labelmap_nifti

ROOT = Path(__file__).resolve().parent.parent
REAL_DATA = Path(os.environ.get("CONSILIUM_SHARED_DATA", ROOT.parent / "shared" / "data"))
REAL_CASES = ("UNet_1", "SegResNet_1", "SwinUNETR_1")
BRATS_SHAPE = (240, 240, 155)
AFFINE = np.diag([-1.0, -1.0, 1.0, 1.0])
NECROSIS, EDEMA, ENHANCING = 1, 2, 3  # as in the scheme brats2023
NON_ENHANCING, ENHANCING_2015 = 3, 4  # as in the scheme brats2015

Shape = tuple[int, int, int]
Field = npt.NDArray[np.float32]


@dataclass(frozen=True)
class CaseFiles:
    """A reference and a prediction on disk, labels of the scheme brats2023."""

    name: str
    reference: Path
    prediction: Path


def make_case(seed: int, shape: Shape = BRATS_SHAPE) -> tuple[Labelmap, Labelmap]:
    """A reference tumour, and a prediction that errs as networks do; uint8 (X, Y, Z) in Fortran order.

    The prediction has another boundary, misses a small lesion, and sees three small ones that are not there.
    """
    rng = np.random.default_rng(seed)
    depth = _tumour_depth(rng, shape)
    reference = _tissues(depth)
    erring = depth + 0.07 * _smooth_noise(rng, shape, cells=24) + np.float32(0.02 * rng.standard_normal())
    prediction = _tissues(erring)
    _add_spots(rng, reference, 2)
    _add_spots(rng, prediction, 3)
    return reference, prediction


def make_raters(seed: int, raters: int, shape: Shape = BRATS_SHAPE) -> list[Labelmap]:
    """Drawings of one tumour by several hands, labels 0 to 4 of the scheme brats2015; Fortran order."""
    rng = np.random.default_rng(seed)
    depth = _tumour_depth(rng, shape)
    patches = _smooth_noise(rng, shape, cells=12)
    drawings = []
    for _ in range(raters):
        labels = _tissues(depth + 0.12 * _smooth_noise(rng, shape, cells=24))
        drawn = np.where(labels == ENHANCING, np.uint8(ENHANCING_2015), labels)
        core = (patches + 0.5 * _smooth_noise(rng, shape, cells=24)) > 0
        drawn[(labels == NECROSIS) & core] = NON_ENHANCING
        mistaken = _smooth_noise(rng, shape, cells=40) > 1.6
        drawn[mistaken & (labels == ENHANCING)] = NON_ENHANCING
        drawings.append(drawn)
    return drawings


def write_cases(folder: Path, count: int) -> list[CaseFiles]:
    """Write synthetic cases as .nii.gz."""
    written = []
    for seed in range(count):
        name = f"synthetic-{seed}"
        reference, prediction = make_case(seed)
        written.append(
            CaseFiles(
                name,
                write_labelmap(folder / f"{name}-reference.nii.gz", reference),
                write_labelmap(folder / f"{name}-prediction.nii.gz", prediction),
            )
        )
    return written


def real_cases() -> list[CaseFiles]:
    """The BraTS-2023 cases with a network's prediction; none where they are not beside this checkout."""
    folder = REAL_DATA / "brats2023_predictions"
    found = [
        CaseFiles(name, folder / f"{name}_label.nii.gz", folder / f"{name}_pred.nii.gz")
        for name in REAL_CASES
    ]
    return [case for case in found if case.reference.exists() and case.prediction.exists()]


def write_labelmap(path: Path, labelmap: Labelmap) -> Path:
    path.write_bytes(write_labelmap_nifti(labelmap, grid=Grid(shape=labelmap.shape, affine=AFFINE)))
    return path


def scatter_islands(shape: Shape, islands: int, seed: int) -> Labelmap:
    """One-voxel islands of edema, no two of which touch; as many as asked for, or as there is room for."""
    room = np.stack(np.meshgrid(*(np.arange(1, n - 1, 2) for n in shape), indexing="ij"), axis=-1)
    places = room.reshape(-1, 3)
    chosen = np.random.default_rng(seed).permutation(len(places))[:islands]
    labelmap = np.zeros(shape, np.uint8, order="F")
    labelmap[tuple(places[chosen].T)] = EDEMA
    return labelmap


def scatter_lesions(shape: Shape, lesions: int, *, radius: int = 4) -> Labelmap:
    """Balls of edema on a regular lattice, far enough apart to stay separate when dilated three times."""
    per_axis = int(np.ceil(lesions ** (1 / 3)))
    lattice = np.stack(
        np.meshgrid(*(((np.arange(per_axis) + 0.5) * n / per_axis) for n in shape), indexing="ij"), axis=-1
    ).reshape(-1, 3)
    labelmap = np.zeros(shape, np.uint8, order="F")
    ball = np.sum(np.square(np.indices((2 * radius + 1,) * 3) - radius), axis=0) <= radius**2
    for center in lattice[:lesions].astype(int):
        labelmap[tuple(slice(c - radius, c + radius + 1) for c in center)][ball] = EDEMA
    return labelmap


def _tumour_depth(rng: np.random.Generator, shape: Shape) -> Field:
    """0 at the centre of the tumour, 1 at its boundary, more outside."""
    center = [n * rng.uniform(0.38, 0.62) for n in shape]
    radii = [n * rng.uniform(0.10, 0.15) for n in shape]
    axes = np.ogrid[tuple(slice(n) for n in shape)]
    squares = [((x - c) / r) ** 2 for x, c, r in zip(axes, center, radii, strict=True)]
    distance = np.sqrt(squares[0] + squares[1] + squares[2]).astype(np.float32)
    noise = 0.35 * _smooth_noise(rng, shape, cells=10) + 0.12 * _smooth_noise(rng, shape, cells=30)
    return distance + noise.astype(np.float32)


def _smooth_noise(rng: np.random.Generator, shape: Shape, *, cells: int) -> Field:
    """Noise of variance about 1/3 that changes over 1/`cells` of the longest axis."""
    longest = max(shape)
    coarse_shape = [max(3, round(cells * n / longest)) + 3 for n in shape]
    coarse = rng.standard_normal(coarse_shape).astype(np.float32)
    factors = [n / (m - 3) for n, m in zip(shape, coarse_shape, strict=True)]
    fine = coarse
    for axis, (factor, n) in enumerate(zip(factors, shape, strict=True)):
        places = 1 + (np.arange(n) + 0.5) / factor
        lower = places.astype(int)
        part = (places - lower).astype(np.float32)
        weight = part * part * (3 - 2 * part)
        along = [1, 1, 1]
        along[axis] = n
        weight = weight.reshape(along)
        fine = np.take(fine, lower, axis) * (1 - weight) + np.take(fine, lower + 1, axis) * weight
    return np.asfortranarray(fine)


def _tissues(depth: Field) -> Labelmap:
    """Edema around an enhancing rim around necrosis."""
    labels = np.zeros(depth.shape, np.uint8, order="F")
    labels[depth < 1] = EDEMA
    labels[depth < 0.62] = ENHANCING
    labels[depth < 0.42] = NECROSIS
    return labels


def _add_spots(rng: np.random.Generator, labels: Labelmap, count: int) -> None:
    """Small enhancing lesions with a little edema, away from the border of the grid."""
    for _ in range(count):
        radius = int(rng.integers(3, 7))
        center = [int(rng.integers(n // 6 + radius, n - n // 6 - radius)) for n in labels.shape]
        box = tuple(slice(c - radius, c + radius + 1) for c in center)
        offsets = np.indices((2 * radius + 1,) * 3) - radius
        squared = np.sum(np.square(offsets), axis=0)
        view = labels[box]
        view[(squared <= radius**2) & (view == 0)] = EDEMA
        view[squared <= (radius - 2) ** 2] = ENHANCING
