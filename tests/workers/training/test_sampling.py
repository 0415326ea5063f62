"""What batches hold: classes as often as the recipe says, and labels where the images are."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace

import numpy as np
import pytest
import torch

from tests.workers.training.material import LABELS, SEQUENCES, make_case
from workers.contract import ModelConfig
from workers.inference.predictor import Predictor
from workers.training.augmentation import Augmentation
from workers.training.cases import Held, hold
from workers.training.losses import IGNORED
from workers.training.recipe import Draw, Phase
from workers.training.recipes import recipe_for
from workers.training.sampling import NothingToLearn, Sampler
from workers.zoo import build
from workers.zoo.network import Network

PATCHES = ModelConfig("two_path_cnn", SEQUENCES, LABELS, "any")
CHUNKS = ModelConfig(
    "deepmedic", SEQUENCES, LABELS, "any", settings={"widths": [4, 4], "joined": 4, "dropout": 0.0}
)
VOLUMES = ModelConfig("unet3d", SEQUENCES, LABELS, "any", settings={"widths": [4, 8], "blocks": [1, 1]})


def held_cases(config: ModelConfig, *, count: int = 3) -> tuple[list[Held], Network]:
    network = build(config)
    weights = {f"network.{name}": tensor for name, tensor in network.state_dict().items()}
    predictor = Predictor(config, weights)
    found = [
        hold(make_case(seed), predictor, stride=network.stride, dimensions=network.dimensions)
        for seed in range(count)
    ]
    return [one for one in found if one is not None], network


def sampler_of(config: ModelConfig, **changes: object) -> Sampler:
    cases, network = held_cases(config)
    recipe = recipe_for(config.architecture, changes, budget_s=60)
    return Sampler(cases, network, recipe, sequences=len(SEQUENCES))


def frequencies(draw: Draw) -> dict[int, float]:
    """Of the classes in the middle of 1,500 patches of one voxel."""
    sampler = sampler_of(PATCHES, extent=[1, 1], batch=1500)
    targets = sampler.draw(Phase("any", draw=draw), np.random.default_rng(1)).targets.flatten().tolist()
    return {k: count / len(targets) for k, count in Counter(targets).items()}


def test_equal_draws_give_each_class_as_often() -> None:
    found = frequencies(Draw.EQUAL)
    assert set(found) == {0, 1, 2}
    assert all(abs(share - 1 / 3) < 0.05 for share in found.values())


def test_half_of_the_draws_lie_on_lesions() -> None:
    assert abs(frequencies(Draw.LESION_HALF)[0] - 0.5) < 0.05


def test_uniform_draws_are_as_the_brain_is() -> None:
    cases, _ = held_cases(PATCHES)
    shares = np.sum([case.counts for case in cases], axis=0) / np.sum([case.counts for case in cases])
    found = frequencies(Draw.UNIFORM)
    assert all(abs(found.get(k, 0) - share) < 0.03 for k, share in enumerate(shares))


@pytest.mark.parametrize(
    ("config", "extent"), [(PATCHES, [9, 9]), (CHUNKS, [9, 9, 9]), (VOLUMES, [8, 8, 8]), (VOLUMES, [])]
)
def test_labels_stay_where_the_images_are(config: ModelConfig, extent: list[int]) -> None:
    """The first image is made of the labels themselves; mirrored or turned, both must still agree."""
    cases, network = held_cases(config)
    cases = [replace(one, images=one.classes[None].repeat(2, 1, 1, 1).half()) for one in cases]
    way = {"flips": [0, 1, 2], "rotations": True}
    recipe = recipe_for(
        config.architecture, {"extent": extent, "batch": 12, "augmentation": way}, budget_s=60
    )
    batch = Sampler(cases, network, recipe, sequences=2).draw(Phase("any"), np.random.default_rng(4))
    inside = batch.images[:, 0]
    for axis in range(1, network.dimensions + 1):
        inside = inside.narrow(axis, network.margin, inside.shape[axis] - 2 * network.margin)
    known = batch.targets != IGNORED
    assert known.any()
    torch.testing.assert_close(inside.long()[known] - 1, batch.targets[known])
    assert (inside[~known] == 0).all()


def test_the_generator_decides_what_is_drawn() -> None:
    sampler = sampler_of(VOLUMES, extent=[8, 8, 8], batch=3)
    first, again, other = (
        sampler.draw(Phase("any"), np.random.default_rng([1, seed])).images for seed in (5, 5, 6)
    )
    assert torch.equal(first, again)
    assert not torch.equal(first, other)


def test_intensities_change_in_the_brain_only_and_features_never() -> None:
    sampler = sampler_of(VOLUMES, extent=[])
    phase, rng = Phase("any"), np.random.default_rng
    sampler.recipe = replace(sampler.recipe, augmentation=Augmentation())
    plain = sampler.draw(phase, rng(2)).images
    sampler.recipe = replace(
        sampler.recipe, augmentation=Augmentation(intensity_shift=0.5, intensity_scale=0.3), batch=1
    )
    sampler.sequences = 1  # the second channel stands for a feature
    changed = sampler.draw(phase, rng(2)).images[:1]
    plain = plain[:1]
    assert ((changed[:, 0] == 0) == (plain[:, 0] == 0)).all()
    assert not torch.allclose(changed[:, 0], plain[:, 0])
    assert torch.equal(changed[:, 1], plain[:, 1])


def test_subsets_are_all_drawn_and_none_is_empty() -> None:
    sampler = sampler_of(VOLUMES, extent=[4, 4, 4], batch=300)
    present = sampler.draw(Phase("any", subsets=True), np.random.default_rng(0)).present
    found = Counter(tuple(row) for row in present.tolist())
    assert set(found) == {(True, True), (True, False), (False, True)}
    assert min(found.values()) > 60


def test_cases_without_lesions_are_no_training() -> None:
    cases, network = held_cases(VOLUMES)
    empty = [replace(one, counts=(one.counts[0], 0, 0)) for one in cases]
    with pytest.raises(NothingToLearn, match="no training case has a label"):
        Sampler(empty, network, recipe_for("unet3d", {}, budget_s=60), sequences=2)
