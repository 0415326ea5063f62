"""TwoPathCNN: a local path for detail and a global one for context, seen at once.

Source: Havaei et al. 2017, Brain tumor segmentation with deep neural networks, Medical Image Analysis 35.
The paper's 651,488 parameters leave out maxout's second convolutions and all biases.
"""

from __future__ import annotations

import torch
from torch import Tensor, nn

from workers.zoo.large_convolution import LargeConv2d
from workers.zoo.network import Architecture, Feed
from workers.zoo.patches import Maxout, PatchNetwork


class TwoPathCNN(PatchNetwork):
    """Valid convolutions and pools of stride 1 throughout: dense output is what patches give.

    Args:
        dropout: of the joined maps before the output layer; the paper uses dropout and gives no rate.
    """

    margin = 16
    patch = 33

    def __init__(self, *, sequences: int, classes: int, dropout: float = 0.2) -> None:
        super().__init__()
        self.channels, self.classes = sequences, classes
        self.local_path = nn.Sequential(
            Maxout(sequences, 64, size=7),
            nn.MaxPool2d(4, stride=1),
            Maxout(64, 64, size=3),
            nn.MaxPool2d(2, stride=1),
        )
        self.global_path = Maxout(sequences, 160, size=13)
        self.dropout = nn.Dropout2d(dropout)
        self.output = LargeConv2d(64 + 160, classes, 21)

    def forward(self, x: Tensor) -> Tensor:
        joined = self.dropout(torch.cat([self.local_path(x), self.global_path(x)], dim=1))
        return self.output(joined)

    def forward_patches(self, patches: Tensor) -> Tensor:
        return self(patches).flatten(1)


TWO_PATH_CNN = Architecture(
    slug="two_path_cnn",
    name="TwoPathCNN",
    source="Havaei et al. 2017",
    feed=Feed.PATCHES,
    build=TwoPathCNN,
    settings={"dropout": 0.2},
    receptive_field=(33, 33),
)
