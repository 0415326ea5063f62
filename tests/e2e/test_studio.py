"""Annotating in a real Chromium: what was painted is what the server has, after a reload and elsewhere."""

import nibabel as nib
import numpy as np
import pytest
from playwright.sync_api import Browser, Locator, expect

from tests.e2e.browser import window
from tests.e2e.studio import StudioCase, StudioPage, assign, build_studio_case
from tests.phantoms import AFFINE
from tests.shared_data import DATA, needs_shared_data, zip_of
from tests.stack import Stack

BRUSH_2_5_MM = "b [ [ ["
RAS = np.diag([1.0, 1.0, 1.0, 1.0])


def disc(case: StudioCase, centre: tuple[int, int, int], *, axis: int | None = 2) -> np.ndarray:
    """Voxels within 2.5 mm of one; in its slice, or all around where `axis` is None."""
    grid = np.indices(case.shape)
    squares = sum((grid[i] - centre[i]) ** 2 for i in range(3))
    within = squares <= 2.5**2
    return within if axis is None else within & (grid[axis] == centre[axis])


@pytest.mark.parametrize("affine", [AFFINE, RAS], ids=["lps", "ras"])
def test_a_dab_lands_on_the_voxels_under_it_in_every_plane(
    stack: Stack, browser: Browser, affine: np.ndarray
) -> None:
    case = build_studio_case(stack.address, f"studio-{'ras' if affine is RAS else 'lps'}", affine=affine)
    with window(browser, stack.address, case.rater) as (page, errors):
        studio = StudioPage(page, case)
        studio.press(BRUSH_2_5_MM)
        wanted = np.zeros(case.shape, np.uint8)
        first, *_ = labels = [label["value"] for label in case.assignment["dataset"]["scheme"]["labels"]]
        for key, (plane, axis, voxel) in enumerate(
            [("axial", 2, (20, 12, 40)), ("coronal", 1, (22, 50, 14)), ("sagittal", 0, (9, 30, 52))]
        ):
            studio.press(f"{plane[0]} {key + 1}")
            studio.go_to_slice(voxel[axis], plane)
            studio.drag(voxel, plane=plane)
            wanted[disc(case, voxel, axis=axis)] = labels[key]
        studio.wait_until_saved()
        np.testing.assert_array_equal(case.labelmap(), wanted)
        assert first in wanted
        assert errors == []


def test_every_tool_is_voxel_identical_after_a_reload_and_elsewhere(stack: Stack, browser: Browser) -> None:
    case = build_studio_case(stack.address, "studio-tools")
    with window(browser, stack.address, case.rater) as (page, errors):
        studio = StudioPage(page, case)
        studio.go_to_slice(32)
        studio.press(BRUSH_2_5_MM)
        studio.drag((10, 10, 32), (30, 12, 32))  # brush
        studio.press("d")
        studio.drag((12, 40, 32))  # ball
        studio.press("d e")
        studio.drag((18, 10, 32))  # eraser
        studio.press("2 l")
        studio.drag((44, 5, 32), (58, 5, 32), (58, 16, 32), (44, 16, 32))  # lasso
        studio.press("1 f")
        studio.drag((50, 10, 32))  # fill what the lasso drew
        studio.press("3 g d")
        studio.drag((32, 32, 32))  # grow into the bright ball
        studio.press("d 1 t")
        studio.drag((18, 32, 32), (30, 32, 32))  # threshold: only the bright part
        studio.press("l")
        studio.drag((4, 50, 32), (9, 50, 32), (9, 58, 32), (4, 58, 32))
        studio.go_to_slice(36)
        studio.drag((4, 50, 36), (9, 50, 36), (9, 58, 36), (4, 58, 36))
        studio.press("n")  # copied to the next slice
        studio.press("u")  # grow-cut, in a worker
        expect(page.get_by_role("region", name="History").get_by_text("Grow-cut")).to_be_visible()
        studio.wait_until_saved()
        tools = [edit["tool"] for edit in case.log()]
        assert tools == [
            "brush", "brush 3d", "eraser", "lasso", "fill", "grow 3d", "threshold", "lasso", "lasso", "copy",
            "growcut",
        ]  # fmt: skip
        labels = [label["value"] for label in case.assignment["dataset"]["scheme"]["labels"]]
        painted = case.labelmap()
        assert set(np.unique(painted[grid_distance(case, (32, 32, 32)) <= 12])) == {labels[0], labels[2]}
        page.keyboard.press("Control+z")
        page.keyboard.press("Control+z")
        page.keyboard.press("Control+Shift+z")
        studio.wait_until_saved()
        before = case.labelmap()
        assert [bool(edit["undoes"]) for edit in case.log()][-3:] == [True, True, True]
        here = StudioPage(page, case)
        here.go_to_slice(32)
        reloaded = here.picture()
        assert errors == []
    with window(browser, stack.address, case.rater) as (page, errors):
        elsewhere = StudioPage(page, case)
        elsewhere.go_to_slice(32)
        assert elsewhere.picture() == reloaded
        page.keyboard.press("Control+z")  # the history has come along
        elsewhere.wait_until_saved()
        assert case.log()[-1]["undoes"] == case.log()[-2]["edit_id"]
        page.keyboard.press("Control+Shift+z")
        elsewhere.wait_until_saved()
        np.testing.assert_array_equal(case.labelmap(), before)
        assert errors == []


def grid_distance(case: StudioCase, centre: tuple[int, int, int]) -> np.ndarray:
    grid = np.indices(case.shape)
    return np.asarray(np.sqrt(sum((grid[i] - centre[i]) ** 2 for i in range(3))))


def test_submitting_saves_first(stack: Stack, browser: Browser) -> None:
    case = build_studio_case(stack.address, "studio-submit")
    with window(browser, stack.address, case.rater) as (page, errors):
        page.goto(f"/rate/{case.assignment['id']}")
        page.get_by_role("link", name="Annotate").click()
        studio = StudioPage(page, case)
        studio.go_to_slice(32)
        studio.press(BRUSH_2_5_MM)
        studio.drag((10, 10, 32))
        page.get_by_role("button", name="Submit", exact=True).click()
        page.get_by_role("dialog").get_by_role("button", name="Submit").click()
        page.get_by_role("dialog").get_by_role("link", name="To my cases").click()
        page.wait_for_url("**/rate")
        assert case.rater.get(f"/annotations/{case.annotation}/")["status"] == "submitted"
        assert case.labelmap().sum() > 0
        assert errors == []


def test_unsure_voxels_are_identical_after_a_reload_and_keep_their_labels(
    stack: Stack, browser: Browser
) -> None:
    case = build_studio_case(stack.address, "studio-unsure")
    label = case.assignment["dataset"]["scheme"]["labels"][0]["value"]
    painted, marked, cleared = ((20, 20, 32), (22, 20, 32), (24, 20, 32))
    with window(browser, stack.address, case.rater) as (page, errors):
        studio = StudioPage(page, case)
        studio.go_to_slice(32)
        studio.press(BRUSH_2_5_MM)
        studio.drag(painted)
        bare = studio.picture()
        studio.press("y")
        studio.drag(marked)
        assert studio.picture() != bare
        studio.press("y")  # again: clears
        studio.drag(cleared)
        studio.wait_until_saved()
        unsure = disc(case, marked) & ~disc(case, cleared)
        wanted = disc(case, painted) * label + unsure * 0x80
        np.testing.assert_array_equal(case.labelmap(), wanted)
        assert [edit["tool"] for edit in case.log()] == ["brush", "unsure", "unsure"]
        here = StudioPage(page, case)
        here.go_to_slice(32)
        hatched = here.picture()
        here.press(BRUSH_2_5_MM)
        here.drag(marked)  # a label is painted for sure
        here.wait_until_saved()
        assert here.picture() != hatched
        wanted[disc(case, marked)] = label
        np.testing.assert_array_equal(case.labelmap(), wanted)
        assert errors == []


def test_a_key_is_rebound_in_the_sheet_and_stays_so(stack: Stack, browser: Browser) -> None:
    case = build_studio_case(stack.address, "studio-keys")
    with window(browser, stack.address, case.rater) as (page, errors):
        studio = StudioPage(page, case)

        def tool(name: str) -> Locator:
            return page.get_by_role("radio", name=name, exact=True)

        def rebind(name: str, key: str) -> None:
            sheet.get_by_role("button", name=name).click()
            page.keyboard.press(key)

        studio.press("?")
        sheet = page.get_by_role("dialog", name="Keys and pointer")
        rebind("Eraser: E. Change", "Shift+E")
        expect(sheet.get_by_role("button", name="Eraser: ⇧ E. Change")).to_be_visible()
        rebind("Lasso: L. Change", "b")
        expect(sheet.get_by_role("alert")).to_contain_text("is the key of “Brush”")
        sheet.get_by_role("button", name="Take it").click()
        expect(sheet.get_by_role("button", name="Brush: no key. Change")).to_be_visible()
        page.keyboard.press("Escape")
        expect(sheet).to_be_hidden()

        again = StudioPage(page, case)
        again.press("Shift+E")
        expect(tool("Eraser")).to_be_checked()
        again.press("e")  # is no key any more
        again.press("b")
        expect(tool("Lasso")).to_be_checked()

        again.press("?")
        sheet.get_by_role("button", name="Reset all keys").click()
        page.keyboard.press("Escape")
        expect(sheet).to_be_hidden()
        again.press("b")
        expect(tool("Brush")).to_be_checked()
        assert errors == []


def test_a_fix_of_the_linter_is_one_edit_that_can_be_undone(stack: Stack, browser: Browser) -> None:
    case = build_studio_case(stack.address, "studio-linter")
    scheme = case.assignment["dataset"]["scheme"]
    regions = {region["key"]: region["labels"] for region in scheme["regions"]}
    values = [label["value"] for label in scheme["labels"]]
    (enhancing,) = regions["enhancing"]
    (rest_of_core,) = set(regions["core"]) - {enhancing}
    with window(browser, stack.address, case.rater) as (page, errors):
        studio = StudioPage(page, case)
        studio.go_to_slice(32)
        studio.press(f"{BRUSH_2_5_MM} d {values.index(enhancing) + 1}")
        studio.drag(
            (20, 20, 32)
        )  # the phantom's T1c shows what its T1 shows: nothing takes up contrast agent
        checks = page.get_by_role("region", name="Checks")
        expect(checks).to_have_attribute("data-findings", "1")
        expect(checks).to_contain_text("without uptake")
        studio.go_to_slice(10)
        studio.press(";")
        expect(studio.pane()).to_have_attribute("aria-valuenow", "33")
        studio.press("\\")
        expect(checks).to_have_attribute("data-findings", "0")
        studio.wait_until_saved()
        ball = disc(case, (20, 20, 32), axis=None)
        np.testing.assert_array_equal(case.labelmap(), ball * rest_of_core)
        assert [edit["tool"] for edit in case.log()] == ["brush 3d", "fix"]
        page.keyboard.press("Control+z")
        studio.wait_until_saved()
        np.testing.assert_array_equal(case.labelmap(), ball * enhancing)
        expect(checks).to_have_attribute("data-findings", "1")
        assert errors == []


def test_regions_stay_consistent_where_that_is_asked_for(stack: Stack, browser: Browser) -> None:
    case = build_studio_case(stack.address, "studio-regions")
    scheme = case.assignment["dataset"]["scheme"]
    regions = {region["key"]: region["labels"] for region in scheme["regions"]}
    values = [label["value"] for label in scheme["labels"]]
    (enhancing,) = regions["enhancing"]
    (rest_of_core,) = set(regions["core"]) - {enhancing}
    ring = [(30, 30), (40, 30), (40, 40), (30, 40), (30, 30)]
    with window(browser, stack.address, case.rater) as (page, errors):
        studio = StudioPage(page, case)
        studio.go_to_slice(32)
        studio.press(f"{BRUSH_2_5_MM} {values.index(enhancing) + 1} j")
        studio.drag(*[(x, y, 32) for x, y in ring])
        studio.wait_until_saved()
        painted = case.labelmap()
        assert painted[30, 35, 32] == enhancing
        assert painted[35, 35, 32] == rest_of_core
        assert len(case.log()) == 1
        page.keyboard.press("Control+z")
        studio.wait_until_saved()
        assert not case.labelmap().any()
        assert errors == []


def test_images_are_compared_and_measured_by_keyboard(stack: Stack, browser: Browser) -> None:
    case = build_studio_case(stack.address, "studio-looking")
    with window(browser, stack.address, case.rater) as (page, errors):
        studio = StudioPage(page, case)
        studio.go_to_slice(32)
        t1 = page.locator("[data-slice-pane='1-axial']")
        expect(t1).to_contain_text("T1")
        page.keyboard.down("z")
        expect(t1).to_contain_text("T1c")
        page.keyboard.up("z")
        expect(t1).not_to_contain_text("T1c")
        studio.press("Shift+Z")
        expect(page.locator("[data-slice-pane='4-axial']")).to_contain_text("T1c − T1")
        studio.press("Shift+Z")
        width = studio.pane().get_by_text("W ")
        automatic = width.text_content()
        studio.press("Shift+U")
        expect(width).not_to_have_text(str(automatic))
        studio.press("Shift+A")
        expect(width).to_have_text(str(automatic))
        studio.press("Shift+M" + 12 * " Shift+ArrowRight" + " Shift+M")
        expect(page.get_by_role("region", name="Rulers")).to_contain_text("12.0 mm")
        studio.press("Shift+1")
        expect(page.get_by_role("button", name="Show", exact=False).first).to_be_visible()
        assert errors == []


@needs_shared_data
def test_a_box_drawn_over_a_real_case_exports_with_its_voxels_and_affine(
    stack: Stack, browser: Browser
) -> None:
    folder = DATA / "tcga" / "TCGA-DU-7294"
    images = sorted(folder.glob("*.nii.gz"))
    name = next(image for image in images if "flair" in image.name.lower())
    flair = nib.Nifti1Image.from_filename(name)
    assert nib.aff2axcodes(flair.affine) == ("L", "P", "S")
    voxels = np.asarray(flair.dataobj)
    filled = [np.flatnonzero(voxels.any(axis=tuple({0, 1, 2} - {axis}))) for axis in range(3)]
    case = assign(
        stack.address,
        "studio-tcga",
        zip_of((f"{folder.name}/{image.name}", image) for image in images),
        affine=flair.affine,
        shape=voxels.shape,
        focus=(np.array([a[0] for a in filled]), np.array([a[-1] for a in filled])),
    )
    (x0, x1), (y0, y1), (z0, z1) = (96, 131), (84, 109), (70, 74)
    with window(browser, stack.address, case.rater) as (page, errors):
        studio = StudioPage(page, case)
        studio.press("l 2")
        for z in (z0, z1):
            studio.go_to_slice(z)
            edge = (x0 - 0.5, y0 - 0.5), (x1 + 0.5, y0 - 0.5), (x1 + 0.5, y1 + 0.5), (x0 - 0.5, y1 + 0.5)
            studio.drag(*[(x, y, z) for x, y in edge])
        studio.press("i")
        studio.wait_until_saved()
        assert errors == []
    exported = case.exported()
    wanted = np.zeros(voxels.shape, np.uint8)
    label = case.assignment["dataset"]["scheme"]["labels"][1]["value"]
    wanted[x0 : x1 + 1, y0 : y1 + 1, z0 : z1 + 1] = label
    np.testing.assert_array_equal(np.asarray(exported.dataobj), wanted)
    np.testing.assert_array_equal(exported.affine, flair.affine)
