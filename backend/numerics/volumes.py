"""Volume files: bytes in, arrays with a grid out, and back.

The one entrance for files that people send. What a file is, its bytes decide; its name must agree.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

import numpy as np

from backend.numerics.arrays import Array, Labelmap, narrow_labels
from backend.numerics.errors import VolumeError, VolumeErrorCode
from backend.numerics.geometry import Grid
from backend.numerics.inflate import GZIP_MAGIC, byte_size, inflate_gzip, open_bytes, read_chunks
from backend.numerics.metaimage import is_metaimage, read_metaimage
from backend.numerics.nifti import nifti_header_size, nifti_volumes, read_nifti
from backend.numerics.nifti_writing import write_image_nifti, write_labelmap_nifti
from backend.numerics.nrrd_reading import NRRD_MAGIC, read_nrrd
from backend.numerics.volume_types import (
    DEFAULT_LIMITS,
    FileFormat,
    HeaderNote,
    HeaderText,
    ReadLimits,
    Volume,
)

__all__ = [
    "DEFAULT_LIMITS",
    "FileFormat",
    "HeaderNote",
    "HeaderText",
    "ReadLimits",
    "Volume",
    "VolumeError",
    "VolumeErrorCode",
    "as_labelmap",
    "detect_format",
    "header_texts",
    "read_channels",
    "read_labelmap",
    "read_volume",
    "volume_extension",
    "voxel_digest",
    "write_image_nifti",
    "write_labelmap_nifti",
]

# Longest first: ".nii.gz" before ".nii".
_EXTENSIONS = sorted(FileFormat, key=lambda extension: -len(extension))
_SNIFF_BYTES = 4096
_LABEL_TOLERANCE = 1e-4
_LARGEST_LABEL = 2**31 - 1
# What else people send by mistake: where its mark stands, the mark, its name.
_STRANGERS = (
    (0, b"%PDF", "a PDF document"),
    (0, b"PK\x03\x04", "a zip archive"),
    (0, b"\x89PNG", "a PNG picture"),
    (0, b"\xff\xd8\xff", "a JPEG picture"),
    (0, b"\x89HDF", "an HDF5 or MINC file"),
    (0, b"<", "an HTML or XML page"),
    (128, b"DICM", "a DICOM file"),
    (257, b"ustar", "a tar archive"),
)


def read_volume(
    data: bytes | Path, *, name: str, limits: ReadLimits = DEFAULT_LIMITS, check_extension: bool = True
) -> Volume:
    """Read one 3-D volume from .nii, .nii.gz, .mha or .nrrd.

    Args:
        data: the file's bytes, or where it lies.
        name: how its owner calls it; its extension must fit the content.
        limits: what it may ask of memory.
        check_extension: False reads a misnamed file all the same.

    Raises:
        VolumeError: with a code, and a sentence that starts with `name`.
    """
    channels = read_channels(data, name=name, limits=limits, check_extension=check_extension)
    if len(channels) != 1:
        raise VolumeError(
            VolumeErrorCode.NOT_3D,
            f"{name}: is 4-D with {len(channels)} volumes along the fourth axis; send one 3-D volume",
        )
    return channels[0]


def read_channels(
    data: bytes | Path, *, name: str, limits: ReadLimits = DEFAULT_LIMITS, check_extension: bool = True
) -> tuple[Volume, ...]:
    """Read a volume of three or four axes as its 3-D channels (the Decathlon stores sequences so)."""
    file_format = check_file(data, name=name, limits=limits, check_extension=check_extension)
    with open_bytes(data) as stream:
        return _read_as(file_format, stream, name=name, limits=limits)


def check_file(data: bytes | Path, *, name: str, limits: ReadLimits, check_extension: bool) -> FileFormat:
    """Tell what a file is, from its first bytes.

    Raises:
        VolumeError: it is too large, no volume, or not what its name says.
    """
    if byte_size(data) > limits.max_file_bytes:
        raise VolumeError(
            VolumeErrorCode.TOO_LARGE,
            f"{name}: has {byte_size(data) >> 20} MiB, more than the {limits.max_file_bytes >> 20} MiB "
            "allowed; compress it, or crop it",
        )
    file_format = detect_format(data, name=name)
    if check_extension:
        _require_extension(name, file_format)
    return file_format


def read_labelmap(
    data: bytes | Path, *, name: str, limits: ReadLimits = DEFAULT_LIMITS, check_extension: bool = True
) -> Volume:
    """Read a labelmap: a volume whose `array` is integer, uint8 where the labels fit.

    Floats are accepted where each is an integer to 1e-4, as many tools save labels so.

    Raises:
        VolumeError: as `read_volume`; `non_integer_labels` where the values are no labels.
    """
    return as_labelmap(read_volume(data, name=name, limits=limits, check_extension=check_extension))


def as_labelmap(volume: Volume) -> Volume:
    """Return the volume with integer voxels.

    Raises:
        VolumeError: `non_integer_labels`.
    """
    labels = narrow_labels(_as_integers(volume))
    labels.flags.writeable = False
    return Volume(
        name=volume.name,
        stored=labels,
        grid=volume.grid,
        file_format=volume.file_format,
        header=volume.header,
        header_notes=volume.header_notes,
        texts=volume.texts,
    )


def header_texts(volume: Volume) -> list[tuple[str, str]]:
    """List (field, text) of everything free in the header: it might name a patient, so it is never served."""
    return [(text.field, text.text) for text in volume.texts]


def voxel_digest(labelmap: Labelmap, grid: Grid) -> str:
    """Return a SHA-256 (hex) of the voxels and where they lie.

    Equal for the same labels on the same grid, whatever the file format, integer type or compression.
    """
    digest = hashlib.sha256(b"consilium labelmap 1\n")
    digest.update(np.array(grid.shape, dtype="<i8").tobytes())
    digest.update(grid.matrix.astype("<f8").tobytes())
    narrow = narrow_labels(labelmap)
    wide = narrow.astype("u1" if narrow.dtype == np.uint8 else "<i8", copy=False)
    digest.update(wide.dtype.str.encode())
    digest.update(np.ascontiguousarray(wide.T).data)
    return digest.hexdigest()


def volume_extension(name: str) -> FileFormat | None:
    """Return the volume extension that a file name ends in, or None."""
    return next((extension for extension in _EXTENSIONS if name.lower().endswith(extension)), None)


def detect_format(data: bytes | Path, *, name: str) -> FileFormat:
    """Tell a file's format from its first bytes.

    Raises:
        VolumeError: `not_a_volume`, saying what it is instead where that is known.
    """
    with open_bytes(data) as stream:
        prefix = stream.read(_SNIFF_BYTES)
    if prefix.startswith(GZIP_MAGIC):
        return FileFormat.NIFTI_GZ
    if nifti_header_size(prefix):
        return FileFormat.NIFTI
    if prefix.startswith(NRRD_MAGIC):
        return FileFormat.NRRD
    if is_metaimage(prefix):
        return FileFormat.METAIMAGE
    what = next((what for at, mark, what in _STRANGERS if prefix[at:].startswith(mark)), None)
    if not prefix:
        what = "empty"
    raise VolumeError(
        VolumeErrorCode.NOT_A_VOLUME,
        f"{name}: is {what or 'no known volume format'}, not a volume; send it as .nii.gz",
    )


def _read_as(
    file_format: FileFormat, stream: BinaryIO, *, name: str, limits: ReadLimits
) -> tuple[Volume, ...]:
    if file_format is FileFormat.METAIMAGE:
        return (read_metaimage(stream, name=name, limits=limits),)
    if file_format is FileFormat.NRRD:
        return (read_nrrd(stream, name=name, limits=limits),)
    chunks = nifti_chunks(file_format, stream, name=name)
    return nifti_volumes(read_nifti(chunks, name=name, limits=limits), name=name, file_format=file_format)


def nifti_chunks(file_format: FileFormat, stream: BinaryIO, *, name: str) -> Iterator[bytes]:
    """The bytes of a NIfTI file, inflated."""
    return inflate_gzip(stream, name=name) if file_format is FileFormat.NIFTI_GZ else read_chunks(stream)


def _require_extension(name: str, file_format: FileFormat) -> None:
    if volume_extension(name) is not file_format:
        raise VolumeError(
            VolumeErrorCode.EXTENSION_MISMATCH,
            f"{name}: its content is {file_format}, its name says otherwise; "
            f"rename it to end in {file_format}",
        )


def _as_integers(volume: Volume) -> Labelmap:
    array: Array = volume.array
    if array.dtype.kind in "iu":
        return array
    rounded = np.rint(array)
    with np.errstate(invalid="ignore"):
        integral = np.abs(array - rounded) <= _LABEL_TOLERANCE
    if not integral.all():
        example = array[~integral].flat[0]
        raise VolumeError(
            VolumeErrorCode.NON_INTEGER_LABELS,
            f"{volume.name}: holds values that are no labels, such as {example:.6g}; "
            "store integer labels, and resample labels by nearest neighbour",
        )
    if np.abs(rounded).max(initial=0) > _LARGEST_LABEL:
        raise VolumeError(
            VolumeErrorCode.NON_INTEGER_LABELS,
            f"{volume.name}: holds values as large as {np.abs(rounded).max():.6g}, which are no labels",
        )
    return rounded.astype(np.int32)
