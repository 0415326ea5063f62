"""Reading phases: what a person sees of them, their attempts, and what they score against."""

from dataclasses import dataclass
from datetime import UTC, datetime, time
from uuid import UUID

from django.db.models import QuerySet
from django.utils import timezone

from backend.challenges import selectors as challenges
from backend.challenges.models import Challenge
from backend.challenges.permissions import Permission, Person, permissions_of, require
from backend.common.errors import NotAllowed, NotFound
from backend.consensus.models import ConsensusVersion
from backend.datasets.models import Case, DatasetVersion
from backend.phases.models import Phase, PhaseReference


@dataclass(frozen=True, slots=True)
class Attempts:
    """One participant's attempts at a phase; days are those of UTC.

    `in_check` are submissions whose archive is still being checked: they hold an attempt until it is refused.
    """

    used_today: int
    used_total: int
    in_check: int
    left_today: int
    left_total: int


@dataclass(frozen=True, slots=True)
class ReferenceState:
    """How far the phase's reference is: `number` is the current one's, None before the first is complete."""

    cases: int
    with_reference: int
    number: int | None


def visible_to(person: Person) -> QuerySet[Phase]:
    """The phases of every challenge that this person sees."""
    seen = challenges.visible_to(person)
    return Phase.objects.filter(challenge__in=seen).select_related(
        "challenge", "dataset_version__dataset__scheme"
    )


def get_phase(*, phase_id: UUID, viewer: Person) -> Phase:
    """Raises NotFound where there is none, or it is not to be seen."""
    phase = visible_to(viewer).filter(pk=phase_id).first()
    if phase is None:
        raise NotFound("There is no such phase, or it is not yours to see.")
    return phase


def phases_of(*, challenge: Challenge, viewer: Person) -> QuerySet[Phase]:
    return visible_to(viewer).filter(challenge=challenge)


def attempts_of(person: Person, phase: Phase) -> Attempts | None:
    """This person's attempts; None for those who cannot submit."""
    if Permission.SUBMISSION_CREATE not in permissions_of(person, phase.challenge):
        return None
    return count_attempts(phase, participant_id=person.pk)


def count_attempts(phase: Phase, *, participant_id: int | None) -> Attempts:
    mine = phase.submissions.filter(participant_id=participant_id)
    today = datetime.combine(timezone.now().astimezone(UTC).date(), time.min, tzinfo=UTC)
    used, checked = mine.counted(), mine.in_check()
    used_total, used_today = used.count(), used.filter(created_at__gte=today).count()
    in_check, in_check_today = checked.count(), checked.filter(created_at__gte=today).count()
    return Attempts(
        used_today=used_today,
        used_total=used_total,
        in_check=in_check,
        left_today=max(0, phase.attempts_per_day - used_today - in_check_today),
        left_total=max(0, phase.attempts_total - used_total - in_check),
    )


def current_reference(phase: Phase) -> PhaseReference | None:
    return phase.references.order_by("-number").first()


def head_consensus(version: DatasetVersion) -> list[ConsensusVersion]:
    """The latest consensus of each case that has one."""
    return list(
        ConsensusVersion.objects.filter(case__versions=version)
        .order_by("case_id", "-number")
        .distinct("case_id")
    )


def reference_state(phase: Phase) -> ReferenceState:
    cases = phase.dataset_version.cases.count()
    reference = current_reference(phase)
    if reference is not None:
        return ReferenceState(cases=cases, with_reference=cases, number=reference.number)
    return ReferenceState(cases=cases, with_reference=len(head_consensus(phase.dataset_version)), number=None)


def cases_of(*, phase: Phase, viewer: Person) -> QuerySet[Case]:
    """The phase's cases for those who may work on them.

    Raises:
        NotAllowed: not a member, or the phase does not share its images and this is no organizer.
    """
    require(viewer, Permission.PHASE_DATA, phase.challenge)
    is_organizer = Permission.PHASE_MANAGE in permissions_of(viewer, phase.challenge)
    if not phase.images_shared and not is_organizer:
        raise NotAllowed(f"{phase.title} does not share its images.", code="images_not_shared")
    return phase.dataset_version.cases.prefetch_related("files").order_by("name")
