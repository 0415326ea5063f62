"""Who may lay what over a case."""

import pytest
from rest_framework.test import APIClient

from backend.accounts.models import User
from backend.challenges.models import Role
from backend.datasets.models import Case
from backend.phases.models import Phase
from backend.submissions.models import Submission
from tests.factories.challenges import member
from tests.factories.phases import PhaseFactory, make_consensus, make_rater, submitted_annotation
from tests.factories.submissions import set_reference, submit
from tests.jobs import run_due_jobs
from tests.phantoms import tumour

pytestmark = pytest.mark.django_db
TRUTH = {"A": tumour()}


class World:
    def __init__(self) -> None:
        self.phase: Phase = PhaseFactory(truths=TRUTH)
        self.case: Case = self.phase.dataset_version.cases.get()
        self.raters = [make_rater(self.phase.challenge, alias) for alias in ("Reader A", "")]
        for rater in self.raters:
            submitted_annotation(self.case, rater, TRUTH["A"])
        set_reference(self.phase, TRUTH)
        self.submission: Submission = submit(self.phase, TRUTH, method="Our net")
        run_due_jobs()

    def overlays(self, user: User, *, submission: bool = False, status: int = 200) -> dict[str, str]:
        client = APIClient()
        client.force_login(user)
        query = f"?submission={self.submission.pk}" if submission else ""
        answer = client.get(f"/api/v1/cases/{self.case.pk}/overlays/{query}")
        assert answer.status_code == status, answer.json()
        return {row["kind"] + ":" + row["name"]: row["url"] for row in answer.json()} if status == 200 else {}


@pytest.fixture
def world() -> World:
    return World()


def test_organizer_sees_consensus_annotations_by_alias_and_predictions(world: World) -> None:
    found = world.overlays(world.phase.challenge.created_by, submission=True)
    assert list(found) == [
        "consensus:Consensus 1 (majority)",
        "annotation:Rater 2",
        "annotation:Reader A",
        "prediction:Our net",
    ]


def test_participant_sees_their_prediction_and_no_reference(world: World) -> None:
    found = world.overlays(world.submission.participant, submission=True)
    assert list(found) == ["prediction:Our net"]


def test_participant_sees_the_reference_where_it_is_shared(world: World) -> None:
    Phase.objects.update(reference_shared=True)
    scored_against = world.case.consensus_versions.get()
    make_consensus(world.case, tumour((10, 16, 16)))  # newer, and of no phase yet
    found = world.overlays(world.submission.participant)
    assert found == {"reference:Reference 1 (majority)": f"/api/v1/consensus/{scored_against.pk}/labelmap/"}


def test_prediction_of_another_is_not_there(world: World) -> None:
    world.overlays(member(world.phase.challenge, Role.PARTICIPANT), submission=True, status=404)


def test_raters_know_what_they_annotate_by_the_assignment_only(world: World) -> None:
    world.overlays(world.raters[0], status=404)
    world.overlays(world.raters[0], submission=True, status=404)


def test_outsider_sees_no_case(world: World) -> None:
    world.overlays(PhaseFactory().challenge.created_by, status=404)


def test_prediction_is_served_as_it_was_sent(world: World) -> None:
    client = APIClient()
    client.force_login(world.submission.participant)
    url = world.overlays(world.submission.participant, submission=True)["prediction:Our net"]
    answer = client.get(url)
    assert answer.status_code == 200
    assert b"".join(answer.streaming_content)[:2] == b"\x1f\x8b"  # type: ignore[attr-defined]
    other = APIClient()
    other.force_login(member(world.phase.challenge, Role.PARTICIPANT))
    assert other.get(url).status_code == 404
