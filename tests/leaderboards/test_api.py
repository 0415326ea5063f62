"""Who sees the board, what of it, and its history."""

import json
from typing import Any

import numpy as np
import pytest
from rest_framework.test import APIClient

from backend.accounts.models import User
from backend.challenges.models import Role
from backend.events.types import Event, LeaderboardAnalysed
from backend.leaderboards import compute, services
from backend.leaderboards.models import Snapshot
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
    assert row["value"] == row["overall"]["dice"]
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
    assert new["rows"][0]["overall"]["dice"] != old["rows"][0]["overall"]["dice"]
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


def ranking(phase: Phase, user: User | None, status: int = 200) -> dict:  # type: ignore[type-arg]
    answer = client_of(user).get(f"/api/v1/phases/{phase.pk}/ranking/")
    assert answer.status_code == status, answer.json()
    return answer.json()  # type: ignore[no-any-return]


def test_own_hides_a_value_that_tells_of_the_others(phase: Phase) -> None:
    organizer = phase.challenge.created_by
    fields = {"score_visibility": "own", "ranking_method": "rank_then_aggregate"}
    update_phase(actor=organizer, phase_id=phase.pk, fields=fields)
    run_due_jobs()
    mine = Submission.objects.get(method_name="moved 3")
    (row,) = board(phase, mine.participant)["rows"]
    assert (row["rank"], row["value"]) == (None, None)
    assert [row["value"] for row in board(phase, organizer)["rows"]] == [1, 2]


def test_ranking_is_of_the_board_that_is_shown(phase: Phase) -> None:
    found, shown = ranking(phase, None), board(phase, None)
    assert (found["state"], found["is_current"]) == ("ready", True)
    assert found["snapshot"] == shown["snapshot"]
    assert found["ranking"] == shown["ranking"]
    for entrant, row in zip(found["entrants"], shown["rows"], strict=True):
        assert {key: row[key] for key in ("submission_id", "rank", "value", "participant")}.items() <= (
            entrant.items()
        )
        assert sum(entrant["frequencies"]) == pytest.approx(1)
    # one case: whatever the scores, nobody can be told apart
    assert found["permutation"]["exact"] is True
    assert found["p_values"] == [[1, 1], [1, 1]]
    assert [entrant["letters"] for entrant in found["entrants"]] == [["a"], ["a"]]
    assert found["bootstrap"]["resamples"] == 1000


def test_ranking_is_for_those_who_see_all_scores(phase: Phase) -> None:
    author = Submission.objects.get(method_name="moved 0").participant
    for visibility in ("own", "hidden"):
        Phase.objects.update(score_visibility=visibility)
        for user in (None, UserFactory(), author, member(phase.challenge, Role.RATER)):
            assert ranking(phase, user, 403)["code"] == "scores_hidden"
        assert len(ranking(phase, phase.challenge.created_by)["entrants"]) == 2


def test_until_the_new_analysis_is_done_the_older_one_is_shown_as_such(phase: Phase) -> None:
    before = ranking(phase, None)
    update_phase(actor=phase.challenge.created_by, phase_id=phase.pk, fields={"ties": "average"})
    services.rank_phase(phase_id=phase.pk)
    found = ranking(phase, None)
    assert (found["state"], found["is_current"]) == ("computing", False)
    assert (found["snapshot"], found["ranking"]["ties"]) == (before["snapshot"], "min")
    run_due_jobs()
    found = ranking(phase, None)
    assert (found["state"], found["is_current"], found["ranking"]["ties"]) == ("ready", True, "average")


def test_an_analysis_that_fails_says_so_and_the_next_one_is_tried(phase: Phase) -> None:
    Snapshot.objects.update(analysis=None)
    services.give_up_analysing(phase.pk, "time_limit", "it ran longer than 3600 s")
    found = ranking(phase, None)
    assert (found["state"], found["snapshot"], found["entrants"]) == ("failed", None, [])
    services.analyse_leaderboard(phase_id=phase.pk)
    assert ranking(phase, None)["state"] == "ready"


def test_analysis_is_told_and_computed_once(
    phase: Phase, monkeypatch: pytest.MonkeyPatch, django_capture_on_commit_callbacks: Any
) -> None:
    told: list[Event] = []
    monkeypatch.setattr("backend.events.bus.tell", told.append)
    Snapshot.objects.update(analysis=None)
    with django_capture_on_commit_callbacks(execute=True):
        services.analyse_leaderboard(phase_id=phase.pk)
        services.analyse_leaderboard(phase_id=phase.pk)
    assert told == [LeaderboardAnalysed(phase_id=phase.pk)]
    assert told[0].topics() == (f"board:{phase.pk}",)


def test_an_old_snapshot_is_analysed_by_the_scores_that_it_was_ranked_by(phase: Phase) -> None:
    snapshot = phase.snapshots.first()
    assert snapshot is not None
    set_reference(phase, {"A": tumour((18, 16, 16))})
    run_due_jobs()
    assert compute.compute_analysis(snapshot) == snapshot.analysis


def test_before_the_first_reference_there_is_nothing_to_analyse() -> None:
    found = ranking(PhaseFactory(truths=TRUTH), None)
    assert (found["state"], found["snapshot"], found["entrants"]) == ("empty", None, [])
    assert found["ranking"]["metrics"] == ["dice"]


def test_one_entrant_has_a_place_and_nobody_to_be_compared_with() -> None:
    phase = PhaseFactory(truths=TRUTH)
    set_reference(phase, TRUTH)
    submit(phase, TRUTH)
    run_due_jobs()
    found = ranking(phase, None)
    assert (found["state"], found["bootstrap"], found["permutation"], found["p_values"]) == (
        "ready",
        None,
        None,
        [],
    )
    (entrant,) = found["entrants"]
    assert (entrant["rank"], entrant["rank_interval"], entrant["letters"]) == (1, None, [])


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
