"""Tiny cases for tests: a ball of tissue with a nested tumour, on a 32³ grid stored LPS, as NIfTI bytes."""

import gzip
from collections.abc import Sequence

import nibabel as nib
import numpy as np

SHAPE = (32, 32, 32)
AFFINE = np.diag([-1.0, -1.0, 1.0, 1.0])
SEQUENCES = ("flair", "t1", "t1ce", "t2")


def nifti_bytes(array: np.ndarray, affine: np.ndarray = AFFINE) -> bytes:
    image = nib.Nifti1Image(array, affine)
    image.set_qform(affine, 1)
    image.set_sform(affine, 1)
    return gzip.compress(image.to_bytes(), mtime=0)


def ball(center: Sequence[float], radius: float, shape: tuple[int, int, int] = SHAPE) -> np.ndarray:
    axes = np.ogrid[tuple(slice(size) for size in shape)]
    squares = [(axis - middle) ** 2 for axis, middle in zip(axes, center, strict=True)]
    return sum(squares[1:], squares[0]) <= radius**2


def tumour(center: Sequence[float] = (16, 16, 16), *, radius: float = 8) -> np.ndarray:
    """Labels of BraTS 2017: edema 2 around a core 1 around enhancing 4."""
    labels = np.zeros(SHAPE, np.uint8)
    for value, share in ((2, 1.0), (1, 0.7), (4, 0.45)):
        labels[ball(center, radius * share)] = value
    return labels


def image(index: int) -> np.ndarray:
    noise = np.random.default_rng(index).normal(300, 20, SHAPE)
    return np.where(ball((16, 16, 16), 14), noise, 0).astype(np.int16)


def case_files(name: str, *, sequences: Sequence[str] = SEQUENCES) -> list[tuple[str, bytes]]:
    """(name in the archive, bytes) of the images, in the layout of BraTS 2017."""
    return [
        (f"{name}/{name}_{sequence}.nii.gz", nifti_bytes(image(index)))
        for index, sequence in enumerate(sequences)
    ]
