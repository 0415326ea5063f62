"""InputCascadeCNN: a TwoPathCNN that sees, beside the images, what another has said of the neighbourhood.

Source: Havaei et al. 2017, Brain tumor segmentation with deep neural networks, Medical Image Analysis 35.
"""

from __future__ import annotations

from typing import Self

import torch
from torch import Tensor

from workers.zoo.network import Architecture, Feed
from workers.zoo.patches import PatchNetwork, without_border
from workers.zoo.two_path_cnn import TwoPathCNN


class InputCascadeCNN(PatchNetwork):
    """The probabilities of a trained and frozen TwoPathCNN are further channels of the second one.

    Attributes:
        first: load a trained TwoPathCNN's weights here before training; they stay as they are, and travel in
            the same state dictionary under `first.`.
        second: what is learned.
    """

    margin = 2 * TwoPathCNN.margin
    patch = 2 * TwoPathCNN.patch - 1

    def __init__(self, *, sequences: int, classes: int, dropout: float = 0.2) -> None:
        super().__init__()
        self.channels, self.classes = sequences, classes
        self.first = TwoPathCNN(sequences=sequences, classes=classes).requires_grad_(False).eval()
        self.second = TwoPathCNN(sequences=sequences + classes, classes=classes, dropout=dropout)

    def train(self, mode: bool = True) -> Self:
        """As of any module, but for the frozen network, whose dropout stays off."""
        super().train(mode)
        self.first.eval()
        return self

    def forward(self, x: Tensor) -> Tensor:
        beliefs = self.first.probabilities(self.first(x))
        return self.second(torch.cat([without_border(x, self.first.margin), beliefs], dim=1))

    def forward_patches(self, patches: Tensor) -> Tensor:
        return self(patches).flatten(1)


INPUT_CASCADE_CNN = Architecture(
    slug="input_cascade_cnn",
    name="InputCascadeCNN",
    source="Havaei et al. 2017",
    feed=Feed.CASCADE,
    build=InputCascadeCNN,
    settings={"dropout": 0.2},
    receptive_field=(65, 65),
)
