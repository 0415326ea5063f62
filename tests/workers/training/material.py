"""Small labelled cases whose lesions can be seen: noise, brighter in a ball and brightest within."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import torch

from backend.numerics.geometry import Grid
from workers.contract import ModelConfig
from workers.inference.preprocess import CaseImages
from workers.training.cases import LabelledCase
from workers.training.task import Task

SEQUENCES = ("flair", "t1")
LABELS = (0, 2, 4)
REGIONS: Mapping[str, tuple[int, ...]] = {"complete": (2, 4), "core": (4,)}
TINY_UNET = ModelConfig(
    "unet3d", SEQUENCES, LABELS, "any", settings={"widths": [4, 8], "blocks": [1, 1], "residual": False}
)
SHAPE = (20, 22, 14)

torch.set_num_threads(1)


def make_case(
    seed: int, *, shape: tuple[int, int, int] = SHAPE, sequences: Sequence[str] = SEQUENCES
) -> LabelledCase:
    """On an LPS grid, so that what is turned shows."""
    chance = np.random.default_rng(seed)
    axes = np.meshgrid(*(np.arange(size) for size in shape), indexing="ij")
    middle = [size / 2 + chance.uniform(-2, 2) for size in shape]
    distance = np.sqrt(sum((axis - at) ** 2 for axis, at in zip(axes, middle, strict=True)))
    labels = np.select([distance < 2.2, distance < 4.4], [4, 2], 0).astype(np.uint8)
    brain = np.zeros(shape, bool)
    brain[tuple(slice(2, size - 2) for size in shape)] = True
    brightness = {"flair": {0: 300, 2: 480, 4: 430}, "t1": {0: 500, 2: 470, 4: 760}}
    images = {}
    for name in sequences:
        mean = np.vectorize(brightness[name].get)(labels)
        images[name] = np.where(brain, chance.normal(mean, 40), 0).clip(0).astype(np.int16)
    labels[~brain] = 0
    return LabelledCase(
        f"case {seed}", CaseImages(images, Grid(shape, np.diag([-1.0, -1.0, 1.0, 1.0]))), labels
    )


def make_task(config: ModelConfig = TINY_UNET, *, steps: int = 12, cases: int = 3, **changes: Any) -> Task:
    recipe = {"steps": steps, "batch": 2, "extent": [], "validate_share": 0.25, **changes.pop("recipe", {})}
    values: dict[str, Any] = {
        "config": config,
        "training": [make_case(seed) for seed in range(cases)],
        "validation": [make_case(seed) for seed in (100, 101)],
        "regions": REGIONS,
        "budget_s": 60.0,
        "seed": 3,
        "recipe": recipe,
    }
    return Task(**(values | changes))
