"""Jobs that somebody claims over HTTP: held by attempt, put back, cancelled, given up."""

import threading
import uuid
from collections.abc import Iterator
from datetime import timedelta

import pytest
from django.db import connection, transaction
from django.db.models import Q
from django.utils import timezone

from backend.common import jobs, remote_jobs
from backend.common.models import Job
from tests.jobs import run_due_jobs

SUBJECT = uuid.uuid4()
Told = list[tuple[str, str]]


@pytest.fixture
def told() -> Told:
    return []


@pytest.fixture
def kind(told: Told) -> Iterator[jobs.JobKind]:
    before = dict(jobs.KINDS)

    def place(subject_id: uuid.UUID) -> str:
        return "model-cpu"

    yield remote_jobs.remote_task(
        give_up=lambda subject, code, reason: told.append(("given up", code)),
        put_back=lambda subject, code, reason: told.append(("put back", code)),
    )(place)
    jobs.KINDS.clear()
    jobs.KINDS.update(before)


def claim(worker: str = "w", fits: Q | None = None) -> Job | None:
    with transaction.atomic():
        return remote_jobs.claim(["model-gpu", "model-cpu"], worker=worker, fits=fits or Q())


def claimed() -> Job:
    job = claim()
    assert job is not None
    return job


def expire(job: Job) -> None:
    Job.objects.filter(pk=job.pk).update(lease_until=timezone.now() - timedelta(seconds=1))


@pytest.mark.django_db
class TestHolding:
    def test_our_own_workers_leave_it_alone(self, kind: jobs.JobKind) -> None:
        jobs.request(kind, SUBJECT)
        assert run_due_jobs() == []
        assert claimed().worker == "w"
        assert claim() is None

    def test_attempt_says_who_holds_it(self, kind: jobs.JobKind) -> None:
        jobs.request(kind, SUBJECT)
        job = claimed()
        with transaction.atomic():
            remote_jobs.renew(remote_jobs.hold(job.pk, attempt=1))
        with pytest.raises(remote_jobs.NotHeld):
            remote_jobs.hold(job.pk, attempt=2)

    def test_jobs_of_our_own_cannot_be_held(self) -> None:
        job = Job.objects.create(
            name="evaluations.score_case_task", subject_id=SUBJECT, queue="cpu", status="running", attempts=1
        )
        with pytest.raises(remote_jobs.NotHeld):
            remote_jobs.hold(job.pk, attempt=1)

    def test_what_does_not_fit_is_passed_over(self, kind: jobs.JobKind) -> None:
        other = uuid.uuid4()
        jobs.request(kind, SUBJECT)
        jobs.request(kind, other)
        job = claim(fits=~Q(subject_id=SUBJECT))
        assert job is not None
        assert job.subject_id == other

    def test_lost_worker_s_job_is_another_s(self, kind: jobs.JobKind, told: Told) -> None:
        jobs.request(kind, SUBJECT)
        first = claimed()
        expire(first)
        jobs.sweep()
        assert told == [("put back", "worker_lost")]
        second = claim("other")
        assert second is not None
        assert (second.pk, second.attempts) == (first.pk, 2)
        with pytest.raises(remote_jobs.NotHeld):
            remote_jobs.hold(first.pk, attempt=1)

    def test_cancelled_job_is_nobody_s(self, kind: jobs.JobKind) -> None:
        jobs.request(kind, SUBJECT)
        job = claimed()
        with transaction.atomic():
            remote_jobs.cancel(SUBJECT)
        with pytest.raises(remote_jobs.NotHeld):
            remote_jobs.hold(job.pk, attempt=1)
        assert claim() is None


@pytest.mark.django_db
class TestGivingUp:
    def test_what_never_moves_is_given_up(self, kind: jobs.JobKind, told: Told) -> None:
        jobs.request(kind, SUBJECT)
        for _ in range(jobs.MAX_ATTEMPTS):
            expire(claimed())
            jobs.sweep()
        assert told[-1] == ("given up", "worker_lost")
        assert claim() is None

    def test_what_gets_further_never_is(self, kind: jobs.JobKind, told: Told) -> None:
        jobs.request(kind, SUBJECT)
        for _ in range(jobs.MAX_ATTEMPTS + 2):
            job = claimed()
            remote_jobs.renew(job, got_further=True)
            expire(job)
            jobs.sweep()
        assert {what for what, _ in told} == {"put back"}

    def test_being_stopped_kindly_counts_for_nothing(self, kind: jobs.JobKind, told: Told) -> None:
        jobs.request(kind, SUBJECT)
        for _ in range(jobs.MAX_ATTEMPTS + 2):
            remote_jobs.put_back(claimed(), reason="deployment")
        assert {what for what, _ in told} == {"put back"}


@pytest.mark.django_db(transaction=True)
def test_of_two_workers_at_once_one_gets_it(kind: jobs.JobKind) -> None:
    jobs.request(kind, SUBJECT)
    start, found = threading.Barrier(2), []

    def work(name: str) -> None:
        start.wait(5)
        try:
            found.append(claim(name))
        finally:
            connection.close()

    threads = [threading.Thread(target=work, args=[name]) for name in ("one", "two")]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(10)
    assert sum(job is not None for job in found) == 1
