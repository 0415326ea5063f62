"""Voxels of which a rater is unsure: kept in the log, dropped from what leaves the platform."""

import gzip
import uuid
from base64 import b64encode

import nibabel as nib
import numpy as np
import pytest
from rest_framework.test import APIClient

from backend.annotations import edit_services, errors, services
from backend.annotations.models import Annotation
from backend.datasets.models import Dataset
from backend.numerics.edits import edit_between, encode_edit
from backend.numerics.labels import UNSURE
from tests import phantoms
from tests.annotations.drawing_client import append, empty, new_edit, replayed, server_labelmap
from tests.factories.annotations import assign, make_raters, upload
from tests.factories.datasets import import_cases, make_dataset
from tests.phantoms import nifti_bytes

pytestmark = pytest.mark.django_db
BOX = (slice(4, 9), slice(5, 8), slice(6, 7))


@pytest.fixture
def annotation() -> Annotation:
    return annotation_of(make_dataset())


def annotation_of(dataset: Dataset) -> Annotation:
    import_cases(dataset, "A")
    return assign(dataset, *make_raters(dataset, 1))[0]


def atlas() -> Dataset:
    """A dataset with a label that uses the bit itself."""
    dataset = make_dataset()
    dataset.scheme.labels = [*dataset.scheme.labels, {"value": 130, "name": "clip", "color": "#123456"}]
    dataset.scheme.save()
    return dataset


def tumour() -> np.ndarray:
    return np.asfortranarray(phantoms.tumour())


def marked(labels: np.ndarray) -> np.ndarray:
    """The same, with half of it and some background unsure."""
    unsure = labels.copy(order="F")
    unsure[:16] |= UNSURE
    return unsure


def test_edits_mark_labels_and_background_and_unmark_them(annotation: Annotation) -> None:
    wanted = marked(tumour())
    append(annotation, new_edit(edit_between(empty(), tumour()), label=2), base=0)
    append(annotation, new_edit(edit_between(tumour(), wanted), tool="unsure"), base=1)
    np.testing.assert_array_equal(server_labelmap(annotation), wanted)
    saved = services.restore_revision(
        annotation_id=annotation.pk,
        user=annotation.assignment.rater,
        base=2,
        edit_id=uuid.uuid4(),
        number=2,
    )
    append(annotation, new_edit(edit_between(wanted, tumour()), tool="unsure"), base=3)
    log, agreeing = replayed(annotation)
    np.testing.assert_array_equal(log, tumour())
    assert saved.revision.snapshot_digest
    assert agreeing == 2


@pytest.mark.parametrize("value", [UNSURE | 3, UNSURE | 127])
def test_marked_voxels_hold_only_labels_of_the_scheme(annotation: Annotation, value: int) -> None:
    after = empty()
    after[BOX] = value
    with pytest.raises(errors.BadEdit, match=f"paints label {value - UNSURE}, which"):
        append(annotation, new_edit(edit_between(empty(), after)), base=0)


def test_a_tools_label_is_never_marked(annotation: Annotation) -> None:
    after = empty()
    after[BOX] = UNSURE | 2
    with pytest.raises(errors.BadEdit, match="paints label 130, which"):
        append(annotation, new_edit(edit_between(empty(), after), label=130), base=0)


def test_where_a_label_uses_the_bit_nothing_is_marked() -> None:
    annotation = annotation_of(atlas())
    labels = tumour()
    labels[BOX] = 130
    upload(annotation, labels)
    after = labels.copy(order="F")
    after[BOX] = UNSURE | 4
    with pytest.raises(errors.BadEdit, match="paints label 132, which"):
        append(annotation, new_edit(edit_between(labels, after)), base=1)
    assert (downloaded(annotation, "drop") == labels).all()


def test_what_the_studio_has_saved_is_uploaded_with_its_marks(annotation: Annotation) -> None:
    wanted = marked(tumour())
    upload(annotation, wanted)
    np.testing.assert_array_equal(server_labelmap(annotation), wanted)
    with pytest.raises(errors.BadLabelmap, match="holds label 3, which"):
        upload(annotation, np.where(tumour() == 4, UNSURE | 3, 0).astype(np.uint8))


def test_128_alone_is_another_programs_label(annotation: Annotation) -> None:
    with pytest.raises(errors.BadLabelmap, match="holds label 128, which"):
        upload(annotation, np.where(tumour() > 0, 128, 0).astype(np.uint8))


@pytest.mark.parametrize("snapshot_every", [1, 200])
def test_what_leaves_the_platform_has_no_marks(
    annotation: Annotation, snapshot_every: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(edit_services, "SNAPSHOT_EVERY", snapshot_every)
    wanted = marked(tumour())
    append(annotation, new_edit(edit_between(empty(), wanted)), base=0)
    np.testing.assert_array_equal(downloaded(annotation, ""), wanted)
    np.testing.assert_array_equal(downloaded(annotation, "keep"), wanted)
    np.testing.assert_array_equal(downloaded(annotation, "drop"), tumour())
    rater = client_of(annotation)
    told = rater.get(f"/api/v1/annotations/{annotation.pk}/").json()["labelmap_url"]
    np.testing.assert_array_equal(voxels_of(rater, told), tumour())


def test_another_word_for_it_is_refused(annotation: Annotation) -> None:
    answer = client_of(annotation).get(f"/api/v1/annotations/{annotation.pk}/labelmap/?unsure=maybe")
    assert answer.status_code == 422
    assert "keep or drop" in answer.json()["detail"]


def test_the_log_carries_the_marks(annotation: Annotation) -> None:
    runs = b64encode(encode_edit(edit_between(empty(), marked(tumour())))).decode()
    client = client_of(annotation)
    path = f"/api/v1/annotations/{annotation.pk}/edits/"
    edit = {"edit_id": str(uuid.uuid4()), "tool": "unsure", "label": None, "runs": runs}
    assert client.post(path, {"edits": [edit]}, headers={"If-Match": '"0"'}).status_code == 201
    assert client.get(path).json()["edits"][0]["runs"] == runs


def client_of(annotation: Annotation) -> APIClient:
    client = APIClient()
    client.force_login(annotation.assignment.rater)
    return client


def downloaded(annotation: Annotation, unsure: str) -> np.ndarray:
    query = f"?unsure={unsure}" if unsure else ""
    return voxels_of(client_of(annotation), f"/api/v1/annotations/{annotation.pk}/labelmap/{query}")


def voxels_of(client: APIClient, url: str) -> np.ndarray:
    answer = client.get(url)
    assert answer.status_code == 200
    return np.asarray(nib.Nifti1Image.from_bytes(gzip.decompress(answer.getvalue())).dataobj)


def test_a_file_of_wider_integers_keeps_its_marks(annotation: Annotation) -> None:
    upload(annotation, nifti_bytes(marked(tumour()).astype(np.int16)))
    np.testing.assert_array_equal(server_labelmap(annotation), marked(tumour()))
