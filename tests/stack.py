"""The really started platform for tests: PostgreSQL, Valkey and folders of its own, web, workers, scheduler;
a model worker for those who ask for it, since torch takes its time and memory.

Nothing in it is replaced; only leases and sweeps are quick: a killed worker is noticed within seconds.
"""

import contextlib
import os
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from urllib.error import HTTPError, URLError
from urllib.request import urlopen

import psutil
import psycopg

from deploy.local import child, postgres, programs, valkey
from deploy.local.paths import ROOT, State
from deploy.local.processes import Program
from deploy.local.services import Services

QUICK = {"JOB_LEASE_S": "6", "JOB_HEARTBEAT_S": "2", "JOB_SWEEP_S": "2", "RATE_LIMITS": "0"}
START_S = 180  # a busy machine starts eight processes slowly
MODEL_WORKER = "node"  # what people see


class Stack:
    """A platform that runs at `address`, with handles to hurt it."""

    def __init__(self, state: State, database: postgres.Postgres, broker: valkey.Valkey) -> None:
        self.state = state
        self.port = _free_port()
        self.address = f"http://127.0.0.1:{self.port}"
        self._database = database
        self._broker = broker
        self._running: dict[str, subprocess.Popen[bytes]] = {}
        services = Services(database_url=database.url(), redis_url=broker.url())
        # The pytest process has folders and settings of its own in its environment: not ours.
        inherited = {"BLOB_ROOT", "UPLOAD_ROOT", "DJANGO_SETTINGS_MODULE"}
        self.environment = {
            name: value
            for name, value in programs.environment(services, state).items()
            if name not in inherited
        } | {
            "DJANGO_SETTINGS_MODULE": "backend.settings.embedded",
            "BLOB_ROOT": str(state.blobs),
            "UPLOAD_ROOT": str(state.uploads),
            "EMAIL_BACKEND": "django.core.mail.backends.dummy.EmailBackend",
            # Kernels compiled once serve every test run.
            "NUMBA_CACHE_DIR": str(ROOT / "var" / "cache" / "numba"),
            **QUICK,
        }  # fmt: skip

    # --- the parts

    def start(self) -> None:
        self.manage("migrate", "--no-input")
        self.start_web()
        self.start_worker()
        self._start(programs.beat(self.state))

    def start_web(self) -> None:
        self._start(programs.web(host="127.0.0.1", port=self.port))
        wait_until(
            self._answers, timeout_s=START_S, what=f"the web process to answer: {self.log('web')[-3000:]}"
        )

    def start_worker(self, name: str = "worker", *, queues: str = "cpu,io", processes: int = 2) -> None:
        self._start(programs.worker(name, queues=queues, processes=processes, state=self.state))
        wait_until(
            lambda: " ready." in self.log(name),
            timeout_s=START_S,
            what=f"the {name} to be ready: {self.log(name)}",
        )

    def start_model_worker(self) -> None:
        began = datetime.now(UTC)
        program = programs.model_worker(address=self.address, state=self.state, name=MODEL_WORKER)
        self._start(program)
        wait_until(
            lambda: bool(self.rows("SELECT name FROM algorithms_worker WHERE last_seen >= %s", began)),
            timeout_s=START_S,
            what=f"the model worker to ask for work: {self.log(program.name)}",
        )

    def kill(self, name: str) -> None:
        """SIGKILL the program with all its children at once, as a machine that loses power does."""
        process = self._running.pop(name)
        child.kill_group(process.pid)
        process.wait()
        self._log_file(name).unlink()

    def kill_worker(self, name: str = "worker") -> None:
        self.kill(name)

    def kill_pool_process(self, name: str = "worker") -> int:
        """SIGKILL one child of the worker, as the kernel does when memory runs out; returns its id."""
        victim = psutil.Process(self._running[name].pid).children()[0]
        victim.kill()
        return int(victim.pid)

    def stop_program(self, name: str) -> None:
        child.stop(self._running.pop(name), first=signal.SIGTERM, patience_s=15)

    def stop_broker(self) -> None:
        self._broker.stop()

    def start_broker(self) -> None:
        """On the same address, with what it had saved."""
        self._broker = valkey.start(self.state.valkey, log=self.state.log / "valkey.log")

    def restart_broker(self) -> None:
        self.stop_broker()
        self.start_broker()

    def stop(self) -> None:
        for process in self._running.values():
            process.send_signal(signal.SIGTERM)
        for process in self._running.values():
            child.stop(process, first=None, patience_s=10)
        self._running.clear()
        self._broker.stop()

    # --- looking in

    def manage(self, *arguments: str, timeout_s: float = 300) -> str:
        """Run a management command against this platform; fails the test when the command fails."""
        done = subprocess.run(
            [str(part) for part in programs.manage(*arguments)],
            env=self.environment, cwd=ROOT, capture_output=True, text=True, timeout=timeout_s, check=False,
        )  # fmt: skip
        assert done.returncode == 0, f"manage.py {' '.join(arguments)}:\n{done.stdout}\n{done.stderr}"
        return done.stdout

    def rows(self, query: str, *parameters: Any) -> list[tuple[Any, ...]]:
        """Read the database directly."""
        with psycopg.connect(self._database.url()) as connection:
            return connection.execute(query, parameters).fetchall()

    def log(self, name: str) -> str:
        path = self._log_file(name)
        return path.read_text(errors="replace") if path.exists() else ""

    def process_id(self, name: str) -> int:
        return self._running[name].pid

    def _log_file(self, name: str) -> Path:
        return self.state.log / f"{name}.log"

    def _start(self, program: Program) -> None:
        with self._log_file(program.name).open("ab") as output:
            self._running[program.name] = child.spawn(
                program.command,
                output=output,
                environment=program.environment(self.environment),
                folder=ROOT,
            )

    def _answers(self) -> bool:
        if self._running["web"].poll() is not None:
            raise AssertionError(f"the web process ended:\n{self.log('web')[-5000:]}")
        try:
            urlopen(f"{self.address}/healthz", timeout=5).close()
        except HTTPError as error:
            return error.code < 500
        except (URLError, OSError):
            return False
        return True


def wait_until(condition: Callable[[], bool], *, timeout_s: float, what: str, every_s: float = 0.2) -> None:
    """
    Raises:
        AssertionError: `what` did not come about in time.
    """
    deadline = time.monotonic() + timeout_s
    while not condition():
        assert time.monotonic() < deadline, f"waited {timeout_s:g} s for {what}"
        time.sleep(every_s)


@contextlib.contextmanager
def started_stack() -> Iterator[Stack]:
    """A fresh platform, and nothing left of it afterwards; CONSILIUM_KEEP_STACK=1 keeps its files."""
    folder = Path(tempfile.mkdtemp(prefix="consilium-stack-"))
    folder.chmod(0o711)  # PostgreSQL's account passes through, when we are root
    state = State(folder)
    state.create()
    with contextlib.ExitStack() as stack:
        if not os.environ.get("CONSILIUM_KEEP_STACK"):
            stack.callback(shutil.rmtree, folder, ignore_errors=True)
        stack.callback(postgres.remove_data, state.postgres)
        database = postgres.start(state.postgres, log=state.log / "postgres.log", durable=False)
        stack.callback(database.stop)
        broker = valkey.start(state.valkey, log=state.log / "valkey.log")
        stack.callback(broker.stop)
        platform = Stack(state, database, broker)
        stack.callback(platform.stop)
        platform.start()
        yield platform


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
