"""The tables of `docs/models.md` that `make train-zoo` writes, between two marks."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from statistics import fmean
from typing import Any

from benchmarks.cases import ROOT
from benchmarks.zoo_rows import LESIONS, ROWS, TUMOURS

PAGE = ROOT / "docs" / "models.md"
BEGIN, END = "<!-- zoo: written by make train-zoo -->", "<!-- end of zoo -->"
_REFERENCES = {
    "raters_among_themselves": "one simulated rater against another",
    "raters_against_truth": "one simulated rater against the truth",
    "thresholds": "thresholds, no training",
}


def write_table(results: Mapping[str, Any]) -> None:
    """Replace what stands between the marks.

    Raises:
        ValueError: the page lacks them.
    """
    before, _, following = _parts(PAGE.read_text())
    PAGE.write_text(f"{before}{BEGIN}\n{tables(results)}\n{END}{following}")


def written() -> str:
    """What stands between the marks."""
    return _parts(PAGE.read_text())[1].strip("\n")


def tables(results: Mapping[str, Any]) -> str:
    """A table of each kind of phantoms, and below it what is above what."""
    return "\n".join(line for kind in (TUMOURS, LESIONS) for line in _table(kind, results)).strip("\n")


def _parts(text: str) -> tuple[str, str, str]:
    before, found, rest = text.partition(BEGIN)
    between, closed, following = rest.partition(END)
    if not found or not closed:
        raise ValueError(f"{PAGE}: {BEGIN} and {END} are needed, between which the tables go")
    return before, between, following


def _table(kind: str, results: Mapping[str, Any]) -> Iterator[str]:
    known = results.get("rows", {})
    rows = [known[row.key] for row in ROWS if row.phantoms == kind and row.key in known]
    if not rows:
        return
    facts = results["references"][kind]
    regions = list(rows[0]["dice"])
    voxel = " × ".join(f"{step:g}" for step in facts["spacing_mm"])
    yield ""
    yield (
        f"**{kind[0].upper()}{kind[1:]}**: {facts['training']} phantoms to learn from, {facts['held_out']} "
        f"held out, voxels of {voxel} mm. Dice {' / '.join(regions)}."
    )
    yield ""
    yield "| system | parameters | CPU minutes | held out | its first checkpoint | CPU s a case |"
    yield "|---|---|---|---|---|---|"
    for row in rows:
        yield _line(row, regions)
    for key, name in _REFERENCES.items():
        if key in facts:
            yield f"| {name} | | | {_dice(facts[key], regions)} | | |"
    yield ""
    yield (
        "In the mean of the regions, "
        f"{_above(rows, 'their own first checkpoints', [row['first_checkpoint']['dice'] for row in rows])}; "
        f"{_above(rows, 'the thresholds', [facts['thresholds']] * len(rows))}; "
        f"{_above(rows, 'one rater against another', [facts['raters_among_themselves']] * len(rows))}."
    )


def _line(row: Mapping[str, Any], regions: Sequence[str]) -> str:
    first = row["first_checkpoint"]
    cells = (
        row["name"],
        f"{row['summary']['parameters']:,}",
        f"{row['minutes']:g}",
        _dice(row["dice"], regions),
        f"{_dice(first['dice'], regions)} at {first['seconds']:.0f} s",
        f"{row['cpu_seconds_per_case']:.1f}",
    )
    return f"| {' | '.join(cells)} |"


def _dice(dice: Mapping[str, float], regions: Sequence[str]) -> str:
    return " / ".join(f"{dice[region]:.3f}".removeprefix("0") for region in regions)


def _above(rows: Sequence[Mapping[str, Any]], what: str, others: Sequence[Mapping[str, float]]) -> str:
    """How many rows are better than what they are compared with, and by name those that are not."""
    below = [
        row["name"]
        for row, other in zip(rows, others, strict=True)
        if fmean(row["dice"].values()) <= fmean(other.values())
    ]
    if not below:
        return f"all are above {what}"
    if len(below) == len(rows):
        return f"none is above {what}"
    return f"{len(rows) - len(below)} of {len(rows)} are above {what} (not: {', '.join(below)})"
