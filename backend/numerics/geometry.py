"""Voxel grids: where voxels lie in the patient, and how two grids differ."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from itertools import product
from typing import Any

import nibabel as nib
import numpy as np
import numpy.typing as npt

AffineRows = tuple[tuple[float, float, float, float], ...]
AXIS_NAMES = ("x", "y", "z")


@dataclass(frozen=True, init=False)
class Grid:
    """A voxel lattice in the patient's RAS+ millimetre space.

    Args:
        shape: voxels along the three array axes.
        affine: 4×4, voxel index → RAS+ mm; an array or nested sequence is accepted and stored as tuples,
            so that grids are hashable and compare by value.
    """

    shape: tuple[int, int, int]
    affine: AffineRows

    def __init__(self, shape: Sequence[int], affine: npt.ArrayLike) -> None:
        sizes = tuple(int(size) for size in shape)
        matrix = np.asarray(affine, dtype=np.float64)
        if len(sizes) != 3 or min(sizes) < 1:
            raise ValueError(f"a grid needs three positive sizes, not {sizes}")
        if matrix.shape != (4, 4):
            raise ValueError(f"a grid needs a 4×4 affine, not one of shape {matrix.shape}")
        matrix = matrix + 0.0  # turns -0.0 into 0.0, so that equal grids compare and hash equal
        object.__setattr__(self, "shape", sizes)
        object.__setattr__(self, "affine", tuple(tuple(float(x) for x in row) for row in matrix))

    @property
    def matrix(self) -> npt.NDArray[np.float64]:
        """The affine as a 4×4 array."""
        return np.array(self.affine, dtype=np.float64)

    @property
    def spacing_mm(self) -> tuple[float, float, float]:
        """Distance between neighbouring voxel centres along each array axis."""
        x, y, z = np.sqrt((self.matrix[:3, :3] ** 2).sum(axis=0))
        return float(x), float(y), float(z)

    @property
    def orientation(self) -> str:
        """Letters of the directions in which the array axes grow, such as LPS; '?' where undefined."""
        if not np.isfinite(self.matrix).all():
            return "???"
        return "".join(code or "?" for code in nib.aff2axcodes(self.matrix))

    @property
    def voxel_volume_ml(self) -> float:
        return float(abs(np.linalg.det(self.matrix[:3, :3]))) / 1000.0

    @property
    def voxel_count(self) -> int:
        x, y, z = self.shape
        return x * y * z

    @property
    def is_invertible(self) -> bool:
        """Whether the affine is finite and spans three dimensions."""
        matrix = self.matrix
        if not np.isfinite(matrix).all() or min(self.spacing_mm) <= 0:
            return False
        directions = matrix[:3, :3] / np.asarray(self.spacing_mm)
        return bool(abs(np.linalg.det(directions)) > 1e-6)

    def to_json(self) -> dict[str, Any]:
        return {"shape": list(self.shape), "affine": [list(row) for row in self.affine]}

    @classmethod
    def from_json(cls, value: Mapping[str, Any]) -> Grid:
        return cls(shape=tuple(value["shape"]), affine=value["affine"])


class GridDifferenceKind(StrEnum):
    SHAPE = "shape"
    SPACING = "spacing"
    ORIENTATION = "orientation"
    AFFINE = "affine"


@dataclass(frozen=True)
class GridDifference:
    """One way in which a found grid departs from the expected one.

    Args:
        kind: what differs.
        sentence: a part of a sentence about the found grid, such as "shifted by 5.0 mm along x".
        displacement_mm: the farthest that a corner of the volume lies from where it should; 0 for shapes.
    """

    kind: GridDifferenceKind
    sentence: str
    displacement_mm: float = 0.0


def compare_grids(expected: Grid, found: Grid, *, tolerance_mm: float = 1e-3) -> list[GridDifference]:
    """List how `found` differs from `expected`; empty where they are the same grid.

    Affines are compared by what they do: the outer corners of the expected volume, taken through both
    affines, must not part by more than `tolerance_mm`. What parts them is then named: orientation before
    spacing before shift or rotation, as each makes the later ones meaningless.
    """
    differences = []
    if expected.shape != found.shape:
        sentence = f"grid {format_shape(found.shape)} instead of {format_shape(expected.shape)}"
        differences.append(GridDifference(GridDifferenceKind.SHAPE, sentence))
    offsets = corners_ras_mm(found.matrix, expected.shape) - corners_ras_mm(expected.matrix, expected.shape)
    displacement = float(np.sqrt((offsets**2).sum(axis=1)).max())
    if displacement <= tolerance_mm:
        return differences
    if expected.orientation != found.orientation:
        sentence = f"orientation {found.orientation} instead of {expected.orientation}"
        differences.append(GridDifference(GridDifferenceKind.ORIENTATION, sentence, displacement))
    elif _spacings_differ(expected, found, tolerance_mm=tolerance_mm):
        sentence = (
            f"voxel size {format_spacing(found.spacing_mm)} mm instead of "
            f"{format_spacing(expected.spacing_mm)} mm"
        )
        differences.append(GridDifference(GridDifferenceKind.SPACING, sentence, displacement))
    else:
        sentence = _describe_offsets(offsets, displacement, tolerance_mm=tolerance_mm)
        differences.append(GridDifference(GridDifferenceKind.AFFINE, sentence, displacement))
    return differences


def corners_ras_mm(matrix: npt.NDArray[np.float64], shape: Sequence[int]) -> npt.NDArray[np.float64]:
    """Return the eight outer corners of a volume, shape (8, 3), in RAS+ mm."""
    edges = [(-0.5, size - 0.5) for size in shape]
    corners = np.array(list(product(*edges)), dtype=np.float64)
    points: npt.NDArray[np.float64] = corners @ matrix[:3, :3].T + matrix[:3, 3]
    return points


def format_shape(shape: Sequence[int]) -> str:
    return "×".join(str(size) for size in shape)


def format_spacing(spacing_mm: Sequence[float]) -> str:
    return "×".join(f"{size:.4g}" for size in spacing_mm)


def _spacings_differ(expected: Grid, found: Grid, *, tolerance_mm: float) -> bool:
    deviations = np.abs(np.subtract(expected.spacing_mm, found.spacing_mm)) * np.array(expected.shape)
    return bool(deviations.max() > tolerance_mm)


def _describe_offsets(offsets: npt.NDArray[np.float64], displacement: float, *, tolerance_mm: float) -> str:
    shift = offsets.mean(axis=0)
    if np.abs(offsets - shift).max() > tolerance_mm:
        return f"rotated or sheared, corners up to {_format_mm(displacement)} mm away"
    parts = [
        f"{_format_mm(abs(amount))} mm along {axis}"
        for axis, amount in zip(AXIS_NAMES, shift, strict=True)
        if abs(amount) > tolerance_mm
    ]
    return "shifted by " + (" and ".join(parts) if parts else f"{_format_mm(displacement)} mm")


def _format_mm(amount: float) -> str:
    return f"{amount:.1f}" if amount >= 0.1 else f"{amount:.2g}"
