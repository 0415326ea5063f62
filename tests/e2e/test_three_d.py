"""The labels in 3D, in a real Chromium: what was painted is seen, from every side, and without WebGL2 too."""

import base64
import io

import numpy as np
import pytest
from PIL import Image
from playwright.sync_api import Browser, Locator, Page, expect

from tests.e2e.browser import NARROW, window
from tests.e2e.studio import PATIENCE_MS, StudioCase, StudioPage, build_studio_case
from tests.stack import Stack, wait_until

WITHOUT_WEBGL2 = """
    const original = HTMLCanvasElement.prototype.getContext;
    HTMLCanvasElement.prototype.getContext = function (kind, ...rest) {
        return kind === 'webgl2' ? null : original.call(this, kind, ...rest);
    };
"""


@pytest.fixture(scope="module")
def case(stack: Stack) -> StudioCase:
    return build_studio_case(stack.address, "three-d")


def pane(page: Page) -> Locator:
    return page.locator("[data-volume-pane]")


def shown(page: Page) -> np.ndarray:
    """The surfaces' picture, as (rows, columns, RGB); whatever lies over them is hidden meanwhile."""
    canvas = pane(page).locator("canvas").first
    page.evaluate("new Promise(drawn => requestAnimationFrame(() => requestAnimationFrame(drawn)))")
    # The drawing buffer is gone once it was shown: only a screenshot has it.
    set_opacity = """opacity => {
        for (const one of document.querySelectorAll('[data-volume-pane] > :not(:first-child)')) {
            one.style.opacity = opacity;
        }
    }"""
    page.evaluate(set_opacity, "0")
    png = canvas.screenshot()
    page.evaluate(set_opacity, "")
    return np.asarray(Image.open(io.BytesIO(png)).convert("RGB")).astype(int)


def wait_until_made(page: Page, at_least: int) -> None:
    wait_until(lambda: made(page) >= at_least, timeout_s=PATIENCE_MS / 1000, what="the surfaces")
    expect(pane(page).get_by_label("Surfaces")).to_have_count(0)


def made(page: Page) -> int:
    return int(pane(page).get_attribute("data-made") or 0)


def centre_of(picture: np.ndarray) -> np.ndarray:
    """Column and row of what is drawn, from 0 to 1."""
    rows, columns = np.nonzero(picture.max(axis=2) > 40)
    return np.array([columns.mean() / picture.shape[1], rows.mean() / picture.shape[0]])


def test_painted_labels_are_seen_from_every_side_and_follow_edits(
    stack: Stack, browser: Browser, case: StudioCase
) -> None:
    with window(browser, stack.address, case.rater) as (page, errors):
        studio = StudioPage(page, case)
        studio.press("Shift+S")
        expect(pane(page)).to_contain_text("No label is shown yet.")
        # a ball on the patient's right, front, and high: the grid runs to the left and to the back
        studio.press("b 1 d [ [")
        studio.go_to_slice(50)
        studio.drag((12, 14, 50))
        wait_until_made(page, 1)
        alone = shown(page)
        assert (alone.max(axis=2) > 40).mean() > 0.05, "one ball fills the pane"
        # a second label, left, back and low
        before = made(page)
        studio.press("2")
        studio.go_to_slice(16)
        studio.drag((50, 48, 16))
        wait_until_made(page, before + 1)
        for side, first_is in {"front": "left", "right": "right", "top": "low"}.items():
            page.get_by_role("button", name=f"Look from the {side}").click()
            both = shown(page)
            page.get_by_role("button", name=f"Hide {case_label(case, 1)}").first.click()
            first = shown(page)
            page.get_by_role("button", name=f"Show {case_label(case, 1)}").first.click()
            column, row = centre_of(first)
            assert (both.max(axis=2) > 40).sum() > (first.max(axis=2) > 40).sum()
            where = {"left": column < 0.5, "right": column > 0.5, "low": row > 0.5}
            assert where[first_is], f"seen from the {side}, the first label lies {first_is}: {column}, {row}"
        # keys turn the labels, not the slices
        position = studio.pane().get_attribute("aria-valuenow")
        page.get_by_role("button", name="Look from the front").click()
        front = shown(page)
        pane(page).focus()
        studio.press("ArrowRight ArrowRight")
        assert np.abs(shown(page) - front).mean() > 0.5
        assert studio.pane().get_attribute("aria-valuenow") == position
        assert errors == []


def case_label(case: StudioCase, place: int) -> str:
    return str(case.assignment["dataset"]["scheme"]["labels"][place]["name"])


def test_when_the_gpu_goes_shadows_are_shown_until_it_is_back(
    stack: Stack, browser: Browser, case: StudioCase
) -> None:
    with window(browser, stack.address, case.rater) as (page, errors):
        StudioPage(page, case).press("Shift+S")
        wait_until_made(page, 1)
        page.evaluate(
            """() => {
                const gl = document.querySelector('[data-volume-pane] canvas').getContext('webgl2');
                window.extension = gl.getExtension('WEBGL_lose_context');
                window.extension.loseContext();
            }"""
        )
        expect(pane(page)).to_contain_text("The graphics card went away.")
        page.evaluate("window.extension.restoreContext()")
        expect(pane(page)).to_have_attribute("data-volume-pane", "drawn")
        assert (shown(page).max(axis=2) > 40).mean() > 0.005
        assert errors == []


def test_without_webgl2_the_shadows_say_so(stack: Stack, browser: Browser, case: StudioCase) -> None:
    with window(browser, stack.address, case.rater, viewport=NARROW) as (page, errors):
        page.add_init_script(WITHOUT_WEBGL2)
        StudioPage(page, case).press("Shift+S")
        expect(pane(page)).to_contain_text("This browser has no WebGL2")
        shadow = page.locator("[data-silhouette='axial'] canvas")
        page.wait_for_timeout(1000)
        data = str(shadow.evaluate("canvas => canvas.toDataURL()")).partition(",")[2]
        pixels = np.asarray(Image.open(io.BytesIO(base64.b64decode(data))))
        labelled = case.labelmap().any(axis=2)
        # columns run to the patient's left and rows to the back, as this grid does
        np.testing.assert_array_equal(pixels[..., 3] > 0, labelled.T)
        assert errors == []
