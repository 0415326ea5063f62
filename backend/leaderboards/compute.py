"""A phase's board and its analysis from the scores, in a few queries whatever their number."""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, cast
from uuid import UUID

import numpy as np
from django.db.models import Q

from backend.algorithms.models import Run
from backend.algorithms.overlap import phases_seen
from backend.evaluations.models import Evaluation
from backend.evaluations.rater_names import name_of, rater_names
from backend.evaluations.summary import summarize_values
from backend.leaderboards import boards, scores
from backend.leaderboards.analysis import analyse
from backend.leaderboards.models import Snapshot
from backend.leaderboards.rules import RankingRule, Regions, make_rule, read_rule
from backend.numerics.ranking import Method, Statistic
from backend.numerics.ranks import Floats, Ties
from backend.phases import selectors as phases
from backend.phases.metrics import metric_set_of
from backend.phases.models import Phase, PhaseReference
from backend.submissions.models import Submission


def rule_of(phase: Phase) -> RankingRule:
    """How the phase ranks today."""
    return make_rule(
        method=cast(Method, phase.ranking_method),
        statistic=cast(Statistic, phase.ranking_statistic),
        ties=cast(Ties, phase.ties),
        metrics=phase.ranking_metrics,
        regions=cast(Regions, phase.ranking_regions),
        region_keys=_region_keys(phase),
        lesion_rules=phase.lesion_rules,
    )


def empty_board(phase: Phase) -> dict[str, Any]:
    """What there is to say before there is a reference to score against."""
    return _board(phase, rule_of(phase), reference=None, metrics=[], rows=[], human_rows=[])


def compute_board(phase: Phase) -> dict[str, Any]:
    """Everything that the board says, for nobody in particular: JSON of plain values."""
    reference = phases.current_reference(phase)
    if reference is None:
        return empty_board(phase)
    rule = rule_of(phase)
    axes = scores.Axes(rule.metrics, _region_keys(phase))
    latest = _latest_evaluations(phase)
    cases = scores.ordered_cases(reference)
    table = rule.in_columns(scores.against_consensus([found.pk for found in latest], cases, axes))
    best = _best_of_each_participant(latest, table, rule)
    chosen = [latest[position] for position in best]
    trained_on = _trained_on(phase, chosen)
    rows = boards.rank_entrants(
        [_entrant(evaluation, phase, reference, trained_on) for evaluation in chosen], table[best], rule
    )
    human_rows = boards.human_rows(list(_humans(phase, reference, rule, axes, chosen)), rule)
    return _board(
        phase,
        rule,
        reference={"id": str(reference.pk), "number": reference.number},
        metrics=[
            name
            for name in metric_set_of(phase).metrics
            if any(name in row["means"] for row in (*rows, *human_rows))
        ],
        rows=rows,
        human_rows=human_rows,
    )


def compute_analysis(snapshot: Snapshot) -> dict[str, Any]:
    """How stable a snapshot's order is: of the very scores that it was ranked by."""
    board = snapshot.board
    rule = read_rule(board["ranking"])
    axes = scores.Axes(rule.metrics, [region["key"] for region in board["regions"]])
    ranked = [row for row in board["rows"] if row["rank"] is not None]
    table = scores.against_consensus(
        [UUID(row["evaluation_id"]) for row in ranked], scores.ordered_cases(snapshot.reference), axes
    )
    return analyse(ranked, rule.in_columns(table), rule)


def _board(phase: Phase, rule: RankingRule, **content: Any) -> dict[str, Any]:
    regions = phase.dataset_version.dataset.scheme.regions
    return {
        "phase": {"id": str(phase.pk), "slug": phase.slug, "title": phase.title},
        "regions": [{"key": region["key"], "name": region["name"]} for region in regions],
        "metric": rule.metrics[0],
        "ranking": rule.to_json(),
        **content,
    }


def _region_keys(phase: Phase) -> list[str]:
    return [region["key"] for region in phase.dataset_version.dataset.scheme.regions]


def _latest_evaluations(phase: Phase) -> list[Evaluation]:
    """Of each scored submission the evaluation against the latest reference it has, and by today's metric set
    rather than another; in the order of submission."""
    latest = (
        Evaluation.objects.filter(
            submission__phase=phase,
            submission__status=Submission.Status.SCORED,
            submission__run__sequences__isnull=True,  # a model without some sequences is no entry
            status=Evaluation.Status.SCORED,
        )
        .annotate(by_current_set=Q(metric_set=phase.metric_set))
        .order_by("submission_id", "-reference__number", "-by_current_set", "-created_at")
        .distinct("submission_id")
        .select_related("submission__participant", "submission__run__version")
    )
    return sorted(latest, key=lambda found: found.submission.created_at)


def _best_of_each_participant(
    evaluations: Sequence[Evaluation], table: Floats, rule: RankingRule
) -> list[int]:
    """Positions in `evaluations`, ascending. Where none can be ranked, the participant's last one. Of
    baselines each model's best."""
    of_participant: dict[object, list[int]] = defaultdict(list)
    for position, evaluation in enumerate(evaluations):
        submission, run = evaluation.submission, evaluation.submission.run
        baseline = run is not None and run.purpose == Run.Purpose.BASELINE
        entrant = run.version.algorithm_id if run and baseline else submission.participant_id
        of_participant[entrant].append(position)
    best = []
    for positions in of_participant.values():
        ranked = [position for position in positions if _can_rank(evaluations[position], rule)]
        best.append(ranked[rule.best_of(table[ranked])] if ranked else positions[-1])
    return sorted(best)


def _can_rank(evaluation: Evaluation, rule: RankingRule) -> bool:
    return boards.can_rank(evaluation.means, evaluation.metric_set, rule)


def _trained_on(phase: Phase, chosen: Sequence[Evaluation]) -> dict[UUID, int]:
    """{training: cases of the phase that it saw}, of the models among the entrants."""
    runs = [evaluation.submission.run for evaluation in chosen]
    trainings = [run.version.training_id for run in runs if run and run.version.training_id]
    seen = phases_seen(trainings, [phase])
    return {training: found[0].cases for training, found in seen.items()}


def _entrant(
    evaluation: Evaluation, phase: Phase, reference: PhaseReference, trained_on: Mapping[UUID, int]
) -> boards.Entrant:
    submission = evaluation.submission
    person, run = submission.participant, submission.run
    training = run.version.training_id if run else None
    baseline = run is not None and run.purpose == Run.Purpose.BASELINE
    return boards.Entrant(
        kind="baseline" if baseline else "submission",
        submission_id=str(submission.pk),
        evaluation_id=str(evaluation.pk),
        participant={"id": person.pk, "username": person.username, "name": person.shown_name},
        method_name=submission.method_name,
        submitted_at=submission.created_at.isoformat(),
        means=evaluation.means,
        not_defined=evaluation.not_defined,
        overall=evaluation.overall,
        cases=evaluation.case_count,
        metric_set=evaluation.metric_set,
        outdated=evaluation.reference_id != reference.pk,
        older_metric_set=evaluation.metric_set != phase.metric_set,
        trained_on_cases=trained_on.get(training, 0) if training else 0,
    )


def _humans(
    phase: Phase,
    reference: PhaseReference,
    rule: RankingRule,
    axes: scores.Axes,
    chosen: Sequence[Evaluation],
) -> Iterator[boards.Human]:
    """Each rater beside the entrants, over the cases that the rater annotated, all before the same judges."""
    tables = scores.rater_tables(reference, metric_set=phase.metric_set)
    judges = [judge for table in tables for judge in table.values]
    ranked = [evaluation.pk for evaluation in chosen if _can_rank(evaluation, rule)]
    judged, present = scores.against_judges(ranked, judges, axes)
    names = rater_names(phase.dataset_version.dataset) if tables else {}
    start = 0
    for table in tables:
        own = rule.in_columns(np.stack([axes.pick(values) for values in table.values.values()]))
        theirs = slice(start, start + len(table.values))
        start = theirs.stop
        beside = rule.in_columns(judged[present[:, theirs].all(axis=1), theirs])
        summary = summarize_values(table.values.values())
        yield boards.Human(
            alias=name_of(table.rater_id, names),
            means=summary.means,
            overall=summary.overall,
            cases=summary.cases,
            would_rank=boards.place_human(own, beside, rule),
            among=len(beside) + 1,
        )
