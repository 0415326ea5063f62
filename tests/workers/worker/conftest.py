"""A platform over real sockets, and weights for its runs."""

from collections.abc import Iterator

import numpy as np
import pytest
import torch

from tests.workers.worker.platform_server import Platform
from tests.workers.worker.serving import CONFIG, Weights, expected
from workers.zoo import build


@pytest.fixture
def platform() -> Iterator[Platform]:
    with Platform() as served:
        yield served


@pytest.fixture(scope="package")
def weights() -> Weights:
    """Such as give every label somewhere, without having learned anything."""
    torch.manual_seed(5)
    torch.set_num_threads(1)
    state = build(CONFIG).state_dict()
    state["head.weight"].normal_(std=2.0)
    state["head.bias"].zero_()
    found = {f"network.{name}": tensor for name, tensor in state.items()}
    assert np.unique(expected(found, 1)).tolist() == [0, 1, 2]
    return found
