"""Pereira's network of small kernels: 3×3 and deep, for high-grade tumours, a shallower one for low-grade.

Source: Pereira et al. 2016, Brain tumor segmentation using convolutional neural networks in MRI images, IEEE
Transactions on Medical Imaging 35.
"""

from __future__ import annotations

from typing import cast

import torch
from torch import Tensor, nn
from torch.nn import functional

from workers.zoo.network import Architecture, Feed
from workers.zoo.patches import PatchNetwork

SLOPE = 0.333
# Patches labelled at once where each one is a network's run of its own: 512 hold about 140 MB a layer.
PATCHES_AT_ONCE = 512
# By grade: convolutions in each of the two blocks, and dropout.
GRADES = {"high": (3, 0.1), "low": (2, 0.5)}
FINAL_EXTENT = 7


class Pereira(PatchNetwork):
    """Two blocks of convolutions, each pooled 3/2, then three fully connected layers.

    Args:
        grade: "high" or "low" (one convolution less in each block, more dropout).
        borders: what a convolution sees beyond its patch. "zeros" is the paper's: patches of 33², padded. No
            two patches share their maps then, and a slice is labelled patch by patch, about 180 million
            multiplications a voxel. "image": what lies there. The weights are the same, the patch grows to
            49² (43² for low grade), and dilated kernels label a whole slice in one pass, at 2 million.
    """

    def __init__(self, *, sequences: int, classes: int, grade: str = "high", borders: str = "image") -> None:
        super().__init__()
        if grade not in GRADES:
            raise ValueError(f"grade: {grade!r} is none of {', '.join(GRADES)}")
        if borders not in ("image", "zeros"):
            raise ValueError(f"borders: {borders!r} is none of image, zeros")
        depth, dropout = GRADES[grade]
        self.channels, self.classes, self.padded = sequences, classes, borders == "zeros"
        # Each block reads `depth` voxels more at either side than it gives, its pool one: from 7 upwards.
        self.patch = 33 if self.padded else _extent_before(_extent_before(FINAL_EXTENT, depth), depth)
        self.margin = self.patch // 2
        self.blocks = nn.ModuleList(
            nn.ModuleList(nn.Conv2d(inputs if k == 0 else maps, maps, 3) for k in range(depth))
            for inputs, maps in ((sequences, 64), (64, 128))
        )
        self.dropout = nn.Dropout(dropout)
        self.fully_connected = nn.ModuleList(
            [nn.Conv2d(128, 256, FINAL_EXTENT), nn.Conv2d(256, 256, 1), nn.Conv2d(256, classes, 1)]
        )
        self.apply(_initialise)

    def forward(self, x: Tensor) -> Tensor:
        return self._patch_by_patch(x) if self.padded else self._through(x, strided=False)

    def forward_patches(self, patches: Tensor) -> Tensor:
        return self._through(patches, strided=True).flatten(1)

    def _through(self, x: Tensor, *, strided: bool) -> Tensor:
        """Either with pools of stride 2, or at every voxel: what a stride skips, wider kernels step over."""
        step = 1
        for block in self.blocks:
            for convolution in cast(nn.ModuleList, block):
                x = functional.leaky_relu(
                    _convolve(x, convolution, step=step, padding=int(self.padded)), SLOPE
                )
            if strided:
                x = functional.max_pool2d(x, 3, stride=2)
            else:
                x = functional.max_pool2d(x, 3, stride=1, dilation=step)
                step *= 2
        first, second, last = self.fully_connected
        x = self.dropout(functional.leaky_relu(_convolve(x, first, step=step), SLOPE))
        x = self.dropout(functional.leaky_relu(second(x), SLOPE))
        return cast(Tensor, last(x))

    def _patch_by_patch(self, x: Tensor) -> Tensor:
        """(B, channels, X, Y) to (B, classes, X − 32, Y − 32), bounded in memory."""
        windows = x.unfold(2, self.patch, 1).unfold(3, self.patch, 1).permute(0, 2, 3, 1, 4, 5)
        batch, rows, columns = windows.shape[:3]
        at_once = max(1, PATCHES_AT_ONCE // columns)
        labelled = [
            self.forward_patches(part.reshape(-1, *windows.shape[3:]))
            for slice_windows in windows
            for part in slice_windows.split(at_once)
        ]
        return torch.cat(labelled).reshape(batch, rows, columns, self.classes).permute(0, 3, 1, 2)


def _extent_before(extent: int, depth: int) -> int:
    """Extent before `depth` valid 3×3 convolutions and a 3/2 pool that leave `extent`."""
    return 2 * extent + 1 + 2 * depth


def _convolve(x: Tensor, layer: nn.Module, *, step: int, padding: int = 0) -> Tensor:
    kernel = cast(nn.Conv2d, layer)
    return functional.conv2d(x, kernel.weight, kernel.bias, dilation=step, padding=padding)


def _initialise(module: nn.Module) -> None:
    """Xavier, with biases of .1, as in the paper. On meta there is nothing to draw, and torch would load its
    compiler to find out."""
    if isinstance(module, nn.Conv2d) and module.bias is not None and not module.weight.is_meta:
        nn.init.xavier_normal_(module.weight)
        nn.init.constant_(module.bias, 0.1)


PEREIRA = Architecture(
    slug="pereira",
    name="Pereira",
    source="Pereira et al. 2016",
    feed=Feed.PATCHES,
    build=Pereira,
    settings={"grade": "high", "borders": "image"},
    receptive_field=(33, 33),
)
