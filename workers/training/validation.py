"""How well a network does on cases that it does not learn from: by the predictor that will run it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from workers.contract import ModelConfig
from workers.inference.predictor import Fed, Predictor
from workers.training.cases import LabelledCase

Regions = Mapping[str, tuple[int, ...]]


class Validation:
    """
    Args:
        cases: may be none; nothing is known then.
        regions: labels by region, as the data's scheme has them.
    """

    def __init__(self, cases: Sequence[LabelledCase], regions: Regions, *, device: torch.device) -> None:
        self.cases, self.regions, self.device = cases, regions, device
        self._fed: dict[tuple[str, int], Fed] = {}

    def dice(
        self, config: ModelConfig, weights: Mapping[str, Tensor], *, most: int | None = None
    ) -> dict[str, float]:
        """Dice by region of a package's predictions, on the cases' own grids, of all their voxels together.

        Together, for of a case that lacks a region Dice is 1 or 0 by a single voxel: the mean over a handful
        of cases would choose weights that find nothing.

        Args:
            most: of the cases, at most.
        """
        predictor = Predictor(config, weights, device=self.device)
        overlaps: dict[str, Overlap] = {}
        for k, case in enumerate(self.cases[:most]):
            labelmap = predictor.compute(self._feed(predictor, k)).labelmap
            for region, overlap in _overlaps(labelmap, case.labelmap, self.regions).items():
                overlaps[region] = overlaps.get(region, Overlap()) + overlap
        return {region: overlap.dice for region, overlap in overlaps.items()}

    def _feed(self, predictor: Predictor, k: int) -> Fed:
        """Once for all looks: normalising and locating take longer than a small network."""
        key = (repr(predictor.config), k)
        if key not in self._fed:
            self._fed[key] = predictor.feed(self.cases[k].images)
        return self._fed[key]


def region_dice(
    labelmap: NDArray[np.integer], reference: NDArray[np.integer], regions: Regions
) -> dict[str, float]:
    """Dice of each region; 1 where neither has it."""
    return {region: overlap.dice for region, overlap in _overlaps(labelmap, reference, regions).items()}


@dataclass(frozen=True, slots=True)
class Overlap:
    """Voxels that both have, and those of the one and of the other added up."""

    shared: int = 0
    sizes: int = 0

    def __add__(self, other: Overlap) -> Overlap:
        return Overlap(self.shared + other.shared, self.sizes + other.sizes)

    @property
    def dice(self) -> float:
        return 2 * self.shared / self.sizes if self.sizes else 1.0


def _overlaps(
    labelmap: NDArray[np.integer], reference: NDArray[np.integer], regions: Regions
) -> dict[str, Overlap]:
    found = {}
    for region, labels in regions.items():
        ours, theirs = np.isin(labelmap, labels), np.isin(reference, labels)
        found[region] = Overlap(int((ours & theirs).sum()), int(ours.sum()) + int(theirs.sum()))
    return found
