from collections.abc import Mapping
from typing import Any

import pytest
import torch
from torch import Tensor
from torch.nn import functional

from tests.workers.inference.tissues import head
from workers.contract import ContractError, ModelConfig
from workers.inference import stages
from workers.inference.crf import Crf, mean_field
from workers.inference.islands import Islands, drop_islands
from workers.inference.post_network import PostNetwork
from workers.zoo.network import count_parameters

torch.set_num_threads(1)

CASE = head(12)


def config(*settings: Mapping[str, Any]) -> ModelConfig:
    return ModelConfig(
        architecture="unet3d",
        sequences=("flair", "t1", "t1ce", "t2"),
        labels=(0, 1, 2, 3, 4),
        scheme="s",
        stages=settings,
    )


def apply(model: ModelConfig, probabilities: Tensor, weights: Mapping[str, Tensor] | None = None) -> Tensor:
    return stages.apply(
        model, probabilities, images=CASE.images, weights=weights or {}, spacing_mm=(1.0, 1.0, 2.0)
    )


# ---------------------------------------------------------------------------------------------- post-network


def test_post_network_has_10917_parameters_for_four_sequences_and_five_classes() -> None:
    assert count_parameters(PostNetwork(sequences=4, classes=5)) == 10_917


def test_post_network_starts_as_the_identity() -> None:
    torch.manual_seed(1)
    network = PostNetwork(sequences=4, classes=5)

    found = torch.softmax(network(CASE.probabilities[None], CASE.images[None]), dim=1)[0]

    torch.testing.assert_close(found, CASE.probabilities, atol=1e-5, rtol=0)


def test_post_network_learns_from_its_zeros() -> None:
    torch.manual_seed(1)
    network = PostNetwork(sequences=4, classes=5)
    optimiser = torch.optim.Adam(network.parameters(), lr=0.01)
    losses = []
    for _ in range(20):
        logits = network(CASE.probabilities[None], CASE.images[None])
        loss = functional.cross_entropy(logits, CASE.labelmap[None])
        optimiser.zero_grad()
        loss.backward()
        optimiser.step()
        losses.append(loss.item())

    assert losses[-1] < 0.95 * losses[0]


# --------------------------------------------------------------------------------------------------- islands


def clusters() -> Tensor:
    """Classes 1 and 2 touch (3 voxels); one voxel of 2 touches them by its corner; one of 1 is by itself."""
    labels = torch.zeros(6, 6, 6, dtype=torch.long)
    labels[1, 1, 1], labels[1, 1, 2], labels[1, 2, 2] = 1, 1, 2
    labels[2, 3, 3] = 2
    labels[5, 5, 5] = 1
    return functional.one_hot(labels, 3).movedim(-1, 0).float() * 0.8 + 0.2 / 3


@pytest.mark.parametrize(
    ("min_mm3", "connectivity", "left"),
    [(0, 26, 5), (2, 26, 5), (2.1, 26, 4), (8, 26, 4), (8.1, 26, 0), (6.0, 6, 3), (6.1, 6, 0)],
)
def test_clusters_are_measured_in_mm3_over_all_classes(min_mm3: float, connectivity: int, left: int) -> None:
    settings = Islands(min_mm3=min_mm3, connectivity=connectivity)

    found = drop_islands(clusters(), settings, spacing_mm=(1, 1, 2))

    assert int((found.argmax(dim=0) != 0).sum()) == left
    torch.testing.assert_close(found.sum(dim=0), torch.ones(6, 6, 6))


def test_what_is_kept_keeps_its_probabilities() -> None:
    before = clusters()

    found = drop_islands(before, Islands(min_mm3=3), spacing_mm=(1, 1, 1))

    assert found[:, 5, 5, 5].tolist() == [1, 0, 0]
    found[:, 5, 5, 5] = before[:, 5, 5, 5]
    assert torch.equal(found, before)


def test_nothing_found_is_no_error() -> None:
    empty = torch.tensor([1.0, 0.0])[:, None, None, None].expand(2, 4, 4, 4)

    assert torch.equal(drop_islands(empty, Islands(min_mm3=100), spacing_mm=(1, 1, 1)), empty)


# ------------------------------------------------------------------------------------------------- in order


def test_stages_are_applied_in_the_order_of_the_config() -> None:
    crf, islands = {"kind": "crf", "appearance_weight": 0.5}, {"kind": "islands", "min_mm3": 3}
    before = torch.tensor([0.8, 0.05, 0.05, 0.05, 0.05])[:, None, None, None].repeat(1, 12, 12, 12)
    before[:, 6, 6, 6] = torch.tensor([0.004, 0.984, 0.004, 0.004, 0.004])

    first_crf = apply(config(crf, islands), before)
    first_islands = apply(config(islands, crf), before)

    settings, spacing_mm = Crf(appearance_weight=0.5), (1.0, 1.0, 2.0)
    smoothed = mean_field(before, CASE.images, settings, spacing_mm=spacing_mm)
    assert smoothed[:, 6, 6, 6].argmax() == 1  # it is the second stage that drops it
    assert torch.equal(first_crf, drop_islands(smoothed, Islands(min_mm3=3), spacing_mm=spacing_mm))
    cleaned = drop_islands(before, Islands(min_mm3=3), spacing_mm=spacing_mm)
    assert torch.equal(first_islands, mean_field(cleaned, CASE.images, settings, spacing_mm=spacing_mm))
    assert not torch.equal(first_crf, first_islands)


def test_without_stages_probabilities_stay() -> None:
    assert apply(config(), CASE.probabilities) is CASE.probabilities


def test_a_post_network_takes_the_weights_under_its_position() -> None:
    model = config({"kind": "islands", "min_mm3": 0}, {"kind": "post_network"})
    shapes = stages.extra_shapes(model)
    assert sum(shape.numel() for shape in shapes.values()) == 10_917
    weights = {name: torch.zeros(shape) for name, shape in shapes.items()}
    weights["stages.1.correction.bias"] = torch.tensor([0.0, 0.0, 50.0, 0.0, 0.0])
    weights["network.head.bias"] = torch.zeros(3)  # another part's

    found = apply(model, CASE.probabilities, weights)

    assert (found.argmax(dim=0) == 2).all()


def test_a_post_networks_width_is_a_setting() -> None:
    shapes = stages.extra_shapes(config({"kind": "post_network", "width": 3}))

    assert shapes["stages.0.correction.weight"] == (5, 3, 1, 1, 1)


@pytest.mark.parametrize(
    ("settings", "sentence"),
    [
        ({}, r"stages\[0\].kind: None is none of crf, post_network, islands"),
        ({"kind": "magic"}, r"stages\[0\].kind: 'magic' is none of"),
        ({"kind": "crf", "sigma": 3}, r"stages\[0\]: unknown sigma"),
        ({"kind": "crf", "iterations": 2.5}, r"stages\[0\].iterations: 2.5 is no int"),
        ({"kind": "islands"}, r"stages\[0\]: .*min_mm3"),
        ({"kind": "islands", "min_mm3": -1}, "islands: min_mm3 is 0 or more"),
        ({"kind": "post_network", "width": 0}, "width is 1–256"),
    ],
)
def test_a_stage_that_there_is_not_is_refused_by_its_place(settings: dict[str, Any], sentence: str) -> None:
    with pytest.raises(ContractError, match=sentence):
        stages.read_stages(config(settings))
