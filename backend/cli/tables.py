"""What people see: tables on standard output, progress on standard error."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any, TypeVar

from rich.console import Console
from rich.markup import escape
from rich.progress import track
from rich.table import Table

from backend.cli.scoring import CaseScores

_T = TypeVar("_T")


def print_json(value: Any) -> None:
    print(json.dumps(value, indent=1, allow_nan=False))


def with_progress(items: Iterable[_T], *, total: int, description: str) -> Iterator[_T]:
    """Pass items on, with a bar on standard error where a person watches a long run."""
    console = Console(stderr=True)
    yield from track(
        items, description, total=total, console=console, transient=True,
        disable=total < 2 or not console.is_terminal,
    )  # fmt: skip


def show_scores(cases: Sequence[CaseScores]) -> None:
    """One row per case and metric, one column per region."""
    regions = list(dict.fromkeys(score.region for score in cases[0].scores))
    rows = []
    for case in cases:
        values = {(score.metric, score.region): score.value for score in case.scores}
        metrics = dict.fromkeys(score.metric for score in case.scores)
        rows += [(case.case, metric, *(values[metric, region] for region in regions)) for metric in metrics]
    _show("Scores", ("case", "metric", *regions), rows)


def show_fusion(report: dict[str, Any]) -> None:
    rows = [(x["label"], x["voxels"], x["ml"]) for x in report["volumes"]]
    _show(f"{report['method']} → {report['output']}", ("label", "voxels", "ml"), rows)


def show_agreement(report: dict[str, Any]) -> None:
    regions = list(report["conformity_index"])
    names = ("first", "second", *regions, "kappa")
    rows: list[tuple[Any, ...]] = [
        (
            Path(x["first"]).name, Path(x["second"]).name,
            *(x["dice"][region] for region in regions), x["cohen_kappa"],
        )
        for x in report["pairs"]
    ]  # fmt: skip
    _show("Dice and Cohen's kappa of each pair", names, rows)
    alone = report["leave_one_out"]
    rows = [(Path(x["file"]).name, *(x["dice"][region] for region in regions)) for x in alone["raters"]]
    _show(f"Dice against the {alone['method']} of the others", ("rater", *regions), rows)
    rows = [
        (Path(x["file"]).name, *(_pair(x["sensitivity"][key], x["specificity"][key]) for key in regions))
        for x in report["staple"]
    ]
    _show("Sensitivity, specificity by STAPLE", ("rater", *regions), rows)
    rows = [
        ("Fleiss' kappa", report["fleiss_kappa"]),
        ("Fleiss' kappa, labelled voxels", report["fleiss_kappa_labelled"]),
        ("entropy of the votes, bits per labelled voxel", report["mean_entropy_bits"]),
        *((f"conformity, {region}", value) for region, value in report["conformity_index"].items()),
    ]
    _show("All raters", ("measure", "value"), rows)


def show_ranking(report: dict[str, Any]) -> None:
    names = ["rank", "submission", "overall"]
    rows = [[x["rank"], x["submission"], x["overall"]] for x in report["ranking"]]
    if report["bootstrap"]:
        names += ["median rank", f"{report['bootstrap']['level']:.0%} interval"]
        for row, x in zip(rows, report["ranking"], strict=True):
            low, high = x["rank_interval"]
            row += [x["median_rank"], f"{low:g} to {high:g}"]
    if report["permutation"]:
        names += ["group", "p against the best"]
        best = report["permutation"]["p_adjusted"][0]
        for row, x, p_value in zip(rows, report["ranking"], best, strict=True):
            row += ["".join(x["letters"]), p_value if row is not rows[0] else None]
    scheme = report["scheme"]
    title = f"{scheme['method'].replace('_', ' ')}, {scheme['statistic']}, ties {scheme['ties']}"
    _show(f"{title}, {report['cases']} cases, {report['missing']} values missing", names, rows)


def _pair(first: float | None, second: float | None) -> str:
    return f"{_text(first)}, {_text(second)}"


def show_inspection(report: dict[str, Any]) -> None:
    rows: list[tuple[Any, ...]] = []
    if "kind" in report:
        rows = [
            ("kind", f"{report['kind']}, {report['format']}, {report['type']}"),
            ("grid", "×".join(str(size) for size in report["shape"])),
            ("voxel, mm", "×".join("?" if mm is None else f"{mm:g}" for mm in report["spacing_mm"])),
            ("orientation", report["orientation"]),
            *((f"label {x['value']}", f"{x['voxels']} voxels, {x['ml']:.3f} ml") for x in report["labels"]),
        ]
    rows += [(finding["severity"], finding["sentence"]) for finding in report["findings"]]
    _show(report["file"], ("what", "value"), rows)


def _show(title: str, names: Sequence[str], rows: Iterable[Sequence[Any]]) -> None:
    table = Table(title=escape(title), title_justify="left")
    for name in names:
        table.add_column(escape(name), overflow="fold")
    for row in rows:
        table.add_row(*(escape(_text(value)) for value in row))
    Console().print(table)


def _text(value: Any) -> str:
    if value is None:
        return "n/a"
    return f"{value:.6g}" if isinstance(value, float) else str(value)
