"""Appending edits: idempotent, in order, all or none, and a snapshot where fusing needs one."""

import uuid
import zlib
from collections.abc import Iterator

import numpy as np
import pytest
from django.core.cache import cache
from django.db import connection
from django.test.utils import CaptureQueriesContext

from backend.annotations import edit_services, errors, selectors, services, submitting
from backend.annotations.models import Annotation
from backend.common import blobs
from backend.common.errors import NotAllowed, NotFound, TooLarge
from backend.datasets.models import Dataset
from backend.numerics.edits import encode_edit
from backend.numerics.volumes import read_labelmap
from tests.annotations.drawing_client import (
    VOXELS,
    append,
    empty,
    new_edit,
    painted,
    replayed,
    server_labelmap,
)
from tests.factories.annotations import assign, make_raters, upload
from tests.factories.datasets import import_cases, make_dataset, organizer_of
from tests.jobs import run_due_jobs
from tests.phantoms import nifti_bytes, tumour
from tests.racing import at_once

pytestmark = pytest.mark.django_db
BOX = (slice(4, 9), slice(5, 8), slice(6, 7))


@pytest.fixture(autouse=True)
def _fresh_cache() -> Iterator[None]:
    cache.clear()
    yield
    cache.clear()


def stroke(number: int, **fields: object) -> edit_services.NewEdit:
    """The edit that paints the voxel column `number`, which nothing else paints."""
    return new_edit(painted(empty(), (slice(0, 3), number % 32, number // 32), 2), **fields)


def labelled(*boxes: tuple, label: int = 2) -> np.ndarray:
    labels = empty()
    for box in boxes:
        labels[box] = label
    return labels


def test_edits_become_revisions_with_what_was_told(annotation: Annotation) -> None:
    first = stroke(0, label=2, active_ms=1500)
    second = stroke(1, label=2, active_ms=700)
    undo = new_edit(painted(labelled((slice(0, 3), 1, 0)), (slice(0, 3), 1, 0), 0), undoes=second.edit_id)
    appended = append(annotation, first, second, undo, base=0)
    assert (appended.head, [revision.number for revision in appended.revisions]) == (3, [1, 2, 3])
    annotation.refresh_from_db()
    assert (annotation.head, annotation.status, annotation.active_ms) == (3, "draft", 2200)
    rows = list(annotation.revisions.order_by("number"))
    assert [(row.kind, row.base, row.voxels_changed) for row in rows] == [
        ("edit", 0, 3),
        ("edit", 1, 3),
        ("edit", 2, 3),
    ]
    assert (rows[2].undoes, rows[0].snapshot_digest, bytes(rows[0].runs)) == (
        second.edit_id,
        "",
        first.runs,
    )
    np.testing.assert_array_equal(server_labelmap(annotation), labelled((slice(0, 3), 0, 0)))
    np.testing.assert_array_equal(
        server_labelmap(annotation, 2), labelled((slice(0, 3), slice(0, 2), slice(0, 1)))
    )


def test_retries_double_nothing(annotation: Annotation) -> None:
    first, second = stroke(0, active_ms=10), stroke(1, active_ms=10)
    append(annotation, first, base=0)
    again = append(annotation, first, base=0)
    assert (again.is_new, again.head) == (False, 1)
    # One known, one new: only the new one is appended.
    both = append(annotation, first, second, base=1)
    assert (both.is_new, [revision.number for revision in both.revisions]) == (True, [1, 2])
    outdated = append(annotation, second, first, base=0)
    assert (outdated.is_new, [revision.number for revision in outdated.revisions]) == (False, [2, 1])
    annotation.refresh_from_db()
    assert (annotation.head, annotation.revisions.count(), annotation.active_ms) == (2, 2, 20)


def test_outdated_edits_are_refused_with_the_head(annotation: Annotation) -> None:
    known = stroke(0)
    append(annotation, known, base=0)
    with pytest.raises(errors.RevisionOutdated) as caught:
        append(annotation, known, stroke(1), base=0)
    assert caught.value.details == {"head": 1}
    assert annotation.revisions.count() == 1


def test_an_edit_of_another_state_is_refused_and_takes_its_batch_along(annotation: Annotation) -> None:
    append(annotation, stroke(0), base=0)
    good, bad = stroke(1), new_edit(painted(labelled(BOX, label=4), BOX, 1), tool="lasso")
    with pytest.raises(
        errors.EditDiverged, match=r"Case A: edit 2 of 2 \(lasso\): .* not 4; load revision 1"
    ):
        append(annotation, good, bad, base=1)
    annotation.refresh_from_db()
    assert (annotation.head, annotation.revisions.count()) == (1, 1)
    np.testing.assert_array_equal(server_labelmap(annotation), labelled((slice(0, 3), 0, 0)))


@pytest.mark.parametrize(
    ("runs", "words"),
    [
        (b"PK\x03\x04", "not deflated"),
        (zlib.compress(bytes([0, 1, 0, 2]))[:-3], "cut short"),
        (zlib.compress(bytes([0, 1, 0])), "groups of 4"),
        (zlib.compress(bytes([0xFF, 0xFF, 0x01, 9, 0, 2])), f"beyond the grid's {VOXELS} voxels"),
    ],
    ids=["no zlib", "cut", "odd", "outside"],
)
def test_damaged_runs_are_refused_in_words(annotation: Annotation, runs: bytes, words: str) -> None:
    broken = new_edit(painted(empty(), BOX, 2), runs=runs, tool="ball")
    with pytest.raises(errors.BadEdit) as caught:
        append(annotation, stroke(0), broken, base=0)
    assert caught.value.sentence.startswith("Case A: edit 2 of 2 (ball): the edit")
    assert words in caught.value.sentence
    assert caught.value.details == {"edit_id": str(broken.edit_id)}
    assert not annotation.revisions.exists()


@pytest.mark.parametrize("edit", [{"label": 3}, {"runs": encode_edit(painted(empty(), BOX, 3))}])
def test_a_label_outside_the_scheme_is_refused(annotation: Annotation, edit: dict) -> None:
    with pytest.raises(errors.BadEdit, match="paints label 3, which BraTS 2017–2021 does not have") as caught:
        append(annotation, new_edit(painted(empty(), BOX, 2), **edit), base=0)
    assert caught.value.reason_code == "unknown_labels"
    assert "4 enhancing" in caught.value.sentence


def test_too_much_at_once_is_refused(annotation: Annotation, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(TooLarge, match="201 edits came at once; send at most 200"):
        append(annotation, *(stroke(number) for number in range(201)), base=0)
    with pytest.raises(TooLarge, match="more than 8 MiB"):
        append(annotation, new_edit(painted(empty(), BOX, 2), runs=bytes((8 << 20) + 1)), base=0)
    monkeypatch.setattr(edit_services, "MOST_RUNS", 2)
    with pytest.raises(TooLarge, match=r"edit 3 of 3 \(brush\): more than 2 runs"):
        append(annotation, stroke(0), stroke(1), stroke(2), base=0)
    assert not annotation.revisions.exists()


def test_ids_are_told_once_and_what_is_undone_must_be_there(annotation: Annotation) -> None:
    edit = stroke(0)
    with pytest.raises(errors.BadEdit, match="same edit_id"):
        append(annotation, edit, stroke(1, edit_id=edit.edit_id), base=0)
    with pytest.raises(errors.BadEdit, match="is to be undone is not in the log"):
        append(annotation, stroke(1, undoes=uuid.uuid4()), base=0)
    assert not annotation.revisions.exists()


def test_labels_over_255_are_no_ground_for_edits() -> None:
    dataset = make_dataset()
    dataset.scheme.labels = [*dataset.scheme.labels, {"value": 300, "name": "implant", "color": "#123456"}]
    dataset.scheme.save()
    import_cases(dataset, "A")
    (annotation,) = assign(dataset, *make_raters(dataset, 1))
    wide = tumour().astype(np.int16)
    wide[0, 0, 0] = 300
    upload(annotation, nifti_bytes(wide))
    with pytest.raises(errors.NotEditable, match="Case A: revision 1 holds label 300"):
        append(annotation, stroke(0), base=1)
    assert server_labelmap(annotation).max() == 300
    upload(annotation, tumour())
    append(annotation, stroke(0), base=2)


def test_a_submitted_annotation_takes_no_edits_until_it_is_reopened(
    dataset: Dataset, annotation: Annotation
) -> None:
    edit = stroke(0)
    append(annotation, edit, base=0)
    submitting.submit_annotation(annotation_id=annotation.pk, user=annotation.assignment.rater, base=1)
    with pytest.raises(errors.AlreadySubmitted):
        append(annotation, stroke(1), base=1)
    assert not append(annotation, edit, base=0).is_new
    submitting.reopen_annotation(
        annotation_id=annotation.pk, user=organizer_of(dataset), reason="Look at slice 12"
    )
    append(annotation, stroke(1), base=1)


def test_only_the_rater_edits(dataset: Dataset, annotation: Annotation) -> None:
    (other,) = make_raters(dataset, 1)
    for user, refused in ((organizer_of(dataset), NotAllowed), (other, NotFound)):
        with pytest.raises(refused):
            edit_services.append_edits(annotation_id=annotation.pk, user=user, base=0, edits=[stroke(0)])
    with pytest.raises(NotFound):
        selectors.get_annotation(other, annotation.pk)


def test_snapshots_are_taken_every_200_edits(annotation: Annotation) -> None:
    append(annotation, *(stroke(number) for number in range(150)), base=0)
    append(annotation, *(stroke(number) for number in range(150, 320)), base=150)
    append(annotation, *(stroke(number) for number in range(320, 450)), base=320)
    taken = annotation.revisions.exclude(snapshot_digest="").values_list("number", flat=True)
    assert list(taken) == [200, 400]
    labelmap, agreeing = replayed(annotation)
    assert agreeing == 2
    np.testing.assert_array_equal(server_labelmap(annotation), labelmap)
    assert labelmap.sum() == 450 * 3 * 2
    assert server_labelmap(annotation, 399).sum() == 399 * 3 * 2


def test_submitting_takes_a_snapshot_that_fusing_reads(dataset: Dataset) -> None:
    annotations = assign(dataset, *make_raters(dataset, 3))
    for annotation in annotations:
        append(annotation, new_edit(painted(empty(), BOX, 2)), base=0)
        submitting.submit_annotation(annotation_id=annotation.pk, user=annotation.assignment.rater, base=1)
    run_due_jobs()
    case = annotations[0].assignment.case
    revisions = selectors.submitted_of(case.pk)
    assert len({revision.snapshot_digest for revision in revisions} - {""}) == 1
    fused = case.consensus_versions.get()
    stored = read_labelmap(blobs.read_blob(fused.labelmap_digest), name="fused.nii.gz")
    np.testing.assert_array_equal(stored.array, labelled(BOX))
    assert fused.voxel_digest == revisions[0].voxel_digest


def test_an_edit_is_restored_and_edited_on(annotation: Annotation) -> None:
    append(annotation, stroke(0), stroke(1), base=0)
    saved = services.restore_revision(
        annotation_id=annotation.pk, user=annotation.assignment.rater, base=2, edit_id=uuid.uuid4(), number=1
    )
    assert (saved.revision.number, saved.revision.kind, saved.revision.runs) == (3, "restore", None)
    assert saved.revision.snapshot_digest == annotation.revisions.get(number=1).snapshot_digest != ""
    np.testing.assert_array_equal(server_labelmap(annotation), labelled((slice(0, 3), 0, 0)))
    append(annotation, stroke(1), base=3)
    labelmap, _ = replayed(annotation)
    np.testing.assert_array_equal(labelmap, labelled((slice(0, 3), slice(0, 2), slice(0, 1))))


def test_a_batch_without_change_is_kept_too(annotation: Annotation) -> None:
    """A rebase may leave nothing of an edit; whoever undoes it must still find it."""
    nothing = new_edit(painted(empty(), BOX, 0))
    append(annotation, nothing, stroke(0, undoes=nothing.edit_id), base=0)
    assert list(annotation.revisions.values_list("voxels_changed", flat=True)) == [0, 3]


@pytest.mark.django_db(transaction=True)
def test_an_append_asks_the_database_little_and_reads_no_file(monkeypatch: pytest.MonkeyPatch) -> None:
    dataset = make_dataset()
    import_cases(dataset, "A")
    (annotation,) = assign(dataset, *make_raters(dataset, 1))
    upload(annotation, tumour())
    labels = np.asfortranarray(tumour())
    edits = [new_edit(painted(labels, (slice(0, 2), at, 0), 2)) for at in range(30)]
    append(annotation, edits[0], base=1)  # which puts the head into the cache
    monkeypatch.setattr(blobs, "read_blob", lambda digest: pytest.fail("a file was read"))
    counts = []
    for sent, base in ((edits[1:2], 2), (edits[2:], 3)):
        with CaptureQueriesContext(
            connection,
        ) as queries:
            append(annotation, *sent, base=base)
        counts.append(
            len([query for query in queries if query["sql"].split()[0] in {"SELECT", "INSERT", "UPDATE"}])
        )
    assert counts == [9, 9], "of one edit, and of 28"


@pytest.mark.django_db(transaction=True)
def test_the_cache_is_never_trusted_with_another_revision() -> None:
    dataset = make_dataset()
    import_cases(dataset, "A")
    (annotation,) = assign(dataset, *make_raters(dataset, 1))
    append(annotation, stroke(0), base=0)
    key = f"head-labelmap:{annotation.pk}"
    old = cache.get(key)
    append(annotation, stroke(1), base=1)
    assert cache.get(key)[0] != old[0]
    cache.set(key, old)  # as if a slower process had written last
    append(annotation, stroke(2), base=2)
    labelmap, _ = replayed(annotation)
    np.testing.assert_array_equal(server_labelmap(annotation), labelmap)
    assert labelmap.sum() == 3 * 3 * 2


def test_without_a_cache_edits_are_saved_all_the_same(annotation: Annotation, settings) -> None:
    backend = "django.core.cache.backends.redis.RedisCache"
    settings.CACHES = {"default": {"BACKEND": backend, "LOCATION": "redis://127.0.0.1:1/0"}}
    append(annotation, stroke(0), base=0)
    append(annotation, stroke(1), base=1)
    assert server_labelmap(annotation).sum() == 2 * 3 * 2


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("same_edit", [True, False])
def test_of_two_at_once_each_is_told_the_truth(same_edit: bool) -> None:
    dataset = make_dataset()
    import_cases(dataset, "A")
    (annotation,) = assign(dataset, *make_raters(dataset, 1))
    edits = [stroke(0)] * 2 if same_edit else [stroke(0), stroke(1)]

    def save(edit: edit_services.NewEdit) -> str:
        try:
            return str(append(annotation, edit, base=0).is_new)
        except errors.RevisionOutdated:
            return "outdated"

    assert sorted(at_once(save, edits)) == (["False", "True"] if same_edit else ["True", "outdated"])
    assert annotation.revisions.count() == 1
