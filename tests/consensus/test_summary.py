"""A dataset's agreement, from records as consensus versions carry them."""

from typing import Any
from uuid import UUID

import pytest

from backend.consensus.summary import FusedCase, Mean, summarise

REGION = "lesion"


def record(
    raters: tuple[int, ...], dice: float = 0.8, *, is_older: bool = False, weights: tuple[float, ...] = ()
) -> dict[str, Any]:
    """As of a version whose pairs all have this Dice; kappa a tenth below."""
    pairs: list[dict[str, Any]] = [
        {"first": first, "second": second, "dice": {REGION: dice}}
        for place, first in enumerate(raters)
        for second in raters[place + 1 :]
    ]
    found: dict[str, Any] = {
        "pairs": pairs,
        "mean_pairwise_dice": {REGION: dice if pairs else None},
        "rater_volumes_ml": [{"rater": rater, "volumes_ml": {REGION: 2.0}} for rater in raters],
        "consensus_volumes_ml": {REGION: 2.5},
    }
    if is_older:
        return found
    for pair in pairs:
        pair["kappa"] = {REGION: dice - 0.1}
    return found | {
        "fleiss_kappa": dice,
        "fleiss_kappa_labelled": None,
        "conformity_index": {REGION: dice / 2},
        "performance": [
            {"rater": rater, "sensitivity": {REGION: None}, "specificity": {REGION: 1.0}} for rater in raters
        ],
        "fusion": {"raters": [{"rater": r, "weight": w} for r, w in zip(raters, weights, strict=False)]},
    }


def case(number: int, agreement: dict[str, Any], left_out: dict[int, float] | None = None) -> FusedCase:
    dice = {rater: {REGION: value} for rater, value in (left_out or {}).items()}
    return FusedCase(id=UUID(int=number), name=f"Case {number}", agreement=agreement, left_out=dice)


def test_mean_is_over_the_cases_that_have_the_value() -> None:
    found = summarise([case(1, record((1, 2), 0.8)), case(2, record((1, 2), 0.6, is_older=True))], [REGION])

    (region,) = found.regions
    assert region.pairwise_dice == Mean(pytest.approx(0.7), 2)
    assert region.cohen_kappa == Mean(pytest.approx(0.7), 1)
    assert region.conformity_index == Mean(pytest.approx(0.4), 1)
    assert region.leave_one_out_dice == Mean(None, 0)
    assert (found.fleiss_kappa, found.fleiss_kappa_labelled) == (Mean(0.8, 1), Mean(None, 0))
    assert found.older == 1


def test_pairs_and_raters_have_a_mean_over_their_own_cases() -> None:
    found = summarise([case(1, record((1, 2, 3), 0.9)), case(2, record((3, 1), 0.5))], [REGION])

    dice = {(pair.first, pair.second): pair.dice[REGION] for pair in found.pairs}
    assert dice == {(1, 2): Mean(0.9, 1), (1, 3): Mean(pytest.approx(0.7), 2), (2, 3): Mean(0.9, 1)}
    assert [(row.rater, row.cases) for row in found.raters] == [(1, 2), (2, 1), (3, 2)]
    assert found.raters[0].sensitivity[REGION] == Mean(None, 0)
    assert found.raters[0].specificity[REGION] == Mean(1.0, 2)


def test_leave_one_out_of_a_region_gives_each_case_one_voice() -> None:
    cases = [
        case(1, record((1, 2, 3)), {1: 0.9, 2: 0.9, 3: 0.6}),
        case(2, record((1, 2)), {}),
        case(3, record((1, 2, 4)), {1: 1.0, 2: 1.0, 4: 1.0}),
    ]

    found = summarise(cases, [REGION])

    assert found.regions[0].leave_one_out_dice == Mean(pytest.approx(0.9), 2)
    assert found.raters[0].leave_one_out_dice[REGION] == Mean(pytest.approx(0.95), 2)
    assert [row.leave_one_out_dice for row in found.cases[1].raters] == [None, None]


def test_dropped_raters_are_counted_and_weigh_nothing() -> None:
    cases = [case(1, record((1, 2), weights=(0.8, 0.0))), case(2, record((1, 2), weights=(0.6, 0.4)))]

    first, second = summarise(cases, [REGION]).raters

    assert (first.weight, first.dropped) == (Mean(pytest.approx(0.7), 2), 0)
    assert (second.weight, second.dropped) == (Mean(pytest.approx(0.2), 2), 1)


def test_case_of_one_rater_has_nobody_to_agree_with() -> None:
    found = summarise([case(1, record((7,)))], [REGION])

    assert (found.cases, found.raters, found.pairs) == ([], [], [])
    assert found.regions[0].pairwise_dice == Mean(None, 0)
