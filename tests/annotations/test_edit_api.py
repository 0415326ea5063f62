"""The log of edits, as the studio meets it."""

import gzip
import uuid
from base64 import b64decode, b64encode

import nibabel as nib
import numpy as np
import pytest
from rest_framework.response import Response
from rest_framework.test import APIClient

from backend.annotations import selectors
from backend.annotations.models import Annotation
from backend.datasets.models import Dataset
from backend.datasets.selectors import grid_of
from backend.numerics.edits import apply_edit, decode_edit, encode_edit
from tests.annotations.drawing_client import VOXELS, empty, painted
from tests.factories.annotations import assign, make_raters, upload
from tests.factories.datasets import organizer_of
from tests.phantoms import AFFINE, tumour

pytestmark = pytest.mark.django_db
BOX = (slice(4, 9), slice(5, 8), slice(6, 7))


@pytest.fixture
def rater(annotation: Annotation) -> APIClient:
    return client_of(annotation.assignment.rater)


def client_of(user) -> APIClient:
    client = APIClient()
    client.force_login(user)
    return client


def record(before: np.ndarray | None = None, label: int = 2, **fields: object) -> dict:
    edit = painted(empty() if before is None else before, BOX, label)
    runs = b64encode(encode_edit(edit)).decode()
    return {"edit_id": str(uuid.uuid4()), "tool": "brush", "label": label, "runs": runs} | fields


def post(client: APIClient, annotation: Annotation, *edits: dict, head: int | None = 0) -> Response:
    headers = {} if head is None else {"If-Match": f'"{head}"'}
    return client.post(f"/api/v1/annotations/{annotation.pk}/edits/", {"edits": edits}, headers=headers)


def labelmap_of(client: APIClient, annotation: Annotation, query: str = "") -> nib.Nifti1Image:
    answer = client.get(f"/api/v1/annotations/{annotation.pk}/labelmap/{query}")
    assert (answer.status_code, answer["Content-Type"]) == (200, "application/gzip")
    return nib.Nifti1Image.from_bytes(gzip.decompress(answer.getvalue()))


def test_edits_are_appended_listed_and_downloaded(annotation: Annotation, rater: APIClient) -> None:
    first = record(started_at="2026-11-22T10:00:00Z", active_ms=1234)
    answer = post(rater, annotation, first)
    assert (answer.status_code, answer["ETag"]) == (201, '"1"')
    assert answer.json() == {"head": 1, "revisions": [{"edit_id": first["edit_id"], "number": 1}]}
    again = post(rater, annotation, first)
    assert (again.status_code, again.json()) == (200, answer.json())

    log = rater.get(f"/api/v1/annotations/{annotation.pk}/edits/?after=0").json()
    (edit,) = log["edits"]
    assert (log["head"], edit["number"], edit["kind"], edit["voxels_changed"]) == (1, 1, "edit", 15)
    assert {key: edit[key] for key in first} == first
    state = empty()
    apply_edit(state, decode_edit(b64decode(edit["runs"]), voxels=VOXELS))
    image = labelmap_of(rater, annotation)
    np.testing.assert_array_equal(np.asarray(image.dataobj), state)
    np.testing.assert_array_equal(image.affine, AFFINE)

    (row,) = rater.get(f"/api/v1/annotations/{annotation.pk}/revisions/").json()["results"]
    assert (row["tool"], row["label"], row["voxels_changed"], row["active_ms"]) == ("brush", 2, 15, 1234)
    assert rater.get(f"/api/v1/annotations/{annotation.pk}/").json()["active_ms"] == 1234


def test_before_the_first_revision_the_labelmap_is_empty(annotation: Annotation, rater: APIClient) -> None:
    for query in ("", "?revision=0"):
        image = labelmap_of(rater, annotation, query)
        assert (image.shape, np.asarray(image.dataobj).any()) == (empty().shape, False)
        np.testing.assert_array_equal(image.affine, grid_of(annotation.assignment.case).matrix)
    assert rater.get(f"/api/v1/annotations/{annotation.pk}/labelmap/?revision=1").status_code == 404
    assert rater.get(f"/api/v1/annotations/{annotation.pk}/edits/").json() == {"head": 0, "edits": []}
    post(rater, annotation, record())
    assert not np.asarray(labelmap_of(rater, annotation, "?revision=0").dataobj).any()


def test_an_upload_in_the_log_has_no_runs(annotation: Annotation, rater: APIClient) -> None:
    post(rater, annotation, record())
    upload(annotation, tumour())
    post(rater, annotation, record(np.asfortranarray(tumour()), label=4), head=2)
    log = rater.get(f"/api/v1/annotations/{annotation.pk}/edits/?after=1").json()
    assert [(edit["number"], edit["kind"], edit["runs"] is None) for edit in log["edits"]] == [
        (2, "upload", True),
        (3, "edit", False),
    ]
    assert rater.get(f"/api/v1/annotations/{annotation.pk}/edits/?after=-1").status_code == 422


def test_a_long_log_comes_in_parts(
    annotation: Annotation, rater: APIClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    state, edits = empty(), []
    for label in (2, 4, 1):
        edits.append(record(state, label))
        state[BOX] = label
    post(rater, annotation, *edits)
    for limit in ({"MOST_EDITS_READ": 2}, {"MOST_BYTES_READ": 20}):
        with monkeypatch.context() as limits:
            for name, value in limit.items():
                limits.setattr(selectors, name, value)
            numbers, after = [], 0
            while True:
                log = rater.get(f"/api/v1/annotations/{annotation.pk}/edits/?after={after}").json()
                assert 0 < len(log["edits"]) < 3
                numbers += [edit["number"] for edit in log["edits"]]
                if (after := numbers[-1]) == log["head"]:
                    break
            assert numbers == [1, 2, 3]


def test_refusals_have_their_status_and_code(annotation: Annotation, rater: APIClient) -> None:
    post(rater, annotation, record())
    outdated = post(rater, annotation, record())
    assert (outdated.status_code, outdated.json()["code"]) == (412, "revision_outdated")
    assert outdated.json()["details"] == {"head": 1}
    bad = record()
    diverged = post(rater, annotation, bad, head=1)
    assert (diverged.status_code, diverged.json()["code"]) == (409, "edit_diverged")
    assert diverged.json()["details"] == {"head": 1, "edit_id": bad["edit_id"]}
    unknown = post(rater, annotation, record(label=3), head=1)
    assert (unknown.status_code, unknown.json()["code"]) == (422, "unknown_labels")
    damaged = post(rater, annotation, record(runs=b64encode(b"nothing").decode()), head=1)
    assert (damaged.status_code, damaged.json()["code"]) == (422, "bad_edit")
    missing = post(rater, annotation, record(), head=None)
    assert (missing.status_code, missing.json()["code"]) == (422, "if_match_missing")
    for wrong in ({"runs": "ä"}, {"runs": 7}, {"runs": "abc"}, {"tool": "x" * 41}, {"active_ms": -1}):
        assert post(rater, annotation, record(**wrong), head=1).status_code == 400, wrong
    assert post(rater, annotation, head=1).status_code == 400
    assert annotation.revisions.count() == 1


def test_too_large_a_body_is_refused_before_it_is_read_as_json(
    annotation: Annotation, rater: APIClient
) -> None:
    body = b'{"edits": [' + b" " * (8 << 20) + b"]}"
    answer = rater.post(
        f"/api/v1/annotations/{annotation.pk}/edits/",
        body,
        content_type="application/json",
        headers={"If-Match": '"0"'},
    )
    assert (answer.status_code, answer.json()["code"]) == (413, "too_large")
    assert "more than 8 MiB" in answer.json()["detail"]


def test_a_body_of_six_mib_is_read(annotation: Annotation, rater: APIClient) -> None:
    """Above what Django and DRF take of a body by default."""
    answer = post(rater, annotation, record(padding="x" * (6 << 20)))
    assert answer.status_code == 201, answer.content[:300]


def test_raters_are_blind_to_each_others_strokes(dataset: Dataset, annotation: Annotation) -> None:
    post(client_of(annotation.assignment.rater), annotation, record())
    (other,) = make_raters(dataset, 1)
    assign(dataset, other)
    for path in ("edits/", "labelmap/?revision=0"):
        assert client_of(other).get(f"/api/v1/annotations/{annotation.pk}/{path}").status_code == 404
    assert post(client_of(other), annotation, record(), head=1).status_code == 404
    organizer = client_of(organizer_of(dataset))
    assert len(organizer.get(f"/api/v1/annotations/{annotation.pk}/edits/").json()["edits"]) == 1
    assert post(organizer, annotation, record(), head=1).status_code == 403
