"""An import from the upload to the new version, in process: the same services and jobs as everywhere."""

import gzip
import io
import tarfile

import nibabel as nib
import numpy as np
import pytest

from backend.common import blobs
from backend.common.models import Job
from backend.datasets import import_services, storing
from backend.datasets.errors import BadConfirmation, ImportNotWaiting
from backend.datasets.models import Case, CaseFile, Dataset, DatasetImport, DatasetVersion
from backend.numerics.volumes import header_texts, read_volume
from tests.factories.challenges import member
from tests.factories.datasets import import_cases, inspect, make_dataset, organizer_of, receive, store
from tests.jobs import run_due_jobs
from tests.phantoms import AFFINE, case_files, image, nifti_bytes, tumour
from tests.shared_data import DATA, needs_shared_data, zip_of

pytestmark = pytest.mark.django_db

Status = DatasetImport.Status


@pytest.fixture
def dataset() -> Dataset:
    return make_dataset()


def sentences(found: DatasetImport, severity: str = "error") -> list[str]:
    return [row["sentence"] for row in found.report if row["severity"] == severity]


def with_header_text(text: bytes) -> bytes:
    volume = nib.Nifti1Image(image(0), AFFINE)
    volume.header["descrip"] = text
    return gzip.compress(volume.to_bytes())


def test_preview_shows_what_was_recognised_and_stores_nothing(dataset: Dataset) -> None:
    files = [*case_files("A"), *case_files("B", sequences=("flair", "t1")), ("notes.txt", b"hello")]
    found = inspect(dataset, [*files, ("A/A_seg.nii.gz", nifti_bytes(tumour()))])
    assert found.status == Status.INSPECTED
    assert found.layout == "brats2017"
    first, second = found.preview["cases"]
    assert first["images"] == {
        key: f"A/A_{name}.nii.gz"
        for key, name in {"flair": "flair", "t1": "t1", "t1c": "t1ce", "t2": "t2"}.items()
    }
    assert first["reference"] == "A/A_seg.nii.gz"
    assert first["grid"] == {"shape": [32, 32, 32], "spacing_mm": [1.0, 1.0, 1.0], "orientation": "LPS"}
    assert second["missing"] == ["t1c", "t2"]
    assert first["storable"]
    assert second["storable"]
    assert found.preview["ignored"] == [{"file": "notes.txt", "reason": "not an image"}]
    assert found.preview["counts"]["cases"] == 2
    assert found.preview["counts"]["images"] == 6
    assert (found.done, found.total) == (2, 2)
    assert any("no T1c, no T2" in sentence for sentence in sentences(found, "warning"))
    assert not Case.objects.exists()


def test_confirmed_import_becomes_a_version_with_all_files(dataset: Dataset) -> None:
    found = store(inspect(dataset, [*case_files("A"), ("A/A_seg.nii.gz", nifti_bytes(tumour()))]))
    assert found.status == Status.STORED
    assert found.version == dataset.versions.get(number=1)
    case = found.version.cases.get()
    assert {(file.kind, file.sequence) for file in case.files.all()} == {
        ("image", "flair"), ("image", "t1"), ("image", "t1c"), ("image", "t2"), ("reference", ""),
    }  # fmt: skip
    flair = case.files.get(sequence="flair")
    assert blobs.read_blob(flair.original_digest) == dict(case_files("A"))["A/A_flair.nii.gz"]
    served = read_volume(blobs.read_blob(flair.served_digest), name="served.nii.gz")
    np.testing.assert_array_equal(served.array, image(0))
    assert blobs.read_blob(flair.thumbnail_digest).startswith(b"\x89PNG")


def test_imported_reference_is_adopted_as_consensus(dataset: Dataset) -> None:
    version = store(inspect(dataset, [*case_files("A"), ("A/A_seg.nii.gz", nifti_bytes(tumour()))])).version
    consensus = version.cases.get().consensus_versions.get()
    assert consensus.method == "imported"
    labelmap = read_volume(blobs.read_blob(consensus.labelmap_digest), name="served.nii.gz")
    np.testing.assert_array_equal(labelmap.array, tumour())


def test_upload_is_let_go_once_its_archive_is_stored(dataset: Dataset) -> None:
    archive = zip_of(case_files("A"))
    found = receive(dataset, archive)
    path = found.upload.path
    assert path.exists()
    run_due_jobs()
    found.refresh_from_db()
    assert blobs.read_blob(found.archive_digest) == archive
    assert found.upload.released_at is not None


def test_free_header_text_is_reported_and_not_served(dataset: Dataset) -> None:
    data = with_header_text(b"Jane Doe 1970-01-01")
    found = store(inspect(dataset, [("A/A_flair.nii.gz", data)]))
    assert any("could identify a patient" in sentence for sentence in sentences(found, "warning"))
    assert "Jane Doe" not in str(found.report)
    file = CaseFile.objects.get()
    served = blobs.read_blob(file.served_digest)
    assert b"Jane Doe" not in gzip.decompress(served)
    assert header_texts(read_volume(served, name="served.nii.gz")) == []
    assert b"Jane Doe" in gzip.decompress(blobs.read_blob(file.original_digest))


def test_error_in_one_case_leaves_the_others_storable(dataset: Dataset) -> None:
    smaller = nifti_bytes(image(1)[:, :, :20])
    bad = [("B/B_flair.nii.gz", nifti_bytes(image(0))), ("B/B_t1.nii.gz", smaller)]
    found = inspect(dataset, [*case_files("A"), *bad])
    assert {case["name"]: case["storable"] for case in found.preview["cases"]} == {"A": True, "B": False}
    (sentence,) = sentences(found)
    assert sentence.startswith("case B: B/B_t1.nii.gz: grid 32×32×20 instead of 32×32×32")
    assert "resample" in sentence
    version = store(found).version
    assert [case.name for case in version.cases.all()] == ["A"]


def test_confirming_all_is_refused_where_one_case_is_broken(dataset: Dataset) -> None:
    found = inspect(dataset, [*case_files("A"), ("B/B_flair.nii.gz", b"%PDF-1.7")])
    with pytest.raises(BadConfirmation, match="1 of 2 cases cannot be stored"):
        import_services.confirm_import(import_id=found.pk, user=found.created_by, raters={}, require_all=True)


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"%PDF-1.7 hello", "PDF"),
        (nifti_bytes(image(0))[:5000], "cut off"),
        (nifti_bytes(np.full((32, 32, 32), 7, np.int16)), "every voxel"),
        (b"", "empty"),
    ],
    ids=["pdf", "truncated", "constant", "empty"],
)
def test_archive_without_a_storable_case_is_refused_in_words(
    dataset: Dataset, data: bytes, words: str
) -> None:
    found = inspect(dataset, [("A/A_flair.nii.gz", data)])
    assert found.status == Status.REFUSED
    assert found.reason_code == "nothing_storable"
    assert "A/A_flair.nii.gz" in found.reason
    assert words in found.reason
    assert not Case.objects.exists()


def test_labels_of_another_scheme_are_named_with_a_suggestion(dataset: Dataset) -> None:
    labels = tumour()
    labels[labels == 4] = 3
    found = inspect(dataset, [*case_files("A"), ("A/A_seg.nii.gz", nifti_bytes(labels))])
    assert found.status == Status.REFUSED
    assert "A/A_seg.nii.gz" in found.reason
    assert "label 3" in found.reason
    assert "BraTS 2023" in found.reason


@pytest.mark.parametrize(
    ("archive", "code"),
    [
        (b"%PDF-1.7", "not_an_archive"),
        (zip_of([("../A_flair.nii.gz", b"x")]), "unsafe_name"),
        (zip_of([("a.nii.gz", b"x")])[:40], "damaged"),
    ],
    ids=["pdf", "escape", "truncated"],
)
def test_unsafe_archive_is_refused_whole(dataset: Dataset, archive: bytes, code: str) -> None:
    found = inspect(dataset, archive)
    assert found.status == Status.REFUSED
    assert found.reason_code == code
    assert "cases.zip" in found.reason
    assert sentences(found) == [found.reason]


def test_files_of_no_known_layout_are_refused_with_a_question(dataset: Dataset) -> None:
    found = inspect(dataset, [("a/b/c.nii.gz", nifti_bytes(image(0)))])
    assert found.status == Status.REFUSED
    assert found.reason_code == "unrecognised"


def test_tar_gz_is_imported_alike(dataset: Dataset) -> None:
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w:gz") as archive:
        for name, data in case_files("A"):
            info = tarfile.TarInfo(name)
            info.size = len(data)
            archive.addfile(info, io.BytesIO(data))
    found = store(inspect(dataset, out.getvalue(), filename="cases.tar.gz"))
    assert found.version.cases.get().files.count() == 4


def test_decathlon_channels_become_sequences_of_one_original(dataset: Dataset) -> None:
    channels = np.stack([image(index) for index in range(4)], axis=-1)
    description = b'{"modality": {"0": "FLAIR", "1": "T1w", "2": "t1gd", "3": "T2w"}}'
    found = inspect(
        dataset,
        [
            ("Task01/dataset.json", description),
            ("Task01/imagesTr/BRATS_001.nii.gz", nifti_bytes(channels)),
        ],
    )
    assert found.layout == "decathlon"
    case = store(found).version.cases.get()
    assert case.files.count() == 4
    assert case.files.values("original_digest").distinct().count() == 1
    t2 = case.files.get(sequence="t2")
    np.testing.assert_array_equal(
        read_volume(blobs.read_blob(t2.served_digest), name="t2.nii.gz").array, image(3)
    )


def test_next_import_keeps_the_other_cases_and_replaces_those_of_the_same_name(dataset: Dataset) -> None:
    first = import_cases(dataset, "A", "B")
    changed = [("B/B_flair.nii.gz", nifti_bytes(image(9)))]
    found = inspect(dataset, [*changed, *case_files("C")])
    assert [case["replaces"] for case in found.preview["cases"]] == [True, False]
    second = store(found).version
    assert (first.number, second.number) == (1, 2)
    assert [case.name for case in second.cases.all()] == ["A", "B", "C"]
    assert second.cases.get(name="A") == first.cases.get(name="A")
    assert second.cases.get(name="B") != first.cases.get(name="B")
    assert first.cases.count() == 2


def test_same_archive_again_makes_no_version(dataset: Dataset) -> None:
    import_cases(dataset, "A")
    found = store(inspect(dataset, case_files("A")))
    assert found.status == Status.STORED
    assert found.reason_code == "unchanged"
    assert found.version is None
    assert dataset.versions.count() == 1


def test_storing_twice_stores_once(dataset: Dataset) -> None:
    found = store(inspect(dataset, case_files("A")))
    storing.store_import(import_id=found.pk)
    DatasetImport.objects.filter(pk=found.pk).update(
        status=Status.CONFIRMED
    )  # as a worker that died at the end
    storing.store_import(import_id=found.pk)
    assert dataset.versions.count() == 1
    assert Case.objects.count() == 1
    assert CaseFile.objects.count() == 4


def test_skipped_cases_are_left_out(dataset: Dataset) -> None:
    found = store(inspect(dataset, [*case_files("A"), *case_files("B")]), skip_cases=["B"])
    assert [case.name for case in found.version.cases.all()] == ["A"]


def test_raters_labelmaps_are_entered_as_their_work(dataset: Dataset) -> None:
    raters = {name: member(dataset.challenge, "rater") for name in ("ann", "bob", "cy")}
    files = [(f"A/raters/{name}.nii.gz", nifti_bytes(tumour())) for name in (*raters, "stranger")]
    found = inspect(dataset, [*case_files("A"), *files])
    assert found.preview["raters"] == ["ann", "bob", "cy", "stranger"]
    version = store(found, raters={name: rater.pk for name, rater in raters.items()}).version
    case = version.cases.get()
    assert {file.rater for file in case.files.filter(kind="rater")} == set(raters.values())
    assert case.assignments.filter(annotation__status="submitted").count() == 3
    assert case.consensus_versions.get().method == "majority"


def test_labelmaps_alone_join_the_cases_that_are_there(dataset: Dataset) -> None:
    import_cases(dataset, "A")
    raters = {name: member(dataset.challenge, "rater") for name in ("ann", "bob")}
    found = inspect(dataset, [(f"{name}/A.nii.gz", nifti_bytes(tumour())) for name in raters])
    assert found.layout == "raters"
    version = store(found, raters={name: rater.pk for name, rater in raters.items()}).version
    case = version.cases.get()
    assert case.files.filter(kind="image").count() == 4
    assert case.assignments.count() == 2


def test_labelmaps_of_an_unknown_case_are_refused(dataset: Dataset) -> None:
    found = inspect(dataset, [(f"{name}/A.nii.gz", nifti_bytes(tumour())) for name in ("ann", "bob")])
    assert found.status == Status.REFUSED
    assert "import its images first" in found.reason


@pytest.mark.parametrize(
    ("raters", "words"),
    [({"nobody": 1}, "no labelmaps of nobody"), ({"ann": 10**6}, "no raters of this challenge")],
)
def test_confirmation_names_wrong_raters(dataset: Dataset, raters: dict[str, int], words: str) -> None:
    found = inspect(dataset, [*case_files("A"), ("A/raters/ann.nii.gz", nifti_bytes(tumour()))])
    with pytest.raises(BadConfirmation, match=words):
        import_services.confirm_import(import_id=found.pk, user=found.created_by, raters=raters)


def test_import_is_confirmed_once(dataset: Dataset) -> None:
    found = store(inspect(dataset, case_files("A")))
    with pytest.raises(ImportNotWaiting):
        import_services.confirm_import(import_id=found.pk, user=found.created_by, raters={})


def test_discarded_import_is_not_looked_at(dataset: Dataset) -> None:
    found = receive(dataset, zip_of(case_files("A")))
    import_services.discard_import(import_id=found.pk, user=organizer_of(dataset))
    run_due_jobs()
    found.refresh_from_db()
    assert found.status == Status.DISCARDED
    assert found.preview == {}


def test_failed_import_is_taken_up_where_it_failed(dataset: Dataset) -> None:
    found = receive(dataset, zip_of(case_files("A")))
    import_services.give_up_import(import_id=found.pk, reason_code="worker_lost", reason="it went quiet")
    Job.objects.all().delete()
    found.refresh_from_db()
    assert found.status == Status.FAILED
    assert "try it again" in found.reason
    import_services.retry_import(import_id=found.pk, user=organizer_of(dataset))
    run_due_jobs()
    found.refresh_from_db()
    assert found.status == Status.INSPECTED
    import_services.confirm_import(import_id=found.pk, user=organizer_of(dataset), raters={})
    Job.objects.all().delete()
    import_services.give_up_import(import_id=found.pk, reason_code="time_limit", reason="too slow")
    import_services.retry_import(import_id=found.pk, user=organizer_of(dataset))
    run_due_jobs()
    found.refresh_from_db()
    assert found.status == Status.STORED


@needs_shared_data
def test_isles_grid_mismatch_is_refused_with_file_case_and_remedy(dataset: Dataset) -> None:
    isles, name = DATA / "isles22", "sub-strokecase0009_ses-0001"
    found = inspect(
        dataset,
        [
            (f"{name}/{name}_flair.nii.gz", isles / f"{name}_flair.nii.gz"),
            (f"{name}/{name}_seg.nii.gz", isles / f"{name}_msk.nii.gz"),
        ],
    )
    assert found.status == Status.REFUSED
    assert (
        f"case {name}: {name}/{name}_seg.nii.gz: grid 112×112×73 instead of 281×352×352" in found.reason
        or (f"case {name}" in found.reason and f"{name}_seg.nii.gz" in found.reason)
    )
    assert "resample" in found.reason
    assert not DatasetVersion.objects.exists()
    assert not CaseFile.objects.exists()
