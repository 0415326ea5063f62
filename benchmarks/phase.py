"""`make bench-phase`: 125 BraTS-size cases scored by the platform's own workers on this machine.

The platform is really started: web, one worker with a process a core, scheduler, PostgreSQL, broker. An
organizer imports the cases with their references, a team submits twice: at the first submission the workers
load their kernels and pack the references, at the second both are there. What the same numerics take in bare
processes, as many at once, tells what share of the workers' time goes elsewhere: rows, jobs, files, events.
"""

from __future__ import annotations

import argparse
import gzip
import json
import os
import signal
import tempfile
import time
from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import nibabel as nib
import numpy as np
import psutil
from rich.console import Console
from rich.table import Table

from backend.numerics.arrays import Labelmap
from backend.numerics.labels import SCHEMES
from backend.numerics.metrics import pack_reference, score_case
from backend.numerics.volumes import read_labelmap
from benchmarks.cases import AFFINE, BRATS_SHAPE, ROOT, make_case, write_labelmap
from benchmarks.machine import describe_machine, moment, pin_threads
from tests.e2e.person import Person
from tests.shared_data import zip_of
from tests.stack import Stack, started_stack

RESULTS = ROOT / "benchmarks" / "results"
CASES, QUICK_CASES = 125, 10
TUMOURS = 25  # made anew; the other cases are these, moved within the grid
WORKERS = os.cpu_count() or 1
LIMIT_S = 1200
SCHEME = SCHEMES["brats2023"]
SPACING_MM = (1.0, 1.0, 1.0)
console = Console(soft_wrap=True, width=120)


@dataclass(frozen=True)
class CaseOnDisk:
    """A reference, and the predictions of the two submissions."""

    name: str
    reference: Path
    predictions: tuple[Path, Path]


@dataclass(frozen=True)
class Scoring:
    """One submission, from the request of its evaluation to the last score.

    Args:
        seconds: by the clock.
        processor_seconds: of all the worker's processes.
        metrics: how many values a case and region were stored.
    """

    seconds: float
    processor_seconds: float
    metrics: int


@dataclass(frozen=True)
class Bare:
    """The same numerics without a platform, in as many processes.

    Args:
        pack_s: reading and packing all references, processor seconds.
        score_s: reading all predictions and scoring them, processor seconds.
        seconds: all of that by the clock.
    """

    pack_s: float
    score_s: float
    seconds: float


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="make bench-phase", description=__doc__)
    parser.add_argument("--quick", action="store_true", help=f"{QUICK_CASES} cases")
    parser.add_argument("--label", default="", help="what is measured, such as: before batches")
    asked = parser.parse_args(arguments)
    count = QUICK_CASES if asked.quick else CASES
    pin_threads()
    # Ended from outside (a time limit), the platform is stopped all the same.
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    with tempfile.TemporaryDirectory(prefix="consilium-bench-") as folder:
        console.print(f"making {count} cases")
        cases = make_cases(Path(folder), count)
        began = moment()
        bare = measure_bare(cases)
        with started_stack() as stack:
            scorings = [*score_by_platform(stack, cases)]
    result = {
        "label": asked.label,
        "cases": count,
        "regions": len(SCHEME.regions),
        "workers": WORKERS,
        "began": began,
        "ended": moment(),
        "machine": describe_machine(),
        "bare": asdict(bare),
        "submissions": [
            summarise(scoring, bare, count, warm=index > 0) for index, scoring in enumerate(scorings)
        ],
    }
    show(result)
    store(result)
    return 0


def make_cases(folder: Path, count: int) -> list[CaseOnDisk]:
    made: list[CaseOnDisk] = []
    for index in range(count):
        if index < TUMOURS:
            tumours = make_case(100 + index)
        else:
            reference, prediction = (
                read_labelmap(path, name=path.name).array
                for path in (made[index - TUMOURS].reference, made[index - TUMOURS].predictions[0])
            )
            tumours = np.roll(reference, 3, axis=0), np.roll(prediction, 3, axis=0)
        made.append(_write_case(folder, f"BraTS-GLI-{index:05}-000", *tumours))
    return made


def _write_case(folder: Path, name: str, reference: Labelmap, prediction: Labelmap) -> CaseOnDisk:
    moved = np.asfortranarray(np.roll(prediction, 1, axis=2))
    return CaseOnDisk(
        name,
        write_labelmap(folder / f"{name}-seg.nii.gz", np.asfortranarray(reference)),
        (
            write_labelmap(folder / f"{name}-a.nii.gz", np.asfortranarray(prediction)),
            write_labelmap(folder / f"{name}-b.nii.gz", moved),
        ),
    )


def measure_bare(cases: Sequence[CaseOnDisk]) -> Bare:
    with ProcessPoolExecutor(WORKERS) as pool:
        list(pool.map(_score_bare, [cases[0]] * WORKERS * 2))  # kernels are loaded
        began = time.perf_counter()
        spent = list(pool.map(_score_bare, cases))
        seconds = time.perf_counter() - began
    return Bare(sum(pack for pack, _ in spent), sum(score for _, score in spent), seconds)


def _score_bare(case: CaseOnDisk) -> tuple[float, float]:
    pin_threads()
    began = time.process_time()
    reference = read_labelmap(case.reference, name=case.reference.name).array
    packed = pack_reference(reference, SCHEME, SPACING_MM)
    packing = time.process_time()
    prediction = read_labelmap(case.predictions[0], name=case.predictions[0].name).array
    score_case(packed, prediction, SCHEME, SPACING_MM)
    return packing - began, time.process_time() - packing


def score_by_platform(stack: Stack, cases: Sequence[CaseOnDisk]) -> list[Scoring]:
    organizer = Person(stack.address, "bench-organizer")
    phase = _open_phase(organizer, cases)
    team = Person(stack.address, "bench-team", name="Team")
    team.send("POST", "/challenges/bench/join/", {})
    return [_submit(stack, team, phase["id"], cases, index) for index in range(2)]


def _open_phase(organizer: Person, cases: Sequence[CaseOnDisk]) -> Any:
    console.print("importing them: images of no content, and references")
    organizer.create_challenge("bench")
    dataset = organizer.create_dataset("bench", scheme="brats2023")
    image = _plain_image()
    files: list[tuple[str, bytes | Path]] = []
    for case in cases:
        files.append((f"{case.name}/{case.name}-t2f.nii.gz", image))
        files.append((f"{case.name}/{case.name}-seg.nii.gz", case.reference))
    upload = organizer.upload(zip_of(files), filename="cases.zip", purpose="dataset")
    record = organizer.send("POST", f"/datasets/{dataset['id']}/imports/", {"upload": upload})
    imported = f"/imports/{record['id']}/"
    record = organizer.wait(
        lambda: organizer.get(imported),
        lambda found: found["status"] in {"inspected", "refused", "failed"},
        timeout_s=LIMIT_S,
    )
    assert record["status"] == "inspected", record
    organizer.send("POST", f"{imported}confirm/", {})
    stored = organizer.wait(
        lambda: organizer.get(imported),
        lambda found: found["status"] in {"stored", "failed"},
        timeout_s=LIMIT_S,
    )
    assert stored["status"] == "stored", stored
    phase = organizer.send(
        "POST",
        "/challenges/bench/phases/",
        {
            "slug": "test",
            "title": "Test",
            "dataset_version": stored["version"],
            "attempts_per_day": 10,
            "attempts_total": 10,
        },
    )
    organizer.wait(
        lambda: organizer.get(f"/phases/{phase['id']}/"),
        lambda found: found["reference_state"]["number"] is not None,
        timeout_s=LIMIT_S,
    )
    return phase


def _submit(stack: Stack, team: Person, phase_id: str, cases: Sequence[CaseOnDisk], index: int) -> Scoring:
    console.print(f"submission {index + 1}")
    archive = zip_of((f"{case.name}.nii.gz", case.predictions[index]) for case in cases)
    made = team.submit(phase_id, archive, method=f"method {index + 1}")
    team.wait(
        lambda: team.get(f"/submissions/{made['id']}/"),
        lambda found: found["status"] in {"scoring", "scored", "rejected", "failed"},
        timeout_s=LIMIT_S,
    )
    before = _worker_seconds(stack)
    found = team.wait_for_submission(made["id"], timeout_s=LIMIT_S)
    assert found["status"] == "scored", found
    spent = _worker_seconds(stack) - before
    (seconds,), (values,) = (
        stack.rows(query, made["id"])[0]
        for query in (
            "SELECT extract(epoch FROM scored_at - created_at)::float FROM evaluations_evaluation "
            "WHERE submission_id = %s",
            "SELECT s.values FROM evaluations_casescores s "
            "JOIN evaluations_caseevaluation c ON c.id = s.case_evaluation_id "
            "JOIN submissions_prediction p ON p.id = c.prediction_id WHERE p.submission_id = %s LIMIT 1",
        )
    )
    return Scoring(seconds, spent, len(values[SCHEME.regions[0].key]))


def _worker_seconds(stack: Stack) -> float:
    """Processor time of the worker and its pool so far."""
    worker = psutil.Process(stack.process_id("worker"))
    processes = [worker, *worker.children(recursive=True)]
    return float(sum(sum(process.cpu_times()[:2]) for process in processes))


def _plain_image() -> bytes:
    """A ball of tissue with a gradient: not constant, and small when compressed."""
    axes = np.ogrid[tuple(slice(n) for n in BRATS_SHAPE)]
    squares = [((x - n / 2) / (0.45 * n)) ** 2 for x, n in zip(axes, BRATS_SHAPE, strict=True)]
    inside = squares[0] + squares[1] + squares[2] < 1
    volume = np.where(inside, 200 + axes[2], 0).astype(np.int16)
    image = nib.Nifti1Image(volume, AFFINE)
    image.set_qform(AFFINE, 1)
    image.set_sform(AFFINE, 1)
    return gzip.compress(image.to_bytes(), compresslevel=6, mtime=0)


def summarise(scoring: Scoring, bare: Bare, count: int, *, warm: bool) -> dict[str, Any]:
    numerics_s = bare.score_s if warm else bare.score_s + bare.pack_s
    return {
        "references": "packed before, where the same process had the case"
        if warm
        else "packed now, kernels loaded",
        "metrics": scoring.metrics,
        "seconds": scoring.seconds,
        "cases_per_second": count / scoring.seconds,
        "worker_processor_seconds": scoring.processor_seconds,
        "numerics_processor_seconds": numerics_s,
        "outside_numerics": 1 - numerics_s / scoring.processor_seconds,
        "outside_numerics_of_wall": 1 - numerics_s / (scoring.seconds * WORKERS),
    }


def show(result: dict[str, Any]) -> None:
    bare, cases = result["bare"], result["cases"]
    console.print(
        f"{cases} cases × {result['regions']} regions, {result['workers']} worker processes; the numerics "
        f"alone in as many bare processes: {bare['seconds']:.2f} s, {cases / bare['seconds']:.1f} cases/s "
        f"({bare['pack_s']:.2f} s to pack references, {bare['score_s']:.2f} s to score, of processor)"
    )
    table = Table()
    for name in (
        "submission",
        "metrics",
        "s",
        "cases/s",
        "worker CPU s",
        "numerics CPU s",
        "outside",
        "of wall",
    ):
        table.add_column(name, justify="right")
    for number, row in enumerate(result["submissions"], 1):
        table.add_row(
            str(number),
            str(row["metrics"]),
            f"{row['seconds']:.2f}",
            f"{row['cases_per_second']:.1f}",
            f"{row['worker_processor_seconds']:.2f}",
            f"{row['numerics_processor_seconds']:.2f}",
            f"{row['outside_numerics']:.0%}",
            f"{row['outside_numerics_of_wall']:.0%}",
        )
    console.print(table)


def store(result: dict[str, Any]) -> None:
    """Beside earlier runs, so that before and after can be told: one a commit, label and number of cases."""
    RESULTS.mkdir(exist_ok=True)
    path = RESULTS / "phase.json"
    runs = json.loads(path.read_text())["runs"] if path.exists() else []
    same = (result["machine"]["commit"], result["label"], result["cases"])
    kept = [run for run in runs if (run["machine"]["commit"], run["label"], run["cases"]) != same]
    path.write_text(json.dumps({"runs": [*kept, result]}, indent=1, ensure_ascii=False) + "\n")
    console.print(f"written: {path.relative_to(ROOT)}")


if __name__ == "__main__":
    raise SystemExit(main())
