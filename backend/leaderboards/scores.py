"""Case-wise scores of entrants and raters, as arrays to rank.

Arrays are (entrants, cases, metrics of the rule, regions); nan where a metric is n/a, or nothing was scored.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import numpy as np
import numpy.typing as npt
from django.db.models import QuerySet
from django.db.models.fields.json import KeyTextTransform, KeyTransform

from backend.consensus.models import LeaveOneOut
from backend.evaluations.models import CaseScores, RaterScores
from backend.numerics.ranks import Floats
from backend.phases.models import PhaseReference

# {region: {metric: value}} of one case
CaseValues = Mapping[str, Mapping[str, float | None]]


@dataclass(frozen=True, slots=True)
class Axes:
    """What the last two axes of the arrays stand for."""

    metrics: Sequence[str]
    regions: Sequence[str]

    def pick(self, values: CaseValues) -> Floats:
        """(metrics, regions) of one case."""
        picked = [[values.get(region, {}).get(metric) for region in self.regions] for metric in self.metrics]
        return np.array(picked, dtype=np.float64)  # None becomes nan

    def expressions(self) -> list[KeyTextTransform]:
        """The same for the database, flat: of the many metrics of `CaseScores.values` only these travel."""
        return [
            KeyTextTransform(metric, KeyTransform(region, "values"))
            for metric in self.metrics
            for region in self.regions
        ]


@dataclass(frozen=True, slots=True)
class RaterTable:
    """A rater's scores by judge: the fusion of the others, of each case that the rater annotated."""

    rater_id: int
    values: Mapping[UUID, CaseValues]


def ordered_cases(reference: PhaseReference) -> list[UUID]:
    """The reference's cases by name: resamples are drawn by position."""
    return list(reference.consensus_versions.order_by("case__name").values_list("case_id", flat=True))


def against_consensus(evaluations: Sequence[UUID], cases: Sequence[UUID], axes: Axes) -> Floats:
    """(evaluations, cases, metrics, regions): scores against the whole consensus of each case."""
    found = _scores_of(evaluations).filter(left_out__isnull=True)
    return _table(found, "case_evaluation__prediction__case", evaluations, cases, axes)[0]


def against_judges(
    evaluations: Sequence[UUID], judges: Sequence[UUID], axes: Axes
) -> tuple[Floats, npt.NDArray[np.bool_]]:
    """(evaluations, judges, metrics, regions): scores against leave-one-out fusions; and (evaluations,
    judges): whom they judged at all."""
    found = _scores_of(evaluations).filter(left_out__in=judges)
    return _table(found, "left_out", evaluations, judges, axes)


def rater_tables(reference: PhaseReference, *, metric_set: str) -> list[RaterTable]:
    """The raters of the reference whose every case has scores under the metric set, in the order of ids."""
    judges = LeaveOneOut.objects.filter(consensus__in=reference.consensus_versions.values("pk"))
    raters = dict(judges.values_list("pk", "rater_id"))
    scored: dict[int, dict[UUID, CaseValues]] = defaultdict(dict)
    scores = RaterScores.objects.filter(metric_set=metric_set, left_out__in=judges.values("pk"))
    by_case = scores.order_by("left_out__rater_id", "left_out__consensus__case__name")
    for judge, values in by_case.values_list("left_out_id", "values"):
        scored[raters[judge]][judge] = values
    owed = list(raters.values())
    return [RaterTable(rater, found) for rater, found in scored.items() if len(found) == owed.count(rater)]


def _scores_of(evaluations: Sequence[UUID]) -> QuerySet[CaseScores]:
    return CaseScores.objects.filter(case_evaluation__evaluations__in=evaluations)


def _table(
    scores: QuerySet[CaseScores], item: str, evaluations: Sequence[UUID], items: Sequence[UUID], axes: Axes
) -> tuple[Floats, npt.NDArray[np.bool_]]:
    """The array, and where there was a row; rows of other items than those asked for are left out."""
    shape = (len(evaluations), len(items), len(axes.metrics), len(axes.regions))
    table, present = np.full(shape, np.nan), np.zeros(shape[:2], dtype=bool)
    first = {evaluation: position for position, evaluation in enumerate(evaluations)}
    second = {wanted: position for position, wanted in enumerate(items)}
    rows: Iterable[Any] = scores.values_list("case_evaluation__evaluations", item, *axes.expressions())
    for evaluation, of, *texts in rows:
        if of in second:
            at = first[evaluation], second[of]
            table[at] = np.array(texts, dtype=np.float64).reshape(shape[2:])
            present[at] = True
    return table, present
