"""Which parts of which cases a step learns from."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor

from workers.contract import Reason
from workers.inference.preprocess import Crop
from workers.training.augmentation import augment
from workers.training.cases import Held, indices_of
from workers.training.recipe import Draw, Phase, Recipe
from workers.zoo.network import Network

Voxel = tuple[int, int, int]


class NothingToLearn(ValueError):
    """The cases hold nothing that a network could learn from; the sentence says what is lacking."""

    reason = Reason.BAD_IMAGE


@dataclass(frozen=True, eq=False)
class Batch:
    """
    Args:
        images: float32, (B, channels, *space) with the network's margin.
        targets: int64, (B, *space of the labels); `IGNORED` where nothing is known.
        present: bool, (B, sequences).
    """

    images: Tensor
    targets: Tensor
    present: Tensor


class Sampler:
    """Draws batches; what it draws follows from the generator that it is given, and from nothing else.

    Args:
        cases: of training.
        sequences: how many of the images' channels are sequences.
    """

    def __init__(self, cases: Sequence[Held], network: Network, recipe: Recipe, *, sequences: int) -> None:
        self.cases, self.recipe, self.sequences = cases, recipe, sequences
        self.margin, self.dimensions = network.margin, network.dimensions
        self.extent = _extent(cases, network, recipe)
        classes = len(cases[0].counts) if cases else 0
        # Of each class, the cases that have it.
        self._having = [np.flatnonzero([case.counts[k] > 0 for case in cases]) for k in range(classes)]
        self._known = [k for k in range(classes) if len(self._having[k])]
        if not self._known[1:]:
            raise NothingToLearn("no training case has a label but the background: give cases with lesions")

    def draw(self, phase: Phase, rng: np.random.Generator) -> Batch:
        """One batch."""
        examples = [self._example(phase, rng) for _ in range(self.recipe.batch)]
        images, targets, present = (torch.stack(parts) for parts in zip(*examples, strict=True))
        return Batch(images, targets, present)

    def _example(self, phase: Phase, rng: np.random.Generator) -> tuple[Tensor, Tensor, Tensor]:
        case, voxel = self._place(phase.draw, rng)
        low = [self._low(case, axis, voxel[axis], rng) for axis in range(3)]
        high = [start + size for start, size in zip(low, self.extent, strict=True)]
        images, targets = self._cut(case, (low[0], low[1], low[2]), (high[0], high[1], high[2]))
        images, targets = augment(
            images, targets, self.recipe.augmentation, sequences=self.sequences, rng=rng
        )
        present = _subset(case.present, rng) if phase.subsets else case.present
        return images, targets, present

    def _place(self, draw: Draw, rng: np.random.Generator) -> tuple[Held, Voxel]:
        """A case, and a voxel of it of the kind that `draw` says."""
        if draw is Draw.UNIFORM:
            case = self.cases[int(rng.integers(len(self.cases)))]
            shares = np.array(case.counts) / max(sum(case.counts), 1)
            k = int(rng.choice(len(shares), p=shares))
        else:
            k = self._class(draw, rng)
            case = self.cases[int(rng.choice(self._having[k]))]
        x, y, z = case.places[k][rng.integers(len(case.places[k]))].tolist()
        return case, (x, y, z)

    def _class(self, draw: Draw, rng: np.random.Generator) -> int:
        if draw is Draw.LESION_HALF and 0 in self._known and rng.random() < 0.5:
            return 0
        among = self._known if draw is Draw.EQUAL else [k for k in self._known if k != 0]
        return among[rng.integers(len(among))]

    def _low(self, case: Held, axis: int, middle: int, rng: np.random.Generator) -> int:
        """Where the example begins: the voxel near its middle, or all of the box."""
        size = self.extent[axis]
        if size >= case.shape[axis] and size > 1:
            return 0
        # Not always in the very middle: what padded networks see there is not all they have to label.
        return middle - size // 2 + (int(rng.integers(-(size // 4), size // 4 + 1)) if size > 1 else 0)

    def _cut(self, case: Held, low: Voxel, high: Voxel) -> tuple[Tensor, Tensor]:
        margins = [self.margin if axis < self.dimensions else 0 for axis in range(3)]
        images = Crop(low, high, (margins[0], margins[1], margins[2])).cut(case.images).float()
        targets = indices_of(Crop(low, high, (0, 0, 0)).cut(case.classes[None])[0])
        return (images[..., 0], targets[..., 0]) if self.dimensions == 2 else (images, targets)


def _extent(cases: Sequence[Held], network: Network, recipe: Recipe) -> Voxel:
    """Of an example's labels along X, Y, Z: what the recipe says, at most the largest box of a case.

    Multiples of the network's stride along its axes.
    """
    wanted = recipe.extent or (0,) * network.dimensions
    if len(wanted) != network.dimensions:
        raise NothingToLearn(f"recipe: extent: {network.dimensions} numbers are needed, one for each axis")
    sizes = []
    for axis in range(3):
        largest = max((case.shape[axis] for case in cases), default=1)
        step = network.stride if axis < network.dimensions else 1
        size = 1 if axis >= network.dimensions else min(wanted[axis] or largest, largest)
        sizes.append(-(-size // step) * step)
    return sizes[0], sizes[1], sizes[2]


def _subset(present: Tensor, rng: np.random.Generator) -> Tensor:
    """Those present, less a random part of them; at least one stays. All subsets are equally likely."""
    here = torch.nonzero(present).flatten().numpy()
    chosen = int(rng.integers(1, 2 ** len(here)))
    kept = torch.zeros_like(present)
    kept[[int(k) for bit, k in enumerate(here) if chosen >> bit & 1]] = True
    return kept
