"""`make up`: services, database, web, workers, demo. Ctrl-C ends it all; the next start goes on there."""

import contextlib
import fcntl
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from types import FrameType
from urllib.error import HTTPError, URLError
from urllib.request import urlopen

from rich.console import Console
from rich.panel import Panel

from deploy.local import child, processes, programs, services
from deploy.local.paths import ROOT, State
from deploy.local.postgres import PostgresError
from deploy.local.processes import Supervisor
from deploy.local.valkey import ValkeyError

HOST = os.environ.get("HOST", "127.0.0.1")
PORT = int(os.environ.get("PORT", "8000"))
CPU_PROCESSES = int(os.environ.get("WORKERS", str(max(2, min(8, os.cpu_count() or 2)))))
WITH_DEMO = os.environ.get("DEMO", "1") not in ("0", "no", "false")
ECHO = os.environ.get("VERBOSE", "0") not in ("0", "no", "false")
HEALTH_S = 180

console = Console(soft_wrap=True)


class CannotStart(Exception):
    """Something outside must change first; the message says what."""


class Ended(Exception):
    """Asked to end, by Ctrl-C, SIGTERM or a closed terminal."""


def main() -> int:
    state = State.default()
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, _end)
    try:
        state.create()
        with _alone(state):
            _run(state)
    except Ended:
        _ignore_further_signals()
        console.print("Everything has ended; your data stay in", str(state.root))
    except (CannotStart, PostgresError, ValkeyError, PermissionError, LookupError) as error:
        console.print(f"[bold red]Cannot start:[/] {error}")
        return 1
    return 0


def _run(state: State) -> None:
    began = time.monotonic()
    left = processes.end_leftovers(state.processes)
    if left:
        _say(f"ended what an earlier run had left: {', '.join(left)}")
    _require_free_port()
    with services.persistent(state) as started:
        _say(f"PostgreSQL ({_whose(started.database)}) and Valkey ({_whose(started.broker)}) are running")
        environment = programs.environment(started, state)
        _migrate(environment, state)
        supervisor = Supervisor(
            environment=environment, folder=ROOT, log_folder=state.log, console=console, echo=ECHO
        )
        try:
            for program in programs.everything(state, host=HOST, port=PORT, cpu_processes=CPU_PROCESSES):
                supervisor.start(program)
            if not programs.has_torch():
                _say("torch is not installed, so no model runs here: `make model-worker`, then start again")
            processes.remember(state.processes, supervisor.process_ids())
            _wait_for_health(supervisor, state)
            _say(f"web, workers and scheduler are running after {time.monotonic() - began:.1f} s")
            _show_address(state)
            if WITH_DEMO:
                _seed_demo(environment, supervisor, state)
            _watch(supervisor, state)
        finally:
            _ignore_further_signals()
            _say("ending: web and workers finish what they do")
            supervisor.stop()
            state.processes.unlink(missing_ok=True)


@contextlib.contextmanager
def _alone(state: State) -> Iterator[None]:
    """Hold the lock of this checkout; the system frees it whatever way we end."""
    with state.lock.open("a+") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            lock.seek(0)
            raise CannotStart(
                f"this checkout is already running ({lock.read().strip() or 'just starting'}). Open that, or "
                f"end it with `make stop`; for a second platform set CONSILIUM_VAR to another folder and PORT"
            ) from None
        lock.seek(0)
        lock.truncate()
        lock.write(f"process {os.getpid()}, {_address()}\n")
        lock.flush()
        yield


def _require_free_port() -> None:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((HOST, PORT))
        except OSError as error:
            raise CannotStart(
                f"port {PORT} of {HOST} is not free ({error.strerror}): `PORT={PORT + 1} make up`"
            ) from None


def _migrate(environment: dict[str, str], state: State) -> None:
    log = state.log / "migrate.log"
    with log.open("wb") as output:
        done = subprocess.run(
            [str(part) for part in programs.manage("migrate", "--no-input")],
            env=environment, cwd=ROOT, stdout=output, stderr=subprocess.STDOUT, check=False,
        )  # fmt: skip
    if done.returncode != 0:
        tail = "\n".join(log.read_text(errors="replace").splitlines()[-20:])
        raise CannotStart(f"the database could not be migrated; the end of {log}:\n{tail}")
    _say("the database is up to date")


def _wait_for_health(supervisor: Supervisor, state: State) -> None:
    deadline = time.monotonic() + HEALTH_S
    while not healthy(_address()):
        supervisor.poll()
        if time.monotonic() > deadline:
            log = state.log / "web.log"
            tail = "\n".join(log.read_text(errors="replace").splitlines()[-20:])
            raise CannotStart(
                f"the web process did not answer within {HEALTH_S} s; the end of {log}:\n{tail}"
            )
        time.sleep(0.2)


def healthy(address: str) -> bool:
    try:
        urlopen(f"{address}/healthz", timeout=5).close()  # noqa: S310  our own address
    except HTTPError as error:
        return error.code < 500
    except (URLError, OSError):
        return False
    return True


def _seed_demo(environment: dict[str, str], supervisor: Supervisor, state: State) -> None:
    """Through the running platform, as users would; returns quickly when the demo is there already."""
    seeding = child.spawn(programs.manage("seed_demo"), output=None, environment=environment, folder=ROOT)
    try:
        while seeding.poll() is None:
            supervisor.poll()
            time.sleep(0.3)
    except Ended:
        seeding.terminate()
        seeding.wait(timeout=10)
        raise
    if seeding.returncode != 0:
        console.print(
            f"[yellow]The demo is not complete (manage.py seed_demo ended with {seeding.returncode}); the "
            f"platform runs on. The logs are in {state.log}; the next `make up` tries again.[/]"
        )


def _watch(supervisor: Supervisor, state: State) -> None:
    known = supervisor.process_ids()
    while True:
        supervisor.poll()
        if supervisor.process_ids() != known:
            known = supervisor.process_ids()
            processes.remember(state.processes, known)
        time.sleep(0.5)


def _show_address(state: State) -> None:
    console.print(
        Panel(
            f"[bold]{_address()}[/]\n\n"
            f"logs   {_short(state.log)}\ndata   {_short(state.root)}\nend    Ctrl-C",
            title="Consilium",
            expand=False,
            padding=(1, 4),
        )
    )


def _address() -> str:
    return f"http://{'localhost' if HOST in ('127.0.0.1', '0.0.0.0') else HOST}:{PORT}"  # noqa: S104


def _short(path: Path) -> str:
    return str(path.relative_to(Path.cwd())) if path.is_relative_to(Path.cwd()) else str(path)


def _whose(handle: object) -> str:
    return "embedded" if handle is not None else "yours, from the environment"


def _say(sentence: str) -> None:
    console.print(f"[dim]{time.strftime('%H:%M:%S')}[/] {sentence}", highlight=False)


def _end(number: int, frame: FrameType | None) -> None:
    raise Ended


def _ignore_further_signals() -> None:
    """A second Ctrl-C must not leave half of it running."""
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, signal.SIG_IGN)


if __name__ == "__main__":
    sys.exit(main())
