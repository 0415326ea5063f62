"""Where the time of our own side goes, stage by stage, in turn, on the cases of the comparisons."""

from __future__ import annotations

import statistics
import tempfile
import time
from collections.abc import Callable, Mapping
from pathlib import Path

import numpy as np
from rich.console import Console
from rich.table import Table

from backend.numerics.arrays import Array
from backend.numerics.bootstrap import bootstrap_ranking
from backend.numerics.fusion import fuse
from backend.numerics.labels import SCHEMES
from backend.numerics.metrics import score_case
from backend.numerics.packed_reading import read_packed
from backend.numerics.packing import pack_labelmap
from backend.numerics.ranking import RankingScheme
from backend.numerics.ranks import rank_rows
from backend.numerics.staple import estimate_binary
from backend.numerics.volume_types import Volume
from backend.numerics.volumes import read_labelmap
from backend.numerics.votes import count_votes, require_raters
from benchmarks.cases import CaseFiles, make_raters, real_cases, write_cases
from benchmarks.machine import moment
from benchmarks.regions import SCHEME

_ROUNDS = 15
_RATERS, _CORE = 5, (1, 3, 4)
_BOARD = (50, 200, 1)
_RESAMPLES = 1000
Stage = Callable[[], object]


def main() -> int:
    console = Console()
    console.print(f"{moment()}", style="dim")
    with tempfile.TemporaryDirectory() as folder:
        for case in [*write_cases(Path(folder), 3), *real_cases()]:
            _show(console, case.name, _case_stages(case))
    _show(console, "binary STAPLE, 5 raters", _staple_stages())
    _show(console, "bootstrap, 50 teams, 200 cases", _bootstrap_stages())
    return 0


def _case_stages(case: CaseFiles) -> dict[str, Stage]:
    reference, prediction = (_read(path) for path in (case.reference, case.prediction))
    spacing = reference.grid.spacing_mm
    arrays = [volume.array for volume in (reference, prediction)]

    def metric(*names: str) -> Stage:
        return lambda: score_case(arrays[0], arrays[1], SCHEME, spacing, names or None)

    return {
        "read and pack both files": lambda: [
            read_packed(path, scheme=SCHEME, name=path.name) for path in (case.reference, case.prediction)
        ],
        "pack both from arrays": lambda: [pack_labelmap(array, SCHEME, fast_first=True) for array in arrays],
        "pack, counts": metric("dice", "sensitivity", "specificity"),
        "pack, HD95 by surface area": metric("hd95_surface_area"),
        "pack, lesions without distances": metric("lesionwise_dice"),
        "pack, lesions": metric("lesionwise_dice", "lesionwise_hd95"),
        "pack, Dice and HD95 of regions and lesions": metric(
            "dice", "hd95_surface_area", "lesionwise_dice", "lesionwise_hd95"
        ),
        "pack, all metrics": metric(),
    }


def _staple_stages() -> dict[str, Stage]:
    masks = [np.isin(labelmap, _CORE).astype(np.uint8) for labelmap in make_raters(1, _RATERS)]
    ballot = count_votes(require_raters(masks))
    weights = estimate_binary(ballot, [1]).probabilities[1]
    scheme = SCHEMES["brats2015"]
    return {
        "count votes": lambda: count_votes(require_raters(masks)),
        "estimate": lambda: estimate_binary(ballot, [1]),
        "weights as float64 on the grid": lambda: ballot.place(weights),
        "the same memory, filled with zeros": lambda: _fill(masks[0].shape),
        "whole fusion to a labelmap": lambda: fuse(masks, method="staple", scheme=scheme),
    }


def _fill(shape: tuple[int, ...]) -> Array:
    fresh = np.empty(shape, dtype=np.float64, order="F")
    fresh.fill(0.0)
    return fresh


def _bootstrap_stages() -> dict[str, Stage]:
    scores = np.random.default_rng(0).random(_BOARD)
    means = np.random.default_rng(1).random((_RESAMPLES, 1, _BOARD[0]))
    scheme = RankingScheme(method="aggregate_then_rank")
    generator = np.random.default_rng(0)
    return {
        "draw": lambda: generator.integers(0, _BOARD[1], size=(_RESAMPLES, _BOARD[1]), dtype=np.uint16),
        "rank 1,000 × 50 means": lambda: rank_rows(means, scheme.ties),
        "whole bootstrap": lambda: bootstrap_ranking(
            scores, scheme, higher_is_better=[True], worst=[0.0], resamples=_RESAMPLES
        ),
    }


def _read(path: Path) -> Volume:
    return read_labelmap(path, name=path.name)


def _show(console: Console, title: str, stages: Mapping[str, Stage]) -> None:
    table = Table("stage", "median ms", "least ms", title=title, title_justify="left")
    for name, seconds in _time(stages).items():
        table.add_row(name, f"{statistics.median(seconds) * 1e3:.2f}", f"{min(seconds) * 1e3:.2f}")
    console.print(table)


def _time(stages: Mapping[str, Stage]) -> dict[str, list[float]]:
    """In turn, so that what the machine does meanwhile falls on all alike; the first round loads kernels."""
    seconds: dict[str, list[float]] = {name: [] for name in stages}
    for turn in range(_ROUNDS + 1):
        for name, run in stages.items():
            started = time.perf_counter()
            run()
            if turn:
                seconds[name].append(time.perf_counter() - started)
    return seconds


if __name__ == "__main__":
    raise SystemExit(main())
