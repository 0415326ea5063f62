"""Hostile code behind the walls takes what it can get: each attempt ends with its reason, and in time."""

import subprocess
import sys
import time
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import pytest

from tests.workers.sandbox.attempts import (
    HOSTILE,
    LIMITS,
    attempt,
    command_of,
    nothing_left,
    predicted,
    start,
)
from workers.contract import Limits, ModelConfig, ModelKind, Reason
from workers.sandbox.process import Sandbox, SandboxedModel
from workers.sandbox.reasons import ModelError
from workers.sandbox.walls import missing
from workers.sandbox.watch import descendants

pytestmark = [
    pytest.mark.skipif(bool(missing()), reason=missing()),
    pytest.mark.usefixtures("nothing_stays"),
]

ROOT = Path(__file__).parents[3]
HASTY = replace(LIMITS, seconds_per_case=1)
NEVER_DONE = (
    "taking:forks_stubbornly",
    "taking:sleeps",
    "taking:spins",
    "taking:prints_without_end",
    "answering:closes_its_pipe",
)


@pytest.mark.parametrize(
    ("name", "reason"),
    [
        ("taking:forks", Reason.PROCESS_LIMIT),
        ("taking:starts_threads", Reason.PROCESS_LIMIT),
        ("taking:eats_memory", Reason.MEMORY_LIMIT),
        ("taking:eats_memory_while_loading", Reason.MEMORY_LIMIT),
        ("taking:eats_shared_memory", Reason.MEMORY_LIMIT),
        ("taking:eats_disk", Reason.DISK_LIMIT),
        ("taking:writes_a_large_file", Reason.DISK_LIMIT),
    ],
)
def test_limits_hold(name: str, reason: Reason, weights: Path) -> None:
    error = attempt(name, weights)
    assert (error.reason, str(error)) == (reason, str(error))


@pytest.fixture(scope="module")
def late(neighbour: SandboxedModel, weights: Path) -> Mapping[str, tuple[ModelError, str, float]]:
    """How those ended that never would, each in a process of its own, all at once: error, log, seconds."""

    def one(name: str) -> tuple[ModelError, str, float]:
        with start(name, weights, limits=HASTY) as model:
            began = time.monotonic()
            with pytest.raises(ModelError) as caught:
                predicted(model)
            return caught.value, model.log, time.monotonic() - began

    with nothing_left(neighbour), ThreadPoolExecutor(len(NEVER_DONE)) as threads:
        return dict(zip(NEVER_DONE, threads.map(one, NEVER_DONE), strict=True))


@pytest.mark.parametrize("name", NEVER_DONE)
def test_time_is_limited(name: str, late: Mapping[str, tuple[ModelError, str, float]]) -> None:
    error, _, seconds = late[name]
    assert (error.reason, str(error)) == (
        Reason.TIME_LIMIT,
        "predicting one case took longer than the 1 s allowed",
    )
    assert seconds < 10


def test_what_is_printed_is_kept_short_and_printable(
    late: Mapping[str, tuple[ModelError, str, float]],
) -> None:
    _, log, _ = late["taking:prints_without_end"]
    assert "look at me" in log
    assert "\x1b" not in log
    assert len(log) < 20_000


def test_loading_is_limited_too(weights: Path) -> None:
    with pytest.raises(ModelError) as caught:
        start("taking:sleeps_while_loading", weights, limits=Limits(seconds_to_load=1))
    assert caught.value.reason is Reason.TIME_LIMIT
    assert "1 s" in str(caught.value)


# ------------------------------------------------------------------------------------------------- the worker


def test_stopping_takes_less_than_a_second(weights: Path) -> None:
    started: list[float] = []

    def should_stop() -> bool:
        return bool(started) and time.monotonic() > started[0] + 0.2

    config = ModelConfig(architecture="", sequences=("T1",), labels=(0, 1), scheme="any")
    sandbox = Sandbox(threads=1, entry="hostile.taking:spins", code=(HOSTILE,))
    with sandbox.start(ModelKind.ONNX, config, weights, LIMITS, should_stop=should_stop) as model:
        started.append(time.monotonic())
        with pytest.raises(ModelError) as caught:
            predicted(model)
    assert caught.value.reason is Reason.CANCELLED
    assert time.monotonic() - started[0] < 1.2


def test_a_model_dies_with_its_worker(weights: Path) -> None:
    """The worker is killed with SIGKILL in the middle: nothing of the model goes on."""
    script = (
        "import sys, time; from pathlib import Path; sys.path.insert(0, sys.argv[2])\n"
        "from workers.contract import *; from workers.sandbox.process import Sandbox\n"
        "config = ModelConfig(architecture='', sequences=('T1',), labels=(0, 1), scheme='any')\n"
        "sandbox = Sandbox(threads=1, entry='hostile.loading:obedient', code=(Path(sys.argv[3]),))\n"
        "model = sandbox.start(ModelKind.ONNX, config, Path(sys.argv[1]), Limits())\n"
        "print('ready', flush=True); time.sleep(60)\n"
    )
    worker = subprocess.Popen(
        [sys.executable, "-c", script, str(weights), str(ROOT), str(HOSTILE)],
        stdout=subprocess.PIPE,
        cwd=ROOT,
    )
    assert worker.stdout is not None
    assert worker.stdout.readline() == b"ready\n"
    _, *inside = descendants(worker.pid)
    assert len(inside) == 3
    worker.kill()
    worker.wait()
    worker.stdout.close()
    deadline = time.monotonic() + 5
    while any("bwrap" in command_of(pid) or "sandbox" in command_of(pid) for pid in inside):
        assert time.monotonic() < deadline
        time.sleep(0.02)


def test_where_nothing_can_be_isolated_nothing_runs(
    weights: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    missing.cache_clear()
    try:
        with pytest.raises(ModelError) as caught:
            start("loading:obedient", weights)
    finally:
        missing.cache_clear()
    assert caught.value.reason is Reason.NO_SANDBOX
    assert "bubblewrap" in str(caught.value)
