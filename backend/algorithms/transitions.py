"""The states of runs and trainings and the steps between them. The caller holds the row's lock."""

from uuid import UUID

from django.utils import timezone

from backend.algorithms.errors import IllegalTransition
from backend.algorithms.models import Run, Training, WorkStatus
from backend.common.errors import NotFound
from backend.events.bus import publish
from backend.events.types import (
    RunEnded,
    RunProgressed,
    RunRequested,
    TrainingEnded,
    TrainingProgressed,
    TrainingRequested,
)

NEXT: dict[str, frozenset[str]] = {
    WorkStatus.QUEUED: frozenset({WorkStatus.RUNNING, WorkStatus.FAILED, WorkStatus.CANCELLED}),
    WorkStatus.RUNNING: frozenset(
        {WorkStatus.QUEUED, WorkStatus.DONE, WorkStatus.FAILED, WorkStatus.CANCELLED}
    ),
    WorkStatus.DONE: frozenset(),
    WorkStatus.FAILED: frozenset({WorkStatus.QUEUED}),
    WorkStatus.CANCELLED: frozenset({WorkStatus.QUEUED}),
}
ENDED = frozenset({WorkStatus.DONE, WorkStatus.FAILED, WorkStatus.CANCELLED})

Work = Run | Training


def lock_run(run_id: UUID) -> Run:
    rows = Run.objects.select_for_update(no_key=True, of=("self",)).select_related(
        "version__algorithm__challenge", "phase", "dataset_version__dataset__scheme", "requested_by"
    )
    run = rows.filter(pk=run_id).first()
    if run is None:
        raise NotFound("There is no such run, or it is not yours to see.")
    return run


def lock_training(training_id: UUID) -> Training:
    rows = Training.objects.select_for_update(no_key=True, of=("self",)).select_related(
        "algorithm__challenge", "dataset_version__dataset__scheme", "requested_by"
    )
    training = rows.filter(pk=training_id).first()
    if training is None:
        raise NotFound("There is no such training, or it is not yours to see.")
    return training


def move(work: Work, status: WorkStatus, *, reason_code: str = "", reason: str = "") -> None:
    """Take the step, with its reason, and tell it. Queued, it is owed to the workers.

    Raises:
        IllegalTransition: no such step leads from its state.
    """
    if status not in NEXT[work.status]:
        raise IllegalTransition(
            f"It is {work.status} and cannot become {status}.",
            details={"from": work.status, "to": str(status)},
        )
    began_again = status == WorkStatus.QUEUED and work.status in ENDED
    work.status, work.reason_code, work.reason = status, reason_code, reason
    if status == WorkStatus.RUNNING:
        work.started_at = work.started_at or timezone.now()
    work.ended_at = timezone.now() if status in ENDED else None
    if status in ENDED or status == WorkStatus.QUEUED:
        work.seconds_left, work.stage = None, ""
    work.save()
    if began_again:
        publish(requested(work))
    elif status in ENDED:
        publish(ended(work))


def requested(work: Work) -> RunRequested | TrainingRequested:
    if isinstance(work, Run):
        return RunRequested(run_id=work.pk, challenge_id=work.version.algorithm.challenge_id)
    return TrainingRequested(training_id=work.pk, challenge_id=work.algorithm.challenge_id)


def ended(work: Work) -> RunEnded | TrainingEnded:
    if isinstance(work, Run):
        return RunEnded(run_id=work.pk, challenge_id=work.version.algorithm.challenge_id)
    return TrainingEnded(training_id=work.pk, challenge_id=work.algorithm.challenge_id)


def progressed(work: Work) -> RunProgressed | TrainingProgressed:
    if isinstance(work, Run):
        return RunProgressed(
            run_id=work.pk,
            challenge_id=work.version.algorithm.challenge_id,
            done=work.done,
            total=work.total,
        )
    return TrainingProgressed(
        training_id=work.pk, challenge_id=work.algorithm.challenge_id, done=work.done, total=work.total
    )
