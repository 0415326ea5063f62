"""Do the workers' work in the test's own process: the same `claim` and `execute`, one row after the other."""

from datetime import timedelta

from django.utils import timezone

from backend.common import jobs
from backend.common.models import Job

MOST_JOBS = 5000


def run_due_jobs(*, failures: bool = False) -> list[Job]:
    """Run every queued job of every queue, and those that these ask for, until none is due. Jobs that are
    claimed over HTTP keep waiting.

    A test fails with the first job that raised, unless it says that it waits for `failures`; then jobs that
    are to be tried again later keep waiting (`let_delays_pass` makes them due).

    Returns:
        The jobs in the order in which they ran, as they ended.
    """
    ended: list[Job] = []
    while (job := _claim_any()) is not None:
        jobs.execute(job)
        job.refresh_from_db()
        ended.append(job)
        assert len(ended) < MOST_JOBS, f"the jobs never end: {[str(job) for job in ended[-10:]]}"
        if not failures and job.status != Job.Status.DONE:
            raise AssertionError(f"{job}: {job.reason_code}: {job.reason}")
    return ended


def let_delays_pass() -> None:
    """As if the wait before the next attempt were over."""
    Job.objects.filter(status=Job.Status.QUEUED).update(not_before=timezone.now() - timedelta(seconds=1))


def _claim_any() -> Job | None:
    queues = Job.objects.filter(
        status=Job.Status.QUEUED, not_before__lte=timezone.now(), queue__in=jobs.CELERY_QUEUES
    )
    for queue in sorted(set(queues.values_list("queue", flat=True))):
        if (job := jobs.claim(queue)) is not None:
            return job
    return None
