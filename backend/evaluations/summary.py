"""What an evaluation's scores come to: per metric the means per region, and over the regions."""

import math
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from backend.evaluations.models import CaseScores, Evaluation

# {region: {metric: value}} of one case, None where the metric is n/a
Values = Mapping[str, Mapping[str, float | None]]


@dataclass(frozen=True, slots=True)
class Summary:
    """Of each metric: the mean per region over the cases where it is defined (None where in no case), how
    many cases those means leave out, and the mean over the regions (None where no region has one)."""

    means: dict[str, dict[str, float | None]]
    not_defined: dict[str, dict[str, int]]
    overall: dict[str, float | None]
    cases: int


def summarize(evaluation: Evaluation) -> Summary:
    """The summary of an evaluation whose cases are all scored."""
    scores = CaseScores.objects.filter(case_evaluation__evaluations=evaluation, left_out__isnull=True)
    return summarize_values(scores.values_list("values", flat=True))


def summarize_values(cases: Iterable[Values]) -> Summary:
    """The same of the values of any cases; their order does not matter, not even in the last digit."""
    listed = list(cases)
    columns: dict[str, dict[str, list[float | None]]] = defaultdict(lambda: defaultdict(list))
    for values in listed:
        for region, of_region in values.items():
            for metric, value in of_region.items():
                columns[metric][region].append(value)
    means = {
        metric: {region: mean(of_region) for region, of_region in regions.items()}
        for metric, regions in columns.items()
    }
    return Summary(
        means=means,
        not_defined={
            metric: {region: of_region.count(None) for region, of_region in regions.items()}
            for metric, regions in columns.items()
        },
        overall={metric: mean(regions.values()) for metric, regions in means.items()},
        cases=len(listed),
    )


def mean(values: Iterable[float | None]) -> float | None:
    """Over the values that are defined; None where none is."""
    defined = [value for value in values if value is not None]
    return math.fsum(defined) / len(defined) if defined else None
