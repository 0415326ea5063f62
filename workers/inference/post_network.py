"""A second, small network that sees the first one's probabilities and the images, and corrects the former.

Two 3³ convolutions of 16 maps and one 1³ on log-probabilities ‖ images; its output is added to the
log-probabilities. The last layer starts at zero, so that before any training it changes nothing.
"""

from __future__ import annotations

import torch
from torch import Tensor, nn

LEAST_PROBABILITY = 1e-6


class PostNetwork(nn.Module):
    """10,917 parameters for four sequences and five classes."""

    def __init__(self, *, sequences: int, classes: int, width: int = 16) -> None:
        super().__init__()
        self.layers = nn.Sequential(
            nn.Conv3d(classes + sequences, width, 3, padding=1),
            nn.ReLU(inplace=True),
            nn.Conv3d(width, width, 3, padding=1),
            nn.ReLU(inplace=True),
        )
        self.correction = nn.Conv3d(width, classes, 1)
        for parameter in self.correction.parameters():
            nn.init.zeros_(parameter)

    def forward(self, probabilities: Tensor, images: Tensor) -> Tensor:
        """Logits from probabilities, both (B, classes, X, Y, Z), and images (B, sequences, X, Y, Z)."""
        scores = probabilities.clamp_min(LEAST_PROBABILITY).log()
        return scores + self.correction(self.layers(torch.cat((scores, images), dim=1)))
