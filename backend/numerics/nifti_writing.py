"""Writing .nii.gz: labelmaps byte for byte the same each time, and images freed of free text."""

from __future__ import annotations

import zlib

import nibabel as nib
import numpy as np
from isal import isal_zlib

from backend.numerics.arrays import Array, Labelmap, narrow_labels
from backend.numerics.errors import GridMismatch
from backend.numerics.geometry import Grid, compare_grids, format_shape
from backend.numerics.nifti import FREE_TEXT_FIELDS
from backend.numerics.volume_types import Volume

_GEOMETRY_FIELDS = (
    "pixdim", "qform_code", "sform_code", "quatern_b", "quatern_c", "quatern_d",
    "qoffset_x", "qoffset_y", "qoffset_z", "srow_x", "srow_y", "srow_z", "xyzt_units",
)  # fmt: skip
_GZIP_WINDOW = 31
# igzip's bytes depend on the processor, zlib's do not: labelmaps are stored under their digest.
_LABELMAP_LEVEL = 6
_IMAGE_LEVEL = 1
_QFORM_TOLERANCE_MM = 1e-2


def write_labelmap_nifti(labelmap: Labelmap, *, grid: Grid, like: Volume | None = None) -> bytes:
    """Encode a labelmap as .nii.gz in the smallest integer type, reproducibly.

    Args:
        labelmap: integers, (X, Y, Z).
        grid: where it lies; written into sform, and into qform where a qform can express it.
        like: a NIfTI volume on the same grid, whose sform and qform are then copied bit for bit.

    Raises:
        GridMismatch: the labelmap's shape is not the grid's, or `like` lies elsewhere.
    """
    if labelmap.shape != grid.shape:
        raise GridMismatch(
            f"labelmap {format_shape(labelmap.shape)} on a grid of {format_shape(grid.shape)} voxels"
        )
    stored = narrow_labels(labelmap)
    header = _header_for(stored, grid)
    if like is not None and isinstance(like.header, nib.Nifti1Header):
        if compare_grids(like.grid, grid):
            raise GridMismatch(f"the labelmap does not lie on the grid of {like.name}")
        _copy_geometry(like.header, header)
    header["cal_max"] = 0
    return _encode(header, stored, deterministic=True)


def write_image_nifti(volume: Volume) -> bytes:
    """Encode an image as .nii.gz without any free text, its voxel values and geometry unchanged.

    Extensions and the free-text fields are left out, as they may name a patient.
    """
    stored = volume.stored
    if isinstance(volume.header, nib.Nifti1Header) and not isinstance(volume.header, nib.Nifti2Header):
        header = volume.header.copy()
        header["dim"] = [3, *stored.shape, 1, 1, 1, 1]
    else:
        header = _header_for(stored.astype(stored.dtype.newbyteorder("="), copy=False), volume.grid)
        if isinstance(volume.header, nib.Nifti2Header):
            _copy_geometry(volume.header, header)
        header["scl_slope"], header["scl_inter"] = volume.slope, volume.intercept
    for field in FREE_TEXT_FIELDS:
        header[field] = b""
    header["magic"], header["vox_offset"] = b"n+1", 352
    return _encode(header, stored.astype(header.get_data_dtype(), copy=False), deterministic=False)


def _header_for(stored: Array, grid: Grid) -> nib.Nifti1Header:
    header = nib.Nifti1Header()
    header.set_data_dtype(stored.dtype)
    header.set_data_shape(stored.shape)
    header.set_xyzt_units("mm")
    header["scl_slope"], header["scl_inter"] = 1, 0
    header["magic"], header["vox_offset"] = b"n+1", 352
    # set_qform also fills the voxel sizes; a sheared affine has no qform and is left to the sform alone.
    if grid.is_invertible:
        header.set_qform(grid.matrix, code=1, strip_shears=True)
        rebuilt = Grid(shape=grid.shape, affine=header.get_qform())
        if compare_grids(grid, rebuilt, tolerance_mm=_QFORM_TOLERANCE_MM):
            header["qform_code"] = 0
    header.set_sform(grid.matrix, code=1)
    return header


def _copy_geometry(source: nib.Nifti1Header, target: nib.Nifti1Header) -> None:
    for field in _GEOMETRY_FIELDS:
        target[field] = source[field]


def _encode(header: nib.Nifti1Header, stored: Array, *, deterministic: bool) -> bytes:
    # NIfTI stores the first axis fastest; the four zero bytes say that no extension follows.
    content = header.binaryblock + b"\0\0\0\0" + np.ascontiguousarray(stored.T).tobytes()
    if deterministic:
        compressor = zlib.compressobj(_LABELMAP_LEVEL, zlib.DEFLATED, _GZIP_WINDOW)
        return compressor.compress(content) + compressor.flush()
    fast = isal_zlib.compressobj(_IMAGE_LEVEL, isal_zlib.DEFLATED, _GZIP_WINDOW)
    encoded: bytes = fast.compress(content) + fast.flush()
    return encoded
