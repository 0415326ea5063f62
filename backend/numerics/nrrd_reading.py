"""Reading NRRD (.nrrd) with attached data, raw or gzipped.

pynrrd interprets the header; the voxels are read here, bounded, and
never from another file that a header names. Format: https://teem.sourceforge.net/nrrd/format.html.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import Any, BinaryIO

import nrrd
import numpy as np

from backend.numerics.arrays import Array
from backend.numerics.errors import VolumeError, VolumeErrorCode
from backend.numerics.geometry import Grid, format_shape
from backend.numerics.inflate import inflate_gzip, read_chunks, read_exactly
from backend.numerics.volume_types import FileFormat, HeaderNote, HeaderText, ReadLimits, Volume

NRRD_MAGIC = b"NRRD000"
STANDARD_KEYS = frozenset({
    "type", "dimension", "space", "sizes", "space directions", "kinds", "endian", "encoding", "space origin",
    "spacings", "axis mins", "axis maxs", "centers", "centerings", "space dimension", "space units", "units",
    "measurement frame", "thicknesses", "block size", "byte skip", "line skip", "data file", "datafile",
    "axismins", "axismaxs", "byteskip", "lineskip", "spaceunits", "min", "max",
})  # fmt: skip
TYPES = {
    "signed char": "i1", "int8": "i1", "int8_t": "i1", "uchar": "u1", "unsigned char": "u1", "uint8": "u1",
    "uint8_t": "u1", "short": "i2", "short int": "i2", "signed short": "i2", "signed short int": "i2",
    "int16": "i2", "int16_t": "i2", "ushort": "u2", "unsigned short": "u2", "unsigned short int": "u2",
    "uint16": "u2", "uint16_t": "u2", "int": "i4", "signed int": "i4", "int32": "i4", "int32_t": "i4",
    "uint": "u4", "unsigned int": "u4", "uint32": "u4", "uint32_t": "u4", "longlong": "i8", "long long": "i8",
    "int64": "i8", "int64_t": "i8", "ulonglong": "u8", "uint64": "u8", "uint64_t": "u8", "float": "f4",
    "double": "f8",
}  # fmt: skip
# Signs that take each named space to RAS+.
SPACES = {
    "right-anterior-superior": (1, 1, 1), "ras": (1, 1, 1),
    "left-anterior-superior": (-1, 1, 1), "las": (-1, 1, 1),
    "left-posterior-superior": (-1, -1, 1), "lps": (-1, -1, 1),
}  # fmt: skip


def read_nrrd(stream: BinaryIO, *, name: str, limits: ReadLimits) -> Volume:
    """Decode a .nrrd.

    Raises:
        VolumeError: for everything that keeps it from being read.
    """
    try:
        header = dict(nrrd.read_header(stream))
    except (nrrd.NRRDError, ValueError, KeyError, IndexError, TypeError) as error:
        raise VolumeError(
            VolumeErrorCode.UNREADABLE, f"{name}: its NRRD header cannot be read ({error}); export it again"
        ) from error
    if "data file" in header or "datafile" in header:
        raise VolumeError(
            VolumeErrorCode.UNSUPPORTED, f"{name}: keeps its voxels in another file; export it as one .nrrd"
        )
    shape = _decode_shape(header, name=name, limits=limits)
    dtype = _decode_dtype(header, name=name)
    data_bytes = math.prod(shape) * dtype.itemsize
    if data_bytes > limits.max_volume_bytes:
        raise VolumeError(
            VolumeErrorCode.TOO_LARGE,
            f"{name}: its {format_shape(shape)} voxels take more than the "
            f"{limits.max_volume_bytes >> 20} MiB allowed; crop it or store it in a smaller type",
        )
    content = read_exactly(_data_chunks(header, stream, name=name), data_bytes, name=name)
    stored: Array = np.frombuffer(content, dtype=dtype).reshape(shape, order="F")
    stored.flags.writeable = False
    affine, notes = _decode_affine(header, name=name)
    return Volume(
        name=name,
        stored=stored,
        grid=Grid(shape=stored.shape, affine=affine),
        file_format=FileFormat.NRRD,
        header={key: str(value) for key, value in header.items()},
        header_notes=notes,
        texts=tuple(HeaderText(k, str(v)) for k, v in header.items() if k.lower() not in STANDARD_KEYS),
    )


def _decode_shape(header: dict[str, Any], *, name: str, limits: ReadLimits) -> tuple[int, ...]:
    shape = tuple(int(size) for size in np.ravel(header.get("sizes", ())))
    if not shape or min(shape) < 1:
        raise VolumeError(
            VolumeErrorCode.UNREADABLE, f"{name}: its NRRD header states no valid sizes; export it again"
        )
    if len(shape) != 3:
        raise VolumeError(
            VolumeErrorCode.NOT_3D,
            f"{name}: has {len(shape)} axes ({format_shape(shape)}); a volume has three",
        )
    if max(shape) > limits.max_voxels_per_axis:
        raise VolumeError(
            VolumeErrorCode.TOO_LARGE,
            f"{name}: {format_shape(shape)} has an axis longer than {limits.max_voxels_per_axis} voxels",
        )
    return shape


def _decode_dtype(header: dict[str, Any], *, name: str) -> np.dtype:
    kind = str(header.get("type", "")).lower()
    if kind not in TYPES:
        raise VolumeError(
            VolumeErrorCode.UNSUPPORTED, f"{name}: its voxel type {kind!r} is not read; export it as .nii.gz"
        )
    return np.dtype((">" if header.get("endian") == "big" else "<") + TYPES[kind])


def _data_chunks(header: dict[str, Any], stream: BinaryIO, *, name: str) -> Iterator[bytes]:
    encoding = str(header.get("encoding", "")).lower()
    skips = {int(header.get(key, 0)) for key in ("byte skip", "byteskip", "line skip", "lineskip")}
    if skips != {0}:
        encoding = "skipping"
    if encoding == "raw":
        return read_chunks(stream)
    if encoding in ("gzip", "gz"):
        return inflate_gzip(stream, name=name)
    raise VolumeError(
        VolumeErrorCode.UNSUPPORTED,
        f"{name}: its NRRD encoding {encoding!r} is not read; export it with encoding gzip",
    )


def _decode_affine(header: dict[str, Any], *, name: str) -> tuple[Array, tuple[HeaderNote, ...]]:
    space = str(header.get("space", "")).lower()
    affine = np.eye(4)
    if space not in SPACES:
        spacings = np.ravel(header.get("spacings", (1.0, 1.0, 1.0)))
        affine[:3, :3] = np.diag([float(size) if np.isfinite(size) else 1.0 for size in spacings])
        sentence = f"{name}: states no orientation; axes and origin are guessed from the voxel size alone"
        return affine, (HeaderNote("orientation_missing", sentence),)
    directions = np.asarray(header.get("space directions", np.full((3, 3), np.nan)), dtype=np.float64)
    origin = np.asarray(header.get("space origin", (0.0, 0.0, 0.0)), dtype=np.float64)
    if directions.shape != (3, 3) or origin.shape != (3,) or not np.isfinite(directions).all():
        raise VolumeError(
            VolumeErrorCode.BAD_GEOMETRY, f"{name}: its space directions cannot be decoded; export it again"
        )
    to_ras = np.diag(np.array(SPACES[space], dtype=np.float64))
    affine[:3, :3] = to_ras @ directions.T
    affine[:3, 3] = to_ras @ origin
    return affine, ()
