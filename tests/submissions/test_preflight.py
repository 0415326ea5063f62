"""Preflight: every defect is refused in words that name file, case and remedy; what is right is stored as
served."""

import gzip
import io
import zipfile
from collections.abc import Callable
from pathlib import Path
from uuid import uuid4

import numpy as np
import pytest

from backend.numerics.geometry import Grid
from backend.numerics.labels import SCHEMES
from backend.numerics.volumes import read_labelmap
from backend.submissions.preflight import ExpectedCase, Preflight, check_archive
from tests.phantoms import AFFINE, SHAPE, nifti_bytes, tumour
from tests.shared_data import DATA, needs_shared_data, zip_of

GRID = Grid(shape=SHAPE, affine=AFFINE)  # type: ignore[arg-type]
GOOD, BAD = "Good-1", "Bad-1"
BAD_FILE = f"{BAD}.nii.gz"
TRUTH = tumour()


def check(archive: bytes, tmp_path: Path, *, scheme: str = "brats2017") -> Preflight:
    path = tmp_path / "upload"
    path.write_bytes(archive)
    (tmp_path / "out").mkdir()
    return check_archive(
        path,
        archive_name="predictions.zip",
        cases=[ExpectedCase(uuid4(), name, GRID) for name in (BAD, GOOD)],
        scheme=SCHEMES[scheme],
        folder=tmp_path / "out",
        progress=lambda done, total: None,
    )


def with_bad(content: bytes) -> bytes:
    return zip_of([(f"{GOOD}.nii.gz", nifti_bytes(TRUTH)), (BAD_FILE, content)])


def shifted() -> bytes:
    affine = AFFINE.copy()
    affine[0, 3] += 5
    return nifti_bytes(TRUTH, affine)


def one_two_three() -> bytes:
    labels = TRUTH.copy()
    labels[labels == 4] = 3
    return nifti_bytes(labels)


def truncated() -> bytes:
    data = nifti_bytes(np.random.default_rng(0).integers(0, 2, SHAPE).astype(np.uint8))
    return data[: len(data) * 6 // 10]


def corrupt() -> bytes:
    data = bytearray(nifti_bytes(np.random.default_rng(0).integers(0, 2, SHAPE).astype(np.uint8)))
    data[len(data) // 2] ^= 0xFF
    return bytes(data)


def four_dimensional() -> bytes:
    return nifti_bytes(np.stack([TRUTH, TRUTH], axis=-1))


def probabilities() -> bytes:
    return nifti_bytes(np.full(SHAPE, 0.37, np.float32))


def huge() -> bytes:
    """A header that announces 2000³ voxels."""
    head = bytearray(gzip.decompress(nifti_bytes(TRUTH))[:352])
    head[42:48] = np.array([2000, 2000, 2000], "<i2").tobytes()
    return gzip.compress(bytes(head))


DEFECTS: dict[str, tuple[Callable[[], bytes], str, str]] = {
    "pdf": (lambda: b"%PDF-1.7\n%%EOF", "not_a_volume", "PDF"),
    "empty file": (lambda: b"", "not_a_volume", "empty"),
    "truncated": (truncated, "truncated", BAD_FILE),
    "corrupt": (corrupt, "corrupt", BAD_FILE),
    "uncompressed": (lambda: gzip.decompress(nifti_bytes(TRUTH)), "extension_mismatch", "rename"),
    "other shape": (lambda: nifti_bytes(TRUTH[:, :, :-1]), "grid_shape", "32×32×31"),
    "shifted": (shifted, "grid_affine", "5.0 mm along x"),
    "other spacing": (lambda: nifti_bytes(TRUTH, AFFINE @ np.diag([2, 2, 2, 1.0])), "grid_spacing", "2×2×2"),
    "flipped": (
        lambda: nifti_bytes(TRUTH, np.diag([1.0, 1, 1, 1])),
        "grid_orientation",
        "RAS instead of LPS",
    ),
    "labels 1-2-3": (one_two_three, "unknown_labels", "BraTS 2023"),
    "four dimensions": (four_dimensional, "not_3d", "4-D"),
    "probabilities": (probabilities, "non_integer_labels", "0.37"),
    "far too large": (huge, "too_large", BAD_FILE),
}


@pytest.mark.parametrize(("make", "code", "said"), DEFECTS.values(), ids=DEFECTS)
def test_defect_is_refused_in_words(make: Callable[[], bytes], code: str, said: str, tmp_path: Path) -> None:
    found = check(with_bad(make()), tmp_path)
    assert not found.is_accepted
    assert found.predictions == ()
    errors = [finding for finding in found.findings if finding.severity == "error"]
    assert code in {finding.code for finding in errors}
    finding = next(finding for finding in errors if finding.code == code)
    assert (finding.file, finding.case) == (BAD_FILE, BAD)
    assert said in finding.sentence
    assert BAD in finding.sentence
    assert finding.remedy


def test_every_problem_is_told_at_once(tmp_path: Path) -> None:
    found = check(zip_of([(f"{GOOD}.nii.gz", shifted()), ("Other.nii.gz", one_two_three())]), tmp_path)
    told = {(x.code, x.file, x.case) for x in found.findings}
    assert told == {
        ("grid_affine", f"{GOOD}.nii.gz", GOOD),
        ("unknown_case", "Other.nii.gz", None),
        ("missing_case", None, BAD),
    }


def test_one_file_with_two_problems_tells_both(tmp_path: Path) -> None:
    labels = TRUTH.copy()
    labels[labels == 4] = 3
    affine = AFFINE.copy()
    affine[2, 3] += 1
    found = check(with_bad(nifti_bytes(labels, affine)), tmp_path)
    assert {x.code for x in found.findings} == {"grid_affine", "unknown_labels"}


def test_escaping_path_refuses_the_archive(tmp_path: Path) -> None:
    found = check(zip_of([("../../evil.nii.gz", nifti_bytes(TRUTH))]), tmp_path)
    (finding,) = found.findings
    assert (finding.code, finding.severity, finding.file) == ("unsafe_name", "error", "predictions.zip")
    assert "../../evil.nii.gz" in finding.sentence
    assert finding.remedy
    assert not (tmp_path.parent.parent / "evil.nii.gz").exists()


def test_zip_bomb_is_refused_before_it_is_unpacked(tmp_path: Path) -> None:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive, archive.open(BAD_FILE, "w") as bomb:
        for _ in range(300):
            bomb.write(bytes(1 << 20))
    (finding,) = check(out.getvalue(), tmp_path).findings
    assert finding.code == "bomb"


def test_damaged_entry_is_a_finding_of_its_case_and_the_others_are_still_checked(tmp_path: Path) -> None:
    archive = bytearray(zip_of([(BAD_FILE, nifti_bytes(TRUTH)), (f"{GOOD}.nii.gz", shifted())]))
    archive[len(BAD_FILE) + 60] ^= 0xFF  # inside the stored bytes of the first file
    found = check(bytes(archive), tmp_path)
    assert {(x.code, x.case) for x in found.findings} == {("damaged", BAD), ("grid_affine", GOOD)}


def test_no_archive_at_all_is_refused(tmp_path: Path) -> None:
    (finding,) = check(nifti_bytes(TRUTH), tmp_path).findings
    assert finding.code == "not_an_archive"
    assert finding.severity == "error"


def test_right_predictions_are_written_on_the_cases_grid(tmp_path: Path) -> None:
    odd = nifti_bytes(TRUTH.astype(np.float32))  # floats that are integers, as many tools save them
    found = check(zip_of([("x/Good-1_seg.nii.gz", odd), (BAD_FILE, nifti_bytes(TRUTH * 0))]), tmp_path)
    assert found.is_accepted
    assert {x.code for x in found.findings} == {"empty_labelmap"}
    by_name = {prediction.filename: prediction for prediction in found.predictions}
    stored = read_labelmap(by_name["x/Good-1_seg.nii.gz"].path, name="stored.nii.gz")
    assert np.array_equal(stored.array, TRUTH)
    assert stored.array.dtype == np.uint8
    assert stored.grid == GRID


def test_progress_counts_files(tmp_path: Path) -> None:
    told: list[tuple[int, int]] = []
    path = tmp_path / "upload"
    path.write_bytes(with_bad(nifti_bytes(TRUTH)))
    check_archive(
        path,
        archive_name="a.zip",
        cases=[ExpectedCase(uuid4(), name, GRID) for name in (BAD, GOOD)],
        scheme=SCHEMES["brats2017"],
        folder=tmp_path,
        progress=lambda done, total: told.append((done, total)),
    )
    assert told == [(0, 2), (1, 2), (2, 2)]


@needs_shared_data
def test_labels_three_five_six_in_the_wild(tmp_path: Path) -> None:
    found = check(with_bad((DATA / "labelfusion" / "baseline_simple.nii.gz").read_bytes()), tmp_path)
    finding = next(x for x in found.findings if x.code == "unknown_labels")
    assert "labels 3, 5, 6" in finding.sentence
    assert BAD_FILE in finding.sentence
