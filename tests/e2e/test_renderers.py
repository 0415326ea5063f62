"""Slices drawn by the GPU and by Canvas2D are one picture; when the GPU goes away, Canvas2D goes on."""

import base64
import io
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager

import numpy as np
import pytest
from PIL import Image
from playwright.sync_api import Browser, Page, expect

from tests.e2e.browser import window
from tests.e2e.studio import StudioCase, StudioPage, build_studio_case
from tests.stack import Stack

RENDERERS = ("webgl2", "canvas2d")
PLANES = ("axial", "coronal", "sagittal")
# Grey levels of 255: where areas blend, each rounds by itself; at a border a pixel may fall to either side.
MEAN_TOLERANCE = 1.25
PIXEL_TOLERANCE = 24
SHARE_BEYOND = 0.003
PREFER = "localStorage.setItem('consilium.renderer', '{}')"
# The page's WebGL contexts, so that a test can take them away.
WATCH_CONTEXTS = """
    window.contexts = [];
    const original = HTMLCanvasElement.prototype.getContext;
    HTMLCanvasElement.prototype.getContext = function (kind, ...rest) {
        const context = original.call(this, kind, ...rest);
        if (kind === 'webgl2' && context && !window.contexts.includes(context)) window.contexts.push(context);
        return context;
    };
"""


@pytest.fixture(scope="module")
def case(stack: Stack) -> StudioCase:
    """With spacings that differ, so that a mistaken axis shows."""
    affine = np.diag([-1.0, -1.2, 1.5, 1.0])
    return build_studio_case(stack.address, "renderers", affine=affine, shape=(64, 56, 48))


@contextmanager
def studio_with(
    renderer: str, browser: Browser, stack: Stack, case: StudioCase, ratio: float
) -> Iterator[StudioPage]:
    with window(browser, stack.address, case.rater, device_scale_factor=ratio) as (page, errors):
        page.add_init_script(PREFER.format(renderer) + ";" + WATCH_CONTEXTS)
        yield StudioPage(page, case)
        assert errors == []


def picture(page: Page, plane: str, *, expected: str) -> np.ndarray:
    """What a pane's canvas shows over black, once it is drawn by that renderer; (rows, columns, RGB)."""
    page.bring_to_front()
    canvas = page.locator(f"[data-slice-pane='0-{plane}'] canvas")
    expect(canvas).to_have_attribute("data-renderer", expected)
    page.evaluate("new Promise(drawn => requestAnimationFrame(() => requestAnimationFrame(drawn)))")
    data = str(canvas.evaluate("canvas => canvas.toDataURL()")).partition(",")[2]
    image = Image.open(io.BytesIO(base64.b64decode(data))).convert("RGBA")
    black = Image.new("RGBA", image.size, "black")
    return np.asarray(Image.alpha_composite(black, image).convert("RGB")).astype(int)


def assert_same_picture(pages: dict[str, StudioPage], plane: str, *, what: str) -> None:
    drawn = {name: picture(studio.page, plane, expected=name) for name, studio in pages.items()}
    gpu, reference = drawn["webgl2"], drawn["canvas2d"]
    assert reference.max() > 200, f"{what}: there is something to compare"
    assert is_same(gpu, reference), what


def is_same(one: np.ndarray, other: np.ndarray) -> bool:
    assert one.shape == other.shape
    difference = np.abs(one - other).max(axis=2)
    beyond = np.mean(difference > PIXEL_TOLERANCE)
    return bool(difference.mean() <= MEAN_TOLERANCE and beyond <= SHARE_BEYOND)


@pytest.mark.parametrize("ratio", [1, 2])
def test_both_renderers_draw_the_same_slices(
    stack: Stack, browser: Browser, case: StudioCase, ratio: float
) -> None:
    labels = [label["name"] for label in case.assignment["dataset"]["scheme"]["labels"]]
    with ExitStack() as opened:

        def open_with(renderer: str) -> StudioPage:
            return opened.enter_context(studio_with(renderer, browser, stack, case, ratio))

        painted = open_with("webgl2")
        picture(painted.page, "axial", expected="webgl2")
        paint(painted)
        # One page has painted, and uploaded what changed; the other has loaded the whole.
        pages = {"webgl2": painted, "canvas2d": open_with("canvas2d")}

        def both(keys: str, what: str, planes: Sequence[str] = ("axial",)) -> None:
            for studio in pages.values():
                studio.press(keys)
            for plane in planes:
                for studio in pages.values():
                    studio.press(plane[0])
                assert_same_picture(pages, plane, what=f"{what}, {plane}")

        for studio in pages.values():
            studio.go_to_slice(24)
            studio.press("v")
            studio.drag((30, 32, 24))
        both("a", "filled", PLANES)
        both("w", "outlined", PLANES)
        both("+ + + + + a", "outlined, magnified")
        both("w", "filled, magnified")
        both("+ + + + + + + +", "single voxels")
        both("r . . .", "fitted again, stronger")
        for studio in pages.values():
            studio.page.get_by_role("button", name=f"Hide {labels[0]}").click()
        both("w", "outlined, one label hidden", PLANES)
        both("x a", "without the crosshair")
        for studio in pages.values():
            studio.page.keyboard.down("q")
        both("a", "bare image, held")


def paint(studio: StudioPage) -> None:
    """Three labels that touch and cover each other, in two planes, and a hole."""
    studio.press("b 1")
    studio.go_to_slice(24)
    studio.drag((20, 20, 24), (36, 26, 24), (30, 40, 24))
    studio.press("2")
    studio.drag((28, 26, 24), (34, 34, 24))
    studio.press("3 [ [ [")
    studio.drag((31, 30, 24))
    studio.press("e")
    studio.drag((24, 23, 24))
    studio.press("c b 2 d")
    studio.go_to_slice(30, "coronal")
    studio.drag((40, 30, 20), (44, 30, 30), plane="coronal")
    studio.press("d a")
    studio.wait_until_saved()


def test_canvas2d_takes_over_when_the_gpu_goes_and_gives_back(
    stack: Stack, browser: Browser, case: StudioCase
) -> None:
    with studio_with("webgl2", browser, stack, case, 1) as studio:
        before = picture(studio.page, "axial", expected="webgl2")
        studio.page.evaluate("window.extension = contexts[0].getExtension('WEBGL_lose_context')")
        studio.page.evaluate("extension.loseContext()")
        without = picture(studio.page, "axial", expected="canvas2d")
        assert is_same(without, before)
        # painting goes on
        studio.press("b 1")
        studio.drag((12, 46, 24), (20, 48, 24))
        painted = picture(studio.page, "axial", expected="canvas2d")
        assert not is_same(painted, without)
        studio.wait_until_saved()
        studio.page.evaluate("extension.restoreContext()")
        after = picture(studio.page, "axial", expected="webgl2")
        assert is_same(after, painted)


def test_where_the_processor_plays_the_gpu_canvas2d_is_chosen(
    stack: Stack, browser: Browser, case: StudioCase
) -> None:
    with studio_with("automatic", browser, stack, case, 1) as studio:
        picture(studio.page, "axial", expected="canvas2d")
        assert studio.page.evaluate("window.contexts.length") == 0
