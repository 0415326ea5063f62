"""Settling a contested case in a real Chromium: what was taken and painted is signed, and scored by."""

from dataclasses import replace
from typing import Any

import numpy as np
from playwright.sync_api import Browser, Page, expect

from tests.e2e.adjudication import (
    OF_CAROL,
    AdjudicatedCase,
    build_contested_case,
    labels_of,
    submit_base,
)
from tests.e2e.browser import window
from tests.e2e.person import Person
from tests.e2e.studio import PATIENCE_MS, StudioPage
from tests.stack import Stack

ENHANCING = 4
BRUSH_2_5_MM = "b [ [ ["


def open_from_console(page: Page, case: AdjudicatedCase) -> AdjudicatedCase:
    """By the button of the case's row; leads to the page."""
    page.goto(f"/organize/{case.slug}/consensus?dataset={case.dataset_id}")
    page.get_by_role("button", name="Adjudicate Tiny-001").click()
    page.wait_for_url("**/console/adjudications/*")
    return replace(case, path=page.url.removeprefix(case.organizer.address))


def slice_shown(page: Page) -> int:
    """Voxel index along Z of the first pane."""
    return int(page.locator("[data-slice-pane='0-axial']").get_attribute("aria-valuenow") or 0) - 1


def expect_slice(page: Page, index: int) -> None:
    expect(page.locator("[data-slice-pane='0-axial']")).to_have_attribute("aria-valuenow", str(index + 1))


def disc(case: AdjudicatedCase, centre: tuple[int, int, int]) -> np.ndarray:
    """Voxels within 2.5 mm of one, in its axial slice."""
    grid = np.indices(case.shape)
    squares = sum((grid[axis] - centre[axis]) ** 2 for axis in range(3))
    return (squares <= 2.5**2) & (grid[2] == centre[2])


def versions_of(case: AdjudicatedCase) -> list[Any]:
    return case.organizer.rows(f"/cases/{case.case_id}/consensus/")


def test_regions_are_taken_and_painted_signed_off_and_scored_by(stack: Stack, browser: Browser) -> None:
    built = build_contested_case(stack.address, "settle")
    team, submission = submit_base(stack.address, built)
    with (
        window(browser, stack.address, team) as (scores, _),
        window(browser, stack.address, built.organizer) as (page, errors),
    ):
        scores.goto(f"/submissions/{submission}")
        expect(scores.get_by_text("1.000").first).to_be_visible()
        expect(scores.get_by_text("0.989")).to_have_count(0)
        case = open_from_console(page, built)
        room = StudioPage(page, case)  # type: ignore[arg-type]  # a case with people of its own

        expect_experts_to_be_left_by_escape(page)
        room.pane().focus()
        # All panes are at the weightiest region; N goes to the next, P back.
        expect_slice(page, 11)
        expect(page.get_by_text("necrosis + non-enhancing or background?")).to_be_visible()
        room.press("n")
        expect_slice(page, 17)
        room.press("p")
        expect_slice(page, 11)
        room.press("n")

        room.press(f"Shift+{case.key_of(case.bob)}")
        expect(page.get_by_text("1 of 2 settled")).to_be_visible(timeout=PATIENCE_MS)
        np.testing.assert_array_equal(case.labelmap(), case.with_bobs_cube())

        step = f"Rater {case.key_of(case.bob)} in region 2"
        page.get_by_role("button", name=f"Undo {step}").click()
        room.wait_until_saved()
        expect(page.get_by_text("0 of 2 settled")).to_be_visible()
        np.testing.assert_array_equal(case.labelmap(), case.base)
        room.press("Control+Shift+Z")
        expect(page.get_by_text("1 of 2 settled")).to_be_visible()
        room.wait_until_saved()
        np.testing.assert_array_equal(case.labelmap(), case.with_bobs_cube())

        room.press(f"r {BRUSH_2_5_MM} 3")
        room.go_to_slice(26)
        room.drag((16, 16, 26))
        room.wait_until_saved()
        wanted = case.with_bobs_cube()
        wanted[disc(case, (16, 16, 26))] = ENHANCING
        np.testing.assert_array_equal(case.labelmap(), wanted)

        painted = int(disc(case, (16, 16, 26)).sum())
        check_provenance(case, painted=painted)
        page.get_by_text("Layers", exact=True).click()
        room.press("Shift+P")
        legend = page.get_by_role("region", name="Who decided each voxel")
        expect(legend.get_by_text(f"Painted by {case.organizer.username}")).to_be_visible()
        expect(legend.get_by_text(f"Rater {case.key_of(case.bob)}")).to_be_visible()

        page.get_by_role("button", name="Sign off").click()
        dialog = page.get_by_role("dialog")
        expect(dialog.get_by_text("1 region is not settled")).to_be_visible()
        dialog.get_by_label("Note").fill("The cube on the left is edema.")
        dialog.get_by_role("button", name="Sign off").click()
        expect(page.get_by_text("Signed off by")).to_be_visible(timeout=PATIENCE_MS)
        expect(page.get_by_role("radio", name="Brush", exact=True)).to_be_hidden()
        expect_panes_to_fill(page)
        # The participant's page hears of the new score by itself.
        expect(scores.get_by_text("0.989").first).to_be_visible(timeout=PATIENCE_MS)
        expect_not_fused_again(page, case)
        assert errors == []
    head = max(versions_of(case), key=lambda version: version["number"])
    assert head["method"] == "adjudicated"
    np.testing.assert_array_equal(labels_of(case.organizer, f"/consensus/{head['id']}/labelmap/"), wanted)
    check_rescored(team, submission)


def expect_panes_to_fill(page: Page) -> None:
    """Where there are no tools to choose, the images have their place."""
    box = page.locator("[data-slice-pane='0-axial']").bounding_box()
    assert box is not None
    assert min(box["width"], box["height"]) > 300


def expect_not_fused_again(page: Page, case: AdjudicatedCase) -> None:
    """The console says so, and where that can be changed."""
    page.goto(f"/organize/{case.slug}/consensus?dataset={case.dataset_id}")
    expect(page.get_by_text("Not fused again until its adjudication is withdrawn.")).to_be_visible()
    fuse = page.get_by_role("button", name="Fuse Tiny-001 again")
    expect(fuse).to_have_attribute("aria-disabled", "true")
    page.get_by_role("link", name="Open adjudication").click()
    page.wait_for_url(f"**{case.path}")


def expect_experts_to_be_left_by_escape(page: Page) -> None:
    button = page.get_by_role("button", name="Experts")
    button.click()
    dialog = page.get_by_role("dialog", name="Experts")
    expect(dialog.get_by_label("Usernames")).to_be_focused()
    page.keyboard.type("ali")
    page.keyboard.press("Escape")
    expect(dialog).to_be_hidden()
    expect(button).to_be_focused()


def check_provenance(case: AdjudicatedCase, *, painted: int) -> None:
    identity = case.adjudication()["id"]
    legend = case.organizer.get(f"/adjudications/{identity}/provenance/legend/")
    counts = {entry["source"]: entry["voxels"] for entry in legend}
    assert counts[case.key_of(case.bob)] == 27
    assert counts[""] == painted


def check_rescored(team: Person, submission: str) -> None:
    """A second evaluation, against the new reference, by the pipeline alone; no longer perfect."""
    found = team.wait(
        lambda: team.get(f"/submissions/{submission}/"),
        lambda one: [each["status"] for each in one["evaluations"]] == ["scored", "scored"],
    )
    dice = {each["reference_number"]: each["means"]["dice"]["complete"] for each in found["evaluations"]}
    assert dice[1] == 1
    assert 0.9 < dice[2] < 1


def test_an_invited_rater_settles_without_names_and_both_see_it_at_once(
    stack: Stack, browser: Browser
) -> None:
    built = build_contested_case(stack.address, "together")
    with window(browser, stack.address, built.organizer) as (page, errors):
        case = open_from_console(page, built)
        StudioPage(page, case)  # type: ignore[arg-type]
        identity = case.adjudication()["id"]
        case.organizer.send("PATCH", f"/adjudications/{identity}/", {"experts": [case.alice.username]})
        with window(browser, stack.address, case.alice) as (hers, her_errors):
            hers.goto("/rate")
            hers.get_by_role("region", name="Cases to adjudicate").get_by_role(
                "link", name="Tiny-001"
            ).click()
            hers.wait_for_url("**/rate/adjudications/*")
            expect(hers.locator("[data-slice-pane='0-axial']")).to_have_attribute("role", "slider")
            expect(hers.get_by_role("button", name="Take Rater A")).to_be_visible()
            for rater in (case.bob, case.carol):
                expect(hers.get_by_text(rater.username)).to_have_count(0)
            # Each sees that the other is there.
            expect(page.get_by_role("list", name="1 other person here")).to_be_visible()
            expect(hers.get_by_role("list", name="1 other person here")).to_be_visible()
            hers.keyboard.press(f"Shift+{case.key_of(case.carol)}")
            expect(hers.get_by_text("1 of 2 settled")).to_be_visible()
            expect(page.get_by_text("1 of 2 settled")).to_be_visible()
            assert her_errors == []
        assert errors == []
    wanted = case.base.copy()
    wanted[OF_CAROL] = 1
    np.testing.assert_array_equal(case.labelmap(), wanted)


def test_another_fusion_is_tried_out_and_kept_nowhere(stack: Stack, browser: Browser) -> None:
    built = build_contested_case(stack.address, "tried")
    with window(browser, stack.address, built.organizer) as (page, errors):
        case = open_from_console(page, built)
        StudioPage(page, case)  # type: ignore[arg-type]
        page.get_by_text("What if", exact=True).click()
        bob = case.key_of(case.bob)
        others = [one["key"] for one in case.adjudication()["raters"] if one["key"] != bob]
        for key in others:
            page.get_by_label(f"Leave Rater {key} out").check()
        # What is left is Bob's labelmap: his cube more than the consensus has.
        expect(page.get_by_text("27 voxels differ from the consensus.")).to_be_visible(timeout=PATIENCE_MS)
        assert errors == []
    assert len(versions_of(case)) == 1
    assert case.adjudication()["head"] == 0
