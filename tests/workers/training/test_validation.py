"""Looks at the validation cases: what decides which weights are kept."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
import torch

from tests.workers.training.material import REGIONS, TINY_UNET, make_case
from workers.inference.predictor import Predictor
from workers.training.validation import Validation, region_dice
from workers.zoo import build


def weights_of_chance() -> dict[str, torch.Tensor]:
    torch.manual_seed(5)
    return {f"network.{name}": tensor for name, tensor in build(TINY_UNET).state_dict().items()}


def test_a_region_counts_by_its_voxels_in_all_cases_together() -> None:
    """Of a case that lacks it Dice would be 0 by one voxel too many, else 1."""
    whole, other = make_case(1), make_case(2)
    without = replace(other, labelmap=np.where(other.labelmap == 4, 2, other.labelmap).astype(np.uint8))
    cases, weights = [whole, without], weights_of_chance()
    predictor = Predictor(TINY_UNET, weights)

    found = Validation(cases, REGIONS, device=torch.device("cpu")).dice(TINY_UNET, weights)

    predicted = np.stack([predictor.predict(case.images).labelmap for case in cases])
    drawn = np.stack([case.labelmap for case in cases])
    assert 0 < found["complete"] < 1
    assert found == pytest.approx(region_dice(predicted, drawn, REGIONS))


def test_without_cases_nothing_is_known() -> None:
    assert Validation([], REGIONS, device=torch.device("cpu")).dice(TINY_UNET, weights_of_chance()) == {}
