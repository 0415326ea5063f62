"""What every system of the zoo is: a `Network`, and the `Architecture` that says how to build and feed it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

import torch
from torch import Tensor, nn


class Feed(StrEnum):
    """How a system is fed when it learns."""

    SLICES = "slices"
    PATCHES = "patches"
    CASCADE = "two-pathway and cascade patches"
    MULTI_SCALE = "multi-scale patches"
    CHUNKS = "3-D chunks"
    VOLUME = "whole volume"


class Network(nn.Module):
    """Logits for a part of a case.

    `forward(x)` takes (B, channels, *space) and gives (B, classes, *(space − 2·margin)); space is (X, Y)
    of axial slices for `dimensions == 2` and (X, Y, Z) for 3. The output's extent along each axis must be a
    multiple of `stride`, and where dense output depends on the crop's origin (pooling), origins at a
    multiple of `stride` give the same answer as the whole.

    Attributes:
        dimensions: 2 or 3.
        channels: sequences, then `features`.
        features: names of what `workers.inference.location` computes for each voxel, appended to the images.
        classes: of the output, background first.
        margin: voxels that valid convolutions use up at each side; 0 where convolutions are padded.
        stride: see above; 1 where any extent will do.
        takes_any_sequences: `forward(x, present)` with present (B, sequences), bool.
    """

    dimensions: int = 3
    channels: int
    classes: int
    features: tuple[str, ...] = ()
    margin: int = 0
    stride: int = 1
    takes_any_sequences: bool = False

    def probabilities(self, logits: Tensor) -> Tensor:
        """(B, classes, …), of which the sum over the classes is 1."""
        return torch.softmax(logits, dim=1)


@dataclass(frozen=True)
class Architecture:
    """One system of the literature.

    Args:
        slug: by which a model's config names it.
        name, source: for people.
        feed: how it learns.
        build: `build(sequences=…, classes=…, **settings)`.
        settings: of the published system; what a config may set, with its defaults.
        receptive_field: voxels along each axis, of the published system; None where not stated.
    """

    slug: str
    name: str
    source: str
    feed: Feed
    build: Callable[..., Network]
    settings: Mapping[str, Any]
    receptive_field: tuple[int, ...] | None = None


def count_parameters(network: nn.Module) -> int:
    """Those that are learned: no running means, no frozen network."""
    return sum(parameter.numel() for parameter in network.parameters() if parameter.requires_grad)
