"""A case of BraTS size with four sequences, for measuring the studio and for its full-size test.

A head without its skull around the tumour of `benchmarks.cases`: what a rater sees, what compresses as such
images do, and the same voxels on every machine.
"""

from __future__ import annotations

import gzip
from dataclasses import dataclass

import nibabel as nib
import numpy as np

from backend.numerics.arrays import Labelmap
from benchmarks.cases import AFFINE, BRATS_SHAPE, EDEMA, ENHANCING, NECROSIS, Shape, make_case
from tests.shared_data import zip_of

CASE = "BraTS-GLI-09000-000"
# Intensity of healthy tissue, and what each tissue adds to it.
SEQUENCES: dict[str, tuple[int, dict[int, int]]] = {
    "flair": (300, {EDEMA: 350, ENHANCING: 250, NECROSIS: -50}),
    "t1": (500, {EDEMA: -100, ENHANCING: -50, NECROSIS: -200}),
    "t1ce": (500, {EDEMA: -80, ENHANCING: 500, NECROSIS: -220}),
    "t2": (350, {EDEMA: 300, ENHANCING: 200, NECROSIS: 400}),
}


@dataclass(frozen=True)
class FullCase:
    """
    Args:
        images: by sequence, the bytes of each `.nii.gz`.
        tumour: what is there to be found, (X, Y, Z), labels of the scheme brats2023.
        head: box of the voxels that are not zero, first and last along each axis.
    """

    images: dict[str, bytes]
    tumour: Labelmap
    head: tuple[np.ndarray, np.ndarray]

    def archive(self) -> bytes:
        return zip_of((f"{CASE}/{CASE}_{sequence}.nii.gz", data) for sequence, data in self.images.items())


def make_full_case(
    *, dtype: type[np.generic] = np.float32, shape: Shape = BRATS_SHAPE, seed: int = 9
) -> FullCase:
    """Four images of one seed, stored as `dtype`, LPS."""
    tumour, _ = make_case(seed, shape)
    head = _head(shape)
    images = {}
    for index, (sequence, (tissue, contrasts)) in enumerate(SEQUENCES.items()):
        noise = np.random.default_rng(seed + index).normal(tissue, 12, shape).astype(np.float32)
        for label, contrast in contrasts.items():
            noise[tumour == label] += contrast
        images[sequence] = _nifti(np.where(head, noise.round(), 0).astype(dtype))
    filled = [np.flatnonzero(head.any(axis=tuple({0, 1, 2} - {axis}))) for axis in range(3)]
    return FullCase(
        images,
        tumour,
        (np.array([places[0] for places in filled]), np.array([places[-1] for places in filled])),
    )


def _head(shape: Shape) -> np.ndarray:
    """An ellipsoid that leaves a rim of air."""
    axes = np.ogrid[tuple(slice(n) for n in shape)]
    squares = [
        ((x - (n - 1) / 2) / (share * n)) ** 2
        for x, n, share in zip(axes, shape, (0.36, 0.42, 0.46), strict=True)
    ]
    return np.asarray(squares[0] + squares[1] + squares[2] < 1)


def _nifti(array: np.ndarray) -> bytes:
    image = nib.Nifti1Image(array, AFFINE)
    image.set_qform(AFFINE, 1)
    image.set_sform(AFFINE, 1)
    return gzip.compress(image.to_bytes(), compresslevel=1, mtime=0)
