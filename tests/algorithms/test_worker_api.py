"""What model workers call: claiming, reporting, resuming, and what is refused."""

import threading
from datetime import timedelta
from types import SimpleNamespace
from typing import Any

import pytest
from django.conf import LazySettings
from django.db import connection
from django.test import override_settings
from django.utils import timezone
from rest_framework.test import APIClient

from backend.algorithms import runs
from backend.algorithms.models import LogLine, Run, RunCase, Worker, WorkStatus
from backend.common import blobs, jobs
from backend.common.models import Job
from backend.submissions import running
from tests.factories.algorithms import WorkerClient, introduction, labelmap_bytes, safetensors_bytes
from tests.jobs import run_due_jobs
from tests.phantoms import tumour
from workers import contract
from workers.contract import Reason

CLAIM = "/api/v1/worker/claim/"


@pytest.fixture
def run(world: SimpleNamespace) -> Run:
    """Of a trusted model over the three cases of the public phase, as a baseline."""
    wanted = running.Wanted(version_id=world.model.pk, purpose=Run.Purpose.BASELINE)
    return running.submit_run(user=world.organizer, phase_id=world.phase.pk, wanted=wanted)


def labelmap(run: Run, number: int) -> bytes:
    return labelmap_bytes(run.cases.select_related("case").get(number=number).case, tumour())


def expire_lease() -> None:
    Job.objects.filter(status=Job.Status.RUNNING).update(lease_until=timezone.now() - timedelta(seconds=1))
    jobs.sweep()


@pytest.mark.django_db
class TestAuthentication:
    @pytest.mark.parametrize("header", [None, "Bearer", "Bearer wrong", "Bearer a b", "Basic x", "Bearer é"])
    def test_strangers_are_refused(self, header: str | None) -> None:
        headers = {} if header is None else {"HTTP_AUTHORIZATION": header}
        answer = APIClient().post(CLAIM, contract.to_json(introduction()), **headers)  # type: ignore[arg-type]
        assert (answer.status_code, answer["WWW-Authenticate"]) == (401, "Bearer")

    def test_without_tokens_nobody_is_a_worker(self, settings: LazySettings) -> None:
        worker = WorkerClient()
        settings.WORKER_TOKENS = []
        assert worker.http.post(CLAIM, contract.to_json(introduction())).status_code == 401

    def test_person_is_no_worker(self, world: SimpleNamespace) -> None:
        client = APIClient()
        client.force_login(world.organizer)
        assert client.post(CLAIM, contract.to_json(introduction())).status_code == 401

    def test_worker_is_no_person(self) -> None:
        assert WorkerClient().http.get("/api/v1/tokens/").status_code == 401


class TestClaiming:
    def test_nothing_to_do(self, world: SimpleNamespace) -> None:
        assert WorkerClient(gpu=True).claim() is None
        worker = Worker.objects.get()
        assert (worker.name, worker.queues) == ("worker-1", ["model-gpu", "model-cpu"])

    def test_request_has_all_and_names_nobody(self, world: SimpleNamespace, run: Run) -> None:
        request = WorkerClient().claim_run()
        assert [case.number for case in request.cases] == [1, 2, 3]
        assert set(request.cases[0].images) == {"flair", "t1", "t1c", "t2"}
        assert (request.trusted, request.attempt) == (True, 1)
        assert request.label_mapping == {"1": 1, "2": 2, "4": 4}
        text = str(contract.to_json(request))
        for secret in (world.challenge.title, world.organizer.username, world.phase.title, "Cases"):
            assert secret not in text
        run.refresh_from_db()
        assert (run.status, run.worker) == (WorkStatus.RUNNING, "worker-1")
        assert WorkerClient("worker-2").claim() is None

    def test_only_the_sequences_asked_for(self, world: SimpleNamespace) -> None:
        world.model.config["missing"] = "zero"
        world.model.save()
        wanted = running.Wanted(
            version_id=world.model.pk, purpose=Run.Purpose.BASELINE, sequences=("t1", "flair")
        )
        running.submit_run(user=world.organizer, phase_id=world.phase.pk, wanted=wanted)
        assert set(WorkerClient().claim_run().cases[0].images) == {"flair", "t1"}

    def test_untrusted_goes_only_where_it_is_isolated(self, world: SimpleNamespace) -> None:
        runs.start_trial(user=world.participant, version_id=world.own.pk)
        assert WorkerClient(sandbox=False).claim() is None
        assert WorkerClient(sandbox=True).claim_run().trusted is False

    def test_gpu_is_for_who_has_one(self, world: SimpleNamespace) -> None:
        wanted = running.Wanted(version_id=world.model.pk, purpose=Run.Purpose.BASELINE, needs_gpu=True)
        running.submit_run(user=world.organizer, phase_id=world.phase.pk, wanted=wanted)
        assert WorkerClient().claim() is None
        assert WorkerClient(gpu=True).claim() is not None

    def test_bad_message_names_the_field(self, world: SimpleNamespace) -> None:
        values = contract.to_json(introduction()) | {"sandbox": "yes"}
        answer = WorkerClient().http.post(CLAIM, values)
        assert (answer.status_code, answer.json()["code"]) == (422, "bad_message")
        assert "sandbox" in answer.json()["detail"]


class TestReporting:
    def test_whole_run_becomes_a_scored_submission(self, world: SimpleNamespace, run: Run) -> None:
        worker = WorkerClient()
        worker.predict(run, tumour())
        run_due_jobs()
        run.refresh_from_db()
        assert (run.status, run.done, run.device) == (WorkStatus.DONE, 3, "cpu")
        submission = run.submission
        assert (submission.status, submission.predictions.count()) == ("scored", 3)
        assert submission.evaluations.get().overall["dice"] == pytest.approx(1.0)

    def test_progress_is_noted(self, world: SimpleNamespace, run: Run) -> None:
        worker = WorkerClient()
        worker.claim_run()
        line = contract.LogLine(at="2026-01-01T00:00:00+00:00", text="load\x00ed", public=True)
        assert worker.progress(seconds_left=12.5, memory_mib=900, log=(line,))
        run.refresh_from_db()
        assert (run.stage, run.seconds_left, run.memory_mib) == ("predicting", 12.5, 900)
        assert LogLine.objects.get().text == "loaded"

    def test_listeners_are_told_once_a_second(
        self, world: SimpleNamespace, run: Run, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        told: list[Any] = []
        worker = WorkerClient()
        worker.claim_run()
        monkeypatch.setattr("backend.algorithms.reporting.publish", told.append)
        for _ in range(5):
            worker.progress()
        assert [event.name for event in told] == ["run_progressed"]
        Run.objects.update(told_at=timezone.now() - timedelta(seconds=2))
        worker.progress()
        assert len(told) == 2

    def test_the_same_case_again_is_fine_another_labelmap_is_not(
        self, world: SimpleNamespace, run: Run
    ) -> None:
        worker = WorkerClient()
        worker.claim_run()
        assert worker.finish_case(1, labelmap(run, 1))
        assert worker.finish_case(1, labelmap(run, 1))
        other = labelmap_bytes(run.cases.get(number=1).case, tumour((14, 16, 16)))
        assert worker.put("cases/1/labelmap/", other).status_code == 409
        run.refresh_from_db()
        assert run.done == 1

    def test_case_without_its_labelmap_is_refused(self, world: SimpleNamespace, run: Run) -> None:
        worker = WorkerClient()
        worker.claim_run()
        answer = worker.post("cases/", contract.CaseResult(number=1, digest="0" * 64))
        assert (answer.status_code, answer.json()["code"]) == (409, "no_labelmap")
        assert worker.put("cases/9/labelmap/", b"x").status_code == 404

    def test_too_large_a_labelmap_is_refused(
        self, world: SimpleNamespace, run: Run, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr("backend.algorithms.worker_api.MOST_LABELMAP_BYTES", 100)
        worker = WorkerClient()
        worker.claim_run()
        assert worker.put("cases/1/labelmap/", b"x" * 101).status_code == 413
        assert not RunCase.objects.exclude(labelmap_digest="").exists()

    def test_ending_with_cases_undone_fails(self, world: SimpleNamespace, run: Run) -> None:
        worker = WorkerClient()
        worker.claim_run()
        worker.finish_case(1, labelmap(run, 1))
        worker.end()
        run_due_jobs()
        run.refresh_from_db()
        assert (run.status, run.reason_code) == (WorkStatus.FAILED, Reason.INTERNAL)
        assert run.submission.status == "failed"

    def test_what_is_no_labelmap_fails_the_run(self, world: SimpleNamespace, run: Run) -> None:
        worker = WorkerClient()
        for case in worker.claim_run().cases:
            worker.finish_case(case.number, b"\x80\x04no volume")
        worker.end()
        run_due_jobs()
        run.refresh_from_db()
        assert (run.status, run.reason_code) == (WorkStatus.FAILED, Reason.WRONG_OUTPUT)
        assert run.submission.status == "rejected"

    def test_run_takes_no_weights(self, world: SimpleNamespace, run: Run) -> None:
        worker = WorkerClient()
        worker.claim_run()
        assert worker.put("weights/", safetensors_bytes()).status_code == 409
        assert worker.put("checkpoint/", b"x").status_code == 409


class TestInterruption:
    def test_resumption_lists_only_what_is_not_done(self, world: SimpleNamespace, run: Run) -> None:
        lost = WorkerClient("lost")
        lost.claim_run()
        lost.finish_case(2, labelmap(run, 2))
        expire_lease()
        run.refresh_from_db()
        assert run.status == WorkStatus.QUEUED
        other = WorkerClient("other")
        assert [case.number for case in other.claim_run().cases] == [1, 3]
        assert other.attempt == 2
        # the lost one comes back: its words count for nothing
        assert not lost.progress()
        assert not lost.fail_case(1, Reason.MODEL_FAILED)
        assert not lost.end()
        assert lost.put("cases/1/labelmap/", labelmap(run, 1)).status_code == 409
        for number in (1, 3):
            other.finish_case(number, labelmap(run, number))
        other.end()
        run_due_jobs()
        run.refresh_from_db()
        assert run.status == WorkStatus.DONE
        assert run.submission.predictions.count() == 3

    def test_stopped_worker_hands_it_on(self, world: SimpleNamespace, run: Run) -> None:
        worker = WorkerClient()
        worker.claim_run()
        assert worker.end("stopped")
        assert WorkerClient("next").claim_run().attempt == 2

    def test_cancelled_run_stops_its_worker(self, world: SimpleNamespace, run: Run) -> None:
        worker = WorkerClient()
        worker.claim_run()
        runs.cancel_run(run_id=run.pk, user=world.organizer)
        assert not worker.progress()
        assert worker.claim() is None
        run_due_jobs()
        run.refresh_from_db()
        assert run.status == WorkStatus.CANCELLED
        assert run.submission.status == "rejected"

    def test_what_is_lost_again_and_again_fails_and_goes_on_when_tried_again(
        self, world: SimpleNamespace, run: Run
    ) -> None:
        for _ in range(jobs.MAX_ATTEMPTS):
            WorkerClient().claim_run()
            expire_lease()
        run_due_jobs()
        run.refresh_from_db()
        assert (run.status, run.reason_code) == (WorkStatus.FAILED, Reason.WORKER_LOST)
        assert run.submission.status == "failed"
        runs.retry_run(run_id=run.pk, user=world.organizer)
        run_due_jobs()
        run.submission.refresh_from_db()
        assert run.submission.status == "computing"
        WorkerClient().predict(run, tumour())
        run_due_jobs()
        run.submission.refresh_from_db()
        assert run.submission.status == "scored"

    def test_attempt_has_to_be_named(self, world: SimpleNamespace, run: Run) -> None:
        worker = WorkerClient()
        worker.claim_run()
        message = contract.to_json(contract.Progress(stage="x"))
        answer = worker.http.post(f"/api/v1/worker/jobs/{worker.job}/progress/", message)
        assert answer.status_code == 422
        worker.attempt = 7
        assert not worker.progress()


class TestLinks:
    def test_link_gives_the_served_image(self, world: SimpleNamespace, run: Run) -> None:
        worker = WorkerClient()
        link = worker.claim_run().cases[0].images["flair"]
        answer = worker.fetch(link)
        body = b"".join(answer)  # type: ignore[arg-type]  # a FileResponse is iterated
        assert (len(body), blobs.put_bytes(body).digest) == (link.size_bytes, link.digest)

    def test_link_alone_is_not_enough(self, world: SimpleNamespace, run: Run) -> None:
        link = WorkerClient().claim_run().model.weights
        assert APIClient().get(link.url).status_code == 401

    def test_changed_link_leads_nowhere(self, world: SimpleNamespace, run: Run) -> None:
        worker = WorkerClient()
        link = worker.claim_run().model.weights
        assert worker.http.get(link.url[:-4] + "xyz/").status_code == 404

    def test_link_ends_with_its_attempt(self, world: SimpleNamespace, run: Run) -> None:
        worker = WorkerClient()
        link = worker.claim_run().model.weights
        assert worker.fetch(link).status_code == 200
        expire_lease()
        assert worker.fetch(link).status_code == 404
        WorkerClient("next").claim_run()
        assert worker.fetch(link).status_code == 404

    def test_link_expires(self, world: SimpleNamespace, run: Run) -> None:
        worker = WorkerClient()
        link = worker.claim_run().model.weights
        with override_settings(WORKER_LINK_S=-1):
            assert worker.fetch(link).status_code == 404


@pytest.mark.django_db(transaction=True)
def test_of_two_workers_at_once_one_gets_the_run(request: pytest.FixtureRequest) -> None:
    world: SimpleNamespace = request.getfixturevalue("world")
    runs.start_trial(user=world.organizer, version_id=world.model.pk)
    start, found = threading.Barrier(2), []

    def work(name: str) -> None:
        worker = WorkerClient(name)
        start.wait(5)
        try:
            found.append(worker.claim())
        finally:
            connection.close()

    threads = [threading.Thread(target=work, args=[name]) for name in ("one", "two")]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(20)
    assert sum(one is not None for one in found) == 1
