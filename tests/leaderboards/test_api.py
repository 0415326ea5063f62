"""Who sees the board, what of it, and its history."""

import json

import numpy as np
import pytest
from rest_framework.test import APIClient

from backend.accounts.models import User
from backend.challenges.models import Role
from backend.leaderboards import services
from backend.phases.models import Phase
from backend.phases.services import refresh_phase_reference, update_phase
from backend.submissions.models import Submission
from tests.factories.accounts import UserFactory
from tests.factories.challenges import member
from tests.factories.phases import PhaseFactory, make_consensus, make_left_out, make_rater
from tests.factories.submissions import set_reference, submit
from tests.jobs import run_due_jobs
from tests.phantoms import tumour

pytestmark = pytest.mark.django_db
TRUTH = {"A": tumour()}


def client_of(user: User | None) -> APIClient:
    client = APIClient()
    if user:
        client.force_login(user)
    return client


@pytest.fixture
def phase() -> Phase:
    """With a rater's row and two scored submissions."""
    made: Phase = PhaseFactory(truths=TRUTH)
    consensus = make_consensus(made.dataset_version.cases.get(), TRUTH["A"])
    make_left_out(consensus, make_rater(made.challenge), others=TRUTH["A"], own=TRUTH["A"])
    refresh_phase_reference(phase_id=made.pk)
    for by in (0, 3):
        submit(made, {"A": np.roll(TRUTH["A"], by, axis=0)}, method=f"moved {by}")
    run_due_jobs()
    return made


def board(phase: Phase, user: User | None, status: int = 200) -> dict:  # type: ignore[type-arg]
    answer = client_of(user).get(f"/api/v1/phases/{phase.pk}/leaderboard/")
    assert answer.status_code == status, answer.json()
    return answer.json()  # type: ignore[no-any-return]


def test_public_board_is_everyones(phase: Phase) -> None:
    for user in (None, UserFactory(), member(phase.challenge, Role.RATER), phase.challenge.created_by):
        found = board(phase, user)
        assert [row["rank"] for row in found["rows"]] == [1, 2]
        assert [row["is_mine"] for row in found["rows"]] == [False, False]
        assert found["human_rows"][0]["rater"] == {"alias": "Rater 1"}
        assert found["access"] == "all"


def test_my_rows_are_marked(phase: Phase) -> None:
    second = Submission.objects.get(method_name="moved 3")
    assert [row["is_mine"] for row in board(phase, second.participant)["rows"]] == [False, True]


def test_own_shows_my_scores_and_neither_rank_nor_others(phase: Phase) -> None:
    Phase.objects.update(score_visibility="own")
    mine = Submission.objects.get(method_name="moved 3")
    found = board(phase, mine.participant)
    (row,) = found["rows"]
    assert (row["submission_id"], row["rank"], found["human_rows"]) == (str(mine.pk), None, [])
    assert "moved 0" not in json.dumps(found)
    assert board(phase, member(phase.challenge, Role.PARTICIPANT))["rows"] == []
    board(phase, UserFactory(), 403)
    board(phase, None, 403)
    assert len(board(phase, phase.challenge.created_by)["rows"]) == 2


def test_hidden_board_is_the_organizers(phase: Phase) -> None:
    Phase.objects.update(score_visibility="hidden")
    snapshot = phase.snapshots.first()
    assert snapshot is not None
    author = Submission.objects.get(method_name="moved 0").participant
    for user in (None, UserFactory(), author, member(phase.challenge, Role.RATER)):
        assert board(phase, user, 403)["code"] == "scores_hidden"
        for address in (f"phases/{phase.pk}/snapshots", f"snapshots/{snapshot.pk}"):
            assert client_of(user).get(f"/api/v1/{address}/").status_code == 403
    assert len(board(phase, phase.challenge.created_by)["rows"]) == 2


def test_snapshots_keep_what_the_board_said(phase: Phase) -> None:
    old = board(phase, None)
    set_reference(phase, {"A": tumour((18, 16, 16))})
    run_due_jobs()
    new = board(phase, None)
    assert new["rows"][0]["overall"] != old["rows"][0]["overall"]
    again = client_of(None).get(f"/api/v1/snapshots/{old['snapshot']['id']}/").json()
    assert again == old
    listed = client_of(None).get(f"/api/v1/phases/{phase.pk}/snapshots/").json()["results"]
    assert [row["number"] for row in listed] == sorted((row["number"] for row in listed), reverse=True)
    assert listed[0]["id"] == new["snapshot"]["id"]


def test_snapshot_under_own_shows_my_rows_only(phase: Phase) -> None:
    Phase.objects.update(score_visibility="own")
    snapshot = phase.snapshots.first()
    assert snapshot is not None
    mine = Submission.objects.get(method_name="moved 3")
    found = client_of(mine.participant).get(f"/api/v1/snapshots/{snapshot.pk}/").json()
    assert [row["method_name"] for row in found["rows"]] == ["moved 3"]


def test_unchanged_board_makes_no_snapshot(phase: Phase) -> None:
    before = phase.snapshots.count()
    assert services.rank_phase(phase_id=phase.pk) == phase.snapshots.first()
    assert phase.snapshots.count() == before


def test_another_tie_rule_is_a_change_of_the_board(phase: Phase) -> None:
    submit(phase, TRUTH, method="twin")
    run_due_jobs()
    assert [row["rank"] for row in board(phase, None)["rows"]] == [1, 1, 3]
    update_phase(actor=phase.challenge.created_by, phase_id=phase.pk, fields={"ties": "average"})
    run_due_jobs()
    found = board(phase, None)
    assert [row["rank"] for row in found["rows"]] == [1.5, 1.5, 3]
    assert client_of(None).get(f"/api/v1/snapshots/{found['snapshot']['id']}/").json() == found


def test_draft_challenge_has_no_board_for_others(phase: Phase) -> None:
    phase.challenge.visibility = "draft"
    phase.challenge.save()
    board(phase, UserFactory(), 404)
    snapshot = phase.snapshots.first()
    assert snapshot is not None
    assert client_of(None).get(f"/api/v1/snapshots/{snapshot.pk}/").status_code == 404


def test_before_the_first_reference_the_board_is_empty() -> None:
    phase = PhaseFactory(truths=TRUTH)
    found = board(phase, None)
    assert (found["reference"], found["rows"], found["human_rows"], found["snapshot"]) == (None, [], [], None)
