import subprocess
import sys

import pytest

from backend.numerics.catalogue import (
    CATALOGUE,
    DEFAULT_METRIC_SET,
    METRIC_NAMES,
    VERSION,
    MetricSet,
    check_metrics,
    metric_of,
    metric_set,
)
from backend.numerics.errors import UnknownMetric
from backend.numerics.lesion_rules import PENALTY_MM, RULES

WITHOUT_A_BETTER_END = {"volume_ml", "volume_difference_ml", "lesion_tp", "lesion_fp", "lesion_fn"}


def test_each_metric_says_which_way_it_is_better_or_cannot_rank() -> None:
    assert {metric.name for metric in CATALOGUE if metric.higher_is_better is None} == WITHOUT_A_BETTER_END
    for metric in CATALOGUE:
        is_distance = "hd95" in metric.name
        if metric.name in WITHOUT_A_BETTER_END:
            assert metric.worst is None
        else:
            assert metric.higher_is_better is not is_distance
            assert metric.worst == (PENALTY_MM if is_distance else 0)


def test_every_metric_is_told_in_words() -> None:
    assert len({metric.title for metric in CATALOGUE}) == len(CATALOGUE)
    assert all(metric.description.endswith(".") for metric in CATALOGUE)
    assert all(rules.title and rules.description.endswith(".") for rules in RULES.values())
    assert all(rules.slug == key for key, rules in RULES.items())


def test_any_tolerance_is_a_metric() -> None:
    metric = metric_of("nsd_2.5mm")

    assert (metric.name, metric.title) == ("nsd_2.5mm", "Surface Dice at 2.5 mm")
    assert (metric.higher_is_better, metric.worst) == (True, 0)
    assert metric_of("dice") is CATALOGUE[0]


@pytest.mark.parametrize("name", ["f1", "nsd_mm", "nsd_1", "DICE", ""])
def test_unknown_names_are_refused(name: str) -> None:
    with pytest.raises(UnknownMetric, match="no metric is called"):
        metric_of(name)
    with pytest.raises(UnknownMetric, match="no metric is called"):
        check_metrics(["dice", name])


def test_a_set_is_named_by_version_rules_and_tolerances() -> None:
    assert DEFAULT_METRIC_SET.name == f"{VERSION} brats2023 nsd 1"
    assert DEFAULT_METRIC_SET.metrics == METRIC_NAMES
    assert metric_set() == DEFAULT_METRIC_SET
    assert metric_set("brats2024_ped", [2, 0.5]).name == f"{VERSION} brats2024_ped nsd 0.5 2"
    assert metric_set("brats2024_ped", [2, 0.5, 2.0]) == metric_set("brats2024_ped", [0.5, 2])


def test_tolerances_of_a_set_take_the_place_of_one_millimetre() -> None:
    names = metric_set(nsd_mm=[3, 0.5]).metrics

    at = METRIC_NAMES.index("nsd_1mm")
    assert names == (*METRIC_NAMES[:at], "nsd_0.5mm", "nsd_3mm", *METRIC_NAMES[at + 1 :])
    assert metric_set(nsd_mm=[]).metrics == METRIC_NAMES[:at] + METRIC_NAMES[at + 1 :]
    check_metrics(names)


def test_a_name_fits_its_column_whatever_the_set() -> None:
    widest = (998.125, 998.126, 998.127, 998.128, 998.129)
    assert max(len(MetricSet(rules, widest).name) for rules in RULES.values()) <= 80


@pytest.mark.parametrize(
    "tolerances",
    [(0.0,), (-1.0,), (float("nan"),), (float("inf"),), (1e-5,), (1 / 3,), (2.0, 1.0), (1.0, 1.0)],
)
def test_tolerances_without_a_name_of_their_own_are_refused(tolerances: tuple[float, ...]) -> None:
    with pytest.raises(UnknownMetric, match="tolerances"):
        MetricSet(nsd_mm=tolerances)


def test_unknown_rules_and_too_many_tolerances_are_refused() -> None:
    with pytest.raises(UnknownMetric, match="no lesion rules are called 'brats1999'; there are brats2023"):
        metric_set("brats1999")
    with pytest.raises(UnknownMetric, match="at most 5"):
        metric_set(nsd_mm=range(1, 10))


def test_the_catalogue_is_read_without_compilers() -> None:
    """A web process offers metrics and methods; only workers compute them."""
    code = (
        "import sys; import backend.numerics.catalogue, backend.numerics.fusion; "
        "print([name for name in ('numba', 'scipy.ndimage') if name in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
