"""Models of a challenge beside each other: over its phases, and over the sequences that they were given."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from uuid import UUID

from backend.algorithms import selectors as algorithms
from backend.algorithms.models import Run, RunCase
from backend.algorithms.overlap import phases_seen
from backend.challenges.models import Challenge
from backend.challenges.permissions import Permission, Person, require
from backend.evaluations.models import Evaluation
from backend.evaluations.selectors import latest_first
from backend.phases import selectors as phases
from backend.phases.models import Phase
from backend.phases.permissions import ScoreAccess, score_access
from backend.submissions.models import Submission


@dataclass(frozen=True, slots=True)
class ComparedRun:
    """One version on one phase with these sequences, and how well it did: its newest run that was scored.

    Args:
        sequences: what it was given, in its own order; is_whole: which is all that it takes.
        seconds_per_case: mean of reading, computing and writing; None where nothing was noted.
        trained_on_cases: of the phase, which the version saw in its training on the platform.
    """

    run: Run
    submission: Submission
    evaluation: Evaluation
    sequences: tuple[str, ...]
    is_whole: bool
    seconds_per_case: float | None
    trained_on_cases: int


@dataclass(frozen=True, slots=True)
class Comparison:
    phases: tuple[Phase, ...]
    rows: tuple[ComparedRun, ...]


def compare_models(*, challenge: Challenge, viewer: Person) -> Comparison:
    """Runs of the models that this person may see, on the phases whose scores they may see; of phases that
    show each only their own, their own.

    Raises:
        NotAllowed: this person sees the challenge, and no models.
    """
    require(viewer, Permission.MODEL_VIEW, challenge)
    access = {
        phase: score_access(viewer, phase)
        for phase in phases.phases_of(challenge=challenge, viewer=viewer).order_by("position", "created_at")
    }
    shown = [phase for phase, scope in access.items() if scope is not ScoreAccess.NONE]
    own_only = {phase.pk for phase in shown if access[phase] is ScoreAccess.OWN}
    newest = _newest(
        submission
        for submission in _submissions(shown, viewer)
        if submission.phase_id not in own_only or submission.participant_id == viewer.pk
    )
    seconds = _seconds_per_case([submission.run_id for submission in newest if submission.run_id])
    seen = _seen(newest, shown)
    rows = [row for submission in newest if (row := _row(submission, seconds, seen)) is not None]
    return Comparison(tuple(shown), tuple(rows))


def _submissions(shown: list[Phase], viewer: Person) -> Iterable[Submission]:
    visible = algorithms.visible_algorithms(viewer).order_by().values("pk")
    return (
        Submission.objects.filter(
            phase__in=shown, status=Submission.Status.SCORED, run__version__algorithm__in=visible
        )
        .select_related("run__version__algorithm", "phase", "participant")
        .order_by("-created_at")
    )


def _newest(submissions: Iterable[Submission]) -> list[Submission]:
    """Of each version, phase and set of sequences the first, which is the newest; oldest first."""
    kept: dict[object, Submission] = {}
    for submission in submissions:
        run = submission.run
        assert run is not None, "asked for by their runs"
        given = None if run.sequences is None else frozenset(run.sequences)
        kept.setdefault((run.version_id, submission.phase_id, given), submission)
    return list(reversed(kept.values()))


def _seen(submissions: list[Submission], shown: list[Phase]) -> dict[tuple[UUID, UUID], int]:
    """{(training, phase): cases}, of the models of these submissions."""
    trainings = [
        training
        for each in submissions
        if each.run and (training := each.run.version.training_id) is not None
    ]
    found = phases_seen(trainings, shown)
    return {(training, phase.id): phase.cases for training, seen in found.items() for phase in seen}


def _row(
    submission: Submission, seconds: Mapping[UUID, float], seen: Mapping[tuple[UUID, UUID], int]
) -> ComparedRun | None:
    completed = submission.evaluations.filter(status=Evaluation.Status.SCORED).select_related("reference")
    evaluation = latest_first(completed, submission.phase.metric_set).first()
    run = submission.run
    if evaluation is None or run is None:
        return None
    takes: list[str] = run.version.config["sequences"]
    given = tuple(key for key in takes if run.sequences is None or key in run.sequences)
    training = run.version.training_id
    return ComparedRun(
        run=run,
        submission=submission,
        evaluation=evaluation,
        sequences=given,
        is_whole=len(given) == len(takes),
        seconds_per_case=seconds.get(run.pk),
        trained_on_cases=seen.get((training, submission.phase_id), 0) if training else 0,
    )


def _seconds_per_case(run_ids: list[UUID]) -> dict[UUID, float]:
    noted: dict[UUID, list[float]] = defaultdict(list)
    for run_id, seconds in RunCase.objects.filter(run__in=run_ids).values_list("run_id", "seconds"):
        if seconds:
            noted[run_id].append(sum(seconds.values()))
    return {run_id: sum(values) / len(values) for run_id, values in noted.items()}
