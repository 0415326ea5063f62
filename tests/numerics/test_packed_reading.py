import gzip
from pathlib import Path

import nibabel as nib
import numpy as np
import pytest

from backend.numerics.errors import VolumeError, VolumeErrorCode
from backend.numerics.inflate import CHUNK_BYTES
from backend.numerics.labels import SCHEMES
from backend.numerics.packed_reading import read_packed
from backend.numerics.packing import pack_labelmap
from backend.numerics.volumes import read_labelmap
from tests.numerics import volume_files as files
from tests.numerics.test_bitplanes import unpack

BRATS, WMH = SCHEMES["brats2017"], SCHEMES["wmh2017"]
# Two chunks and a bit, in rows that no word and no chunk fits.
LARGE = (101, 83, 67)
assert 2 * CHUNK_BYTES < np.prod(LARGE) < 3 * CHUNK_BYTES


def assert_same(content: bytes, name: str, scheme=BRATS) -> None:
    expected = read_labelmap(content, name=name)

    volume = read_packed(content, scheme=scheme, name=name)

    whole = pack_labelmap(expected.array, scheme, fast_first=True)
    assert (volume.name, volume.grid, volume.labels.shape) == (name, expected.grid, expected.grid.shape)
    for ours, theirs in zip(volume.labels.regions, whole.regions, strict=True):
        assert ours.box == theirs.box
        assert np.array_equal(ours.words, theirs.words)
    for region, mask in zip(scheme.regions, volume.labels.regions, strict=True):
        voxels = np.isin(expected.array, sorted(set(region.labels) - set(scheme.excluded)))
        assert np.array_equal(unpack(mask, voxels.shape, fast_first=True), voxels)
    assert volume.labels.has_strangers == bool(set(np.unique(expected.array)) - {0, *scheme.values})


@pytest.mark.parametrize("dtype", ["u1", "i1", "i2", "<u2", ">i2", "i4", "i8", "f4", "f8"])
@pytest.mark.parametrize("shape", [files.SHAPE, LARGE])
def test_a_file_packs_as_its_labelmap_does(dtype: str, shape: tuple[int, ...]) -> None:
    assert_same(files.nifti_gz(files.labels(shape).astype(dtype)), "labels.nii.gz")


def test_files_that_are_read_whole_pack_alike(tmp_path: Path) -> None:
    labels = files.labels()

    assert_same(files.nifti(labels), "labels.nii")
    assert_same(files.nifti(labels[..., np.newaxis]), "labels.nii")
    assert_same(files.nifti(labels, header_class=nib.Nifti2Image), "labels.nii")
    assert_same(files.patched(files.nifti(labels), 112, "<ff", 2, 0), "labels.nii")
    assert_same(files.written_by_itk(labels, tmp_path, "labels.mha", compress=True), "labels.mha")
    assert_same(files.written_by_pynrrd(labels, tmp_path), "labels.nrrd")


def test_voxels_may_begin_anywhere_and_lie_across_members() -> None:
    content = files.nifti(files.labels(LARGE).astype("i4"))
    shifted = files.patched(content, 108, "<f", 352 + 13)
    shifted = shifted[:352] + bytes(13) + shifted[352:]
    halves = gzip.compress(shifted[:100_001], mtime=0) + gzip.compress(shifted[100_001:], mtime=0)

    assert_same(shifted, "labels.nii")
    assert_same(halves, "labels.nii.gz")


@pytest.mark.parametrize("stranger", [3, 7, 8, 255])
@pytest.mark.parametrize("dtype", ["u1", "i2"])
def test_labels_that_the_scheme_lacks_are_told_and_belong_to_no_region(stranger: int, dtype: str) -> None:
    labels = files.labels().astype(dtype)
    labels[3, 3, 3] = stranger

    assert_same(files.nifti_gz(labels), "labels.nii.gz")
    assert read_packed(files.nifti_gz(labels), scheme=BRATS, name="x.nii.gz").labels.has_strangers


def test_negative_and_huge_labels_are_strangers() -> None:
    for value in (-1, -256, 256, 70_000):
        labels = files.labels().astype(np.int32)
        labels[0, 0, 0] = value
        assert_same(files.nifti_gz(labels), "labels.nii.gz")
    assert_same(files.nifti_gz(np.full(files.SHAPE, -1, np.int8)), "labels.nii.gz")


def test_excluded_labels_are_kept_apart() -> None:
    labels = files.labels() % 3

    volume = read_packed(files.nifti_gz(labels), scheme=WMH, name="x.nii.gz")

    assert volume.labels.excluded is not None
    assert volume.labels.excluded.voxels == np.count_nonzero(labels == 2)
    assert volume.labels.regions[0].voxels == np.count_nonzero(labels == 1)


def test_broken_files_are_refused_as_by_the_reader() -> None:
    whole = files.nifti(files.labels(LARGE))
    four = files.nifti(np.stack([files.labels()] * 2, axis=-1))
    broken = {
        VolumeErrorCode.TRUNCATED: gzip.compress(whole[:-1]),
        VolumeErrorCode.SIZE_MISMATCH: gzip.compress(whole + b"\1"),
        VolumeErrorCode.CORRUPT: files.patched(gzip.compress(whole, mtime=0), -8, "<I", 1),
        VolumeErrorCode.NOT_3D: gzip.compress(four),
        VolumeErrorCode.NON_INTEGER_LABELS: files.nifti_gz(files.labels() / np.float32(3)),
        VolumeErrorCode.NOT_A_VOLUME: gzip.compress(b"something else" * 100),
    }

    for code, content in broken.items():
        with pytest.raises(VolumeError) as ours:
            read_packed(content, scheme=BRATS, name="x.nii.gz")
        with pytest.raises(VolumeError) as theirs:
            read_labelmap(content, name="x.nii.gz")
        assert (ours.value.code, ours.value.sentence) == (code, theirs.value.sentence)
