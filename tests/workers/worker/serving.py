"""What the worker's tests share: cases, jobs on offer, a worker that serves, and what it ought to answer."""

import contextlib
import os
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import torch

from backend.numerics.geometry import Grid
from backend.numerics.volumes import write_labelmap_nifti
from tests.workers.worker.platform_server import TOKEN, Job, Platform
from workers.client import Client, NotAllowed
from workers.contract import Limits, ModelConfig, Queue, to_json
from workers.devices import local_devices
from workers.inference.package import write_weights
from workers.inference.predictor import Predictor
from workers.inference.preprocess import CaseImages
from workers.sandbox.walls import missing
from workers.worker import Worker

GRID = Grid((20, 18, 12), np.array([[-1.0, 0, 0, 9], [0, 1.2, 0, -4], [0, 0, 2.0, 7], [0, 0, 0, 1]]))
CONFIG = ModelConfig(
    architecture="unet3d",
    sequences=("T1", "FLAIR"),
    labels=(0, 1, 2),
    scheme="any",
    settings={"widths": [8, 16], "blocks": [1, 1]},
    missing="zero",
)
PATIENCE_S = 120.0
ROOT = Path(__file__).parents[3]

Weights = dict[str, torch.Tensor]


def image(seed: int) -> np.ndarray:
    values = np.zeros(GRID.shape, np.int16)
    values[3:-2, 2:-3, 1:-1] = np.random.default_rng(seed).integers(1, 200, (15, 13, 10))
    return values


def case(platform: Platform, number: int, *, sequences: tuple[str, ...] = ("T1", "FLAIR")) -> dict[str, Any]:
    links = {
        name: platform.put(write_labelmap_nifti(image(10 * number + place), grid=GRID))
        for place, name in enumerate(sequences)
    }
    return {"number": number, "images": links, "labelmap": None}


def offer(
    platform: Platform,
    weights: Weights,
    cases: list[dict[str, Any]],
    *,
    trusted: bool = True,
    mapping: dict[str, int] | None = None,
    config: ModelConfig = CONFIG,
    content: bytes | None = None,
    kind: str = "network",
    limits: Limits | None = None,
) -> Job:
    link = platform.put(write_weights(weights) if content is None else content)

    def request(attempt: int, done: set[int]) -> dict[str, Any]:
        return {
            "job": "job-1",
            "attempt": attempt,
            "model": {"kind": kind, "config": to_json(config), "weights": link},
            "cases": [one for one in cases if one["number"] not in done],
            "label_mapping": mapping or {},
            "trusted": trusted,
            "limits": to_json(limits or Limits()),
            "kind": "run",
        }

    platform.job = Job(request)
    return platform.job


class Serving:
    """A worker serving in a thread of this process."""

    def __init__(self, platform: Platform, *, token: str = TOKEN) -> None:
        self.leaving = threading.Event()
        self.client = Client(address=platform.address, token=token)
        self.client.give_up = self.leaving.is_set
        self.worker = Worker(
            self.client,
            name="tester",
            devices=local_devices(),
            queues=(Queue.GPU, Queue.CPU),
            sandbox=not missing(),
            threads=1,
            leaving=self.leaving,
            away_pause_s=0.2,
        )
        self.error: BaseException | None = None
        self.thread = threading.Thread(target=self._serve, daemon=True)

    def _serve(self) -> None:
        try:
            self.worker.serve()
        except NotAllowed as error:
            self.error = error

    def __enter__(self) -> "Serving":
        self.thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.leaving.set()
        self.thread.join(20)
        self.client.close()
        assert not self.thread.is_alive()


def wait_for(condition: Any, *, seconds: float = PATIENCE_S) -> None:
    until = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < until, "it did not come to pass"
        time.sleep(0.02)


def expected(weights: Weights, number: int, *, sequences: tuple[str, ...] = ("T1", "FLAIR")) -> Any:
    images = {name: image(10 * number + place) for place, name in enumerate(sequences)}
    return Predictor(CONFIG, weights).predict(CaseImages(images, GRID)).labelmap


def program(platform: Platform, folder: Path) -> subprocess.Popen[bytes]:
    token = folder / "token"
    token.write_text(f"{TOKEN}\n")
    folder.joinpath("scratch").mkdir(exist_ok=True)
    return subprocess.Popen(
        [
            *(sys.executable, "-m", "workers", "serve", "--address", platform.address),
            *("--token-file", str(token), "--name", "program", "--cpu-threads", "1"),
        ],
        cwd=ROOT,
        env=os.environ | {"PYTHONPATH": str(ROOT), "TMPDIR": str(folder / "scratch")},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )


@contextlib.contextmanager
def running(platform: Platform, folder: Path) -> Iterator[subprocess.Popen[bytes]]:
    """`python -m workers serve`, which is killed with SIGKILL at the end of the block."""
    process = program(platform, folder)
    try:
        yield process
    finally:
        process.kill()
        process.wait()
