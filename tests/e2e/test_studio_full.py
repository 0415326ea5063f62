"""The studio once on a case of the size that raters have: four sequences of 240×240×155, every tool."""

import base64

import numpy as np
from playwright.sync_api import Browser, Page, expect

from backend.numerics.edits import apply_edit, decode_edit
from benchmarks.cases import AFFINE, BRATS_SHAPE, EDEMA
from benchmarks.studio_case import make_full_case
from tests.e2e.browser import window
from tests.e2e.studio import StudioCase, StudioPage, assign
from tests.stack import Stack

SLICE, NEXT_KEY_SLICE = 78, 82
GROWING_MS = 300_000
TOOLS = [
    "brush", "brush 3d", "eraser", "lasso", "fill", "grow", "threshold", "lasso", "lasso", "interpolate",
    "lasso", "eraser", "holes", "islands", "copy", "unsure", "growcut",
]  # fmt: skip


def replayed(case: StudioCase) -> np.ndarray:
    """Every edit of the log, from nothing."""
    labels = np.zeros(case.shape, np.uint8, order="F")
    for edit in case.log():
        apply_edit(labels, decode_edit(base64.b64decode(edit["runs"]), voxels=labels.size))
    return labels


def square(x: int, y: int, z: int, size: int) -> list[tuple[float, float, float]]:
    return [(x, y, z), (x + size, y, z), (x + size, y + size, z), (x, y + size, z)]


def paint_with_every_tool(studio: StudioPage, inside_edema: tuple[int, int, int]) -> None:
    """Around the tumour, so that grow-cut has a tumour's work and not a head's."""
    z = SLICE
    studio.go_to_slice(z)
    studio.press("b")
    studio.drag((105, 80, z), (150, 90, z))
    studio.press("d")
    studio.drag((110, 135, z))
    studio.press("d e")
    studio.drag((125, 76, z), (125, 96, z))
    studio.press("2 l")
    studio.drag(*square(160, 60, z, 14))
    studio.press("1 f")
    studio.drag((166, 66, z))
    studio.press("3 g")
    studio.drag(inside_edema)
    studio.press("1 t")
    studio.drag((130, 100, z), (150, 112, z))
    studio.press("2 l")
    studio.drag(*square(170, 120, z, 8))
    studio.go_to_slice(NEXT_KEY_SLICE)
    studio.drag(*square(172, 122, NEXT_KEY_SLICE, 8))
    studio.press("i")
    studio.drag(*square(110, 60, NEXT_KEY_SLICE, 20))
    studio.press("e [ [")
    studio.drag((120, 70, NEXT_KEY_SLICE))
    studio.press("2 h k n")  # fills the hole, leaves the larger of two islands, goes to the next slice
    studio.press("y")
    studio.drag((114, 66, NEXT_KEY_SLICE + 1), (126, 66, NEXT_KEY_SLICE + 1))
    studio.press("u")


def opened(page: Page, case: StudioCase) -> StudioPage:
    """Without the crosshair, which a reload moves to what is painted."""
    studio = StudioPage(page, case)
    studio.press("x")
    return studio


def pictures(studio: StudioPage) -> list[str]:
    found = []
    for slice_ in (SLICE, 80, NEXT_KEY_SLICE + 1):
        studio.go_to_slice(slice_)
        found.append(studio.picture())
    return found


def test_a_full_size_case_is_voxel_identical_after_a_reload_and_elsewhere(
    stack: Stack, browser: Browser
) -> None:
    made = make_full_case()
    case = assign(
        stack.address, "studio-full", made.archive(), affine=AFFINE, shape=BRATS_SHAPE, focus=made.head
    )
    edema = np.argwhere(made.tumour[:, :, SLICE] == EDEMA)
    x, y = edema[np.abs(edema - edema.mean(axis=0)).sum(axis=1).argsort()[0]]
    with window(browser, stack.address, case.rater) as (page, errors):
        studio = opened(page, case)
        paint_with_every_tool(studio, (int(x), int(y), SLICE))
        grown = page.get_by_role("region", name="History").get_by_text("Grow-cut")
        expect(grown).to_be_visible(timeout=GROWING_MS)
        page.keyboard.press("Control+z")
        page.keyboard.press("Control+Shift+z")
        studio.wait_until_saved()
        assert [edit["tool"] for edit in case.log() if not edit["undoes"]] == TOOLS
        painted = case.labelmap()
        assert np.count_nonzero(painted) > 3_000
        np.testing.assert_array_equal(replayed(case), painted)
        as_painted = pictures(studio)
        assert pictures(opened(page, case)) == as_painted
        assert errors == []
    with window(browser, stack.address, case.rater) as (page, errors):
        elsewhere = opened(page, case)
        assert pictures(elsewhere) == as_painted
        page.keyboard.press("Control+z")
        elsewhere.wait_until_saved()
        assert not np.array_equal(case.labelmap(), painted)
        page.keyboard.press("Control+Shift+z")
        elsewhere.wait_until_saved()
        np.testing.assert_array_equal(case.labelmap(), painted)
        assert errors == []
