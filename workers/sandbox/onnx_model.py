"""Behind the walls: an ONNX file fed and read like a network of ours.

The config's preprocessing, missing sequences, flips and stages hold for it as well. Its `settings`:

    dimensions  3 (default): input (1, S, X, Y, Z); 2: (slices, S, X, Y)
    stride      1 (default): extents are made multiples of it
    window      [X, Y, Z] or null (default): inputs of just this size, overlapping by half, or the whole crop

Output: scores (B, classes, …), or labels (B, …) of an integer type, for the same voxels.
"""

from __future__ import annotations

import itertools
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

import numpy as np
import onnxruntime  # type: ignore[import-untyped]
import torch
from torch import Tensor
from torch.nn import functional

from workers.contract import ContractError, ModelConfig, Reason
from workers.inference import missing, stages
from workers.inference.engine import Engine, Pass
from workers.inference.plan import Plan
from workers.inference.predictor import Predictor
from workers.sandbox.network_model import model_of
from workers.sandbox.onnx_checks import checked_model
from workers.sandbox.reasons import ModelError, reason_of, sentence_of
from workers.sandbox.serving import Model
from workers.sandbox.walls import WEIGHTS
from workers.sandbox.wire import Order
from workers.zoo.network import Network

_DEFAULTS: Final[Mapping[str, Any]] = {"dimensions": 3, "stride": 1, "window": None}
_STRATEGIES: Final = (missing.Missing.REFUSE, missing.Missing.ZERO, missing.Missing.MEAN)
_QUIET: Final = 3  # errors only


def load(order: Order) -> Model:
    """Raises: ContractError, ModelError."""
    torch.set_num_threads(order.threads)
    return model_of(predictor_of(WEIGHTS, order.config, threads=order.threads), order.config)


def predictor_of(file: Path, config: ModelConfig, *, threads: int) -> Predictor:
    """Raises: ContractError, ModelError."""
    shape = OnnxShape(config)
    engine = OnnxEngine(_session(checked_model(file), threads=threads), shape, config)
    return Predictor(config, {}, engine=engine)


class OnnxShape(Network):
    """What the engine must know of an ONNX file in order to feed it; it computes nothing itself.

    Raises:
        ContractError: the config asks for what such a file cannot have. (Its settings it has checked itself.)
    """

    window: tuple[int, int, int] | None

    def __init__(self, config: ModelConfig) -> None:
        super().__init__()
        settings = {**_DEFAULTS, **config.settings}
        if missing.strategy(config) not in _STRATEGIES:
            raise ContractError(f"missing: of an ONNX model one of {', '.join(_STRATEGIES)}")
        if stages.extra_shapes(config):
            raise ContractError("stages: a post_network has weights, for which an ONNX file has no place")
        self.dimensions, self.stride = settings["dimensions"], settings["stride"]
        self.channels, self.classes = len(config.sequences), len(config.labels)
        self.window = settings["window"] and tuple(settings["window"])


class OnnxEngine(Engine):
    """The engine over a session of onnxruntime, on the processor."""

    def __init__(self, session: onnxruntime.InferenceSession, shape: OnnxShape, config: ModelConfig) -> None:
        super().__init__(shape, device=torch.device("cpu"), flips=config.flips)
        self.dtype = torch.float32
        self._session, self._shape, self._labels = session, shape, config.labels
        self._input = session.get_inputs()[0].name

    def run(self, volume: Tensor, *, shape: tuple[int, int, int], present: Tensor | None = None) -> Pass:
        began = time.perf_counter()
        window = self._shape.window
        if window is None:
            plan = Plan(shape, shape, ((0, 0, 0),), 0)
            return Pass(self._over_windows(volume, plan, present), plan, time.perf_counter() - began)
        padding = [max(0, wanted - size) for wanted, size in zip(window, shape, strict=True)]
        x, y, z = (size + more for size, more in zip(shape, padding, strict=True))
        padded = functional.pad(volume, [side for more in reversed(padding) for side in (0, more)])
        plan = Plan((x, y, z), window, tuple(_origins((x, y, z), window)), 0)
        probabilities = self._over_windows(padded, plan, present)
        cut = probabilities[:, : shape[0], : shape[1], : shape[2]]
        return Pass(cut, plan, time.perf_counter() - began)

    def _pass(self, part: Tensor, present: Tensor | None) -> Tensor:
        flat = self._shape.dimensions == 2
        batch = part.permute(3, 0, 1, 2) if flat else part[None]
        try:
            output = self._session.run(None, {self._input: batch.contiguous().numpy()})[0]
        except Exception as error:  # onnxruntime's own kinds have no common public root
            raise ModelError(reason_of(error), f"onnxruntime: {sentence_of(error)}") from None
        probabilities = self._probabilities(np.asarray(output), (len(batch), *batch.shape[2:]))
        return probabilities.permute(1, 2, 3, 0) if flat else probabilities[0]

    def _probabilities(self, output: np.ndarray[Any, Any], space: tuple[int, ...]) -> Tensor:
        """(B, classes, …), from scores or from labels.

        Raises:
            ModelError: WRONG_SHAPE, WRONG_LABELS, NOT_FINITE, WRONG_OUTPUT.
        """
        batch, *extent = space
        classes = len(self._labels)
        if output.dtype.kind in "iu" and output.shape == space:
            known = np.stack([output == label for label in self._labels], axis=1)
            if not known.any(axis=1).all():
                raise ModelError(
                    Reason.WRONG_LABELS, f"it gave labels beside {', '.join(map(str, self._labels))}"
                )
            return torch.from_numpy(known.astype(np.float32))
        if output.dtype.kind != "f":
            raise ModelError(Reason.WRONG_OUTPUT, f"its output is {output.dtype}: neither scores nor labels")
        if output.shape != (batch, classes, *extent):
            raise ModelError(
                Reason.WRONG_SHAPE, f"its output is {output.shape}; {(batch, classes, *extent)} is needed"
            )
        if not np.isfinite(output).all():
            raise ModelError(Reason.NOT_FINITE, "its output holds NaN or infinity")
        return torch.softmax(torch.from_numpy(output.astype(np.float32, copy=False)), dim=1)


def _session(content: bytes, *, threads: int) -> onnxruntime.InferenceSession:
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads, options.inter_op_num_threads = threads, 1
    options.log_severity_level = _QUIET
    try:
        session = onnxruntime.InferenceSession(content, options, providers=["CPUExecutionProvider"])
    except Exception as error:
        reason = reason_of(error)
        known = Reason.BAD_WEIGHTS if reason is Reason.MODEL_FAILED else reason
        raise ModelError(known, f"onnxruntime cannot load it: {sentence_of(error)}") from None
    inputs = session.get_inputs()
    if len(inputs) != 1 or inputs[0].type != "tensor(float)":
        found = ", ".join(f"{one.name} {one.type}" for one in inputs)
        raise ModelError(Reason.BAD_WEIGHTS, f"it takes {found or 'nothing'}; one input of float32 is fed")
    return session


def _origins(shape: tuple[int, int, int], window: tuple[int, int, int]) -> list[tuple[int, int, int]]:
    along = []
    for size, extent in zip(shape, window, strict=True):
        last = size - extent
        along.append(sorted({*range(0, last, max(1, extent // 2)), last}))
    return [(x, y, z) for x, y, z in itertools.product(*along)]
