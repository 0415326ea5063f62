"""Writing runs: asked for, cancelled, tried again, given up. What the workers report is `reporting`."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from uuid import UUID

from django.db import transaction

from backend.accounts.models import User
from backend.algorithms import selectors, services, transitions
from backend.algorithms.errors import (
    DoesNotFit,
    NoPublicCase,
    NotCancellable,
    NotReady,
    NotRetryable,
)
from backend.algorithms.fitting import label_mapping_for, usable_sequences
from backend.algorithms.models import AlgorithmVersion, Run, RunCase, WorkStatus
from backend.algorithms.reasons import OURS
from backend.challenges.permissions import Permission, require
from backend.common import remote_jobs
from backend.common.errors import NotFound
from backend.datasets.models import Case, DatasetVersion
from backend.datasets.selectors import get_dataset, get_version
from backend.events.bus import publish
from backend.events.types import RunComputed
from backend.phases import selectors as phases
from backend.phases.models import Phase
from workers.contract import Reason

Purpose = Run.Purpose


@dataclass(frozen=True, slots=True)
class Wanted:
    """What to run on what. `sequences`: only these; None: all that the model takes."""

    version: AlgorithmVersion
    purpose: Run.Purpose
    dataset_version: DatasetVersion
    phase: Phase | None = None
    sequences: Sequence[str] | None = None
    needs_gpu: bool = False


def create_run(*, user: User, wanted: Wanted, cases: Iterable[Case]) -> Run:
    """Owe the run to the workers. Who may ask for it, the callers have asked. Call it inside a transaction.

    Raises:
        DoesNotFit: the model's labels or sequences are not those of the dataset.
    """
    version, dataset = wanted.version, wanted.dataset_version.dataset
    usable_sequences(version, dataset, wanted.sequences)
    ordered = sorted(cases, key=lambda case: case.name)
    run = Run.objects.create(
        version=version,
        purpose=wanted.purpose,
        phase=wanted.phase,
        dataset_version=wanted.dataset_version,
        sequences=None if wanted.sequences is None else list(wanted.sequences),
        label_mapping=label_mapping_for(version, dataset),
        needs_gpu=wanted.needs_gpu,
        total=len(ordered),
        requested_by=user,
    )
    RunCase.objects.bulk_create(
        RunCase(run=run, number=number, case=case) for number, case in enumerate(ordered, start=1)
    )
    publish(transitions.requested(run))
    return run


def start_trial(
    *, user: User, version_id: UUID, phase_id: UUID | None = None, case_id: UUID | None = None
) -> Run:
    """Try a version on one case whose images participants may have anyway; the first one unless told.

    Raises:
        NoPublicCase: the challenge shares no images, or not this case's.
        NotReady: the version is being checked, or was refused.
    """
    version = selectors.get_version(version_id=version_id, viewer=user)
    services.require_owner(user, version.algorithm)
    if version.status not in {AlgorithmVersion.Status.TRIAL, AlgorithmVersion.Status.READY}:
        raise NotReady(f"{version} is {version.status}: only a version that passed its check can be tried.")
    challenge = version.algorithm.challenge
    phase = (
        selectors.public_phase(challenge)
        if phase_id is None
        else phases.phases_of(challenge=challenge, viewer=user).filter(pk=phase_id).first()
    )
    if phase is None or not phase.images_shared:
        raise NoPublicCase(
            "A trial needs a case whose images are shared: ask the organizers for a phase of such."
        )
    cases = phase.dataset_version.cases.order_by("name")
    case = (cases if case_id is None else cases.filter(pk=case_id)).first()
    if case is None:
        raise NoPublicCase(f"{phase.title} has no such case: choose one of its cases.")
    wanted = Wanted(version, Purpose.TRIAL, phase.dataset_version, phase)
    with transaction.atomic():
        return create_run(user=user, wanted=wanted, cases=[case])


def start_pre_annotation(
    *, user: User, dataset_id: UUID, version_id: UUID, number: int | None = None, needs_gpu: bool = False
) -> Run:
    """Predict every case of a dataset version, the latest unless told, for its raters to start from.

    Raises:
        NotReady, DoesNotFit, NotAllowed.
    """
    dataset = get_dataset(user, dataset_id)
    require(user, Permission.MODEL_RUN, dataset.challenge)
    require(user, Permission.ANNOTATION_MANAGE, dataset.challenge)
    version = usable_version(user, version_id)
    if version.algorithm.challenge_id != dataset.challenge_id:
        raise DoesNotFit(f"{version} belongs to another challenge than {dataset.name}.")
    dataset_version = get_version(dataset, number)
    if dataset_version is None:
        raise NotFound(f"{dataset.name} has no such version: import cases first.")
    wanted = Wanted(version, Purpose.PRE_ANNOTATION, dataset_version, needs_gpu=needs_gpu)
    with transaction.atomic():
        return create_run(user=user, wanted=wanted, cases=dataset_version.cases.all())


def usable_version(user: User, version_id: UUID) -> AlgorithmVersion:
    """A version that this person may run on all cases: after its trial, organizers also without.

    Raises:
        NotFound: it is not theirs to see.
        NotReady: it was refused, or not tried yet.
    """
    version = selectors.get_version(version_id=version_id, viewer=user)
    allowed = {AlgorithmVersion.Status.READY}
    if selectors.manages(user, version.algorithm.challenge):
        allowed.add(AlgorithmVersion.Status.TRIAL)
    if version.status not in allowed:
        raise NotReady(f"{version} is {version.status}: try it on a public case first.")
    return version


def cancel_run(*, run_id: UUID, user: User) -> Run:
    """Stop it, whether it waits or is being computed.

    Raises:
        NotCancellable: it has ended.
    """
    selectors.get_run(run_id=run_id, viewer=user)
    with transaction.atomic():
        remote_jobs.cancel(run_id)
        run = transitions.lock_run(run_id)
        if not may_cancel(run):
            raise NotCancellable(f"The run is {run.status}: there is nothing to cancel.")
        transitions.move(
            run, WorkStatus.CANCELLED, reason_code=Reason.CANCELLED, reason=f"By {user.shown_name}."
        )
    return run


def retry_run(*, run_id: UUID, user: User) -> Run:
    """Go on with what a fault of ours stopped, at the first case that is not done (organizers; of a trial
    also its owner).

    Raises:
        NotRetryable: it did not fail, or through the model's own fault: start another run then.
    """
    found = selectors.get_run(run_id=run_id, viewer=user)
    if found.purpose != Purpose.TRIAL:
        require(user, Permission.MODEL_RUN, found.version.algorithm.challenge)
    with transaction.atomic():
        run = transitions.lock_run(run_id)
        if not may_retry(run):
            raise NotRetryable(
                f"The run is {run.status}: only what a fault of ours stopped can be tried again."
            )
        run.cases.filter(status=RunCase.Status.FAILED).update(
            status=RunCase.Status.QUEUED, reason_code="", reason="", labelmap_digest=""
        )
        if run.cases.exclude(status=RunCase.Status.DONE).exists():
            transitions.move(run, WorkStatus.QUEUED)
        else:  # only the check of what was computed is missing
            run.status, run.ended_at, run.reason_code, run.reason = WorkStatus.RUNNING, None, "", ""
            run.save()
            publish(RunComputed(run_id=run.pk))
    return run


def may_cancel(run: Run) -> bool:
    return run.status in {WorkStatus.QUEUED, WorkStatus.RUNNING}


def may_retry(run: Run) -> bool:
    """What was cancelled by a person can be taken up again only where no attempt of a phase hangs on it."""
    if run.status == WorkStatus.CANCELLED:
        return run.purpose in {Purpose.TRIAL, Purpose.PRE_ANNOTATION}
    return run.status == WorkStatus.FAILED and run.reason_code in OURS


def put_back_run(run_id: UUID, reason_code: str, reason: str) -> None:
    """Its worker is gone: it waits for another one."""
    run = transitions.lock_run(run_id)
    if run.status == WorkStatus.RUNNING:
        transitions.move(run, WorkStatus.QUEUED)
        publish(transitions.progressed(run))


def give_up_run(run_id: UUID, reason_code: str, reason: str) -> None:
    """No worker could end it."""
    fail_run(run_id, reason_code=Reason.WORKER_LOST, reason=reason)


def give_up_checking(run_id: UUID, reason_code: str, reason: str) -> None:
    """What was computed could not be checked, by a fault of ours."""
    fail_run(run_id, reason_code=Reason.INTERNAL, reason=reason)


def fail_run(run_id: UUID, *, reason_code: str, reason: str) -> None:
    with transaction.atomic():
        run = transitions.lock_run(run_id)
        if run.status not in {WorkStatus.QUEUED, WorkStatus.RUNNING}:
            return
        transitions.move(run, WorkStatus.FAILED, reason_code=reason_code, reason=reason)
        if run.purpose == Purpose.TRIAL:
            services.fail_trial(version_id=run.version_id, reason_code=reason_code)
