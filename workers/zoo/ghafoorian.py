"""Ghafoorian's location-sensitive network: three scales around a voxel, and where in the brain that lies.

Source: Ghafoorian et al. 2017, Location sensitive deep convolutional neural networks for segmentation of
white matter hyperintensities, Scientific Reports 7 (the late fusion, multi-scale network: MS + Loc).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, cast

import torch
from torch import Tensor, nn
from torch.nn import functional

from workers.zoo.network import Architecture, Feed
from workers.zoo.patches import PatchNetwork, without_border

SCALES = (1, 2, 4)
PATCH = 32
# Of the convolutions that all scales share; after the first comes a pool 2/2.
KERNELS = (7, 5, 3, 3)
MAPS = (20, 40, 80, 110)
FINAL_EXTENT = 5
# What `workers.inference.location` computes of each voxel. The eighth feature, the lesion prior, is looked up
# here, at the first three.
FEATURES = ("x", "y", "z", "left_ventricle", "right_ventricle", "cortex", "midsagittal")
PRIOR_EXTENT = 24
# About which value the eight lie over a brain, and how far they spread. In the units that they come in, the
# depths that matter differ by hundredths beside maps that differ by 1, and would be learned last.
CENTRES = (0.0, 0.0, 0.0, 0.45, 0.45, 0.15, 0.3, 0.3)
SPREADS = (0.5, 0.5, 0.5, 0.2, 0.2, 0.12, 0.18, 0.3)
# Settings of a network that a CPU can train and run: a tenth of the multiplications.
SMALL: Mapping[str, Any] = {"maps": (12, 24, 32, 40), "joined": 64, "hidden": 64}


class Ghafoorian(PatchNetwork):
    """Patches of 32², 64² and 128² about the voxel, the larger ones averaged down to 32².

    Args:
        location: with the eight features; without them the paper's MS.
        scales: how many times 32 each patch is wide; `(1,)` is the paper's single-scale network.
        maps: of each convolution.
        joined, hidden: units of the first and second fully connected layer.

    Attributes:
        lesion_prior: how often lesions lie there, (24, 24, 24) over the brain's box along R, A and S, at most
            1: learned from training's labelmaps by `workers.inference.location.learn_prior`, kept with the
            weights. Zero until then.
    """

    lesion_prior: Tensor

    def __init__(
        self,
        *,
        sequences: int,
        classes: int,
        location: bool = True,
        scales: Sequence[int] = SCALES,
        maps: Sequence[int] = MAPS,
        joined: int = 300,
        hidden: int = 200,
        dropout: float = 0.3,
    ) -> None:
        super().__init__()
        if not scales or min(scales) < 1 or len(maps) != len(KERNELS):
            raise ValueError(f"ghafoorian: scales are 1 or more each, and maps are {len(KERNELS)} numbers")
        self.scales = tuple(scales)
        self.patch = PATCH * max(scales)
        self.margin = self.patch // 2
        self.features = FEATURES if location else ()
        self.channels, self.classes, self.sequences = sequences + len(self.features), classes, sequences
        self.convolutions = nn.ModuleList(
            nn.Conv2d(before, after, size)
            for before, after, size in zip((sequences, *maps), maps, KERNELS, strict=False)
        )
        self.norms = nn.ModuleList(nn.BatchNorm2d(count) for count in maps)
        self.join = nn.Conv2d(len(scales) * maps[-1], joined, FINAL_EXTENT)
        self.hidden = nn.Conv2d(joined + (len(CENTRES) if location else 0), hidden, 1)
        self.output = nn.Conv2d(hidden, classes, 1)
        self.dropout = nn.Dropout(dropout)
        if location:
            self.register_buffer("lesion_prior", torch.zeros((PRIOR_EXTENT,) * 3))
            # Eight numbers beside hundreds: they begin with as much say as all of these together.
            nn.init.uniform_(self.hidden.weight[:, joined:], -(len(CENTRES) ** -0.5), len(CENTRES) ** -0.5)

    def forward(self, x: Tensor) -> Tensor:
        images = x[:, : self.sequences]
        shape = (x.shape[-2] - 2 * self.margin, x.shape[-1] - 2 * self.margin)
        maps = [
            self._scale(self._around(images, scale, shape), scale=scale, strided=False)
            for scale in self.scales
        ]
        return self._classify(maps, [2 * scale for scale in self.scales], without_border(x, self.margin))

    def forward_patches(self, patches: Tensor) -> Tensor:
        images = patches[:, : self.sequences]
        maps = [
            self._scale(self._around(images, scale, (1, 1)), scale=scale, strided=True)
            for scale in self.scales
        ]
        centre = patches[..., self.margin : self.margin + 1, self.margin : self.margin + 1]
        return self._classify(maps, [1] * len(self.scales), centre).flatten(1)

    def _scale(self, x: Tensor, *, scale: int, strided: bool) -> Tensor:
        """The shared convolutions of one scale: of patches, averaged down and pooled, or at every voxel."""
        x = functional.avg_pool2d(x, scale, stride=scale if strided else 1)
        step = 1 if strided else scale
        for k, (convolution, norm) in enumerate(zip(self.convolutions, self.norms, strict=True)):
            kernel = cast(nn.Conv2d, convolution)
            x = functional.relu(norm(functional.conv2d(x, kernel.weight, kernel.bias, dilation=step)))
            if k == 0 and strided:
                x = functional.max_pool2d(x, 2)
            elif k == 0:
                x = functional.max_pool2d(x, 2, stride=1, dilation=step)
                step *= 2
        return x

    def _classify(self, maps: list[Tensor], steps: list[int], centre: Tensor) -> Tensor:
        """Logits from each scale's maps, whose neighbours lie `steps` apart, and the centres' features."""
        weights = self.join.weight.chunk(len(self.scales), dim=1)
        joined = self.join.bias.view(1, -1, 1, 1) if self.join.bias is not None else torch.zeros(1)
        for each, weight, step in zip(maps, weights, steps, strict=True):
            joined = joined + functional.conv2d(each, weight, dilation=step)
        joined = self.dropout(functional.relu(joined))
        if self.features:
            location = centre[:, self.sequences :]
            places = torch.cat([location, self._prior(location[:, :3])], dim=1)
            centres, spreads = (places.new_tensor(one).view(1, -1, 1, 1) for one in (CENTRES, SPREADS))
            joined = torch.cat([joined, (places - centres) / spreads], dim=1)
        hidden = self.dropout(functional.relu(self.hidden(joined)))
        return cast(Tensor, self.output(hidden))

    def _prior(self, position: Tensor) -> Tensor:
        """The prior (B, 1, X, Y) at positions (B, 3, X, Y) in the brain's box, −1 to 1 along R, A and S."""
        # `grid_sample` takes the last axis first.
        points = position.float().flip(1).permute(0, 2, 3, 1)[:, None]
        volume = self.lesion_prior.float().expand(len(position), 1, -1, -1, -1)
        sampled = functional.grid_sample(volume, points, padding_mode="border", align_corners=True)
        return sampled[:, :, 0].to(position.dtype)

    def _around(self, images: Tensor, scale: int, shape: tuple[int, int]) -> Tensor:
        """What the patches of one scale cover about `shape` voxels; the first one's index is `margin`."""
        start, extent = self.margin - scale * PATCH // 2, scale * PATCH - 1
        return images[..., start : start + shape[0] + extent, start : start + shape[1] + extent]


GHAFOORIAN = Architecture(
    slug="ghafoorian",
    name="Ghafoorian MS + Loc",
    source="Ghafoorian et al. 2017",
    feed=Feed.MULTI_SCALE,
    build=Ghafoorian,
    settings={
        "location": True,
        "scales": SCALES,
        "maps": MAPS,
        "joined": 300,
        "hidden": 200,
        "dropout": 0.3,
    },
    receptive_field=(128, 128),
)
