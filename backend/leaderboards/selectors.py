"""Reading leaderboards: computed from the evaluations in a few queries, and shown as the phase allows."""

import math
from collections import defaultdict
from collections.abc import Mapping
from typing import Any, cast
from uuid import UUID

from django.db.models import QuerySet

from backend.challenges.permissions import Person
from backend.common.errors import NotAllowed, NotFound
from backend.consensus.models import LeaveOneOut
from backend.evaluations.models import Evaluation
from backend.evaluations.rater_names import name_of, rater_names
from backend.evaluations.summary import DICE, summarize_values
from backend.leaderboards import boards
from backend.leaderboards.models import Snapshot
from backend.numerics.ranks import RELATIVE_TOLERANCE, Ties
from backend.phases import selectors as phases
from backend.phases.models import Phase, PhaseReference
from backend.phases.permissions import ScoreAccess, score_access
from backend.submissions.models import Submission


def board_for(*, phase_id: UUID, viewer: Person) -> dict[str, Any]:
    """The board as it is now, as far as this person may see it.

    Raises:
        NotFound: the phase is not to be seen.
        NotAllowed: its scores are hidden.
    """
    phase = phases.get_phase(phase_id=phase_id, viewer=viewer)
    access = _require_scores(phase, viewer)
    return show(compute_board(phase), access, viewer) | {
        "snapshot": phase.snapshots.order_by("-number").first()
    }


def snapshots_for(*, phase_id: UUID, viewer: Person) -> QuerySet[Snapshot]:
    phase = phases.get_phase(phase_id=phase_id, viewer=viewer)
    _require_scores(phase, viewer)
    return phase.snapshots.select_related("reference").defer("board").order_by("-number")


def snapshot_for(*, snapshot_id: UUID, viewer: Person) -> dict[str, Any]:
    """A board as it once was; who may see it is asked of the phase as it is today."""
    snapshot = (
        Snapshot.objects.select_related("phase__challenge", "reference")
        .filter(pk=snapshot_id, phase__in=phases.visible_to(viewer).values("pk"))
        .first()
    )
    if snapshot is None:
        raise NotFound("There is no such snapshot, or it is not yours to see.")
    access = _require_scores(snapshot.phase, viewer)
    return show(snapshot.board, access, viewer) | {"snapshot": snapshot}


def compute_board(phase: Phase) -> dict[str, Any]:
    """Everything that the board says, for nobody in particular: JSON of plain values."""
    reference = phases.current_reference(phase)
    dataset = phase.dataset_version.dataset
    ties = cast(Ties, phase.ties)
    entrants = [_entrant(evaluation, reference) for evaluation in _best_evaluations(phase)]
    humans = _humans(phase, reference) if reference else []
    return {
        "phase": {"id": str(phase.pk), "slug": phase.slug, "title": phase.title},
        "reference": {"id": str(reference.pk), "number": reference.number} if reference else None,
        "regions": [{"key": region["key"], "name": region["name"]} for region in dataset.scheme.regions],
        "metric": DICE,
        "ties": ties,
        "rows": boards.rank_entrants(entrants, ties=ties),
        "human_rows": boards.place_humans(humans, entrants, ties=ties),
    }


def show(board: Mapping[str, Any], access: ScoreAccess, viewer: Person) -> dict[str, Any]:
    """The board as this person may see it, with their own rows marked.

    Who sees only their own scores sees neither the raters nor a rank, as a rank tells of the others' scores.
    """
    rows = [row | {"is_mine": row["participant"]["id"] == viewer.pk} for row in board["rows"]]
    if access is ScoreAccess.ALL:
        return {**board, "access": access, "rows": rows}
    own = [row | {"rank": None} for row in rows if row["is_mine"]]
    return {**board, "access": access, "rows": own, "human_rows": []}


def _require_scores(phase: Phase, viewer: Person) -> ScoreAccess:
    access = score_access(viewer, phase)
    if access is ScoreAccess.NONE:
        raise NotAllowed(f"The scores of {phase.title} are hidden.", code="scores_hidden")
    return access


def _best_evaluations(phase: Phase) -> list[Evaluation]:
    """Each participant's best scored submission, by its evaluation against the latest reference it has."""
    latest = (
        Evaluation.objects.filter(
            submission__phase=phase,
            submission__status=Submission.Status.SCORED,
            status=Evaluation.Status.SCORED,
        )
        .order_by("submission_id", "-reference__number", "-created_at")
        .distinct("submission_id")
        .select_related("submission__participant")
    )
    best: dict[int, Evaluation] = {}
    for evaluation in sorted(latest, key=lambda found: found.submission.created_at):
        participant = evaluation.submission.participant_id
        if participant not in best or _is_better(evaluation.overall, best[participant].overall):
            best[participant] = evaluation
    return sorted(best.values(), key=lambda found: found.submission.created_at)


def _is_better(new: float | None, old: float | None) -> bool:
    """Of equal ones the earlier stays; float noise makes none better."""
    if new is None or old is None:
        return old is None and new is not None
    return new > old and not math.isclose(new, old, rel_tol=RELATIVE_TOLERANCE)


def _entrant(evaluation: Evaluation, reference: PhaseReference | None) -> boards.Entrant:
    submission = evaluation.submission
    person = submission.participant
    return boards.Entrant(
        submission_id=str(submission.pk),
        participant={"id": person.pk, "username": person.username, "name": person.shown_name},
        method_name=submission.method_name,
        submitted_at=submission.created_at.isoformat(),
        means=evaluation.means,
        not_defined=evaluation.not_defined,
        overall=evaluation.overall,
        cases=evaluation.case_count,
        outdated=reference is None or evaluation.reference_id != reference.pk,
    )


def _humans(phase: Phase, reference: PhaseReference) -> list[boards.Human]:
    values: dict[int, dict[str, list[float | None]]] = defaultdict(lambda: defaultdict(list))
    cases: dict[int, int] = defaultdict(int)
    judged = LeaveOneOut.objects.filter(consensus__in=reference.consensus_versions.values("pk"))
    for rater, dice in judged.order_by("rater_id").values_list("rater_id", "dice"):
        cases[rater] += 1
        for region, value in dice.items():
            values[rater][region].append(value)
    names = rater_names(phase.dataset_version.dataset)
    humans = []
    for rater, by_region in values.items():
        summary = summarize_values(by_region, cases=cases[rater])
        humans.append(boards.Human(name_of(rater, names), summary.means, summary.overall, summary.cases))
    return humans
