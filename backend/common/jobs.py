"""Work for the workers: `@cpu_task` and `@io_task` make a function of one id a job that survives every crash.

`request(job, subject_id)` writes the job's row in the caller's transaction and, after commit, sends a wake-
up message to its queue. A woken worker claims the queue's next row (`SELECT … FOR UPDATE SKIP LOCKED`),
holds it under a lease that a heartbeat renews, and runs the function. So a lost message or a killed worker
delays a job, and never loses it: `sweep`, run by Celery beat, takes back expired leases and wakes queues
whose rows wait. A message delivered twice finds nothing to claim. Functions must be idempotent: a job whose
worker died runs again.

Rows of kinds without a function are claimed over HTTP (`common.remote_jobs`); all else is the same.
"""

import contextlib
import os
import signal
import socket
import threading
import traceback
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from types import FrameType
from uuid import UUID

import structlog
from celery import shared_task
from django.conf import settings
from django.db import IntegrityError, close_old_connections, connection, transaction
from django.db.models import Q
from django.utils import timezone

from backend.common.models import Job

MAX_ATTEMPTS = 4
RETRY_DELAY_S = 5
KEEP_ENDED_DAYS = 14
WAKE_AT_MOST = 16
CELERY_QUEUES = frozenset({"cpu", "io"})

log = structlog.get_logger(__name__)

GiveUp = Callable[[UUID, str, str], None]


@dataclass(frozen=True, slots=True)
class JobKind:
    """A function of one id that workers run; `give_up(subject_id, reason_code, reason)` is its way out.

    What runs elsewhere has no function: `place` says in which queue its subject waits, and `put_back` is told
    that it waits again.
    """

    name: str
    queue: str
    limit_s: int
    priority: int
    run: Callable[[UUID], None] | None
    give_up: GiveUp | None
    place: Callable[[UUID], str] | None = None
    put_back: GiveUp | None = None

    def __call__(self, subject_id: UUID) -> None:
        if self.run is None:
            raise TypeError(f"{self.name} runs elsewhere")
        self.run(subject_id)

    def queue_of(self, subject_id: UUID) -> str:
        return self.queue if self.place is None else self.place(subject_id)


class JobTimeout(BaseException):
    """The job ran longer than its limit. No Exception, lest a job take it for a fault of what it reads."""


KINDS: dict[str, JobKind] = {}


def cpu_task(
    *, limit_s: int = 600, priority: int = 0, give_up: GiveUp | None = None
) -> Callable[[Callable[[UUID], None]], JobKind]:
    """A job that computes."""
    return _register("cpu", limit_s, priority, give_up)


def io_task(
    *, limit_s: int = 600, priority: int = 0, give_up: GiveUp | None = None
) -> Callable[[Callable[[UUID], None]], JobKind]:
    """A job that mostly reads and writes rows or files."""
    return _register("io", limit_s, priority, give_up)


def _register(
    queue: str, limit_s: int, priority: int, give_up: GiveUp | None
) -> Callable[[Callable[[UUID], None]], JobKind]:
    def decorate(function: Callable[[UUID], None]) -> JobKind:
        kind = JobKind(name_of(function), queue, limit_s, priority, function, give_up)
        KINDS[kind.name] = kind
        return kind

    return decorate


def name_of(function: Callable[[UUID], object]) -> str:
    return f"{function.__module__.removeprefix('backend.').split('.')[0]}.{function.__name__}"


def request(kind: JobKind, subject_id: UUID) -> None:
    """Owe this job once: while one for the same subject waits, asking again changes nothing.

    The waiting row is locked until the caller commits. Otherwise a worker could claim it now, run without
    seeing what the caller is about to commit, and nothing would be owed any more.
    """
    queue = kind.queue_of(subject_id)
    waiting = Job.objects.select_for_update(no_key=True).filter(
        name=kind.name, subject_id=subject_id, status=Job.Status.QUEUED
    )
    with transaction.atomic():
        while True:  # again if the row that stood in the way was claimed meanwhile
            Job.objects.bulk_create(
                [Job(name=kind.name, subject_id=subject_id, queue=queue, priority=kind.priority)],
                ignore_conflicts=True,
            )
            if waiting.first() is not None:
                break
        transaction.on_commit(lambda: wake(queue), robust=True)


def wake(queue: str, times: int = 1) -> None:
    """Tell the queue's workers that rows wait. A failure to send is mended by the next sweep."""
    if queue not in CELERY_QUEUES:  # its workers ask
        return
    try:
        for _ in range(times):
            work_task.apply_async(queue=queue, args=[queue])
    except (OSError, work_task.OperationalError) as error:
        log.warning("wake_failed", queue=queue, error=str(error))


@shared_task(name="jobs.work", ignore_result=True)
def work_task(queue: str) -> None:
    """Run the next job of `queue`, if one waits."""
    job = claim(queue)
    if job is not None:
        execute(job)


def claim(queue: str, *, worker: str = "", fits: Q | None = None) -> Job | None:
    """Take the next due row of the queue, of those that fit, under a lease, or None."""
    now = timezone.now()
    with transaction.atomic():
        job = (
            Job.objects.select_for_update(skip_locked=True)
            .filter(fits or Q(), queue=queue, status=Job.Status.QUEUED, not_before__lte=now)
            .order_by("-priority", "created_at")
            .first()
        )
        if job is None:
            return None
        job.status = Job.Status.RUNNING
        job.attempts += 1
        job.lease_until = lease_end()
        job.worker = worker or f"{socket.gethostname()}:{os.getpid()}"
        job.save(update_fields=["status", "attempts", "lease_until", "worker"])
    return job


def execute(job: Job) -> None:
    """Run a claimed job, and record how it ended. Never raises what the job raises."""
    try:
        kind = KINDS[job.name]
        with _heartbeat(job), _time_limit(kind.limit_s):
            kind(job.subject_id)
    except JobTimeout:
        retry_or_give_up(job, "time_limit", f"it ran longer than {kind.limit_s} s")
    except Exception as error:
        log.exception("job_failed", job=job.name, subject=str(job.subject_id), attempt=job.attempts)
        detail = "".join(traceback.format_exception_only(error)).strip()
        retry_or_give_up(job, "internal_error", detail)
    else:
        Job.objects.filter(pk=job.pk, status=Job.Status.RUNNING, attempts=job.attempts).update(
            status=Job.Status.DONE, ended_at=timezone.now(), lease_until=None
        )


def retry_or_give_up(job: Job, reason_code: str, reason: str) -> None:
    if job.may_be_tried_again(MAX_ATTEMPTS) and reason_code != "time_limit":
        requeue(job, delay_s=RETRY_DELAY_S * job.attempts, reason_code=reason_code, reason=reason)
        return
    with transaction.atomic():
        ended = Job.objects.filter(pk=job.pk, status=Job.Status.RUNNING, attempts=job.attempts).update(
            status=Job.Status.FAILED,
            ended_at=timezone.now(),
            lease_until=None,
            reason_code=reason_code,
            reason=reason,
        )
        kind = KINDS.get(job.name)
        if ended and kind is not None and kind.give_up is not None:
            kind.give_up(job.subject_id, reason_code, reason)


def requeue(job: Job, *, delay_s: float, reason_code: str, reason: str) -> None:
    """Let a running job wait again, `delay_s` at least."""
    now = timezone.now()
    this_attempt = Job.objects.filter(pk=job.pk, status=Job.Status.RUNNING, attempts=job.attempts)
    try:
        with transaction.atomic():
            waits = this_attempt.update(
                status=Job.Status.QUEUED,
                not_before=now + timedelta(seconds=delay_s),
                lease_until=None,
                reason_code=reason_code,
                reason=reason,
            )
            kind = KINDS.get(job.name)
            if waits and kind is not None and kind.put_back is not None:
                kind.put_back(job.subject_id, reason_code, reason)
    except IntegrityError:  # a newer request already waits: it does this one's work
        this_attempt.update(status=Job.Status.DONE, ended_at=now, lease_until=None, reason_code="superseded")
        return
    if delay_s == 0:
        wake(job.queue)


@shared_task(name="jobs.sweep", ignore_result=True)
def sweep_task() -> None:
    sweep()


def sweep() -> None:
    """Take back jobs whose worker went quiet, wake queues whose rows wait, forget what ended long ago."""
    now = timezone.now()
    for job in Job.objects.filter(status=Job.Status.RUNNING, lease_until__lt=now):
        log.warning("lease_expired", job=job.name, subject=str(job.subject_id), worker=job.worker)
        try:
            _take_back(job)
        except Exception:  # one job's way out must not stand in the way of all others
            log.exception("not_taken_back", job=job.name, subject=str(job.subject_id))
    waiting = Job.objects.filter(status=Job.Status.QUEUED, not_before__lte=now)
    for queue in waiting.values_list("queue", flat=True).distinct():
        wake(queue, min(waiting.filter(queue=queue).count(), WAKE_AT_MOST))
    ended_before = now - timedelta(days=KEEP_ENDED_DAYS)
    Job.objects.filter(status=Job.Status.DONE, ended_at__lt=ended_before).delete()


def _take_back(job: Job) -> None:
    if job.may_be_tried_again(MAX_ATTEMPTS):
        requeue(job, delay_s=0, reason_code="worker_lost", reason=f"{job.worker} went quiet")
    else:
        retry_or_give_up(job, "worker_lost", f"{job.worker} went quiet {job.attempts} times")


@contextlib.contextmanager
def _heartbeat(job: Job) -> Iterator[None]:
    stop = threading.Event()

    def beat() -> None:
        try:
            while not stop.wait(settings.JOB_HEARTBEAT_S):
                close_old_connections()
                with contextlib.suppress(Exception):  # a missed beat is harmless; an expired lease is swept
                    Job.objects.filter(pk=job.pk, attempts=job.attempts, status=Job.Status.RUNNING).update(
                        lease_until=lease_end()
                    )
        finally:
            connection.close()

    thread = threading.Thread(target=beat, name=f"heartbeat-{job.pk}", daemon=True)
    thread.start()
    try:
        yield
    finally:
        stop.set()
        thread.join(timeout=5)


@contextlib.contextmanager
def _time_limit(limit_s: int) -> Iterator[None]:
    if threading.current_thread() is not threading.main_thread():
        yield
        return

    def expire(signum: int, frame: FrameType | None) -> None:
        raise JobTimeout

    previous = signal.signal(signal.SIGALRM, expire)
    signal.setitimer(signal.ITIMER_REAL, limit_s)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, previous)


def lease_end() -> datetime:
    return timezone.now() + timedelta(seconds=settings.JOB_LEASE_S)
