"""A phase's metric set may change after submissions were scored: which scores are older, and scoring anew."""

from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from django.db import transaction

from backend.challenges.permissions import Permission, Person, require
from backend.common.errors import Conflict
from backend.evaluations.models import Evaluation
from backend.evaluations.selectors import latest_first
from backend.evaluations.services import TO_EVALUATE
from backend.events.bus import publish
from backend.events.types import RescoringRequested
from backend.phases import selectors as phases
from backend.phases.models import Phase
from backend.submissions.models import Submission

Status = Evaluation.Status


@dataclass(frozen=True, slots=True)
class EvaluationCounts:
    """Submissions, each counted once: being scored; else whose scoring as of today failed; else by the scores
    that stand: of today's metric set, or of an older one."""

    current: int
    older: int
    scoring: int
    failed: int


@dataclass(frozen=True, slots=True)
class OlderSet:
    metric_set: str
    count: int


@dataclass(frozen=True, slots=True)
class Scoring:
    """`older_sets` says which metric sets the older scores are of, the most frequent first."""

    metric_set: str
    evaluations: EvaluationCounts
    older_sets: tuple[OlderSet, ...]


def scoring_of(*, phase_id: UUID, viewer: Person) -> Scoring:
    """
    Raises:
        NotFound, NotAllowed: the viewer is no organizer.
    """
    return _count(_managed_phase(phase_id, viewer))


def rescore(*, phase_id: UUID, actor: Person) -> Scoring:
    """Have every submission scored under the metric set of today; scores that exist are not computed again.

    Raises:
        NotFound, NotAllowed: the actor is no organizer.
        Conflict: the phase has no reference yet.
    """
    phase = _managed_phase(phase_id, actor)
    if phases.current_reference(phase) is None:
        raise Conflict(
            f"{phase.title} has no reference yet; its submissions are scored as soon as there is one.",
            code="no_reference",
        )
    with transaction.atomic():
        publish(RescoringRequested(phase_id=phase.pk))
    return _count(phase)


def _managed_phase(phase_id: UUID, person: Person) -> Phase:
    phase = phases.get_phase(phase_id=phase_id, viewer=person)
    require(person, Permission.PHASE_MANAGE, phase.challenge)
    return phase


def _count(phase: Phase) -> Scoring:
    today = phase.metric_set
    in_phase = Evaluation.objects.filter(
        submission__phase=phase, submission__status__in=[*TO_EVALUATE, Submission.Status.FAILED]
    )
    rows: dict[UUID, list[tuple[str, str]]] = defaultdict(list)
    for submission_id, *row in latest_first(in_phase, today).values_list(
        "submission_id", "status", "metric_set"
    ):
        rows[submission_id].append((row[0], row[1]))
    states = Counter(_state(found) for found in rows.values())
    by_set = Counter({name: count for (state, name), count in states.items() if state == Status.SCORED})
    current = by_set.pop(today, 0)
    return Scoring(
        metric_set=today,
        evaluations=EvaluationCounts(
            current=current,
            older=by_set.total(),
            scoring=sum(count for (state, _), count in states.items() if state == Status.SCORING),
            failed=sum(count for (state, _), count in states.items() if state == Status.FAILED),
        ),
        older_sets=tuple(OlderSet(*found) for found in by_set.most_common()),
    )


def _state(evaluations: Sequence[tuple[str, str]]) -> tuple[str, str]:
    """(status, metric set) of the one that tells of the submission: under way, else the one that stands."""
    return next((found for found in evaluations if found[0] == Status.SCORING), evaluations[0])
