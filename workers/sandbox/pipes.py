"""A question and its answer through a process's pipes, without ever waiting for it alone.

While bytes go to and fro, `tick` is called some fifty times a second: it raises where time, memory or
patience ends.
"""

from __future__ import annotations

import contextlib
import fcntl
import os
import select
import subprocess
import time
from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from workers.contract import Reason
from workers.sandbox.reasons import ModelError
from workers.sandbox.wire import HEADER_BYTES, BadHeader, Header

_TICK_S = 0.02
_PIPE_BYTES = 1 << 20
_PRINTED_BYTES = 16 << 10
_READ = select.POLLIN | select.POLLHUP | select.POLLERR


class Gone(Exception):
    """The other side has closed its pipes."""


@dataclass(frozen=True)
class Answer:
    header: Header
    payload: bytearray


class Pipes:
    """The three pipes of one process.

    Attributes:
        printed: the end of what it wrote to its standard error.
    """

    def __init__(self, process: subprocess.Popen[bytes], *, tick: Callable[[], None]) -> None:
        assert process.stdin is not None
        assert process.stdout is not None
        assert process.stderr is not None
        self._in, self._out, self._error = (
            stream.fileno() for stream in (process.stdin, process.stdout, process.stderr)
        )
        self._tick, self._next_tick = tick, 0.0
        self._printed: deque[bytes] = deque()
        self._printed_bytes = 0
        self._poll = select.poll()
        for descriptor in (self._in, self._out, self._error):
            os.set_blocking(descriptor, False)
            with contextlib.suppress(OSError):  # a user's share of pipe memory may be spent
                fcntl.fcntl(descriptor, fcntl.F_SETPIPE_SZ, _PIPE_BYTES)
        self._poll.register(self._error, _READ)

    @property
    def printed(self) -> str:
        return b"".join(self._printed)[-_PRINTED_BYTES:].decode(errors="replace")

    def exchange(self, question: Sequence[bytes | memoryview], *, largest: int) -> Answer:
        """Send the parts, then read one answer of at most `largest` bytes after its header.

        Raises:
            Gone: the other side closed instead.
            ModelError: WRONG_OUTPUT: it spoke before it was asked, without a header of ours, or too much.
        """
        self._require_silence()
        self._send([memoryview(part).cast("B") for part in question])
        header = self._read_header()
        if header.length > largest:
            raise ModelError(
                Reason.WRONG_OUTPUT,
                f"the model wants to answer with {header.length} bytes; {largest} are allowed",
            )
        payload = self._read(header.length)
        self._require_silence()
        return Answer(header, payload)

    def _require_silence(self) -> None:
        try:
            more = os.read(self._out, 1)
        except BlockingIOError:
            return
        if not more:
            raise Gone
        raise ModelError(Reason.WRONG_OUTPUT, "the model's process wrote more than its answer")

    def _send(self, parts: list[memoryview]) -> None:
        self._poll.register(self._in, select.POLLOUT)
        try:
            for part in parts:
                done = 0
                while done < len(part):
                    self._wait(self._in)
                    with contextlib.suppress(BlockingIOError):
                        done += os.write(self._in, part[done : done + _PIPE_BYTES])
        except BrokenPipeError:
            raise Gone from None
        finally:
            self._poll.unregister(self._in)

    def _read_header(self) -> Header:
        data = bytes(self._read(HEADER_BYTES))
        try:
            return Header.unpack(data)
        except BadHeader as error:
            kind = "a pickle, which is never read here" if data[:1] == b"\x80" else str(error)
            raise ModelError(
                Reason.WRONG_OUTPUT, f"the model's process answered with no labels: {kind}"
            ) from None

    def _read(self, count: int) -> bytearray:
        data = bytearray(count)
        view, done = memoryview(data), 0
        self._poll.register(self._out, _READ)
        try:
            while done < count:
                self._wait(self._out)
                try:
                    got = os.readv(self._out, [view[done:]])
                except BlockingIOError:
                    continue
                if not got:
                    raise Gone
                done += got
        finally:
            self._poll.unregister(self._out)
        return data

    def _wait(self, descriptor: int) -> None:
        """Until `descriptor` is ready; ticks and drains standard error meanwhile."""
        while True:
            if time.monotonic() >= self._next_tick:
                self._tick()
                self._next_tick = time.monotonic() + _TICK_S
            ready = dict(self._poll.poll(_TICK_S * 1000))
            if self._error in ready:
                self._drain()
            if descriptor in ready:
                return

    def _drain(self) -> None:
        try:
            text = os.read(self._error, 1 << 16)
        except BlockingIOError:
            return
        if not text:
            self._poll.unregister(self._error)
            return
        self._printed.append(text)
        self._printed_bytes += len(text)
        while self._printed_bytes - len(self._printed[0]) > _PRINTED_BYTES:
            self._printed_bytes -= len(self._printed.popleft())
