"""The two pages that are measured: the studio, and NiiVue with its own pen."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import psutil
from playwright.sync_api import Browser, Page, Request, Route

from benchmarks.cases import BRATS_SHAPE
from benchmarks.studio_trace import MoveTimes, move_times, traced
from tests.e2e.studio import StudioPage

Point = tuple[float, float]
NIIVUE = Path(__file__).parent / "studio_page"
NIIVUE_ADDRESS = "http://niivue.test/"
# When the first pane, and when every pane has drawn its image, in ms since the navigation began.
OPENING_PROBE = """
let done;
window.opened = new Promise((resolve) => { done = resolve; });
const times = {};
const note = (name) => requestAnimationFrame(() => setTimeout(() => {
  times[name] ??= performance.now();
  if (times.all) done(times);
}));
new MutationObserver(() => {
  const all = document.querySelectorAll('[data-slice-pane]').length;
  const ready = document.querySelectorAll('[data-slice-pane][role=slider]').length;
  if (ready > 0) note('first');
  if (ready > 0 && ready === all) note('all');
}).observe(document, { subtree: true, childList: true, attributes: true, attributeFilter: ['role'] });
"""


def long_stroke(moves: int) -> list[tuple[float, float]]:
    """Places in voxels (x, y) of a BraTS grid along a path that crosses the whole head, about 5 mm a move."""
    turns = np.linspace(0, 2 * np.pi * moves / 90, moves)
    centre = (np.array(BRATS_SHAPE[:2]) - 1) / 2
    wobble = np.stack([60 * np.sin(turns), 75 * np.sin(1.31 * turns + 0.5)], axis=1)
    return [(float(x), float(y)) for x, y in centre + wobble]


def draw(page: Page, points: Sequence[Point]) -> None:
    """One drag over screen positions, an event each."""
    page.mouse.move(*points[0])
    page.mouse.down()
    for point in points[1:]:
        page.mouse.move(*point)
    page.mouse.up()


def stroke_times(browser: Browser, studio: StudioPage, *, slice_: int, moves: int) -> MoveTimes:
    """A long stroke with the tool that is chosen, in the first pane."""
    points = [studio.point((x, y, slice_)) for x, y in long_stroke(moves)]
    with traced(browser, studio.page) as trace:
        draw(studio.page, points)
    studio.wait_until_saved()
    return move_times(trace, "pointermove")


def saved_bytes(studio: StudioPage, points: Sequence[Point]) -> dict[str, int]:
    """What one stroke sends: the whole request body, and the changed voxels that it holds."""
    bodies: list[str] = []

    def note(request: Request) -> None:
        if request.method == "POST" and request.url.endswith("/edits/"):
            bodies.append(request.post_data or "")

    studio.wait_until_saved()
    before = len(studio.case.log())
    studio.page.on("request", note)
    draw(studio.page, points)
    studio.wait_until_saved()
    studio.page.remove_listener("request", note)
    (edit,) = studio.case.log()[before:]
    return {
        "request_bytes": sum(map(len, bodies)),
        "runs_bytes": sum(len(one["runs"]) for body in bodies for one in json.loads(body)["edits"]),
        "voxels": int(edit["voxels_changed"]),
    }


@dataclass(frozen=True)
class Memory:
    """In MiB. The heap is what script holds; arrays are the voxels; resident is the page's own process."""

    heap: float
    arrays: float
    resident: float


def memory_of(browser: Browser, page: Page) -> Memory:
    session = page.context.new_cdp_session(page)
    session.send("HeapProfiler.collectGarbage")
    usage: dict[str, Any] = session.send("Runtime.getHeapUsage")
    session.detach()
    mebibytes = 2**20
    return Memory(
        heap=usage["usedSize"] / mebibytes,
        arrays=usage.get("backingStorageSize", 0) / mebibytes,
        resident=_renderer_bytes(browser) / mebibytes,
    )


def _renderer_bytes(browser: Browser) -> int:
    """Of the largest renderer: the page that holds the volumes."""
    session = browser.new_browser_cdp_session()
    processes = session.send("SystemInfo.getProcessInfo")["processInfo"]
    session.detach()
    renderers = [one["id"] for one in processes if one["type"] == "renderer"]
    return max(int(psutil.Process(pid).memory_full_info().pss) for pid in renderers)


def open_niivue(page: Page, image: bytes, *, size_px: tuple[int, int], pen_voxels: int) -> str:
    """NiiVue with the volume in a pane of this size, its pen ready; returns its version."""

    def serve(route: Route) -> None:
        path = route.request.url.removeprefix(NIIVUE_ADDRESS).partition("?")[0]
        if path == "image.nii.gz":
            return route.fulfill(body=image, content_type="application/gzip")
        return route.fulfill(path=NIIVUE / (path or "index.html"))

    page.route(f"{NIIVUE_ADDRESS}**", serve)
    page.goto(f"{NIIVUE_ADDRESS}?width={size_px[0]}&height={size_px[1]}&pen_voxels={pen_voxels}")
    page.wait_for_function("window.niivue !== undefined", timeout=120_000)
    package = NIIVUE / "node_modules" / "@niivue" / "niivue" / "package.json"
    return str(json.loads(package.read_text())["version"])


def niivue_times(browser: Browser, page: Page, *, size_px: tuple[int, int], moves: int) -> MoveTimes:
    """The same stroke over the same slice, fitted into NiiVue's pane."""
    scale = min(size_px[0] / BRATS_SHAPE[0], size_px[1] / BRATS_SHAPE[1])
    points = [
        (size_px[0] / 2 + (x - BRATS_SHAPE[0] / 2) * scale, size_px[1] / 2 + (y - BRATS_SHAPE[1] / 2) * scale)
        for x, y in long_stroke(moves)
    ]
    with traced(browser, page) as trace:
        draw(page, points)
    painted = int(page.evaluate("window.niivue.drawBitmap.reduce((sum, label) => sum + (label > 0), 0)"))
    if painted < 20 * moves:
        raise ValueError(f"NiiVue's pen painted {painted} voxels of a stroke across the head")
    return move_times(trace, "mousemove")
