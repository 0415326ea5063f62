"""Labelmap files straight into packed masks: what is scored is never held as voxels.

A mask of nine million voxels inflates in a millisecond, and the memory that holds it takes five to get. So a
NIfTI file of integers is packed chunk by chunk as it inflates; other files are read whole.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from backend.numerics.arrays import Labelmap
from backend.numerics.geometry import Grid
from backend.numerics.inflate import open_bytes
from backend.numerics.labels import LabelScheme, drop_unsure
from backend.numerics.nifti import NiftiStream, open_nifti
from backend.numerics.packing import PackedLabelmap, pack_labelmap, pack_pieces
from backend.numerics.volumes import (
    DEFAULT_LIMITS,
    FileFormat,
    ReadLimits,
    check_file,
    nifti_chunks,
    read_labelmap,
)


@dataclass(frozen=True, eq=False)
class PackedVolume:
    """A labelmap file as scoring needs it."""

    name: str
    labels: PackedLabelmap
    grid: Grid


def read_packed(
    data: bytes | Path,
    *,
    scheme: LabelScheme,
    name: str,
    limits: ReadLimits = DEFAULT_LIMITS,
    check_extension: bool = True,
    drops_unsure: bool = False,
) -> PackedVolume:
    """Read a labelmap and pack the regions of the scheme, X first whatever the file.

    Arguments and errors are those of `read_labelmap`. Labels that the scheme does not have are told by
    `labels.has_strangers`; with `drops_unsure` those of marked voxels count as if these were not marked.
    """
    file_format = check_file(data, name=name, limits=limits, check_extension=check_extension)
    if file_format in (FileFormat.NIFTI, FileFormat.NIFTI_GZ):
        with open_bytes(data) as stream:
            nifti = open_nifti(nifti_chunks(file_format, stream, name=name), name=name, limits=limits)
            if _is_plain(nifti):
                pieces = _integers(nifti)
                if drops_unsure:
                    pieces = (drop_unsure(piece, scheme) for piece in pieces)
                labels = pack_pieces(pieces, nifti.shape[:3], scheme, fast_first=True)
                return PackedVolume(name, labels, nifti.grid(name=name))
    volume = read_labelmap(data, name=name, limits=limits, check_extension=check_extension)
    array = drop_unsure(volume.array, scheme) if drops_unsure else volume.array
    return PackedVolume(name, pack_labelmap(array, scheme, fast_first=True), volume.grid)


def _is_plain(nifti: NiftiStream) -> bool:
    """Whether it is one volume of integers as they are."""
    return (
        len(nifti.shape) >= 3
        and set(nifti.shape[3:]) <= {1}
        and nifti.dtype.kind in "iu"
        and not nifti.is_scaled
    )


def _integers(nifti: NiftiStream) -> Iterator[Labelmap]:
    """The voxels chunk by chunk; a voxel that a chunk cuts in two goes to the next."""
    left, size = b"", nifti.dtype.itemsize
    for chunk in nifti.voxels:
        content = left + chunk
        end = len(content) // size * size
        left = content[end:]
        if end:
            yield np.frombuffer(content[:end], nifti.dtype)
