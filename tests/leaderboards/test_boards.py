"""The order of the board: best per participant, ties by rule, humans placed and never ranked."""

from typing import Any

import numpy as np
import pytest

from backend.evaluations.models import Evaluation
from backend.leaderboards.boards import Entrant, Human, place_humans, rank_entrants
from backend.leaderboards.selectors import compute_board
from backend.phases.models import Phase
from backend.phases.services import refresh_phase_reference
from backend.submissions.services import withdraw_submission
from tests.factories.phases import PhaseFactory, make_consensus, make_left_out, make_rater
from tests.factories.submissions import set_reference, submit
from tests.jobs import run_due_jobs
from tests.phantoms import tumour

TRUTHS = {"A": tumour(), "B": tumour((14, 16, 16))}


def entrant(name: str, overall: float | None, *, at: int = 0) -> Entrant:
    return Entrant(
        submission_id=name,
        participant={"id": 1, "username": name, "name": name},
        method_name=name,
        submitted_at=f"2026-01-{at + 1:02}",
        means={},
        not_defined={},
        overall=overall,
        cases=1,
        outdated=False,
    )


def ranks(rows: list[dict[str, Any]]) -> list[tuple[str, float]]:
    return [(row["method_name"], row["rank"]) for row in rows]


def test_ties_share_the_best_place_or_the_mean_of_them() -> None:
    entrants = [entrant("a", 0.8, at=0), entrant("b", 0.9, at=1), entrant("c", 0.8, at=2), entrant("d", 0.1)]
    assert ranks(rank_entrants(entrants, ties="min")) == [("b", 1), ("a", 2), ("c", 2), ("d", 4)]
    assert ranks(rank_entrants(entrants, ties="average")) == [("b", 1), ("a", 2.5), ("c", 2.5), ("d", 4)]


def test_float_noise_breaks_no_tie() -> None:
    noisy = sum([0.1] * 8)
    assert noisy != 0.8
    entrants = [entrant("a", 0.8), entrant("b", noisy, at=1)]
    assert ranks(rank_entrants(entrants, ties="min")) == [("a", 1), ("b", 1)]


def test_without_any_score_an_entrant_is_last() -> None:
    entrants = [entrant("a", None), entrant("b", 0.0, at=1)]
    assert ranks(rank_entrants(entrants, ties="min")) == [("b", 1), ("a", 2)]


def test_empty_board() -> None:
    assert rank_entrants([], ties="min") == []
    (row,) = place_humans([Human("R", {}, 0.5, 1)], [], ties="min")
    assert row["would_rank"] == 1


def test_humans_are_placed_one_by_one() -> None:
    entrants = [entrant("a", 0.9), entrant("b", 0.7)]
    humans = [Human("X", {}, 0.8, 2), Human("Y", {}, 0.8, 2), Human("Z", {}, 0.95, 2)]
    rows = place_humans(humans, entrants, ties="min")
    assert [(row["rater"]["alias"], row["would_rank"]) for row in rows] == [("Z", 1), ("X", 2), ("Y", 2)]


def moved(by: int) -> dict[str, np.ndarray]:
    return {name: np.roll(truth, by, axis=0) for name, truth in TRUTHS.items()}


@pytest.fixture
def phase(db: None) -> Phase:
    made: Phase = PhaseFactory(truths=TRUTHS)
    set_reference(made, TRUTHS)
    return made


def test_rows_are_ordered_and_carry_the_means(phase: Phase) -> None:
    for by, method in ((4, "far"), (0, "exact"), (2, "near")):
        submit(phase, moved(by), method=method)
    run_due_jobs()
    board = compute_board(phase)
    assert ranks(board["rows"]) == [("exact", 1), ("near", 2), ("far", 3)]
    best = board["rows"][0]
    assert best["means"] == {"complete": 1.0, "core": 1.0, "enhancing": 1.0}
    assert (best["overall"], best["cases"], best["outdated"]) == (1.0, 2, False)
    assert [region["key"] for region in board["regions"]] == ["complete", "core", "enhancing"]
    assert (board["metric"], board["ties"], board["reference"]["number"]) == ("dice", "min", 1)


def test_best_submission_of_each_participant(phase: Phase) -> None:
    first = submit(phase, moved(1), method="first")
    submit(phase, moved(3), participant=first.participant, method="worse")
    submit(phase, moved(1), participant=first.participant, method="equal")
    submit(phase, moved(2), method="other")
    run_due_jobs()
    assert ranks(compute_board(phase)["rows"]) == [("first", 1), ("other", 2)]


def test_withdrawn_leaves_the_board_to_the_next_best(phase: Phase) -> None:
    first = submit(phase, moved(0), method="best")
    submit(phase, moved(3), participant=first.participant, method="second")
    run_due_jobs()
    withdraw_submission(submission_id=first.pk, actor=first.participant)
    run_due_jobs()
    assert ranks(compute_board(phase)["rows"]) == [("second", 1)]
    assert phase.snapshots.order_by("-number").first().board["rows"][0]["method_name"] == "second"  # type: ignore[union-attr]


def test_while_rescoring_the_old_scores_stand_and_say_so(phase: Phase) -> None:
    submission = submit(phase, moved(0))
    run_due_jobs()
    set_reference(phase, {"A": tumour((18, 16, 16))})
    before = compute_board(phase)
    assert (before["rows"][0]["overall"], before["rows"][0]["outdated"]) == (1.0, True)
    run_due_jobs()
    after = compute_board(phase)["rows"][0]
    assert after["outdated"] is False
    assert after["overall"] < 1.0
    assert Evaluation.objects.filter(submission=submission).count() == 2


def test_human_rows_are_means_of_left_out_dice_under_aliases(db: None) -> None:
    phase = PhaseFactory(truths=TRUTHS)
    named, plain = make_rater(phase.challenge, "Reader A"), make_rater(phase.challenge)
    dice = []
    for case in phase.dataset_version.cases.order_by("name"):
        consensus = make_consensus(case, TRUTHS[case.name])
        dice.append(make_left_out(consensus, named, others=TRUTHS[case.name], own=moved(2)[case.name]).dice)
        if case.name == "A":
            make_left_out(consensus, plain, others=TRUTHS["A"], own=TRUTHS["A"])
    refresh_phase_reference(phase_id=phase.pk)
    submit(phase, moved(1), method="net")
    run_due_jobs()
    rows = {row["rater"]["alias"]: row for row in compute_board(phase)["human_rows"]}
    assert set(rows) == {"Reader A", "Rater 2"}
    assert rows["Reader A"]["means"]["core"] == pytest.approx((dice[0]["core"] + dice[1]["core"]) / 2)
    assert (rows["Reader A"]["cases"], rows["Reader A"]["would_rank"]) == (2, 2)
    assert (rows["Rater 2"]["cases"], rows["Rater 2"]["would_rank"], rows["Rater 2"]["overall"]) == (
        1,
        1,
        1.0,
    )


def test_board_needs_few_queries_whatever_its_length(
    phase: Phase, django_assert_max_num_queries: Any
) -> None:
    for by in range(4):
        submit(phase, moved(by))
    run_due_jobs()
    fresh = Phase.objects.select_related("dataset_version__dataset__scheme").get(pk=phase.pk)
    with django_assert_max_num_queries(6):
        assert len(compute_board(fresh)["rows"]) == 4
