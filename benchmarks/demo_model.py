"""`make demo-model`: train the model that the demo ships, on phantoms of other seeds than the demo's.

It learns what most of five simulated raters draw, which is what the demo's references are like. The package
lies in `backend/demo/model/`; its README says with what command it was made and how good it is.
"""

from __future__ import annotations

import argparse
import json
import time
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

import numpy as np
import torch
from rich.console import Console

from backend.demo.participants import TRAINING_SEED
from backend.demo.phantom import DEMO_SEED, SPACING_MM
from backend.numerics.labels import SCHEMES
from benchmarks.cases import ROOT
from benchmarks.phantoms import SEQUENCES, Phantom, tumour_phantoms
from workers.contract import CurvePoint
from workers.inference.package import WEIGHTS_FILE, load_folder, save_folder
from workers.inference.predictor import Predictor
from workers.training.loop import train
from workers.training.recipes import config_for
from workers.training.task import Hooks, Task
from workers.training.validation import region_dice
from workers.zoo import segnet

FOLDER = ROOT / "backend" / "demo" / "model"
CHECKPOINT = ROOT / "var" / "cache" / "demo-model.safetensors"
SEED = 5_201
TRAINING, LOOKED_AT, HELD_OUT = 18, 2, 4
SCHEME = SCHEMES["brats2015"]
REGIONS = {region.key: region.labels for region in SCHEME.regions}
MOST_BYTES = 1_000_000
console = Console(soft_wrap=True)


def main(arguments: Sequence[str] | None = None) -> None:
    parser = argparse.ArgumentParser(prog="make demo-model", description=__doc__)
    parser.add_argument("--minutes", type=float, default=4, help="of the processor")
    minutes = parser.parse_args(arguments).minutes
    assert SEED not in (DEMO_SEED, TRAINING_SEED)
    torch.set_num_threads(1)
    console.print(f"{TRAINING + LOOKED_AT + HELD_OUT} phantoms at {SPACING_MM} mm")
    phantoms = tumour_phantoms(TRAINING + LOOKED_AT + HELD_OUT, seed=SEED, spacing_mm=SPACING_MM)
    cases = [phantom.case(phantom.majority) for phantom in phantoms]
    config = config_for(
        "segnet",
        sequences=SEQUENCES,
        labels=(0, *SCHEME.values),
        scheme=SCHEME.slug,
        settings={key: list(value) for key, value in segnet.TINY.items()},
        spacing_mm=(SPACING_MM,) * 3,
    )
    task = Task(
        config=config,
        training=cases[:TRAINING],
        validation=cases[TRAINING : TRAINING + LOOKED_AT],
        regions=REGIONS,
        budget_s=60 * minutes,
        seed=SEED,
        # Crops about as large as half a slice: most of a slice has nothing to learn.
        recipe={"extent": [88, 88], "batch": 8},
        checkpoint=CHECKPOINT.read_bytes() if CHECKPOINT.exists() else None,
    )
    trained = train(task, Hooks(point=_say, checkpoint=_keep))
    halves = {
        name: tensor.half() if tensor.is_floating_point() else tensor
        for name, tensor in trained.weights.items()
    }
    save_folder(FOLDER, replace(trained.config), halves)
    facts = judge(phantoms[TRAINING + LOOKED_AT :]) | {"training": dict(trained.summary)}
    CHECKPOINT.unlink(missing_ok=True)
    (FOLDER / "README.md").write_text(_readme(minutes, facts))
    (FOLDER / "card.json").write_text(json.dumps(_card(minutes, facts), indent=2) + "\n")
    console.print(json.dumps({k: v for k, v in facts.items() if k != "training"}, indent=2))


def judge(phantoms: Sequence[Phantom]) -> dict[str, Any]:
    """The files as they lie in the folder, on cases that they have not seen."""
    config, weights = load_folder(FOLDER)
    size = (FOLDER / WEIGHTS_FILE).stat().st_size
    if size >= MOST_BYTES:
        raise SystemExit(
            f"{WEIGHTS_FILE} has {size:,} bytes, {MOST_BYTES:,} are the most: choose a smaller network"
        )
    predictor = Predictor(config, weights)
    found, seconds = [], []
    for phantom in phantoms:
        began = time.process_time()
        labelmap = predictor.predict(phantom.case().images).labelmap
        seconds.append(time.process_time() - began)
        found.append(region_dice(labelmap, phantom.majority, REGIONS))
    dice = {region: round(float(np.mean([one[region] for one in found])), 3) for region in REGIONS}
    return {"dice": dice, "bytes": size, "cpu_seconds_per_case": round(float(np.mean(seconds)), 2)}


def _keep(content: bytes) -> None:
    """Interrupted, the same command goes on from here."""
    beside = CHECKPOINT.with_suffix(".part")
    beside.write_bytes(content)
    beside.replace(CHECKPOINT)


def _say(point: CurvePoint) -> None:
    if point.validation_dice:
        dice = ", ".join(f"{region} {value:.3f}" for region, value in point.validation_dice.items())
        console.print(f"{point.seconds:5.0f} s, step {point.step}: loss {point.loss:.3f}; {dice}")


def _card(minutes: float, facts: Mapping[str, Any]) -> dict[str, Any]:
    """What the demo tells of the model."""
    training = facts["training"]
    return {
        "trained_on": f"{TRAINING} other synthetic phantoms, which five simulated raters drew; "
        f"{LOOKED_AT + HELD_OUT} more were held out",
        "data_digest": training["data_digest"],
        "training": {
            "command": f"make demo-model MINUTES={minutes:g}",
            "architecture": "segnet",
            "parameters": training["parameters"],
            "seed": SEED,
            "steps": training["steps"],
            "held_out_dice": facts["dice"],
        },
    }


def _readme(minutes: float, facts: Mapping[str, Any]) -> str:
    training = facts["training"]
    dice = ", ".join(f"{region} {value}" for region, value in facts["dice"].items())
    return f"""# The demo's model

SegNet, tiny (24-48-64 maps), of {training["parameters"]:,} parameters in half precision, made by

    make demo-model MINUTES={minutes:g}

on {TRAINING} synthetic phantoms of seed {SEED} at {SPACING_MM} mm; the demo's cases have seed {DEMO_SEED}.
It learned what most of five simulated raters draw. Mean Dice against the same on {HELD_OUT} phantoms that
it never saw: {dice}.
One of them takes {facts["cpu_seconds_per_case"]} processor seconds.
{training["steps"]} steps; digest of the data `{training["data_digest"][:16]}…`.

No patient is behind it: its figures show that the pipeline works, and nothing else. Not for clinical use.
"""


if __name__ == "__main__":
    main()
