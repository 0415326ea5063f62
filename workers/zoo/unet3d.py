"""The baseline: a 3-D U-Net of the kind that has won most segmentation challenges since 2018.

Batch normalisation, not instance normalisation: what a voxel gets then depends on its surroundings only and
not on the crop, so that one pass over a whole brain and a sliding window say the same. Strided convolutions
go down, transposed ones up; each level is one or more residual or plain blocks.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import torch
from torch import Tensor, nn

from workers.zoo.network import Architecture, Feed, Network

SMALL: Mapping[str, Any] = {"widths": (16, 32, 64, 128), "blocks": (1, 1, 1, 1)}
TINY: Mapping[str, Any] = {"widths": (8, 16, 32), "blocks": (1, 1, 1)}


class Convolutions(nn.Module):
    """Two 3³ convolutions, normalised; with `residual` what came in is added before the last activation."""

    def __init__(self, inputs: int, outputs: int, *, stride: int = 1, residual: bool = False) -> None:
        super().__init__()
        self.first = nn.Conv3d(inputs, outputs, 3, stride=stride, padding=1, bias=False)
        self.first_norm = nn.BatchNorm3d(outputs)
        self.second = nn.Conv3d(outputs, outputs, 3, padding=1, bias=False)
        self.second_norm = nn.BatchNorm3d(outputs)
        self.activation = nn.LeakyReLU(0.01, inplace=True)
        self.shortcut: nn.Module | None = None
        if residual:
            same = stride == 1 and inputs == outputs
            self.shortcut = nn.Identity() if same else _projection(inputs, outputs, stride)

    def forward(self, x: Tensor) -> Tensor:
        y = self.activation(self.first_norm(self.first(x)))
        y = self.second_norm(self.second(y))
        return self.activation(y if self.shortcut is None else y + self.shortcut(x))


def _projection(inputs: int, outputs: int, stride: int) -> nn.Module:
    return nn.Sequential(
        nn.Conv3d(inputs, outputs, 1, stride=stride, bias=False),
        nn.BatchNorm3d(outputs),
    )


class UNet3d(Network):
    """U-Net with one level per width; each level below the first halves the resolution.

    Args:
        widths: channels of each level, full resolution first.
        blocks: blocks of two convolutions of each level on the way down; one on the way up.
        residual: blocks add what came in.
    """

    def __init__(
        self,
        *,
        sequences: int,
        classes: int,
        widths: Sequence[int],
        blocks: Sequence[int],
        residual: bool,
    ) -> None:
        super().__init__()
        if len(widths) != len(blocks) or len(widths) < 2 or min(*widths, *blocks) < 1:
            raise ValueError("unet3d: two levels or more, each with its width and blocks, positive")
        self.channels, self.classes = sequences, classes
        self.stride = 2 ** (len(widths) - 1)
        self.down = nn.ModuleList()
        before = sequences
        for level, (width, count) in enumerate(zip(widths, blocks, strict=True)):
            first = Convolutions(before, width, stride=1 if level == 0 else 2, residual=residual)
            more = [Convolutions(width, width, residual=residual) for _ in range(count - 1)]
            self.down.append(nn.Sequential(first, *more))
            before = width
        upwards = list(zip(widths[:0:-1], widths[-2::-1], strict=True))
        self.rise = nn.ModuleList(nn.ConvTranspose3d(low, high, 2, stride=2) for low, high in upwards)
        self.up = nn.ModuleList(Convolutions(2 * high, high, residual=residual) for _, high in upwards)
        self.head = nn.Conv3d(widths[0], classes, 1)

    def forward(self, x: Tensor) -> Tensor:
        kept = []
        for level in self.down:
            x = level(x)
            kept.append(x)
        kept.pop()
        for rise, level in zip(self.rise, self.up, strict=True):
            x = level(torch.cat((rise(x), kept.pop()), dim=1))
        return self.head(x)


UNET3D = Architecture(
    slug="unet3d",
    name="3-D U-Net",
    source="ours, after Çiçek et al. 2016 and Isensee et al. 2021",
    feed=Feed.VOLUME,
    build=UNet3d,
    settings={"widths": (32, 64, 128, 256, 320, 320), "blocks": (1, 1, 1, 1, 1, 1), "residual": False},
)
