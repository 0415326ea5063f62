"""Metric sets by their names, as evaluations keep them."""

from collections.abc import Iterable

from backend.numerics.catalogue import METRIC_NAMES, VERSION, MetricSet, metric_set, nsd_tolerance_mm
from backend.numerics.errors import UnknownMetric


class OutdatedMetricSet(Exception):
    """Scores of this set are kept, and can no longer be computed."""


def metric_set_named(name: str) -> MetricSet:
    """The set that has this name, such as "2 brats2023 nsd 1".

    Raises:
        OutdatedMetricSet: it is of another version than the code's, or of rules that there are no more.
    """
    version, *words = name.split(" ")
    outdated = OutdatedMetricSet(
        f"metric set {name!r} is not of version {VERSION}, which is computed now; rescore the phase"
    )
    if version != VERSION or len(words) < 2:
        raise outdated
    rules, _, *tolerances_mm = words
    try:
        return metric_set(rules, [float(mm) for mm in tolerances_mm])
    except UnknownMetric as error:
        raise outdated from error


def lesion_rules_named(name: str) -> str:
    """Slug of the lesion rules of the set of this name, whatever its version; empty where it has none."""
    _, *words = name.split(" ")
    return words[0] if words else ""


def in_order(names: Iterable[str]) -> list[str]:
    """Metrics in the order of the catalogue, tolerances ascending (stored JSON keeps no order)."""
    return sorted(names, key=_place)


def _place(name: str) -> tuple[int, float]:
    if (tolerance_mm := nsd_tolerance_mm(name)) is not None:
        return METRIC_NAMES.index("nsd_1mm"), tolerance_mm
    return METRIC_NAMES.index(name), 0.0
