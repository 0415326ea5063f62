"""From a case's images to what a network is fed, and from its answer back onto the case's own grid.

Images are turned to RAS (axes along the patient's right, anterior, superior), resampled where the config says
to which spacing, and cut to the box of the brain, whose origin and extent are multiples of the network's
stride: then pooling falls on the same voxels as in the whole volume.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TypeVar

import nibabel as nib
import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor
from torch.nn import functional

from backend.numerics.geometry import Grid, compare_grids, format_shape
from workers.contract import Reason

Floats = NDArray[np.float32]
Mask = NDArray[np.bool_]
T = TypeVar("T", int, float)


class BadImage(ValueError):
    """An image cannot be used; the sentence names it and what to do."""

    reason = Reason.BAD_IMAGE


@dataclass(frozen=True, eq=False)
class CaseImages:
    """A case as it came.

    Args:
        images: by sequence, (X, Y, Z), any number type; those that are missing are left out.
        grid: on which all of them lie.
    """

    images: Mapping[str, NDArray[np.generic]]
    grid: Grid

    def __post_init__(self) -> None:
        for name, image in self.images.items():
            if image.shape != self.grid.shape:
                raise BadImage(
                    f"{name}: {format_shape(image.shape)} voxels on a grid of {format_shape(self.grid.shape)}"
                )

    @classmethod
    def of_volumes(cls, volumes: Mapping[str, tuple[NDArray[np.generic], Grid]]) -> CaseImages:
        """
        Raises:
            BadImage: they do not share one grid, or there is none.
        """
        if not volumes:
            raise BadImage("the case has no image")
        (first, (_, grid)), *others = volumes.items()
        for name, (_, other) in others:
            if differences := compare_grids(grid, other, tolerance_mm=1e-2):
                said = "; ".join(one.sentence for one in differences)
                raise BadImage(
                    f"{name} lies on another grid than {first}: {said}; resample it onto that of {first}"
                )
        return cls({name: image for name, (image, _) in volumes.items()}, grid)


@dataclass(frozen=True)
class Frame:
    """The way between a case's grid and the axes that networks see, both directions.

    Args:
        grid: of the case.
        spacing_mm: of the network's voxels; None: the case's own.
    """

    grid: Grid
    spacing_mm: tuple[float, float, float] | None = None

    @cached_property
    def orientation(self) -> NDArray[np.float64]:
        """nibabel's (3, 2): which axis of RAS each array axis is, and its direction."""
        return nib.io_orientation(self.grid.matrix)

    @cached_property
    def ras_shape(self) -> tuple[int, int, int]:
        return self._permuted(self.grid.shape)

    @cached_property
    def ras_spacing_mm(self) -> tuple[float, float, float]:
        return self._permuted(self.grid.spacing_mm)

    @property
    def network_spacing_mm(self) -> tuple[float, float, float]:
        return self.spacing_mm or self.ras_spacing_mm

    @cached_property
    def shape(self) -> tuple[int, int, int]:
        """Of what networks see."""
        if not self.is_resampled:
            return self.ras_shape
        assert self.spacing_mm is not None
        sizes = (
            max(1, round(size * own / wanted))
            for size, own, wanted in zip(self.ras_shape, self.ras_spacing_mm, self.spacing_mm, strict=True)
        )
        x, y, z = sizes
        return x, y, z

    @cached_property
    def is_resampled(self) -> bool:
        return self.spacing_mm is not None and not np.allclose(
            self.ras_spacing_mm, self.spacing_mm, rtol=1e-3
        )

    def turn(self, image: NDArray[np.generic]) -> Floats:
        """A volume on the case's grid along RAS, resampled by straight lines; float32."""
        return np.ascontiguousarray(self.look_at(image), dtype=np.float32)

    def look_at(self, image: NDArray[np.generic]) -> NDArray[np.generic]:
        """As `turn`, but a view with the image's own numbers where nothing is resampled."""
        turned = np.asarray(nib.apply_orientation(np.asarray(image), self.orientation))
        if not self.is_resampled:
            return turned
        volume = torch.from_numpy(np.ascontiguousarray(turned, dtype=np.float32))
        return np.asarray(_resample(volume[None], self.shape)[0].numpy())

    def resample_back(self, probabilities: Tensor) -> Tensor:
        """(classes, X, Y, Z) of networks' voxels onto the case's, still along RAS."""
        return _resample(probabilities, self.ras_shape) if self.is_resampled else probabilities

    def turn_back(self, volume: NDArray[np.generic]) -> NDArray[np.generic]:
        """A volume along RAS on the case's voxels as it lies in the case's array."""
        back = nib.orientations.ornt_transform(np.array([[0, 1], [1, 1], [2, 1]]), self.orientation)
        return np.asarray(nib.apply_orientation(volume, back))

    def _permuted(self, values: tuple[T, T, T]) -> tuple[T, T, T]:
        placed = sorted(range(3), key=lambda axis: self.orientation[axis, 0])
        x, y, z = (values[axis] for axis in placed)
        return x, y, z


@dataclass(frozen=True)
class Crop:
    """The part of a volume that a network labels.

    Args:
        low, high: half-open voxel range along X, Y, Z of the labels; may reach beyond the volume.
        margin: voxels more at each side that the network is fed, along each axis.
    """

    low: tuple[int, int, int]
    high: tuple[int, int, int]
    margin: tuple[int, int, int]

    @property
    def shape(self) -> tuple[int, int, int]:
        x, y, z = (high - low for low, high in zip(self.low, self.high, strict=True))
        return x, y, z

    def cut(self, volumes: Tensor) -> Tensor:
        """(C, X, Y, Z) → the part that is fed, with its margin; 0 beyond the volume."""
        inside, padding = [slice(None)], []
        for low, high, extra, size in zip(self.low, self.high, self.margin, volumes.shape[1:], strict=True):
            first, last = low - extra, high + extra
            inside.append(slice(max(first, 0), max(min(last, size), 0)))
            padding.append((max(-first, 0), max(last - size, 0)))
        part = volumes[tuple(inside)]
        return functional.pad(part, [side for pair in reversed(padding) for side in pair])

    def without_margin(self, part: Tensor) -> Tensor:
        """What `cut` gave, less its margin."""
        sizes = zip(self.margin, self.shape, strict=True)
        return part[(slice(None), *(slice(extra, extra + size) for extra, size in sizes))]

    def paste(self, part: Tensor, into: Tensor) -> None:
        """Put labels or probabilities (C, …) of this part where they belong in (C, X, Y, Z)."""
        source, target = [slice(None)], [slice(None)]
        for low, high, size in zip(self.low, self.high, into.shape[1:], strict=True):
            first, last = max(low, 0), min(high, size)
            source.append(slice(first - low, last - low))
            target.append(slice(first, last))
        into[tuple(target)] = part[tuple(source)]


def find_brain(images: Sequence[NDArray[np.generic]] | Floats) -> Mask:
    """Where any sequence is not 0: skulls are stripped before. In memory as the first image lies."""
    brain = images[0] != 0
    for image in images[1:]:
        brain |= image != 0
    return np.asarray(brain)


def box_of(brain: Mask) -> tuple[slice, slice, slice] | None:
    """The smallest box about the brain; None: there is none."""
    found = []
    rest = brain
    for axis in range(3):
        along = np.flatnonzero(rest.any(axis=tuple(other for other in range(3) if other != axis)))
        if not len(along):
            return None
        found.append(slice(int(along[0]), int(along[-1]) + 1))
        rest = rest[(*(slice(None),) * axis, found[-1])]
    return found[0], found[1], found[2]


def crop_to(brain: Mask, *, stride: int, margin: int, dimensions: int) -> Crop | None:
    """The smallest box about the brain whose origin and extent are multiples of `stride`; None: no brain.

    Args:
        dimensions: of the network; with 2 the third axis is cut as it is.
    """
    box = box_of(brain)
    if box is None:
        return None
    low, high = [], []
    for axis, part in enumerate(box):
        step = stride if axis < dimensions else 1
        low.append(part.start // step * step)
        high.append(-(-part.stop // step) * step)
    margins = [margin if axis < dimensions else 0 for axis in range(3)]
    return Crop((low[0], low[1], low[2]), (high[0], high[1], high[2]), (margins[0], margins[1], margins[2]))


def require_finite(name: str, image: NDArray[np.generic]) -> None:
    """
    Raises:
        BadImage: there is NaN or infinity in it.
    """
    if image.dtype.kind == "f" and (bad := int(image.size - np.isfinite(image).sum())):
        raise BadImage(f"{name}: {bad:,} voxels are NaN or infinite; write the image again with numbers only")


def _resample(volumes: Tensor, shape: Sequence[int]) -> Tensor:
    return functional.interpolate(volumes[None], size=tuple(shape), mode="trilinear", align_corners=False)[0]
