"""What the model workers report: progress, labelmaps, checkpoints, weights, and how it ended.

Each call names the attempt that it belongs to, and changes nothing once that is over (`remote_jobs.hold`).
"""

from collections.abc import Iterable
from datetime import datetime, timedelta
from pathlib import Path
from uuid import UUID

from django.db import transaction
from django.utils import timezone
from django.utils.dateparse import parse_datetime

from backend.algorithms import runs, trainings, transitions
from backend.algorithms.errors import IllegalTransition
from backend.algorithms.models import CurvePoint, LogLine, Run, RunCase, Training, Worker, WorkStatus
from backend.algorithms.package import check_safetensors
from backend.common import blobs, remote_jobs
from backend.common.errors import Conflict, Invalid, NotFound
from backend.common.models import Job
from backend.events.bus import publish
from backend.events.types import RunComputed
from workers import contract
from workers.contract import GoOn, Reason

TELL_EVERY = timedelta(seconds=1)
MOST_LOG_LINES = 5_000  # of one run or training
MOST_LINE_CHARACTERS = 2_000
MOST_TIMINGS = 8
GO_ON = GoOn(go_on=True)


def progress(job_id: UUID, *, attempt: int, message: contract.Progress) -> GoOn:
    """Note how far it is, renew the lease, and tell those who watch, about once a second."""
    with transaction.atomic():
        job = remote_jobs.hold(job_id, attempt=attempt)
        remote_jobs.renew(job)
        work = _locked(job)
        work.stage = message.stage[:60]
        work.seconds_left = message.seconds_left
        work.memory_mib, work.gpu_memory_mib = message.memory_mib, message.gpu_memory_mib
        if isinstance(work, Training):
            work.done, work.total = max(0, message.done), max(0, message.total)
            _add_curve(work, message.curve)
        _add_log(work, message.log)
        _tell(work)
        work.save()
        Worker.objects.filter(name=job.worker).update(last_seen=timezone.now())
    return GO_ON


def put_labelmap(job_id: UUID, *, attempt: int, number: int, path: Path) -> str:
    """Store the labelmap of a case that is not done; what was put before is replaced. Returns the digest."""
    digest = blobs.put_file(path).digest
    with transaction.atomic():
        run = _locked_run(remote_jobs.hold(job_id, attempt=attempt))
        row = _case(run, number)
        if row.status == RunCase.Status.DONE and row.labelmap_digest != digest:
            raise Conflict(f"Case {number} is done, with another labelmap.", code="case_done")
        row.labelmap_digest = digest
        row.save(update_fields=["labelmap_digest"])
    return digest


def end_case(job_id: UUID, *, attempt: int, result: contract.CaseResult) -> GoOn:
    """Note how a case ended. The same again changes nothing.

    Raises:
        Conflict: it ended otherwise before, or another labelmap was put.
    """
    with transaction.atomic():
        job = remote_jobs.hold(job_id, attempt=attempt)
        run = _locked_run(job)
        row = _case(run, result.number)
        if row.status == RunCase.Status.DONE:
            if result.reason_code or row.labelmap_digest != result.digest:
                raise Conflict(f"Case {result.number} is done already, otherwise.", code="case_done")
            return GO_ON
        if result.reason_code:
            row.status, row.labelmap_digest = RunCase.Status.FAILED, ""
        elif not result.digest or row.labelmap_digest != result.digest:
            raise Conflict(f"Case {result.number}: put its labelmap first.", code="no_labelmap")
        else:
            row.status = RunCase.Status.DONE
        row.reason_code, row.reason = known_reason(result.reason_code), _clean(result.reason)
        row.seconds = {key[:20]: result.seconds[key] for key in list(result.seconds)[:MOST_TIMINGS]}
        row.memory_mib = result.memory_mib
        row.save()
        remote_jobs.renew(job, got_further=row.status == RunCase.Status.DONE)
        run.done = run.cases.exclude(status=RunCase.Status.QUEUED).count()
        _tell(run)
        run.save()
    return GO_ON


def put_checkpoint(job_id: UUID, *, attempt: int, path: Path) -> str:
    """Keep it in place of the one before. Returns the digest."""
    digest = blobs.put_file(path).digest
    with transaction.atomic():
        job = remote_jobs.hold(job_id, attempt=attempt)
        training = _locked_training(job)
        before, training.checkpoint_digest = training.checkpoint_digest, digest
        training.save(update_fields=["checkpoint_digest"])
        remote_jobs.renew(job, got_further=True)
        others = Training.objects.filter(checkpoint_digest=before).exclude(pk=training.pk)
        if before and before != digest and not others.exists():
            transaction.on_commit(lambda: blobs.remove(before))
    return digest


def put_weights(job_id: UUID, *, attempt: int, path: Path) -> str:
    """Keep what the training has made; its ending says that this is all. Returns the digest."""
    with path.open("rb") as source:
        check_safetensors(source, size_bytes=path.stat().st_size, name="model.safetensors")
    digest = blobs.put_file(path).digest
    with transaction.atomic():
        job = remote_jobs.hold(job_id, attempt=attempt)
        training = _locked_training(job)
        training.weights_digest = digest
        training.save(update_fields=["weights_digest"])
        remote_jobs.renew(job)
    return digest


def end(job_id: UUID, *, attempt: int, ending: contract.Ending) -> GoOn:
    """End the attempt: done, failed, or stopped, so that somebody else goes on."""
    with transaction.atomic():
        job = remote_jobs.hold(job_id, attempt=attempt)
        if ending.status == "stopped":
            remote_jobs.put_back(job, reason=_clean(ending.reason) or f"{job.worker} was stopped")
            return GO_ON
        if ending.status not in {"done", "failed"}:
            raise Invalid(f"status: {ending.status!r} is none of done, failed, stopped.")
        work = _locked(job)
        work.device = ending.device[:120]
        failed = ending.status == "failed"
        if isinstance(work, Training):
            failed = failed or not _training_is_whole(work, ending)
        elif not failed:
            failed = work.cases.filter(status=RunCase.Status.QUEUED).exists()
        if failed:
            _fail(job, work, ending)
        elif isinstance(work, Training):
            assert ending.config is not None, "a training that is whole has one"
            remote_jobs.finish(job)
            trainings.complete_training(work, config=ending.config, summary=ending.summary)
        else:
            remote_jobs.finish(job)
            work.stage, work.seconds_left = "checking", None
            work.save()
            publish(RunComputed(run_id=work.pk))
    return GO_ON


def known_reason(code: str) -> str:
    """A code of the contract; what a worker says else is our fault."""
    return code if not code or code in set(Reason) else Reason.INTERNAL


def _fail(job: Job, work: Run | Training, ending: contract.Ending) -> None:
    code = known_reason(ending.reason_code) or Reason.INTERNAL
    reason = _clean(ending.reason) or "The worker ended before it was done."
    remote_jobs.fail(job, reason_code=code, reason=reason)
    work.save()
    if isinstance(work, Run):
        runs.fail_run(work.pk, reason_code=code, reason=reason)
    else:
        transitions.move(work, WorkStatus.FAILED, reason_code=code, reason=reason)


def _training_is_whole(training: Training, ending: contract.Ending) -> bool:
    return (
        ending.config is not None
        and bool(ending.weights_digest)
        and ending.weights_digest == training.weights_digest
    )


def _locked(job: Job) -> Run | Training:
    if Run.objects.filter(pk=job.subject_id).exists():
        return transitions.lock_run(job.subject_id)
    return transitions.lock_training(job.subject_id)


def _locked_run(job: Job) -> Run:
    work = _locked(job)
    if not isinstance(work, Run):
        raise IllegalTransition("This job is a training: it has no cases to be predicted.")
    return work


def _locked_training(job: Job) -> Training:
    work = _locked(job)
    if not isinstance(work, Training):
        raise IllegalTransition("This job is a run: it makes neither checkpoints nor weights.")
    return work


def _case(run: Run, number: int) -> RunCase:
    row = run.cases.filter(number=number).first()
    if row is None:
        raise NotFound(f"The run has no case {number}.")
    return row


def _tell(work: Run | Training) -> None:
    """The caller saves the row."""
    now = timezone.now()
    if work.told_at is None or now - work.told_at >= TELL_EVERY:
        work.told_at = now
        publish(transitions.progressed(work))


def _add_log(work: Run | Training, lines: Iterable[contract.LogLine]) -> None:
    room = MOST_LOG_LINES - work.log.count()
    kept = list(lines)[: max(0, min(room, contract.MAX_LOG_LINES))]
    owner = {"run": work} if isinstance(work, Run) else {"training": work}
    LogLine.objects.bulk_create(
        LogLine(
            **owner,
            at=_time(line.at),
            level=line.level[:10],
            text=_clean(line.text),
            public=line.public,
        )
        for line in kept
    )


def _time(text: str) -> datetime:
    try:
        found = parse_datetime(text)
    except ValueError:
        found = None
    return found if found is not None and timezone.is_aware(found) else timezone.now()


def _add_curve(training: Training, points: Iterable[contract.CurvePoint]) -> None:
    """Of a step that was told before, as after a resumption, the newer one stays."""
    CurvePoint.objects.bulk_create(
        [
            CurvePoint(
                training=training,
                step=point.step,
                seconds=point.seconds,
                loss=point.loss,
                validation_dice=None if point.validation_dice is None else dict(point.validation_dice),
            )
            for point in {point.step: point for point in points}.values()
        ],
        update_conflicts=True,
        unique_fields=["training", "step"],
        update_fields=["seconds", "loss", "validation_dice"],
    )


def _clean(text: str) -> str:
    return text.replace("\x00", "")[:MOST_LINE_CHARACTERS]
