"""Every way in which a file is broken has its own code, and a sentence that names the file."""

import contextlib
import gzip
import tempfile
import zlib
from pathlib import Path

import nibabel as nib
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from backend.numerics import volumes
from backend.numerics.volumes import ReadLimits, VolumeError, VolumeErrorCode
from tests.numerics import volume_files as files

PLAIN = files.nifti(files.labels())
GOOD = files.nifti_gz(files.labels())


def refusal(
    content: bytes, *, name: str = "case-7.nii.gz", limits: ReadLimits = volumes.DEFAULT_LIMITS
) -> VolumeError:
    with pytest.raises(VolumeError) as caught:
        volumes.read_labelmap(content, name=name, limits=limits)
    assert name in caught.value.sentence
    return caught.value


def flipped(content: bytes, at: int) -> bytes:
    return content[:at] + bytes([content[at] ^ 0x10]) + content[at + 1 :]


@pytest.mark.parametrize("cut", [20, 100, -9, -1])
def test_cut_gzip_is_truncated(cut: int) -> None:
    assert refusal(GOOD[:cut]).code is VolumeErrorCode.TRUNCATED


@pytest.mark.parametrize("at", [-1, -5, len(GOOD) // 2])
def test_damaged_gzip_is_corrupt(at: int) -> None:
    assert refusal(flipped(GOOD, at % len(GOOD))).code is VolumeErrorCode.CORRUPT


def test_bytes_behind_the_gzip_are_refused() -> None:
    assert refusal(GOOD + b"<html>").code is VolumeErrorCode.TRAILING_DATA


def test_zeros_behind_the_gzip_are_padding() -> None:
    assert volumes.read_labelmap(GOOD + bytes(4096), name="x.nii.gz").array.shape == files.SHAPE


def test_gzip_in_several_members_is_one_file() -> None:
    content = gzip.compress(PLAIN[:300]) + gzip.compress(PLAIN[300:])

    assert np.array_equal(volumes.read_labelmap(content, name="x.nii.gz").array, files.labels())


@pytest.mark.parametrize("content", [PLAIN[:200], PLAIN[:-1]])
@pytest.mark.parametrize("compressed", [False, True])
def test_volume_shorter_than_its_header_says_is_truncated(content: bytes, compressed: bool) -> None:
    sent = gzip.compress(content) if compressed else content

    assert refusal(sent, name="a.nii.gz" if compressed else "a.nii").code is VolumeErrorCode.TRUNCATED


@pytest.mark.parametrize("compressed", [False, True])
def test_volume_longer_than_its_header_says_is_refused(compressed: bool) -> None:
    content = PLAIN + b"\1"
    error = refusal(
        gzip.compress(content) if compressed else content, name="a.nii.gz" if compressed else "a.nii"
    )

    assert error.code is VolumeErrorCode.SIZE_MISMATCH


def test_gzip_bomb_is_stopped_after_a_chunk_of_what_its_header_announces() -> None:
    compressor = zlib.compressobj(1, zlib.DEFLATED, 31)
    bomb = compressor.compress(PLAIN) + b"".join(compressor.compress(bytes(1 << 24)) for _ in range(4))
    bomb += compressor.flush()

    assert len(bomb) < 600_000
    assert refusal(bomb).code is VolumeErrorCode.SIZE_MISMATCH


def test_header_that_announces_too_much_is_refused_before_memory_is_taken() -> None:
    content = files.patched(PLAIN, 40, "<8h", 3, 2000, 2000, 2000, 1, 1, 1, 1)

    error = refusal(gzip.compress(content))

    assert error.code is VolumeErrorCode.TOO_LARGE
    assert "2000×2000×2000" in error.sentence


def test_axis_longer_than_allowed_is_refused() -> None:
    content = files.patched(PLAIN, 40, "<8h", 3, 30000, 1, 1, 1, 1, 1, 1)

    assert refusal(gzip.compress(content)).code is VolumeErrorCode.TOO_LARGE


def test_file_above_the_size_limit_is_refused() -> None:
    assert refusal(GOOD, limits=ReadLimits(max_file_bytes=10)).code is VolumeErrorCode.TOO_LARGE


@pytest.mark.parametrize(
    ("content", "what"),
    [
        (b"%PDF-1.7 ...", "a PDF document"),
        (b"PK\x03\x04....", "a zip archive"),
        (b"", "empty"),
        (b"hello world", "no known volume format"),
        (bytes(128) + b"DICM" + bytes(100), "a DICOM file"),
    ],
)
def test_other_files_are_named_for_what_they_are(content: bytes, what: str) -> None:
    error = refusal(content)

    assert error.code is VolumeErrorCode.NOT_A_VOLUME
    assert what in error.sentence


def test_gzipped_pdf_is_no_volume() -> None:
    assert refusal(gzip.compress(b"%PDF-1.7 ...")).code is VolumeErrorCode.NOT_A_VOLUME


@pytest.mark.parametrize(
    ("content", "name"), [(PLAIN, "a.nii.gz"), (GOOD, "a.nii"), (GOOD, "a.mha"), (GOOD, "a.gz")]
)
def test_name_that_contradicts_the_content_is_refused(content: bytes, name: str) -> None:
    assert refusal(content, name=name).code is VolumeErrorCode.EXTENSION_MISMATCH


def test_extension_may_be_in_capitals() -> None:
    assert volumes.read_volume(GOOD, name="A.NII.GZ").grid.shape == files.SHAPE


def test_two_file_nifti_and_analyze_are_unsupported() -> None:
    assert (
        refusal(files.patched(PLAIN, 344, "4s", b"ni1\0"), name="a.nii").code is VolumeErrorCode.UNSUPPORTED
    )
    assert (
        refusal(files.patched(PLAIN, 344, "4s", b"\0\0\0\0"), name="a.nii").code
        is VolumeErrorCode.UNSUPPORTED
    )


def test_four_dimensional_file_is_not_one_volume() -> None:
    assert refusal(files.nifti_gz(files.labels((4, 4, 4, 3)))).code is VolumeErrorCode.NOT_3D


def test_two_dimensional_file_is_not_a_volume() -> None:
    assert refusal(files.nifti_gz(files.labels((4, 4)))).code is VolumeErrorCode.NOT_3D


def test_complex_and_colour_voxels_are_unsupported() -> None:
    colour = nib.Nifti1Image(np.zeros((4, 4, 4), dtype=[("R", "u1"), ("G", "u1"), ("B", "u1")]), np.eye(4))

    assert refusal(files.nifti_gz(np.zeros((4, 4, 4), "c8"))).code is VolumeErrorCode.UNSUPPORTED
    assert refusal(colour.to_bytes(), name="a.nii").code is VolumeErrorCode.UNSUPPORTED


@pytest.mark.parametrize("dim", [(0, 4, 4, 4), (9, 4, 4, 4), (3, -4, 4, 4), (3, 0, 4, 4)])
def test_impossible_shapes_are_unreadable(dim: tuple[int, ...]) -> None:
    content = files.patched(PLAIN, 40, "<4h", *dim)

    assert refusal(content, name="a.nii").code is VolumeErrorCode.UNREADABLE


@pytest.mark.parametrize("offset", [float("nan"), float("inf"), -8.0])
def test_impossible_voxel_offset_is_unreadable(offset: float) -> None:
    assert refusal(files.patched(PLAIN, 108, "<f", offset), name="a.nii").code is VolumeErrorCode.UNREADABLE


@pytest.mark.parametrize("value", [1.5, float("nan"), float("inf"), 1e12])
def test_values_that_are_no_labels_are_refused(value: float) -> None:
    array = files.labels().astype(np.float64)
    array[1, 2, 3] = value

    assert refusal(files.nifti_gz(array)).code is VolumeErrorCode.NON_INTEGER_LABELS


def test_metaimage_breakages(tmp_path: Path) -> None:
    raw = files.written_by_itk(files.labels(), tmp_path, "a.mha", compress=False)
    packed = files.written_by_itk(files.labels(), tmp_path, "b.mha", compress=True)
    expected = {
        VolumeErrorCode.TRUNCATED: [raw[:-3], packed[:-3]],
        VolumeErrorCode.SIZE_MISMATCH: [raw + b"\1"],
        VolumeErrorCode.CORRUPT: [flipped(packed, len(packed) - 1)],
        VolumeErrorCode.UNSUPPORTED: [
            raw.replace(b"= LOCAL", b"= /etc/passwd"),
            raw.replace(b"MET_UCHAR", b"MET_OTHER"),
        ],
        VolumeErrorCode.UNREADABLE: [
            raw.replace(b"DimSize = 7 6 5", b"DimSize = 7 x 5"),
            raw[:60] + b"DimSize",
        ],
        VolumeErrorCode.BAD_GEOMETRY: [raw.replace(b"Offset = ", b"Offset = a ")],
        VolumeErrorCode.TOO_LARGE: [raw.replace(b"DimSize = 7 6 5", b"DimSize = 9999 6 5")],
    }

    for code, contents in expected.items():
        for content in contents:
            assert refusal(content, name="a.mha").code is code


def test_nrrd_breakages(tmp_path: Path) -> None:
    raw = files.written_by_pynrrd(files.labels(), tmp_path, encoding="raw")
    packed = files.written_by_pynrrd(files.labels(), tmp_path, encoding="gzip")
    expected = {
        VolumeErrorCode.TRUNCATED: [raw[:-3], packed[:-9]],
        VolumeErrorCode.SIZE_MISMATCH: [raw + b"\1"],
        VolumeErrorCode.CORRUPT: [flipped(packed, len(packed) - 6)],
        VolumeErrorCode.UNSUPPORTED: [
            raw.replace(b"encoding: raw", b"encoding: ascii"),
            raw.replace(b"encoding: raw", b"encoding: raw\ndata file: /etc/passwd"),
        ],
        VolumeErrorCode.UNREADABLE: [
            b"NRRD0004\nnonsense\n\n",
            raw.replace(b"sizes: 7 6 5", b"sizes: 7 x 5"),
        ],
        VolumeErrorCode.NOT_3D: [files.written_by_pynrrd(files.labels((4, 4)), tmp_path)],
    }

    for code, contents in expected.items():
        for content in contents:
            assert refusal(content, name="a.nrrd").code is code


@settings(max_examples=200)
@given(st.data())
def test_no_damage_escapes_as_another_error(data: st.DataObject) -> None:
    """Flip bytes anywhere in a file of any format: it is read, or refused with a code."""
    name, content = data.draw(st.sampled_from(SAMPLES))
    damaged = bytearray(content)
    for _ in range(data.draw(st.integers(1, 4))):
        damaged[data.draw(st.integers(0, len(damaged) - 1))] = data.draw(st.integers(0, 255))
    with contextlib.suppress(VolumeError):
        volume = volumes.read_labelmap(bytes(damaged), name=name, limits=ReadLimits(max_volume_bytes=1 << 22))
        assert volume.array.shape == volume.grid.shape


def _samples() -> list[tuple[str, bytes]]:

    with tempfile.TemporaryDirectory() as folder:
        place = Path(folder)
        return [
            ("a.nii", PLAIN),
            ("a.nii.gz", GOOD),
            ("a.mha", files.written_by_itk(files.labels(), place, "a.mha", compress=False)),
            ("b.mha", files.written_by_itk(files.labels(), place, "b.mha", compress=True)),
            ("a.nrrd", files.written_by_itk(files.labels(), place, "a.nrrd", compress=False)),
            ("b.nrrd", files.written_by_itk(files.labels(), place, "b.nrrd", compress=True)),
        ]


SAMPLES = _samples()
