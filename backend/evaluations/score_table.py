"""The scores of an evaluation as a long table: one row per case, judge, region and metric."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import cached_property
from uuid import UUID

from django.db.models import F, QuerySet

from backend.common.errors import Invalid
from backend.evaluations.metric_sets import in_order
from backend.evaluations.models import CaseScores, Evaluation
from backend.evaluations.rater_names import name_of, rater_names

CHUNK = 2000


class Judge(StrEnum):
    """Which references the scores are against."""

    CONSENSUS = "consensus"
    RATERS = "raters"
    ALL = "all"


@dataclass(frozen=True, slots=True)
class ScoreCase:
    id: UUID
    name: str


@dataclass(frozen=True, slots=True)
class ScoreRow:
    """`left_out` is None against the whole consensus; `value` where the metric is n/a."""

    case: ScoreCase
    region: str
    metric: str
    value: float | None
    left_out: str | None


class ScoreTable:
    """By case, against the whole consensus first, then without each rater; regions in the order of the
    scheme, metrics in that of the catalogue. A slice reads only the rows it needs."""

    def __init__(
        self, evaluation: Evaluation, *, judge: Judge = Judge.ALL, metric: str = "", region: str = ""
    ) -> None:
        """
        Args:
            metric, region: only these, where given.

        Raises:
            Invalid: the evaluation has no such metric, or no such region.
        """
        self._dataset = evaluation.submission.phase.dataset_version.dataset
        self._judged = _judged(evaluation, judge)
        keys = [found["key"] for found in self._dataset.scheme.regions]
        metrics = _metrics(evaluation)
        self._regions = _only(region, keys, "region") if region else keys
        self._metrics = (
            _only(metric, metrics, f"metric under the set {evaluation.metric_set}") if metric else metrics
        )

    def __len__(self) -> int:
        return self._judged.count() * self._width

    def __getitem__(self, rows: slice) -> list[ScoreRow]:
        start, stop, _ = rows.indices(len(self))
        if start >= stop:
            return []
        first, last = start // self._width, -(-stop // self._width)
        skipped = first * self._width
        return list(self._rows(self._judged[first:last]))[start - skipped : stop - skipped]

    def __iter__(self) -> Iterator[ScoreRow]:
        return self._rows(self._judged.iterator(chunk_size=CHUNK))

    @property
    def _width(self) -> int:
        return len(self._regions) * len(self._metrics)

    @cached_property
    def _names(self) -> dict[int, str]:
        return rater_names(self._dataset)

    def _rows(self, judged: Iterable[CaseScores]) -> Iterator[ScoreRow]:
        for scores in judged:
            found = scores.case_evaluation.prediction.case
            case = ScoreCase(found.pk, found.name)
            left_out = name_of(scores.left_out.rater_id, self._names) if scores.left_out else None
            for region in self._regions:
                for metric in self._metrics:
                    yield ScoreRow(case, region, metric, scores.values[region].get(metric), left_out)


def _judged(evaluation: Evaluation, judge: Judge) -> QuerySet[CaseScores]:
    scores = CaseScores.objects.filter(case_evaluation__evaluations=evaluation)
    if judge is not Judge.ALL:
        scores = scores.filter(left_out__isnull=judge is Judge.CONSENSUS)
    return scores.select_related("case_evaluation__prediction__case", "left_out").order_by(
        "case_evaluation__prediction__case__name", F("left_out__rater_id").asc(nulls_first=True)
    )


def _metrics(evaluation: Evaluation) -> list[str]:
    """All cases have the same; none while no case is scored."""
    first = CaseScores.objects.filter(case_evaluation__evaluations=evaluation).first()
    return in_order(next(iter(first.values.values()), {})) if first else []


def _only(wanted: str, known: Sequence[str], kind: str) -> list[str]:
    if known and wanted not in known:
        raise Invalid(f"There is no {kind} that is called {wanted!r}; choose one of {', '.join(known)}.")
    return [wanted]
