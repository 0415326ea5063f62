"""What the pictures of an evaluation show: its scores, and how large its regions are."""

from collections.abc import Mapping, Sequence

from backend.common.errors import Invalid
from backend.evaluations.metric_sets import in_order
from backend.evaluations.models import CaseScores, Evaluation
from backend.numerics.catalogue import metric_of
from backend.pictures.charts import (
    RegionKey,
    ScoredEntrant,
    ScoresChart,
    VolumePair,
    VolumesChart,
    VolumesPanel,
)

# {region: {metric: value}} of one case
CaseValues = Mapping[str, Mapping[str, float | None]]
_DEFAULT_METRIC = "dice"


def scores_chart(*, evaluation: Evaluation, metric: str = "") -> ScoresChart:
    """The evaluation's scores against the whole consensus; Dice where no metric is asked for.

    Raises:
        Invalid: it has no such metric.
    """
    cases = _cases(evaluation)
    known = in_order(next(iter(cases[0].values()), {})) if cases else []
    name = metric or _DEFAULT_METRIC
    if name not in (known or [_DEFAULT_METRIC]):
        choices = ", ".join(known or [_DEFAULT_METRIC])
        raise Invalid(f"The evaluation has no metric {name!r}; choose one of {choices}.")
    shown, regions = metric_of(name), _regions(evaluation)
    values = tuple(tuple(case.get(region.key, {}).get(name) for case in cases) for region in regions)
    return ScoresChart(
        title=f"{evaluation.submission.method_name}: {shown.title}",
        metric=shown.title,
        unit=shown.unit,
        higher_is_better=shown.higher_is_better,
        regions=regions,
        entrants=(ScoredEntrant(evaluation.submission.method_name, values),),
    )


def volumes_chart(*, evaluation: Evaluation) -> VolumesChart:
    """Each case's volumes in the prediction and in the reference; none under sets that did not measure."""
    cases = _cases(evaluation)
    return VolumesChart(
        title=f"{evaluation.submission.method_name}: volumes",
        expected="reference",
        found="prediction",
        panels=tuple(VolumesPanel(region, _pairs(cases, region.key)) for region in _regions(evaluation)),
    )


def _cases(evaluation: Evaluation) -> list[CaseValues]:
    scores = CaseScores.objects.filter(case_evaluation__evaluations=evaluation, left_out__isnull=True)
    return list(scores.order_by("case_evaluation__prediction__case__name").values_list("values", flat=True))


def _regions(evaluation: Evaluation) -> tuple[RegionKey, ...]:
    scheme = evaluation.submission.phase.dataset_version.dataset.scheme
    return tuple(RegionKey(region["key"], region["name"]) for region in scheme.regions)


def _pairs(cases: Sequence[CaseValues], region: str) -> tuple[VolumePair, ...]:
    pairs = []
    for case in cases:
        values = case.get(region, {})
        found_ml, difference_ml = values.get("volume_ml"), values.get("volume_difference_ml")
        if found_ml is not None and difference_ml is not None:
            pairs.append(VolumePair("prediction", max(found_ml - difference_ml, 0.0), found_ml))
    return tuple(pairs)
