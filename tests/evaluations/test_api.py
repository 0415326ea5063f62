"""Scores over HTTP: the long table, CSV, and what is hidden."""

import csv
import io
import json
from typing import Any

import pytest
from rest_framework.test import APIClient

from backend.accounts.models import User
from backend.challenges.models import Role
from backend.numerics.catalogue import DEFAULT_METRIC_SET, METRIC_NAMES
from backend.phases.models import Phase
from backend.phases.services import refresh_phase_reference
from backend.submissions.models import Submission
from tests.factories.challenges import member
from tests.factories.phases import PhaseFactory, make_consensus, make_left_out, make_rater
from tests.factories.submissions import submit
from tests.jobs import run_due_jobs
from tests.phantoms import tumour

pytestmark = pytest.mark.django_db
TRUTHS = {"=A": tumour(), "B": tumour((14, 16, 16))}


def client_of(user: User) -> APIClient:
    client = APIClient()
    client.force_login(user)
    return client


@pytest.fixture
def submission() -> Submission:
    phase = PhaseFactory(truths=TRUTHS)
    rater = make_rater(phase.challenge)
    for case in phase.dataset_version.cases.all():
        consensus = make_consensus(case, TRUTHS[case.name])
        make_left_out(consensus, rater, others=TRUTHS["B"], own=TRUTHS[case.name])
    refresh_phase_reference(phase_id=phase.pk)
    made = submit(phase, {"=A": TRUTHS["B"], "B": TRUTHS["B"]})
    run_due_jobs()
    made.refresh_from_db()
    assert made.status == "scored"
    return made


def test_scores_are_a_long_table_by_case(submission: Submission) -> None:
    evaluation = submission.evaluations.get()
    answer = client_of(submission.participant).get(f"/api/v1/evaluations/{evaluation.pk}/scores/?limit=5")
    body = answer.json()
    assert body["count"] == 2 * 2 * 3 * len(METRIC_NAMES)
    assert len(body["results"]) == 5
    first = body["results"][0]
    assert first["case"]["name"] == "=A"
    assert (first["region"], first["metric"], first["left_out"]) == ("complete", "dice", None)


def test_score_table_is_narrowed_by_judge_metric_and_region(submission: Submission) -> None:
    evaluation = submission.evaluations.get()
    client = client_of(submission.participant)
    address = f"/api/v1/evaluations/{evaluation.pk}/scores/"

    def rows(query: str) -> list[dict[str, Any]]:
        answer = client.get(f"{address}?limit=1000&{query}")
        assert answer.status_code == 200, answer.json()
        assert answer.json()["count"] == len(answer.json()["results"])
        return answer.json()["results"]

    by_consensus = rows("judge=consensus&metric=hd95_pooled&region=core")
    assert [(row["case"]["name"], row["left_out"]) for row in by_consensus] == [("=A", None), ("B", None)]
    by_raters = rows("judge=raters&metric=dice")
    assert {row["left_out"] for row in by_raters} == {"Rater 1"}
    assert len(by_raters) == 2 * 3
    assert [row["metric"] for row in rows("judge=consensus&region=core")] == list(METRIC_NAMES) * 2
    for query, status in (("metric=nothing", 422), ("region=nowhere", 422), ("judge=nobody", 400)):
        assert client.get(f"{address}?{query}").status_code == status


def test_pages_of_the_score_table_join_to_the_whole(submission: Submission) -> None:
    client = client_of(submission.participant)
    address = f"/api/v1/evaluations/{submission.evaluations.get().pk}/scores/"
    whole = client.get(f"{address}?limit=1000").json()["results"]
    paged: list[Any] = []
    while len(paged) < len(whole):
        page = client.get(f"{address}?limit=37&offset={len(paged)}").json()["results"]
        assert page
        paged += page
    assert paged == whole


def test_csv_holds_every_row_exactly_and_no_formula(submission: Submission) -> None:
    evaluation = submission.evaluations.get()
    address = f"/api/v1/evaluations/{evaluation.pk}/scores/"
    client = client_of(submission.participant)
    answer = client.get(f"{address}?format=csv")
    assert answer["Content-Type"].startswith("text/csv")
    rows = list(csv.DictReader(io.StringIO(answer.content.decode())))
    assert len(rows) == 2 * 2 * 3 * len(METRIC_NAMES)
    assert {row["case"] for row in rows} == {"'=A", "B"}  # a spreadsheet must not run it
    table = client.get(f"{address}?limit=1000").json()["results"]
    assert [float(row["value"]) if row["value"] else None for row in rows] == [row["value"] for row in table]


def test_scores_are_the_authors_and_the_organizers(submission: Submission) -> None:
    evaluation = submission.evaluations.get()
    challenge = submission.phase.challenge
    for user, status in (
        (submission.participant, 200),
        (challenge.created_by, 200),
        (member(challenge, Role.PARTICIPANT), 404),
        (member(challenge, Role.RATER), 404),
    ):
        for address in (
            f"/api/v1/evaluations/{evaluation.pk}/",
            f"/api/v1/evaluations/{evaluation.pk}/scores/",
            f"/api/v1/evaluations/{evaluation.pk}/scores/?format=csv",
            f"/api/v1/submissions/{submission.pk}/comparison/",
        ):
            assert client_of(user).get(address).status_code == status, (user, address)


def test_hidden_scores_leave_no_trace_for_participants(submission: Submission) -> None:
    Phase.objects.update(score_visibility=Phase.ScoreVisibility.HIDDEN)
    evaluation = submission.evaluations.get()
    author = client_of(submission.participant)
    body = author.get(f"/api/v1/submissions/{submission.pk}/").json()
    assert body["status"] == "scored"  # states are seen
    assert body["evaluations"] == []
    assert body["status_changed_at"] is None
    said = json.dumps(body)
    assert str(evaluation.pk) not in said
    assert str(evaluation.overall["dice"]) not in said
    for address in (
        f"/api/v1/evaluations/{evaluation.pk}/",
        f"/api/v1/evaluations/{evaluation.pk}/scores/",
        f"/api/v1/submissions/{submission.pk}/comparison/",
    ):
        assert author.get(address).status_code == 404
    for listing in ("/api/v1/submissions/", f"/api/v1/phases/{submission.phase_id}/submissions/"):
        (row,) = author.get(listing).json()["results"]
        assert row["evaluations"] == []
    organizer = client_of(submission.phase.challenge.created_by)
    seen = organizer.get(f"/api/v1/submissions/{submission.pk}/").json()
    assert seen["evaluations"][0]["overall"] == pytest.approx(evaluation.overall)


def test_own_scores_are_seen_by_their_author_only(submission: Submission) -> None:
    Phase.objects.update(score_visibility=Phase.ScoreVisibility.OWN)
    address = f"/api/v1/evaluations/{submission.evaluations.get().pk}/scores/"
    assert client_of(submission.participant).get(address).status_code == 200
    other = member(submission.phase.challenge, Role.PARTICIPANT)
    assert client_of(other).get(address).status_code == 404


def test_submission_tells_its_progress_and_evaluations(submission: Submission) -> None:
    body: dict[str, Any] = (
        client_of(submission.participant).get(f"/api/v1/submissions/{submission.pk}/").json()
    )
    assert body["progress"] == {"done": 2, "total": 2}
    (evaluation,) = body["evaluations"]
    assert (evaluation["status"], evaluation["reference_number"], evaluation["case_count"]) == (
        "scored",
        1,
        2,
    )
    assert set(evaluation["means"]) == set(METRIC_NAMES)
    assert set(evaluation["means"]["dice"]) == {"complete", "core", "enhancing"}
    assert (evaluation["metric_set"], evaluation["is_current_set"]) == (DEFAULT_METRIC_SET.name, True)
    assert (body["may_withdraw"], body["may_retry"], body["is_rescoring"]) == (True, False, False)


def test_lists_ask_a_fixed_number_of_queries(
    submission: Submission, django_assert_max_num_queries: Any
) -> None:
    for _ in range(12):
        submit(submission.phase, TRUTHS, participant=submission.participant)
    run_due_jobs()
    client = client_of(submission.participant)
    with django_assert_max_num_queries(10):
        assert len(client.get("/api/v1/submissions/").json()["results"]) == 13
