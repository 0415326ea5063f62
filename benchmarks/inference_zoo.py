"""One system of the zoo, as published, on one case of BraTS size: seconds and memory; `python -m … SLUG`.

The weights are as they start, which tells how long a network takes and nothing of what it finds. Plans are
made as on a machine with 6 GiB free.
"""

from __future__ import annotations

import json
import sys

import torch

from benchmarks.inference_cases import make_held_out
from benchmarks.machine import moment
from benchmarks.measuring import time_once
from benchmarks.peaks import PeakMeter
from workers.contract import ModelConfig
from workers.inference.engine import SHARE, compute_dtype
from workers.inference.predictor import Predictor
from workers.inference.preprocess import CaseImages
from workers.zoo import ARCHITECTURES, build
from workers.zoo.network import count_parameters

CAP_BYTES = 6 << 30
# What the published systems were made for.
INPUTS = {"ghafoorian": ("t1", "flair"), "brosch": ("t1", "t2", "flair")}
CLASSES = {"ghafoorian": (0, 1), "brosch": (0, 1)}


def config_of(slug: str) -> ModelConfig:
    sequences = INPUTS.get(slug, ("flair", "t1", "t1ce", "t2"))
    return ModelConfig(slug, sequences, CLASSES.get(slug, (0, 1, 2, 3, 4)), "brats2015")


def time_network(slug: str, *, share: int = 1) -> dict[str, object]:
    """
    Args:
        share: every so-manieth voxel along each axis only, at its spacing: `share`³ times less work.
    """
    torch.set_num_threads(1)
    torch.manual_seed(0)
    case, config = _coarse(make_held_out(0).images, share), config_of(slug)
    network = build(config)
    weights = {f"network.{name}": tensor for name, tensor in network.state_dict().items()}
    predictor = Predictor(config, weights, budget_bytes=int(SHARE * CAP_BYTES))
    predictor.predict(_coarse(case, 6))  # libraries are loaded, kernels chosen
    now = moment()
    with PeakMeter() as meter:
        lap = time_once(lambda: predictor.predict(case))
    found = lap.result
    assert found.plan is not None
    return {
        "architecture": slug,
        "name": ARCHITECTURES[slug].name,
        "parameters": count_parameters(network),
        "shape": case.grid.shape,
        "seconds": lap.seconds,
        "processor_seconds": lap.processor_seconds,
        "stages": dict(found.seconds),
        "peak_mib": meter.extra_bytes / 2**20,
        "estimated_mib": found.plan.bytes_needed / 2**20,
        "crop": found.plan.shape,
        "windows": len(found.plan.origins),
        "window": found.plan.window,
        "dtype": str(compute_dtype(predictor.device)).removeprefix("torch."),
        "measured": now,
    }


def _coarse(case: CaseImages, share: int) -> CaseImages:
    if share == 1:
        return case
    images = {name: image[::share, ::share, ::share] for name, image in case.images.items()}
    grid = case.grid
    affine = grid.matrix.copy()
    affine[:3, :3] *= share
    return CaseImages(images, type(grid)(next(iter(images.values())).shape, affine))


if __name__ == "__main__":
    print(json.dumps(time_network(sys.argv[1], share=int(sys.argv[2]) if len(sys.argv) > 2 else 1)))
