"""Drops clusters of what a model found that are too small to be believed.

Pereira et al. 2016 do so below 10,000 voxels (high grade) or 3,000 (low grade).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import torch
from scipy import ndimage
from torch import Tensor

from workers.contract import ContractError

NEIGHBOURS = {6: 1, 18: 2, 26: 3}  # voxels of a cluster touch by face; or edge; or corner


@dataclass(frozen=True, slots=True)
class Islands:
    """Settings of the stage: clusters of fewer mm³, of all classes but the background together, go."""

    min_mm3: float
    connectivity: int = 26

    def __post_init__(self) -> None:
        if self.min_mm3 < 0 or self.connectivity not in NEIGHBOURS:
            raise ContractError(
                f"islands: min_mm3 is 0 or more, connectivity one of {', '.join(map(str, NEIGHBOURS))}"
            )


def drop_islands(
    probabilities: Tensor, settings: Islands, *, spacing_mm: tuple[float, float, float]
) -> Tensor:
    """(classes, X, Y, Z), in which the background is certain where a small cluster was."""
    found = (probabilities.argmax(dim=0) != 0).cpu().numpy()
    structure = ndimage.generate_binary_structure(3, NEIGHBOURS[settings.connectivity])
    clusters, _ = ndimage.label(found, structure)
    volumes_mm3 = np.bincount(clusters.ravel()) * float(np.prod(spacing_mm))
    small = volumes_mm3 < settings.min_mm3
    small[0] = False  # what was background anyway
    dropped = torch.from_numpy(small[clusters]).to(probabilities.device)
    certain = torch.zeros_like(probabilities)
    certain[0] = 1
    return torch.where(dropped, certain, probabilities)
