"""A small network on the demo's phantoms, for seconds: it begins to see them. How far it comes is tested in
`test_on_phantoms_long.py`.
"""

from __future__ import annotations

import torch

from backend.demo.phantom import make_case
from backend.numerics.geometry import Grid
from backend.numerics.labels import SCHEMES
from workers.contract import CurvePoint
from workers.inference.preprocess import CaseImages
from workers.training.cases import LabelledCase
from workers.training.loop import train
from workers.training.recipes import config_for
from workers.training.task import Hooks, Task
from workers.zoo import segnet

SCHEME = SCHEMES["brats2015"]


def tiny_case(index: int) -> LabelledCase:
    phantom = make_case(index, seed=91, tiny=True)
    images = CaseImages(phantom.images, Grid(phantom.labelmap.shape, phantom.affine))
    return LabelledCase(phantom.name, images, phantom.labelmap)


def test_loss_falls_and_complete_tumour_is_seen_within_seconds() -> None:
    torch.set_num_threads(1)
    points: list[CurvePoint] = []
    config = config_for(
        "segnet",
        sequences=("flair", "t1", "t1ce", "t2"),
        labels=(0, *SCHEME.values),
        scheme=SCHEME.slug,
        settings={key: list(value) for key, value in segnet.TINY.items()},
    )
    cases = [tiny_case(index) for index in range(3)]
    task = Task(
        config=config,
        training=cases[:2],
        validation=cases[2:],
        regions={region.key: region.labels for region in SCHEME.regions},
        budget_s=60,
        seed=1,
        recipe={"steps": 40, "batch": 4, "validate_share": 0.25},
    )
    train(task, Hooks(point=points.append))
    complete = [point.validation_dice["complete"] for point in points if point.validation_dice]
    assert points[-1].loss < points[0].loss / 2
    assert max(complete) > complete[0] + 0.2
