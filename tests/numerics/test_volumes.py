import gzip
from pathlib import Path

import nibabel as nib
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from backend.numerics import volumes
from backend.numerics.geometry import Grid
from backend.numerics.volumes import FileFormat
from tests.numerics import volume_files as files
from tests.shared_data import DATA, needs_shared_data

GRID = Grid(files.SHAPE, files.AFFINE)


@pytest.mark.parametrize("dtype", ["u1", "i2", "<u2", "i4", "f4", "f8", "i8", ">i2", ">f4"])
def test_nifti_is_read_as_nibabel_reads_it(dtype: str) -> None:
    array = files.intensities().astype(dtype)
    content = files.nifti_gz(array)

    volume = volumes.read_volume(content, name="image.nii.gz")

    oracle = nib.Nifti1Image.from_bytes(gzip.decompress(content))
    assert np.array_equal(volume.array, np.asanyarray(oracle.dataobj))
    assert np.array_equal(volume.grid.matrix, oracle.affine)
    assert volume.file_format is FileFormat.NIFTI_GZ


def test_big_endian_header_is_read() -> None:
    image = nib.Nifti1Image(files.intensities(), files.AFFINE)
    header = image.header.as_byteswapped(">")
    swapped = nib.Nifti1Image(files.intensities(), files.AFFINE, header=header)

    volume = volumes.read_volume(swapped.to_bytes(), name="image.nii")

    assert np.array_equal(volume.array, files.intensities())
    assert volume.array.dtype.isnative


def test_nifti2_is_read() -> None:
    content = files.nifti(files.labels(), header_class=nib.Nifti2Image)

    assert np.array_equal(volumes.read_volume(content, name="image.nii").array, files.labels())


def test_a_path_is_read_as_its_bytes(tmp_path: Path) -> None:
    (tmp_path / "stored").write_bytes(files.nifti_gz(files.labels()))

    volume = volumes.read_volume(tmp_path / "stored", name="image.nii.gz")

    assert np.array_equal(volume.array, files.labels())


def test_intensity_scaling_is_applied() -> None:
    content = files.patched(files.nifti(files.intensities()), 112, "<ff", 0.5, 10)

    volume = volumes.read_volume(content, name="image.nii")

    assert np.array_equal(volume.array, files.intensities() * 0.5 + 10)
    assert np.array_equal(volume.stored, files.intensities())


@pytest.mark.parametrize("compress", [False, True])
@pytest.mark.parametrize("name", ["image.mha", "image.nrrd", "image.nii.gz"])
def test_files_written_by_itk_are_the_same_volume(name: str, compress: bool, tmp_path: Path) -> None:
    content = files.written_by_itk(files.intensities(), tmp_path, name, compress=compress)

    volume = volumes.read_volume(content, name=name)

    assert np.array_equal(volume.array, files.intensities())
    assert np.allclose(volume.grid.matrix, files.AFFINE, atol=1e-5)
    assert volume.grid.orientation == GRID.orientation


def test_nrrd_in_ras_without_compression_is_read(tmp_path: Path) -> None:
    directions = files.AFFINE[:3, :3].T
    content = files.written_by_pynrrd(
        files.labels(),
        tmp_path,
        encoding="raw",
        **{
            "space": "right-anterior-superior",
            "space directions": directions,
            "space origin": files.AFFINE[:3, 3],
        },
    )

    volume = volumes.read_volume(content, name="image.nrrd")

    assert np.array_equal(volume.array, files.labels())
    assert volume.grid == GRID


def test_nrrd_without_orientation_is_read_with_a_note(tmp_path: Path) -> None:
    content = files.written_by_pynrrd(files.labels(), tmp_path, spacings=[1.0, 2.0, 3.0])

    volume = volumes.read_volume(content, name="image.nrrd")

    assert volume.grid.spacing_mm == (1, 2, 3)
    assert [note.code for note in volume.header_notes] == ["orientation_missing"]


def test_trailing_axes_of_length_one_are_dropped_with_a_note() -> None:
    content = files.nifti_gz(files.labels((*files.SHAPE, 1, 1)))

    volume = volumes.read_volume(content, name="image.nii.gz")

    assert volume.array.shape == files.SHAPE
    assert [note.code for note in volume.header_notes] == ["trailing_axis_dropped"]


def test_nifti_without_orientation_is_read_with_a_note() -> None:
    content = files.patched(files.nifti(files.labels()), 252, "<hh", 0, 0)

    volume = volumes.read_volume(content, name="image.nii")

    assert [note.code for note in volume.header_notes] == ["orientation_missing"]


def test_channels_of_a_four_dimensional_file() -> None:
    array = files.intensities((*files.SHAPE, 4))

    channels = volumes.read_channels(files.nifti_gz(array), name="case.nii.gz")

    assert len(channels) == 4
    assert all(np.array_equal(channel.array, array[..., k]) for k, channel in enumerate(channels))


@pytest.mark.parametrize("dtype", ["u1", "i2", "i4", "i8", "f4", "f8", ">i2"])
def test_labelmaps_of_any_type_become_the_same_uint8(dtype: str) -> None:
    volume = volumes.read_labelmap(files.nifti_gz(files.labels().astype(dtype)), name="labels.nii.gz")

    assert volume.array.dtype == np.uint8
    assert np.array_equal(volume.array, files.labels())
    assert volumes.voxel_digest(volume.array, volume.grid) == volumes.voxel_digest(files.labels(), GRID)


def test_labels_above_255_keep_their_values() -> None:
    volume = volumes.read_labelmap(files.nifti_gz(files.labels().astype("i4") * 1000), name="labels.nii.gz")

    assert np.array_equal(volume.array, files.labels().astype(int) * 1000)


def test_written_labelmap_is_the_same_file_each_time_and_reads_back_exactly() -> None:
    content = volumes.write_labelmap_nifti(files.labels(), grid=GRID)

    volume = volumes.read_labelmap(content, name="labels.nii.gz")
    oracle = nib.Nifti1Image.from_bytes(gzip.decompress(content))
    assert content == volumes.write_labelmap_nifti(np.asfortranarray(files.labels().astype("i4")), grid=GRID)
    assert np.array_equal(volume.array, files.labels())
    assert volume.grid == GRID
    assert oracle.header["sform_code"] == oracle.header["qform_code"] == 1
    assert np.allclose(oracle.get_qform(), oracle.get_sform(), atol=1e-5)
    assert content[4:8] == b"\0\0\0\0"


def test_written_labelmap_copies_the_geometry_of_its_image_bit_for_bit() -> None:
    image = volumes.read_volume(files.nifti_gz(files.intensities()), name="image.nii.gz")

    content = volumes.write_labelmap_nifti(files.labels(), grid=image.grid, like=image)

    header = nib.Nifti1Image.from_bytes(gzip.decompress(content)).header
    for field in (
        "pixdim",
        "qform_code",
        "sform_code",
        "quatern_b",
        "qoffset_x",
        "srow_x",
        "srow_y",
        "srow_z",
    ):
        assert header[field].tobytes() == image.header[field].tobytes()


def test_sheared_affine_is_written_as_sform_alone() -> None:
    sheared = np.eye(4)
    sheared[0, 1] = 0.5
    grid = Grid(files.SHAPE, sheared)

    content = volumes.write_labelmap_nifti(files.labels(), grid=grid)

    assert volumes.read_volume(content, name="labels.nii.gz").grid == grid
    assert nib.Nifti1Image.from_bytes(gzip.decompress(content)).header["qform_code"] == 0


@given(
    array=hnp.arrays(np.int16, hnp.array_shapes(min_dims=3, max_dims=3, max_side=5)),
    origin=st.tuples(*[st.integers(-1000, 1000) for _ in range(3)]),
)
def test_any_labelmap_survives_writing_and_reading(array: np.ndarray, origin: tuple[int, int, int]) -> None:
    affine = files.AFFINE.copy()
    affine[:3, 3] = origin
    grid = Grid(array.shape, affine)

    volume = volumes.read_labelmap(volumes.write_labelmap_nifti(array, grid=grid), name="labels.nii.gz")

    assert np.array_equal(volume.array, array)
    assert volume.grid == grid


def named_patient_image() -> bytes:
    image = nib.Nifti1Image(files.intensities(), files.AFFINE)
    image.header["descrip"] = b"Doe^Jane 1961"
    image.header["aux_file"] = b"ward 7"
    image.header["db_name"] = b"PID 4711"
    image.header["intent_name"] = b"for Dr. Roe"
    image.header.extensions.append(nib.nifti1.Nifti1Extension("comment", b"born 1961-04-01"))
    content: bytes = image.to_bytes()
    return content


def test_free_text_of_a_nifti_header_is_listed() -> None:
    volume = volumes.read_volume(named_patient_image(), name="image.nii")

    assert dict(volumes.header_texts(volume)) == {
        "descrip": "Doe^Jane 1961",
        "aux_file": "ward 7",
        "db_name": "PID 4711",
        "intent_name": "for Dr. Roe",
        "extension 6": "born 1961-04-01",
    }


def test_served_image_has_no_free_text_and_the_same_voxels_and_geometry() -> None:
    volume = volumes.read_volume(named_patient_image(), name="image.nii")

    served = gzip.decompress(volumes.write_image_nifti(volume))

    for text in (b"Jane", b"ward", b"4711", b"Roe", b"1961"):
        assert text not in served
    again = volumes.read_volume(served, name="served.nii")
    assert volumes.header_texts(again) == []
    assert served[352:] == files.intensities().tobytes(order="F")
    assert again.grid == volume.grid


def test_served_image_keeps_scaling_and_byte_order() -> None:
    header = nib.Nifti1Image(files.intensities(), files.AFFINE).header.as_byteswapped(">")
    content = nib.Nifti1Image(files.intensities(), files.AFFINE, header=header).to_bytes()
    content = files.patched(content, 112, ">ff", 2, -5)
    volume = volumes.read_volume(content, name="image.nii")

    served = volumes.read_volume(volumes.write_image_nifti(volume), name="served.nii.gz")

    assert served.stored.tobytes(order="F") == volume.stored.tobytes(order="F")
    assert np.array_equal(served.array, files.intensities() * 2.0 - 5)


@pytest.mark.parametrize("name", ["image.mha", "image.nrrd"])
def test_other_formats_are_served_as_nifti_with_the_same_grid(name: str, tmp_path: Path) -> None:
    volume = volumes.read_volume(
        files.written_by_itk(files.intensities(), tmp_path, name, compress=True), name=name
    )

    served = volumes.read_volume(volumes.write_image_nifti(volume), name="served.nii.gz")

    assert np.array_equal(served.array, files.intensities())
    assert np.allclose(served.grid.matrix, volume.grid.matrix, atol=1e-5)


def test_free_text_of_metaimage_and_nrrd_is_listed(tmp_path: Path) -> None:
    content = files.written_by_itk(files.labels(), tmp_path, "image.mha", compress=False)
    named = content.replace(b"NDims", b"Comment = Jane Doe\nNDims", 1)
    content = files.written_by_pynrrd(files.labels(), tmp_path, PatientName="Jane Doe")

    assert volumes.header_texts(volumes.read_volume(named, name="image.mha")) == [("Comment", "Jane Doe")]
    assert volumes.header_texts(volumes.read_volume(content, name="image.nrrd")) == [
        ("PatientName", "Jane Doe")
    ]


def test_digest_differs_with_voxels_and_with_place() -> None:
    changed, shifted = files.labels(), files.AFFINE.copy()
    changed[0, 0, 0] += 1
    shifted[0, 3] += 1
    digests = {
        volumes.voxel_digest(files.labels(), GRID),
        volumes.voxel_digest(changed, GRID),
        volumes.voxel_digest(files.labels(), Grid(files.SHAPE, shifted)),
    }

    assert len(digests) == 3
    assert volumes.voxel_digest(np.asfortranarray(files.labels()), GRID) in digests


@needs_shared_data
def test_real_files_are_read_as_nibabel_reads_them() -> None:
    paths = sorted(DATA.glob("isles22/*.nii.gz")) + sorted(DATA.glob("labelfusion/*unet.nii.gz"))
    paths += sorted(DATA.glob("tcga/*/*_t1.nii.gz")) + sorted(DATA.glob("ms_consensus/*consensus.nii.gz"))

    for path in paths:
        volume, oracle = volumes.read_volume(path, name=path.name), nib.load(path)
        assert np.array_equal(volume.array, np.asanyarray(oracle.dataobj)), path.name
        assert np.array_equal(volume.grid.matrix, oracle.affine), path.name
    assert len(paths) == 8
