"""Scoring predictions against their consensus, and against the fusions without each rater."""

import time
from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

import structlog
from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

from backend.datasets.models import Case
from backend.datasets.selectors import grid_of
from backend.datasets.services import scheme_of
from backend.evaluations import services
from backend.evaluations.metric_sets import metric_set_named
from backend.evaluations.models import CaseEvaluation, CaseScores, Evaluation
from backend.evaluations.references import pack_stored, packed_reference
from backend.evaluations.services import BATCH
from backend.events.bus import publish
from backend.events.types import CaseEvaluationRequested
from backend.numerics import metrics
from backend.numerics.catalogue import MetricSet
from backend.numerics.distances import Spacing
from backend.numerics.labels import LabelScheme
from backend.numerics.packing import PackedLabelmap

BATCH_S = 2.0  # a job takes no further case after so long: its cases are locked for others
log = structlog.get_logger(__name__)

# {region: {metric: value}}, None where the metric is n/a
Values = dict[str, dict[str, float | None]]


@dataclass(frozen=True, slots=True)
class CaseScorer:
    """Scores labelmaps of one case under one metric set."""

    name: str
    scheme: LabelScheme
    spacing_mm: Spacing
    metric_set: MetricSet

    @classmethod
    def of(cls, case: Case, metric_set: MetricSet) -> "CaseScorer":
        return cls(case.name, scheme_of(case.dataset.scheme), grid_of(case).spacing_mm, metric_set)

    def read(self, digest: str, *, name: str, drops_unsure: bool = False) -> PackedLabelmap:
        """A stored labelmap, ready for any number of judges; a rater's is scored as drawn, sure or not."""
        return pack_stored(digest, scheme=self.scheme, name=name, drops_unsure=drops_unsure)

    def score(self, labelmap: PackedLabelmap, *, judge_digest: str) -> Values:
        """All metrics of the set, against the stored labelmap with this digest."""
        judge = packed_reference(
            judge_digest,
            scheme=self.scheme,
            spacing_mm=self.spacing_mm,
            name=f"reference of case {self.name}",
        )
        values: Values = {region.key: {} for region in self.scheme.regions}
        for score in metrics.score_case(
            judge, labelmap, self.scheme, self.spacing_mm, metric_set=self.metric_set
        ):
            values[score.region][score.metric] = score.value
        return values


def score_cases(*, first_id: UUID) -> None:
    """Score this case, and others beside it that wait for the same evaluations; complete what waited for
    them.

    A job's own cost is about that of a case: so one job scores several. The cases are locked, not marked:
    workers score one evaluation side by side, and of one that dies the database frees the cases at once.
    Idempotent: scores are written in the same step that ends the waiting; a worker killed after it left the
    completing to the next run.

    Raises:
        OutdatedMetricSet: it was asked for before the code's metrics changed.
    """
    score_batch(first_id=first_id)
    services.complete_evaluations(case_evaluation_id=first_id)


def score_batch(*, first_id: UUID) -> None:
    """Score and write all that fits one job, and ask for what is left."""
    with transaction.atomic():
        _write(_score_claimed(_claim(first_id)))
        if (rest := _waiting_beside(first_id).first()) is not None:
            publish(CaseEvaluationRequested(case_evaluation_id=rest.pk))


def _claim(first_id: UUID) -> list[CaseEvaluation]:
    """The case and those that come after it; none where it is scored already, or being scored."""
    rows = _lockable().prefetch_related("consensus__leave_one_out")
    first = rows.filter(pk=first_id).first()
    if first is None:
        return []
    after = _waiting_beside(first_id).filter(prediction__case__name__gt=first.prediction.case.name)
    return [first, *after.prefetch_related("consensus__leave_one_out")[: BATCH - 1]]


def _lockable() -> QuerySet[CaseEvaluation]:
    """Waiting cases by name, locked until the transaction ends; without those that another worker holds."""
    return (
        CaseEvaluation.objects.select_for_update(skip_locked=True, no_key=True, of=("self",))
        .filter(status=CaseEvaluation.Status.WAITING)
        .select_related("prediction__case__dataset__scheme", "consensus")
        .order_by("prediction__case__name", "pk")
    )


def _waiting_beside(first_id: UUID) -> QuerySet[CaseEvaluation]:
    """What waits for the evaluations that the case is part of."""
    evaluations = Evaluation.objects.filter(case_evaluations=first_id, status=Evaluation.Status.SCORING)
    members = Evaluation.case_evaluations.through.objects.filter(evaluation__in=evaluations.values("pk"))
    return _lockable().filter(pk__in=members.values("caseevaluation")).exclude(pk=first_id)


def _score_claimed(claimed: Sequence[CaseEvaluation]) -> list[tuple[CaseEvaluation, list[CaseScores]]]:
    """As many as fit the time. The first case's faults are the job's; one of a later case ends the batch, so
    that it comes first in a job of its own."""
    began = time.monotonic()
    done: list[tuple[CaseEvaluation, list[CaseScores]]] = []
    for owed in claimed:
        if done and time.monotonic() - began > BATCH_S:
            break
        try:
            done.append((owed, compute_scores(owed)))
        except Exception:
            if not done:
                raise
            log.warning("case_not_scored", case_evaluation=str(owed.pk), exc_info=True)
            break
    return done


def compute_scores(owed: CaseEvaluation) -> list[CaseScores]:
    """Against the consensus, and against each leave-one-out fusion beside it; unsaved."""
    case = owed.prediction.case
    scorer = CaseScorer.of(case, metric_set_named(owed.metric_set))
    prediction = scorer.read(
        owed.prediction.labelmap_digest, name=f"{owed.prediction.filename} of case {case.name}"
    )
    judges: list[tuple[UUID | None, str]] = [(None, owed.consensus.labelmap_digest)]
    judges += [(judge.pk, judge.labelmap_digest) for judge in owed.consensus.leave_one_out.all()]
    return [
        CaseScores(
            case_evaluation=owed,
            left_out_id=left_out_id,
            values=scorer.score(prediction, judge_digest=digest),
        )
        for left_out_id, digest in judges
    ]


def _write(done: Sequence[tuple[CaseEvaluation, list[CaseScores]]]) -> None:
    CaseScores.objects.bulk_create([scores for _, of_case in done for scores in of_case])
    CaseEvaluation.objects.filter(pk__in=[owed.pk for owed, _ in done]).update(
        status=CaseEvaluation.Status.SCORED, scored_at=timezone.now()
    )
