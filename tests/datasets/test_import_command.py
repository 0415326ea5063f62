"""`manage.py import_dataset`: a folder or an archive, shown, stored, through the same services."""

import io
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from backend.datasets.models import Case, Dataset, DatasetImport
from tests.factories.challenges import ChallengeFactory, member
from tests.factories.datasets import ensure_scheme, make_dataset
from tests.jobs import run_due_jobs
from tests.phantoms import case_files, nifti_bytes, tumour
from tests.shared_data import zip_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    root = tmp_path / "gliomas"
    for name, data in [*case_files("A"), *case_files("B"), ("readme.txt", b"hello")]:
        target = root / name
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(data)
    return root


def run(path: Path, dataset: Dataset | None = None, *arguments: str, challenge: str = "") -> str:
    out = io.StringIO()
    slug = dataset.challenge.slug if dataset else challenge
    name = dataset.name if dataset else "Gliomas"
    call_command("import_dataset", str(path), "--challenge", slug, "--dataset", name, *arguments, stdout=out)
    return out.getvalue()


def test_folder_becomes_a_version_of_a_new_dataset(folder: Path) -> None:
    ensure_scheme("brats2017")
    challenge = ChallengeFactory()
    told = run(folder, None, "--create", "--yes", challenge=challenge.slug)
    dataset = Dataset.objects.get(challenge=challenge, name="Gliomas")
    assert [case.name for case in dataset.versions.get().cases.all()] == ["A", "B"]
    assert "Layout: brats2017" in told
    assert "A: flair, t1, t1c, t2" in told
    assert "readme.txt: not an image" in told
    assert "Storing case 2 of 2" in told
    assert "v1: 2 cases" in told


def test_preview_stores_nothing(folder: Path) -> None:
    told = run(folder, make_dataset(), "--preview")
    assert "Nothing was stored" in told
    assert not Case.objects.exists()
    assert DatasetImport.objects.get().status == "discarded"


def test_the_same_folder_again_is_nothing_new(folder: Path) -> None:
    dataset = make_dataset()
    run(folder, dataset, "--yes")
    assert "nothing new" in run(folder, dataset, "--yes")
    assert dataset.versions.count() == 1


def test_archive_with_raters_enters_their_work(tmp_path: Path) -> None:
    dataset = make_dataset(raters_required=1)
    rater = member(dataset.challenge, "rater", username="ann")
    path = tmp_path / "cases.zip"
    path.write_bytes(zip_of([*case_files("A"), ("A/raters/first.nii.gz", nifti_bytes(tumour()))]))
    run(path, dataset, "--yes", "--rater", "first=ann")
    run_due_jobs()
    case = dataset.versions.get().cases.get()
    assert case.assignments.get().rater == rater
    assert case.consensus_versions.get().method == "majority"


def test_refusals_are_told_in_words(tmp_path: Path, folder: Path) -> None:
    dataset = make_dataset()
    (tmp_path / "bad.zip").write_bytes(b"%PDF-1.7")
    with pytest.raises(CommandError, match=r"bad\.zip: is no \.zip"):
        run(tmp_path / "bad.zip", dataset, "--yes")
    with pytest.raises(CommandError, match="does not exist"):
        run(tmp_path / "absent.zip", dataset)
    with pytest.raises(CommandError, match="make it with --create"):
        run(folder, None, challenge=dataset.challenge.slug)
    with pytest.raises(CommandError, match="is not organized by nobody"):
        run(folder, dataset, "--user", "nobody")
    with pytest.raises(CommandError, match="write NAME=USERNAME"):
        run(folder, dataset, "--rater", "first")
