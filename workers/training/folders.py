"""Training from the command line: cases from a folder on disk, a package into another.

Cases lie in one folder each, in the layout of BraTS and of our exports.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch

from backend.numerics.labels import SCHEMES
from backend.numerics.volumes import read_labelmap, read_volume
from workers.contract import ContractError, CurvePoint, ModelConfig
from workers.inference.package import read_config, save_folder
from workers.inference.preprocess import BadImage
from workers.training.cases import LabelledCase
from workers.training.checkpoint import BadCheckpoint
from workers.training.learner import Diverged
from workers.training.loop import train
from workers.training.sampling import NothingToLearn
from workers.training.task import Hooks, Task
from workers.training.validation import Regions

LABELMAP = "seg"
CHECKPOINT_FILE, SUMMARY_FILE = "checkpoint.safetensors", "training.json"
TRAINING_MISTAKES = (BadCheckpoint, Diverged, NothingToLearn)
_ENDINGS = (".nii.gz", ".nii")


@dataclass(frozen=True, slots=True)
class FolderTraining:
    """
    Args:
        config: file of the config that the model shall have.
        cases, out: folders; `out` may hold a checkpoint of the same training.
        held_out: share of the cases that is only looked at.
        recipe: JSON, values in place of the system's own.
    """

    config: Path
    cases: Path
    out: Path
    budget_s: float
    held_out: float
    recipe: str
    seed: int
    device: str
    threads: int


def train_folder(order: FolderTraining, *, say: Callable[[str], None]) -> Mapping[str, Any]:
    """Train, and write the package and its summary into `order.out`. Returns the summary.

    Raises:
        ContractError, BadImage, VolumeError and `TRAINING_MISTAKES`.
    """
    torch.set_num_threads(order.threads)
    config = read_config(order.config.read_bytes())
    found = read_cases(order.cases, config.sequences)
    learned, looked_at = split(found, share=order.held_out, seed=order.seed)
    say(f"{len(learned)} cases to learn from, {len(looked_at)} to look at")
    order.out.mkdir(parents=True, exist_ok=True)
    kept = order.out / CHECKPOINT_FILE
    task = Task(
        config=config,
        training=learned,
        validation=looked_at,
        regions=regions_of(config),
        budget_s=order.budget_s,
        seed=order.seed,
        recipe=_recipe(order.recipe),
        checkpoint=kept.read_bytes() if kept.exists() else None,
        device=order.device,
    )
    trained = train(
        task, Hooks(point=lambda point: say(_line(point)), checkpoint=lambda data: _keep(kept, data))
    )
    save_folder(order.out, trained.config, trained.weights)
    (order.out / SUMMARY_FILE).write_text(json.dumps(trained.summary, indent=2) + "\n")
    kept.unlink(missing_ok=True)
    return trained.summary


def split(
    cases: Sequence[LabelledCase], *, share: float, seed: int
) -> tuple[list[LabelledCase], list[LabelledCase]]:
    """Those to learn from, and those held out at random: one at least, where the share is above 0."""
    count = min(max(round(share * len(cases)), 1 if share else 0), len(cases) - 1)
    drawn = set(np.random.default_rng(seed).permutation(len(cases))[:count].tolist())
    return (
        [case for k, case in enumerate(cases) if k not in drawn],
        [case for k, case in enumerate(cases) if k in drawn],
    )


def regions_of(config: ModelConfig) -> Regions:
    """Of the config's scheme where that is one of the public challenges'; else each label by itself."""
    scheme = SCHEMES.get(config.scheme)
    if scheme is None:
        return {str(label): (label,) for label in config.labels[1:]}
    return {region.key: region.labels for region in scheme.regions}


def read_cases(folder: Path, sequences: Sequence[str]) -> list[LabelledCase]:
    """Every case of `folder`, by name: `CASE/…SEQUENCE.nii.gz` and the labelmap `CASE/…seg.nii.gz`.

    A case may lack a sequence; whether it can be learned from is for the config to say.

    Raises:
        BadImage: there is no case, or one has no labelmap.
        VolumeError: a file cannot be read.
    """
    cases = [_read_case(path, sequences) for path in sorted(folder.iterdir()) if path.is_dir()]
    if not cases:
        raise BadImage(f"{folder}: holds no case: one folder each, with {LABELMAP}.nii.gz and its images")
    return cases


def _read_case(folder: Path, sequences: Sequence[str]) -> LabelledCase:
    found = {}
    for name in sequences:
        if (path := _file(folder, name)) is not None:
            volume = read_volume(path, name=f"{folder.name}/{path.name}")
            found[name] = (volume.array, volume.grid)
    path = _file(folder, LABELMAP)
    if path is None:
        raise BadImage(f"{folder}: has no labelmap; name it {LABELMAP}.nii.gz, or CASE_{LABELMAP}.nii.gz")
    labelmap = read_labelmap(path, name=f"{folder.name}/{path.name}")
    return LabelledCase.of_volumes(folder.name, found, (labelmap.array, labelmap.grid))


def _file(folder: Path, name: str) -> Path | None:
    """`name` with an ending, alone or after `_` or `-`."""
    for path in sorted(folder.iterdir()):
        for ending in _ENDINGS:
            stem = path.name.removesuffix(ending)
            if stem != path.name and (stem == name or stem.endswith((f"_{name}", f"-{name}"))):
                return path
    return None


def _recipe(text: str) -> Mapping[str, Any]:
    try:
        values = json.loads(text)
    except json.JSONDecodeError as error:
        raise ContractError(f"recipe: is no JSON ({error})") from None
    if not isinstance(values, dict):
        raise ContractError("recipe: an object is needed")
    return values


def _keep(path: Path, content: bytes) -> None:
    """Whole or not at all: a training may be killed while it writes."""
    beside = path.with_suffix(".part")
    beside.write_bytes(content)
    beside.replace(path)


def _line(point: CurvePoint) -> str:
    text = f"step {point.step}, {point.seconds:.0f} s: loss {point.loss:.4f}"
    if not point.validation_dice:
        return text
    return f"{text}, Dice {', '.join(f'{name} {dice:.3f}' for name, dice in point.validation_dice.items())}"
