"""Whatever goes wrong while somebody paints: no stroke is lost, none doubled, no page reloaded."""

import contextlib
import gzip
import re
import time
import uuid
from base64 import b64encode

import nibabel as nib
import numpy as np
import pytest
from playwright.sync_api import Browser, Error, Page, expect

from backend.numerics.edits import edit_between, encode_edit
from tests.e2e.browser import window
from tests.e2e.person import PASSWORD
from tests.e2e.studio import PATIENCE_MS, StudioCase, StudioPage, build_studio_case
from tests.e2e.test_studio import BRUSH_2_5_MM, disc
from tests.stack import Stack

SLICE = 32
# Apart from each other: a dab has a radius of 2.5 mm.
PLACES = [(x, y, SLICE) for y in range(8, 60, 8) for x in range(8, 60, 8)]


class Strokes:
    """Dabs of the first label, each at a place of its own, and what the server must have of them."""

    def __init__(self, studio: StudioPage) -> None:
        self.studio = studio
        self.case = studio.case
        self.wanted = np.zeros(self.case.shape, np.uint8)
        self.count = 0
        self.label = self.case.assignment["dataset"]["scheme"]["labels"][0]["value"]
        studio.go_to_slice(SLICE)
        studio.press(BRUSH_2_5_MM)

    def paint(self, count: int = 1) -> None:
        for _ in range(count):
            place = PLACES[self.count]
            self.studio.drag(place)
            self.wanted[disc(self.case, place)] = self.label
            self.count += 1

    def expect_saved(self, *, others: int = 0) -> None:
        """All of them, once, and nothing else but as many steps of others."""
        self.studio.wait_until_saved()
        assert self.studio.was_never_reloaded
        np.testing.assert_array_equal(self.case.labelmap(), self.wanted)
        assert len(self.case.log()) == self.count + others
        assert len({step["edit_id"] for step in self.case.log()}) == self.count + others
        # Nothing was left on the device that comes again.
        StudioPage(self.studio.page, self.case).wait_until_saved()
        assert len(self.case.log()) == self.count + others


def state_line(page: Page) -> str:
    return page.locator("[data-pending]").inner_text()


def test_nothing_is_lost_while_the_network_is_gone(stack: Stack, browser: Browser) -> None:
    case = build_studio_case(stack.address, "studio-offline")
    with window(browser, stack.address, case.rater) as (page, _):
        studio = StudioPage(page, case)
        studio.go_to_slice(32)
        studio.press(BRUSH_2_5_MM)
        page.context.set_offline(True)
        wanted = np.zeros(case.shape, np.uint8)
        label = case.assignment["dataset"]["scheme"]["labels"][0]["value"]
        for voxel in [(10, 10, 32), (20, 30, 32), (40, 44, 32)]:
            studio.drag(voxel)
            wanted[disc(case, voxel)] = label
        expect(page.get_by_text("Offline, 3 edits kept on this device").first).to_be_visible()
        assert case.log() == []
        page.context.set_offline(False)
        studio.wait_until_saved()
        assert studio.was_never_reloaded
        np.testing.assert_array_equal(case.labelmap(), wanted)
        assert len(case.log()) == 3


def test_a_killed_tab_keeps_what_was_finished(stack: Stack, browser: Browser) -> None:
    case = build_studio_case(stack.address, "studio-killed")
    with window(browser, stack.address, case.rater) as (page, _):
        studio = StudioPage(page, case)
        studio.go_to_slice(32)
        studio.press(BRUSH_2_5_MM)
        page.context.set_offline(True)  # so that only the device can have it
        studio.drag((10, 10, 32))
        expect(page.get_by_text("Offline, 1 edit kept on this device").first).to_be_visible()
        studio.begin_drag((40, 40, 32), (50, 40, 32))
        with contextlib.suppress(Error):  # killed, it answers no more; closed, it could still send
            page.goto("chrome://crash")
        page.close()
        page.context.set_offline(False)
        assert case.log() == []
        again = StudioPage(page.context.new_page(), case)
        again.wait_until_saved()
        wanted = disc(case, (10, 10, 32)) * case.assignment["dataset"]["scheme"]["labels"][0]["value"]
        np.testing.assert_array_equal(case.labelmap(), wanted)


def test_two_tabs_lose_nothing_and_double_nothing(stack: Stack, browser: Browser) -> None:
    case = build_studio_case(stack.address, "studio-tabs")
    with window(browser, stack.address, case.rater) as (page, _):
        tabs = [StudioPage(page, case), StudioPage(page.context.new_page(), case)]
        wanted = np.zeros(case.shape, np.uint8)
        labels = [label["value"] for label in case.assignment["dataset"]["scheme"]["labels"]]
        for key, tab in enumerate(tabs):
            tab.page.bring_to_front()
            tab.go_to_slice(32)
            tab.press(f"{BRUSH_2_5_MM} {key + 1}")
        for number, voxel in enumerate([(10, 10, 32), (11, 10, 32), (30, 30, 32), (31, 30, 32)]):
            tab = tabs[number % 2]
            tab.page.bring_to_front()
            tab.drag(voxel)
            tab.wait_until_saved()
            wanted[disc(case, voxel)] = labels[number % 2]
        np.testing.assert_array_equal(case.labelmap(), wanted)
        assert len(case.log()) == 4
        assert all(tab.was_never_reloaded for tab in tabs)
        assert tabs[0].picture() == tabs[1].picture()


def test_an_ended_session_is_renewed_in_place(stack: Stack, browser: Browser) -> None:
    case = build_studio_case(stack.address, "studio-session")
    with window(browser, stack.address, case.rater) as (page, _):
        studio = StudioPage(page, case)
        studio.go_to_slice(32)
        studio.press(BRUSH_2_5_MM)
        page.context.clear_cookies()
        studio.drag((10, 10, 32))
        dialog = page.get_by_role("dialog", name="Sign in to go on")
        expect(dialog).to_be_visible(timeout=PATIENCE_MS)
        dialog.get_by_label("Password", exact=True).fill(PASSWORD)
        dialog.get_by_role("button", name="Sign in").click()
        studio.wait_until_saved()
        assert studio.was_never_reloaded
        assert len(case.log()) == 1


def test_a_server_that_is_killed_while_somebody_paints_costs_nothing(stack: Stack, browser: Browser) -> None:
    case = build_studio_case(stack.address, "fault-killed")
    with window(browser, stack.address, case.rater) as (page, _):
        strokes = Strokes(StudioPage(page, case))
        strokes.paint(2)
        strokes.studio.wait_until_saved()
        for _ in range(2):
            strokes.paint(2)
            stack.kill("web")
            try:
                strokes.paint(3)
                expect(
                    page.get_by_text(re.compile("Offline, [345] edits kept on this device")).first
                ).to_be_visible()
            finally:
                stack.start_web()
            strokes.paint(2)
            strokes.studio.wait_until_saved()
        strokes.expect_saved()


def test_a_server_killed_with_the_answer_on_its_way_doubles_nothing(stack: Stack, browser: Browser) -> None:
    case = build_studio_case(stack.address, "fault-answer")
    with window(browser, stack.address, case.rater) as (page, _):
        strokes = Strokes(StudioPage(page, case))
        lost = []
        losing = [True]

        def lose(route) -> None:
            """The server gets the edits; the page hears of nothing, nor what the log has."""
            if not losing:
                route.continue_()
                return
            if route.request.method == "POST":
                lost.append(route.fetch().status)
            route.abort("connectionreset")

        page.route(re.compile("/edits/"), lose)
        strokes.paint(3)
        expect(page.get_by_text("Offline, 3 edits kept on this device").first).to_be_visible()
        losing.clear()
        strokes.paint(2)
        strokes.expect_saved()
        assert lost[0] == 201


def test_a_full_minute_without_a_network_costs_nothing(stack: Stack, browser: Browser) -> None:
    case = build_studio_case(stack.address, "fault-minute")
    with window(browser, stack.address, case.rater) as (page, _):
        strokes = Strokes(StudioPage(page, case))
        strokes.paint(1)
        page.context.set_offline(True)
        gone = time.monotonic()
        while time.monotonic() - gone < 60:
            strokes.paint(1)
            page.wait_for_timeout(4_000)
        waiting = strokes.count - len(case.log())
        assert waiting >= 10
        assert f"Offline, {waiting} edits kept on this device" in state_line(page)
        page.context.set_offline(False)
        strokes.paint(1)
        strokes.expect_saved()


def test_over_another_clients_restore_ones_own_strokes_stay(stack: Stack, browser: Browser) -> None:
    case = build_studio_case(stack.address, "fault-restore")
    with window(browser, stack.address, case.rater) as (page, _):
        strokes = Strokes(StudioPage(page, case))
        strokes.paint(2)
        strokes.studio.wait_until_saved()
        page.context.set_offline(True)
        strokes.paint(2)
        send(case, "restore", {"revision": 0, "edit_id": str(uuid.uuid4())}, head=2)
        # Before the restore; what was painted after it lies above it.
        for place in PLACES[:2]:
            strokes.wanted[disc(case, place)] = 0
        page.context.set_offline(False)
        strokes.paint(1)
        strokes.expect_saved(others=1)


def test_a_page_whose_picture_has_come_apart_loads_it_and_keeps_its_strokes(
    stack: Stack, browser: Browser
) -> None:
    """The head's number is right and its voxels are not: only `edit_diverged` tells."""
    case = build_studio_case(stack.address, "fault-diverged")
    labels = [label["value"] for label in case.assignment["dataset"]["scheme"]["labels"]]
    before = np.zeros(case.shape, np.uint8, order="F")
    theirs = before.copy(order="F")
    theirs[8:30, 8:30, SLICE] = labels[1]
    with window(browser, stack.address, case.rater) as (page, _):
        # The page misses an edit that it believes to have.
        page.route("**/labelmap/?revision=1", lambda route: route.fulfill(
            body=case.rater.download(f"/annotations/{case.annotation}/labelmap/?revision=0"),
            content_type="application/gzip",
        ), times=1)  # fmt: skip
        paint(case, before, theirs, head=0)
        strokes = Strokes(StudioPage(page, case))
        codes: list[object] = []
        page.on("response", lambda answer: answer.status == 409 and codes.append(answer.json()["code"]))
        strokes.wanted[...] = theirs
        strokes.paint(2)
        strokes.expect_saved(others=1)
        assert codes == ["edit_diverged"]


@pytest.mark.parametrize("fault", ["full", "failing", "absent"])
def test_without_a_device_that_keeps_edits_the_server_has_them_at_once(
    stack: Stack, browser: Browser, fault: str
) -> None:
    case = build_studio_case(stack.address, f"fault-device-{fault}")
    with window(browser, stack.address, case.rater) as (page, _):
        if fault == "full":
            protocol = page.context.new_cdp_session(page)
            protocol.send("Storage.overrideQuotaForOrigin", {"origin": stack.address, "quotaSize": 1})
        elif fault == "absent":  # as in some browsers' private windows
            page.add_init_script("Object.defineProperty(window, 'indexedDB', {value: undefined})")
        strokes = Strokes(StudioPage(page, case))
        if fault == "failing":  # the disk beneath an open database
            page.evaluate("() => { IDBObjectStore.prototype.put = () => { throw new DOMException('disk') } }")
        strokes.paint(1)
        expect(
            page.get_by_text("This browser keeps nothing: every edit is sent at once").first
        ).to_be_visible()
        assert len(case.log()) == 1  # without the pause in which strokes are gathered

        page.context.set_offline(True)
        strokes.paint(2)
        expect(page.get_by_text("Offline, 2 edits not saved: leave this page open").first).to_be_visible()
        page.context.set_offline(False)
        expect(page.locator("[data-pending='0']")).to_be_visible(timeout=PATIENCE_MS)
        np.testing.assert_array_equal(case.labelmap(), strokes.wanted)
        assert len(case.log()) == 3
        assert strokes.studio.was_never_reloaded


def test_a_refused_edit_is_kept_as_a_file_and_costs_no_other(stack: Stack, browser: Browser) -> None:
    """The organizer takes a label out of the scheme while somebody paints with it."""
    case = build_studio_case(stack.address, "fault-refused")
    with window(browser, stack.address, case.rater) as (page, _):
        strokes = Strokes(StudioPage(page, case))
        strokes.paint(1)
        strokes.studio.wait_until_saved()
        page.context.set_offline(True)
        strokes.paint(1)
        lost_place = (50, 56, SLICE)
        strokes.studio.press("2")
        strokes.studio.drag(lost_place)
        strokes.studio.press("1")
        strokes.paint(1)
        dropped = case.assignment["dataset"]["scheme"]["labels"][1]["value"]
        set_scheme(stack, case, without=dropped)
        try:
            page.context.set_offline(False)
            expect(page.get_by_text("Not saved: 3 edits kept on this device").first).to_be_visible()
            strokes.paint(1)
            page.get_by_role("button", name="What now?").click()
            dialog = page.get_by_role("dialog", name="The server does not take 1 edit")
            expect(dialog.get_by_text(f"paints label {dropped}")).to_be_visible()
            expect(dialog.get_by_role("button", name="Drop 1 edit")).to_be_disabled()
            with page.expect_download() as saved:
                dialog.get_by_role("button", name="Download").click()
            painted = strokes.wanted.copy()
            painted[disc(case, lost_place)] = dropped
            kept = nib.Nifti1Image.from_bytes(gzip.decompress(saved.value.path().read_bytes()))
            np.testing.assert_array_equal(np.asarray(kept.dataobj), painted)
            np.testing.assert_array_equal(kept.affine, case.affine)
            dialog.get_by_role("button", name="Drop 1 edit").click()
            strokes.studio.wait_until_saved()
            strokes.paint(1)
            strokes.expect_saved()
        finally:
            set_scheme(stack, case)


def test_any_revision_is_looked_at_replayed_and_restored(stack: Stack, browser: Browser) -> None:
    case = build_studio_case(stack.address, "studio-review")
    with window(browser, stack.address, case.rater) as (page, errors):
        strokes = Strokes(StudioPage(page, case))
        pictures = [strokes.studio.picture()]
        for _ in range(4):
            strokes.paint(1)
            page.mouse.move(5, 5)
            pictures.append(strokes.studio.picture())
        page.get_by_role("button", name="Revisions and replay").click()
        panel = page.get_by_role("region", name="Revisions")
        expect(panel.get_by_text("Revision 4 of 4")).to_be_visible()
        assert panel.get_by_role("listitem").count() == 5
        strokes.studio.drag(PLACES[20])  # nothing is painted here
        panel.get_by_role("button", name="Empty beginning", exact=True).first.click()
        expect(panel.get_by_text("Revision 0 of 4")).to_be_visible()
        panel.get_by_role("button", name="One step on").click()
        panel.get_by_role("button", name="One step on").click()
        expect(panel.get_by_text("Revision 2 of 4")).to_be_visible()
        panel.get_by_role("button", name="Play", exact=True).click()
        expect(panel.get_by_text("Revision 4 of 4")).to_be_visible()
        expect(panel.get_by_role("button", name="Play", exact=True)).to_be_visible()
        panel.get_by_role("button", name="Back to painting").click()
        strokes.expect_saved()

        strokes.studio = StudioPage(page, case)
        strokes.studio.go_to_slice(SLICE)
        strokes.studio.press(BRUSH_2_5_MM)
        page.context.set_offline(True)
        strokes.paint(1)  # not saved when the list is asked for
        page.context.set_offline(False)
        page.get_by_role("button", name="Revisions and replay").click()
        expect(panel.get_by_text("Revision 5 of 5")).to_be_visible()
        panel.get_by_role("button", name=re.compile("^2 Brush")).click()
        panel.get_by_role("button", name="Restore revision 2").click()
        expect(panel).to_be_hidden()
        strokes.studio.wait_until_saved()
        assert strokes.studio.was_never_reloaded
        for place in PLACES[2:5]:
            strokes.wanted[disc(case, place)] = 0
        np.testing.assert_array_equal(case.labelmap(), strokes.wanted)
        page.get_by_role("button", name="Revisions and replay").click()
        panel.get_by_role("button", name=re.compile("^0 Empty beginning")).click()
        panel.get_by_role("button", name="Restore revision 0").click()
        expect(panel).to_be_hidden()
        strokes.studio.wait_until_saved()
        strokes.wanted[...] = 0
        strokes.paint(1)  # painted on after the restore
        strokes.expect_saved(others=2)
        # What was asked for without a network fails, and the console says so.
        assert [error for error in errors if "ERR_INTERNET_DISCONNECTED" not in error] == []


def send(case: StudioCase, action: str, body: object, *, head: int) -> None:
    """Another program of the same person."""
    case.rater.send(
        "POST", f"/annotations/{case.annotation}/{action}/", body, headers={"If-Match": f'"{head}"'}
    )


def paint(case: StudioCase, before: np.ndarray, after: np.ndarray, *, head: int) -> None:
    runs = b64encode(encode_edit(edit_between(before, after))).decode()
    edit = {"edit_id": str(uuid.uuid4()), "tool": "brush", "label": None, "runs": runs}
    send(case, "edits", {"edits": [edit]}, head=head)


def set_scheme(stack: Stack, case: StudioCase, *, without: int | None = None) -> None:
    """All of the scheme's labels, or all but one; in the database, for no page changes a scheme in use."""
    scheme = case.assignment["dataset"]["scheme"]
    labels = [label for label in scheme["labels"] if label["value"] != without]
    stack.manage(
        "shell",
        "-c",
        "from backend.datasets.models import LabelScheme;"
        f"LabelScheme.objects.filter(slug={scheme['slug']!r}).update(labels={labels!r},"
        f"regions={[] if without else scheme['regions']!r})",
    )
