"""Files for the reader: each format, made by the tool that defines it where there is one."""

import gzip
import struct
from pathlib import Path

import nibabel as nib
import nrrd
import numpy as np
import SimpleITK

SHAPE = (7, 6, 5)
# Oblique, anisotropic and exact in float32, so that round trips can be compared for equality.
AFFINE = np.array(
    [[-0.75, 0.5, 0, 12.5], [-0.5, -0.75, 0, -3.25], [0, 0, 2.5, 7], [0, 0, 0, 1]], dtype=np.float64
)


def labels(shape: tuple[int, ...] = SHAPE) -> np.ndarray:
    return np.random.default_rng(7).choice([0, 1, 2, 4], shape).astype(np.uint8)


def intensities(shape: tuple[int, ...] = SHAPE) -> np.ndarray:
    return np.random.default_rng(8).integers(-100, 3000, shape).astype(np.int16)


def nifti(array: np.ndarray, affine: np.ndarray = AFFINE, *, header_class: type = nib.Nifti1Image) -> bytes:
    image = header_class(array, affine, dtype=array.dtype)
    image.header.set_xyzt_units("mm")
    content: bytes = image.to_bytes()
    return content


def nifti_gz(array: np.ndarray, affine: np.ndarray = AFFINE) -> bytes:
    return gzip.compress(nifti(array, affine), mtime=0)


def patched(content: bytes, offset: int, layout: str, *values: object) -> bytes:
    """A copy of `content` with a header field overwritten."""
    changed = bytearray(content)
    struct.pack_into(layout, changed, offset, *values)
    return bytes(changed)


def itk_image(array: np.ndarray, affine: np.ndarray = AFFINE) -> SimpleITK.Image:
    """The same voxels in ITK's LPS world."""
    to_lps = np.diag([-1, -1, 1, 1]) @ affine
    spacing = np.linalg.norm(to_lps[:3, :3], axis=0)
    image = SimpleITK.GetImageFromArray(array.T)
    image.SetSpacing(spacing.tolist())
    image.SetOrigin(to_lps[:3, 3].tolist())
    image.SetDirection((to_lps[:3, :3] / spacing).ravel().tolist())
    return image


def written_by_itk(array: np.ndarray, folder: Path, name: str, *, compress: bool) -> bytes:
    path = folder / name
    SimpleITK.WriteImage(itk_image(array), str(path), useCompression=compress)
    return path.read_bytes()


def written_by_pynrrd(array: np.ndarray, folder: Path, *, encoding: str = "gzip", **header: object) -> bytes:
    path = folder / "written.nrrd"
    nrrd.write(str(path), array, header={"encoding": encoding, **header}, index_order="F")
    return path.read_bytes()
