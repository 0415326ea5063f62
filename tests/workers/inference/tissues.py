"""A small head of a few tissues in several sequences, and a network's unsure opinion of it."""

from dataclasses import dataclass

import torch
from torch import Tensor
from torch.nn import functional

TISSUES = 6


@dataclass(frozen=True)
class Head:
    """images (sequences, X, Y, Z), 0 outside; labelmap (X, Y, Z); probabilities (classes, X, Y, Z)."""

    images: Tensor
    labelmap: Tensor
    probabilities: Tensor


def head(extent: int = 24, *, sequences: int = 4, classes: int = 5, seed: int = 0, contrast: int = 7) -> Head:
    """`contrast` seeds the tissues' intensities: heads of one scanner share it."""
    chance = torch.Generator().manual_seed(seed)
    shape = (extent,) * 3
    fields = functional.interpolate(
        torch.randn(1, TISSUES, *(extent // 4,) * 3, generator=chance), size=shape, mode="trilinear"
    )[0]
    tissue = fields.argmax(dim=0)
    axes = torch.meshgrid(*(torch.linspace(-1, 1, n) for n in shape), indexing="ij")
    brain = torch.stack(axes).square().sum(dim=0) < 1
    means = torch.randn(TISSUES, sequences, generator=torch.Generator().manual_seed(contrast))
    images = (means[tissue] + 0.25 * torch.randn(*shape, sequences, generator=chance)).movedim(-1, 0)
    labelmap = tissue.clamp_max(classes - 1) * brain
    certain = functional.one_hot(labelmap, classes).movedim(-1, 0).float()
    unsure = 3 * certain + 1.5 * torch.randn(classes, *shape, generator=chance)
    return Head(images * brain, labelmap, torch.softmax(unsure, dim=0))
