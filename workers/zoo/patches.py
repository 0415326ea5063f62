"""What the 2-D patch networks share: they label a patch's centre, and whole slices as if patch by patch."""

from __future__ import annotations

from torch import Tensor, nn

from workers.zoo.network import Network


class PatchNetwork(Network):
    """Labels the voxel in the middle of a patch of an axial slice.

    `forward` gives dense logits of slices; `forward_patches` those of single patches, with the strides that
    the paper trains with. Both use the same weights and agree wherever a patch lies within the slice.

    Attributes:
        patch: extent of a patch in voxels; the voxel it is about has the index `margin` along each axis.
    """

    dimensions = 2
    patch: int

    def forward_patches(self, patches: Tensor) -> Tensor:
        """Logits (B, classes) of patches (B, channels, patch, patch)."""
        raise NotImplementedError


class Maxout(nn.Module):
    """The larger of two convolutions, map by map."""

    def __init__(self, inputs: int, outputs: int, *, size: int) -> None:
        super().__init__()
        self.convolve = nn.Conv2d(inputs, 2 * outputs, size)

    def forward(self, x: Tensor) -> Tensor:
        first, second = self.convolve(x).chunk(2, dim=1)
        return first.maximum(second)


def without_border(x: Tensor, voxels: int) -> Tensor:
    """`x` (…, X, Y) less `voxels` at each side."""
    return x[..., voxels : x.shape[-2] - voxels, voxels : x.shape[-1] - voxels]
