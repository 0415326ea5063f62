"""What a model worker is given when it asks for work: cases by number, links, and no names."""

from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from backend.algorithms import transitions
from backend.algorithms.links import Linker
from backend.algorithms.models import Run, RunCase, Training, TrainingCase, Worker, WorkStatus
from backend.common import remote_jobs
from backend.common.models import Job
from backend.datasets.models import Case, CaseFile
from backend.datasets.services import scheme_of
from backend.events.bus import publish
from workers import contract
from workers.contract import Queue

GPU_FIRST = (Queue.GPU, Queue.CPU)

Request = contract.RunRequest | contract.TrainingRequest


def claim(introduction: contract.Introduction, *, origin: str) -> Request | None:
    """The next run or training that this worker can take, its own from now on; None where there is none.

    Args:
        origin: where the worker reaches us, for links.
    """
    note_worker(introduction)
    queues = [queue for queue in GPU_FIRST if queue in introduction.queues]
    while True:
        with transaction.atomic():
            job = remote_jobs.claim(queues, worker=introduction.name, fits=_fits(introduction))
            if job is None:
                return None
            if (work := _subject(job)) is not None:
                _begin(work, introduction)
                linker = Linker(job, origin)
                if isinstance(work, Run):
                    return _run_request(work, linker)
                return _training_request(work, linker)
            remote_jobs.finish(job)  # nobody waits for it any more


def note_worker(introduction: contract.Introduction) -> None:
    Worker.objects.update_or_create(
        name=introduction.name[:100],
        defaults={
            "devices": [contract.to_json(device) for device in introduction.devices],
            "queues": [str(queue) for queue in introduction.queues],
            "sandbox": introduction.sandbox,
            "last_seen": timezone.now(),
        },
    )


def _fits(introduction: contract.Introduction) -> Q:
    """What may have been made by anybody goes only where it can be isolated."""
    if introduction.sandbox:
        return Q()
    untrusted = Run.objects.filter(status=WorkStatus.QUEUED, version__is_trusted=False)
    return ~Q(subject_id__in=untrusted.order_by().values("pk"))


def _subject(job: Job) -> Run | Training | None:
    """The run or training, locked, if it waits."""
    if Run.objects.filter(pk=job.subject_id).exists():
        work: Run | Training = transitions.lock_run(job.subject_id)
    else:
        work = transitions.lock_training(job.subject_id)
    return work if work.status == WorkStatus.QUEUED else None


def _begin(work: Run | Training, introduction: contract.Introduction) -> None:
    work.worker = introduction.name[:100]
    work.device = ""
    transitions.move(work, WorkStatus.RUNNING)
    publish(transitions.progressed(work))


def _run_request(run: Run, linker: Linker) -> contract.RunRequest:
    version = run.version
    config = contract.read(contract.ModelConfig, version.config)
    wanted = set(config.sequences if run.sequences is None else run.sequences)
    rows = run.cases.filter(status=RunCase.Status.QUEUED).prefetch_related("case__files")
    return contract.RunRequest(
        job=str(linker.job.pk),
        attempt=linker.job.attempts,
        model=contract.ModelPackage(
            kind=contract.ModelKind(version.kind), config=config, weights=linker.link(version.weights_digest)
        ),
        cases=tuple(contract.CaseInput(row.number, _images(row.case, wanted, linker)) for row in rows),
        label_mapping=run.label_mapping,
        trusted=version.is_trusted,
    )


def _training_request(training: Training, linker: Linker) -> contract.TrainingRequest:
    config = contract.read(contract.ModelConfig, training.config)
    wanted = set(config.sequences)
    parts: dict[str, list[contract.CaseInput]] = {part: [] for part in TrainingCase.Part.values}
    for row in training.cases.select_related("consensus").prefetch_related("case__files"):
        labelmap = linker.link(row.consensus.labelmap_digest)
        parts[row.part].append(
            contract.CaseInput(row.number, _images(row.case, wanted, linker), labelmap=labelmap)
        )
    scheme = scheme_of(training.dataset_version.dataset.scheme)
    return contract.TrainingRequest(
        job=str(linker.job.pk),
        attempt=linker.job.attempts,
        config=config,
        training=tuple(parts[TrainingCase.Part.TRAINING]),
        validation=tuple(parts[TrainingCase.Part.VALIDATION]),
        budget_s=training.budget_s,
        seed=training.seed,
        regions={region.key: tuple(region.labels) for region in scheme.regions},
        recipe=training.recipe,
        checkpoint=linker.link(training.checkpoint_digest) if training.checkpoint_digest else None,
    )


def _images(case: Case, wanted: set[str], linker: Linker) -> dict[str, contract.Link]:
    return {
        file.sequence: linker.link(file.served_digest)
        for file in case.files.all()
        if file.kind == CaseFile.Kind.IMAGE and file.sequence in wanted
    }
