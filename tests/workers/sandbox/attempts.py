"""How the tests start hostile models behind the walls, and what each leaves behind."""

import contextlib
import os
import time
from collections.abc import Iterable, Iterator
from pathlib import Path

import numpy as np
import pytest

from workers.contract import Limits, ModelConfig, ModelKind
from workers.sandbox.process import Labels, Sandbox, SandboxedModel
from workers.sandbox.reasons import ModelError
from workers.sandbox.watch import descendants

HOSTILE = Path(__file__).parent / "hostile"
SHAPE = (1, 20, 18, 9)
IMAGES = np.random.default_rng(4).normal(size=SHAPE).astype(np.float32)
LIMITS = Limits(seconds_per_case=30, seconds_to_load=60, memory_mib=400, output_mib=16, processes=24)


def start(attempt: str, weights: Path, *, limits: Limits = LIMITS, **told: object) -> SandboxedModel:
    """`told`: what the hostile function reads of its order."""
    config = ModelConfig(
        architecture="", sequences=("T1",), labels=(0, 1), scheme="any", normalisation_settings=told
    )
    sandbox = Sandbox(threads=1, entry=f"hostile.{attempt}", code=(HOSTILE,))
    return sandbox.start(ModelKind.ONNX, config, weights, limits)


def attempt(name: str, weights: Path, *, limits: Limits = LIMITS, **told: object) -> ModelError:
    """Run the hostile model on one case, and hand out how that ended."""
    with pytest.raises(ModelError) as caught, start(name, weights, limits=limits, **told) as model:
        predicted(model)
    return caught.value


def in_turn(names: Iterable[str], weights: Path, **told: object) -> dict[str, ModelError]:
    """One process, a case for each of these; it outlives them all."""
    found = {}
    with start("in_turn:functions", weights, in_turn=list(names), **told) as model:
        for name in names:
            with pytest.raises(ModelError) as caught:
                predicted(model)
            found[name] = caught.value
            assert model.alive, name
    return found


def predicted(model: SandboxedModel) -> Labels:
    return model.predict(IMAGES, [True], np.eye(4))


@contextlib.contextmanager
def nothing_left(neighbour: SandboxedModel) -> Iterator[None]:
    """Afterwards no process is left of what was tried, and another's model predicts as before."""
    before = set(descendants(os.getpid()))
    yield
    deadline = time.monotonic() + 5
    while left := set(descendants(os.getpid())) - before:
        assert time.monotonic() < deadline, [command_of(pid) for pid in left]
        time.sleep(0.02)
    np.testing.assert_array_equal(predicted(neighbour), IMAGES[0] > 0)


def command_of(pid: int) -> str:
    """Its command line; empty once it is gone."""
    try:
        return Path(f"/proc/{pid}/cmdline").read_text()
    except OSError:
        return ""
