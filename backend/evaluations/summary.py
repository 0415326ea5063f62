"""What an evaluation's scores come to: means per region, and over the regions."""

import math
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from backend.evaluations.models import Evaluation, Score

DICE = "dice"


@dataclass(frozen=True, slots=True)
class Summary:
    """Mean Dice per region over the cases where it is defined (None where in no case), and over the
    regions."""

    means: dict[str, float | None]
    not_defined: dict[str, int]
    overall: float | None
    cases: int


def summarize(evaluation: Evaluation) -> Summary:
    """The summary of an evaluation whose cases are all scored."""
    scores = Score.objects.filter(
        case_evaluation__evaluations=evaluation, metric=DICE, left_out__isnull=True
    ).values_list("region", "value")
    values: dict[str, list[float | None]] = defaultdict(list)
    for region, value in scores:
        values[region].append(value)
    return summarize_values(values, cases=evaluation.case_evaluations.count())


def summarize_values(values: Mapping[str, Iterable[float | None]], *, cases: int) -> Summary:
    """The same of {region: values of the cases}; their order does not matter, not even in the last digit."""
    means: dict[str, float | None] = {}
    not_defined = {}
    for region, of_cases in sorted(values.items()):
        listed = list(of_cases)
        defined = [value for value in listed if value is not None]
        means[region] = math.fsum(defined) / len(defined) if defined else None
        not_defined[region] = len(listed) - len(defined)
    present = [mean for mean in means.values() if mean is not None]
    overall = math.fsum(present) / len(present) if present else None
    return Summary(means=means, not_defined=not_defined, overall=overall, cases=cases)
