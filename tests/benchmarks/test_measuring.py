"""What a comparison says of its times: ratios, verdicts, and no word where results differ."""

from collections.abc import Callable
from typing import Any

import pytest

from benchmarks.growth import fit_exponent
from benchmarks.measuring import (
    Comparison,
    Disagreement,
    Row,
    Subject,
    Target,
    Times,
    measure,
    require_equal,
)

pytestmark = pytest.mark.slow


def comparison(
    *,
    target: Target | None = None,
    is_floor: bool = False,
    ours: Callable[[], Any] = lambda: 1.0,
    theirs: Callable[[], Any] = lambda: 1.0,
    scale: float = 1.0,
) -> Comparison:
    def check(mine: Any, other: Any) -> None:
        require_equal("values", [mine], [other], within=1e-12)

    return Comparison(
        part="counts",
        peer="peer",
        what="values",
        ours=lambda subject: ours,
        theirs=lambda subject: theirs,
        check=check,
        target=target,
        rounds=3,
        ours_per_round=2,
        is_floor=is_floor,
        scale=scale,
    )


def row(of: Comparison, *, ours_s: tuple[float, ...], theirs_s: tuple[float, ...]) -> Row:
    return Row(of, Subject("case"), Times(ours_s, ours_s), Times(theirs_s, theirs_s))


def test_the_ratio_is_that_of_the_medians() -> None:
    found = row(comparison(), ours_s=(0.001, 0.002, 0.9), theirs_s=(0.1, 0.06, 0.01))

    assert found.ours.median_ms == pytest.approx(2)
    assert found.ratio == pytest.approx(30)
    assert found.ratio_of_minima == pytest.approx(10)
    assert found.verdict == ""


@pytest.mark.parametrize(("theirs_s", "verdict"), [(0.06, "pass"), (0.0599, "missed")])
def test_a_target_is_met_from_its_ratio_on(theirs_s: float, verdict: str) -> None:
    found = row(comparison(target=Target(at_least=30)), ours_s=(0.002,), theirs_s=(theirs_s,))

    assert found.verdict == verdict
    assert found.to_json()["target"] == "≥ 30×"


@pytest.mark.parametrize(("ours_s", "verdict"), [(0.010, "pass"), (0.0101, "missed")])
def test_against_a_floor_the_ratio_is_ours_to_it(ours_s: float, verdict: str) -> None:
    found = row(comparison(target=Target(at_most=2.5), is_floor=True), ours_s=(ours_s,), theirs_s=(0.004,))

    assert found.ratio == pytest.approx(ours_s / 0.004)
    assert found.verdict == verdict


def test_both_sides_run_in_turn() -> None:
    order: list[str] = []
    measured = measure(
        comparison(ours=lambda: order.append("ours") or 1.0, theirs=lambda: order.append("peer") or 1.0),
        Subject("case"),
    )

    assert order == ["ours", "peer"] + ["ours", "ours", "peer"] * 3
    assert (len(measured.ours.seconds), len(measured.theirs.seconds)) == (6, 3)


def test_a_fraction_of_the_work_is_extrapolated_and_said_so() -> None:
    found = measure(comparison(scale=1000), Subject("case"))

    assert found.to_json()["peer_extrapolated_from"] == "1/1000"
    assert measure(comparison(), Subject("case")).to_json()["peer_extrapolated_from"] is None


def test_unequal_results_are_no_comparison() -> None:
    with pytest.raises(Disagreement):
        measure(comparison(ours=lambda: 0.5), Subject("case"))
    with pytest.raises(Disagreement):
        require_equal("n/a", [float("nan")], [1.0], within=1)
    with pytest.raises(Disagreement):
        require_equal("more", [1.0, 1.0], [1.0], within=1)


@pytest.mark.parametrize("power", [0.5, 1.0, 2.0])
def test_the_exponent_of_a_power_law_is_its_power(power: float) -> None:
    sizes = [1.0, 10.0, 1e3, 1e4, 1e5, 1e6]

    assert fit_exponent(sizes, [1e-4 * size**power for size in sizes]) == pytest.approx(power)


def test_fixed_costs_of_small_sizes_hide_no_exponent() -> None:
    sizes = [1.0, 10.0, 100.0, 1e4, 1e5, 1e6]

    assert fit_exponent(sizes, [0.01 + 1e-6 * size**2 for size in sizes]) == pytest.approx(2, abs=0.01)
