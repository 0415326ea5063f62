"""Reading MetaImage (.mha), the format of the BraTS 2012 to 2015 distributions.

Format: https://itk.org/Wiki/ITK/MetaIO/Documentation. Its space is LPS+, ours RAS+.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from typing import BinaryIO

import numpy as np

from backend.numerics.arrays import Array
from backend.numerics.errors import VolumeError, VolumeErrorCode
from backend.numerics.geometry import Grid, format_shape
from backend.numerics.inflate import inflate_zlib, read_chunks, read_exactly
from backend.numerics.volume_types import FileFormat, HeaderNote, HeaderText, ReadLimits, Volume

ELEMENT_TYPES = {
    "MET_CHAR": "i1", "MET_UCHAR": "u1", "MET_SHORT": "i2", "MET_USHORT": "u2", "MET_INT": "i4",
    "MET_UINT": "u4", "MET_LONG_LONG": "i8", "MET_ULONG_LONG": "u8", "MET_FLOAT": "f4", "MET_DOUBLE": "f8",
}  # fmt: skip
# Everything else in a header is free text.
STANDARD_KEYS = frozenset({
    "ObjectType", "NDims", "DimSize", "ElementSpacing", "ElementSize", "Offset", "Position", "Origin",
    "TransformMatrix", "Rotation", "Orientation", "CenterOfRotation", "AnatomicalOrientation", "BinaryData",
    "BinaryDataByteOrderMSB", "ElementByteOrderMSB", "CompressedData", "CompressedDataSize", "ElementType",
    "ElementDataFile", "ElementNumberOfChannels", "HeaderSize", "DistanceUnits", "Modality", "ID", "ParentID",
    "ElementMin", "ElementMax", "CompressionLevel",
})  # fmt: skip
_MAX_HEADER_BYTES = 65536
_IMPLAUSIBLE_MM = 1e9  # also refuses nan and inf
_LPS_TO_RAS = np.diag([-1.0, -1.0, 1.0])


def is_metaimage(prefix: bytes) -> bool:
    """Whether the bytes begin with the `Key = Value` lines of a MetaImage header."""
    head = prefix.lstrip()
    return head.startswith((b"ObjectType", b"NDims", b"Comment")) and b"DimSize" in prefix


def read_metaimage(stream: BinaryIO, *, name: str, limits: ReadLimits) -> Volume:
    """Decode a .mha whose voxels are in the same file, raw or zlib-compressed.

    Raises:
        VolumeError: for everything that keeps it from being read.
    """
    fields = _read_fields(stream, name=name)
    shape, notes = _decode_shape(fields, name=name, limits=limits)
    dtype = _decode_dtype(fields, name=name)
    data_bytes = math.prod(shape) * dtype.itemsize
    if data_bytes > limits.max_volume_bytes:
        raise VolumeError(
            VolumeErrorCode.TOO_LARGE,
            f"{name}: its {format_shape(shape)} voxels take more than the "
            f"{limits.max_volume_bytes >> 20} MiB allowed; crop it or store it in a smaller type",
        )
    compressed = fields.get("CompressedData", "False").lower() == "true"
    chunks: Iterator[bytes] = inflate_zlib(stream, name=name) if compressed else read_chunks(stream)
    content = read_exactly(chunks, data_bytes, name=name)
    stored: Array = np.frombuffer(content, dtype=dtype).reshape(shape[:3], order="F")
    stored.flags.writeable = False
    return Volume(
        name=name,
        stored=stored,
        grid=Grid(shape=stored.shape, affine=_decode_affine(fields, name=name)),
        file_format=FileFormat.METAIMAGE,
        header=fields,
        header_notes=notes,
        texts=tuple(HeaderText(key, text) for key, text in fields.items() if key not in STANDARD_KEYS),
    )


def _read_fields(stream: BinaryIO, *, name: str) -> dict[str, str]:
    """Read the lines up to ElementDataFile, which by definition is the last."""
    fields: dict[str, str] = {}
    used = 0
    while used < _MAX_HEADER_BYTES and (line := stream.readline(_MAX_HEADER_BYTES)):
        used += len(line)
        key, separator, text = line.decode("utf-8", errors="replace").partition("=")
        if not separator:
            break
        fields[key.strip()] = text.strip()
        if key.strip() == "ElementDataFile":
            return _require_local_data(fields, name=name)
    raise VolumeError(
        VolumeErrorCode.UNREADABLE, f"{name}: its MetaImage header has no ElementDataFile; export it again"
    )


def _require_local_data(fields: dict[str, str], *, name: str) -> dict[str, str]:
    if fields["ElementDataFile"].upper() != "LOCAL":
        raise VolumeError(
            VolumeErrorCode.UNSUPPORTED,
            f"{name}: keeps its voxels in another file ({fields['ElementDataFile']}); export it as one .mha",
        )
    return fields


def _decode_shape(
    fields: Mapping[str, str], *, name: str, limits: ReadLimits
) -> tuple[tuple[int, ...], tuple[HeaderNote, ...]]:
    try:
        shape = tuple(int(size) for size in fields["DimSize"].split())
    except (KeyError, ValueError):
        shape = ()
    if not shape or min(shape) < 1 or str(len(shape)) != fields.get("NDims", str(len(shape))):
        raise VolumeError(VolumeErrorCode.UNREADABLE, f"{name}: states no valid DimSize; export it again")
    if max(shape) > limits.max_voxels_per_axis:
        raise VolumeError(
            VolumeErrorCode.TOO_LARGE,
            f"{name}: {format_shape(shape)} has an axis longer than {limits.max_voxels_per_axis} voxels",
        )
    channels = fields.get("ElementNumberOfChannels", "1")
    if len(shape) < 3 or any(size != 1 for size in shape[3:]) or channels != "1":
        raise VolumeError(
            VolumeErrorCode.NOT_3D,
            f"{name}: is {format_shape(shape)} with {channels} channel(s) per voxel, not one 3-D volume",
        )
    if len(shape) == 3:
        return shape, ()
    sentence = f"{name}: trailing axes of length 1 were dropped from {format_shape(shape)}"
    return shape[:3], (HeaderNote("trailing_axis_dropped", sentence),)


def _decode_dtype(fields: Mapping[str, str], *, name: str) -> np.dtype:
    element_type = fields.get("ElementType", "")
    if element_type not in ELEMENT_TYPES:
        raise VolumeError(
            VolumeErrorCode.UNSUPPORTED,
            f"{name}: its voxel type {element_type or '(none stated)'} is not read; export it as .nii.gz",
        )
    if fields.get("BinaryData", "True").lower() != "true" or fields.get("HeaderSize", "0") != "0":
        raise VolumeError(
            VolumeErrorCode.UNSUPPORTED, f"{name}: has voxels as text or behind padding; export it as .nii.gz"
        )
    most_significant_first = fields.get("BinaryDataByteOrderMSB", fields.get("ElementByteOrderMSB", "False"))
    return np.dtype((">" if most_significant_first.lower() == "true" else "<") + ELEMENT_TYPES[element_type])


def _decode_affine(fields: Mapping[str, str], *, name: str) -> Array:
    """Build the RAS+ affine. The direction cosines of axis k are the k-th *triple* of TransformMatrix."""
    axes = len(fields["DimSize"].split())
    spacing = _floats(fields, ("ElementSpacing", "ElementSize"), [1.0] * axes, name=name)[:3]
    origin = _floats(fields, ("Offset", "Position", "Origin"), [0.0] * axes, name=name)[:3]
    identity = np.eye(axes).ravel().tolist()
    directions = _floats(fields, ("TransformMatrix", "Rotation", "Orientation"), identity, name=name)
    cosines = np.reshape(directions, (axes, axes))[:3, :3].T
    affine = np.eye(4)
    affine[:3, :3] = _LPS_TO_RAS @ cosines @ np.diag(spacing)
    affine[:3, 3] = _LPS_TO_RAS @ np.asarray(origin)
    return affine


def _floats(
    fields: Mapping[str, str], keys: tuple[str, ...], default: list[float], *, name: str
) -> list[float]:
    for key in keys:
        if key in fields:
            try:
                numbers = [float(word) for word in fields[key].split()]
            except ValueError:
                numbers = []
            if len(numbers) != len(default) or not all(abs(x) < _IMPLAUSIBLE_MM for x in numbers):
                raise VolumeError(
                    VolumeErrorCode.BAD_GEOMETRY, f"{name}: its {key} cannot be decoded; export it again"
                )
            return numbers
    return default
