"""Folded networks say what unfolded ones say, for every network of the zoo that normalises by batches."""

from __future__ import annotations

import copy
from collections.abc import Mapping
from typing import Any

import pytest
import torch
from torch import Tensor, nn

from workers.contract import ModelConfig
from workers.inference.folding import fold_norms
from workers.inference.plan import input_shape
from workers.zoo import ARCHITECTURES, build
from workers.zoo.network import Network

torch.set_num_threads(1)

# Small ones of the same make, and how many normalisations stay in them.
SETTINGS: Mapping[str, Mapping[str, Any]] = {
    "deepmedic": {"widths": [4, 4], "joined": 4},
    "ghafoorian": {"maps": [4, 4, 4, 4], "joined": 8, "hidden": 8},
    "segnet": {"widths": [4, 8], "convolutions": [2, 2]},
    "unet3d": {"widths": [4, 8, 8], "blocks": [2, 1, 1], "residual": True},
}
STAY = {"ghafoorian": 4}


def learned(slug: str) -> Network:
    """With statistics, scales and offsets as training leaves them: none of them 0 or 1."""
    torch.manual_seed(3)
    network = build(ModelConfig(slug, ("t1", "flair"), (0, 1, 2), "brats2015", settings=SETTINGS[slug]))
    for norm in norms(network):
        for values in (norm.running_mean, norm.bias):
            nn.init.normal_(values, std=0.5)
        for values in (norm.running_var, norm.weight):
            nn.init.uniform_(values, 0.5, 2)
    return network.eval()


def norms(network: nn.Module) -> list[Any]:
    return [one for one in network.modules() if isinstance(one, nn.BatchNorm2d | nn.BatchNorm3d)]


@pytest.mark.parametrize("slug", SETTINGS)
def test_a_folded_network_says_the_same(slug: str) -> None:
    network = learned(slug)
    window = (2 * network.stride, 2 * network.stride, 2 if network.dimensions == 2 else 2 * network.stride)
    fed = torch.randn(input_shape(network, window))

    folded = fold_norms(copy.deepcopy(network))

    with torch.inference_mode():
        expected, found = network(fed), folded(fed)
    torch.testing.assert_close(found, expected, atol=1e-5 * float(expected.abs().max()), rtol=0)
    assert len(norms(folded)) == STAY.get(slug, 0)


def test_no_other_network_has_any() -> None:
    with torch.device("meta"):
        having = {
            slug
            for slug in ARCHITECTURES
            if norms(build(ModelConfig(slug, ("t1", "flair"), (0, 1, 2), "brats2015")))
        }
    assert having == set(SETTINGS)


class Shared(Network):
    """What a convolution gives is normalised, and used without that as well."""

    channels, classes, stride = 1, 2, 1

    def __init__(self) -> None:
        super().__init__()
        self.convolution, self.norm, self.relu = nn.Conv3d(1, 2, 1), nn.BatchNorm3d(2), nn.ReLU()

    def forward(self, x: Tensor) -> Tensor:
        y = self.convolution(x)
        return torch.add(self.norm(y), self.relu(y))


def test_a_convolution_that_others_look_at_as_well_stays() -> None:
    network = fold_norms(Shared())
    assert len(norms(network)) == 1
