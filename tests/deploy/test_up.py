"""`make up` itself: starts, refuses a second, ends cleanly, survives SIGKILL, restarts what crashes."""

import json
import os
import re
import signal
import socket
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest

from deploy.local import postgres
from deploy.local.paths import ROOT, State
from deploy.local.up import healthy
from tests.stack import wait_until

OURS = ("DATABASE_URL", "REDIS_URL", "BLOB_ROOT", "UPLOAD_ROOT", "DJANGO_SETTINGS_MODULE")


class Platform:
    """A `make up` in a folder of its own."""

    def __init__(self, folder: Path) -> None:
        self.state = State(folder)
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port = probe.getsockname()[1]
        self.address = f"http://127.0.0.1:{self.port}"
        self.environment = {name: value for name, value in os.environ.items() if name not in OURS} | {
            "CONSILIUM_VAR": str(folder),
            "PORT": str(self.port),
            "DEMO": "0",
            "WORKERS": "1",
            "COLUMNS": "200",
        }
        self.process: subprocess.Popen[str] | None = None

    def start(self) -> subprocess.Popen[str]:
        self.process = self.launch()
        wait_until(lambda: self.ended() or healthy(self.address), timeout_s=90, what="make up to answer")
        assert not self.ended(), self.output()
        wait_until(lambda: "Ctrl-C" in self.output(), timeout_s=30, what="the address to be shown")
        return self.process

    def launch(self) -> subprocess.Popen[str]:
        with self.console.open("w") as output:
            return subprocess.Popen(
                [sys.executable, "-m", "deploy.local.up"],
                cwd=ROOT, env=self.environment, stdout=output, stderr=subprocess.STDOUT, text=True,
            )  # fmt: skip

    @property
    def console(self) -> Path:
        return self.state.root.with_suffix(".console")

    def ended(self) -> bool:
        return self.process is not None and self.process.poll() is not None

    def output(self) -> str:
        return self.console.read_text()

    def family(self) -> list[psutil.Process]:
        assert self.process is not None
        return psutil.Process(self.process.pid).children(recursive=True)

    def program(self, name: str) -> psutil.Process:
        process_id, _ = json.loads(self.state.processes.read_text())[name]
        return psutil.Process(process_id)


@pytest.fixture
def platform() -> Iterator[Platform]:
    with tempfile.TemporaryDirectory(prefix="consilium-up-") as folder:
        platform = Platform(Path(folder) / "var")
        yield platform
        if platform.process is not None and platform.process.poll() is None:
            platform.process.send_signal(signal.SIGTERM)
            platform.process.wait(timeout=60)
        postgres.remove_data(platform.state.postgres)


def test_up_lives_through_refuses_a_second_and_ends_cleanly(platform: Platform) -> None:
    """One platform and its life, since starting costs more than all that is asked of it."""
    process = platform.start()
    family = platform.family()
    assert {"postgres", "valkey-server"} <= {one.name() for one in family}
    _model_worker_has_but_its_token(platform)
    assert f":{platform.port}" in platform.output()
    _refuses_a_second(platform, process.pid)
    _web_comes_back(platform)

    secret = platform.state.secret_key.read_text()
    family = platform.family()
    process.kill()
    process.wait()
    process = platform.start()
    wait_until(lambda: not _running(family), timeout_s=30, what="the first family to end")
    assert platform.state.secret_key.read_text() == secret

    family = platform.family()
    process.send_signal(signal.SIGINT)
    assert process.wait(timeout=60) == 0, platform.output()
    assert not _running(family)
    assert not (platform.state.root / "services.json").exists()


def _model_worker_has_but_its_token(platform: Platform) -> None:
    worker, state = platform.program("model-worker"), platform.state
    assert str(state.worker_token) in worker.cmdline()
    assert state.worker_token.stat().st_mode & 0o777 == 0o600
    assert not {"DATABASE_URL", "REDIS_URL", "SECRET_KEY"} & worker.environ().keys()


def _refuses_a_second(platform: Platform, first: int) -> None:
    second = subprocess.run(
        [sys.executable, "-m", "deploy.local.up"],
        cwd=ROOT, env=platform.environment, capture_output=True, text=True, timeout=60, check=False,
    )  # fmt: skip
    assert second.returncode == 1
    assert re.search(rf"already running \(process {first}, http://localhost:{platform.port}\)", second.stdout)


def _web_comes_back(platform: Platform) -> None:
    platform.program("web").kill()
    wait_until(
        lambda: "web │ ended with -9" in platform.output(), timeout_s=15, what=f"a word: {platform.output()}"
    )
    wait_until(lambda: healthy(platform.address), timeout_s=60, what="the web process to be back")


def _running(family: list[psutil.Process]) -> list[psutil.Process]:
    return [one for one in family if one.is_running()]


def test_up_names_the_way_out_when_its_port_is_taken(platform: Platform) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", platform.port))
        taken.listen()
        done = subprocess.run(
            [sys.executable, "-m", "deploy.local.up"],
            cwd=ROOT, env=platform.environment, capture_output=True, text=True, timeout=60, check=False,
        )  # fmt: skip
    assert done.returncode == 1
    assert f"PORT={platform.port + 1} make up" in done.stdout
