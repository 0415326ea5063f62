"""A case as it goes through the pipe: one array, which sequences are there, and where it lies."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:  # which brings torch along, and this does not need it
    from workers.inference.preprocess import CaseImages


@dataclass(frozen=True, eq=False)
class Stacked:
    """
    Args:
        images: (S, X, Y, Z), zeros where a sequence is absent.
        present: S of them.
        affine: 4×4, voxel index → RAS+ mm.
    """

    images: NDArray[np.float32]
    present: tuple[bool, ...]
    affine: NDArray[np.float64]


def stacked(case: CaseImages, sequences: Sequence[str]) -> Stacked:
    """The case's images in this order; those that are not named are left out."""
    images = np.zeros((len(sequences), *case.grid.shape), np.float32)
    for target, name in zip(images, sequences, strict=True):
        if name in case.images:
            target[:] = case.images[name]
    return Stacked(images, tuple(name in case.images for name in sequences), case.grid.matrix)
