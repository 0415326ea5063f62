"""`make train-zoo`: every system of the zoo trained for real, for minutes, on phantoms (ONLY=, MINUTES=).

Each row stands in `benchmarks/results/zoo.json` as soon as it is done, and the table of `docs/models.md` is
written from there. Dice is of cases that no network has seen, and of phantoms: it shows that the pipeline
works, and says nothing of patients.
"""

from __future__ import annotations

import argparse
import json
import os
import time
from collections.abc import Callable, Mapping, Sequence
from itertools import combinations
from typing import Any

import numpy as np
import torch
from rich.console import Console

from backend.demo.fields import Labels
from backend.demo.untrained import predict_by_thresholds
from benchmarks import wmh_phantom
from benchmarks.cases import ROOT
from benchmarks.machine import describe_machine, moment
from benchmarks.phantoms import Phantom
from benchmarks.zoo_rows import ROWS, Row, Subjects, subjects_of
from benchmarks.zoo_table import write_table
from workers.contract import CurvePoint
from workers.inference.package import Weights, load_folder, save_folder
from workers.inference.predictor import Predictor
from workers.training.checkpoint import Checkpoint
from workers.training.loop import train
from workers.training.task import Hooks, Task, Trained
from workers.training.validation import Regions, region_dice

RESULTS = ROOT / "benchmarks" / "results" / "zoo.json"
KEPT = ROOT / "var" / "zoo"
SEED = 11
# The first look comes after a twentieth of a phase, and no training ends before its budget does.
LOOKS = {"validation_cases": 2, "validate_share": 0.05, "patience": 100}
console = Console(soft_wrap=True)


def main(arguments: Sequence[str] | None = None) -> None:
    parser = argparse.ArgumentParser(prog="make train-zoo", description=__doc__)
    parser.add_argument("--only", default="", help=f"of {', '.join(row.key for row in ROWS)}")
    parser.add_argument(
        "--minutes", type=float, default=0, help="of the processor, in place of each row's own"
    )
    asked = parser.parse_args(arguments)
    chosen = _chosen(asked.only)
    torch.set_num_threads(1)
    for kind in sorted({row.phantoms for row in chosen}):
        subjects = subjects_of(kind)
        _store("references", kind, references(subjects))
        for row in [row for row in chosen if row.phantoms == kind]:
            console.print(f"{row.name}: {asked.minutes or row.minutes:g} minutes")
            _store("rows", row.key, run(row, subjects, minutes=asked.minutes or row.minutes))
            write_table(json.loads(RESULTS.read_text()))


def run(row: Row, subjects: Subjects, *, minutes: float) -> dict[str, Any]:
    """Train a row and judge it on the held-out cases."""
    checkpoints: list[bytes] = []

    def keep_first(content: bytes) -> None:
        """After a twentieth of the budget: one of the very first steps would flatter what follows."""
        if not checkpoints and Checkpoint.from_bytes(content).position.seconds >= 3 * minutes:
            checkpoints.append(content)

    points: list[CurvePoint] = []

    def point(found: CurvePoint) -> None:
        points.append(found)
        if found.validation_dice:
            dice = ", ".join(f"{region} {value:.3f}" for region, value in found.validation_dice.items())
            console.print(f"  {found.seconds:5.0f} s, step {found.step}: loss {found.loss:.3f}; {dice}")

    task = Task(
        config=row.config(subjects),
        training=[phantom.case() for phantom in subjects.training],
        validation=[phantom.case() for phantom in subjects.looked_at],
        regions=subjects.regions,
        budget_s=60 * minutes,
        seed=SEED,
        recipe={**LOOKS, **row.recipe},
        begin_with=_first_network(row),
    )
    trained = train(task, Hooks(point=point, checkpoint=keep_first))
    dice, seconds = judge(trained, trained.weights, subjects)
    console.print(f"  held out: {dice}, {seconds} s a case")
    save_folder(KEPT / row.key, trained.config, trained.weights)
    return {
        "name": row.name,
        "architecture": row.architecture,
        "settings": dict(row.settings),
        "phantoms": row.phantoms,
        "minutes": minutes,
        "dice": dice,
        "first_checkpoint": _first(checkpoints[0], trained, subjects),
        "cpu_seconds_per_case": seconds,
        "summary": dict(trained.summary),
        "curve": [
            {"seconds": round(one.seconds, 1), "step": one.step, "loss": round(one.loss, 4)} for one in points
        ],
        **moment(),
    }


def _first_network(row: Row) -> Weights:
    """What a cascade begins with: weights of the row that it stands on."""
    if not row.first:
        return {}
    if not (KEPT / row.first).is_dir():
        raise SystemExit(f"{row.key} stands on {row.first}: train that one first, ONLY={row.first}")
    _, weights = load_folder(KEPT / row.first)
    return {f"first.{name.removeprefix('network.')}": tensor for name, tensor in weights.items()}


def judge(trained: Trained, weights: Weights, subjects: Subjects) -> tuple[dict[str, float], float]:
    """Mean Dice by region on the held-out cases, and processor seconds for one."""
    predictor = Predictor(trained.config, weights)
    found, began = [], time.process_time()
    for phantom in subjects.held_out:
        labelmap = predictor.predict(phantom.case().images).labelmap
        found.append(region_dice(labelmap, phantom.labelmap, subjects.regions))
    seconds = (time.process_time() - began) / len(found)
    return mean(found, subjects.regions), round(seconds, 2)


def _first(checkpoint: bytes, trained: Trained, subjects: Subjects) -> Mapping[str, Any]:
    """The same judged on its first checkpoint: what the rest of the training was worth."""
    kept = Checkpoint.from_bytes(checkpoint)
    networks = {f"network.{name}": tensor for name, tensor in kept.network.items()}
    return {
        "seconds": round(kept.position.seconds, 1),
        "dice": judge(trained, {**trained.weights, **networks}, subjects)[0],
    }


def references(subjects: Subjects) -> dict[str, Any]:
    """What to compare with: raters among themselves and with the truth, and two thresholds."""
    facts: dict[str, Any] = {
        "held_out": len(subjects.held_out),
        "training": len(subjects.training),
        "spacing_mm": subjects.spacing_mm,
        "machine": describe_machine(),
    }
    regions, among, against, thresholds = subjects.regions, [], [], []
    threshold = _thresholds(subjects)
    for phantom in subjects.held_out:
        drawn = list(phantom.drawn.values())
        among += [region_dice(one, other, regions) for one, other in combinations(drawn, 2)]
        against += [region_dice(one, phantom.labelmap, regions) for one in drawn]
        thresholds.append(region_dice(threshold(phantom), phantom.labelmap, regions))
    facts["raters_among_themselves"] = mean(among, regions)
    facts["raters_against_truth"] = mean(against, regions)
    facts["thresholds"] = mean(thresholds, regions)
    return facts


def _thresholds(subjects: Subjects) -> Callable[[Phantom], Labels]:
    """Of tumours the demo's; of white matter lesions the one of FLAIR that is best on training's phantoms."""
    if subjects.sequences != wmh_phantom.SEQUENCES:
        return lambda phantom: predict_by_thresholds(phantom.images, phantom.spacing_mm)
    cuts = np.linspace(0.5, 4, 36)
    of_each = [
        [
            mean([region_dice(_bright(one, cut), one.labelmap, subjects.regions)], subjects.regions)
            for cut in cuts
        ]
        for one in subjects.training
    ]
    means = [np.mean([list(case[k].values()) for case in of_each]) for k in range(len(cuts))]
    best = float(cuts[int(np.argmax(means))])
    return lambda phantom: _bright(phantom, best)


def _bright(phantom: Phantom, cut: float) -> Labels:
    """Where FLAIR is so many standard deviations above the brain's mean."""
    flair = phantom.images["flair"].astype(np.float32)
    brain = flair != 0
    inside = flair[brain]
    return ((flair - inside.mean() > cut * inside.std()) & brain).astype(np.uint8) * np.uint8(
        wmh_phantom.LESION
    )


def mean(found: Sequence[Mapping[str, float]], regions: Regions) -> dict[str, float]:
    return {region: round(float(np.mean([one[region] for one in found])), 3) for region in regions}


def _store(part: str, key: str, value: Mapping[str, Any]) -> None:
    results = json.loads(RESULTS.read_text()) if RESULTS.exists() else {}
    results.setdefault(part, {})[key] = value
    whole = RESULTS.with_suffix(f".{os.getpid()}.part")
    whole.write_text(json.dumps(results, indent=1) + "\n")
    whole.replace(RESULTS)


def _chosen(text: str) -> list[Row]:
    names = text.replace(",", " ").split()
    known = {row.key: row for row in ROWS}
    if unknown := sorted(set(names) - set(known)):
        raise SystemExit(f"no row is called {', '.join(unknown)}; there are {', '.join(known)}")
    return [known[name] for name in names] or list(ROWS)


if __name__ == "__main__":
    main()
