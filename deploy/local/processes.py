"""A small supervisor: starts processes, gathers what they say, restarts what crashes, stops all cleanly."""

import contextlib
import json
import signal
import subprocess
import threading
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO

import psutil
from rich.console import Console
from rich.text import Text

from deploy.local import child

COLOURS = ("cyan", "green", "yellow", "magenta", "blue", "bright_red")
MAX_LOG_BYTES = 20_000_000
# Restart at once, then ever later up to this; a process that lived for a minute counts as healthy again.
MAX_DELAY_S = 30.0
HEALTHY_S = 60.0


@dataclass(frozen=True)
class Program:
    """What to run.

    Args:
        patience_s: between the request to end and SIGKILL.
        withheld: variables of the environment that it is not given.
    """

    name: str
    command: Sequence[str | Path]
    patience_s: float = 10
    withheld: frozenset[str] = frozenset()

    def environment(self, given: Mapping[str, str]) -> dict[str, str]:
        return {name: value for name, value in given.items() if name not in self.withheld}


@dataclass
class _Slot:
    program: Program
    colour: str
    process: "subprocess.Popen[bytes] | None" = None
    pump: threading.Thread | None = None
    started: float = 0.0
    failures: int = 0
    due: float = field(default=0.0)


class Supervisor:
    """Runs programs until `stop`. Call `poll` from the main thread, a few times a second.

    Each program's output goes to `log_folder/<name>.log`; with `echo`, also to the console, after its name.
    """

    def __init__(
        self, *, environment: Mapping[str, str], folder: Path, log_folder: Path, console: Console, echo: bool
    ) -> None:
        self._environment = dict(environment)
        self._folder = folder
        self._log_folder = log_folder
        self._console = console
        self.echo = echo
        self._slots: dict[str, _Slot] = {}

    def start(self, program: Program) -> None:
        colour = COLOURS[len(self._slots) % len(COLOURS)]
        slot = self._slots[program.name] = _Slot(program=program, colour=colour)
        self._launch(slot)

    def process_ids(self) -> dict[str, int]:
        return {name: slot.process.pid for name, slot in self._slots.items() if slot.process is not None}

    def poll(self) -> None:
        """Restart what has ended."""
        now = time.monotonic()
        for slot in self._slots.values():
            if slot.process is None:
                if now >= slot.due:
                    self._launch(slot)
            elif slot.process.poll() is not None:
                self._note_end(slot, now)

    def stop(self) -> None:
        """Ask all at once to end, wait, then SIGKILL what is left."""
        running = [slot for slot in self._slots.values() if slot.process is not None]
        for slot in running:
            assert slot.process is not None
            if slot.process.poll() is None:
                slot.process.send_signal(signal.SIGTERM)
        for slot in running:
            assert slot.process is not None
            child.stop(slot.process, first=None, patience_s=slot.program.patience_s)
            if slot.pump is not None:
                slot.pump.join(timeout=2)
        self._slots.clear()

    def _launch(self, slot: _Slot) -> None:
        slot.process = child.spawn(
            slot.program.command,
            output=subprocess.PIPE,
            environment=slot.program.environment(self._environment),
            folder=self._folder,
        )
        slot.started = time.monotonic()
        assert slot.process.stdout is not None
        log = self._log_folder / f"{slot.program.name}.log"
        slot.pump = threading.Thread(
            target=self._gather, args=(slot, slot.process.stdout, log), name=slot.program.name, daemon=True
        )
        slot.pump.start()

    def _note_end(self, slot: _Slot, now: float) -> None:
        assert slot.process is not None
        child.kill_group(slot.process.pid)  # children that a killed worker left behind
        slot.failures = 0 if now - slot.started > HEALTHY_S else slot.failures + 1
        delay = 0.0 if slot.failures <= 1 else min(MAX_DELAY_S, 2.0 ** (slot.failures - 2))
        self._say(slot, f"ended with {slot.process.returncode}; starting again in {delay:.0f} s", style="red")
        slot.process = None
        slot.due = now + delay

    def _gather(self, slot: _Slot, output: IO[bytes], log: Path) -> None:
        log.parent.mkdir(parents=True, exist_ok=True)
        if log.exists() and log.stat().st_size > MAX_LOG_BYTES:
            log.replace(log.with_suffix(".log.1"))
        with output, log.open("ab", buffering=0) as kept:
            for line in iter(output.readline, b""):
                kept.write(line)
                if self.echo:
                    self._say(slot, line.decode(errors="replace").rstrip())

    def _say(self, slot: _Slot, line: str, *, style: str = "") -> None:
        text = Text(f"{slot.program.name:>10} │ ", style=slot.colour)
        text.append_text(Text.from_ansi(line, style=style))
        self._console.print(text, highlight=False)


def remember(path: Path, process_ids: Mapping[str, int]) -> None:
    """Write down what runs, and since when: a later process may get the same number."""
    known = {}
    for name, pid in process_ids.items():
        with contextlib.suppress(psutil.NoSuchProcess):
            known[name] = [pid, psutil.Process(pid).create_time()]
    path.write_text(json.dumps(known))


def end_leftovers(path: Path) -> list[str]:
    """End what an earlier run wrote down and left running, with its children; returns the names."""
    try:
        known = json.loads(path.read_text())
    except (FileNotFoundError, json.JSONDecodeError):
        return []
    ended = []
    for name, (pid, began) in known.items():
        with contextlib.suppress(psutil.NoSuchProcess):
            process = psutil.Process(pid)
            if abs(process.create_time() - began) < 1:
                _end_tree(process)
                ended.append(name)
    path.unlink()
    return ended


def _end_tree(process: psutil.Process) -> None:
    tree = [process, *process.children(recursive=True)]
    process.terminate()
    _, alive = psutil.wait_procs(tree, timeout=5)
    for one in alive:
        with contextlib.suppress(psutil.NoSuchProcess):
            one.kill()
