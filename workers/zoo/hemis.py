"""HeMIS: each sequence has layers of its own; mean and variance over those present join them.

Source: Havaei et al. 2016, HeMIS: Hetero-modal image segmentation, MICCAI (arXiv:1607.05194). Any subset of
the sequences will do, at no cost in parameters.
"""

from __future__ import annotations

import torch
from torch import Tensor, nn
from torch.nn import functional

from workers.zoo.large_convolution import LargeConv2d
from workers.zoo.network import Architecture, Feed, Network


class Hemis(Network):
    """Padded convolutions over axial slices.

    Args:
        width: maps of each sequence.
        joined: maps between the moments and the output layer.
        output_size: extent of the output layer's filters.
    """

    dimensions = 2
    takes_any_sequences = True

    def __init__(self, *, sequences: int, classes: int, width: int, joined: int, output_size: int) -> None:
        super().__init__()
        self.channels, self.classes = sequences, classes
        self.of_sequence = nn.ModuleList(_of_one_sequence(width) for _ in range(sequences))
        self.join = nn.Sequential(
            nn.Conv2d(2 * width, joined, 5, padding=2),
            nn.ReLU(inplace=True),
            LargeConv2d(joined, classes, output_size, padding=output_size // 2),
        )

    def forward(self, x: Tensor, present: Tensor | None = None) -> Tensor:
        """
        Args:
            x: (B, sequences, X, Y); what stands in a missing channel is not looked at.
            present: bool, (B, sequences), at least one of each row; None: all are.
        """
        if present is None:
            present = x.new_ones(x.shape[:2], dtype=torch.bool)
        used = torch.nonzero(present.any(dim=0)).flatten().tolist()
        maps = torch.stack([self.of_sequence[k](x[:, k : k + 1]) for k in used], dim=1)
        return self.join(_moments(maps, present[:, used]))


def _moments(maps: Tensor, present: Tensor) -> Tensor:
    """(B, 2M, X, Y): mean and variance (0 of one) of maps (B, S, M, X, Y) over those present (B, S)."""
    here = present[:, :, None, None, None]
    count = here.sum(dim=1)
    mean = maps.where(here, 0).sum(dim=1) / count
    squares = (maps - mean[:, None]).square().where(here, 0).sum(dim=1)
    return torch.cat((mean, squares / (count - 1).clamp_min(1)), dim=1)


def _of_one_sequence(width: int) -> nn.Sequential:
    return nn.Sequential(
        nn.Conv2d(1, width, 5, padding=2),
        nn.ReLU(inplace=True),
        nn.Conv2d(width, width, 5, padding=2),
        nn.ReLU(inplace=True),
        SamePool(),
    )


class SamePool(nn.Module):
    """Maximum of 2×2, stride 1, of the extent that came in."""

    def forward(self, x: Tensor) -> Tensor:
        return functional.max_pool2d(functional.pad(x, (0, 1, 0, 1), mode="replicate"), 2, stride=1)


HEMIS = Architecture(
    slug="hemis",
    name="HeMIS",
    source="Havaei et al. 2016",
    feed=Feed.SLICES,
    build=Hemis,
    settings={"width": 48, "joined": 16, "output_size": 21},
    receptive_field=(34, 34),
)
