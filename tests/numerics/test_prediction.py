import gzip

import numpy as np
import pytest

from backend.numerics.geometry import Grid
from backend.numerics.labels import SCHEMES
from backend.numerics.prediction import PredictionCheck, check_prediction
from backend.numerics.volumes import ReadLimits, read_volume, write_labelmap_nifti
from tests.numerics import volume_files as files
from tests.shared_data import DATA, needs_shared_data, tcga_mask

BRATS = SCHEMES["brats2017"]
GRID = Grid(files.SHAPE, files.AFFINE)
GOOD = files.nifti_gz(files.labels())


def checked(
    content: bytes, *, name: str = "BraTS-0007.nii.gz", grid: Grid = GRID, slug: str = "brats2017"
) -> PredictionCheck:
    return check_prediction(
        content, name=name, case_name="BraTS-0007", grid=grid, scheme=SCHEMES[slug], sequence_name="T1c"
    )


def codes(check: PredictionCheck) -> list[str]:
    return [finding.code for finding in check.findings]


def test_good_prediction_has_no_findings() -> None:
    check = checked(GOOD)

    assert check.is_valid
    assert check.findings == ()
    assert check.labelmap is not None
    assert np.array_equal(check.labelmap, files.labels())


def test_float_labels_are_accepted() -> None:
    assert checked(files.nifti_gz(files.labels().astype("f4"))).is_valid


def test_empty_prediction_is_valid_and_warned_about() -> None:
    check = checked(files.nifti_gz(np.zeros(files.SHAPE, np.uint8)))

    assert check.is_valid
    assert [(x.code, x.severity) for x in check.findings] == [("empty_labelmap", "warning")]


def test_other_shape_names_file_case_and_remedy() -> None:
    check = checked(files.nifti_gz(files.labels((7, 6, 6))))

    (finding,) = check.findings
    assert not check.is_valid
    assert finding.code == "grid_shape"
    assert finding.sentence == (
        "case BraTS-0007: BraTS-0007.nii.gz: prediction grid 7×6×6 differs from the case's 7×6×5; "
        "resample it to the case's T1c before you upload"
    )


def test_shifted_affine_is_told_in_mm() -> None:
    shifted = files.AFFINE.copy()
    shifted[0, 3] += 5

    check = checked(files.nifti_gz(files.labels(), shifted))

    assert codes(check) == ["grid_affine"]
    assert "shifted by 5.0 mm along x" in check.findings[0].sentence


def test_other_label_numbering_is_recognised() -> None:
    array = files.labels()
    array[array == 4] = 3

    check = checked(files.nifti_gz(array))

    assert codes(check) == ["unknown_labels"]
    assert "holds label 3, which BraTS 2017–2021 does not have" in check.findings[0].sentence
    assert "labels 1 2 3 look like BraTS 2023: change 3 (enhancing) to 4" in check.findings[0].sentence


def test_all_problems_are_reported_at_once() -> None:
    shifted = files.AFFINE.copy()
    shifted[2, 3] -= 2
    array = files.labels((9, 6, 5))
    array[0, 0, 0] = 77

    check = checked(files.nifti_gz(array, shifted), name="BraTS-0007.nii")

    assert codes(check) == ["extension_mismatch", "grid_shape", "grid_affine", "unknown_labels"]
    assert check.labelmap is None


def test_wrong_grid_and_values_that_are_no_labels_are_both_reported() -> None:
    check = checked(files.nifti_gz(np.full((4, 4, 4), 0.5, "f4")))

    assert codes(check) == ["grid_shape", "non_integer_labels"]


def test_singular_affine_is_refused() -> None:
    content = files.patched(gzip.decompress(GOOD), 280, "<4f", 0, 0, 0, 0)

    assert codes(checked(gzip.compress(content))) == ["affine_not_invertible"]


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (GOOD[:90], "truncated"),
        (b"%PDF-1.7", "not_a_volume"),
        (b"", "not_a_volume"),
        (GOOD + b"x", "trailing_data"),
        (files.nifti_gz(files.labels((4, 4, 4, 2))), "not_3d"),
    ],
)
def test_unreadable_files_give_one_finding_that_names_file_and_case(content: bytes, code: str) -> None:
    (finding,) = checked(content).findings

    assert (finding.code, finding.severity) == (code, "error")
    assert finding.sentence.startswith("case BraTS-0007: BraTS-0007.nii.gz: ")


def test_size_cap_is_reported() -> None:
    check = check_prediction(
        GOOD, name="a.nii.gz", case_name="A", grid=GRID, scheme=BRATS, limits=ReadLimits(max_volume_bytes=100)
    )

    assert codes(check) == ["too_large"]


@needs_shared_data
def test_grid_mismatch_in_the_wild() -> None:
    folder = DATA / "isles22"
    flair = read_volume(folder / "sub-strokecase0009_ses-0001_flair.nii.gz", name="flair.nii.gz")
    mask = (folder / "sub-strokecase0009_ses-0001_msk.nii.gz").read_bytes()

    check = checked(mask, name="case9.nii.gz", grid=flair.grid)

    assert codes(check) == ["grid_shape", "grid_spacing"]
    assert "112×112×73 differs from the case's 512×512×29" in check.findings[0].sentence


@needs_shared_data
def test_unknown_labels_in_the_wild() -> None:
    path = DATA / "labelfusion" / "baseline_simple.nii.gz"

    check = checked(path.read_bytes(), grid=read_volume(path, name=path.name).grid)

    assert codes(check) == ["unknown_labels"]
    assert "holds labels 3, 5, 6" in check.findings[0].sentence


@needs_shared_data
def test_real_prediction_passes_and_moved_by_one_voxel_does_not() -> None:
    path = tcga_mask("TCGA-FG-6692", "scan")
    volume = read_volume(path, name=path.name)
    moved = volume.grid.matrix
    moved[:3, 3] += (1, 0, 0)
    content = write_labelmap_nifti(volume.array, grid=Grid(volume.grid.shape, moved))

    assert checked(path.read_bytes(), grid=volume.grid).findings == ()
    assert codes(checked(content, grid=volume.grid)) == ["grid_affine"]
