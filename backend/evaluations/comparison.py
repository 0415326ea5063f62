"""A submission beside the raters: both against the same leave-one-out references, region by region."""

import math
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from backend.challenges.permissions import Person
from backend.common.errors import NotFound
from backend.evaluations import selectors
from backend.evaluations.models import Evaluation, Score
from backend.evaluations.rater_names import name_of, rater_names
from backend.evaluations.summary import DICE
from backend.numerics.comparison import PairedComparison, Verdict, compare_paired
from backend.submissions import selectors as submissions

OVERALL = "overall"

# {rater: {region: [(the submission's Dice, the rater's)] of the cases}}
Pairs = Mapping[int, Mapping[str, Sequence[tuple[float, float]]]]


@dataclass(frozen=True, slots=True)
class RaterComparison:
    """The submission minus one rater, over the cases that the rater annotated."""

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
    submission_id: UUID
    evaluation_id: UUID
    reference_number: int
    metric: str
    regions: tuple[RegionComparison, ...]


def compare_with_raters(*, submission_id: UUID, viewer: Person) -> Comparison:
    """
    Raises:
        NotFound: no such submission, its scores are not to be seen, or there are none yet.
    """
    submission = submissions.get_submission(submission_id=submission_id, viewer=viewer)
    evaluation = selectors.latest_evaluation(submission)
    if evaluation is None or not submissions.Viewpoint(viewer).shows_scores(submission):
        raise NotFound("The submission has no scores that are yours to see.")
    dataset = submission.phase.dataset_version.dataset
    keys = [region["key"] for region in dataset.scheme.regions]
    pairs = _pairs(evaluation, keys)
    names = rater_names(dataset)
    return Comparison(
        submission_id=submission.pk,
        evaluation_id=evaluation.pk,
        reference_number=evaluation.reference.number,
        metric=DICE,
        regions=tuple(_compare_region(region, pairs, names) for region in [*keys, OVERALL]),
    )


def _pairs(evaluation: Evaluation, regions: Sequence[str]) -> Pairs:
    rows = Score.objects.filter(
        case_evaluation__evaluations=evaluation, left_out__isnull=False, metric=DICE
    ).values_list("left_out__rater_id", "case_evaluation_id", "region", "value", "left_out__dice")
    cases: dict[tuple[int, UUID], dict[str, tuple[float, float]]] = defaultdict(dict)
    for rater, case, region, value, of_rater in rows:
        theirs = of_rater.get(region)
        if value is not None and theirs is not None:
            cases[rater, case][region] = (value, theirs)
    pairs: dict[int, dict[str, list[tuple[float, float]]]] = defaultdict(lambda: defaultdict(list))
    for (rater, _), by_region in sorted(cases.items()):
        for region, pair in by_region.items():
            pairs[rater][region].append(pair)
        if all(region in by_region for region in regions):
            ours, theirs = zip(*(by_region[region] for region in regions), strict=True)
            pairs[rater][OVERALL].append((_mean(ours), _mean(theirs)))
    return pairs


def _compare_region(region: str, pairs: Pairs, names: dict[int, str]) -> RegionComparison:
    raters = []
    for rater, by_region in sorted(pairs.items()):
        if of_region := by_region.get(region):
            ours, theirs = zip(*of_region, strict=True)
            difference = compare_paired([a - b for a, b in of_region])
            raters.append(RaterComparison(name_of(rater, names), _mean(ours), _mean(theirs), difference))
    return RegionComparison(region, _verdict(raters), tuple(raters))


def _verdict(raters: Sequence[RaterComparison]) -> Verdict | None:
    verdicts = {rater.difference.verdict for rater in raters}
    if not verdicts or Verdict.TOO_FEW_CASES in verdicts:
        return None
    return verdicts.pop() if len(verdicts) == 1 else Verdict.WITHIN


def _mean(values: Sequence[float]) -> float:
    return math.fsum(values) / len(values)
