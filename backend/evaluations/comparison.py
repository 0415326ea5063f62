"""A submission beside the raters: both against the same leave-one-out references, region by region."""

import math
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from backend.challenges.permissions import Person
from backend.common.errors import Invalid, NotFound
from backend.evaluations import selectors
from backend.evaluations.metric_sets import in_order
from backend.evaluations.models import CaseScores, Evaluation, RaterScores
from backend.evaluations.rater_names import name_of, rater_names
from backend.evaluations.summary import Values
from backend.numerics.catalogue import metric_of
from backend.numerics.comparison import PairedComparison, Verdict, compare_paired
from backend.submissions import selectors as submissions

OVERALL = "overall"

# {rater: {region: [(the submission's value, the rater's)] of the cases}}
Pairs = Mapping[int, Mapping[str, Sequence[tuple[float, float]]]]


@dataclass(frozen=True, slots=True)
class RaterComparison:
    """The submission and one rater, over the cases that the rater annotated. The difference is positive where
    the submission is better, whichever way the metric goes."""

    rater: str
    submission_mean: float
    rater_mean: float
    difference: PairedComparison


@dataclass(frozen=True, slots=True)
class RegionComparison:
    """`verdict` is `below` (or `above`) where the submission's interval is so against every rater, `within`
    where it is neither; None without raters, or while a rater has too few cases to tell."""

    region: str
    verdict: Verdict | None
    raters: tuple[RaterComparison, ...]


@dataclass(frozen=True, slots=True)
class Comparison:
    """`raters_complete` is false while raters are still to be scored: then some, or all, are missing."""

    submission_id: UUID
    evaluation_id: UUID
    reference_number: int
    metric_set: str
    metric: str
    higher_is_better: bool
    raters_complete: bool
    regions: tuple[RegionComparison, ...]


def compare_with_raters(*, submission_id: UUID, viewer: Person, metric: str = "dice") -> Comparison:
    """
    Raises:
        NotFound: no such submission, its scores are not to be seen, or there are none yet.
        Invalid: the evaluation has no such metric, or neither end of it is better.
    """
    submission = submissions.get_submission(submission_id=submission_id, viewer=viewer)
    evaluation = selectors.latest_evaluation(submission)
    if evaluation is None or not submissions.Viewpoint(viewer).shows_scores(submission):
        raise NotFound("The submission has no scores that are yours to see.")
    higher_is_better = _direction(metric, evaluation)
    dataset = submission.phase.dataset_version.dataset
    keys = [region["key"] for region in dataset.scheme.regions]
    pairs = _pairs(evaluation, metric, keys)
    sign = 1 if higher_is_better else -1
    names = rater_names(dataset)
    return Comparison(
        submission_id=submission.pk,
        evaluation_id=evaluation.pk,
        reference_number=evaluation.reference.number,
        metric_set=evaluation.metric_set,
        metric=metric,
        higher_is_better=higher_is_better,
        raters_complete=not selectors.unscored_raters(evaluation.reference, evaluation.metric_set).exists(),
        regions=tuple(_compare_region(region, pairs, sign, names) for region in [*keys, OVERALL]),
    )


def _direction(metric: str, evaluation: Evaluation) -> bool:
    known = [name for name in in_order(evaluation.means) if metric_of(name).higher_is_better is not None]
    if metric not in known:
        raise Invalid(
            f"{metric!r} cannot be compared under the metric set {evaluation.metric_set}; "
            f"choose one of {', '.join(known)}.",
            code="unknown_metric",
        )
    return bool(metric_of(metric).higher_is_better)


def _pairs(evaluation: Evaluation, metric: str, regions: Sequence[str]) -> Pairs:
    """By rater and region the values of both by the same judge; a case counts where both are defined."""
    ours = CaseScores.objects.filter(case_evaluation__evaluations=evaluation, left_out__isnull=False)
    rows = ours.order_by("left_out__rater_id", "left_out_id").values_list(
        "left_out__rater_id", "left_out_id", "values"
    )
    theirs = dict(
        RaterScores.objects.filter(
            left_out__in=ours.values("left_out"), metric_set=evaluation.metric_set
        ).values_list("left_out_id", "values")
    )
    pairs: dict[int, dict[str, list[tuple[float, float]]]] = defaultdict(lambda: defaultdict(list))
    for rater, left_out, values in rows:
        by_region = _paired(values, theirs.get(left_out, {}), metric, regions)
        for region, pair in by_region.items():
            pairs[rater][region].append(pair)
        if len(by_region) == len(regions):
            first, second = zip(*by_region.values(), strict=True)
            pairs[rater][OVERALL].append((_mean(first), _mean(second)))
    return pairs


def _paired(
    ours: Values, theirs: Values, metric: str, regions: Sequence[str]
) -> dict[str, tuple[float, float]]:
    found = {}
    for region in regions:
        first, second = ours[region].get(metric), theirs.get(region, {}).get(metric)
        if first is not None and second is not None:
            found[region] = (first, second)
    return found


def _compare_region(region: str, pairs: Pairs, sign: int, names: dict[int, str]) -> RegionComparison:
    raters = []
    for rater, by_region in sorted(pairs.items()):
        if of_region := by_region.get(region):
            ours, theirs = zip(*of_region, strict=True)
            difference = compare_paired([sign * (a - b) for a, b in of_region])
            raters.append(RaterComparison(name_of(rater, names), _mean(ours), _mean(theirs), difference))
    return RegionComparison(region, _verdict(raters), tuple(raters))


def _verdict(raters: Sequence[RaterComparison]) -> Verdict | None:
    verdicts = {rater.difference.verdict for rater in raters}
    if not verdicts or Verdict.TOO_FEW_CASES in verdicts:
        return None
    return verdicts.pop() if len(verdicts) == 1 else Verdict.WITHIN


def _mean(values: Sequence[float]) -> float:
    return math.fsum(values) / len(values)
