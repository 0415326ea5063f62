"""`consilium inspect`: what a volume file is, and what is wrong with it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np

from backend.numerics.errors import VolumeError, VolumeErrorCode
from backend.numerics.findings import Finding
from backend.numerics.labels import LabelScheme
from backend.numerics.quality import check_image, check_labelmap, finding_of
from backend.numerics.volumes import Volume, as_labelmap, read_volume

# An image of integers has hundreds of values, a labelmap a few.
_MOST_LABELS = 64


def inspect_file(path: Path, scheme: LabelScheme | None = None) -> dict[str, Any]:
    """Geometry, labels and findings of one file, as JSON; an unreadable file has findings only.

    A file with few, integral values is taken for a labelmap, and so is every file where a scheme is given.
    """
    try:
        if not path.is_file():
            raise VolumeError(VolumeErrorCode.UNREADABLE, f"{path}: there is no such file")
        volume = read_volume(path, name=str(path))
    except VolumeError as error:
        return {"file": str(path), "findings": [finding_of(error).to_json()]}
    labels = _count_labels(volume)
    is_labelmap = scheme is not None or labels is not None
    findings: list[Finding] = check_labelmap(volume, scheme) if is_labelmap else check_image(volume)
    return {
        "file": str(path),
        "kind": "labelmap" if is_labelmap else "image",
        "format": str(volume.file_format),
        "type": volume.stored.dtype.name,
        "shape": list(volume.grid.shape),
        "spacing_mm": _finite(list(volume.grid.spacing_mm)),
        "orientation": volume.grid.orientation,
        "affine": [_finite(list(row)) for row in volume.grid.affine],
        "labels": [
            {"value": value, "voxels": voxels, "ml": voxels * volume.grid.voxel_volume_ml}
            for value, voxels in (labels or {}).items()
        ]
        if volume.grid.is_invertible
        else [],
        "findings": [finding.to_json() for finding in findings],
    }


def _count_labels(volume: Volume) -> dict[int, int] | None:
    """Voxels of each label, background aside; None where the voxels are no labels."""
    try:
        array = as_labelmap(volume).array
    except VolumeError:
        return None
    values, counts = np.unique(array, return_counts=True)
    if len(values) > _MOST_LABELS:
        return None
    return {int(value): int(count) for value, count in zip(values, counts, strict=True) if value}


def _finite(values: list[float]) -> list[float | None]:
    return [value if np.isfinite(value) else None for value in values]
