"""Re-reads: the same case again under another name, one reading at a time, and never in the consensus."""

import re
from datetime import timedelta

import numpy as np
import pytest
from django.utils import timezone

from backend.accounts.models import User
from backend.annotations import errors, rereading, selectors, submitting
from backend.annotations.models import Annotation, Assignment
from backend.annotations.naming import neutral_name
from backend.annotations.rereading import RereadPlan
from backend.common.errors import NotAllowed, NotFound
from backend.consensus.selectors import dataset_agreement
from backend.datasets.models import Dataset
from backend.datasets.selectors import case_rows
from backend.numerics.labels import SCHEMES
from backend.numerics.metrics import dice_by_region
from tests.factories.annotations import annotate, annotate_case, make_raters
from tests.factories.datasets import import_cases, make_dataset, organizer_of
from tests.jobs import run_due_jobs
from tests.phantoms import tumour

pytestmark = pytest.mark.django_db
NOW = RereadPlan(per_rater=1, delay_days=0)


@pytest.fixture
def dataset() -> Dataset:
    dataset = make_dataset(raters_required=2)
    import_cases(dataset, "Case-001", "Case-002")
    return dataset


@pytest.fixture
def raters(dataset: Dataset) -> list[User]:
    raters = make_raters(dataset, 2)
    for case in dataset.cases.order_by("name"):
        annotate_case(case, {rater: tumour() for rater in raters})
    run_due_jobs()
    return raters


def ask(dataset: Dataset, plan: RereadPlan = NOW) -> list[Assignment]:
    return rereading.ask_rereads(dataset_id=dataset.pk, user=organizer_of(dataset), plan=plan)


def of(rater: User, made: list[Assignment]) -> Assignment:
    return next(one for one in made if one.rater == rater)


def seen_by(user: User) -> dict[str, str]:
    """{name as the person sees it: state}."""
    known = [selectors.as_known_to(user, assignment) for assignment in selectors.visible_to(user)]
    return {one.case.name: one.annotation.status for one in known}


def test_a_rater_sees_one_reading_of_a_case_under_one_name(dataset: Dataset, raters: list[User]) -> None:
    rater = raters[0]
    again = of(rater, ask(dataset))
    first = Assignment.objects.get(case=again.case, rater=rater, round=1)
    other = dataset.cases.exclude(pk=again.case_id).get()
    assert again.shown_name not in {"Case-001", "Case-002", ""}
    assert again.shown_name.startswith("Case-0")
    assert seen_by(rater) == {other.name: "submitted", again.shown_name: "assigned"}
    with pytest.raises(NotFound):
        selectors.get_annotation(rater, first.annotation.pk)
    assert selectors.get_assignment(organizer_of(dataset), again.pk).case.name == first.case.name
    annotate(again.annotation, tumour())
    assert seen_by(rater) == {other.name: "submitted", again.shown_name: "submitted"}


def test_the_first_reading_comes_back_when_it_is_reopened(dataset: Dataset, raters: list[User]) -> None:
    rater = raters[0]
    again = of(rater, ask(dataset))
    first = Assignment.objects.get(case=again.case, rater=rater, round=1)
    submitting.reopen_annotation(
        annotation_id=first.annotation.pk, user=organizer_of(dataset), reason="Look at slice 12"
    )
    assert seen_by(rater)[first.case.name] == "reopened"
    assert again.shown_name not in seen_by(rater)
    annotate(first.annotation, tumour())
    assert seen_by(rater)[again.shown_name] == "assigned"
    assert first.case.name not in seen_by(rater)


def test_it_comes_after_its_delay(dataset: Dataset, raters: list[User]) -> None:
    rater = raters[0]
    again = of(rater, ask(dataset, RereadPlan(per_rater=1, delay_days=14, days_to_work=7)))
    submitted_at = Annotation.objects.get(
        assignment__case=again.case, assignment__rater=rater, assignment__round=1
    ).submitted_at
    assert submitted_at is not None
    assert again.offered_at == submitted_at + timedelta(days=14)
    assert again.due_at == again.offered_at + timedelta(days=7)
    assert set(seen_by(rater)) == {"Case-001", "Case-002"}
    with pytest.raises(NotFound):
        selectors.get_assignment(rater, again.pk)
    Assignment.objects.filter(pk=again.pk).update(offered_at=timezone.now() - timedelta(seconds=1))
    assert again.shown_name in seen_by(rater)


def test_rereads_are_never_fused_nor_counted(dataset: Dataset, raters: list[User]) -> None:
    again = of(raters[0], ask(dataset))
    before = again.case.consensus_versions.count()
    annotate(again.annotation, np.roll(tumour(), 4, axis=0))
    run_due_jobs()
    assert again.case.consensus_versions.count() == before
    assert len(selectors.submitted_of(again.case_id)) == 2
    (row,) = case_rows([again.case])
    assert (row.progress.assigned, row.progress.submitted) == (2, 2)


def test_intra_rater_agreement_is_dice_and_kappa_of_both_readings(
    dataset: Dataset, raters: list[User]
) -> None:
    rater = raters[0]
    again = of(rater, ask(dataset))
    moved = np.roll(tumour(), 2, axis=0)
    annotate(again.annotation, moved)
    assert dataset_agreement(dataset).rereads == []  # the workers compare
    run_due_jobs()
    found = dataset_agreement(dataset)
    (row,) = found.rereads
    expected = dice_by_region(tumour(), moved, SCHEMES["brats2017"])
    assert (row.rater, row.case_name) == (rater.pk, again.case.name)
    assert row.dice == pytest.approx(expected)
    assert set(row.kappa) == set(expected)
    assert all(row.kappa[key] < 1 for key in expected)
    (means,) = found.intra_raters
    assert (means.rater, means.rereads, means.dice["complete"].cases) == (rater.pk, 1, 1)
    assert found.people[rater.pk] == rater


def test_reopening_either_reading_takes_the_comparison_back(dataset: Dataset, raters: list[User]) -> None:
    again = of(raters[0], ask(dataset))
    annotate(again.annotation, tumour())
    run_due_jobs()
    first = again.reread_of
    assert first is not None
    submitting.reopen_annotation(annotation_id=first.pk, user=organizer_of(dataset), reason="Again")
    assert dataset_agreement(dataset).rereads == []
    annotate(first, np.roll(tumour(), 1, axis=1))
    run_due_jobs()
    (row,) = dataset_agreement(dataset).rereads
    assert all(value is not None and value < 1 for value in row.dice.values())


def test_cases_are_read_again_in_turn(dataset: Dataset, raters: list[User]) -> None:
    plan = RereadPlan(per_rater=1, delay_days=0, rater_ids=[raters[0].pk])
    (first,) = ask(dataset, plan)
    (second,) = ask(dataset, plan)
    assert {first.case.name, second.case.name} == {"Case-001", "Case-002"}
    with pytest.raises(errors.NothingToReread):
        ask(dataset, plan)
    annotate(first.annotation, tumour())
    (third,) = ask(dataset, plan)
    assert (third.case, third.round, third.reread_of) == (first.case, 3, first.reread_of)
    with pytest.raises(NotAllowed):
        rereading.ask_rereads(dataset_id=dataset.pk, user=raters[0], plan=plan)


@pytest.mark.parametrize(
    ("name", "pattern"),
    [
        ("Case-001", r"Case-\d{3}"),
        ("BraTS-GLI-00123-000", r"BraTS-GLI-\d{5}-000"),
        ("7", r"\d{1,2}"),
        ("left hemisphere", r"left hemisphere-\d{3}"),
    ],
)
def test_neutral_names_look_like_the_others(name: str, pattern: str) -> None:
    chance = np.random.default_rng(0)
    taken = {name, *(f"Case-{number:03}" for number in range(100)), *map(str, range(10))}
    for _ in range(20):
        found = neutral_name(name, taken, source=chance)
        assert re.fullmatch(pattern, found)
        assert found not in taken
        taken.add(found)
