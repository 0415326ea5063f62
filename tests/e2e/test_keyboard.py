"""Everything but painting without a mouse: a case from queue to handing in, an adjudication to signing."""

import numpy as np
from playwright.sync_api import Browser, Locator, Page, expect

from tests.e2e.browser import window
from tests.e2e.room import build_contested_case
from tests.e2e.studio import PATIENCE_MS, StudioPage, build_studio_case
from tests.e2e.test_studio import BRUSH_2_5_MM
from tests.stack import Stack

MOST_STOPS = 120


def enter(page: Page, target: Locator) -> None:
    """Go to it from stop to stop, and press it."""
    expect(target).to_be_visible(timeout=PATIENCE_MS)
    for _ in range(MOST_STOPS):
        if target.evaluate("(one) => one === document.activeElement"):
            page.keyboard.press("Enter")
            return
        page.keyboard.press("Tab")
    raise AssertionError(f"{target} is not reached by {MOST_STOPS} presses of Tab")


def test_a_case_is_opened_looked_at_mended_and_handed_in(stack: Stack, browser: Browser) -> None:
    case = build_studio_case(stack.address, "keyboard-studio")
    with window(browser, stack.address, case.rater) as (page, _):
        page.goto("/rate")
        enter(page, page.get_by_role("link", name="Annotate").first)
        page.wait_for_url(f"**{case.path}")
        studio = StudioPage(page, case)
        studio.go_to_slice(32)
        studio.press(BRUSH_2_5_MM)
        studio.drag((10, 10, 32))  # painting
        studio.drag((30, 10, 32))
        page.keyboard.press("Escape")
        enter(page, page.get_by_role("button", name="Undo Brush"))
        studio.wait_until_saved()
        assert len(np.unique(np.nonzero(case.labelmap())[0] > 20)) == 1  # one of the two dabs is left
        enter(page, page.get_by_role("button", name="Submit", exact=True))
        dialog = page.get_by_role("dialog")
        enter(page, dialog.get_by_role("button", name="Submit"))
        enter(page, dialog.get_by_role("link", name="To my cases"))
        page.wait_for_url("**/rate")
    assert case.rater.get(f"/annotations/{case.annotation}/")["status"] == "submitted"


def test_regions_are_settled_and_signed_off(stack: Stack, browser: Browser) -> None:
    case = build_contested_case(stack.address, "keyboard-room")
    with window(browser, stack.address, case.organizer) as (page, _):
        page.goto(case.path(case.organizer))
        expect(page.get_by_text("0 of 1 settled")).to_be_visible(timeout=PATIENCE_MS)
        page.keyboard.press("n")
        page.keyboard.press("Shift+A")
        expect(page.get_by_text("1 of 1 settled")).to_be_visible(timeout=PATIENCE_MS)
        enter(page, page.get_by_role("button", name="Sign off"))
        enter(page, page.get_by_role("dialog").get_by_role("button", name="Sign off"))
        expect(page.get_by_text("Signed off by")).to_be_visible(timeout=PATIENCE_MS)
