"""Cases that lack a sequence, from their images to the labelmap, by each way that a config can name."""

import itertools

import numpy as np
import pytest
import torch
from torch import Tensor

from backend.numerics.geometry import Grid
from tests.workers.inference.tissues import head
from workers.contract import ModelConfig
from workers.inference import imputation
from workers.inference.missing import Member, members
from workers.inference.predictor import Predictor
from workers.inference.preprocess import CaseImages
from workers.zoo import build

torch.set_num_threads(1)

SEQUENCES = ("flair", "t1", "t1ce", "t2")
HEAD = head(16)
GRID = Grid((16, 16, 16), np.eye(4))
UNET = {"widths": [4, 8], "blocks": [1, 1]}
SUBSETS = [names for count in (1, 2, 3, 4) for names in itertools.combinations(SEQUENCES, count)]


def config(missing: str, sequences: tuple[str, ...] = SEQUENCES, **more: object) -> ModelConfig:
    return ModelConfig(
        architecture="hemis" if missing == "any" else "unet3d",
        settings={"width": 4, "joined": 4, "output_size": 5} if missing == "any" else UNET,
        sequences=sequences,
        labels=(0, 1, 2, 4),
        scheme="s",
        missing=missing,
        **more,  # type: ignore[arg-type]
    )


def untrained(model: ModelConfig) -> dict[str, Tensor]:
    """Weights of the whole package, of networks that nobody trained: it is the way that is tested."""
    weights: dict[str, Tensor] = {}
    for number, member in enumerate(members(model)):
        weights |= _network(model, member, seed=number)
    if model.missing == "impute":
        fit = imputation.Fit(len(model.sequences))
        fit.add(HEAD.images, torch.ones(4, dtype=torch.bool), seed=0)
        weights |= fit.solve()
    return weights


def _network(model: ModelConfig, member: Member, *, seed: int) -> dict[str, Tensor]:
    torch.manual_seed(seed)
    network = build(config(model.missing, member.sequences))
    with torch.no_grad():
        for parameter in network.parameters():
            parameter.add_(0.3 * torch.randn_like(parameter))
    return {member.prefix + name: value for name, value in network.state_dict().items()}


def case(names: tuple[str, ...]) -> CaseImages:
    arrays = {name: HEAD.images[SEQUENCES.index(name)].numpy() for name in names}
    return CaseImages(arrays, GRID)


@pytest.mark.parametrize("missing", ["zero", "mean", "impute", "subset", "any"])
def test_each_of_the_15_subsets_is_labelled_and_not_all_alike(missing: str) -> None:
    model = config(missing)
    predictor = Predictor(model, untrained(model))

    labelmaps = [predictor.predict(case(names)).labelmap for names in SUBSETS]

    assert all(set(np.unique(labelmap)) <= {0, 1, 2, 4} for labelmap in labelmaps)
    assert len({labelmap.tobytes() for labelmap in labelmaps}) > 10


def test_a_subset_is_labelled_by_the_network_that_was_trained_on_it() -> None:
    model, names = config("subset"), ("t1", "t2")
    weights = untrained(model)
    prefix = "subset.0101."
    alone = {
        name.replace(prefix, "network."): value for name, value in weights.items() if name.startswith(prefix)
    }

    of_package = Predictor(model, weights).predict(case(names)).labelmap

    of_network = Predictor(config("refuse", names), alone).predict(case(names)).labelmap
    np.testing.assert_array_equal(of_package, of_network)


def test_stages_follow_the_network() -> None:
    stages = ({"kind": "crf"}, {"kind": "islands", "min_mm3": 1e9})
    model = config("zero")
    weights = untrained(model)

    without = Predictor(model, weights).predict(case(SEQUENCES)).labelmap
    smoothed = Predictor(config("zero", stages=stages[:1]), weights).predict(case(SEQUENCES)).labelmap
    emptied = Predictor(config("zero", stages=stages), weights).predict(case(SEQUENCES)).labelmap

    assert without.any()
    assert (smoothed != without).any()
    assert not emptied.any()
