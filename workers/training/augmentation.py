"""Examples made different without changing what they show: mirrored, turned, brighter, of other contrast."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor


@dataclass(frozen=True, slots=True)
class Augmentation:
    """
    Args:
        flips: axes of the patient (0: left to right) along which every other example is mirrored.
        rotations: by multiples of 90° in the axial plane, of examples that are square there.
        intensity_shift: standard deviation of what is added to a sequence, in units of its own after
            normalisation; drawn once for each sequence of an example, and for the brain only.
        intensity_scale: standard deviation of its factor, about 1.
    """

    flips: tuple[int, ...] = ()
    rotations: bool = False
    intensity_shift: float = 0.0
    intensity_scale: float = 0.0

    @property
    def moves(self) -> bool:
        """Whether voxels change their places."""
        return bool(self.flips) or self.rotations


def augment(
    images: Tensor, targets: Tensor, way: Augmentation, *, sequences: int, rng: np.random.Generator
) -> tuple[Tensor, Tensor]:
    """One example, changed at random.

    Args:
        images: (channels, *space), sequences first, then location features, which stay as they are; 0 outside
            the brain. Space is (X, Y) or (X, Y, Z).
        targets: (*space of the labels), in the middle of the images' space.
        sequences: how many channels are images.
    """
    for axis in way.flips:
        if axis < targets.ndim and rng.random() < 0.5:
            images, targets = images.flip(axis + 1), targets.flip(axis)
    if way.rotations and targets.shape[0] == targets.shape[1]:
        turns = int(rng.integers(4))
        images, targets = images.rot90(turns, (1, 2)), targets.rot90(turns, (0, 1))
    if way.intensity_shift or way.intensity_scale:
        shape = (sequences,) + (1,) * targets.ndim
        shift = torch.from_numpy(rng.normal(0, way.intensity_shift, shape)).to(images)
        scale = torch.from_numpy(rng.normal(1, way.intensity_scale, shape)).to(images)
        seen = images[:sequences]
        changed = torch.where(seen != 0, seen * scale + shift, 0)
        images = torch.cat((changed, images[sequences:]))
    return images, targets
