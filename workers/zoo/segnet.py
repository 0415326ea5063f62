"""SegNet: VGG16's convolutions down, and up again by the indices of its pooling.

Source: Badrinarayanan, Kendall and Cipolla 2017, SegNet: A deep convolutional encoder-decoder architecture
for image segmentation, IEEE TPAMI 39 (arXiv:1511.00561).
"""

from __future__ import annotations

import itertools
from collections.abc import Mapping, Sequence
from typing import Any

from torch import Tensor, nn
from torch.nn import functional

from workers.zoo.network import Architecture, Feed, Network

SMALL: Mapping[str, Any] = {"widths": (32, 64, 96), "convolutions": (2, 2, 2)}
TINY: Mapping[str, Any] = {"widths": (24, 48, 64), "convolutions": (2, 2, 2)}


class SegNet(Network):
    """Axial slices; each level halves the resolution and remembers where its maxima were.

    Args:
        widths: channels of each level.
        convolutions: 3² convolutions of each level, the same number down and up.
    """

    dimensions = 2

    def __init__(
        self, *, sequences: int, classes: int, widths: Sequence[int], convolutions: Sequence[int]
    ) -> None:
        super().__init__()
        if len(widths) != len(convolutions) or min(*widths, *convolutions) < 1:
            raise ValueError("segnet: widths and convolutions are positive, one each per level")
        self.channels, self.classes = sequences, classes
        self.stride = 2 ** len(widths)
        before = (sequences, *widths[:-1])
        levels = list(zip(before, widths, convolutions, strict=True))
        self.encoders = nn.ModuleList(_level((low, *[high] * count)) for low, high, count in levels)
        inner = [_level((*[high] * count, low)) for low, high, count in levels[:0:-1]]
        outer = _level((widths[0],) * convolutions[0])
        self.decoders = nn.ModuleList((*inner, outer))
        self.head = nn.Conv2d(widths[0], classes, 3, padding=1)

    def forward(self, x: Tensor) -> Tensor:
        indices = []
        for encoder in self.encoders:
            x, where = functional.max_pool2d(encoder(x), 2, return_indices=True)
            indices.append(where)
        for decoder in self.decoders:
            x = decoder(functional.max_unpool2d(x, indices.pop(), [2, 2]))
        return self.head(x)


def _level(widths: Sequence[int]) -> nn.Sequential:
    """A convolution from each width to the next."""
    parts: list[nn.Module] = []
    for inputs, outputs in itertools.pairwise(widths):
        parts += (nn.Conv2d(inputs, outputs, 3, padding=1), nn.BatchNorm2d(outputs), nn.ReLU(inplace=True))
    return nn.Sequential(*parts)


SEGNET = Architecture(
    slug="segnet",
    name="SegNet",
    source="Badrinarayanan et al. 2017",
    feed=Feed.SLICES,
    build=SegNet,
    settings={"widths": (64, 128, 256, 512, 512), "convolutions": (2, 2, 3, 3, 3)},
)
