"""Jobs that are claimed over HTTP by workers without a database (`remote_task`).

Who holds a job is said by its attempt: a call that names another attempt than the row's, or a row that no
longer runs, changes nothing. Every step first locks the job's row, then its subject's.
"""

from collections.abc import Callable, Sequence
from uuid import UUID

from django.db.models import Q
from django.utils import timezone

from backend.common import jobs
from backend.common.errors import Conflict
from backend.common.models import Job


class NotHeld(Conflict):
    """The job was cancelled, has ended, or is somebody else's by now."""

    code = "not_held"


def remote_task(
    *, give_up: jobs.GiveUp, put_back: jobs.GiveUp, priority: int = 0
) -> Callable[[Callable[[UUID], str]], jobs.JobKind]:
    """A job that somebody claims over HTTP; the function says in which queue its subject waits."""

    def decorate(place: Callable[[UUID], str]) -> jobs.JobKind:
        kind = jobs.JobKind(jobs.name_of(place), "remote", 0, priority, None, give_up, place, put_back)
        jobs.KINDS[kind.name] = kind
        return kind

    return decorate


def claim(queues: Sequence[str], *, worker: str, fits: Q) -> Job | None:
    """The next due row of the first of these queues that has one which fits. Call it inside a transaction."""
    for queue in queues:
        if (job := jobs.claim(queue, worker=worker[:100], fits=fits)) is not None:
            return job
    return None


def hold(job_id: UUID, *, attempt: int) -> Job:
    """The job under a lock until the transaction ends.

    Raises:
        NotHeld: this attempt no longer runs.
    """
    job = running(job_id, attempt=attempt, lock=True)
    if job is None:
        raise NotHeld("This attempt at the job is over: it was cancelled, has ended, or is another worker's.")
    return job


def running(job_id: UUID, *, attempt: int, lock: bool = False) -> Job | None:
    found = Job.objects.select_for_update() if lock else Job.objects.all()
    return found.filter(pk=job_id, attempts=attempt, status=Job.Status.RUNNING, name__in=_kinds()).first()


def renew(job: Job, *, got_further: bool = False) -> None:
    """Another lease. Work that gets further may be interrupted any number of times."""
    job.lease_until = jobs.lease_end()
    if got_further:
        job.forgiven = job.attempts
    job.save(update_fields=["lease_until", "forgiven"])


def finish(job: Job) -> None:
    job.status, job.ended_at, job.lease_until = Job.Status.DONE, timezone.now(), None
    job.save(update_fields=["status", "ended_at", "lease_until"])


def put_back(job: Job, *, reason: str) -> None:
    """Its worker was told to stop: somebody else goes on, and nothing is held against the job."""
    job.forgiven = job.attempts
    job.save(update_fields=["forgiven"])
    jobs.requeue(job, delay_s=0, reason_code="stopped", reason=reason)


def fail(job: Job, *, reason_code: str, reason: str) -> None:
    """It cannot be done, by anybody: no further attempt."""
    Job.objects.filter(pk=job.pk).update(
        status=Job.Status.FAILED,
        ended_at=timezone.now(),
        lease_until=None,
        reason_code=reason_code,
        reason=reason,
    )


def cancel(subject_id: UUID) -> None:
    """Nobody works on the subject any more: who does is told so at the next call. Call it before the subject
    is locked."""
    owed = Job.objects.select_for_update().filter(
        name__in=_kinds(), subject_id=subject_id, status__in=[Job.Status.QUEUED, Job.Status.RUNNING]
    )
    for job in owed.order_by("pk"):
        job.reason_code = "cancelled"
        job.save(update_fields=["reason_code"])
        finish(job)


def _kinds() -> list[str]:
    return [name for name, kind in jobs.KINDS.items() if kind.place is not None]
