"""A rater's home and upload, as the browser and programs meet them."""

import gzip
import uuid

import numpy as np
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from rest_framework.response import Response
from rest_framework.test import APIClient

from backend.accounts.models import User
from backend.annotations import services
from backend.annotations.models import Annotation
from backend.datasets.models import Dataset
from tests.factories.annotations import annotate, assign, make_raters, upload
from tests.factories.datasets import import_cases, make_dataset, organizer_of
from tests.phantoms import nifti_bytes, tumour

pytestmark = pytest.mark.django_db

API = "/api/v1"


def client_of(user: User) -> APIClient:
    client = APIClient()
    client.force_login(user)
    return client


@pytest.fixture
def dataset() -> Dataset:
    dataset = make_dataset()
    import_cases(dataset, "A", "B")
    return dataset


@pytest.fixture
def annotation(dataset: Dataset) -> Annotation:
    return assign(dataset, *make_raters(dataset, 1))[0]


@pytest.fixture
def rater(annotation: Annotation) -> APIClient:
    return client_of(annotation.assignment.rater)


def send(
    client: APIClient,
    annotation: Annotation,
    data: bytes,
    *,
    head: int | None = 0,
    edit_id: uuid.UUID | None = None,
) -> Response:
    body = {"file": SimpleUploadedFile("mine.nii.gz", data), "edit_id": str(edit_id or uuid.uuid4())}
    headers = {} if head is None else {"If-Match": f'"{head}"'}
    return client.post(
        f"{API}/annotations/{annotation.pk}/revisions/", body, format="multipart", headers=headers
    )


def test_organizer_assigns_over_http(dataset: Dataset) -> None:
    raters = make_raters(dataset, 2)
    answer = client_of(organizer_of(dataset)).post(
        f"{API}/datasets/{dataset.pk}/assignments/",
        {"raters": [rater.pk for rater in raters], "due_at": "2030-01-01T00:00:00Z"},
    )
    assert answer.status_code == 201
    rows = answer.json()
    assert len(rows) == 4
    assert {row["case"]["name"] for row in rows} == {"A", "B"}
    assert {row["annotation"]["status"] for row in rows} == {"assigned"}


def test_queue_is_filtered_by_state_and_dataset(
    dataset: Dataset, annotation: Annotation, rater: APIClient
) -> None:
    annotate(annotation, tumour())
    for query, names in (
        ("", ["A", "B"]),
        ("?status=submitted", ["A"]),
        ("?status=assigned", ["B"]),
        (f"?dataset={dataset.pk}", ["A", "B"]),
        (f"?dataset={uuid.uuid4()}", []),
        (f"?challenge={dataset.challenge.slug}", ["A", "B"]),
    ):
        rows = rater.get(f"{API}/assignments/{query}").json()["results"]
        assert [row["case"]["name"] for row in rows] == names, query
    assert rater.get(f"{API}/assignments/?status=lost").status_code == 400


def test_upload_is_answered_with_the_new_head(annotation: Annotation, rater: APIClient) -> None:
    answer = send(rater, annotation, nifti_bytes(tumour()))
    assert (answer.status_code, answer.json()["number"], answer["ETag"]) == (201, 1, '"1"')
    seen = rater.get(f"{API}/annotations/{annotation.pk}/")
    assert (seen.json()["head"], seen.json()["status"], seen["ETag"]) == (1, "draft", '"1"')
    labelmap = rater.get(seen.json()["labelmap_url"])
    voxels = np.frombuffer(gzip.decompress(labelmap.getvalue())[352:], np.uint8).reshape((32,) * 3, order="F")
    np.testing.assert_array_equal(voxels, tumour())


def test_retried_upload_is_answered_with_200(annotation: Annotation, rater: APIClient) -> None:
    edit_id = uuid.uuid4()
    first = send(rater, annotation, nifti_bytes(tumour()), edit_id=edit_id)
    again = send(rater, annotation, nifti_bytes(tumour()), edit_id=edit_id)
    assert (first.status_code, again.status_code) == (201, 200)
    assert first.json()["id"] == again.json()["id"]


def test_outdated_upload_is_answered_with_412_and_the_head(annotation: Annotation, rater: APIClient) -> None:
    upload(annotation, tumour())
    answer = send(rater, annotation, nifti_bytes(tumour()), head=0)
    assert (answer.status_code, answer.json()["code"]) == (412, "revision_outdated")
    assert answer.json()["details"] == {"head": 1}


@pytest.mark.parametrize("path", ["revisions/", "submit/"])
def test_upload_without_if_match_is_refused(annotation: Annotation, rater: APIClient, path: str) -> None:
    body = {"file": SimpleUploadedFile("mine.nii.gz", b"x"), "edit_id": str(uuid.uuid4())}
    answer = (
        rater.post(f"{API}/annotations/{annotation.pk}/{path}", body, format="multipart")
        if path == "revisions/"
        else rater.post(f"{API}/annotations/{annotation.pk}/{path}")
    )
    assert (answer.status_code, answer.json()["code"]) == (422, "if_match_missing")


def test_wrong_labelmap_is_refused_with_all_findings(annotation: Annotation, rater: APIClient) -> None:
    labels = tumour()[:, :, :30]
    labels[labels == 4] = 3
    answer = send(rater, annotation, nifti_bytes(labels))
    assert answer.status_code == 422
    codes = {finding["code"] for finding in answer.json()["details"]["findings"]}
    assert {"grid_shape", "unknown_labels"} <= codes
    assert not annotation.revisions.exists()


def test_too_large_file_is_refused_unread(
    annotation: Annotation, rater: APIClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(services, "MOST_FILE_BYTES", 100)
    answer = send(rater, annotation, nifti_bytes(tumour()))
    assert (answer.status_code // 100, answer.json()["code"]) == (4, "too_large")


def test_history_is_listed_and_restored(annotation: Annotation, rater: APIClient) -> None:
    upload(annotation, tumour())
    upload(annotation, np.zeros_like(tumour()))
    restored = rater.post(
        f"{API}/annotations/{annotation.pk}/restore/",
        {"revision": 1, "edit_id": str(uuid.uuid4())},
        headers={"If-Match": '"2"'},
    )
    assert (restored.status_code, restored.json()["number"]) == (201, 3)
    rows = rater.get(f"{API}/annotations/{annotation.pk}/revisions/").json()["results"]
    assert [(row["number"], row["kind"]) for row in rows] == [(1, "upload"), (2, "upload"), (3, "restore")]
    first, second, third = annotation.revisions.order_by("number")
    assert first.voxel_digest == third.voxel_digest != second.voxel_digest
    assert rater.get(f"{API}/annotations/{annotation.pk}/labelmap/?revision=2").status_code == 200
    assert rater.get(f"{API}/annotations/{annotation.pk}/labelmap/?revision=9").status_code == 404


def test_submit_then_reopen_with_a_reason(dataset: Dataset, annotation: Annotation, rater: APIClient) -> None:
    upload(annotation, tumour())
    submitted = rater.post(f"{API}/annotations/{annotation.pk}/submit/", headers={"If-Match": '"1"'})
    assert (submitted.status_code, submitted.json()["status"]) == (200, "submitted")
    reopened = client_of(organizer_of(dataset)).post(
        f"{API}/annotations/{annotation.pk}/reopen/", {"reason": "Missed an island"}
    )
    assert (reopened.status_code, reopened.json()["reopen_reason"]) == (200, "Missed an island")


def test_rater_never_meets_another_raters_work(dataset: Dataset) -> None:
    own, others, *_ = assign(dataset, *make_raters(dataset, 2))
    annotate(others, tumour())
    client = client_of(own.assignment.rater)
    for path in ("", "labelmap/", "revisions/"):
        assert client.get(f"{API}/annotations/{others.pk}/{path}").status_code == 404
    rows = client.get(f"{API}/assignments/").json()["results"]
    assert {row["rater"]["id"] for row in rows} == {own.assignment.rater_id}
    assert client.get(f"{API}/datasets/{dataset.pk}/consensus/").status_code == 403
