"""What a file becomes once read: a volume, with its grid and what its header said."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import cached_property

import nibabel as nib
import numpy as np

from backend.numerics.arrays import Array
from backend.numerics.geometry import Grid

MEBIBYTE = 1 << 20


class FileFormat(StrEnum):
    """Formats that are read, by their usual extension; only NIFTI_GZ is written."""

    NIFTI = ".nii"
    NIFTI_GZ = ".nii.gz"
    METAIMAGE = ".mha"
    NRRD = ".nrrd"


@dataclass(frozen=True)
class ReadLimits:
    """How much a file may ask of the reader.

    Args:
        max_file_bytes: size of the file as it lies there.
        max_volume_bytes: size of the voxels once inflated, all channels together.
        max_voxels_per_axis: the longest axis.
    """

    max_file_bytes: int = 1024 * MEBIBYTE
    max_volume_bytes: int = 1024 * MEBIBYTE
    max_voxels_per_axis: int = 2048


DEFAULT_LIMITS = ReadLimits()


@dataclass(frozen=True)
class HeaderNote:
    """Something about a readable file that its owner should know: a code and a sentence."""

    code: str
    sentence: str


@dataclass(frozen=True)
class HeaderText:
    """Free text found in a header, which might name a patient."""

    field: str
    text: str


@dataclass(frozen=True, eq=False)
class Volume:
    """One 3-D volume.

    Args:
        name: of the file, for messages.
        stored: (X, Y, Z) voxels as stored, read-only, any byte order.
        grid: where they lie, RAS+ mm.
        file_format: what the bytes are, whatever the name says.
        slope, intercept: intensity = stored × slope + intercept.
        header: the NIfTI header, or the text fields of MetaImage and NRRD.
        header_notes: what was odd but readable.
        texts: free text of the header.
    """

    name: str
    stored: Array
    grid: Grid
    file_format: FileFormat
    slope: float = 1.0
    intercept: float = 0.0
    header: nib.Nifti1Header | Mapping[str, str] | None = None
    header_notes: tuple[HeaderNote, ...] = ()
    texts: tuple[HeaderText, ...] = ()

    @property
    def is_scaled(self) -> bool:
        return (self.slope, self.intercept) != (1.0, 0.0)

    @cached_property
    def array(self) -> Array:
        """Intensities, (X, Y, Z), native byte order; the stored type where no scaling asks for float64."""
        if not self.is_scaled:
            return self.stored.astype(self.stored.dtype.newbyteorder("="), copy=False)
        scaled: Array = self.stored.astype(np.float64) * self.slope + self.intercept
        return scaled
