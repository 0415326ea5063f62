"""`make bench-growth`: how the time and memory of ours grow with the grid, labels, islands and raters.

Each series doubles one quantity and holds the others. The exponent is the slope of log time over log size,
fitted to the upper half of the series, where fixed costs no longer show: 1 is linear, 2 quadratic.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np
from rich.console import Console
from rich.table import Table

from backend.numerics.arrays import Labelmap
from backend.numerics.fusion import fuse
from backend.numerics.labels import SCHEMES, Label, LabelScheme, Region
from backend.numerics.metrics import score_case, working_memory_bytes
from benchmarks.cases import (
    BRATS_SHAPE,
    EDEMA,
    ROOT,
    Shape,
    make_case,
    make_raters,
    scatter_islands,
    scatter_lesions,
)
from benchmarks.machine import describe_machine, moment, pin_threads
from benchmarks.measuring import Run, time_once
from benchmarks.peaks import MEBIBYTE, PeakMeter
from benchmarks.pictures import draw_growth

RESULTS = ROOT / "benchmarks" / "results"
SPACING_MM = (1.0, 1.0, 1.0)
SURPRISE = 1.3  # an exponent above is worse than linear with a logarithm
POINT_LIMIT_S = 300
console = Console(soft_wrap=True, width=130)


@dataclass(frozen=True)
class Job:
    """One point of a series: what runs, and how much memory it was said to need at most."""

    run: Run
    predicted_bytes: int | None


@dataclass(frozen=True)
class Series:
    """One quantity that grows.

    Args:
        unit: of the sizes.
        make: the job of a size.
        voxels: of the grid, by size; what an exponent over grid edges would hide.
    """

    name: str
    title: str
    unit: str
    sizes: tuple[int, ...]
    make: Callable[[int], Job]


@dataclass(frozen=True)
class Point:
    """What one size took."""

    size: int
    seconds: float
    processor_seconds: float
    runs: int
    peak_mib: float
    predicted_mib: float | None


def _scoring(reference: Labelmap, prediction: Labelmap, scheme: LabelScheme) -> Job:
    return Job(
        lambda: score_case(reference, prediction, scheme, SPACING_MM),
        working_memory_bytes(reference.shape, scheme),
    )


def grid(edge: int) -> Job:
    shape: Shape = (edge, edge, edge)
    return _scoring(*make_case(0, shape), SCHEMES["brats2023"])


def regions(count: int) -> Job:
    """Nested shells, each a label and, with all inside it, a region."""
    depth = _shells(count)
    return _scoring(depth, np.roll(depth, 2, axis=0), _nested_scheme(count))


def islands_in_prediction(count: int) -> Job:
    reference, _ = make_case(0)
    return _scoring(reference, _with_islands(reference, count, 1), _one_region())


def islands_in_reference(count: int) -> Job:
    reference, _ = make_case(0)
    return _scoring(_with_islands(reference, count, 1), reference, _one_region())


def islands_in_both(count: int) -> Job:
    return _scoring(
        scatter_islands(BRATS_SHAPE, count, 1), scatter_islands(BRATS_SHAPE, count, 2), _one_region()
    )


def lesions_under_a_full_prediction(count: int) -> Job:
    """Every lesion is matched by the one prediction that fills the grid."""
    return _scoring(
        scatter_lesions(BRATS_SHAPE, count), np.full(BRATS_SHAPE, EDEMA, np.uint8, order="F"), _one_region()
    )


def fused_by(method: str) -> Callable[[int], Job]:
    def make(raters: int) -> Job:
        # Drawing takes longer than fusing: eight hands, and for the next eight their drawings, shifted and
        # without some slice, as no two raters mark equally many voxels of every label.
        hands = make_raters(1, min(raters, 8))
        drawn = [np.roll(hands[k % 8], k // 8, axis=0) for k in range(raters)]
        for k in range(8, raters):
            drawn[k][:, :, drawn[k].shape[2] // 2 + k // 8] = 0
        return Job(lambda: fuse(drawn, method=method, scheme=SCHEMES["brats2015"]), None)

    return make


_ISLANDS = (1, 10, 100, 1000, 3000, 10_000, 30_000, 100_000)
_LESIONS = (1, 2, 5, 10, 20, 50)
_RATERS = (2, 4, 8, 16, 32)
SERIES = (
    Series("grid", "Grid, all metrics, 3 regions", "voxels an edge", (64, 96, 128, 192, 256, 320), grid),
    Series("regions", "Nested regions, 240×240×155", "regions", (1, 2, 4, 8, 16), regions),
    Series("islands-prediction", "Islands in the prediction", "islands", _ISLANDS, islands_in_prediction),
    Series("islands-reference", "Islands in the reference", "islands", _ISLANDS, islands_in_reference),
    Series("islands-both", "Islands in both", "islands", _ISLANDS, islands_in_both),
    Series(
        "lesions-full",
        "Lesions under a prediction that fills the grid",
        "lesions",
        _LESIONS,
        lesions_under_a_full_prediction,
    ),
    Series("raters-majority", "Majority vote", "raters", _RATERS, fused_by("majority")),
    Series("raters-staple", "STAPLE", "raters", _RATERS, fused_by("staple")),
    Series("raters-hierarchical", "Hierarchical vote", "raters", _RATERS, fused_by("brats_hierarchical")),
)


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="make bench-growth", description=__doc__)
    parser.add_argument("--only", default="", help=f"of {', '.join(series.name for series in SERIES)}")
    parser.add_argument("--quick", action="store_true", help="every second size")
    parser.add_argument("--point", nargs=2, help=argparse.SUPPRESS)
    asked = parser.parse_args(arguments)
    if asked.point:
        print(json.dumps(asdict(_measure_here(asked.point[0], int(asked.point[1])))))
        return 0
    names = asked.only.replace(",", " ").split()
    chosen = [x for x in SERIES if not names or any(x.name.startswith(name) for name in names)]
    if not chosen:
        parser.error(f"no series begins so; there are {', '.join(series.name for series in SERIES)}")
    for series in chosen:
        sizes = series.sizes[::-2][::-1] if asked.quick else series.sizes
        points = [_ask_child(series, size) for size in sizes]
        _show(series, points)
        _store(series, points)
    picture = draw_growth(json.loads(_file().read_text()), RESULTS / "growth.svg")
    console.print(f"written: {_file().relative_to(ROOT)}, {picture.relative_to(ROOT)}")
    return 0


def fit_exponent(sizes: Sequence[float], seconds: Sequence[float]) -> float:
    """The slope in the logarithms, over the upper half of the sizes: at least the last three."""
    upper = max(3, (len(sizes) + 1) // 2)
    slope, _ = np.polyfit(np.log(sizes[-upper:]), np.log(seconds[-upper:]), 1)
    return float(slope)


def _ask_child(series: Series, size: int) -> Point:
    """In a process of its own: the peak of one size must not hide behind that of another."""
    done = subprocess.run(
        [sys.executable, "-W", "ignore", "-m", "benchmarks.growth", "--point", series.name, str(size)],
        cwd=ROOT, capture_output=True, text=True, timeout=POINT_LIMIT_S, check=False,
    )  # fmt: skip
    if done.returncode:
        raise RuntimeError(f"{series.name} of {size} {series.unit}:\n{done.stderr[-3000:]}")
    return Point(**json.loads(done.stdout.splitlines()[-1]))


def _measure_here(name: str, size: int) -> Point:
    pin_threads()
    _load_kernels(name)
    job = next(series for series in SERIES if series.name == name).make(size)
    with PeakMeter() as meter:
        laps = [time_once(job.run)]
    while len(laps) < 9 and sum(lap.seconds for lap in laps) < 3:
        laps.append(time_once(job.run))
    return Point(
        size=size,
        seconds=float(np.median([lap.seconds for lap in laps])),
        processor_seconds=float(np.median([lap.processor_seconds for lap in laps])),
        runs=len(laps),
        peak_mib=meter.extra_bytes / MEBIBYTE,
        predicted_mib=None if job.predicted_bytes is None else job.predicted_bytes / MEBIBYTE,
    )


def _load_kernels(name: str) -> None:
    """Compiled code is loaded on a tiny case, so that neither its time nor its memory counts."""
    tiny: Shape = (40, 40, 40)
    if name.startswith("raters"):
        for method in ("majority", "staple", "brats_hierarchical"):
            fuse(make_raters(0, 2, tiny), method=method, scheme=SCHEMES["brats2015"])
    else:
        score_case(*make_case(0, tiny), SCHEMES["brats2023"], SPACING_MM)
        reference, prediction = (scatter_islands(tiny, 50, seed) for seed in (1, 2))
        score_case(reference, prediction, _one_region(), SPACING_MM)


def _one_region() -> LabelScheme:
    label = Label(EDEMA, "lesion", "#edae49")
    return LabelScheme("lesion", "One lesion", (label,), (Region("lesion", "Lesion", (EDEMA,)),))


def _nested_scheme(count: int) -> LabelScheme:
    labels = tuple(Label(value, f"shell {value}", "#8d99ae") for value in range(1, count + 1))
    nested = tuple(
        Region(f"from_{value}", f"From shell {value}", tuple(range(value, count + 1)))
        for value in range(1, count + 1)
    )
    return LabelScheme("shells", "Nested shells", labels, nested)


def _shells(count: int) -> Labelmap:
    axes = np.ogrid[tuple(slice(n) for n in BRATS_SHAPE)]
    squares = [((x - n / 2) / 48) ** 2 for x, n in zip(axes, BRATS_SHAPE, strict=True)]
    distance = np.sqrt(squares[0] + squares[1] + squares[2])
    return np.asfortranarray(np.clip(np.ceil((1 - distance) * count), 0, count).astype(np.uint8))


def _with_islands(tumour: Labelmap, count: int, seed: int) -> Labelmap:
    """One region, and islands wherever it is not."""
    mask = np.where(tumour > 0, np.uint8(EDEMA), np.uint8(0))
    return np.asfortranarray(np.maximum(mask, scatter_islands(BRATS_SHAPE, count, seed)))


def _show(series: Series, points: Sequence[Point]) -> None:
    exponent = _exponent(series, points)
    flag = "  [red]worse than linear[/]" if exponent > SURPRISE else ""
    table = Table(
        title=f"{series.title}: exponent {exponent:.2f} over {_over(series)}{flag}", title_justify="left"
    )
    for name in (series.unit, "ms", "ms of processor", "runs", "peak MiB", "foreseen MiB"):
        table.add_column(name, justify="right")
    for point in points:
        table.add_row(
            f"{point.size:,}",
            f"{1000 * point.seconds:,.1f}",
            f"{1000 * point.processor_seconds:,.1f}",
            str(point.runs),
            f"{point.peak_mib:,.0f}",
            "" if point.predicted_mib is None else f"{point.predicted_mib:,.0f}",
        )
    console.print(table)


def _exponent(series: Series, points: Sequence[Point]) -> float:
    """Over voxels for the grid; of processor time, which neighbours on the machine disturb less."""
    power = 3 if series.name == "grid" else 1
    return fit_exponent(
        [float(point.size) ** power for point in points], [point.processor_seconds for point in points]
    )


def _over(series: Series) -> str:
    return "voxels" if series.name == "grid" else series.unit


def _store(series: Series, points: Sequence[Point]) -> None:
    """Write a series in place of its former one; the others stay as they were measured."""
    RESULTS.mkdir(exist_ok=True)
    stored: dict[str, Any] = json.loads(_file().read_text()) if _file().exists() else {"series": {}}
    exponent = _exponent(series, points)
    stored["series"][series.name] = {
        "title": series.title,
        "unit": series.unit,
        "measured": moment(),
        "machine": describe_machine(),
        "exponent": exponent,
        "exponent_over": _over(series),
        "worse_than_linear": exponent > SURPRISE,
        "points": [asdict(point) for point in points],
    }
    order = [x.name for x in SERIES]
    stored["series"] = {name: stored["series"][name] for name in order if name in stored["series"]}
    _file().write_text(json.dumps(stored, indent=1, ensure_ascii=False) + "\n")


def _file() -> Path:
    return RESULTS / "growth.json"


if __name__ == "__main__":
    raise SystemExit(main())
