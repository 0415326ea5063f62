"""The catalogue of metrics: names on the wire, which way each is better, and the named sets that phases use.

Light to import: a web process reads the catalogue, only workers compute (`metrics`).
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from functools import cached_property

from backend.numerics.errors import UnknownMetric
from backend.numerics.lesion_rules import BRATS_2023, PENALTY_MM, RULES, LesionRules

VERSION = "2"
"""Raised whenever any value may change, so that scores of different versions are never mixed."""
MOST_TOLERANCES = 5
_NSD = re.compile(r"nsd_(\d+(?:\.\d+)?)mm")


@dataclass(frozen=True)
class Metric:
    """One metric, for programs and for people.

    Args:
        name: on the wire.
        title: a few words.
        unit: "mm", "mL", "lesions", or "" for a share.
        higher_is_better: None where no end is better, so that it cannot rank.
        worst: what a missing value counts as in a ranking; None where it cannot rank.
        description: a sentence.
    """

    name: str
    title: str
    unit: str
    higher_is_better: bool | None
    worst: float | None
    description: str


def _share(name: str, title: str, description: str) -> Metric:
    return Metric(name, title, "", True, 0.0, description)


def _distance(name: str, title: str, description: str) -> Metric:
    return Metric(name, title, "mm", False, PENALTY_MM, description)


def _measure(name: str, title: str, unit: str, description: str) -> Metric:
    return Metric(name, title, unit, None, None, description)


_SURFACE_DICE = _share(
    "nsd_1mm",
    "Surface Dice at 1 mm",
    "Share of both surfaces, by area, that lies within the tolerance of the other.",
)
CATALOGUE: tuple[Metric, ...] = (
    _share("dice", "Dice", "Twice the voxels in both, over the voxels of either side together."),
    _share("sensitivity", "Sensitivity", "Share of the reference that the prediction finds."),
    _share("precision", "Precision", "Share of the prediction that lies in the reference."),
    _share("specificity", "Specificity", "Share of the grid outside the reference that is left out."),
    _distance(
        "hd95_surface_area",
        "HD95, by surface area",
        "95th percentile of the distances between the surfaces, weighted by area, the larger direction.",
    ),
    _distance(
        "hd95_pooled",
        "HD95, pooled",
        "95th percentile of the border voxels' distances of both directions together.",
    ),
    _distance(
        "hd95_max_of_directions",
        "HD95, maximum of directions",
        "95th percentile of the border voxels' distances in each direction, the larger.",
    ),
    _SURFACE_DICE,
    _measure("volume_ml", "Volume", "mL", "Volume of the prediction."),
    _measure(
        "volume_difference_ml", "Volume difference", "mL", "Volume of the prediction less the reference's."
    ),
    _share(
        "lesionwise_dice",
        "Lesion-wise Dice",
        "Mean Dice over lesions; missed and invented ones count 0.",
    ),
    _distance(
        "lesionwise_hd95",
        "Lesion-wise HD95",
        "Mean HD95 by surface area over lesions; missed and invented ones count the rules' penalty.",
    ),
    _measure("lesion_tp", "Lesions found", "lesions", "Counted lesions that a prediction belongs to."),
    _measure("lesion_fp", "Lesions invented", "lesions", "Predicted lesions that belong to none."),
    _measure("lesion_fn", "Lesions missed", "lesions", "Counted lesions that no prediction belongs to."),
)
METRIC_NAMES = tuple(metric.name for metric in CATALOGUE)
_BY_NAME = {metric.name: metric for metric in CATALOGUE}


def metric_of(name: str) -> Metric:
    """The metric of this name, `nsd_<τ>mm` with any tolerance.

    Raises:
        UnknownMetric: there is none.
    """
    if name in _BY_NAME:
        return _BY_NAME[name]
    if (tolerance := nsd_tolerance_mm(name)) is not None:
        return replace(_SURFACE_DICE, name=name, title=f"Surface Dice at {tolerance:g} mm")
    raise _unknown([name])


def nsd_tolerance_mm(name: str) -> float | None:
    """The τ of `nsd_<τ>mm`; None for another metric."""
    match = _NSD.fullmatch(name)
    return float(match[1]) if match else None


def check_metrics(names: Iterable[str]) -> None:
    """Raises:
    UnknownMetric: a name is none of the catalogue's.
    """
    if unknown := [name for name in names if name not in _BY_NAME and not _NSD.fullmatch(name)]:
        raise _unknown(unknown)


@dataclass(frozen=True)
class MetricSet:
    """All metrics, by these lesion rules and at these tolerances.

    Args:
        lesion_rules: of the lesion-wise metrics.
        nsd_mm: tolerances of the surface Dice, ascending.

    Raises:
        UnknownMetric: a tolerance cannot be written as `nsd_<τ>mm`, or they are not ascending, or too many.
    """

    lesion_rules: LesionRules = BRATS_2023
    nsd_mm: tuple[float, ...] = (1.0,)

    def __post_init__(self) -> None:
        if not all(_has_a_name(mm) for mm in self.nsd_mm):
            raise UnknownMetric(
                f"surface Dice at {self.nsd_mm} mm: give tolerances from 0.001 to 1000 mm "
                "with at most three decimals"
            )
        if list(self.nsd_mm) != sorted(set(self.nsd_mm)) or len(self.nsd_mm) > MOST_TOLERANCES:
            raise UnknownMetric(
                f"{len(self.nsd_mm)} tolerances: give at most {MOST_TOLERANCES}, ascending, each once"
            )

    @cached_property
    def metrics(self) -> tuple[str, ...]:
        """Names, in the order of the catalogue."""
        at = METRIC_NAMES.index(_SURFACE_DICE.name)
        return (*METRIC_NAMES[:at], *(f"nsd_{mm:g}mm" for mm in self.nsd_mm), *METRIC_NAMES[at + 1 :])

    @cached_property
    def name(self) -> str:
        """Version, rules, tolerances, such as "2 brats2023 nsd 1": sets of one name give equal values."""
        tolerances = ["nsd", *(f"{mm:g}" for mm in self.nsd_mm)] if self.nsd_mm else []
        return " ".join([VERSION, self.lesion_rules.slug, *tolerances])


def metric_set(rules: str = BRATS_2023.slug, nsd_mm: Sequence[float] = (1.0,)) -> MetricSet:
    """The set with the lesion rules of this name, at these tolerances in any order.

    Raises:
        UnknownMetric: there are no such rules, or a tolerance cannot be used.
    """
    if rules not in RULES:
        raise UnknownMetric(f"no lesion rules are called {rules!r}; there are {', '.join(RULES)}")
    return MetricSet(RULES[rules], tuple(sorted({float(mm) for mm in nsd_mm})))


def _has_a_name(mm: float) -> bool:
    return math.isfinite(mm) and 0.001 <= mm <= 1000 and float(f"{mm:g}") == mm == round(mm, 3)


def _unknown(names: Sequence[str]) -> UnknownMetric:
    return UnknownMetric(
        f"no metric is called {', '.join(names)}; there are {', '.join(METRIC_NAMES)}, "
        "and nsd_<τ>mm with any tolerance"
    )


DEFAULT_METRIC_SET = MetricSet()
