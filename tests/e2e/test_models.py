"""A model from nothing to the board in a real browser: made, trained here, run as a baseline.

The worker is the real process; the training is short, so that how good the model is says nothing here. What
takes longer is in `test_models_long.py`.
"""

import re

from playwright.sync_api import Browser, Page, expect

from tests.e2e.browser import window
from tests.e2e.phantom_challenge import build_phantom_challenge
from tests.stack import Stack

PATIENCE_MS = 90_000
STEPS = 10


def train(page: Page) -> None:
    page.get_by_role("button", name="Train…").click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_label("Network", exact=True).select_option("unet3d")
    dialog.get_by_label("Budget, minutes").fill("2")
    dialog.get_by_text("Recipe and settings").click()
    dialog.get_by_label("Recipe (JSON)").fill("{")
    dialog.get_by_role("button", name="Start the training").click()
    expect(dialog.get_by_text("This is not JSON")).to_be_visible()
    dialog.get_by_label("Recipe (JSON)").fill(f'{{"steps": {STEPS}, "extent": [16, 16, 16]}}')
    dialog.get_by_label("Settings of the network (JSON)").fill('{"widths": [4, 8], "blocks": [1, 1]}')
    dialog.get_by_role("button", name="Start the training").click()


def test_a_model_is_trained_here_and_comes_live_onto_the_board(
    stack: Stack, model_worker: str, browser: Browser
) -> None:
    challenge = build_phantom_challenge(stack.address, "models", cases=2)
    with (
        window(browser, stack.address, challenge.organizer) as (board, board_errors),
        window(browser, stack.address, challenge.organizer) as (page, errors),
    ):
        board.goto(f"/challenges/{challenge.slug}/leaderboard")
        page.goto(f"/challenges/{challenge.slug}/models")
        expect(page.get_by_text("1 model worker connected")).to_be_visible()
        page.get_by_role("button", name="New model").click()
        page.get_by_label("Name").fill("Small U-Net")
        page.get_by_role("button", name="Create it").click()
        expect(page.get_by_role("heading", name="Small U-Net")).to_be_visible()
        train(page)
        expect(page.get_by_role("heading", name="Training of Small U-Net")).to_be_visible()
        expect(page.get_by_role("img", name=re.compile("^Loss by step"))).to_be_visible(timeout=PATIENCE_MS)
        page.get_by_role("link", name="Open the version that it made").click(timeout=PATIENCE_MS)
        expect(page.get_by_text("Ready", exact=True).first).to_be_visible()
        expect(page.get_by_role("region", name="What it takes and gives")).to_contain_text("3-D U-Net")
        expect(page.get_by_role("main")).to_contain_text("Trained on cases of Test")
        page.get_by_role("button", name="Run on a phase…").click()
        page.get_by_role("dialog").get_by_role("button", name="Run it").click()
        expect(page.get_by_role("region", name="Done")).to_be_visible(timeout=PATIENCE_MS)
        expect(page.get_by_role("img", name=re.compile("^Seconds of 2 cases"))).to_be_visible()
        row = board.get_by_role("row", name=re.compile("Small U-Net"))
        expect(row).to_contain_text("Baseline", timeout=PATIENCE_MS)
        expect(row).to_contain_text("trained on cases of this phase")
        assert errors + board_errors == []
