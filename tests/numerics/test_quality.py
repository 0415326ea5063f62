import gzip
from collections.abc import Callable

import nibabel as nib
import numpy as np
import pytest

from backend.numerics.labels import SCHEMES
from backend.numerics.quality import check_case, check_image, check_labelmap, finding_of, has_errors
from backend.numerics.volumes import Volume, VolumeError, read_volume
from tests.numerics import volume_files as files
from tests.shared_data import DATA, TCGA_CASES, needs_shared_data, tcga_fusion

SHAPE = (40, 44, 36)
AFFINE = np.diag([-4.0, -4.0, 4.0, 1.0])
HEAD = files.intensities(SHAPE)


def volume(content: bytes, name: str = "t1.nii") -> Volume:
    return read_volume(content, name=name)


def codes(content: bytes) -> set[str]:
    return {finding.code for finding in check_image(volume(content)) if finding.severity != "info"}


def with_value(value: float) -> np.ndarray:
    array = HEAD.astype("f4")
    array[3, 4, 5] = value
    return array


def test_sound_image_is_only_told_its_orientation() -> None:
    (finding,) = check_image(volume(files.nifti(HEAD, AFFINE)))

    assert (finding.code, finding.severity, finding.sentence) == (
        "orientation",
        "info",
        "t1.nii: orientation LPS",
    )


@pytest.mark.parametrize(
    ("code", "content"),
    [
        ("not_finite", lambda: files.nifti(with_value(np.nan), AFFINE)),
        ("not_finite", lambda: files.nifti(with_value(np.inf), AFFINE)),
        ("constant", lambda: files.nifti(np.full(SHAPE, 7, np.int16), AFFINE)),
        ("intensity_implausible", lambda: files.nifti(with_value(1e9), AFFINE)),
        ("intensity_negative", lambda: files.nifti(-np.abs(HEAD), AFFINE)),
        ("looks_like_labels", lambda: files.nifti(files.labels(SHAPE), AFFINE)),
        ("spacing_implausible", lambda: files.nifti(HEAD, np.diag([0.004, 0.004, 0.004, 1]))),
        ("extent_implausible", lambda: files.nifti(HEAD, np.diag([0.5, 0.5, 0.5, 1]))),
        ("orientation_missing", lambda: files.patched(files.nifti(HEAD, AFFINE), 252, "<hh", 0, 0)),
        ("trailing_axis_dropped", lambda: files.nifti(HEAD[..., np.newaxis], AFFINE)),
        ("spacing_not_positive", lambda: files.patched(files.nifti(HEAD, AFFINE), 280, "<12f", *[0] * 12)),
        (
            "affine_not_invertible",
            lambda: files.patched(files.nifti(HEAD, AFFINE), 280, "<12f", 1, 1, 0, 0, 0, 0, 1, 0, 0, 0, 1, 0),
        ),
        ("spacing_negative", lambda: files.patched(files.nifti(HEAD, AFFINE), 80, "<f", -4)),
    ],
)
def test_each_defect_has_its_code(code: str, content: Callable[[], bytes]) -> None:
    assert code in codes(content())


def test_qform_that_contradicts_the_sform_is_told_in_mm() -> None:
    image = nib.Nifti1Image(HEAD, AFFINE)
    shifted = AFFINE.copy()
    shifted[1, 3] += 12
    image.set_sform(AFFINE, 1)
    image.set_qform(shifted, 1)

    (finding,) = [x for x in check_image(volume(image.to_bytes())) if x.severity == "warning"]

    assert finding.code == "qform_differs"
    assert "shifted by 12.0 mm along y" in finding.sentence


def test_header_text_is_reported_by_field_and_not_repeated() -> None:
    image = nib.Nifti1Image(HEAD, AFFINE)
    image.header["descrip"] = b"Doe^Jane"

    (finding,) = [x for x in check_image(volume(image.to_bytes())) if x.severity == "warning"]

    assert finding.code == "header_text"
    assert "descrip" in finding.sentence
    assert "Jane" not in finding.sentence


def test_unreadable_file_becomes_a_finding() -> None:
    with pytest.raises(VolumeError) as caught:
        volume(b"%PDF", name="t1.nii.gz")

    finding = finding_of(caught.value)
    assert (finding.code, finding.severity) == ("not_a_volume", "error")
    assert finding.sentence.startswith("t1.nii.gz: is a PDF document")


def test_case_on_one_grid_has_no_errors() -> None:
    images = {
        "t1": volume(files.nifti(HEAD, AFFINE)),
        "flair": volume(files.nifti(HEAD + 1, AFFINE), "flair.nii"),
    }
    reference = volume(files.nifti(files.labels(SHAPE), AFFINE), "seg.nii")

    assert not has_errors(check_case(images, reference, scheme=SCHEMES["brats2017"]))


def test_files_of_a_case_on_other_grids_are_named() -> None:
    shifted = AFFINE.copy()
    shifted[2, 3] = 3
    images = {
        "t1": volume(files.nifti(HEAD, AFFINE)),
        "flair": volume(files.nifti(HEAD, shifted), "flair.nii"),
    }
    reference = volume(files.nifti(files.labels((40, 44, 30)), AFFINE), "seg.nii")

    errors = [x for x in check_case(images, reference) if x.severity == "error"]

    assert [x.code for x in errors] == ["grid_affine", "grid_shape"]
    assert errors[0].sentence.startswith("flair.nii: shifted by 3.0 mm along z, the grid of t1.nii; ")
    assert errors[1].sentence.startswith("seg.nii: grid 40×44×30 instead of 40×44×36, the grid of t1.nii; ")


def test_reference_and_raters_are_checked_against_the_scheme() -> None:
    images = {"t1": volume(files.nifti(HEAD, AFFINE))}
    odd = files.labels(SHAPE)
    odd[0, 0, 0] = 9
    labelmap = volume(files.nifti(odd, AFFINE), "seg.nii")
    soft = volume(files.nifti(np.full(SHAPE, 0.3, "f4"), AFFINE), "rater.nii")

    found = check_case(images, labelmap, scheme=SCHEMES["brats2017"], rater_labelmaps={"ann": soft})

    assert [x.code for x in found if x.severity == "error"] == ["unknown_labels", "non_integer_labels"]
    assert check_labelmap(labelmap)[-1].code == "orientation"


@needs_shared_data
@pytest.mark.parametrize("case", TCGA_CASES)
def test_real_cases_are_sound(case: str) -> None:
    paths = sorted((DATA / "tcga" / case).glob("*.nii.gz"))
    images = {path.name: read_volume(path, name=path.name) for path in paths}
    reference = read_volume(tcga_fusion(case), name="mav.nii.gz")

    findings = check_case(images, reference, scheme=SCHEMES["brats2017"])

    assert {finding.severity for finding in findings} == {"info"}


@needs_shared_data
def test_stroke_case_on_two_grids_is_refused() -> None:
    paths = [DATA / "isles22" / f"sub-strokecase0009_ses-0001_{x}.nii.gz" for x in ("flair", "dwi")]
    flair, dwi = (read_volume(path, name=path.name) for path in paths)

    errors = [x.code for x in check_case({"flair": flair, "dwi": dwi}) if x.severity == "error"]

    assert errors == ["grid_shape", "grid_spacing"]


def test_gzipped_image_is_checked_alike() -> None:
    content = gzip.compress(files.nifti(HEAD, AFFINE))

    assert [x.code for x in check_image(volume(content, "t1.nii.gz"))] == ["orientation"]
