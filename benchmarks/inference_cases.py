"""What inference is measured on: phantoms on the grid of BraTS, and a small U-Net trained on others.

Both are made once and kept in var/cache/inference. The phantoms are made at 1 mm: nothing is resampled.
"""

from __future__ import annotations

import numpy as np
from torch import Tensor

from backend.demo.phantom import make_case
from backend.numerics.arrays import Array, Labelmap
from backend.numerics.geometry import Grid
from benchmarks.cases import AFFINE, BRATS_SHAPE, ROOT
from workers.contract import ModelConfig
from workers.inference import package
from workers.inference.preprocess import CaseImages
from workers.training.cases import LabelledCase
from workers.training.loop import train
from workers.training.task import Task
from workers.zoo.unet3d import TINY

CACHE = ROOT / "var" / "cache" / "inference"
SEQUENCES = ("flair", "t1", "t1ce", "t2")
LABELS = (0, 1, 2, 3, 4)
REGIONS = {"complete": (1, 2, 3, 4), "core": (1, 3, 4), "enhancing": (4,)}
# Seeds apart from the demo's.
TRAINING_SEED, HELD_OUT_SEED = 7001, 7002
TRAINING_CASES = 6
TRAINING_BUDGET_S = 120
CONFIG = ModelConfig("unet3d", SEQUENCES, LABELS, "brats2015", settings=dict(TINY))


def make_held_out(number: int) -> LabelledCase:
    """A phantom that training has not seen."""
    return _phantom(HELD_OUT_SEED, number)


def trained_weights() -> tuple[ModelConfig, dict[str, Tensor]]:
    """Of a small U-Net after two minutes of the processor; dice are enough to compare, and no more."""
    folder = CACHE / f"unet3d-{TRAINING_BUDGET_S}s-{TRAINING_CASES}"
    if not (folder / package.WEIGHTS_FILE).exists():
        cases = [_phantom(TRAINING_SEED, number) for number in range(TRAINING_CASES)]
        task = Task(CONFIG, cases[1:], cases[:1], REGIONS, budget_s=TRAINING_BUDGET_S, seed=0)
        trained = train(task)
        package.save_folder(folder, trained.config, trained.weights)
    return package.load_folder(folder)


def dice(labels: Array, reference: Labelmap) -> dict[str, float]:
    """By region; 1 where both are empty."""
    found = {}
    for region, members in REGIONS.items():
        one, other = np.isin(labels, members), np.isin(reference, members)
        total = int(one.sum()) + int(other.sum())
        found[region] = 2 * int((one & other).sum()) / total if total else 1.0
    return found


def _phantom(seed: int, number: int) -> LabelledCase:
    """Images int16 and a labelmap, each in Fortran order as a NIfTI file is read."""
    path = CACHE / f"phantom-{seed}-{number}.npz"
    if not path.exists():
        made = make_case(number, seed=seed, spacing_mm=1.0)
        arrays: dict[str, Array] = {"labelmap": made.labelmap}
        arrays |= {name: made.images[name] for name in SEQUENCES}
        path.parent.mkdir(parents=True, exist_ok=True)
        placed = {name: _on_brats_grid(array) for name, array in arrays.items()}
        np.savez_compressed(path, allow_pickle=False, **placed)
    grid = Grid(BRATS_SHAPE, AFFINE)
    with np.load(path) as held:
        images = {name: np.asfortranarray(held[name]) for name in SEQUENCES}
        return LabelledCase(path.stem, CaseImages(images, grid), np.asfortranarray(held["labelmap"]))


def _on_brats_grid(array: Array) -> Array:
    """The same voxels in the middle of a larger grid, less the empty slices above and below."""
    placed = np.zeros(BRATS_SHAPE, array.dtype)
    source, target = [], []
    for size, wanted in zip(array.shape, BRATS_SHAPE, strict=True):
        extent = min(size, wanted)
        source.append(slice((size - extent) // 2, (size - extent) // 2 + extent))
        target.append(slice((wanted - extent) // 2, (wanted - extent) // 2 + extent))
    placed[tuple(target)] = array[tuple(source)]
    return placed
