"""Behind the walls: a network of our zoo with somebody else's config and weights."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
import torch

from backend.numerics.geometry import Grid
from workers.contract import ModelConfig
from workers.inference.package import read_weights
from workers.inference.predictor import Predictor
from workers.inference.preprocess import CaseImages
from workers.sandbox.serving import Model
from workers.sandbox.walls import WEIGHTS
from workers.sandbox.wire import Order

# Of the memory allowed one pass may take this share; the rest is for images, probabilities and libraries.
_SHARE_OF_A_PASS = 0.5


def load(order: Order) -> Model:
    """Raises: ContractError, BadWeights."""
    torch.set_num_threads(order.threads)
    predictor = Predictor(
        order.config,
        read_weights(WEIGHTS.read_bytes()),
        device=order.device,
        budget_bytes=budget_bytes(order),
    )
    return model_of(predictor, order.config)


def budget_bytes(order: Order) -> int | None:
    """For the engine: on a GPU what is free there, else a share of what the run may take."""
    return (
        None if order.device.startswith("cuda") else int((order.limits.memory_mib << 20) * _SHARE_OF_A_PASS)
    )


def model_of(predictor: Predictor, config: ModelConfig) -> Model:
    """As the launcher calls models."""

    def predict(
        images: npt.NDArray[np.float32], present: Sequence[bool], affine: npt.NDArray[np.float64]
    ) -> npt.NDArray[Any]:
        there = {
            name: image for name, image, here in zip(config.sequences, images, present, strict=True) if here
        }
        return predictor.predict(CaseImages(there, Grid(images.shape[1:], affine))).labelmap

    return predict
