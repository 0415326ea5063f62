"""Losses and class weights against numbers worked out by hand."""

from __future__ import annotations

import math

import pytest
import torch

from workers.training import losses
from workers.training.losses import IGNORED


def test_voxels_that_are_ignored_change_nothing() -> None:
    torch.manual_seed(0)
    logits = torch.randn(2, 3, 4, 5, requires_grad=True)
    targets = torch.randint(0, 3, (2, 4, 5))
    targets[:, :2] = IGNORED
    for loss in (
        losses.cross_entropy(logits, targets, losses.equal_weights(targets, 3)),
        losses.soft_dice(logits, targets),
        losses.sensitivity_specificity(logits, targets, lesion_share=0.3),
    ):
        (gradient,) = torch.autograd.grad(loss, logits)
        assert (gradient[:, :, :2] == 0).all()
        assert gradient[:, :, 2:].abs().sum() > 0


def test_equal_weights_give_classes_equal_shares() -> None:
    targets = torch.tensor([0, 0, 0, 0, 0, 0, 2, 2, IGNORED])
    weights = losses.equal_weights(targets, 4)
    assert weights[1] == weights[3] == 0
    assert 6 * weights[0] == pytest.approx(float(2 * weights[2]))


def test_median_frequency_weights() -> None:
    # Class 0 is .9 of both images, 1 is .1 of the first, 2 is .1 of the second: frequencies .9, .1, .1.
    found = losses.median_frequency_weights([[90, 10, 0], [180, 0, 20]])
    torch.testing.assert_close(found, torch.tensor([0.1 / 0.9, 1.0, 1.0]))
    # Of three frequencies .6, .3, .1 the median is .3; a class that is nowhere has no weight.
    found = losses.median_frequency_weights([[60, 30, 10, 0]])
    torch.testing.assert_close(found, torch.tensor([0.5, 1.0, 3.0, 0.0]))


def test_sensitivity_and_specificity_are_weighed() -> None:
    logits = torch.tensor([[[0.0, 0.0, 0.0, 0.0], [math.log(3), math.log(3), -math.log(3), 0.0]]])
    targets = torch.tensor([[1, 1, 0, 0]])
    # Sigmoids .75 .75 | .25 .5: mean squared errors .0625 on lesions, (.0625 + .25) / 2 elsewhere.
    found = losses.sensitivity_specificity(logits, targets, lesion_share=0.2)
    assert float(found) == pytest.approx(0.2 * 0.0625 + 0.8 * 0.15625)


def test_dice_is_0_for_certainty_and_grows_with_errors() -> None:
    targets = torch.tensor([[0, 1, 1, 2, 2, 0]])
    sure = 20.0 * torch.nn.functional.one_hot(targets, 3).movedim(-1, 1).float()
    assert float(losses.soft_dice(sure, targets)) == pytest.approx(0, abs=1e-3)
    wrong = sure.flip(1)
    assert float(losses.soft_dice(wrong, targets)) > 0.3
