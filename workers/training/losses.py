"""What a network is to make small.

Targets are class indices, (B, *space), with `IGNORED` where nothing is to be learned: beyond the brain, and
labels that the model does not know. Logits are (B, classes, *space).
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import torch
from torch import Tensor
from torch.nn import functional

IGNORED = -1
_SMOOTH = 1.0


def cross_entropy(logits: Tensor, targets: Tensor, weights: Tensor | None = None) -> Tensor:
    """Mean of −log p of the voxels' own classes, weighted by class."""
    return functional.cross_entropy(logits, targets, weight=weights, ignore_index=IGNORED)


def soft_dice(logits: Tensor, targets: Tensor) -> Tensor:
    """1 − Dice of probabilities, mean over the classes but the background that the batch has."""
    known = targets != IGNORED
    probabilities = torch.softmax(logits, dim=1) * known[:, None]
    truth = _one_hot(targets, logits.shape[1]) * known[:, None]
    axes = (0, *range(2, logits.ndim))
    shared = (probabilities * truth).sum(dim=axes)[1:]
    sizes = (probabilities.sum(dim=axes) + truth.sum(dim=axes))[1:]
    present = (truth.sum(dim=axes)[1:] > 0).to(logits)
    dice = (2 * shared + _SMOOTH) / (sizes + _SMOOTH)
    return 1 - (dice * present).sum() / present.sum().clamp_min(1)


def sensitivity_specificity(logits: Tensor, targets: Tensor, *, lesion_share: float) -> Tensor:
    """Squared error over a class's voxels and over all others, weighted r and 1 − r (Brosch et al. 2016).

    Each class but the background has a sigmoid; the mean over those classes is taken.
    """
    known = (targets != IGNORED)[:, None].to(logits)
    truth = _one_hot(targets, logits.shape[1])[:, 1:] * known
    others = (1 - truth) * known
    errors = (truth - torch.sigmoid(logits[:, 1:])).square()
    axes = (0, *range(2, logits.ndim))
    of_lesions = (errors * truth).sum(dim=axes) / truth.sum(dim=axes).clamp_min(1)
    of_others = (errors * others).sum(dim=axes) / others.sum(dim=axes).clamp_min(1)
    return (lesion_share * of_lesions + (1 - lesion_share) * of_others).mean()


def equal_weights(targets: Tensor, classes: int) -> Tensor:
    """Class weights by which all classes of a batch have the same share of the loss; 0 of those absent."""
    counts = torch.bincount(targets[targets != IGNORED].flatten(), minlength=classes).float()
    present = counts > 0
    share = counts.sum() / present.sum().clamp_min(1)
    return torch.where(present, share / counts.clamp_min(1), 0)


def median_frequency_weights(counts: Sequence[Sequence[int]]) -> Tensor:
    """Median frequency over each class's own (Badrinarayanan et al. 2017); 0 of a class that is nowhere.

    Args:
        counts: of each image, voxels by class. A class's frequency is its share of the images that have it.
    """
    table = np.asarray(counts, dtype=np.float64)
    present = table > 0
    within = (present * table.sum(axis=1, keepdims=True)).sum(axis=0)
    frequency = np.divide(table.sum(axis=0), within, out=np.zeros(table.shape[1]), where=within > 0)
    known = frequency > 0
    median = np.median(frequency[known]) if known.any() else 1.0
    weights = np.divide(median, frequency, out=np.zeros_like(frequency), where=known)
    return torch.from_numpy(weights).float()


def _one_hot(targets: Tensor, classes: int) -> Tensor:
    """(B, classes, *space), float32; class 0 where ignored."""
    hot = functional.one_hot(targets.clamp_min(0), classes)
    return hot.movedim(-1, 1).float()
