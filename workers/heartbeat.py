"""A job's pulse: progress to the platform every few seconds; and the answer, whether to go on."""

from __future__ import annotations

import os
import threading
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from types import TracebackType
from typing import Final

import structlog
import torch

from workers.client import Client, Job, JobGone, NotAllowed, Refused, Unreachable
from workers.contract import HEARTBEAT_S, MAX_LOG_LINES, ContractError, CurvePoint, LogLine, Progress, to_json
from workers.sandbox.watch import usage_of

# More often than is asked, so that somebody who cancels need not wait, and one lost beat is no lost worker.
INTERVAL_S: Final = HEARTBEAT_S / 5
_log = structlog.get_logger(__name__)


@dataclass(frozen=True)
class Memory:
    """MiB in use: by this process and what runs for it, and on the GPU where there is one."""

    memory_mib: int | None = None
    gpu_memory_mib: int | None = None


class Heartbeat:
    """Beats while the `with` block runs.

    Args:
        memory: asked at each beat.
        leaving: set where the worker itself has been told to go.

    Attributes:
        cancelled: set once the platform has said not to go on; `why` has its words.
    """

    def __init__(
        self,
        client: Client,
        job: Job,
        *,
        memory: Callable[[], Memory],
        leaving: threading.Event,
        interval_s: float = INTERVAL_S,
    ) -> None:
        self._client, self._job, self._memory, self._leaving = client, job, memory, leaving
        self._interval_s = interval_s
        self._now = Progress(stage="starting")
        self._lock, self._sending = threading.Lock(), threading.Lock()
        self._ended, self._wake = threading.Event(), threading.Event()
        self._thread = threading.Thread(target=self._beat, name="heartbeat", daemon=True)
        self.cancelled, self.why = threading.Event(), ""

    def __enter__(self) -> Heartbeat:
        self._thread.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._ended.set()
        self._wake.set()
        self._thread.join()

    def should_stop(self) -> bool:
        """Whether the job is to be left as it is: cancelled, or the worker must go."""
        return self.cancelled.is_set() or self._leaving.is_set()

    def at(self, stage: str, *, done: int = 0, total: int = 0, seconds_left: float | None = None) -> None:
        """Where the job is; a new stage is told at once."""
        with self._lock:
            new = stage != self._now.stage
            self._now = replace(self._now, stage=stage, done=done, total=total, seconds_left=seconds_left)
        if new:
            self._wake.set()

    def say(self, text: str, *, level: str = "info", public: bool = False) -> None:
        """Add a line to the log. `public`: whoever sent the model may read it, whatever the cases are."""
        line = LogLine(at=datetime.now(UTC).isoformat(), text=text, level=level, public=public)
        with self._lock:
            self._now = replace(self._now, log=(*self._now.log, line)[-MAX_LOG_LINES:])

    def point(self, point: CurvePoint) -> None:
        """Add a point to the training's curve.

        Raises:
            NotFinite: here and now, where it ends the training, and not in the thread that would send it.
        """
        to_json(point)
        with self._lock:
            self._now = replace(self._now, curve=(*self._now.curve, point))

    def cancel(self, why: str) -> None:
        self.why = why
        self.cancelled.set()

    def flush(self) -> None:
        """Send what has been said, now; where the platform is away, later."""
        memory = self._memory()
        with self._sending:
            with self._lock:
                sent = replace(self._now, memory_mib=memory.memory_mib, gpu_memory_mib=memory.gpu_memory_mib)
                self._now = replace(self._now, log=(), curve=())
            try:
                answer = self._client.progress(self._job, sent)
            except Unreachable as error:
                _log.warning("platform_unreachable", why=str(error))
                with self._lock:  # what could not be told is told with the next beat
                    log = (*sent.log, *self._now.log)[-MAX_LOG_LINES:]
                    self._now = replace(self._now, log=log, curve=(*sent.curve, *self._now.curve))
                return
        if not answer.go_on:
            self.cancel(answer.reason)

    def _beat(self) -> None:
        while not self._ended.is_set():
            try:
                self.flush()
            except (NotAllowed, Refused, JobGone, ContractError) as error:
                self.cancel(str(error))
            self._wake.wait(self._interval_s)
            self._wake.clear()


def memory_of(device: str) -> Memory:
    """What this process and all that it has started take."""
    gpu = torch.cuda.memory_reserved(device) >> 20 if device.startswith("cuda") else None
    return Memory(memory_mib=usage_of(os.getpid()).memory_mib, gpu_memory_mib=gpu)
