"""`make bench`: time ours against the peers, and say which targets are met. ONLY=counts,hd95 picks parts."""

from __future__ import annotations

import argparse
import json
import tempfile
import warnings
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.progress import track
from rich.table import Table

from benchmarks.cases import ROOT
from benchmarks.catalogue import PARTS, Subjects, all_comparisons, make_subjects
from benchmarks.machine import describe_machine, moment, pin_threads
from benchmarks.measuring import Comparison, Row, measure
from benchmarks.memory import Peak, measure_peaks
from benchmarks.pictures import draw_scoring

RESULTS = ROOT / "benchmarks" / "results"
SCORING = RESULTS / "scoring.json"
console = Console(soft_wrap=True, width=150)


def main(arguments: Sequence[str] | None = None) -> int:
    asked = _parse(arguments)
    pin_threads()
    warnings.filterwarnings("ignore", category=DeprecationWarning)
    chosen = [x for x in all_comparisons() if x.part in asked.only]
    console.print(f"load average now {moment()['load_average']}; numbers of a busy machine are provisional")
    with tempfile.TemporaryDirectory(prefix="consilium-bench-") as folder:
        subjects = make_subjects(Path(folder))
        for part in [part for part in PARTS if part in asked.only]:
            here = [x for x in chosen if x.part == part]
            rows, began = _time(part, here, subjects, quick=asked.quick), moment()
            peaks = [] if asked.quick else measure_peaks(here, subjects)
            _show(part, rows, peaks)
            _store(part, rows, peaks, began, quick=asked.quick)
    results = json.loads(SCORING.read_text())
    picture = draw_scoring(results, RESULTS / "scoring.svg")
    console.print(f"written: {_short(SCORING)}, {_short(picture)}")
    _summarise(results)
    return 0


def _parse(arguments: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="make bench", description=__doc__)
    parser.add_argument("--only", type=_parts, default=list(PARTS), help=f"of {', '.join(PARTS)}")
    parser.add_argument("--quick", action="store_true", help="a third of the repeats, no memory")
    return parser.parse_args(arguments)


def _parts(text: str) -> list[str]:
    names = [name for name in text.replace(",", " ").split() if name]
    if unknown := sorted(set(names) - set(PARTS)):
        raise argparse.ArgumentTypeError(
            f"no part is called {', '.join(unknown)}; there are {', '.join(PARTS)}"
        )
    return names or list(PARTS)


def _time(part: str, comparisons: Sequence[Comparison], subjects: Subjects, *, quick: bool) -> list[Row]:
    pairs = [(comparison, subject) for comparison in comparisons for subject in subjects.of(comparison)]
    return [
        measure(comparison, subject, quick=quick)
        for comparison, subject in track(pairs, description=part, console=console, transient=True)
    ]


def _show(part: str, rows: Sequence[Row], peaks: Sequence[Peak]) -> None:
    table = Table(title=f"{part}: median (minimum) in ms", title_justify="left")
    for name in ("peer", "on"):
        table.add_column(name)
    for name in ("ours", "peer", "runs", "ratio", "by CPU", "target", "", "extra MiB"):
        table.add_column(name, justify="right")
    extra = {peak.contender: peak.extra_mib for peak in peaks}
    for row in rows:
        memory = f"{extra['ours']:.0f} / {extra[row.comparison.peer]:.0f}" if extra else ""
        table.add_row(
            row.comparison.peer,
            row.subject.name,
            f"{row.ours.median_ms:.2f} ({row.ours.minimum_ms:.2f})",
            f"{row.theirs.median_ms:,.1f} ({row.theirs.minimum_ms:,.1f})",
            f"{len(row.ours.seconds)} / {len(row.theirs.seconds)}",
            f"{row.ratio:,.1f}×",
            f"{row.ratio_by_processor:,.1f}×",
            "" if row.comparison.target is None else str(row.comparison.target),
            _colored(row.verdict),
            memory,
        )
    console.print(table)
    for what in dict.fromkeys(f"{row.comparison.peer}: {row.comparison.what}" for row in rows):
        console.print(f"  [dim]{what}[/]", highlight=False)


def _store(
    part: str, rows: Sequence[Row], peaks: Sequence[Peak], began: dict[str, Any], *, quick: bool
) -> None:
    """Write a part's results in place of its former ones; the other parts stay as they were measured."""
    RESULTS.mkdir(exist_ok=True)
    stored = json.loads(SCORING.read_text()) if SCORING.exists() else {"parts": {}}
    stored["parts"][part] = {
        "began": began,
        "ended": moment(),
        "quick": quick,
        "machine": describe_machine(),
        "rows": [row.to_json() for row in rows],
        "peaks": [vars(peak) for peak in peaks],
    }
    stored["parts"] = {name: stored["parts"][name] for name in PARTS if name in stored["parts"]}
    SCORING.write_text(json.dumps(stored, indent=1, ensure_ascii=False) + "\n")


def _summarise(results: dict[str, Any]) -> None:
    """Per target how many subjects pass; a target is met where all do."""
    table = Table(title="targets", title_justify="left")
    for name in ("part", "peer", "subjects", "ratio, lowest to highest", "target", ""):
        table.add_column(name)
    for part, found in results["parts"].items():
        rows = [row for row in found["rows"] if row["target"]]
        for peer, what in dict.fromkeys((row["peer"], row["what"]) for row in rows):
            mine = [row for row in rows if (row["peer"], row["what"]) == (peer, what)]
            ratios = sorted(row["ratio"] for row in mine)
            passed = sum(row["verdict"] == "pass" for row in mine)
            verdict = "pass" if passed == len(mine) else "missed"
            span = " … ".join(f"{x:,.1f}×" for x in dict.fromkeys((ratios[0], ratios[-1])))
            table.add_row(part, peer, f"{passed} of {len(mine)}", span, mine[0]["target"], _colored(verdict))
    console.print(table)


def _colored(verdict: str) -> str:
    return {"pass": "[green]pass[/]", "missed": "[red]missed[/]"}.get(verdict, verdict)


def _short(path: Path) -> str:
    return str(path.relative_to(ROOT))


if __name__ == "__main__":
    raise SystemExit(main())
