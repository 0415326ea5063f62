"""DeepMedic: two paths of eight 3³ convolutions, one at full resolution, one at a third of it.

Source: Kamnitsas et al. 2017, Efficient multi-scale 3D CNN with fully connected CRF for accurate brain lesion
segmentation, Medical Image Analysis 36. The low-resolution path sees means over 3³ voxels; both paths and the
joined layers use batch normalisation and PReLU, which therefore need no bias.
"""

from __future__ import annotations

from collections.abc import Sequence

import torch
from torch import Tensor, nn
from torch.nn import functional

from workers.zoo.network import Architecture, Feed, Network

FACTOR = 3  # by which the second path's resolution is lower


class DeepMedic(Network):
    """Valid throughout: of 57³ voxels, the inner 25³ at full resolution, it labels the inner 9³.

    The coarse cells begin at the input's corner, and so the output is made of blocks of 3³ voxels.

    Args:
        widths: channels of a path's convolutions.
        joined: channels of the two 1³ layers that join the paths.
        dropout: of the joined layers.
    """

    stride = FACTOR

    def __init__(
        self, *, sequences: int, classes: int, widths: Sequence[int], joined: int, dropout: float
    ) -> None:
        super().__init__()
        self.channels, self.classes = sequences, classes
        self.margin = FACTOR * len(widths)
        self.crop = self.margin - len(widths)  # what the full-resolution path leaves of the margin
        self.fine = _path(sequences, widths)
        self.coarse = _path(sequences, widths)
        self.join = nn.Sequential(
            nn.Dropout3d(dropout),
            *_layer(2 * widths[-1], joined, 1),
            nn.Dropout3d(dropout),
            *_layer(joined, joined, 1),
            nn.Conv3d(joined, classes, 1),
        )

    def forward(self, x: Tensor) -> Tensor:
        fine = self.fine(functional.pad(x, (-self.crop,) * 6))
        coarse = self.coarse(functional.avg_pool3d(x, FACTOR))
        return self.join(torch.cat((fine, functional.interpolate(coarse, scale_factor=FACTOR)), dim=1))


def _path(inputs: int, widths: Sequence[int]) -> nn.Sequential:
    pairs = zip((inputs, *widths), widths, strict=False)
    return nn.Sequential(*(part for before, width in pairs for part in _layer(before, width, 3)))


def _layer(inputs: int, outputs: int, size: int) -> tuple[nn.Module, ...]:
    return (
        nn.Conv3d(inputs, outputs, size, bias=False),
        nn.BatchNorm3d(outputs),
        nn.PReLU(outputs),
    )


DEEPMEDIC = Architecture(
    slug="deepmedic",
    name="DeepMedic",
    source="Kamnitsas et al. 2017",
    feed=Feed.CHUNKS,
    build=DeepMedic,
    settings={"widths": (30, 30, 40, 40, 40, 40, 50, 50), "joined": 150, "dropout": 0.5},
    receptive_field=(51, 51, 51),
)
