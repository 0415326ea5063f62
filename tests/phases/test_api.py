"""Phases over HTTP: who sees which, attempts, and cases."""

import pytest
from rest_framework.test import APIClient

from backend.accounts.models import User
from backend.challenges.models import Challenge, Role
from tests.factories.accounts import UserFactory
from tests.factories.challenges import ChallengeFactory, member
from tests.factories.phases import PhaseFactory, make_consensus, make_version
from tests.factories.submissions import submit
from tests.jobs import run_due_jobs
from tests.phantoms import tumour

pytestmark = pytest.mark.django_db


def client_of(user: User | None) -> APIClient:
    client = APIClient()
    if user:
        client.force_login(user)
    return client


def test_draft_phases_are_not_there_for_others() -> None:
    phase = PhaseFactory(challenge=ChallengeFactory(visibility=Challenge.Visibility.DRAFT))
    outsider = client_of(UserFactory())
    assert outsider.get(f"/api/v1/phases/{phase.pk}/").status_code == 404
    assert outsider.get(f"/api/v1/challenges/{phase.challenge.slug}/phases/").status_code == 404
    inside = client_of(member(phase.challenge, Role.RATER))
    assert inside.get(f"/api/v1/phases/{phase.pk}/").status_code == 200


def test_organizer_creates_and_changes_a_phase_over_http() -> None:
    challenge = ChallengeFactory()
    version = make_version(challenge, {"A": tumour()})
    client = client_of(challenge.created_by)
    made = client.post(
        f"/api/v1/challenges/{challenge.slug}/phases/",
        {"slug": "test", "title": "Test", "dataset_version": str(version.pk), "attempts_per_day": 2},
    )
    assert made.status_code == 201, made.json()
    body = made.json()
    assert body["attempts_per_day"] == 2
    assert body["attempts"] is None
    assert body["reference_state"] == {"cases": 1, "with_reference": 0, "number": None}
    assert body["dataset_version"]["scheme"]["slug"] == "brats2017"
    changed = client.patch(f"/api/v1/phases/{body['id']}/", {"score_visibility": "hidden", "ties": "average"})
    assert changed.status_code == 200
    assert (changed.json()["score_visibility"], changed.json()["ties"]) == ("hidden", "average")
    wrong = client.patch(f"/api/v1/phases/{body['id']}/", {"attempts_per_day": 0})
    assert wrong.status_code == 400
    listed = client.get(f"/api/v1/challenges/{challenge.slug}/phases/").json()
    assert [row["id"] for row in listed["results"]] == [body["id"]]


def test_attempts_are_the_participants_own() -> None:
    phase = PhaseFactory(truths={"A": tumour()}, attempts_per_day=3, attempts_total=5)
    submission = submit(phase, {"A": tumour()})
    mine = client_of(submission.participant)
    address = f"/api/v1/phases/{phase.pk}/"
    assert mine.get(address).json()["attempts"] == {
        "used_today": 0,
        "used_total": 0,
        "in_check": 1,
        "left_today": 2,
        "left_total": 4,
    }
    run_due_jobs()
    attempts = mine.get(address).json()["attempts"]
    assert (attempts["used_today"], attempts["in_check"], attempts["left_total"]) == (1, 0, 4)
    other = client_of(member(phase.challenge, Role.PARTICIPANT)).get(address).json()["attempts"]
    assert (other["used_total"], other["left_today"]) == (0, 3)


def test_cases_for_participants_only_where_images_are_shared() -> None:
    phase = PhaseFactory(truths={"A": tumour()}, images_shared=False)
    address = f"/api/v1/phases/{phase.pk}/cases/"
    participant = client_of(member(phase.challenge, Role.PARTICIPANT))
    assert participant.get(address).status_code == 403
    assert client_of(phase.challenge.created_by).get(address).status_code == 200
    phase.images_shared = True
    phase.save()
    (case,) = participant.get(address).json()["results"]
    assert case["name"] == "A"
    assert case["grid"]["shape"] == [32, 32, 32]
    assert [sequence["key"] for sequence in case["missing_sequences"]] == ["flair", "t1"]
    assert client_of(UserFactory()).get(address).status_code == 403


def test_phase_tells_nothing_of_the_reference_but_its_number() -> None:
    phase = PhaseFactory(truths={"A": tumour()})
    consensus = make_consensus(phase.dataset_version.cases.get(), tumour())
    run_due_jobs()
    client_of(phase.challenge.created_by).patch(f"/api/v1/phases/{phase.pk}/", {"position": 1})
    run_due_jobs()
    answer = client_of(member(phase.challenge, Role.PARTICIPANT)).get(f"/api/v1/phases/{phase.pk}/")
    assert answer.json()["reference_state"] == {"cases": 1, "with_reference": 1, "number": 1}
    assert consensus.labelmap_digest not in answer.content.decode()
    assert str(consensus.pk) not in answer.content.decode()
