"""Reading algorithms, runs and trainings: participants see the organizers' models and their own, and their
own runs; organizers see all of their challenges."""

from collections.abc import Iterable
from datetime import timedelta
from uuid import UUID

from django.db.models import Exists, OuterRef, Prefetch, Q, QuerySet
from django.utils import timezone

from backend.algorithms.models import Algorithm, AlgorithmVersion, Run, Training, Worker, WorkStatus
from backend.challenges.models import Challenge, Membership, Role
from backend.challenges.permissions import Permission, Person, permissions_of, require
from backend.common.errors import NotFound
from backend.phases.models import Phase

WORKER_IS_HERE_S = 60


def organized_by(person: Person) -> QuerySet[Challenge]:
    """The challenges of which this person may run every model."""
    if not person.is_authenticated:
        return Challenge.objects.none()
    if person.is_superuser:
        return Challenge.objects.all()
    organizes = Membership.objects.filter(challenge=OuterRef("pk"), user_id=person.pk, role=Role.ORGANIZER)
    return Challenge.objects.filter(Exists(organizes))


def visible_algorithms(person: Person) -> QuerySet[Algorithm]:
    """The organizers' models are the members' who may see models; a participant's the participant's own."""
    if not person.is_authenticated:
        return Algorithm.objects.none()
    competes = Membership.objects.filter(
        challenge=OuterRef("challenge"), user_id=person.pk, role=Role.PARTICIPANT
    )
    shared = Q(Exists(competes)) & Q(kind=Algorithm.Kind.PLATFORM)
    own = Q(Exists(competes)) & Q(owner=person)
    found = Algorithm.objects.filter(shared | own | Q(challenge__in=organized_by(person)))
    return found.select_related("challenge", "owner").prefetch_related(
        Prefetch("versions", AlgorithmVersion.objects.select_related("training"))
    )


def algorithms_of(challenge: Challenge, viewer: Person) -> QuerySet[Algorithm]:
    """Raises NotAllowed where this person sees the challenge, and no models."""
    require(viewer, Permission.MODEL_VIEW, challenge)
    return visible_algorithms(viewer).filter(challenge=challenge).order_by("name")


def get_algorithm(*, algorithm_id: UUID, viewer: Person) -> Algorithm:
    algorithm = visible_algorithms(viewer).filter(pk=algorithm_id).first()
    if algorithm is None:
        raise NotFound("There is no such model, or it is not yours to see.")
    return algorithm


def get_version(*, version_id: UUID, viewer: Person) -> AlgorithmVersion:
    versions = AlgorithmVersion.objects.select_related("algorithm__challenge", "algorithm__owner", "training")
    version = versions.filter(
        pk=version_id, algorithm__in=visible_algorithms(viewer).order_by().values("pk")
    ).first()
    if version is None:
        raise NotFound("There is no such version of a model, or it is not yours to see.")
    return version


def manages(person: Person, challenge: Challenge) -> bool:
    """Whether this person sees every model and run of the challenge, with their logs."""
    return Permission.MODEL_RUN in permissions_of(person, challenge)


def visible_runs(person: Person) -> QuerySet[Run]:
    if not person.is_authenticated:
        return Run.objects.none()
    seen = Q(requested_by=person) | Q(version__algorithm__challenge__in=organized_by(person))
    return Run.objects.filter(seen).select_related(
        "version__algorithm__challenge",
        "version__algorithm__owner",
        "phase",
        "dataset_version__dataset",
        "requested_by",
    )


def runs_of(challenge: Challenge, viewer: Person) -> QuerySet[Run]:
    """Raises NotAllowed where this person sees the challenge, and no models."""
    require(viewer, Permission.MODEL_VIEW, challenge)
    return visible_runs(viewer).filter(version__algorithm__challenge=challenge).order_by("-created_at")


def get_run(*, run_id: UUID, viewer: Person) -> Run:
    run = visible_runs(viewer).filter(pk=run_id).first()
    if run is None:
        raise NotFound("There is no such run, or it is not yours to see.")
    return run


def visible_trainings(person: Person) -> QuerySet[Training]:
    return Training.objects.filter(algorithm__challenge__in=organized_by(person)).select_related(
        "algorithm__challenge", "dataset_version__dataset", "requested_by", "version"
    )


def trainings_of(challenge: Challenge, viewer: Person) -> QuerySet[Training]:
    require(viewer, Permission.MODEL_TRAIN, challenge)
    return visible_trainings(viewer).filter(algorithm__challenge=challenge).order_by("-created_at")


def get_training(*, training_id: UUID, viewer: Person) -> Training:
    training = visible_trainings(viewer).filter(pk=training_id).first()
    if training is None:
        raise NotFound("There is no such training, or it is not yours to see.")
    return training


def public_phase(challenge: Challenge) -> Phase | None:
    """A phase whose images participants may have anyway: the place for trials."""
    phases = challenge.phases.filter(images_shared=True, dataset_version__cases__isnull=False)
    return phases.select_related("dataset_version").order_by("position", "created_at").first()


def cases_are_public(run: Run) -> bool:
    """Whether participants may have the images of the run's cases anyway."""
    return run.phase is not None and run.phase.images_shared


def workers_here() -> QuerySet[Worker]:
    """Those that asked for work, or reported, within the last minute."""
    since = timezone.now() - timedelta(seconds=WORKER_IS_HERE_S)
    return Worker.objects.filter(last_seen__gte=since).order_by("name")


def waiting_reason(work: Run | Training, workers: Iterable[Worker]) -> str:
    """Why nobody computes it yet; empty where it is only a matter of time, or where it does not wait."""
    if work.status != WorkStatus.QUEUED:
        return ""
    here = list(workers)
    if not here:
        return "No model worker is connected: it waits until one is."
    if work.needs_gpu and not any("model-gpu" in worker.queues for worker in here):
        return "It asks for a GPU, and no connected worker has one."
    untrusted = isinstance(work, Run) and not work.version.is_trusted
    if untrusted and not any(worker.sandbox for worker in here):
        return "It has to be isolated, and no connected worker can do that."
    return ""
