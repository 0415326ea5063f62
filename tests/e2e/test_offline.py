"""The studio without a network: opened, painted and closed on the device alone, and everything sent after."""

import re
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import numpy as np
from playwright.sync_api import Browser, BrowserContext, Page, Playwright, expect

from tests.e2e.browser import CHROMIUM_ARGUMENTS, WIDE, chromium_path, window
from tests.e2e.person import PASSWORD, Person
from tests.e2e.studio import PATIENCE_MS, StudioPage, build_studio_case
from tests.e2e.test_studio import BRUSH_2_5_MM
from tests.e2e.test_studio_faults import SLICE, Strokes
from tests.stack import Stack, wait_until

IMAGES = 4


def keep_case(page: Page) -> None:
    """Wait until the open case and the app itself are on the device."""
    expect(page.locator("[data-kept=true]")).to_be_visible(timeout=PATIENCE_MS)
    page.evaluate("navigator.serviceWorker.ready.then(() => null)")
    page.wait_for_function(
        "() => navigator.serviceWorker.controller?.state === 'activated'", timeout=PATIENCE_MS
    )


def kept(page: Page) -> list[str]:
    """What is kept of cases: person and place of each cache."""
    names: list[str] = page.evaluate("caches.keys()")
    return sorted(name.removeprefix("consilium-kept/") for name in names if "kept" in name)


def kept_everywhere(page: Page) -> int:
    """Rows of what the device knows of cases, and of their logs."""
    return int(
        page.evaluate("""() => new Promise((done, fail) => {
          const opening = indexedDB.open('consilium-offline');
          opening.onerror = fail;
          opening.onsuccess = () => {
            const names = [...opening.result.objectStoreNames];
            if (names.length === 0) return done(0);
            const read = opening.result.transaction(names);
            const counts = names.map((name) => read.objectStore(name).count());
            read.oncomplete = () => {
              opening.result.close();
              done(counts.reduce((sum, { result }) => sum + result, 0));
            };
          };
        })""")
    )


def go_on(strokes: Strokes, page: Page) -> None:
    """Paint on with another page that opened the same case."""
    strokes.studio = StudioPage(page, strokes.case)
    strokes.studio.go_to_slice(SLICE)
    strokes.studio.press(BRUSH_2_5_MM)


def expect_images(page: Page) -> None:
    """All sequences are drawn, none failed."""
    expect(page.locator("[data-slice-pane][role=slider]")).to_have_count(IMAGES)


def bare_picture(studio: StudioPage) -> str:
    """Image and labels alone: where the crosshair is depends on what was done before."""
    studio.page.mouse.move(5, 5)
    studio.press("x")
    return studio.picture()


def log_in(page: Page, person: Person, path: str) -> None:
    page.goto(f"/login?next={path}")
    page.get_by_label("Username or e-mail").fill(person.username)
    page.get_by_label("Password", exact=True).fill(PASSWORD)
    page.get_by_role("button", name="Log in").click()
    page.wait_for_url(re.compile(rf"^http://[^/]+{re.escape(path)}$"))


def log_out(page: Page, person: Person) -> None:
    page.get_by_role("button", name=f"Signed in as {person.username}").click()
    page.get_by_role("menuitem", name="Log out").click()


def test_a_case_that_was_opened_opens_again_without_a_network(stack: Stack, browser: Browser) -> None:
    case = build_studio_case(stack.address, "offline-again")
    with window(browser, stack.address, case.rater) as (page, _):
        strokes = Strokes(StudioPage(page, case))
        keep_case(page)
        strokes.paint(2)
        strokes.studio.wait_until_saved()  # on the server, and no longer among what waits
        page.context.set_offline(True)
        strokes.paint(1)
        expect(page.get_by_text("Offline, 1 edit kept on this device").first).to_be_visible()
        before = bare_picture(strokes.studio)
        page.close()

        page = page.context.new_page()
        go_on(strokes, page)
        expect_images(page)
        expect(page.get_by_text("Offline · opened from this device · 1 edit kept here").first).to_be_visible()
        assert bare_picture(strokes.studio) == before
        page.keyboard.press("x")
        strokes.paint(2)
        page.keyboard.press("Control+z")
        page.keyboard.press("Control+Shift+z")
        expect(
            page.get_by_text("Offline · opened from this device · 5 edits kept here").first
        ).to_be_visible()
        strokes.count += 2
        page.reload()
        expect(
            page.get_by_text("Offline · opened from this device · 5 edits kept here").first
        ).to_be_visible()
        page.evaluate("window.neverReloaded = true")

        page.context.set_offline(False)
        strokes.expect_saved()


def test_a_browser_that_was_closed_sends_from_any_page(
    stack: Stack, playwright: Playwright, tmp_path: Path
) -> None:
    case = build_studio_case(stack.address, "offline-restart")
    with profile(playwright, stack, tmp_path) as page:
        log_in(page, case.rater, case.path)
        strokes = Strokes(StudioPage(page, case))
        keep_case(page)
        strokes.paint(1)
        strokes.studio.wait_until_saved()
    stack.kill("web")
    try:
        for _ in range(2):
            with profile(playwright, stack, tmp_path) as page:
                go_on(strokes, page)
                expect_images(page)
                strokes.paint(2)
                expect(page.get_by_text(f"{strokes.count - 1} edits kept here").first).to_be_visible()
        with profile(playwright, stack, tmp_path) as page:
            page.goto("/rate")
            expect(page.get_by_text("4 edits wait here to be sent").first).to_be_visible()
            expect(page.get_by_role("img", name="Available offline")).to_be_visible()
    finally:
        stack.start_web()
    with profile(playwright, stack, tmp_path) as page:
        page.goto("/rate")
        expect(page.get_by_role("link", name=case.assignment["case"]["name"]).first).to_be_visible()
        expect(page.get_by_text("to be sent")).to_have_count(0)
        np.testing.assert_array_equal(case.labelmap(), strokes.wanted)
        go_on(strokes, page)
        strokes.expect_saved()


def test_what_others_did_meanwhile_lies_under_what_was_painted_offline(
    stack: Stack, browser: Browser
) -> None:
    """The same rater paints at another computer while this one has no network."""
    case = build_studio_case(stack.address, "offline-elsewhere")
    with window(browser, stack.address, case.rater) as (page, _):
        strokes = Strokes(StudioPage(page, case))
        keep_case(page)
        strokes.paint(1)
        strokes.studio.wait_until_saved()
        page.context.set_offline(True)
        page.close()
        with window(browser, stack.address, case.rater) as (elsewhere, _):
            go_on(strokes, elsewhere)
            strokes.paint(2)
            strokes.studio.wait_until_saved()
        page = page.context.new_page()
        go_on(strokes, page)
        expect(page.get_by_text("Offline · opened from this device").first).to_be_visible()
        strokes.paint(1)
        page.context.set_offline(False)
        strokes.expect_saved()


def test_a_session_that_ended_meanwhile_costs_a_password_and_nothing_else(
    stack: Stack, browser: Browser
) -> None:
    case = build_studio_case(stack.address, "offline-session")
    with window(browser, stack.address, case.rater) as (page, _):
        StudioPage(page, case)
        keep_case(page)
        page.context.set_offline(True)
        strokes = Strokes(StudioPage(page, case))
        strokes.paint(2)
        page.context.clear_cookies(name="consilium_session")
        page.context.set_offline(False)
        dialog = page.get_by_role("dialog", name="Sign in to go on")
        expect(dialog).to_be_visible()
        # Whose images these are the server no longer says.
        wait_until(lambda: kept(page) == [], timeout_s=30, what="the kept case to go")
        dialog.get_by_label("Password").fill(PASSWORD)
        dialog.get_by_role("button", name="Sign in").click()
        strokes.expect_saved()
        keep_case(page)  # and again


def test_logging_out_leaves_nothing_for_the_next_person(stack: Stack, browser: Browser) -> None:
    case = build_studio_case(stack.address, "offline-logout")
    other = Person(stack.address, "offline-logout-other")
    case.organizer.send(
        "POST", "/challenges/offline-logout/members/", {"username": other.username, "role": "rater"}
    )
    with window(browser, stack.address) as (page, _):
        log_in(page, case.rater, case.path)
        strokes = Strokes(StudioPage(page, case))
        keep_case(page)
        assert len(kept(page)) == 2
        assert kept_everywhere(page) > 0
        # An edit that the server cannot have for now waits on the device.
        page.context.set_offline(True)
        strokes.paint(1)
        expect(page.get_by_text("1 edit kept on this device").first).to_be_visible()
        page.close()
        page.context.route(re.compile("/edits/"), lambda route: route.abort())
        page.context.set_offline(False)
        page = page.context.new_page()
        page.goto("/rate")
        expect(page.get_by_text("1 edit waits here to be sent").first).to_be_visible()
        log_out(page, case.rater)
        dialog = page.get_by_role("dialog", name="Not everything is sent")
        dialog.get_by_role("button", name="Log out").click()
        expect(page.get_by_text("You are logged out.")).to_be_visible()
        assert kept(page) == []
        assert kept_everywhere(page) == 0
        page.context.unroute_all()
        # The page that was closed may have sent it as it went.
        sent = case.log()

        page.context.set_offline(True)
        page.goto(case.path)
        expect(page.get_by_text("The server cannot be reached").first).to_be_visible()
        page.context.set_offline(False)
        for person in (other, case.organizer):
            log_in(page, person, case.path)
            expect(page.get_by_text(re.compile("is assigned to|not_found")).first).to_be_visible()
            assert page.locator("[data-slice-pane]").count() == 0
            page.goto("/rate")
            expect(page.get_by_role("heading", name="My cases")).to_be_visible()
            page.wait_for_load_state("networkidle")
            assert case.log() == sent  # nobody else sends it
            log_out(page, person)
            expect(page.get_by_text("You are logged out.")).to_be_visible()

        log_in(page, case.rater, case.path)  # and it comes back to its painter
        go_on(strokes, page)
        strokes.expect_saved()


def test_somebody_else_who_logs_in_finds_no_kept_case(stack: Stack, browser: Browser) -> None:
    """The session of the first ended by itself: nobody logged out."""
    case = build_studio_case(stack.address, "offline-other")
    other = Person(stack.address, "offline-other-second")
    with window(browser, stack.address, case.rater) as (page, _):
        StudioPage(page, case)
        keep_case(page)
        page.context.clear_cookies(name="consilium_session")
        page.goto("/")
        log_in(page, other, "/account")
        expect(page.get_by_role("heading", name="Account", exact=True)).to_be_visible()
        assert not [name for name in kept(page) if not name.startswith(f"{other.user_id}/")]
        assert kept_everywhere(page) == 0
        page.context.set_offline(True)
        page.goto(case.path)
        expect(page.get_by_text("The server cannot be reached").first).to_be_visible()


def test_a_case_is_kept_and_removed_from_the_list(stack: Stack, browser: Browser) -> None:
    case = build_studio_case(stack.address, "offline-list")
    name = case.assignment["case"]["name"]
    with window(browser, stack.address, case.rater) as (page, _):
        page.goto("/rate")
        page.get_by_role("button", name=f"Keep {name} for offline").click()
        expect(page.get_by_role("img", name="Available offline")).to_be_visible(timeout=PATIENCE_MS)
        page.wait_for_function("() => navigator.serviceWorker.controller !== null", timeout=PATIENCE_MS)
        page.goto("/account")
        listed = page.get_by_role("list", name="On this device")
        expect(listed.get_by_text(name)).to_be_visible()
        expect(page.get_by_text(re.compile(r"[\d.]+ [kM]B of at most 1.0 GB"))).to_be_visible()

        page.context.set_offline(True)
        StudioPage(page, case)
        expect_images(page)
        page.get_by_role("button", name="Available offline").click()
        expect(page.get_by_role("button", name="Remove from this device")).to_be_visible()
        page.context.set_offline(False)

        page.goto("/rate")
        page.get_by_role("button", name=f"Remove {name} from this device").click()
        expect(page.get_by_role("button", name=f"Keep {name} for offline")).to_be_visible()
        assert kept(page) == [f"{case.rater.user_id}/home"]
        page.get_by_role("button", name=f"Keep {name} for offline").click()
        expect(page.get_by_role("img", name="Available offline")).to_be_visible(timeout=PATIENCE_MS)

        # No longer this person's: it goes with the next answer that says so.
        case.organizer.send("DELETE", f"/assignments/{case.assignment['id']}/")
        page.goto(case.path)
        expect(page.get_by_text("not_found").first).to_be_visible()
        wait_until(lambda: kept_everywhere(page) == 0, timeout_s=30, what="the withdrawn case to go")
        assert kept(page) == [f"{case.rater.user_id}/home"]


def test_a_new_build_takes_the_place_of_the_old_one(stack: Stack, browser: Browser, tmp_path: Path) -> None:
    case = build_studio_case(stack.address, "offline-build")
    with (
        served_copy(stack, tmp_path / "dist") as folder,
        window(browser, stack.address, case.rater) as (page, _),
    ):
        StudioPage(page, case)
        keep_case(page)
        first = shells(page)
        assert len(first) == 1
        worker = case.rater.http.get("/service-worker.js")
        assert worker.headers["content-security-policy"] == "default-src 'self'"
        assert worker.headers["cache-control"] == "no-cache"

        # Another build: another page, and the list of files that goes with it.
        for name, old, new in [
            ("index.html", "<head>", '<head><meta name="build" content="the next" />'),
            ("service-worker.js", first[0].removeprefix("consilium-shell-"), "f" * 16),
        ]:
            text = (folder / name).read_text()
            assert text.count(old) == 1
            (folder / name).write_text(text.replace(old, new))
        restart_web(stack)

        page.reload()  # never a stale page while there is a network
        assert page.locator("meta[name=build]").count() == 1
        StudioPage(page, case)
        wait_until(
            lambda: shells(page) == [f"consilium-shell-{'f' * 16}"],
            timeout_s=60, what="the new build to take over",
        )  # fmt: skip
        page.context.set_offline(True)
        StudioPage(page, case)
        expect_images(page)
        assert page.locator("meta[name=build]").count() == 1


@contextmanager
def profile(playwright: Playwright, stack: Stack, folder: Path) -> Iterator[Page]:
    """A browser that starts with what it had when it was closed."""
    context: BrowserContext = playwright.chromium.launch_persistent_context(
        folder / "profile", executable_path=chromium_path(), args=CHROMIUM_ARGUMENTS, headless=True,
        base_url=stack.address, viewport=WIDE,
    )  # fmt: skip
    try:
        yield context.new_page()
    finally:
        context.close()


@contextmanager
def served_copy(stack: Stack, folder: Path) -> Iterator[Path]:
    """The platform serves a copy of the built frontend, which may be changed."""
    before = stack.environment.get("FRONTEND_DIST")
    built = Path(before) if before else Path(__file__).resolve().parents[2] / "frontend" / "dist"
    shutil.copytree(built, folder)
    stack.environment["FRONTEND_DIST"] = str(folder)
    try:
        restart_web(stack)
        yield folder
    finally:
        if before is None:
            del stack.environment["FRONTEND_DIST"]
        else:
            stack.environment["FRONTEND_DIST"] = before
        restart_web(stack)


def restart_web(stack: Stack) -> None:
    stack.kill("web")
    stack.start_web()


def shells(page: Page) -> list[str]:
    names: list[str] = page.evaluate("caches.keys()")
    return [name for name in names if name.startswith("consilium-shell-")]
