"""The small systems on the demo's phantoms, for real: what a minute of a processor must reach."""

from __future__ import annotations

import pytest
import torch

from backend.demo.phantom import make_case
from backend.numerics.geometry import Grid
from backend.numerics.labels import SCHEMES
from workers.inference.preprocess import CaseImages
from workers.training.cases import LabelledCase
from workers.training.loop import train
from workers.training.recipes import config_for
from workers.training.task import Task
from workers.zoo import segnet, unet3d

pytestmark = pytest.mark.slow

SCHEME = SCHEMES["brats2015"]
SEQUENCES = ("flair", "t1", "t1ce", "t2")


@pytest.fixture(scope="module")
def cases() -> list[LabelledCase]:
    torch.set_num_threads(1)
    found = []
    for index in range(16):
        phantom = make_case(index, seed=91, tiny=True)
        images = CaseImages(phantom.images, Grid(phantom.labelmap.shape, phantom.affine))
        found.append(LabelledCase(phantom.name, images, phantom.labelmap))
    return found


@pytest.mark.slow
@pytest.mark.parametrize(
    ("architecture", "settings"), [("segnet", segnet.TINY), ("unet3d", {**unet3d.TINY, "residual": False})]
)
def test_a_minute_is_enough_for_the_small_ones(
    architecture: str, settings: dict[str, object], cases: list[LabelledCase]
) -> None:
    config = config_for(
        architecture,
        sequences=SEQUENCES,
        labels=(0, *SCHEME.values),
        scheme=SCHEME.slug,
        settings=dict(settings),
    )
    task = Task(
        config=config,
        training=cases[:12],
        validation=cases[12:],
        regions={region.key: region.labels for region in SCHEME.regions},
        budget_s=60,
        seed=1,
    )
    dice = train(task).summary["validation_dice"]
    assert dice["complete"] > 0.85
    assert dice["core"] > 0.6
