"""The shipped model on two real patients, through the web: what it predicts lies on each case's own grid, and
the board says the Dice that its voxels have. It learned from phantoms: how bad it is, is printed.

`REAL_SHOTS` names a folder outside the checkout for pictures of the cases: they may not be given away.
"""

import os
import statistics
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from playwright.sync_api import Browser, expect

from backend.numerics.volumes import read_labelmap, read_volume
from tests.e2e.browser import window
from tests.e2e.models import demo_package, ready_model, run_on_phase
from tests.e2e.tcga_challenge import TcgaChallenge, build_tcga_challenge
from tests.shared_data import DATA, TCGA_CASES, needs_shared_data, tcga_fusion
from tests.stack import Stack

pytestmark = [needs_shared_data, pytest.mark.slow]

PATIENCE_MS = 90_000

# Of BraTS 2017; the region is these labels together.
REGIONS = {"complete": (1, 2, 4), "core": (1, 4), "enhancing": (4,)}


@pytest.fixture(scope="module")
def tcga(stack: Stack) -> TcgaChallenge:
    return build_tcga_challenge(stack.address, "tcga-model")


@pytest.fixture(scope="module")
def run(tcga: TcgaChallenge, model_worker: str) -> Any:
    """Of the shipped model over both patients, as a baseline; uploaded and tried as anybody's model is."""
    version = ready_model(tcga.organizer, tcga.slug, "SegNet, of phantoms", demo_package())
    assert version["status"] == "ready", version
    found = run_on_phase(tcga.organizer, tcga.phase["id"], version["id"], purpose="baseline")
    assert found["status"] == "done", found
    return found


@pytest.fixture(scope="module")
def predictions(tcga: TcgaChallenge, run: Any) -> dict[str, np.ndarray]:
    """{case: labels} as they are downloaded; each is on the very grid of the case's files."""
    found = {}
    for row in tcga.organizer.rows(f"/runs/{run['id']}/cases/"):
        case = row["case"]["name"]
        volume = read_labelmap(tcga.organizer.download(row["labelmap_url"]), name=f"{case}.nii.gz")
        original = read_volume(DATA / "tcga" / case / f"{case}_flair.nii.gz", name="flair.nii.gz")
        assert volume.array.shape == original.array.shape
        np.testing.assert_array_equal(volume.grid.affine, original.grid.affine)
        found[case] = volume.array
    assert set(found) == set(TCGA_CASES)
    return found


def dice(prediction: np.ndarray, reference: np.ndarray) -> float:
    """1 where both are empty."""
    total = int(prediction.sum()) + int(reference.sum())
    return 2 * int((prediction & reference).sum()) / total if total else 1.0


def test_scores_are_those_of_its_voxels(
    tcga: TcgaChallenge, run: Any, predictions: dict[str, np.ndarray], capsys: pytest.CaptureFixture[str]
) -> None:
    person = tcga.organizer
    submission = person.wait_for_submission(run["submission"])
    assert submission["status"] == "scored", submission
    evaluation = submission["evaluations"][0]["id"]
    said = {
        (row["case"]["name"], row["region"]): row["value"]
        for row in person.rows(f"/evaluations/{evaluation}/scores/?metric=dice&judge=consensus")
    }
    expected, lines = {}, []
    for case, labels in predictions.items():
        reference = read_labelmap(tcga_fusion(case), name="mav.nii.gz").array
        for region, values in REGIONS.items():
            ours, theirs = np.isin(labels, values), np.isin(reference, values)
            expected[case, region] = dice(ours, theirs)
            recall = (ours & theirs).sum() / max(1, theirs.sum())
            lines.append(
                f"{case} {region}: Dice {expected[case, region]:.3f}, {ours.sum()} voxels for "
                f"{theirs.sum()}, {recall:.0%} of which are found"
            )
    assert said == pytest.approx(expected, abs=1e-12, rel=0)
    board = person.wait(
        lambda: person.get(f"/phases/{tcga.phase['id']}/leaderboard/"),
        lambda found: len(found["rows"]) == 1 and found["human_rows"],
    )
    row = board["rows"][0]
    assert (row["kind"], row["cases"], row["trained_on_cases"]) == ("baseline", len(TCGA_CASES), 0)
    for region in REGIONS:
        mean = statistics.fmean(expected[case, region] for case in TCGA_CASES)
        assert row["means"]["dice"][region] == pytest.approx(mean, abs=1e-12)
    seconds = [sum(one["seconds"].values()) for one in person.rows(f"/runs/{run['id']}/cases/")]
    with capsys.disabled():
        print("", *lines, f"seconds a case: {', '.join(f'{one:.1f}' for one in seconds)}", sep="\n")


def middle_of_reference(case: str) -> list[int]:
    """The marked voxel nearest to the middle of all that are marked."""
    marked = np.argwhere(read_labelmap(tcga_fusion(case), name="mav.nii.gz").array)
    nearest: np.ndarray = marked[np.square(marked - marked.mean(axis=0)).sum(axis=1).argmin()]
    return nearest.tolist()


def test_it_stands_over_the_images_in_the_viewer(
    stack: Stack, tcga: TcgaChallenge, run: Any, predictions: dict[str, np.ndarray], browser: Browser
) -> None:
    cases = {
        row["case"]["name"]: row["case"]["id"] for row in tcga.organizer.rows(f"/runs/{run['id']}/cases/")
    }
    with window(browser, stack.address, tcga.organizer) as (page, errors):
        for name, case_id in cases.items():
            voxel = ",".join(str(index) for index in middle_of_reference(name))
            page.goto(f"/cases/{case_id}?submission={run['submission']}&voxel={voxel}")
            expect(page.get_by_text("SegNet, of phantoms").first).to_be_visible()
            marked_ml = np.count_nonzero(predictions[name]) / 1000  # of voxels of 1 mm³
            expect(page.get_by_text(f"{marked_ml:.1f}", exact=True)).to_be_visible(timeout=PATIENCE_MS)
            if folder := os.environ.get("REAL_SHOTS"):
                page.screenshot(path=Path(folder) / f"{name}.png")
        assert errors == []
