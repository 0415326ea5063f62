"""`make bench-room`: how long after the pointer is lifted a stroke is on the other's screen.

The platform is really started; two people sit in one adjudication room, each in a Chromium window of their
own on this machine. They dab in turns where nothing is yet; on the other's page the pixel below is read in
every frame until it changes. Both clocks are the machine's. Cursors and trails are no part of that picture.
"""

from __future__ import annotations

import argparse
import json
import signal
from collections.abc import Sequence
from typing import Any

import numpy as np
from playwright.sync_api import Browser, sync_playwright
from rich.console import Console

from benchmarks.cases import BRATS_SHAPE, ROOT, Shape
from benchmarks.machine import describe_machine, moment
from tests.e2e.browser import CHROMIUM_ARGUMENTS, chromium_path
from tests.e2e.room import ContestedCase, RoomPage, build_contested_case, seated
from tests.stack import started_stack

RESULTS = ROOT / "benchmarks" / "results" / "room.json"
SHAPES: dict[str, Shape] = {"64": (64, 64, 64), "brats": BRATS_SHAPE}
DABS, QUICK_DABS = 60, 16
WARM_UP = 4
PATIENCE_MS = 30_000

NOTE_LIFT = """() => addEventListener('pointerup', (event) => {
  window.lifted = performance.timeOrigin + event.timeStamp;
}, { capture: true })"""

WATCH = """([x, y]) => {
  const canvas = document.querySelector("[data-slice-pane='0-axial'] canvas");
  const box = canvas.getBoundingClientRect();
  const at = [((x - box.left) * canvas.width) / box.width, ((y - box.top) * canvas.height) / box.height];
  const probe = new OffscreenCanvas(1, 1).getContext('2d', { willReadFrequently: true });
  const pixel = () => {
    probe.drawImage(canvas, ...at, 1, 1, 0, 0, 1, 1);
    return probe.getImageData(0, 0, 1, 1).data.join();
  };
  const before = pixel();
  window.appeared = new Promise((resolve) => {
    const now = () => performance.timeOrigin + performance.now();
    const look = () => (pixel() === before ? requestAnimationFrame(look) : resolve(now()));
    requestAnimationFrame(look);
  });
}"""


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="make bench-room", description=__doc__)
    parser.add_argument("--quick", action="store_true", help=f"{QUICK_DABS} dabs; nothing is written")
    parser.add_argument("--only", choices=SHAPES, action="append", help="these sizes of cases")
    asked = parser.parse_args(arguments)
    # Ended from outside (a time limit), the platform is stopped all the same.
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    dabs = QUICK_DABS if asked.quick else DABS
    began = moment()
    latencies = {}
    with started_stack() as stack, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium_path(), args=CHROMIUM_ARGUMENTS)
        for name in asked.only or SHAPES:
            case = build_contested_case(stack.address, f"bench-room-{name}", shape=SHAPES[name])
            latencies[name] = summarise(measure(browser, case, dabs=dabs), shape=SHAPES[name])
            Console().print(name, latencies[name])
        version = browser.version
        browser.close()
    result = {
        "began": began,
        "ended": moment(),
        "machine": describe_machine() | {"chromium": version, "rendering": "software (SwiftShader)"},
        "lift_to_other_screen_ms": latencies,
    }
    if not asked.quick:
        RESULTS.write_text(json.dumps(result, indent=1, ensure_ascii=False) + "\n")
    return 0


def measure(browser: Browser, case: ContestedCase, *, dabs: int) -> list[float]:
    """Milliseconds of each dab but the first few, which warm up."""
    with (
        seated(browser, case, case.organizer) as (one, errors_of_one),
        seated(browser, case, case.expert) as (two, errors_of_two),
    ):
        slice_ = case.shape[2] // 2
        for page, label in ((one, "1"), (two, "2")):
            page.page.evaluate(NOTE_LIFT)
            page.go_to_slice(slice_)
            page.press(f"b [ [ [ {label}")
        pairs = ((one, two), (two, one))
        times = [_dab(*pairs[i % 2], place) for i, place in enumerate(_places(case, dabs + WARM_UP))]
        assert errors_of_one == errors_of_two == []
    return times[WARM_UP:]


def summarise(times_ms: Sequence[float], *, shape: Shape) -> dict[str, Any]:
    low, median, high, most = np.percentile(times_ms, [5, 50, 95, 100]).round(1).tolist()
    return {"shape": shape, "strokes": len(times_ms), "p5": low, "median": median, "p95": high, "max": most}


def _places(case: ContestedCase, count: int) -> list[tuple[float, float, float]]:
    """Voxels far enough from each other that no dab touches another, in one slice."""
    columns = int(np.ceil(np.sqrt(count)))
    steps = [np.linspace(0.15, 0.85, columns) * case.shape[axis] for axis in (0, 1)]
    places = [(float(x), float(y), float(case.shape[2] // 2)) for y in steps[1] for x in steps[0]]
    return [(round(x), round(y), z) for x, y, z in places[:count]]


def _dab(painter: RoomPage, watcher: RoomPage, place: tuple[float, float, float]) -> float:
    watcher.page.mouse.move(0, 0)
    watcher.page.bring_to_front()
    watcher.page.evaluate(WATCH, watcher.point(place))
    painter.drag(place)
    appeared = watcher.page.evaluate(
        "(patience) => Promise.race([window.appeared, new Promise((_, late) => setTimeout(late, patience))])",
        PATIENCE_MS,
    )
    return float(appeared - painter.page.evaluate("window.lifted"))


if __name__ == "__main__":
    raise SystemExit(main())
