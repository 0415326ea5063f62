"""The metrics of a phase: which set its scores are computed by, and what may rank it."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

from backend.common.errors import Invalid
from backend.numerics.catalogue import CATALOGUE, Metric, MetricSet, metric_of, metric_set
from backend.numerics.errors import UnknownMetric
from backend.numerics.lesion_rules import RULES, LesionRules
from backend.phases.models import Phase

TOLERANCES_MM = (0.1, 50.0)
MOST_TOLERANCES = 4


@dataclass(frozen=True, slots=True)
class MetricCatalogue:
    metrics: tuple[Metric, ...]
    lesion_rules: tuple[LesionRules, ...]


def metric_catalogue() -> MetricCatalogue:
    """What an organizer may choose from."""
    return MetricCatalogue(CATALOGUE, tuple(RULES.values()))


def metric_set_of(phase: Phase) -> MetricSet:
    """What the phase asks for today; `phase.metric_set` is its name."""
    return metric_set(phase.lesion_rules, phase.nsd_tolerances_mm)


def check_scoring(phase: Phase) -> None:
    """
    Raises:
        Invalid: the rules, a tolerance or a metric of the ranking cannot be used.
    """
    _check_rules(phase.lesion_rules)
    _check_tolerances(phase.nsd_tolerances_mm)
    _check_ranking(phase.ranking_metrics, metric_set_of(phase))


def _check_rules(slug: str) -> None:
    if slug not in RULES:
        raise Invalid(
            f"No lesion rules are called {slug!r}; choose one of {', '.join(RULES)}.",
            code="unknown_lesion_rules",
        )


def _check_tolerances(tolerances_mm: Sequence[float]) -> None:
    low, high = TOLERANCES_MM
    if not 1 <= len(tolerances_mm) <= MOST_TOLERANCES or len(set(tolerances_mm)) < len(tolerances_mm):
        raise Invalid(
            f"Give one to {MOST_TOLERANCES} different tolerances of the surface Dice, in mm.",
            code="bad_tolerances",
        )
    for tolerance_mm in tolerances_mm:
        if not (math.isfinite(tolerance_mm) and low <= tolerance_mm <= high):
            raise Invalid(
                f"A tolerance of {tolerance_mm:g} mm is outside {low:g} to {high:g} mm.",
                code="bad_tolerances",
            )
        if round(tolerance_mm, 3) != tolerance_mm:
            raise Invalid(
                f"A tolerance of {tolerance_mm} mm is finer than 0.001 mm; round it.", code="bad_tolerances"
            )


def _check_ranking(names: Sequence[str], asked: MetricSet) -> None:
    if not names:
        raise Invalid("Choose at least one metric for the ranking.", code="no_ranking_metric")
    if twice := {name for name in names if names.count(name) > 1}:
        raise Invalid(f"The ranking names {', '.join(sorted(twice))} twice.", code="bad_ranking_metric")
    for name in names:
        _check_ranking_metric(name, asked)


def _check_ranking_metric(name: str, asked: MetricSet) -> None:
    try:
        metric = metric_of(name)
    except UnknownMetric as error:
        rankable = [known for known in asked.metrics if metric_of(known).higher_is_better is not None]
        raise Invalid(
            f"No metric is called {name!r}; rank by {', '.join(rankable)}.", code="unknown_metric"
        ) from error
    if metric.higher_is_better is None:
        raise Invalid(
            f"{metric.title} ({name}) cannot rank: neither more nor less of it is better.",
            code="bad_ranking_metric",
        )
    if name not in asked.metrics:
        tolerances = ", ".join(f"{mm:g}" for mm in asked.nsd_mm)
        raise Invalid(
            f"The ranking asks for {name}, but the surface Dice is computed at {tolerances} mm; "
            "add the tolerance or choose another metric.",
            code="bad_ranking_metric",
        )
