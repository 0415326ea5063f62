"""Nothing that a rater is told ties a case that comes again to its first reading."""

import dataclasses
import re
from collections.abc import Iterator
from itertools import pairwise
from typing import Any

import pytest
from django.http import HttpResponse
from rest_framework.test import APIClient

from backend.accounts.models import User
from backend.annotations import rereading
from backend.annotations.models import Annotation, Assignment
from backend.annotations.rereading import RereadPlan
from backend.datasets.models import Dataset
from backend.events.types import Event
from tests.factories.annotations import annotate, make_raters
from tests.factories.annotations import assign as assign_all
from tests.factories.datasets import import_cases, make_dataset, organizer_of
from tests.jobs import run_due_jobs
from tests.phantoms import tumour

pytestmark = pytest.mark.django_db
OTHER_PLACE = (10, 16, 20)


class Reading:
    """Everything that the API tells a rater of one assignment."""

    def __init__(self, rater: User, assignment: Assignment) -> None:
        self.client = APIClient()
        self.client.force_login(rater)
        self.assignment = assignment
        self.told: set[str] = set()
        self._look()

    def _look(self) -> None:
        mine, drawn = f"assignments/{self.assignment.pk}", f"annotations/{self.assignment.annotation.pk}"
        (row,) = [
            row
            for row in self.client.get("/api/v1/assignments/").json()["results"]
            if row["id"] == str(self.assignment.pk)
        ]
        self.told |= set(leaves(row))
        for path in ("", "case/", "images/flair/", "images/nothing/"):
            self._hear(self.client.get(f"/api/v1/{mine}/{path}"))
        for path in ("", "revisions/", "edits/", "labelmap/", "labelmap/?revision=0", "findings/"):
            self._hear(self.client.get(f"/api/v1/{drawn}/{path}"))
        for path in ("labelmap/?revision=99", "labelmap/?unsure=drop"):
            self._hear(self.client.get(f"/api/v1/{drawn}/{path}"))
        for base in ('"0"', '"99"', ""):
            for path in ("submit/", "restore/", "pre-annotation/"):
                body = {"revision": 0, "edit_id": "0190b2f0-0000-7000-8000-000000000000"}
                self._hear(
                    self.client.post(f"/api/v1/{drawn}/{path}", body, "json", headers={"If-Match": base})
                )

    def _hear(self, answer: HttpResponse) -> None:
        # How long a file is follows from what is seen: the voxels.
        self.told |= {value for name, value in answer.headers.items() if name != "Content-Length"}
        if answer.headers["Content-Type"].split(";")[0].endswith("json"):
            self.told |= set(leaves(answer.json()))  # type: ignore[attr-defined]

    @property
    def marks(self) -> set[str]:
        """What could be recognised, also within a sentence or an address."""
        return {word for text in self.told for word in re.findall(r"[\w.:-]*\d[\w.:-]*", text)}


def leaves(value: Any) -> Iterator[str]:
    if isinstance(value, dict):
        for key, part in value.items():
            yield str(key)
            yield from leaves(part)
    elif isinstance(value, list):
        for part in value:
            yield from leaves(part)
    else:
        yield str(value)


@pytest.fixture
def dataset() -> Dataset:
    dataset = make_dataset(raters_required=1)
    import_cases(dataset, "Case-001", "Case-002", "Case-003")
    return dataset


def test_first_and_second_reading_share_nothing_that_other_cases_do_not_share(dataset: Dataset) -> None:
    (rater,) = make_raters(dataset, 1)
    annotations = {one.assignment.case.name: one for one in assign_all(dataset, rater)}
    for name, annotation in annotations.items():
        annotate(annotation, tumour() if name == "Case-001" else tumour(OTHER_PLACE))
    run_due_jobs()
    first, *others = [
        Reading(rater, Assignment.objects.get(annotation=annotation)) for annotation in annotations.values()
    ]
    again = ask_again(dataset, first.assignment)
    annotate(Annotation.objects.get(assignment=again), tumour())
    run_due_jobs()
    second = Reading(rater, again)
    common = set.intersection(*(other.marks for other in others))
    assert {str(dataset.pk), "3", "flair"} & common  # or nothing was compared
    assert (first.marks & second.marks) - common == set()
    secrets = {str(again.case_id), "Case-001"}
    assert not [text for text in second.told for secret in secrets if secret in text]


def ask_again(dataset: Dataset, first: Assignment) -> Assignment:
    """A re-read of this very case: those that chance gives for others are taken back."""
    plan = RereadPlan(per_rater=3, delay_days=0)
    made = rereading.ask_rereads(dataset_id=dataset.pk, user=organizer_of(dataset), plan=plan)
    return next(one for one in made if one.case_id == first.case_id)


def test_lists_are_sorted_by_the_names_that_raters_know(dataset: Dataset) -> None:
    (rater,) = make_raters(dataset, 1)
    for annotation in assign_all(dataset, rater):
        annotate(annotation, tumour())
    plan = RereadPlan(per_rater=3, delay_days=0)
    rereading.ask_rereads(dataset_id=dataset.pk, user=organizer_of(dataset), plan=plan)
    client = APIClient()
    client.force_login(rater)
    names = [row["case"]["name"] for row in client.get("/api/v1/assignments/").json()["results"]]
    assert len(names) == 3
    assert all(before < after for before, after in pairwise(names))


def test_a_rater_is_answered_nothing_by_the_id_of_a_case(dataset: Dataset) -> None:
    (rater,) = make_raters(dataset, 1)
    case = assign_all(dataset, rater)[0].assignment.case
    client = APIClient()
    client.force_login(rater)
    for path in ("", "images/flair/", "thumbnail/", "overlays/"):
        assert client.get(f"/api/v1/cases/{case.pk}/{path}").status_code == 404, path
    assert client.get(f"/api/v1/assignments/?case={case.pk}").json()["results"] == []
    client.force_login(organizer_of(dataset))
    (row,) = client.get(f"/api/v1/assignments/?case={case.pk}").json()["results"]
    assert row["case"]["id"] == str(case.pk)
    assert row["case"]["thumbnail_url"] == f"/api/v1/cases/{case.pk}/thumbnail/"


def test_a_kept_image_is_asked_for_under_the_assignment_alone(dataset: Dataset) -> None:
    (rater,) = make_raters(dataset, 1)
    assignment = assign_all(dataset, rater)[0].assignment
    client = APIClient()
    client.force_login(rater)
    url = f"/api/v1/assignments/{assignment.pk}/images/flair/"
    answer = client.get(url)
    stored = assignment.case.files.get(sequence="flair").served_digest
    assert stored not in answer.headers["ETag"]
    assert client.get(url, headers={"If-None-Match": answer.headers["ETag"]}).status_code == 304
    assert client.get(url, headers={"If-None-Match": f'"{stored}"'}).status_code == 200


def test_events_for_raters_name_no_case() -> None:
    told = [kind for kind in Event.__subclasses__() if "rater:{rater_id}" in kind.audience]
    assert told
    known = {"assignment_id", "annotation_id", "dataset_id", "rater_id"}
    for kind in told:
        assert {field.name for field in dataclasses.fields(kind)} <= known, kind.name
