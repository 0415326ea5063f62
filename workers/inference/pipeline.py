"""Cases taken through reading, computing and writing, each stage in a thread of its own.

While one case is computed the next is read and made ready, and the last one is written; no stage runs further
ahead than its queue is long, so that memory stays bounded.
"""

from __future__ import annotations

import queue
import threading
import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Any, Final, Generic, TypeVar

# Cases that wait between two stages; one more is in the hands of each stage.
WAITING: Final = 1
# How often a stage that waits looks whether it should go on.
_LOOK_S: Final = 0.05
# How long a stopped stage is waited for: what it is doing may take longer, and then ends by itself.
_FAREWELL_S: Final = 0.3
STAGES: Final = ("read", "compute", "write")

Item = TypeVar("Item")
Read = TypeVar("Read")
Done = TypeVar("Done")


@dataclass(frozen=True, slots=True)
class Lap:
    """One stage of one case, by the clock; `case` counts from 0."""

    stage: str
    case: int
    began: float
    ended: float

    @property
    def seconds(self) -> float:
        return self.ended - self.began

    def seconds_beside(self, other: Lap) -> float:
        return max(0.0, min(self.ended, other.ended) - max(self.began, other.began))


@dataclass(frozen=True, slots=True)
class Timeline:
    """What was done when."""

    laps: tuple[Lap, ...]

    @property
    def seconds(self) -> float:
        """From the first beginning to the last end; 0 of nothing."""
        if not self.laps:
            return 0.0
        return max(lap.ended for lap in self.laps) - min(lap.began for lap in self.laps)

    def seconds_of(self, stage: str) -> float:
        return sum(lap.seconds for lap in self.laps if lap.stage == stage)

    @property
    def hidden_share(self) -> float:
        """Of the seconds of reading and writing, those in which a case was computed; 0 of nothing."""
        computing = [lap for lap in self.laps if lap.stage == "compute"]
        around = [lap for lap in self.laps if lap.stage != "compute"]
        total = sum(lap.seconds for lap in around)
        hidden = sum(lap.seconds_beside(other) for lap in around for other in computing)
        return hidden / total if total else 0.0

    def sentence(self) -> str:
        cases = len({lap.case for lap in self.laps})
        stages = ", ".join(f"{stage} {self.seconds_of(stage):.1f} s" for stage in STAGES)
        return (
            f"{cases} cases in {self.seconds:.1f} s ({stages}); "
            f"{self.hidden_share:.0%} of reading and writing took place while a case was computed"
        )


def overlap(
    items: Iterable[Item],
    *,
    read: Callable[[Item], Read],
    compute: Callable[[Read], Done],
    write: Callable[[Done], object],
    go_on: Callable[[], object] = lambda: None,
) -> Timeline:
    """Take every item through the three stages, in order.

    Args:
        go_on: asked every 50 ms; raises where all should be left. Then this returns within a second, whatever
            the stages are at: they are told to stop at their next step, and not waited for.

    Raises:
        what `go_on` raises, or the first stage that fails; the other stages end with the case in hand.
    """
    return _Pipeline(read, compute, write).over(items, go_on)


class _Halted(Exception):
    """Another stage failed, or all is left."""


class _End:
    """Nothing comes after this."""


class _Channel(Generic[Item]):
    """A bounded queue that ends, and that nobody waits at once all is left."""

    def __init__(self, halted: threading.Event) -> None:
        self._queue: queue.Queue[Item | _End] = queue.Queue(WAITING)
        self._halted = halted

    def put(self, item: Item | _End) -> None:
        while not self._halted.is_set():
            try:
                return self._queue.put(item, timeout=_LOOK_S)
            except queue.Full:
                continue
        raise _Halted

    def end(self) -> None:
        self.put(_End())

    def __iter__(self) -> Iterator[Item]:
        while not self._halted.is_set():
            try:
                item = self._queue.get(timeout=_LOOK_S)
            except queue.Empty:
                continue
            if isinstance(item, _End):
                return
            yield item
            del item  # a case is large, and the next one may be long in coming
        raise _Halted


class _Pipeline:
    def __init__(self, *stages: Callable[[Any], Any]) -> None:
        self._stages = stages
        self._halted = threading.Event()
        self._laps: list[Lap] = []
        self._error: BaseException | None = None
        self._keeping = threading.Lock()

    def over(self, items: Iterable[Any], go_on: Callable[[], object]) -> Timeline:
        channels: list[_Channel[Any]] = [_Channel(self._halted) for _ in self._stages[1:]]
        rows = zip(STAGES, self._stages, [items, *channels], [*channels, None], strict=True)
        threads = [threading.Thread(target=self._work, name=row[0], args=row, daemon=True) for row in rows]
        for thread in threads:
            thread.start()
        try:
            while threads[-1].is_alive() and not self._halted.is_set():
                go_on()
                threads[-1].join(_LOOK_S)
        finally:
            if threads[-1].is_alive():
                self._halted.set()
            until = time.monotonic() + _FAREWELL_S
            for thread in threads:
                thread.join(max(0.0, until - time.monotonic()))
        if self._error is not None:
            raise self._error
        return Timeline(tuple(sorted(self._laps, key=lambda lap: lap.began)))

    def _work(
        self, name: str, stage: Callable[[Any], Any], source: Iterable[Any], sink: _Channel[Any] | None
    ) -> None:
        try:
            for case, item in enumerate(source):
                began = time.monotonic()
                found = stage(item)
                self._laps.append(Lap(name, case, began, time.monotonic()))
                if sink is not None:
                    sink.put(found)
                del item, found
            if sink is not None:
                sink.end()
        except _Halted:
            pass
        except BaseException as error:
            self._fail(error)

    def _fail(self, error: BaseException) -> None:
        with self._keeping:
            if self._error is None:
                self._error = error
        self._halted.set()
