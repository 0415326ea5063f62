"""The main job as people see it, in a real Chromium against the really started platform."""

import statistics
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.e2e.browser import window
from tests.e2e.person import PASSWORD
from tests.e2e.phantom_challenge import PhantomChallenge, build_phantom_challenge, join, predictions_zip
from tests.e2e.tcga_challenge import build_tcga_challenge, participant
from tests.shared_data import expected_tcga_dice, needs_shared_data, tcga_submission_zip
from tests.stack import Stack

PATIENCE_MS = 60_000


@pytest.fixture(scope="module")
def challenge(stack: Stack) -> PhantomChallenge:
    return build_phantom_challenge(stack.address, "browser", cases=3)


def board_order(page: Page) -> list[str]:
    """The submissions of the board, from the top."""
    rows = page.locator("tr[data-submission]")
    return [row.get_attribute("data-submission") or "" for row in rows.all()]


def test_an_open_board_changes_its_ranks_without_reloading(
    stack: Stack, browser: Browser, challenge: PhantomChallenge
) -> None:
    first = join(stack.address, challenge, "first")
    behind = first.submit(
        challenge.phase["id"], predictions_zip(challenge, shift=3), method="Three voxels off"
    )
    first.wait_for_submission(behind["id"])
    with window(browser, stack.address, first) as (page, errors):
        page.goto(f"/challenges/{challenge.slug}/leaderboard")
        expect(page.locator("tr[data-submission]")).to_have_count(1)
        page.evaluate("window.neverReloaded = true")
        second = join(stack.address, challenge, "second")
        ahead = second.submit(
            challenge.phase["id"], predictions_zip(challenge, shift=1), method="One voxel off"
        )
        second.wait_for_submission(ahead["id"])
        expect(page.locator("tr[data-submission]")).to_have_count(2, timeout=PATIENCE_MS)
        assert board_order(page) == [ahead["id"], behind["id"]]
        # the analysis follows the board: with so few cases nothing is more than chance
        expect(page.get_by_text("The two methods cannot be told apart.")).to_be_visible(timeout=PATIENCE_MS)
        assert page.evaluate("window.neverReloaded") is True
        assert errors == []


@pytest.mark.slow
@needs_shared_data
def test_ranks_of_real_submissions_change_on_an_open_board(stack: Stack, browser: Browser) -> None:
    tcga = build_tcga_challenge(stack.address, "tcga-browser")
    first = participant(stack.address, tcga, "first")
    worse, better = sorted(("isen", "scan"), key=mean_expected_dice)
    behind = first.submit(tcga.phase["id"], tcga_submission_zip(worse), method=worse)
    first.wait_for_submission(behind["id"])
    with window(browser, stack.address, first) as (page, errors):
        page.goto(f"/challenges/{tcga.slug}/leaderboard")
        expect(page.locator("tr[data-submission]")).to_have_count(1)
        page.evaluate("window.neverReloaded = true")
        second = participant(stack.address, tcga, "second")
        ahead = second.submit(tcga.phase["id"], tcga_submission_zip(better), method=better)
        expect(page.locator("tr[data-submission]")).to_have_count(2, timeout=PATIENCE_MS)
        assert board_order(page) == [ahead["id"], behind["id"]]
        assert page.evaluate("window.neverReloaded") is True
        assert errors == []


def mean_expected_dice(algorithm: str) -> float:
    return statistics.fmean(dice for key, dice in expected_tcga_dice().items() if key[0] == algorithm)


def test_register_join_submit_and_see_the_scores(
    stack: Stack, browser: Browser, challenge: PhantomChallenge, tmp_path: Path
) -> None:
    archive = tmp_path / "predictions.zip"
    archive.write_bytes(predictions_zip(challenge))
    with window(browser, stack.address) as (page, _):
        page.goto("/register")
        page.get_by_label("Username").fill("newcomer")
        page.get_by_label("E-mail").fill("newcomer@example.org")
        page.get_by_label("Password", exact=True).fill(PASSWORD)
        page.get_by_role("button", name="Register").click()
        page.wait_for_url("**/")
        page.goto(f"/challenges/{challenge.slug}")
        page.get_by_role("button", name="Join as a participant").click()
        page.get_by_role("link", name="Submit predictions").first.click()
        page.get_by_label("Method name").fill("Perfect")
        page.locator("input[type=file]").set_input_files(archive)
        page.get_by_role("button", name="Submit").click()
        page.get_by_role("link", name="Open the submission").click(timeout=PATIENCE_MS)
        expect(page.get_by_text("Scored", exact=True).first).to_be_visible(timeout=PATIENCE_MS)
        for name in challenge.truths:
            expect(page.get_by_text(name).first).to_be_visible()


def test_a_refused_archive_is_explained_per_file(
    stack: Stack, browser: Browser, challenge: PhantomChallenge, tmp_path: Path
) -> None:
    archive = tmp_path / "broken.zip"
    whole = predictions_zip(challenge)
    archive.write_bytes(whole[: len(whole) * 6 // 10])
    careless = join(stack.address, challenge, "careless")
    with window(browser, stack.address, careless) as (page, _):
        page.goto(f"/phases/{challenge.phase['id']}/submit")
        page.get_by_label("Method name").fill("Broken")
        page.locator("input[type=file]").set_input_files(archive)
        page.get_by_role("button", name="Submit").click()
        expect(page.get_by_text("Nothing was counted").first).to_be_visible(timeout=PATIENCE_MS)
