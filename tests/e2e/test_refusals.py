"""Input from the wild, refused with a sentence that names file, case and remedy; nothing is stored half."""

import gzip
import io
import zipfile
from collections.abc import Callable
from typing import Any

import nibabel as nib
import numpy as np
import pytest

from tests.e2e.person import Person
from tests.e2e.tcga_challenge import TcgaChallenge, build_tcga_challenge, participant
from tests.shared_data import DATA, TCGA_CASES, needs_shared_data, tcga_mask, zip_of
from tests.stack import Stack

pytestmark = needs_shared_data

GOOD, BAD = TCGA_CASES
BAD_FILE = f"{BAD}.nii.gz"


@pytest.fixture(scope="module")
def tcga(stack: Stack) -> TcgaChallenge:
    return build_tcga_challenge(stack.address, "tcga-refusals")


@pytest.fixture(scope="module")
def team(stack: Stack, tcga: TcgaChallenge) -> Person:
    return participant(stack.address, tcga, "careless")


def good_mask() -> bytes:
    return tcga_mask(BAD, "scan").read_bytes()


def load(data: bytes) -> nib.Nifti1Image:
    return nib.Nifti1Image.from_bytes(gzip.decompress(data))


def with_bad(content: bytes, *, name: str = BAD_FILE) -> bytes:
    """An archive whose first case is right and whose second is `content`."""
    return zip_of([(f"{GOOD}.nii.gz", tcga_mask(GOOD, "scan")), (name, content)])


def labels_three_five_six() -> bytes:
    return with_bad((DATA / "labelfusion" / "baseline_simple.nii.gz").read_bytes())


def one_two_three() -> bytes:
    mask = load(good_mask())
    labels = np.asarray(mask.dataobj).astype(np.uint8)
    labels[labels == 4] = 3
    return with_bad(gzip.compress(nib.Nifti1Image(labels, mask.affine).to_bytes()))


def shifted_affine() -> bytes:
    mask = load(good_mask())
    affine = mask.affine.copy()
    affine[0, 3] += 5
    return with_bad(gzip.compress(nib.Nifti1Image(np.asarray(mask.dataobj), affine).to_bytes()))


def truncated_gzip() -> bytes:
    data = good_mask()
    return with_bad(data[: len(data) * 6 // 10])


def missing_case() -> bytes:
    return zip_of([(f"{GOOD}.nii.gz", tcga_mask(GOOD, "scan"))])


def path_escape() -> bytes:
    return with_bad(good_mask(), name=f"../../{BAD_FILE}")


def zip_bomb() -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as archive:
        archive.writestr(f"{GOOD}.nii.gz", tcga_mask(GOOD, "scan").read_bytes())
        with archive.open(BAD_FILE, "w", force_zip64=True) as bomb:
            for _ in range(512):
                bomb.write(bytes(4 << 20))
    return out.getvalue()


def pdf_named_nifti() -> bytes:
    return with_bad(b"%PDF-1.7\n1 0 obj << /Type /Catalog >> endobj\ntrailer << /Root 1 0 R >>\n%%EOF\n")


REFUSED: dict[Callable[[], bytes], tuple[str, ...]] = {
    labels_three_five_six: (BAD_FILE, BAD, "3", "5", "6"),
    one_two_three: (BAD_FILE, BAD, "1", "2", "3", "4"),
    shifted_affine: (BAD_FILE, BAD, "5"),
    truncated_gzip: (BAD_FILE, BAD),
    missing_case: (BAD,),
    path_escape: (f"../../{BAD_FILE}",),
    zip_bomb: (BAD_FILE,),
    pdf_named_nifti: (BAD_FILE, BAD, "PDF"),
}


@pytest.mark.parametrize(("make", "named"), REFUSED.items(), ids=[make.__name__ for make in REFUSED])
def test_archive_is_refused_in_words_and_costs_nothing(
    tcga: TcgaChallenge, team: Person, make: Callable[[], bytes], named: tuple[str, ...]
) -> None:
    attempts = team.get(f"/phases/{tcga.phase['id']}/")["attempts"]
    made = team.submit(tcga.phase["id"], make(), method=make.__name__)
    found = team.wait_for_submission(made["id"])
    assert found["status"] == "rejected", found
    errors = [finding for finding in found["findings"] if finding["severity"] == "error"]
    assert errors
    said = " ".join(f"{row['file']} {row['case']} {row['sentence']} {row['remedy']}" for row in errors)
    assert all(part in said for part in named), said
    assert all(row["remedy"] for row in errors), errors
    assert found["evaluations"] == []
    assert team.get(f"/phases/{tcga.phase['id']}/")["attempts"] == attempts
    for case in team.rows(f"/phases/{tcga.phase['id']}/cases/"):
        team.get(f"/submissions/{made['id']}/predictions/{case['id']}/labelmap/", status=404)


def test_every_problem_is_told_at_once(tcga: TcgaChallenge, team: Person) -> None:
    archive = zip_of([(f"{GOOD}.nii.gz", b"%PDF-1.7"), ("TCGA-XX-0000.nii.gz", good_mask())])
    made = team.submit(tcga.phase["id"], archive, method="three problems")
    findings = team.wait_for_submission(made["id"])["findings"]
    told = {(row["file"], row["case"]) for row in findings if row["severity"] == "error"}
    assert {file for file, _ in told} >= {f"{GOOD}.nii.gz", "TCGA-XX-0000.nii.gz"}
    assert BAD in {case for _, case in told}


def test_isles_grid_mismatch_is_refused_on_import(stack: Stack) -> None:
    organizer = Person(stack.address, "isles-organizer")
    organizer.create_challenge("isles")
    dataset = organizer.create_dataset("isles")
    isles = DATA / "isles22"
    record: Any = organizer.import_archive(
        dataset["id"],
        zip_of(
            [
                ("ISLES-0009/ISLES-0009_flair.nii.gz", isles / "sub-strokecase0009_ses-0001_flair.nii.gz"),
                ("ISLES-0009/ISLES-0009_t2.nii.gz", isles / "sub-strokecase0009_ses-0001_dwi.nii.gz"),
                ("ISLES-0009/ISLES-0009_seg.nii.gz", isles / "sub-strokecase0009_ses-0001_msk.nii.gz"),
            ]
        ),
    )
    assert record["status"] == "refused", record
    said = " ".join(f"{row['file']} {row['case']} {row['sentence']}" for row in record["report"])
    assert "ISLES-0009" in said
    assert "512×512×29" in said
    assert "112×112×73" in said
    assert "resample" in said
    assert organizer.rows(f"/datasets/{dataset['id']}/cases/") == []
    assert organizer.rows(f"/datasets/{dataset['id']}/versions/") == []
