"""The main job on real input through HTTP, websocket, workers and database: two patients, five raters."""

import json
import statistics
from typing import Any

import numpy as np
import pytest

from backend.numerics.volumes import read_labelmap
from tests.e2e.person import Person
from tests.e2e.tcga_challenge import TcgaChallenge, build_tcga_challenge, participant
from tests.shared_data import (
    TCGA_ALGORITHMS,
    TCGA_CASES,
    expected_tcga_dice,
    needs_shared_data,
    tcga_fusion,
    tcga_submission_zip,
)
from tests.stack import Stack

pytestmark = needs_shared_data

REGIONS = ("complete", "core", "enhancing")


@pytest.fixture(scope="module")
def tcga(stack: Stack) -> TcgaChallenge:
    return build_tcga_challenge(stack.address, "tcga-main")


@pytest.fixture(scope="module")
def scored(stack: Stack, tcga: TcgaChallenge) -> dict[str, Any]:
    """Every algorithm's submission, scored, by algorithm."""
    found = {}
    for algorithm in TCGA_ALGORITHMS:
        team = participant(stack.address, tcga, algorithm)
        made = team.submit(tcga.phase["id"], tcga_submission_zip(algorithm), method=algorithm)
        found[algorithm] = team.wait_for_submission(made["id"]) | {"team": team}
    return found


def test_majority_of_five_raters_is_the_published_fusion(tcga: TcgaChallenge) -> None:
    rows = tcga.organizer.rows(f"/datasets/{tcga.dataset_id}/consensus/")
    assert {row["case"]["name"] for row in rows} == set(TCGA_CASES)
    for row in rows:
        assert row["head"]["method"] == "majority"
        ours = read_labelmap(
            tcga.organizer.download(f"/consensus/{row['head']['id']}/labelmap/"), name="consensus.nii.gz"
        )
        published = read_labelmap(tcga_fusion(row["case"]["name"]), name="mav.nii.gz")
        assert np.count_nonzero(ours.array != published.array) == 0
        np.testing.assert_array_equal(ours.grid.affine, published.grid.affine)


def test_every_dice_is_the_expected_one(scored: dict[str, Any]) -> None:
    expected = expected_tcga_dice()
    assert len(expected) == len(TCGA_ALGORITHMS) * len(TCGA_CASES) * len(REGIONS)
    for algorithm, submission in scored.items():
        assert submission["status"] == "scored", submission
        evaluation = submission["evaluations"][0]
        scores = f"/evaluations/{evaluation['id']}/scores/?metric=dice&judge=consensus"
        dice = {
            (algorithm, row["case"]["name"], row["region"]): row["value"]
            for row in submission["team"].rows(scores)
        }
        wanted = {key: value for key, value in expected.items() if key[0] == algorithm}
        assert dice == pytest.approx(wanted, abs=1e-12, rel=0)


def standing_board(person: Person, tcga: TcgaChallenge) -> dict[str, Any]:
    """The board is ranked after the last score, by a job of its own; so are the raters' rows."""
    found: dict[str, Any] = person.wait(
        lambda: person.get(f"/phases/{tcga.phase['id']}/leaderboard/"),
        lambda board: len(board["rows"]) == len(board["human_rows"]) == len(TCGA_ALGORITHMS),
    )
    return found


def test_board_orders_by_mean_dice(tcga: TcgaChallenge, scored: dict[str, Any]) -> None:
    expected = expected_tcga_dice()
    overall = {
        algorithm: statistics.fmean(
            statistics.fmean(expected[algorithm, case, region] for case in TCGA_CASES) for region in REGIONS
        )
        for algorithm in TCGA_ALGORITHMS
    }
    board = standing_board(tcga.organizer, tcga)
    assert [row["method_name"] for row in board["rows"]] == sorted(
        overall, key=overall.__getitem__, reverse=True
    )
    assert [row["rank"] for row in board["rows"]] == [1, 2, 3, 4, 5]
    for row in board["rows"]:
        assert row["overall"]["dice"] == pytest.approx(overall[row["method_name"]], abs=1e-12)


def test_each_rater_has_a_row_of_their_own(tcga: TcgaChallenge, scored: dict[str, Any]) -> None:
    board = standing_board(scored["scan"]["team"], tcga)
    assert len(board["human_rows"]) == len(TCGA_ALGORITHMS)
    for row in board["human_rows"]:
        assert row["cases"] == len(TCGA_CASES)
        assert 0 < row["overall"]["dice"] < 1


def test_raters_never_see_each_others_work(tcga: TcgaChallenge) -> None:
    first, second = tcga.raters["isen"], tcga.raters["scan"]
    for assignment in first.rows("/assignments/"):
        annotation = assignment["annotation"]["id"]
        second.get(f"/annotations/{annotation}/", status=404)
        second.get(f"/annotations/{annotation}/labelmap/", status=404)
        second.get(f"/annotations/{annotation}/revisions/", status=404)
    for assignment in tcga.organizer.rows("/assignments/"):  # raters are told no case by its id
        second.get(f"/cases/{assignment['case']['id']}/consensus/", status=403)


def test_a_listening_socket_is_told_of_a_score_without_its_value(
    stack: Stack, tcga: TcgaChallenge, scored: dict[str, Any]
) -> None:
    team = participant(stack.address, tcga, "late")
    with team.listening(f"board:{tcga.phase['id']}") as socket:
        made = team.submit(tcga.phase["id"], tcga_submission_zip("isen"), method="late copy")
        team.wait_for_submission(made["id"])
        told = json.loads(socket.recv(timeout=30))
        while told["event"]["name"] == "leaderboard_analysed":  # of the board before
            told = json.loads(socket.recv(timeout=30))
    assert told["event"] == {"name": "leaderboard_changed", "phase_id": tcga.phase["id"]}


def test_a_new_consensus_rescores_and_keeps_the_old_evaluation(stack: Stack) -> None:
    tcga = build_tcga_challenge(stack.address, "tcga-rescore")
    team = participant(stack.address, tcga, "one")
    made = team.submit(tcga.phase["id"], tcga_submission_zip("scan"), method="scan")
    before = team.wait_for_submission(made["id"])["evaluations"]
    tcga.organizer.send("PATCH", f"/datasets/{tcga.dataset_id}/", {"fusion_method": "plurality"})
    after = team.wait(
        lambda: team.get(f"/submissions/{made['id']}/")["evaluations"],
        lambda found: (
            len(found) > 1
            and found[0]["status"] == "scored"
            and {
                row["head"]["method"]
                for row in tcga.organizer.rows(f"/datasets/{tcga.dataset_id}/consensus/")
            }
            == {"plurality"}
        ),
    )
    assert before[0]["id"] in {evaluation["id"] for evaluation in after}
