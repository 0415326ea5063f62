"""CEN-s: a convolutional encoder network with one shortcut, for lesions of multiple sclerosis.

Source: Brosch et al. 2016, Deep 3D convolutional encoder networks with shortcuts for multiscale feature
integration applied to multiple sclerosis lesion segmentation, IEEE TMI 35 (5).
"""

from __future__ import annotations

import torch
from torch import Tensor, nn
from torch.nn import functional

from workers.zoo.network import Architecture, Feed, Network


class Brosch(Network):
    """Valid convolutions down, full deconvolutions up again: output of the input's extent, which is even.

    The paper has one output, the lesions' sigmoid, trained by a weighted sum of squared errors over lesions
    (sensitivity) and over the rest (specificity). Here each class but the background has such an output; the
    background's logit is 0 and unused. An input less than 28³ (as published) is enlarged by zeros.

    Args:
        width: maps of both layers.
        first, second: extents of the filters of the first and the second layer.
    """

    stride = 2

    def __init__(self, *, sequences: int, classes: int, width: int, first: int, second: int) -> None:
        super().__init__()
        if first % 2 == 0:
            raise ValueError(
                f"brosch: first is odd, so that even extents can be halved after it, not {first}"
            )
        self.channels, self.classes = sequences, classes
        self.least_extent = first - 1 + 2 * second
        self.encode_first = nn.Conv3d(sequences, width, first)
        self.encode_second = nn.Conv3d(width, width, second)
        self.decode_second = nn.ConvTranspose3d(width, width, second)
        self.decode_first = nn.ConvTranspose3d(width, classes - 1, first)
        self.shortcut = nn.ConvTranspose3d(width, classes - 1, first, bias=False)

    def forward(self, x: Tensor) -> Tensor:
        extent = x.shape[2:]
        lacking = [max(0, self.least_extent - n) for n in extent]
        padded = functional.pad(x, (0, lacking[2], 0, lacking[1], 0, lacking[0]))
        return self._of_padded(padded)[..., : extent[0], : extent[1], : extent[2]]

    def _of_padded(self, x: Tensor) -> Tensor:
        fine = functional.relu(self.encode_first(x))
        coarse = functional.relu(self.encode_second(functional.avg_pool3d(fine, 2)))
        coarse = functional.relu(self.decode_second(coarse))
        output = self.decode_first(functional.interpolate(coarse, scale_factor=2)) + self.shortcut(fine)
        return torch.cat((torch.zeros_like(output[:, :1]), output), dim=1)

    def probabilities(self, logits: Tensor) -> Tensor:
        """Of each class its sigmoid, of the background what none claims; divided by their sum (1 of two)."""
        of_classes = torch.sigmoid(logits[:, 1:])
        background = (1 - of_classes).prod(dim=1, keepdim=True)
        claims = torch.cat((background, of_classes), dim=1)
        return claims / claims.sum(dim=1, keepdim=True)


BROSCH = Architecture(
    slug="brosch",
    name="CEN-s",
    source="Brosch et al. 2016",
    feed=Feed.VOLUME,
    build=Brosch,
    settings={"width": 32, "first": 9, "second": 10},
)
