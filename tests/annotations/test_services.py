"""Assignments and the append-only log of revisions."""

import uuid

import numpy as np
import pytest

from backend.annotations import errors, selectors, services, submitting
from backend.annotations.models import Annotation, Assignment, Revision
from backend.challenges.models import Role
from backend.common import blobs
from backend.common.errors import NotAllowed, NotFound
from backend.datasets.models import Dataset
from backend.numerics.volumes import read_labelmap
from tests.factories.accounts import UserFactory
from tests.factories.annotations import annotate, assign, make_raters, upload
from tests.factories.challenges import member
from tests.factories.datasets import import_cases, make_dataset, organizer_of
from tests.phantoms import AFFINE, nifti_bytes, tumour
from tests.racing import at_once

pytestmark = pytest.mark.django_db


def labels_of(revision: Revision) -> np.ndarray:
    return read_labelmap(blobs.read_blob(revision.snapshot_digest), name="snapshot.nii.gz").array


def test_every_rater_gets_every_case_once(dataset: Dataset) -> None:
    import_cases(dataset, "B")
    raters = make_raters(dataset, 2)
    assert len(assign(dataset, *raters)) == 4
    assert len(assign(dataset, *raters)) == 4
    assert Assignment.objects.count() == 4
    assert set(Annotation.objects.values_list("status", "head")) == {("assigned", 0)}


def test_only_raters_are_assigned(dataset: Dataset) -> None:
    participant = member(dataset.challenge, Role.PARTICIPANT)
    with pytest.raises(errors.BadAssignment, match="make them raters first"):
        assign(dataset, participant)
    with pytest.raises(NotAllowed):
        services.assign_cases(dataset_id=dataset.pk, user=participant, rater_ids=[participant.pk])


def test_cases_of_another_dataset_are_not_assigned(dataset: Dataset) -> None:
    other = import_cases(make_dataset(), "X").cases.get()
    (rater,) = make_raters(dataset, 1)
    with pytest.raises(errors.BadAssignment, match="latest version"):
        services.assign_cases(
            dataset_id=dataset.pk, user=organizer_of(dataset), rater_ids=[rater.pk], case_ids=[other.pk]
        )


def test_assignment_is_withdrawn_only_before_work_began(dataset: Dataset, annotation: Annotation) -> None:
    upload(annotation, tumour())
    with pytest.raises(errors.AlreadyBegun, match="case A"):
        services.withdraw_assignment(assignment_id=annotation.assignment_id, user=organizer_of(dataset))
    (other,) = assign(dataset, *make_raters(dataset, 1))
    services.withdraw_assignment(assignment_id=other.assignment_id, user=organizer_of(dataset))
    assert not Annotation.objects.filter(pk=other.pk).exists()


def test_uploads_append_revisions(annotation: Annotation) -> None:
    upload(annotation, tumour())
    upload(annotation, np.roll(tumour(), 2, axis=1))
    annotation.refresh_from_db()
    first, second = annotation.revisions.order_by("number")
    assert (first.number, first.base, second.number, second.base) == (1, 0, 2, 1)
    assert (annotation.head, annotation.status) == (2, "draft")
    np.testing.assert_array_equal(labels_of(first), tumour())
    np.testing.assert_array_equal(labels_of(second), np.roll(tumour(), 2, axis=1))


def test_outdated_base_is_refused_and_tells_the_head(annotation: Annotation) -> None:
    upload(annotation, tumour())
    with pytest.raises(errors.RevisionOutdated) as caught:
        upload(annotation, tumour(), base=0)
    assert caught.value.details == {"head": 1}
    assert annotation.revisions.count() == 1


def test_retried_edit_finds_its_revision(annotation: Annotation) -> None:
    edit = {
        "annotation_id": annotation.pk,
        "user": annotation.assignment.rater,
        "base": 0,
        "edit_id": uuid.uuid4(),
        "data": nifti_bytes(tumour()),
        "filename": "mine.nii.gz",
    }
    first = services.upload_revision(**edit)
    upload(annotation, np.zeros_like(tumour()))
    again = services.upload_revision(**edit)
    assert (first.is_new, again.is_new) == (True, False)
    assert again.revision == first.revision
    assert annotation.revisions.count() == 2


@pytest.mark.django_db(transaction=True)
def test_of_two_at_once_one_is_saved_and_one_told() -> None:
    dataset = make_dataset()
    import_cases(dataset, "A")
    annotation = assign(dataset, *make_raters(dataset, 1))[0]

    def save(steps: int) -> str:
        try:
            services.upload_revision(
                annotation_id=annotation.pk,
                user=annotation.assignment.rater,
                base=0,
                edit_id=uuid.uuid4(),
                data=nifti_bytes(np.roll(tumour(), steps, axis=0)),
                filename="mine.nii.gz",
            )
        except errors.RevisionOutdated:
            return "outdated"
        return "saved"

    assert sorted(at_once(save, (0, 1))) == ["outdated", "saved"]
    assert annotation.revisions.count() == 1


@pytest.mark.parametrize(
    ("data", "code", "words"),
    [
        (nifti_bytes(tumour()[:, :, :30]), "grid_shape", "32×32×30 differs from the case's 32×32×32"),
        (nifti_bytes(tumour(), AFFINE + np.outer([5, 0, 0, 0], [0, 0, 0, 1])), "grid_affine",
         "shifted by 5.0 mm along x"),
        (nifti_bytes(np.where(tumour() == 4, 3, tumour()).astype(np.uint8)), "unknown_labels", "label 3"),
        (nifti_bytes(tumour())[:300], "truncated", "upload it again"),
        (b"%PDF-1.7", "not_a_volume", "PDF"),
    ],
    ids=["shape", "shift", "labels", "truncated", "pdf"],
)  # fmt: skip
def test_file_that_is_no_labelmap_of_the_case_is_refused_in_words(
    annotation: Annotation, data: bytes, code: str, words: str
) -> None:
    with pytest.raises(errors.BadLabelmap) as caught:
        upload(annotation, data)
    assert caught.value.reason_code == code
    assert caught.value.sentence.startswith("case A: mine.nii.gz")
    assert words in caught.value.sentence
    assert not annotation.revisions.exists()


def test_restoring_appends_the_older_labelmap(annotation: Annotation) -> None:
    upload(annotation, tumour())
    upload(annotation, np.zeros_like(tumour()))
    saved = services.restore_revision(
        annotation_id=annotation.pk,
        user=annotation.assignment.rater,
        base=2,
        edit_id=uuid.uuid4(),
        number=1,
    )
    assert (saved.revision.number, saved.revision.kind) == (3, "restore")
    np.testing.assert_array_equal(labels_of(saved.revision), tumour())


def test_the_empty_beginning_is_restored_too(annotation: Annotation) -> None:
    upload(annotation, tumour())
    edit_id = uuid.uuid4()
    for _ in range(2):
        saved = services.restore_revision(
            annotation_id=annotation.pk,
            user=annotation.assignment.rater,
            base=1,
            edit_id=edit_id,
            number=0,
        )
        assert (saved.revision.number, saved.revision.note) == (2, "Restored revision 0")
        np.testing.assert_array_equal(labels_of(saved.revision), np.zeros_like(tumour()))
    assert annotation.revisions.count() == 2


def test_submitting_needs_the_head_and_a_revision(annotation: Annotation) -> None:
    rater = annotation.assignment.rater
    with pytest.raises(errors.NothingToSubmit):
        submitting.submit_annotation(annotation_id=annotation.pk, user=rater, base=0)
    upload(annotation, tumour())
    with pytest.raises(errors.RevisionOutdated):
        submitting.submit_annotation(annotation_id=annotation.pk, user=rater, base=0)
    submitted = submitting.submit_annotation(annotation_id=annotation.pk, user=rater, base=1)
    assert (submitted.status, submitted.submitted_revision) == ("submitted", 1)
    again = submitting.submit_annotation(annotation_id=annotation.pk, user=rater, base=1)
    assert again.submitted_at == submitted.submitted_at


def test_submitted_annotation_changes_only_after_it_was_reopened(
    dataset: Dataset, annotation: Annotation
) -> None:
    annotate(annotation, tumour())
    with pytest.raises(errors.AlreadySubmitted):
        upload(annotation, tumour())
    submitting.reopen_annotation(
        annotation_id=annotation.pk, user=organizer_of(dataset), reason="Look at slice 12"
    )
    annotation.refresh_from_db()
    assert (annotation.status, annotation.reopen_reason) == ("reopened", "Look at slice 12")
    with pytest.raises(errors.NotSubmitted):
        submitting.reopen_annotation(annotation_id=annotation.pk, user=organizer_of(dataset), reason="Again")
    annotate(annotation, np.roll(tumour(), 1, axis=0))
    annotation.refresh_from_db()
    assert (annotation.status, annotation.submitted_revision, annotation.reopen_reason) == (
        "submitted",
        2,
        "",
    )


def test_raters_see_only_their_own(dataset: Dataset) -> None:
    first, second = assign(dataset, *make_raters(dataset, 2))
    rater = first.assignment.rater
    assert [assignment.annotation for assignment in selectors.visible_to(rater)] == [first]
    with pytest.raises(NotFound):
        selectors.get_annotation(rater, second.pk)
    assert selectors.visible_to(organizer_of(dataset)).count() == 2
    for stranger in (
        UserFactory(),
        member(dataset.challenge, Role.PARTICIPANT),
        organizer_of(make_dataset()),
    ):
        assert not selectors.visible_to(stranger).exists()


def test_rater_who_left_the_challenge_sees_nothing_more(annotation: Annotation) -> None:
    rater = annotation.assignment.rater
    rater.memberships.all().delete()
    assert not selectors.visible_to(rater).exists()


def test_organizer_reads_and_does_not_write(dataset: Dataset, annotation: Annotation) -> None:
    with pytest.raises(NotAllowed):
        services.upload_revision(
            annotation_id=annotation.pk,
            user=organizer_of(dataset),
            base=0,
            edit_id=uuid.uuid4(),
            data=nifti_bytes(tumour()),
            filename="mine.nii.gz",
        )
