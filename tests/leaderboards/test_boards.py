"""The order of the board: best per participant, ties by rule, humans placed and never ranked."""

from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from backend.evaluations.models import CaseScores, Evaluation, RaterScores
from backend.leaderboards import boards
from backend.leaderboards.boards import Entrant, Human, human_rows, place_human, rank_entrants
from backend.leaderboards.compute import compute_board
from backend.leaderboards.rules import RankingRule, make_rule, read_rule
from backend.phases.models import Phase
from backend.phases.services import refresh_phase_reference, update_phase
from backend.submissions.services import withdraw_submission
from tests.factories.phases import PhaseFactory, make_consensus, make_left_out, make_rater
from tests.factories.submissions import set_reference, submit
from tests.jobs import run_due_jobs
from tests.phantoms import tumour

TRUTHS = {"A": tumour(), "B": tumour((14, 16, 16))}


def rule(ties: Any = "min") -> RankingRule:
    return make_rule(
        method="aggregate_then_rank",
        statistic="mean",
        ties=ties,
        metrics=["dice"],
        regions="mean",
        region_keys=["complete"],
    )


def entrant(name: str, *, at: int = 0, metric: str = "dice") -> Entrant:
    return Entrant(
        kind="submission",
        submission_id=name,
        evaluation_id=name,
        participant={"id": 1, "username": name, "name": name},
        method_name=name,
        submitted_at=f"2026-01-{at + 1:02}",
        means={metric: {"complete": 0.5}},
        not_defined={metric: {"complete": 0}},
        overall={metric: 0.5},
        cases=1,
        metric_set="1",
        outdated=False,
        older_metric_set=False,
    )


def column(*values: float) -> np.ndarray:
    return np.array(values, dtype=np.float64)[:, np.newaxis, np.newaxis]


def ranks(rows: list[dict[str, Any]]) -> list[tuple[str, float]]:
    return [(row["method_name"], row["rank"]) for row in rows]


def test_ties_share_the_best_place_or_the_mean_of_them() -> None:
    entrants = [entrant("a"), entrant("b", at=1), entrant("c", at=2), entrant("d")]
    scores = column(0.8, 0.9, 0.8, 0.1)
    assert ranks(rank_entrants(entrants, scores, rule("min"))) == [("b", 1), ("a", 2), ("c", 2), ("d", 4)]
    averaged = rank_entrants(entrants, scores, rule("average"))
    assert ranks(averaged) == [("b", 1), ("a", 2.5), ("c", 2.5), ("d", 4)]


def test_float_noise_breaks_no_tie() -> None:
    noisy = sum([0.1] * 8)
    assert noisy != 0.8
    rows = rank_entrants([entrant("a"), entrant("b", at=1)], column(0.8, noisy), rule())
    assert ranks(rows) == [("a", 1), ("b", 1)]


def test_scores_without_a_metric_that_ranks_come_last_without_a_rank() -> None:
    entrants = [entrant("a", metric="hd95_pooled"), entrant("b", at=1), entrant("c", at=2)]
    rows = rank_entrants(entrants, column(0.0, 0.2, 0.9), rule())
    assert ranks(rows) == [("c", 1), ("b", 2), ("a", None)]
    assert [row["value"] for row in rows] == [0.9, 0.2, None]


def test_empty_board() -> None:
    assert rank_entrants([], np.empty((0, 1, 1)), rule()) == []
    assert place_human(np.array([[0.5]]), np.empty((0, 1, 1)), rule()) == 1


def test_a_human_is_placed_by_the_rule_of_the_board() -> None:
    entrants = column(0.9, 0.7)
    for own, place in ((0.95, 1), (0.8, 2), (0.7, 2), (0.1, 3)):
        assert place_human(np.array([[own]]), entrants, rule()) == place
    assert place_human(np.array([[0.7]]), entrants, rule("average")) == 2.5


def test_humans_are_listed_by_place_then_score_then_name() -> None:
    given = (("Y", 2, 0.7), ("X", 2, 0.8), ("W", 2, 0.7), ("Z", 1, 0.1), ("V", 2, None))
    humans = [Human(name, {}, {"dice": dice}, 2, place, 3) for name, place, dice in given]
    assert [row["rater"]["alias"] for row in human_rows(humans, rule())] == ["Z", "X", "W", "Y", "V"]


def moved(by: int) -> dict[str, np.ndarray]:
    return {name: np.roll(truth, by, axis=0) for name, truth in TRUTHS.items()}


def set_rule(phase: Phase, **fields: Any) -> Phase:
    return update_phase(actor=phase.challenge.created_by, phase_id=phase.pk, fields=fields)


@pytest.fixture
def phase(db: None) -> Phase:
    made: Phase = PhaseFactory(truths=TRUTHS)
    set_reference(made, TRUTHS)
    return made


def test_rows_are_ordered_and_carry_the_means_of_every_metric(phase: Phase) -> None:
    for by, method in ((4, "far"), (0, "exact"), (2, "near")):
        submit(phase, moved(by), method=method)
    run_due_jobs()
    board = compute_board(phase)
    assert ranks(board["rows"]) == [("exact", 1), ("near", 2), ("far", 3)]
    best = board["rows"][0]
    assert best["means"]["dice"] == {"complete": 1.0, "core": 1.0, "enhancing": 1.0}
    assert best["means"]["hd95_surface_area"] == {"complete": 0.0, "core": 0.0, "enhancing": 0.0}
    assert (best["value"], best["overall"]["dice"], best["cases"], best["outdated"]) == (1.0, 1.0, 2, False)
    assert [region["key"] for region in board["regions"]] == ["complete", "core", "enhancing"]
    assert (board["metric"], board["ranking"]["ties"], board["reference"]["number"]) == ("dice", "min", 1)
    assert board["metrics"][0] == "dice"
    assert set(board["metrics"]) == set(best["means"])
    near = board["rows"][1]
    assert near["value"] == pytest.approx(near["overall"]["dice"], rel=1e-12)


def test_the_phase_says_by_what_it_ranks(phase: Phase) -> None:
    small, large = tumour(radius=5), tumour(radius=12)
    submit(phase, {"A": small, "B": small}, method="cautious")
    submit(phase, {"A": large, "B": large}, method="bold")
    run_due_jobs()
    found = {}
    for metric in ("sensitivity", "precision"):
        board = compute_board(set_rule(phase, ranking_metrics=[metric]))
        found[metric] = board["rows"][0]["method_name"]
        assert (board["metric"], board["rows"][0]["rank"]) == (metric, 1)
    assert found == {"sensitivity": "bold", "precision": "cautious"}
    both = compute_board(
        set_rule(phase, ranking_metrics=["sensitivity", "precision"], ranking_regions="each")
    )
    assert ranks(both["rows"]) == [("cautious", 1), ("bold", 1)]
    assert [row["value"] for row in both["rows"]] == [1.5, 1.5]
    assert len(both["ranking"]["columns"]) == 6


def test_ranking_per_case_counts_each_case_once(phase: Phase) -> None:
    submit(phase, {"A": TRUTHS["A"], "B": np.roll(TRUTHS["B"], 9, axis=0)}, method="one right")
    submit(phase, moved(2), method="both near")
    run_due_jobs()
    assert ranks(compute_board(phase)["rows"]) == [("both near", 1), ("one right", 2)]
    per_case = compute_board(set_rule(phase, ranking_method="rank_then_aggregate"))
    assert ranks(per_case["rows"]) == [("one right", 1), ("both near", 1)]
    assert (per_case["rows"][0]["value"], per_case["ranking"]["value_kind"]) == (1.5, "mean_rank")


def test_best_submission_of_each_participant(phase: Phase) -> None:
    first = submit(phase, moved(1), method="first")
    submit(phase, moved(3), participant=first.participant, method="worse")
    submit(phase, moved(1), participant=first.participant, method="equal")
    submit(phase, moved(2), method="other")
    run_due_jobs()
    assert ranks(compute_board(phase)["rows"]) == [("first", 1), ("other", 2)]


def test_best_is_by_the_metric_that_ranks(phase: Phase) -> None:
    bold = submit(phase, dict.fromkeys(TRUTHS, tumour(radius=12)), method="bold")
    submit(phase, dict.fromkeys(TRUTHS, tumour(radius=7)), participant=bold.participant, method="cautious")
    run_due_jobs()
    assert ranks(compute_board(phase)["rows"]) == [("cautious", 1)]
    assert ranks(compute_board(set_rule(phase, ranking_metrics=["sensitivity"]))["rows"]) == [("bold", 1)]


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
    assert (before["rows"][0]["overall"]["dice"], before["rows"][0]["outdated"]) == (1.0, True)
    assert before["rows"][0]["value"] == 1.0
    run_due_jobs()
    after = compute_board(phase)["rows"][0]
    assert after["outdated"] is False
    assert after["overall"]["dice"] < 1.0
    assert Evaluation.objects.filter(submission=submission).count() == 2


def test_lesions_by_other_rules_are_not_ranked_beside_todays() -> None:
    lesionwise = make_rule(
        method="aggregate_then_rank",
        statistic="mean",
        ties="min",
        metrics=["lesionwise_dice"],
        regions="mean",
        region_keys=["complete"],
        lesion_rules="brats2023",
    )
    sets = ("2 brats2023 nsd 1", "2 brats2024_ped nsd 1", "1 brats2023 nsd 2")
    entrants = [
        replace(entrant(name, at=at, metric="lesionwise_dice"), metric_set=name)
        for at, name in enumerate(sets)
    ]
    rows = rank_entrants(entrants, column(0.5, 0.9, 0.7), lesionwise)
    assert ranks(rows) == [(sets[2], 1), (sets[0], 2), (sets[1], None)]
    assert read_rule(lesionwise.to_json()) == lesionwise


def test_an_older_metric_set_is_marked_and_ranks_while_it_has_the_metric(phase: Phase) -> None:
    submit(phase, moved(0))
    run_due_jobs()
    set_rule(phase, nsd_tolerances_mm=[1, 2])
    (row,) = compute_board(Phase.objects.get(pk=phase.pk))["rows"]
    assert (row["older_metric_set"], row["outdated"], row["rank"]) == (True, False, 1)
    set_rule(phase, ranking_metrics=["nsd_2mm"])
    board = compute_board(Phase.objects.get(pk=phase.pk))
    (row,) = board["rows"]
    assert (row["older_metric_set"], row["rank"], row["value"]) == (True, None, None)
    assert "nsd_2mm" not in board["metrics"]


def rater_scores(alias: str) -> list[dict[str, Any]]:
    found = RaterScores.objects.filter(left_out__rater__memberships__alias=alias)
    return list(found.order_by("left_out__consensus__case__name").values_list("values", flat=True))


@pytest.fixture
def phase_with_raters(db: None) -> Phase:
    """`Reader A` of both cases, moved by 2; `Reader B` of the first, right. `net` is moved by 1."""
    made: Phase = PhaseFactory(truths=TRUTHS)
    reader_a, reader_b = make_rater(made.challenge, "Reader A"), make_rater(made.challenge, "Reader B")
    for case in made.dataset_version.cases.order_by("name"):
        consensus = make_consensus(case, TRUTHS[case.name])
        make_left_out(consensus, reader_a, others=TRUTHS[case.name], own=moved(2)[case.name])
        if case.name == "A":
            make_left_out(consensus, reader_b, others=TRUTHS["A"], own=TRUTHS["A"])
    refresh_phase_reference(phase_id=made.pk)
    submit(made, moved(1), method="net")
    run_due_jobs()
    return made


def test_human_rows_are_means_over_the_cases_that_the_rater_annotated(phase_with_raters: Phase) -> None:
    rows = {row["rater"]["alias"]: row for row in compute_board(phase_with_raters)["human_rows"]}
    assert list(rows) == ["Reader B", "Reader A"]
    scores = rater_scores("Reader A")
    assert len(scores) == 2
    for metric in ("dice", "hd95_pooled"):
        expected = sum(values["core"][metric] for values in scores) / 2
        assert rows["Reader A"]["means"][metric]["core"] == pytest.approx(expected)
    assert (rows["Reader A"]["cases"], rows["Reader A"]["would_rank"], rows["Reader A"]["among"]) == (2, 2, 2)
    assert (rows["Reader B"]["cases"], rows["Reader B"]["would_rank"]) == (1, 1)
    assert rows["Reader B"]["overall"]["dice"] == 1.0


def test_a_rater_and_the_entrants_face_the_same_judge(db: None) -> None:
    """The fusion without the rater is another than the consensus, which the submission copies."""
    phase = PhaseFactory(truths={"A": TRUTHS["A"]})
    consensus = make_consensus(phase.dataset_version.cases.get(), TRUTHS["A"])
    others = np.roll(TRUTHS["A"], 4, axis=0)
    make_left_out(consensus, make_rater(phase.challenge), others=others, own=np.roll(TRUTHS["A"], 2, axis=0))
    refresh_phase_reference(phase_id=phase.pk)
    submit(phase, {"A": TRUTHS["A"]}, method="copy")
    run_due_jobs()
    board = compute_board(phase)
    (human,) = board["human_rows"]
    assert board["rows"][0]["overall"]["dice"] == 1.0 > human["overall"]["dice"]
    assert human["would_rank"] == 1


def test_a_rater_is_compared_with_entrants_of_the_same_judges_only(phase_with_raters: Phase) -> None:
    submit(phase_with_raters, moved(0), method="late")
    run_due_jobs()
    CaseScores.objects.filter(
        left_out__isnull=False,
        case_evaluation__evaluations__submission__method_name="late",
        left_out__rater__memberships__alias="Reader B",
    ).delete()
    rows = {row["rater"]["alias"]: row for row in compute_board(phase_with_raters)["human_rows"]}
    assert (rows["Reader A"]["would_rank"], rows["Reader A"]["among"]) == (3, 3)
    assert (rows["Reader B"]["would_rank"], rows["Reader B"]["among"]) == (1, 2)


def test_a_rater_without_all_scores_waits(phase_with_raters: Phase) -> None:
    RaterScores.objects.filter(left_out__rater__memberships__alias="Reader A").first().delete()  # type: ignore[union-attr]
    (row,) = compute_board(phase_with_raters)["human_rows"]
    assert row["rater"]["alias"] == "Reader B"


def test_equal_boards_have_equal_digests(phase: Phase) -> None:
    submit(phase, moved(1))
    run_due_jobs()
    first, again = compute_board(phase), compute_board(Phase.objects.get(pk=phase.pk))
    assert boards.digest_of(first) == boards.digest_of(again)
    first["rows"][0]["method_name"] = "another"
    assert boards.digest_of(first) != boards.digest_of(again)


def test_board_needs_few_queries_whatever_its_length(
    phase_with_raters: Phase, django_assert_max_num_queries: Any
) -> None:
    for by in range(4):
        submit(phase_with_raters, moved(by))
    run_due_jobs()
    fresh = Phase.objects.select_related("dataset_version__dataset__scheme").get(pk=phase_with_raters.pk)
    with django_assert_max_num_queries(9):
        assert len(compute_board(fresh)["rows"]) == 5
