"""Runs on phases: the phase's rules, baselines on the board, pre-annotation, comparison; and what leaks."""

import json
from datetime import timedelta
from types import SimpleNamespace

import pytest
from django.utils import timezone
from rest_framework.test import APIClient

from backend.accounts.models import User
from backend.algorithms import runs
from backend.algorithms.errors import DoesNotFit, NotReady
from backend.algorithms.models import AlgorithmVersion, Run
from backend.annotations.models import Assignment
from backend.challenges.models import Role
from backend.common.errors import NotAllowed, NotFound
from backend.evaluations.model_comparison import compare_models
from backend.leaderboards.selectors import board_for
from backend.phases.models import Phase
from backend.phases.selectors import count_attempts
from backend.submissions import running
from backend.submissions.errors import AttemptsUsedUp, PhaseClosed
from backend.submissions.models import Submission
from tests.factories.algorithms import WorkerClient, make_model
from tests.factories.annotations import assign
from tests.factories.challenges import member
from tests.factories.submissions import submit
from tests.jobs import run_due_jobs
from tests.phantoms import tumour
from workers import contract
from workers.contract import Reason

Purpose = Run.Purpose
SECRET = "what the hidden image says"


def ask(world: SimpleNamespace, user: User, phase: Phase, version: AlgorithmVersion, **fields: object) -> Run:
    wanted = running.Wanted(version_id=version.pk, **fields)  # type: ignore[arg-type]  # as the tests say
    return running.submit_run(user=user, phase_id=phase.pk, wanted=wanted)


def computed(run: Run, center: tuple[int, int, int] = (16, 16, 16)) -> Run:
    WorkerClient().predict(run, tumour(center))
    run_due_jobs()
    return Run.objects.get(pk=run.pk)


def get(user: User, path: str) -> APIClient:
    client = APIClient()
    client.force_login(user)
    return client.get(f"/api/v1/{path}")


class TestRules:
    def test_attempt_is_held_while_it_runs_and_used_when_it_is_done(self, world: SimpleNamespace) -> None:
        run = ask(world, world.participant, world.phase, world.own)
        attempts = count_attempts(world.phase, participant_id=world.participant.pk)
        assert (attempts.in_check, attempts.used_total) == (1, 0)
        computed(run)
        attempts = count_attempts(world.phase, participant_id=world.participant.pk)
        assert (attempts.in_check, attempts.used_total) == (0, 1)

    def test_failed_run_costs_no_attempt(self, world: SimpleNamespace) -> None:
        ask(world, world.participant, world.phase, world.own)
        worker = WorkerClient()
        worker.claim_run()
        worker.end("failed", reason_code=Reason.MODEL_FAILED, reason=SECRET)
        run_due_jobs()
        submission = Submission.objects.get()
        assert (submission.status, submission.reason_code) == ("rejected", Reason.MODEL_FAILED)
        assert count_attempts(world.phase, participant_id=world.participant.pk).used_total == 0

    def test_last_attempt_cannot_be_taken_twice(self, world: SimpleNamespace) -> None:
        Phase.objects.update(attempts_total=1)
        ask(world, world.participant, world.phase, world.own)
        with pytest.raises(AttemptsUsedUp):
            ask(world, world.participant, world.phase, world.own)
        assert Run.objects.count() == 1

    def test_closed_phase_is_the_organizers(self, world: SimpleNamespace) -> None:
        Phase.objects.update(closes_at=timezone.now() - timedelta(days=1))
        with pytest.raises(PhaseClosed):
            ask(world, world.participant, world.phase, world.own)
        assert ask(world, world.organizer, world.phase, world.model, purpose=Purpose.BASELINE)

    def test_participants_run_their_own_tried_models_as_submissions(self, world: SimpleNamespace) -> None:
        with pytest.raises(NotAllowed):
            ask(world, world.participant, world.phase, world.model)
        with pytest.raises(NotAllowed):
            ask(world, world.participant, world.phase, world.own, purpose=Purpose.BASELINE)
        with pytest.raises(NotAllowed):
            ask(world, world.participant, world.phase, world.own, sequences=("t1",))
        other = member(world.challenge, Role.PARTICIPANT)
        with pytest.raises(NotFound):
            ask(world, other, world.phase, world.own)
        AlgorithmVersion.objects.filter(pk=world.own.pk).update(status="trial")
        with pytest.raises(NotReady):
            ask(world, world.participant, world.phase, world.own)

    def test_model_that_does_not_fit_is_refused(self, world: SimpleNamespace) -> None:
        lacking = make_model(world.challenge, world.organizer, sequences=["flair", "pet"])
        with pytest.raises(DoesNotFit, match="pet"):
            ask(world, world.organizer, world.phase, lacking)
        with pytest.raises(DoesNotFit, match="t1c"):
            ask(world, world.organizer, world.phase, world.model, purpose=Purpose.BASELINE, sequences=("t1",))


class TestBoard:
    def test_baselines_stand_beside_participants_each_model_once(self, world: SimpleNamespace) -> None:
        submit(world.phase, {case.name: tumour((15, 16, 16)) for case in world.version.cases.all()})
        other = make_model(world.challenge, world.organizer)
        for model, center in (
            (world.model, (16, 16, 16)),
            (world.model, (13, 16, 16)),
            (other, (12, 16, 16)),
        ):
            computed(ask(world, world.organizer, world.phase, model, purpose=Purpose.BASELINE), center)
        rows = board_for(phase_id=world.phase.pk, viewer=world.participant)["rows"]
        assert [(row["kind"], row["rank"]) for row in rows] == [
            ("baseline", 1.0),
            ("submission", 2.0),
            ("baseline", 3.0),
        ]

    def test_subsets_of_sequences_are_compared_and_not_ranked(self, world: SimpleNamespace) -> None:
        model = make_model(world.challenge, world.organizer, missing="zero")
        for sequences in (None, ("flair",), ("flair", "t1")):
            computed(
                ask(world, world.organizer, world.phase, model, purpose=Purpose.BASELINE, sequences=sequences)
            )
        assert len(board_for(phase_id=world.phase.pk, viewer=world.organizer)["rows"]) == 1
        rows = compare_models(challenge=world.challenge, viewer=world.organizer).rows
        assert [(row.sequences, row.is_whole) for row in rows] == [
            (("flair", "t1", "t1c", "t2"), True),
            (("flair",), False),
            (("flair", "t1"), False),
        ]
        assert rows[0].seconds_per_case == pytest.approx(1.61)
        assert rows[0].evaluation.overall["dice"] == pytest.approx(1.0)

    def test_comparison_shows_what_the_viewer_may_see(self, world: SimpleNamespace) -> None:
        computed(ask(world, world.participant, world.hidden, world.own))
        computed(ask(world, world.organizer, world.hidden, world.model, purpose=Purpose.BASELINE))
        own = compare_models(challenge=world.challenge, viewer=world.participant).rows
        assert [row.run.version_id for row in own] == [world.own.pk]
        other = member(world.challenge, Role.PARTICIPANT)
        assert compare_models(challenge=world.challenge, viewer=other).rows == ()
        assert len(compare_models(challenge=world.challenge, viewer=world.organizer).rows) == 2


def test_pre_annotation_is_offered_to_raters(world: SimpleNamespace) -> None:
    rater = member(world.challenge, Role.RATER)
    assign(world.dataset, rater)
    run = runs.start_pre_annotation(
        user=world.organizer, dataset_id=world.dataset.pk, version_id=world.model.pk
    )
    computed(run)
    offered = Assignment.objects.exclude(pre_annotation_digest="")
    assert offered.count() == 3
    assert {one.pre_annotation_source for one in offered} == {str(world.model)}


class TestLeaks:
    """Whoever sent the model learns nothing of hidden images, whatever the model writes."""

    @pytest.fixture
    def failed(self, world: SimpleNamespace) -> Run:
        run = ask(world, world.participant, world.hidden, world.own)
        worker = WorkerClient()
        worker.claim_run()
        worker.progress(
            memory_mib=987654321,
            log=(contract.LogLine(at="2026-01-01T00:00:00+00:00", text=SECRET, public=True),),
        )
        worker.fail_case(1, Reason.MODEL_FAILED, SECRET)
        worker.end("failed", reason_code=Reason.MODEL_FAILED, reason=SECRET)
        run_due_jobs()
        return run

    def test_author_sees_neither_words_nor_numbers_of_the_model(
        self, world: SimpleNamespace, failed: Run
    ) -> None:
        submission = Submission.objects.get(run=failed)
        paths = [f"runs/{failed.pk}/", f"runs/{failed.pk}/cases/", f"submissions/{submission.pk}/"]
        paths.append(f"challenges/{world.challenge.slug}/runs/")
        for path in paths:
            answer = get(world.participant, path)
            assert answer.status_code == 200
            for secret in (SECRET, "987654321", '"name": "A"', "worker-1"):
                assert secret not in json.dumps(answer.json()), path
        cases = get(world.participant, f"runs/{failed.pk}/cases/").json()["results"]
        assert cases[0]["reason_code"] == Reason.MODEL_FAILED
        assert {case["case"] for case in cases} == {None}
        assert get(world.participant, f"runs/{failed.pk}/log/").status_code == 403

    def test_organizers_see_all_of_it(self, world: SimpleNamespace, failed: Run) -> None:
        assert SECRET in get(world.organizer, f"runs/{failed.pk}/").json()["reason"]
        lines = get(world.organizer, f"runs/{failed.pk}/log/").json()["results"]
        assert [line["text"] for line in lines] == [SECRET]

    def test_author_gets_no_labelmaps_of_hidden_cases(self, world: SimpleNamespace) -> None:
        run = computed(ask(world, world.participant, world.hidden, world.own))
        case = run.cases.get(number=1).case
        submission = Submission.objects.get(run=run)
        paths = [f"runs/{run.pk}/cases/1/labelmap/"]
        paths.append(f"submissions/{submission.pk}/predictions/{case.pk}/labelmap/")
        for path in paths:
            assert get(world.participant, path).status_code == 404
            assert get(world.organizer, path).status_code == 200
        row = get(world.participant, f"runs/{run.pk}/cases/").json()["results"][0]
        assert (row["seconds"], row["memory_mib"], row["labelmap_url"]) == ({"compute": 1.3}, None, None)

    def test_of_public_cases_the_author_reads_public_lines(self, world: SimpleNamespace) -> None:
        run = runs.start_trial(user=world.participant, version_id=world.own.pk)
        worker = WorkerClient()
        worker.claim_run()
        at = "2026-01-01T00:00:00+00:00"
        worker.progress(
            log=(contract.LogLine(at, "the model's", public=True), contract.LogLine(at, "the worker's"))
        )
        lines = get(world.participant, f"runs/{run.pk}/log/").json()["results"]
        assert [line["text"] for line in lines] == ["the model's"]
        assert len(get(world.organizer, f"runs/{run.pk}/log/").json()["results"]) == 2
