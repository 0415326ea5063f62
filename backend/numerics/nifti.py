"""Reading single-file NIfTI-1 and NIfTI-2, plain or gzipped.

nibabel interprets the header; the voxels are read here, because a server must bound what it inflates and must
tell apart the ways in which a file is broken.
"""

from __future__ import annotations

import math
import struct
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import chain
from typing import Any

import nibabel as nib
import numpy as np
from nibabel.spatialimages import HeaderDataError

from backend.numerics.arrays import Array
from backend.numerics.errors import VolumeError, VolumeErrorCode
from backend.numerics.geometry import Grid, format_shape
from backend.numerics.inflate import exact_chunks, read_exactly, take_prefix
from backend.numerics.volume_types import FileFormat, HeaderNote, HeaderText, ReadLimits, Volume

HEADER_BYTES = {348: nib.Nifti1Header, 540: nib.Nifti2Header}
FREE_TEXT_FIELDS = ("descrip", "aux_file", "db_name", "intent_name", "data_type")
_PREFIX_BYTES = 544
# Room for header extensions; honest ones take kilobytes.
_MAX_OFFSET_BYTES = 16 << 20
_READABLE_KINDS = "iuf"


@dataclass(frozen=True, eq=False)
class NiftiStream:
    """A file whose header is decoded and whose voxels are still to come.

    Args:
        header: as stored.
        shape: one to seven axes.
        dtype: of the voxels, of any byte order.
        texts: free text of header fields and extensions.
        voxels: the voxels' bytes, in Fortran order, as many as the header announces.
    """

    header: nib.Nifti1Header
    shape: tuple[int, ...]
    dtype: np.dtype[Any]
    texts: tuple[HeaderText, ...]
    voxels: Iterator[bytes]

    @property
    def is_scaled(self) -> bool:
        return _decode_scaling(self.header) != (1.0, 0.0)

    def grid(self, *, name: str) -> Grid:
        """Raises VolumeError: the orientation cannot be decoded."""
        return Grid(shape=self.shape[:3], affine=_decode_affine(self.header, name=name))


@dataclass(frozen=True, eq=False)
class NiftiFile:
    """A decoded file whose array may still have more than three axes.

    Args:
        header: as stored.
        stored: voxels as stored, Fortran order, read-only.
        texts: free text of header fields and extensions.
    """

    header: nib.Nifti1Header
    stored: Array
    texts: tuple[HeaderText, ...]


def nifti_header_size(prefix: bytes) -> int | None:
    """Return 348 or 540 where the bytes begin a NIfTI header, else None."""
    if len(prefix) < 4:
        return None
    for order in "<>":
        (size,) = struct.unpack(f"{order}i", prefix[:4])
        if size in HEADER_BYTES:
            return int(size)
    return None


def open_nifti(chunks: Iterator[bytes], *, name: str, limits: ReadLimits) -> NiftiStream:
    """Decode the beginning of a NIfTI stream that yields inflated bytes.

    Raises:
        VolumeError: for everything that keeps it from being read; see `VolumeErrorCode`.
    """
    prefix = take_prefix(chunks, _PREFIX_BYTES)
    size = nifti_header_size(prefix)
    if size is None:
        raise VolumeError(
            VolumeErrorCode.NOT_A_VOLUME,
            f"{name}: is not a NIfTI volume (no NIfTI header); export it as .nii.gz",
        )
    if len(prefix) < size:
        raise VolumeError(
            VolumeErrorCode.TRUNCATED, f"{name}: ends within its header; export or upload it again"
        )
    header = _decode_header(prefix[:size], name=name)
    shape = _decode_shape(header, name=name, limits=limits)
    dtype = _decode_dtype(header, name=name)
    offset = _decode_offset(header, size, name=name)
    data_bytes = math.prod(shape) * dtype.itemsize
    if data_bytes > limits.max_volume_bytes:
        raise VolumeError(
            VolumeErrorCode.TOO_LARGE,
            f"{name}: its {format_shape(shape)} voxels take {data_bytes >> 20} MiB, more than the "
            f"{limits.max_volume_bytes >> 20} MiB allowed; crop it or store it in a smaller type",
        )
    prefix = take_prefix(chain([prefix], chunks), offset)
    rest = chain([prefix[offset:]], chunks)
    return NiftiStream(
        header=header,
        shape=shape,
        dtype=dtype,
        texts=(*_field_texts(header), *_extension_texts(prefix, size, offset, header.endianness)),
        voxels=exact_chunks(rest, data_bytes, name=name),
    )


def read_nifti(chunks: Iterator[bytes], *, name: str, limits: ReadLimits) -> NiftiFile:
    """Decode a NIfTI stream that yields inflated bytes.

    Raises:
        VolumeError: for everything that keeps it from being read; see `VolumeErrorCode`.
    """
    nifti = open_nifti(chunks, name=name, limits=limits)
    content = read_exactly(nifti.voxels, math.prod(nifti.shape) * nifti.dtype.itemsize, name=name)
    stored: Array = content.view(nifti.dtype).reshape(nifti.shape, order="F")
    stored.flags.writeable = False
    return NiftiFile(header=nifti.header, stored=stored, texts=nifti.texts)


def nifti_volumes(file: NiftiFile, *, name: str, file_format: FileFormat) -> tuple[Volume, ...]:
    """Split a decoded file of one to four axes into its 3-D channels; trailing axes of length 1 go."""
    notes: list[HeaderNote] = []
    stored = file.stored
    while stored.ndim > 3 and stored.shape[-1] == 1:
        stored = stored[..., 0]
    if stored.ndim < file.stored.ndim:
        sentence = f"{name}: trailing axes of length 1 were dropped from {format_shape(file.stored.shape)}"
        notes.append(HeaderNote("trailing_axis_dropped", sentence))
    if stored.ndim not in (3, 4):
        raise VolumeError(
            VolumeErrorCode.NOT_3D,
            f"{name}: has {stored.ndim} axes ({format_shape(stored.shape)}); a volume has three",
        )
    if not file.header["sform_code"] and not file.header["qform_code"]:
        sentence = f"{name}: states no orientation; axes and origin are guessed from the voxel size alone"
        notes.append(HeaderNote("orientation_missing", sentence))
    grid = Grid(shape=stored.shape[:3], affine=_decode_affine(file.header, name=name))
    slope, intercept = _decode_scaling(file.header)
    channels = [stored] if stored.ndim == 3 else [stored[..., k] for k in range(stored.shape[3])]
    return tuple(
        Volume(
            name=name,
            stored=channel,
            grid=grid,
            file_format=file_format,
            slope=slope,
            intercept=intercept,
            header=file.header,
            header_notes=tuple(notes),
            texts=file.texts,
        )
        for channel in channels
    )


def _decode_header(block: bytes, *, name: str) -> nib.Nifti1Header:
    header = HEADER_BYTES[len(block)](block, check=False)
    magic = bytes(header["magic"].tobytes())[:3]
    if magic in (b"ni1", b"ni2"):
        raise VolumeError(
            VolumeErrorCode.UNSUPPORTED,
            f"{name}: is the header of a two-file NIfTI (.hdr and .img); export it as one .nii.gz",
        )
    if magic not in (b"n+1", b"n+2"):
        raise VolumeError(
            VolumeErrorCode.UNSUPPORTED,
            f"{name}: looks like an Analyze header, which does not say left from right; export it as .nii.gz",
        )
    return header


def _decode_shape(header: nib.Nifti1Header, *, name: str, limits: ReadLimits) -> tuple[int, ...]:
    axes = int(header["dim"][0])
    shape = tuple(int(size) for size in header["dim"][1 : axes + 1]) if 1 <= axes <= 7 else ()
    if not shape or min(shape) < 1:
        raise VolumeError(
            VolumeErrorCode.UNREADABLE,
            f"{name}: the header states an impossible shape ({header['dim'].tolist()}); export it again",
        )
    if max(shape) > limits.max_voxels_per_axis:
        raise VolumeError(
            VolumeErrorCode.TOO_LARGE,
            f"{name}: {format_shape(shape)} has an axis longer than {limits.max_voxels_per_axis} voxels",
        )
    return shape


def _decode_dtype(header: nib.Nifti1Header, *, name: str) -> np.dtype:
    try:
        dtype: np.dtype = header.get_data_dtype()
    except (HeaderDataError, KeyError):
        dtype = np.dtype(object)
    if dtype.kind not in _READABLE_KINDS:
        raise VolumeError(
            VolumeErrorCode.UNSUPPORTED,
            f"{name}: its voxel type (NIfTI code {int(header['datatype'])}) is not a plain number; "
            "export it as integers or floats",
        )
    return dtype


def _decode_offset(header: nib.Nifti1Header, size: int, *, name: str) -> int:
    """Where voxels begin. Writers that leave 0 mean the first byte after header and extension flag."""
    offset = float(header["vox_offset"])
    smallest = size + 4
    if not math.isfinite(offset) or offset < 0 or offset > _MAX_OFFSET_BYTES:
        raise VolumeError(
            VolumeErrorCode.UNREADABLE,
            f"{name}: the header states an impossible start of the voxels ({offset}); export it again",
        )
    return max(int(offset), smallest)


def _decode_affine(header: nib.Nifti1Header, *, name: str) -> Array:
    try:
        affine: Array = header.get_best_affine()
    except (HeaderDataError, ValueError) as error:
        raise VolumeError(
            VolumeErrorCode.BAD_GEOMETRY,
            f"{name}: the header's orientation cannot be decoded ({error}); export it with a valid affine",
        ) from error
    return affine


def _decode_scaling(header: nib.Nifti1Header) -> tuple[float, float]:
    slope, intercept = float(header["scl_slope"]), float(header["scl_inter"])
    if slope == 0 or not math.isfinite(slope):
        return 1.0, 0.0
    return slope, intercept if math.isfinite(intercept) else 0.0


def _field_texts(header: nib.Nifti1Header) -> list[HeaderText]:
    texts = []
    for field in FREE_TEXT_FIELDS:
        if field in header:
            text = _readable(header[field].tobytes())
            if text:
                texts.append(HeaderText(field, text))
    return texts


def _extension_texts(content: bytes, size: int, offset: int, endianness: str) -> list[HeaderText]:
    """Read the extensions between header and voxels as far as their own lengths make sense."""
    texts: list[HeaderText] = []
    position = size + 4
    if not content[size : size + 1].strip(b"\0"):
        return texts
    while position + 8 <= min(offset, len(content)):
        length, code = struct.unpack_from(f"{endianness}ii", content, position)
        if length < 8 or position + length > offset:
            break
        text = _readable(content[position + 8 : position + length])
        texts.append(HeaderText(f"extension {code}", text))
        position += length
    return texts


def _readable(raw: bytes) -> str:
    text = raw.replace(b"\0", b" ").decode("utf-8", errors="replace")
    return " ".join("".join(char if char.isprintable() else " " for char in text).split())
