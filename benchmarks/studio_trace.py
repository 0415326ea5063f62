"""What a page did for each move of the pointer, from Chromium's own trace of its main thread."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from playwright.sync_api import Browser, Page

CATEGORIES = ["devtools.timeline"]
# Outermost of these is script: listeners with their microtasks, frame callbacks, timers, React's own tasks.
SCRIPT = {
    "EventDispatch", "FireAnimationFrame", "RunMicrotasks", "TimerFire", "FunctionCall", "FireIdleCallback",
}  # fmt: skip
# Outermost of these is all that a move costs the main thread: layout, painting, hand-over to the compositor.
WORK = SCRIPT | {
    "UpdateLayoutTree", "Layout", "PrePaint", "Paint", "Layerize", "Commit", "HitTest", "MinorGC", "MajorGC",
    "V8.GC_MARK_COMPACTOR",
}  # fmt: skip


@dataclass
class Trace:
    """Filled when the tracing ends."""

    events: list[dict[str, Any]] = field(default_factory=list)


@dataclass(frozen=True)
class MoveTimes:
    """Milliseconds of each move: from its dispatch until the next one.

    Args:
        script: in script alone, by the clock.
        script_cpu: the same by the processor's time: what others on the machine do does not count.
        main_thread: script, layout, painting and commit, by the clock.
    """

    script: Sequence[float]
    script_cpu: Sequence[float]
    main_thread: Sequence[float]


@contextmanager
def traced(browser: Browser, page: Page) -> Iterator[Trace]:
    trace = Trace()
    browser.start_tracing(page=page, categories=CATEGORIES)
    try:
        yield trace
    finally:
        trace.events += json.loads(browser.stop_tracing())["traceEvents"]


def move_times(trace: Trace, kind: str) -> MoveTimes:
    """
    Args:
        kind: the DOM event by which the page paints: "pointermove" or "mousemove".

    Raises:
        ValueError: the trace has no such event; the page did not see the pointer.
    """
    events = [event for event in trace.events if event.get("ph") == "X"]
    moves = [event for event in events if _dispatches(event, kind)]
    if not moves:
        raise ValueError(f"the trace has no {kind}: is another element above the one that is drawn on?")
    thread = (moves[0]["pid"], moves[0]["tid"])
    own = sorted((event for event in events if (event["pid"], event["tid"]) == thread), key=lambda e: e["ts"])
    starts = np.array(sorted(event["ts"] for event in moves))
    return MoveTimes(
        script=_sums(own, starts, SCRIPT, "dur"),
        script_cpu=_sums(own, starts, SCRIPT, "tdur"),
        main_thread=_sums(own, starts, WORK, "dur"),
    )


def summarise(times_ms: Sequence[float]) -> dict[str, float]:
    """Percentiles of at least one time, in ms."""
    p50, p95, p99 = np.percentile(times_ms, [50, 95, 99])
    return {"p50": float(p50), "p95": float(p95), "p99": float(p99), "max": float(np.max(times_ms))}


def _dispatches(event: dict[str, Any], kind: str) -> bool:
    return bool(event["name"] == "EventDispatch" and event["args"].get("data", {}).get("type") == kind)


def _sums(events: Sequence[dict[str, Any]], starts: np.ndarray, names: set[str], clock: str) -> list[float]:
    """Time of the outermost events of these names after each start, up to the next; the last is left out."""
    sums = np.zeros(len(starts))
    covered_until = -np.inf
    for event in events:
        if event["name"] not in names or event["ts"] < covered_until:
            continue
        covered_until = event["ts"] + event.get("dur", 0)
        move = int(np.searchsorted(starts, event["ts"], side="right")) - 1
        if move >= 0:
            sums[move] += event.get(clock, 0) / 1000
    return [float(value) for value in sums[:-1]]
