"""`make bench-inference`: MONAI's sliding window against ours, the zoo, reading beside computing.

Processor time is what compares: all have one thread, and a busy machine stretches the clock but hardly that.
ONLY=windows,zoo,overlap picks parts; QUICK=1: one case, systems of the zoo at a sixty-fourth of the voxels,
and nothing is written.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass
from functools import partial
from pathlib import Path
from statistics import mean, median
from typing import Any

import numpy as np
from rich.console import Console

from backend.numerics.volumes import read_volume, write_labelmap_nifti
from benchmarks.cases import ROOT
from benchmarks.inference_cases import dice, make_held_out, trained_weights
from benchmarks.inference_tables import PAGE, lines_of, write_tables
from benchmarks.inference_variants import Variant, variants
from benchmarks.inference_zoo import CAP_BYTES
from benchmarks.machine import describe_machine, moment, pin_threads
from benchmarks.measuring import Lap, time_once
from benchmarks.peaks import PeakMeter
from workers.inference.pipeline import STAGES, overlap
from workers.inference.predictor import Prediction, Predictor
from workers.inference.preprocess import CaseImages
from workers.training.cases import LabelledCase
from workers.zoo import ARCHITECTURES

RESULTS = ROOT / "benchmarks" / "results" / "inference.json"
TARGET, TOLERANCE = 15.0, 0.002
REPEATS, CASES = 3, 2
LIMIT_S = 3600
console = Console(soft_wrap=True, width=140, highlight=False)


@dataclass(frozen=True)
class Row:
    """A way of running the network.

    Args:
        seconds, processor_seconds: medians over cases and repetitions.
        times: as fast as the first row, by processor time.
        peak_mib: above what the process held before; the most of all cases.
        dice: by region, the mean over the cases.
        dice_apart: from the first row's, the most of any case and region.
    """

    name: str
    seconds: float
    processor_seconds: float
    times: float
    peak_mib: float
    dice: Mapping[str, float]
    dice_apart: float


@dataclass(frozen=True)
class Measured:
    """One way over the cases; `dices` are by case and region."""

    laps: tuple[Lap, ...]
    peak_mib: float
    dices: tuple[Mapping[str, float], ...]

    @property
    def processor_seconds(self) -> float:
        return median(lap.processor_seconds for lap in self.laps)

    def beside(self, first: Measured, name: str) -> Row:
        apart = [
            abs(value - other[region])
            for one, other in zip(self.dices, first.dices, strict=True)
            for region, value in one.items()
        ]
        return Row(
            name,
            median(lap.seconds for lap in self.laps),
            self.processor_seconds,
            first.processor_seconds / self.processor_seconds,
            self.peak_mib,
            {region: mean(one[region] for one in self.dices) for region in self.dices[0]},
            max(apart),
        )


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="make bench-inference", description=__doc__)
    parser.add_argument("--only", default=",".join(PARTS), help=f"of {', '.join(PARTS)}")
    parser.add_argument("--systems", default="", help="of the zoo; all")
    parser.add_argument("--compiled", action="store_true", help="with torch.compile, which takes minutes")
    parser.add_argument("--quick", action="store_true")
    asked = parser.parse_args(arguments)
    pin_threads()
    console.print(f"load average now {moment()['load_average']}; numbers of a busy machine are provisional")
    passed = True
    for part in asked.only.split(","):
        found = PARTS[part](asked)
        passed &= bool(found.get("passed", True))
        console.print("\n".join(lines_of(part, found)))
    if not asked.quick:
        write_tables(_stored())
        console.print(f"written: {RESULTS.relative_to(ROOT)}, {PAGE.relative_to(ROOT)}")
    return 0 if passed else 1


def compare_ways(asked: argparse.Namespace) -> dict[str, Any]:
    """Every variant on held-out cases; the target is of the first and the last."""
    cases = [make_held_out(number) for number in range(1 if asked.quick else CASES)]
    began, first, rows = moment(), None, []
    for variant in variants(*trained_weights(), compiled=asked.compiled):
        measured = _measure(variant, cases)
        first = first or measured
        rows.append(measured.beside(first, variant.name))
        console.print(f"  {variant.name}: {rows[-1].processor_seconds:.2f} s of the processor")
    passed = rows[-1].times >= TARGET and rows[-1].dice_apart <= TOLERANCE
    console.print(
        f"ours {rows[-1].times:.1f}× (target {TARGET:g}×), Dice apart by {rows[-1].dice_apart:.4f} "
        f"(at most {TOLERANCE}): {'[green]pass[/]' if passed else '[red]missed[/]'}"
    )
    found = {"cases": len(cases), "rows": [asdict(row) for row in rows], "passed": passed}
    return _store("windows", found, began, asked)


def _measure(variant: Variant, cases: Sequence[LabelledCase]) -> Measured:
    laps, peaks, dices = [], [], []
    for case in cases:
        run = partial(variant.way, case.images)
        for _ in range(variant.warm):
            run()
        with PeakMeter() as meter:
            laps.append(time_once(run))
        peaks.append(meter.extra_bytes / 2**20)
        dices.append(dice(laps[-1].result, case.labelmap))
        if variant.warm:
            laps += [time_once(run) for _ in range(REPEATS - 1)]
    return Measured(tuple(laps), max(peaks), tuple(dices))


def time_systems(asked: argparse.Namespace) -> dict[str, Any]:
    """Each system of the zoo in a process of its own, for a peak is of a process; kept as they come."""
    began, found = moment(), dict[str, Any]()
    rows = (
        {} if asked.quick else {row["architecture"]: row for row in _stored().get("zoo", {}).get("rows", [])}
    )
    for slug in asked.systems.split(",") if asked.systems else ARCHITECTURES:
        done = subprocess.run(
            [sys.executable, "-m", "benchmarks.inference_zoo", slug, "4" if asked.quick else "1"],
            cwd=ROOT, capture_output=True, text=True, timeout=LIMIT_S, check=False,
        )  # fmt: skip
        if done.returncode:
            said = done.stderr.strip() or f"ended with {done.returncode}"
            console.print(f"[red]{slug}[/]: {said.splitlines()[-1]}")
            continue
        rows[slug] = json.loads(done.stdout.splitlines()[-1])
        console.print(f"  {slug}: {rows[slug]['processor_seconds']:.1f} s of the processor")
        ordered = [rows[one] for one in ARCHITECTURES if one in rows]
        passed = all(row["peak_mib"] * 2**20 <= CAP_BYTES for row in ordered)
        found = _store("zoo", {"rows": ordered, "cap_mib": CAP_BYTES >> 20, "passed": passed}, began, asked)
    return found


def overlap_stages(asked: argparse.Namespace) -> dict[str, Any]:
    """Files read, cases computed, labelmaps written: one after another, and each beside its neighbours."""
    now = moment()
    predictor, grid = Predictor(*trained_weights()), make_held_out(0).images.grid
    with tempfile.TemporaryDirectory(prefix="consilium-bench-") as name:
        folder = Path(name)
        files = [_write_case(folder, number) for number in range(CASES)] * (1 if asked.quick else 3)

        def read(paths: Mapping[str, Path]) -> Any:
            volumes = {key: read_volume(path, name=path.name) for key, path in paths.items()}
            return predictor.feed(CaseImages.of_volumes({k: (v.array, v.grid) for k, v in volumes.items()}))

        def write(done: Prediction) -> None:
            (folder / "labels.nii.gz").write_bytes(write_labelmap_nifti(done.labelmap, grid=grid))

        predictor.compute(read(files[0]))
        began = time.perf_counter()
        for paths in files:
            write(predictor.compute(read(paths)))
        one_after_another = time.perf_counter() - began
        timeline = overlap(files, read=read, compute=predictor.compute, write=write)
    found = {
        "cases": len(files),
        "seconds_one_after_another": one_after_another,
        "seconds_overlapped": timeline.seconds,
        "hidden_share": timeline.hidden_share,
        "stage_seconds_per_case": {stage: timeline.seconds_of(stage) / len(files) for stage in STAGES},
    }
    return _store("overlap", found, now, asked)


def _write_case(folder: Path, number: int) -> dict[str, Path]:
    case = make_held_out(number).images
    paths = {}
    for name, image in case.images.items():
        paths[name] = folder / f"{number}-{name}.nii.gz"
        paths[name].write_bytes(write_labelmap_nifti(image.astype(np.int16), grid=case.grid))
    return paths


def _stored() -> dict[str, Any]:
    found: dict[str, Any] = json.loads(RESULTS.read_text()) if RESULTS.exists() else {}
    return found


def _store(
    part: str, found: dict[str, Any], began: Mapping[str, Any], asked: argparse.Namespace
) -> dict[str, Any]:
    """In place of the part's former results; the other parts stay as they were measured."""
    whole = {"began": began, "ended": moment(), "machine": describe_machine(), **found}
    if not asked.quick:
        RESULTS.parent.mkdir(exist_ok=True)
        RESULTS.write_text(json.dumps(_stored() | {part: whole}, indent=1, ensure_ascii=False) + "\n")
    return whole


PARTS: Mapping[str, Callable[[argparse.Namespace], dict[str, Any]]] = {
    "windows": compare_ways,
    "zoo": time_systems,
    "overlap": overlap_stages,
}

if __name__ == "__main__":
    raise SystemExit(main())
