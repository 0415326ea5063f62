"""Random search for the settings of the CRF, on cases that the network has not learned from.

The field is only as good as its settings: those published with a system have been seen to erase every tumour
where the unary is less sure. So no field at all is a candidate, too, and wins where nothing is better.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor

from workers.inference.crf import Crf, Spacing, mean_field

RANGES = {
    "smoothness_mm": (0.5, 3.0),
    "smoothness_weight": (0.05, 5.0),
    "appearance_mm": (2.0, 30.0),
    "appearance_intensity": (0.4, 4.0),
    "appearance_weight": (0.05, 10.0),
}


@dataclass(frozen=True, slots=True)
class Tuning:
    """`settings` is None where no trial beat the network alone. Dice: mean over cases and classes."""

    settings: Crf | None
    dice: float
    dice_without: float


def tune_crf(
    probabilities: Sequence[Tensor],
    images: Sequence[Tensor],
    labelmaps: Sequence[Tensor],
    *,
    spacing_mm: Sequence[Spacing],
    trials: int = 30,
    seed: int = 0,
) -> Tuning:
    """
    Args:
        probabilities: of each case, (classes, X, Y, Z).
        images: of each case, (sequences, X, Y, Z), normalised, 0 outside the brain.
        labelmaps: of each case, (X, Y, Z), the index of the class (not the label).
        trials: draws, each of all settings, log-uniformly within `RANGES`.

    Raises:
        ValueError: no cases.
    """
    if not probabilities:
        raise ValueError("the CRF needs at least one validation case to be tuned on")
    without = _mean(
        [mean_dice(each, labelmap) for each, labelmap in zip(probabilities, labelmaps, strict=True)]
    )
    best = Tuning(settings=None, dice=without, dice_without=without)
    chance = np.random.default_rng(seed)
    cases = list(zip(probabilities, images, labelmaps, spacing_mm, strict=True))
    for _ in range(trials):
        settings = _draw(chance)
        dice = _mean(
            [
                mean_dice(mean_field(each, image, settings, spacing_mm=spacing), labelmap)
                for each, image, labelmap, spacing in cases
            ]
        )
        if dice > best.dice:
            best = Tuning(settings=settings, dice=dice, dice_without=without)
    return best


def _draw(chance: np.random.Generator) -> Crf:
    drawn = {
        name: math.exp(chance.uniform(math.log(low), math.log(high))) for name, (low, high) in RANGES.items()
    }
    return Crf(**drawn)  # type: ignore[arg-type]  # RANGES has the floats only


def mean_dice(probabilities: Tensor, labelmap: Tensor) -> float:
    """Over the classes, background aside, that are in the labelmap or were found; 1 if there are none."""
    predicted = probabilities.argmax(dim=0)
    classes = [k for k in range(1, len(probabilities)) if bool(((predicted == k) | (labelmap == k)).any())]
    return _mean([_dice(predicted == k, labelmap == k) for k in classes]) if classes else 1.0


def _dice(first: Tensor, second: Tensor) -> float:
    shared = torch.count_nonzero(first & second)
    return float(2 * shared / (torch.count_nonzero(first) + torch.count_nonzero(second)))


def _mean(values: Sequence[float]) -> float:
    return sum(values) / len(values)
