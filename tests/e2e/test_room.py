"""Two people in one adjudication room, in real Chromiums, see each other and end with the same voxels."""

import time

import numpy as np
import pytest
from playwright.sync_api import Browser, expect

from tests.e2e.room import ContestedCase, RoomPage, build_contested_case, seated
from tests.e2e.studio import PATIENCE_MS
from tests.stack import Stack

BRUSH_2_5_MM = "b [ [ ["
SLICES = (30, 32)
# Beyond what drawing a part of a slice again, or all of it, changes at its seams; one voxel has 25 pixels.
ANOTHER_COLOR = 16


@pytest.fixture(scope="module")
def case(stack: Stack) -> ContestedCase:
    return build_contested_case(stack.address, "room")


def expect_the_servers(browser: Browser, case: ContestedCase, *pages: RoomPage) -> None:
    """The log replayed is the server's labelmap; every page shows what a page does that just loaded it."""
    for page in pages:
        page.rest()
    np.testing.assert_array_equal(case.replayed(), case.labelmap())
    with seated(browser, case, case.organizer) as (fresh, _):
        wanted = fresh.pixels(SLICES)
    for page in pages:
        deadline = time.monotonic() + PATIENCE_MS / 1000
        while (wrong := np.argwhere(np.abs(page.pixels(SLICES) - wanted).max(axis=-1) > ANOTHER_COLOR)).size:
            assert time.monotonic() < deadline, f"{len(wrong)} pixels differ, {wrong[0]} to {wrong[-1]}"
            time.sleep(0.5)


def test_two_who_paint_over_each_other_at_once_end_with_the_servers_voxels(
    stack: Stack, browser: Browser, case: ContestedCase
) -> None:
    with (
        seated(browser, case, case.organizer) as (one, errors_of_one),
        seated(browser, case, case.expert) as (two, errors_of_two),
    ):
        one.expect_company("Rita one")
        two.expect_company("Olga Organizer")
        before = len(case.log())
        for page, label in ((one, "1"), (two, "2")):
            page.press(f"{BRUSH_2_5_MM} {label}")
        for voxel in SLICES:
            for page in (one, two):
                page.go_to_slice(voxel)
            for shift in (0, 3, 6):
                # Both hold the pointer down over the same voxels; who lets go last is last in the log.
                one.begin_drag((20, 20 + shift, voxel), (40, 24 + shift, voxel))
                two.begin_drag((40, 20 + shift, voxel), (20, 24 + shift, voxel))
                first, second = (one, two) if shift % 2 else (two, one)
                first.page.mouse.up()
                second.page.mouse.up()
            two.press("Control+z")
            one.press("e")
            one.drag((30, 18, voxel), (30, 34, voxel))
            one.press("b")
        expect_the_servers(browser, case, one, two)
        log = case.log()[before:]
        people = {edit["author"]["name"] for edit in log}
        assert (len(log), people) == (16, {"Olga Organizer", "Rita one"})
        painted = case.labelmap()[:, 16:40, SLICES[0]]
        assert {0, case.labels[0], case.labels[1]} <= set(np.unique(painted).tolist())
        assert one.was_never_reloaded
        assert two.was_never_reloaded
        assert errors_of_one == errors_of_two == []


def test_who_left_catches_up_when_they_come_back(stack: Stack, browser: Browser, case: ContestedCase) -> None:
    with seated(browser, case, case.organizer) as (one, errors):
        one.press(f"{BRUSH_2_5_MM} 1")
        one.go_to_slice(SLICES[1])
        with seated(browser, case, case.expert) as (two, _):
            one.expect_company("Rita one")
            two.press(f"{BRUSH_2_5_MM} 3")
            two.go_to_slice(SLICES[1])
            two.drag((10, 44, SLICES[1]), (20, 44, SLICES[1]))
            two.rest()
        one.expect_company()
        one.drag((12, 44, SLICES[1]), (30, 44, SLICES[1]))
        one.drag((12, 50, SLICES[1]), (30, 50, SLICES[1]))
        one.rest()
        with seated(browser, case, case.expert) as (back, _):
            back.go_to_slice(SLICES[1])
            back.press("3")
            back.drag((28, 50, SLICES[1]), (36, 50, SLICES[1]))
            back.press("Control+z")
            back.press("Control+Shift+z")
            expect_the_servers(browser, case, one, back)
        assert one.was_never_reloaded
        assert errors == []


def test_who_lost_the_connection_goes_on_and_loses_nothing(
    stack: Stack, browser: Browser, case: ContestedCase
) -> None:
    with (
        seated(browser, case, case.organizer) as (one, _),
        seated(browser, case, case.expert) as (two, _),
    ):
        for page, label in ((one, "1"), (two, "2")):
            page.press(f"{BRUSH_2_5_MM} {label}")
            page.go_to_slice(SLICES[0])
        before = len(case.log())
        two.page.context.set_offline(True)
        two.drag((10, 56, SLICES[0]), (30, 56, SLICES[0]))
        two.drag((20, 50, SLICES[0]), (20, 60, SLICES[0]))
        two.press("Control+z")
        expect(two.page.locator("[data-pending='3'][data-tone='warn']")).to_be_visible(timeout=PATIENCE_MS)
        one.drag((14, 56, SLICES[0]), (40, 56, SLICES[0]))
        one.rest()
        two.page.context.set_offline(False)
        expect_the_servers(browser, case, one, two)
        assert len(case.log()) == before + 4
        assert two.was_never_reloaded


def test_what_another_paints_is_seen_while_ones_own_stroke_is_drawn(
    stack: Stack, browser: Browser, case: ContestedCase
) -> None:
    with (
        seated(browser, case, case.organizer) as (one, errors_of_one),
        seated(browser, case, case.expert) as (two, errors_of_two),
    ):
        for page, label in ((one, "1"), (two, "2")):
            page.press(f"{BRUSH_2_5_MM} {label}")
            page.go_to_slice(SLICES[0])
        before = len(case.log())
        one.begin_drag((8, 8, SLICES[0]), (30, 8, SLICES[0]))
        shown = one.picture()
        two.drag((8, 14, SLICES[0]), (30, 8, SLICES[0]))
        two.rest()
        deadline = time.monotonic() + PATIENCE_MS / 1000
        while one.picture() == shown:
            assert time.monotonic() < deadline, "the other's stroke does not show"
            time.sleep(0.2)
        assert len(case.log()) == before + 1  # the pointer is still down
        one.page.mouse.up()
        expect_the_servers(browser, case, one, two)
        # One's own came later in the log, and lies on top.
        assert case.labelmap()[28, 8, SLICES[0]] == 1
        assert len(case.log()) == before + 2
        assert errors_of_one == errors_of_two == []
