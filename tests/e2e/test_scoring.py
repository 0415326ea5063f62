"""Scores, agreement and ranking on real input through HTTP, workers and database."""

import csv
import io
from typing import Any
from xml.etree import ElementTree as ET

import pytest

from backend.numerics.catalogue import DEFAULT_METRIC_SET
from tests.e2e.phantom_challenge import PhantomChallenge, build_phantom_challenge, join, predictions_zip
from tests.e2e.tcga_challenge import TcgaChallenge, build_tcga_challenge, participant
from tests.shared_data import (
    TCGA_ALGORITHMS,
    TCGA_CASES,
    expected_tcga_hd95,
    needs_shared_data,
    tcga_submission_zip,
)
from tests.stack import Stack

REGIONS = {"complete", "core", "enhancing"}
TEAMS = {"exact": 0, "near": 1, "far": 3}


@pytest.fixture(scope="module")
def tcga(stack: Stack) -> TcgaChallenge:
    return build_tcga_challenge(stack.address, "tcga-scoring")


@pytest.fixture(scope="module")
def scored(stack: Stack, tcga: TcgaChallenge) -> dict[str, Any]:
    """Two algorithms' submissions, scored, by algorithm."""
    found = {}
    for algorithm in ("isen", "scan"):
        team = participant(stack.address, tcga, algorithm)
        made = team.submit(tcga.phase["id"], tcga_submission_zip(algorithm), method=algorithm)
        found[algorithm] = team.wait_for_submission(made["id"]) | {"team": team}
    return found


@pytest.fixture(scope="module")
def challenge(stack: Stack) -> PhantomChallenge:
    return build_phantom_challenge(stack.address, "ranking", cases=6)


@pytest.fixture(scope="module")
def submissions(stack: Stack, challenge: PhantomChallenge) -> dict[str, Any]:
    """Three teams' scored submissions, by team."""
    found = {}
    for name, shift in TEAMS.items():
        team = join(stack.address, challenge, name)
        made = team.submit(challenge.phase["id"], predictions_zip(challenge, shift=shift), method=name)
        found[name] = team.wait_for_submission(made["id"]) | {"team": team}
    return found


@needs_shared_data
@pytest.mark.parametrize("definition", ["hd95_surface_area", "hd95_pooled", "hd95_max_of_directions"])
def test_every_hausdorff_distance_is_the_expected_one(scored: dict[str, Any], definition: str) -> None:
    expected = expected_tcga_hd95(definition)
    assert len(expected) == len(TCGA_ALGORITHMS) * len(TCGA_CASES) * len(REGIONS)
    for algorithm, submission in scored.items():
        evaluation = submission["evaluations"][0]["id"]
        rows = submission["team"].rows(
            f"/evaluations/{evaluation}/scores/?metric={definition}&judge=consensus"
        )
        found = {(algorithm, row["case"]["name"], row["region"]): row["value"] for row in rows}
        wanted = {key: value for key, value in expected.items() if key[0] == algorithm}
        assert found == pytest.approx(wanted, abs=1e-9, rel=0)


@needs_shared_data
def test_the_table_holds_all_metrics_by_all_judges(scored: dict[str, Any]) -> None:
    submission = scored["isen"]
    table = submission["team"].download(
        f"/evaluations/{submission['evaluations'][0]['id']}/scores/?format=csv"
    )
    rows = list(csv.DictReader(io.StringIO(table.decode())))
    judges = {row["left_out"] for row in rows}
    assert len(judges) == 1 + len(TCGA_ALGORITHMS)
    assert {row["metric"] for row in rows} == set(DEFAULT_METRIC_SET.metrics)
    assert len(rows) == len(judges) * len(TCGA_CASES) * len(REGIONS) * len(DEFAULT_METRIC_SET.metrics)


@needs_shared_data
def test_raters_stand_beside_a_submission_by_any_metric(tcga: TcgaChallenge, scored: dict[str, Any]) -> None:
    submission = scored["scan"]
    for metric in ("dice", "hd95_surface_area"):
        comparison = submission["team"].wait(
            lambda metric=metric: submission["team"].get(
                f"/submissions/{submission['id']}/comparison/?metric={metric}"
            ),
            lambda found: all(len(region["raters"]) == len(TCGA_ALGORITHMS) for region in found["regions"]),
        )
        # Its own masks are one of the raters', so beside that rater it neither gains nor loses.
        differences = {
            rater["rater"]: rater["difference"]["mean"] for rater in comparison["regions"][0]["raters"]
        }
        assert min(abs(mean) for mean in differences.values()) == pytest.approx(0, abs=1e-12)


@needs_shared_data
def test_agreement_of_five_raters(tcga: TcgaChallenge) -> None:
    found = tcga.organizer.get(f"/datasets/{tcga.dataset_id}/agreement/")
    assert {region["region"] for region in found["regions"]} == REGIONS
    for kind in ("agreement", "volumes"):
        picture = tcga.organizer.download(f"/datasets/{tcga.dataset_id}/pictures/{kind}.svg?region=complete")
        assert ET.fromstring(picture).tag.endswith("svg")


def test_the_organizer_chooses_the_ranking_and_nothing_is_scored_again(
    challenge: PhantomChallenge, submissions: dict[str, Any]
) -> None:
    phase = f"/phases/{challenge.phase['id']}"
    rule = {
        "ranking_method": "rank_then_aggregate",
        "ranking_metrics": ["dice", "hd95_surface_area"],
        "ranking_regions": "each",
        "ties": "average",
    }
    challenge.organizer.send("PATCH", f"{phase}/", rule)
    board = challenge.organizer.wait(
        lambda: challenge.organizer.get(f"{phase}/leaderboard/"),
        lambda found: found["ranking"]["method"] == "rank_then_aggregate",
    )
    assert [(row["method_name"], row["rank"]) for row in board["rows"]] == [
        ("exact", 1),
        ("near", 2),
        ("far", 3),
    ]
    assert [row["value"] for row in board["rows"]] == [1, 2, 3]  # by every case, region and metric
    assert len(board["ranking"]["columns"]) == 2 * len(REGIONS)
    scoring = challenge.organizer.get(f"{phase}/scoring/")
    assert scoring["evaluations"] == {"current": 3, "older": 0, "scoring": 0, "failed": 0}


def test_the_ranking_says_how_sure_it_is(challenge: PhantomChallenge, submissions: dict[str, Any]) -> None:
    path = f"/phases/{challenge.phase['id']}/ranking/"
    found = challenge.organizer.wait(
        lambda: challenge.organizer.get(path),
        lambda answer: answer["is_current"] and len(answer["entrants"]) == len(TEAMS),
    )
    for place, entrant in enumerate(found["entrants"], start=1):
        assert entrant["rank_interval"] == [place, place]  # the same order in every case
        assert sum(entrant["frequencies"]) == pytest.approx(1)
    # Six cases, all the same way: the exact two-sided p is 2/2^6, and Holm over three pairs makes it 6/64.
    assert found["permutation"]["exact"] is True
    assert found["p_values"][0][2] == pytest.approx(6 / 64)
    assert {tuple(entrant["letters"]) for entrant in found["entrants"]} == {("a",)}


def test_other_metrics_make_scores_older_until_they_are_computed_again(
    challenge: PhantomChallenge, submissions: dict[str, Any]
) -> None:
    phase = f"/phases/{challenge.phase['id']}"
    before = challenge.organizer.get(f"{phase}/scoring/")["metric_set"]
    challenge.organizer.send("PATCH", f"{phase}/", {"lesion_rules": "brats2024", "nsd_tolerances_mm": [2]})
    scoring = challenge.organizer.get(f"{phase}/scoring/")
    assert scoring["metric_set"] != before
    assert scoring["older_sets"] == [{"metric_set": before, "count": 3}]
    team = submissions["near"]["team"]
    team.send("POST", f"{phase}/rescore/", {}, status=403)
    challenge.organizer.send("POST", f"{phase}/rescore/", {}, status=202)
    challenge.organizer.wait(
        lambda: challenge.organizer.get(f"{phase}/scoring/")["evaluations"],
        lambda found: found == {"current": 3, "older": 0, "scoring": 0, "failed": 0},
    )
    history = team.get(f"/submissions/{submissions['near']['id']}/")["evaluations"]
    assert {evaluation["metric_set"] for evaluation in history} == {before, scoring["metric_set"]}


def test_pictures_are_for_those_who_may_see_what_is_in_them(
    stack: Stack, challenge: PhantomChallenge, submissions: dict[str, Any]
) -> None:
    phase = f"/phases/{challenge.phase['id']}"
    for kind in ("scores", "stability", "significance"):
        picture = challenge.organizer.wait(
            lambda kind=kind: challenge.organizer.http.get(f"/api/v1{phase}/pictures/{kind}.svg"),
            lambda answer: answer.status_code == 200,
        )
        drawn = ET.fromstring(picture.content)
        assert drawn.tag.endswith("svg")
        assert "exact" in "".join(drawn.itertext())
    case = challenge.organizer.rows(f"{phase}/cases/")[0]["id"]
    overlay = f"/submissions/{submissions['near']['id']}/predictions/{case}/overlay.svg"
    drawn = challenge.organizer.wait(
        lambda: challenge.organizer.http.get(f"/api/v1{overlay}"), lambda answer: answer.status_code == 200
    )
    assert drawn.headers["content-type"].startswith("image/svg+xml")
    submissions["near"]["team"].get(overlay, status=404)  # the reference is hidden from its author
