"""What a training is given, what it tells meanwhile, and what comes of it."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import torch
from torch import Tensor

from workers.contract import CurvePoint, ModelConfig
from workers.training.cases import LabelledCase
from workers.training.validation import Regions


@dataclass(frozen=True)
class Task:
    """
    Args:
        config: of the package to be made. A stage `{"kind": "crf"}` without settings is tuned, a
            `post_network` trained; `nyul` learns its landmarks.
        regions: labels by region, for validation.
        budget_s: processor seconds of this process by thread on a CPU, of the clock on a GPU. Preparing the
            cases before, and the stages and the last validation after it, are not counted.
        recipe: values in place of the system's own (`workers.training.recipes`).
        checkpoint: go on from there.
        begin_with: weights of the network in place of random ones, by their names in it: a trained first
            network of a cascade, say.
    """

    config: ModelConfig
    training: Sequence[LabelledCase]
    validation: Sequence[LabelledCase]
    regions: Regions
    budget_s: float
    seed: int = 0
    recipe: Mapping[str, Any] = field(default_factory=dict)
    checkpoint: bytes | None = None
    begin_with: Mapping[str, Tensor] = field(default_factory=dict)
    device: str = "cpu"


@dataclass(frozen=True)
class Hooks:
    """What a training tells meanwhile.

    Args:
        point: a new point of the curve.
        checkpoint: bytes from which `Task.checkpoint` goes on.
        at: in words where it is, and which share of all is done.
        go_on_or_stop: raises what shall end the training.
    """

    point: Callable[[CurvePoint], None] = lambda point: None
    checkpoint: Callable[[bytes], None] = lambda content: None
    at: Callable[[str, float], None] = lambda stage, done: None
    go_on_or_stop: Callable[[], None] = lambda: None


@dataclass(frozen=True)
class Trained:
    """`summary`: JSON; what a model's card says of it."""

    config: ModelConfig
    weights: Mapping[str, Tensor]
    summary: Mapping[str, Any]


class Clock:
    """Seconds that a training has had: of the processor, by thread, whatever else the machine does.

    Attributes:
        had_s: before an interruption.
    """

    def __init__(self, device: torch.device) -> None:
        on_cpu = device.type == "cpu"
        self._now = time.process_time if on_cpu else time.perf_counter
        self._threads = torch.get_num_threads() if on_cpu else 1
        self._began, self.had_s = self._now(), 0.0

    def seconds(self) -> float:
        return self.had_s + (self._now() - self._began) / self._threads
