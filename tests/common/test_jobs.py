"""Jobs as rows: claimed once, run under a lease, taken back, tried again, given up."""

import threading
import time
import uuid
from collections.abc import Callable, Iterator
from datetime import timedelta

import pytest
from django.db import connection, transaction
from django.utils import timezone

from backend.celery import app as celery_app
from backend.common import jobs
from backend.common.models import Job
from tests.jobs import let_delays_pass, run_due_jobs

SUBJECT = uuid.uuid4()
Register = Callable[..., jobs.JobKind]


@pytest.fixture
def register() -> Iterator[Register]:
    """Makes a function a job for the length of one test."""
    before = dict(jobs.KINDS)

    def make(function: Callable[[uuid.UUID], None], **options: object) -> jobs.JobKind:
        return jobs.cpu_task(**options)(function)

    yield make
    jobs.KINDS.clear()
    jobs.KINDS.update(before)


@pytest.fixture
def given_up() -> list[tuple[uuid.UUID, str, str]]:
    return []


def expire_lease(job: Job) -> None:
    """As if its worker had been killed and the lease had run out."""
    Job.objects.filter(pk=job.pk).update(lease_until=timezone.now() - timedelta(seconds=1))


@pytest.mark.django_db
class TestRequest:
    def test_requested_job_runs_on_its_subject(self, register: Register) -> None:
        seen: list[uuid.UUID] = []
        kind = register(lambda subject: seen.append(subject))
        jobs.request(kind, SUBJECT)
        assert [job.status for job in run_due_jobs()] == [Job.Status.DONE]
        assert seen == [SUBJECT]

    def test_second_request_while_one_waits_changes_nothing(self, register: Register) -> None:
        kind = register(lambda subject: None)
        jobs.request(kind, SUBJECT)
        jobs.request(kind, SUBJECT)
        assert Job.objects.count() == 1

    def test_request_while_one_runs_is_a_new_job(self, register: Register) -> None:
        kind = register(lambda subject: None)
        jobs.request(kind, SUBJECT)
        jobs.claim("cpu")
        jobs.request(kind, SUBJECT)
        assert Job.objects.filter(status=Job.Status.QUEUED).count() == 1

    def test_request_of_a_transaction_that_is_rolled_back_is_no_request(self, register: Register) -> None:
        kind = register(lambda subject: None)
        with transaction.atomic():
            jobs.request(kind, SUBJECT)
            transaction.set_rollback(True)
        assert not Job.objects.exists()

    def test_higher_priority_runs_first(self, register: Register) -> None:
        ran: list[str] = []

        def low(subject: uuid.UUID) -> None:
            ran.append("low")

        def high(subject: uuid.UUID) -> None:
            ran.append("high")

        jobs.request(register(low), SUBJECT)
        jobs.request(register(high, priority=5), SUBJECT)
        run_due_jobs()
        assert ran == ["high", "low"]


@pytest.mark.django_db
class TestClaim:
    def test_claimed_row_is_running_under_a_lease(self, register: Register) -> None:
        jobs.request(register(lambda subject: None), SUBJECT)
        job = jobs.claim("cpu")
        assert job is not None
        job.refresh_from_db()
        assert (job.status, job.attempts) == (Job.Status.RUNNING, 1)
        assert job.lease_until > timezone.now()

    def test_message_delivered_twice_finds_nothing_to_claim(self, register: Register) -> None:
        runs: list[uuid.UUID] = []
        jobs.request(register(lambda subject: runs.append(subject)), SUBJECT)
        jobs.work_task("cpu")
        jobs.work_task("cpu")
        assert runs == [SUBJECT]

    def test_other_queues_are_left_alone(self, register: Register) -> None:
        jobs.request(register(lambda subject: None), SUBJECT)
        assert jobs.claim("io") is None

    def test_delayed_row_is_not_due(self, register: Register) -> None:
        jobs.request(register(lambda subject: None), SUBJECT)
        Job.objects.update(not_before=timezone.now() + timedelta(minutes=1))
        assert jobs.claim("cpu") is None


@pytest.mark.django_db
class TestFailure:
    def test_failing_job_is_tried_again_later_with_its_reason(self, register: Register) -> None:
        def fail(subject: uuid.UUID) -> None:
            raise ValueError("no such voxel")

        jobs.request(register(fail), SUBJECT)
        (job,) = run_due_jobs(failures=True)
        assert job.status == Job.Status.QUEUED
        assert job.not_before > timezone.now()
        assert (job.reason_code, job.reason) == ("internal_error", "ValueError: no such voxel")

    def test_gives_up_after_the_last_attempt(self, register: Register, given_up: list) -> None:
        def fail(subject: uuid.UUID) -> None:
            raise ValueError("again")

        jobs.request(register(fail, give_up=lambda *reason: given_up.append(reason)), SUBJECT)
        for _ in range(jobs.MAX_ATTEMPTS):
            assert given_up == []
            (job,) = run_due_jobs(failures=True)
            let_delays_pass()
        assert (job.status, job.attempts) == (Job.Status.FAILED, jobs.MAX_ATTEMPTS)
        assert given_up == [(SUBJECT, "internal_error", "ValueError: again")]
        assert run_due_jobs() == []

    def test_job_that_heals_ends_done(self, register: Register) -> None:
        attempts: list[uuid.UUID] = []

        def heal(subject: uuid.UUID) -> None:
            attempts.append(subject)
            if len(attempts) < 3:
                raise OSError("not yet")

        jobs.request(register(heal), SUBJECT)
        for _ in range(3):
            (job,) = run_due_jobs(failures=True)
            let_delays_pass()
        assert job.status == Job.Status.DONE

    def test_job_over_its_time_limit_is_given_up_at_once(self, register: Register, given_up: list) -> None:
        def dawdle(subject: uuid.UUID) -> None:
            try:
                time.sleep(10)
            except Exception:
                raise AssertionError("a job must not swallow its time limit") from None

        kind = register(dawdle, limit_s=0.2, give_up=lambda *reason: given_up.append(reason))
        jobs.request(kind, SUBJECT)
        began = time.monotonic()
        (job,) = run_due_jobs(failures=True)
        assert time.monotonic() - began < 5
        assert (job.status, job.reason_code) == (Job.Status.FAILED, "time_limit")
        assert given_up == [(SUBJECT, "time_limit", "it ran longer than 0.2 s")]

    def test_failure_is_superseded_by_a_newer_request(self, register: Register) -> None:
        def ask_again_and_fail(subject: uuid.UUID) -> None:
            jobs.request(kind, subject)
            raise ValueError("outdated")

        kind = register(ask_again_and_fail)
        jobs.request(kind, SUBJECT)
        first = jobs.claim("cpu")
        assert first is not None
        jobs.execute(first)
        first.refresh_from_db()
        assert (first.status, first.reason_code) == (Job.Status.DONE, "superseded")
        assert Job.objects.filter(status=Job.Status.QUEUED).count() == 1

    def test_job_of_an_unknown_name_ends_failed(self) -> None:
        Job.objects.create(name="gone.task", subject_id=SUBJECT, queue="cpu", attempts=jobs.MAX_ATTEMPTS - 1)
        (job,) = run_due_jobs(failures=True)
        assert job.status == Job.Status.FAILED


@pytest.mark.django_db
class TestSweep:
    def test_killed_workers_job_is_taken_back_when_its_lease_expires(self, register: Register) -> None:
        runs: list[uuid.UUID] = []
        jobs.request(register(lambda subject: runs.append(subject)), SUBJECT)
        lost = jobs.claim("cpu")  # … and the worker is killed
        assert lost is not None
        jobs.sweep()
        assert run_due_jobs() == []
        expire_lease(lost)
        jobs.sweep()
        (job,) = run_due_jobs()
        assert (job.pk, job.status, job.attempts) == (lost.pk, Job.Status.DONE, 2)
        assert runs == [SUBJECT]

    def test_worker_that_comes_back_late_does_not_end_its_successors_attempt(
        self, register: Register
    ) -> None:
        jobs.request(register(lambda subject: None), SUBJECT)
        late = jobs.claim("cpu")
        assert late is not None
        expire_lease(late)
        jobs.sweep()
        successor = jobs.claim("cpu")
        assert successor is not None
        jobs.execute(late)
        successor.refresh_from_db()
        assert (successor.status, successor.attempts) == (Job.Status.RUNNING, 2)

    def test_late_failure_does_not_requeue_its_successors_attempt(self, register: Register) -> None:
        def fail(subject: uuid.UUID) -> None:
            raise ValueError

        jobs.request(register(fail), SUBJECT)
        late = jobs.claim("cpu")
        assert late is not None
        expire_lease(late)
        jobs.sweep()
        successor = jobs.claim("cpu")
        assert successor is not None
        jobs.execute(late)
        successor.refresh_from_db()
        assert successor.status == Job.Status.RUNNING

    def test_job_that_kills_its_workers_is_given_up(self, register: Register, given_up: list) -> None:
        kind = register(lambda subject: None, give_up=lambda *reason: given_up.append(reason))
        jobs.request(kind, SUBJECT)
        for _ in range(jobs.MAX_ATTEMPTS):
            lost = jobs.claim("cpu")
            assert lost is not None
            expire_lease(lost)
            jobs.sweep()
        lost.refresh_from_db()
        assert lost.status == Job.Status.FAILED
        assert [(subject, code) for subject, code, _ in given_up] == [(SUBJECT, "worker_lost")]

    def test_one_broken_way_out_does_not_block_the_others(self, register: Register, given_up: list) -> None:
        def refuse(subject: uuid.UUID, code: str, reason: str) -> None:
            given_up.append((subject, code, reason))
            if len(given_up) == 1:
                raise OSError("the way out is shut")

        kind = register(lambda subject: None, give_up=refuse)
        for _ in range(2):
            jobs.request(kind, uuid.uuid4())
            lost = jobs.claim("cpu")
            assert lost is not None
            Job.objects.filter(pk=lost.pk).update(attempts=jobs.MAX_ATTEMPTS)
            expire_lease(lost)
        jobs.sweep()
        assert sorted(Job.objects.values_list("status", flat=True)) == [Job.Status.FAILED, Job.Status.RUNNING]

    def test_old_ended_jobs_are_forgotten(self, register: Register) -> None:
        jobs.request(register(lambda subject: None), SUBJECT)
        run_due_jobs()
        Job.objects.update(ended_at=timezone.now() - timedelta(days=jobs.KEEP_ENDED_DAYS + 1))
        jobs.sweep()
        assert not Job.objects.exists()


@pytest.fixture
def broken_broker() -> Iterator[None]:
    """A broker that nobody answers for."""
    address = celery_app.conf.broker_url
    celery_app.conf.broker_url = "redis://127.0.0.1:1/0"
    celery_app._pool = None
    celery_app.amqp._producer_pool = None
    yield
    celery_app.conf.broker_url = address
    celery_app._pool = None
    celery_app.amqp._producer_pool = None


@pytest.mark.django_db(transaction=True)
class TestCommitted:
    def test_wake_that_cannot_be_sent_leaves_the_row_to_the_sweep(
        self, register: Register, broken_broker: None, caplog: pytest.LogCaptureFixture
    ) -> None:
        kind = register(lambda subject: None)
        jobs.request(kind, SUBJECT)
        assert "wake_failed" in caplog.text
        assert Job.objects.get().status == Job.Status.QUEUED

    def test_only_one_of_many_workers_gets_a_row(self, register: Register) -> None:
        jobs.request(register(lambda subject: None), SUBJECT)
        claimed: list[Job | None] = []

        def work() -> None:
            try:
                claimed.append(jobs.claim("cpu"))
            finally:
                connection.close()

        together(work, times=4)
        assert sum(job is not None for job in claimed) == 1

    def test_waiting_row_is_not_claimed_before_the_newer_request_commits(self, register: Register) -> None:
        """Else the job would run without seeing what its requester commits, and none would be owed after."""
        kind = register(lambda subject: None)
        jobs.request(kind, SUBJECT)
        claimed: list[Job | None] = []

        def work() -> None:
            try:
                claimed.append(jobs.claim("cpu"))
            finally:
                connection.close()

        with transaction.atomic():
            jobs.request(kind, SUBJECT)
            together(work, times=1)
        assert claimed == [None]
        assert jobs.claim("cpu") is not None

    def test_heartbeat_renews_the_lease(self, register: Register, settings: object) -> None:
        settings.JOB_HEARTBEAT_S = 0.05  # type: ignore[attr-defined]
        leases: list[object] = []

        def watch(subject: uuid.UUID) -> None:
            leases.append(Job.objects.get().lease_until)
            deadline = time.monotonic() + 5
            while Job.objects.get().lease_until == leases[0] and time.monotonic() < deadline:
                time.sleep(0.02)
            leases.append(Job.objects.get().lease_until)

        jobs.request(register(watch), SUBJECT)
        run_due_jobs()
        assert leases[1] > leases[0]  # type: ignore[operator]


def together(work: Callable[[], None], *, times: int) -> None:
    threads = [threading.Thread(target=work) for _ in range(times)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=10)
