"""A model ready to predict cases: in this process where it is our own, else in a process behind walls."""

from __future__ import annotations

import contextlib
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Protocol

import numpy as np
import numpy.typing as npt
import torch

from workers.contract import Limits, ModelConfig, ModelKind, Reason, RunRequest
from workers.inference.devices import peak_memory_mib
from workers.inference.package import read_weights
from workers.inference.predictor import Fed, Predictor
from workers.inference.preprocess import CaseImages
from workers.job import Tools
from workers.sandbox.process import Sandbox, SandboxedModel
from workers.sandbox.reasons import ModelError
from workers.sandbox.stacking import Stacked, stacked

Labels = npt.NDArray[np.uint8]


class CaseModel(Protocol):
    """What a run asks of a model."""

    @property
    def peak_mib(self) -> int:
        """The most memory that it was seen to take."""

    @property
    def log(self) -> str:
        """The end of what it printed."""

    def feed(self, case: CaseImages) -> Any:
        """The case made ready for `predict`, which may be at work on another in another thread."""

    def predict(self, fed: Any) -> Labels:
        """(X, Y, Z) labels on the case's grid."""


@contextlib.contextmanager
def open_model(request: RunRequest, weights: Path, tools: Tools) -> Iterator[CaseModel]:
    """Load the request's model, where its origin says.

    Raises:
        ModelError, ContractError, BadWeights: it cannot be loaded, or not isolated.
    """
    package, limits = request.model, request.limits
    if request.trusted and package.kind is ModelKind.NETWORK:
        yield OwnModel(package.config, weights, limits, tools)
        return
    walled = WalledModel(package.kind, package.config, weights, limits, tools)
    try:
        yield walled
    finally:
        walled.close()


class OwnModel:
    """A model of ours in this process. It is left between two layers where it has to stop."""

    log = ""

    def __init__(self, config: ModelConfig, weights: Path, limits: Limits, tools: Tools) -> None:
        torch.set_num_threads(tools.threads)
        self._tools, self._limits = tools, limits
        self._until = time.monotonic() + limits.seconds_to_load
        self._predictor = Predictor(config, read_weights(weights.read_bytes()), device=tools.device)

    @property
    def peak_mib(self) -> int:
        return peak_memory_mib()

    def feed(self, case: CaseImages) -> Fed:
        return self._predictor.feed(case)

    def predict(self, fed: Fed) -> Labels:
        self._until = time.monotonic() + self._limits.seconds_per_case
        with torch.nn.modules.module.register_module_forward_pre_hook(self._look_up):
            return self._predictor.compute(fed).labelmap

    def _look_up(self, module: torch.nn.Module, inputs: tuple[object, ...]) -> None:
        self._tools.go_on_or_stop()
        if time.monotonic() > self._until:
            raise ModelError(
                Reason.TIME_LIMIT,
                f"predicting one case took longer than the {self._limits.seconds_per_case} s allowed",
            )


class WalledModel:
    """Somebody's model behind walls; started anew where the last case ended its process."""

    def __init__(
        self, kind: ModelKind, config: ModelConfig, weights: Path, limits: Limits, tools: Tools
    ) -> None:
        # onnxruntime computes on the processor here, whatever else there is.
        device = tools.device if kind is ModelKind.NETWORK else "cpu"
        self._kind, self._config, self._weights, self._limits = kind, config, weights, limits
        self._sandbox = Sandbox(device=device, threads=tools.threads)
        self._should_stop = tools.heartbeat.should_stop
        self._model = self._start()
        self._peak_mib = 0

    @property
    def peak_mib(self) -> int:
        return max(self._peak_mib, self._model.peak_mib)

    @property
    def log(self) -> str:
        return self._model.log

    def feed(self, case: CaseImages) -> Stacked:
        return stacked(case, self._config.sequences)

    def predict(self, fed: Stacked) -> Labels:
        if not self._model.alive:
            self._peak_mib = self.peak_mib
            self._model.close()
            self._model = self._start()
        return self._model.predict(fed.images, fed.present, fed.affine)

    def close(self) -> None:
        self._model.close()

    def _start(self) -> SandboxedModel:
        return self._sandbox.start(
            self._kind, self._config, self._weights, self._limits, should_stop=self._should_stop
        )
