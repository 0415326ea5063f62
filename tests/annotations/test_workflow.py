"""Around an annotation: findings at handing in, labelmaps to start from, due dates and shared cases."""

import uuid
from datetime import UTC, datetime

import numpy as np
import pytest

from backend.annotations import errors, linting, pre_annotating, selectors, services, submitting
from backend.annotations.models import Annotation, Assignment
from backend.annotations.pre_annotating import Offer
from backend.annotations.sharing import share_cases
from backend.common.errors import NotAllowed
from backend.datasets.models import Dataset
from backend.submissions.pre_annotating import offer_predictions
from tests.factories.annotations import annotate, assign, make_raters, upload
from tests.factories.datasets import import_cases, make_dataset, organizer_of
from tests.factories.phases import PhaseFactory
from tests.factories.submissions import submit
from tests.jobs import run_due_jobs
from tests.phantoms import nifti_bytes, tumour

pytestmark = pytest.mark.django_db


@pytest.fixture
def dataset() -> Dataset:
    dataset = make_dataset()
    import_cases(dataset, "A")
    return dataset


@pytest.fixture
def annotation(dataset: Dataset) -> Annotation:
    return assign(dataset, *make_raters(dataset, 1))[0]


def hand_in(annotation: Annotation, **more: bool) -> Annotation:
    annotation.refresh_from_db()
    return submitting.submit_annotation(
        annotation_id=annotation.pk, user=annotation.assignment.rater, base=annotation.head, **more
    )


def offer(dataset: Dataset, labels: np.ndarray, **more: object) -> Offer:
    values: dict[str, object] = {
        "case_id": dataset.cases.get().pk,
        "user": organizer_of(dataset),
        "data": nifti_bytes(labels),
        "filename": "A.nii.gz",
        "source": "nnU-Net of May",
    }
    return pre_annotating.offer_file(**(values | more))  # type: ignore[arg-type]


def start(annotation: Annotation, *, base: int = 0, edit_id: uuid.UUID | None = None) -> services.Saved:
    return pre_annotating.start_from_offer(
        annotation_id=annotation.pk,
        user=annotation.assignment.rater,
        base=base,
        edit_id=edit_id or uuid.uuid4(),
    )


# --- findings


def test_findings_are_told_before_and_stored_with_what_is_handed_in(annotation: Annotation) -> None:
    labels = tumour()
    labels[16, 3:7, 16] = 1
    labels[16, 16, 16] = 0
    upload(annotation, labels)
    annotation.refresh_from_db()
    before = linting.findings_at(annotation, 1)
    assert [finding.code for finding in before] == ["specks", "holes"]
    submitted = hand_in(annotation)
    assert submitted.findings == [finding.to_json() for finding in before]
    assert submitted.findings[1]["places"] == [[16, 16, 16]]
    submitted.refresh_from_db()
    assert submitted.findings[0]["severity"] == "warning"


def test_an_empty_labelmap_has_to_be_confirmed(annotation: Annotation) -> None:
    upload(annotation, np.zeros_like(tumour()))
    with pytest.raises(errors.EmptyLabelmap, match="confirm that there is nothing to label"):
        hand_in(annotation)
    annotation.refresh_from_db()
    assert annotation.status == "draft"
    submitted = hand_in(annotation, confirms_empty=True)
    assert [finding["code"] for finding in submitted.findings] == ["empty_labelmap"]
    assert hand_in(annotation).submitted_at == submitted.submitted_at  # in already: nothing to confirm again


def test_findings_ignore_marks_of_unsureness(annotation: Annotation) -> None:
    labels = tumour()
    labels[:8, :8, :8] |= 128
    upload(annotation, labels)
    annotation.refresh_from_db()
    assert [finding.code for finding in linting.findings_at(annotation, 1)] == ["unsure"]


# --- labelmaps to start from


def test_a_rater_starts_from_what_was_offered_and_everyone_can_tell(
    dataset: Dataset, annotation: Annotation
) -> None:
    labels = np.roll(tumour(), 3, axis=0)
    assert offer(dataset, labels) == Offer(offered=1, begun=0)
    edit_id = uuid.uuid4()
    saved = start(annotation, edit_id=edit_id)
    assert (saved.revision.number, saved.revision.kind) == (1, "pre_annotation")
    assert saved.revision.note == "nnU-Net of May"
    assert start(annotation, edit_id=edit_id).is_new is False
    annotation.refresh_from_db()
    assert (annotation.head, annotation.status, annotation.began_from) == (1, "draft", "nnU-Net of May")
    hand_in(annotation)
    (submitted,) = selectors.submitted_of(annotation.assignment.case_id)
    assert submitted.annotation.began_from == "nnU-Net of May"


def test_the_fused_inputs_carry_it(dataset: Dataset) -> None:
    raters = make_raters(dataset, 3)
    first, *others = assign(dataset, *raters)
    offer(dataset, tumour(), rater_ids=[raters[0].pk])
    start(first)
    hand_in(first)
    for other in others:
        annotate(other, tumour())
    run_due_jobs()
    inputs = dataset.cases.get().consensus_versions.get().inputs
    assert {item["rater"]: item["pre_annotation"] for item in inputs} == {
        raters[0].pk: "nnU-Net of May",
        raters[1].pk: "",
        raters[2].pk: "",
    }


def test_only_those_who_have_not_begun_are_offered(dataset: Dataset) -> None:
    fresh, begun = assign(dataset, *make_raters(dataset, 2))
    upload(begun, tumour())
    assert offer(dataset, tumour()) == Offer(offered=1, begun=1)
    with pytest.raises(errors.NotOffered):
        start(begun, base=1)
    assert (
        pre_annotating.withdraw_offer(case_id=dataset.cases.get().pk, user=organizer_of(dataset)).begun == 0
    )
    with pytest.raises(errors.NotOffered):
        start(fresh)


def test_nothing_that_was_painted_is_lost_by_starting(dataset: Dataset, annotation: Annotation) -> None:
    offer(dataset, tumour())
    upload(annotation, np.roll(tumour(), 2, axis=1))
    with pytest.raises(errors.NotEmpty):
        start(annotation, base=1)
    upload(annotation, np.zeros_like(tumour()))  # erased again
    assert start(annotation, base=2).revision.number == 3


def test_an_offer_must_be_a_labelmap_of_the_case(dataset: Dataset, annotation: Annotation) -> None:
    with pytest.raises(errors.BadLabelmap, match="32×32×30 differs"):
        offer(dataset, tumour()[:, :, :30])
    with pytest.raises(NotAllowed):
        offer(dataset, tumour(), user=annotation.assignment.rater)
    with pytest.raises(NotAllowed):
        offer(dataset, tumour(), user=organizer_of(make_dataset()))


def test_predictions_of_a_submission_are_offered() -> None:
    phase = PhaseFactory(truths={"P": tumour()})
    submission = submit(phase, {"P": np.roll(tumour(), 1, axis=0)})
    run_due_jobs()
    (fresh,) = assign(phase.dataset_version.dataset, *make_raters(phase.dataset_version.dataset, 1))
    organizer = phase.challenge.created_by
    with pytest.raises(NotAllowed):
        offer_predictions(submission_id=submission.pk, user=submission.participant)
    assert offer_predictions(submission_id=submission.pk, user=organizer).offered == 1
    saved = start(fresh)
    assert saved.revision.note == submission.method_name
    assert saved.revision.voxel_digest == submission.predictions.get().voxel_digest


# --- assigning many


def test_a_due_date_can_be_moved_for_what_is_not_handed_in(dataset: Dataset) -> None:
    import_cases(dataset, "B")
    raters = make_raters(dataset, 2)
    done, *_ = assign(dataset, *raters)
    annotate(done, tumour())
    soon, later = datetime(2030, 1, 1, tzinfo=UTC), datetime(2030, 2, 1, tzinfo=UTC)
    values = {"dataset_id": dataset.pk, "user": organizer_of(dataset), "rater_ids": [r.pk for r in raters]}
    services.assign_cases(**values, due_at=soon)
    assert set(Assignment.objects.values_list("due_at", flat=True)) == {None}
    services.assign_cases(**values, due_at=later, moves_due=True)
    assert Assignment.objects.filter(due_at=later).count() == 3
    assert Assignment.objects.get(due_at=None).annotation == done


def test_cases_are_shared_evenly() -> None:
    cases = list(range(10))
    pairs = share_cases(cases, "abcd", per_case=2, existing={(0, "d"), (1, "d"), (2, "d")})
    assert {case: sum(1 for one, _ in pairs if one == case) for case in cases} == dict.fromkeys(cases, 2)
    loads = [sum(1 for _, rater in pairs if rater == one) for one in "abcd"]
    assert loads == [5, 5, 5, 5]
    assert {(0, "d"), (1, "d"), (2, "d")} <= set(pairs)
    assert share_cases([1], "ab", per_case=None, existing=()) == [(1, "a"), (1, "b")]
    assert share_cases([1], "ab", per_case=1, existing={(1, "a"), (1, "b")}) == [(1, "a"), (1, "b")]
