"""axe-core on the rooms where labels are made and compared: nothing serious, nothing critical."""

from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.e2e.browser import NARROW, WIDE, window
from tests.e2e.person import Person
from tests.e2e.room import ContestedCase, build_contested_case
from tests.e2e.studio import PATIENCE_MS, StudioCase, StudioPage, build_studio_case
from tests.stack import Stack

AXE = Path(__file__).resolve().parents[2] / "frontend" / "node_modules" / "axe-core" / "axe.min.js"
SERIOUS = {"serious", "critical"}
SIZES = {"wide": WIDE, "narrow": NARROW}


@pytest.fixture(scope="module")
def contested(stack: Stack) -> ContestedCase:
    return build_contested_case(stack.address, "axe-room")


@pytest.fixture(scope="module")
def drawn(stack: Stack) -> StudioCase:
    return build_studio_case(stack.address, "axe-studio")


def violations(page: Page) -> list[str]:
    """Each serious one: its rule, the element, and what would mend it; once colours have stopped changing."""
    page.evaluate(
        "Promise.allSettled(document.getAnimations().filter((one) => one instanceof CSSTransition)"
        ".map((one) => one.finished)).then(() => null)"
    )
    found = page.evaluate("axe.run(document, { resultTypes: ['violations'] })")["violations"]
    return [
        f"{one['impact']} {one['id']}: {node['html'][:200]}: {node['failureSummary']}"
        for one in found
        if one["impact"] in SERIOUS
        for node in one["nodes"]
    ]


def assert_accessible(
    browser: Browser,
    stack: Stack,
    person: Person,
    size: str,
    path: str,
    is_there: Callable[[Page], None],
) -> None:
    with window(browser, stack.address, person, viewport=SIZES[size]) as (page, _):
        page.add_init_script(path=AXE)
        page.goto(path)
        is_there(page)
        expect(page.locator("[data-loading='true']")).to_have_count(0)
        assert violations(page) == []


def heading(page: Page) -> None:
    expect(page.get_by_role("heading").first).to_be_visible(timeout=PATIENCE_MS)
    page.wait_for_load_state("networkidle")


@pytest.mark.parametrize("size", SIZES)
def test_the_studio(stack: Stack, browser: Browser, drawn: StudioCase, size: str) -> None:
    with window(browser, stack.address, drawn.rater, viewport=SIZES[size]) as (page, _):
        page.add_init_script(path=AXE)
        studio = StudioPage(page, drawn)
        assert violations(page) == []
        if size == "wide":
            studio.go_to_slice(32)
            studio.press("b")
            studio.drag((10, 10, 32), (30, 12, 32))
            studio.wait_until_saved()
            assert violations(page) == []
        page.keyboard.press("?")
        expect(page.get_by_role("dialog")).to_be_visible()
        assert violations(page) == []


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("path", ["/rate", "/rate/{assignment}"])
def test_a_raters_pages(stack: Stack, browser: Browser, drawn: StudioCase, size: str, path: str) -> None:
    where = path.format(assignment=drawn.assignment["id"])
    assert_accessible(browser, stack, drawn.rater, size, where, heading)


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("tab", ["data", "raters", "consensus"])
def test_the_console(stack: Stack, browser: Browser, contested: ContestedCase, size: str, tab: str) -> None:
    """The consensus tab is the agreement page: two raters have handed in."""
    assert_accessible(browser, stack, contested.organizer, size, f"/organize/axe-room/{tab}", heading)


@pytest.mark.parametrize("size", SIZES)
def test_an_adjudication(stack: Stack, browser: Browser, contested: ContestedCase, size: str) -> None:
    def is_open(page: Page) -> None:
        pane = page.locator("[data-slice-pane='0-axial']")
        expect(pane).to_have_attribute("role", "slider", timeout=PATIENCE_MS)

    path = contested.path(contested.organizer)
    assert_accessible(browser, stack, contested.organizer, size, path, is_open)
