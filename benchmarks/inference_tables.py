"""What `make bench-inference` says, as tables: on the screen, and in `docs/models.md` between two marks."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from benchmarks.cases import ROOT

PAGE = ROOT / "docs" / "models.md"
BEGIN, END = "<!-- inference: written by make bench-inference -->", "<!-- end of inference -->"
_VERSIONS = ("torch", "monai", "numpy")

Found = Mapping[str, Any]


def write_tables(results: Mapping[str, Found]) -> None:
    """Replace what stands between the marks.

    Raises:
        ValueError: the page lacks them.
    """
    before, found, rest = PAGE.read_text().partition(BEGIN)
    _, closed, following = rest.partition(END)
    if not found or not closed:
        raise ValueError(f"{PAGE}: {BEGIN} and {END} are needed, between which the tables go")
    parts = ["\n".join(lines_of(part, results[part])) for part in _PARTS if part in results]
    PAGE.write_text(before + "\n\n".join((BEGIN, *parts, END)) + following)


def lines_of(part: str, found: Found) -> Iterator[str]:
    """Of one part's results; nothing where there are none."""
    if found:
        yield from _PARTS[part](found)


def _windows(found: Found) -> Iterator[str]:
    rows = found["rows"]
    regions = list(rows[0]["dice"])
    yield f"**One network, many ways**, from images in memory to labels on their grid; {_where(found)}."
    yield ""
    yield f"| way | CPU s a case | × | s | peak MiB | Dice {' / '.join(regions)} | apart |"
    yield "|---|--:|--:|--:|--:|---|--:|"
    for row in rows:
        dice = " / ".join(f"{row['dice'][region]:.4f}".removeprefix("0") for region in regions)
        yield (
            f"| {row['name']} | {row['processor_seconds']:.2f} | {row['times']:.1f} | {row['seconds']:.2f} "
            f"| {row['peak_mib']:,.0f} | {dice} | {row['dice_apart']:.4f} |"
        )


def _zoo(found: Found) -> Iterator[str]:
    yield (
        f"**The zoo as published**, one case of 240 × 240 × 155, planned as with "
        f"{found['cap_mib'] >> 10} GiB free. Its weights are untrained: this is time and memory, "
        f"and no word on Dice. {_where(found)}."
    )
    yield ""
    yield "| system | parameters | crop | passes | CPU s a case | s | peak MiB | planned MiB | measured |"
    yield "|---|--:|---|---|--:|--:|--:|--:|---|"
    for row in found["rows"]:
        cells = (
            row["name"],
            f"{row['parameters']:,}",
            _format(row["crop"]),
            "one" if row["windows"] == 1 else f"{row['windows']} of {_format(row['window'])}",
            f"{row['processor_seconds']:.1f}",
            f"{row['seconds']:.1f}",
            f"{row['peak_mib']:,.0f}",
            f"{row['estimated_mib']:,.0f}",
            f"{row['measured']['at'][:16]}, load {row['measured']['load_average'][0]:.1f}",
        )
        yield f"| {' | '.join(cells)} |"


def _overlap(found: Found) -> Iterator[str]:
    stages = ", ".join(f"{name} {seconds:.2f}" for name, seconds in found["stage_seconds_per_case"].items())
    yield (
        f"**Reading and writing beside computing**: {found['cases']} cases from files to files, one after "
        f"another in {found['seconds_one_after_another']:.1f} s, overlapped in "
        f"{found['seconds_overlapped']:.1f} s (seconds a case: {stages}); {found['hidden_share']:.0%} of "
        f"reading and writing took place while a case was computed. {_where(found)}."
    )


def _where(found: Found) -> str:
    machine, began = found["machine"], found["began"]
    versions = ", ".join(f"{name} {machine['versions'][name]}" for name in _VERSIONS)
    load = ", ".join(f"{value:.1f}" for value in began["load_average"])
    return (
        f"{machine['processor']}, {machine['cores']} cores, one thread, {versions}, "
        f"Python {machine['python']}; {began['at'][:16].replace('T', ' ')} UTC, load average {load}"
    )


def _format(shape: list[int]) -> str:
    return " × ".join(map(str, shape))


_PARTS = {"windows": _windows, "zoo": _zoo, "overlap": _overlap}
