"""Pictures of the results: SVG whose bytes depend on the numbers alone."""

from __future__ import annotations

import statistics
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import matplotlib as mpl
from matplotlib.axes import Axes
from matplotlib.axis import Axis
from matplotlib.backends.backend_svg import FigureCanvasSVG
from matplotlib.figure import Figure
from matplotlib.ticker import FuncFormatter, NullFormatter

OURS, PEER, TARGET = "#d1495b", "#8d99ae", "#2e4057"
_LINES = ("#d1495b", "#2e4057", "#66a182", "#edae49")
_ALIKE = 1.5  # times of ours within this factor are one bar
_STYLE: Any = {
    "svg.hashsalt": "consilium",
    "font.size": 9,
    "axes.spines.top": False,
    "axes.spines.right": False,
}
_TITLES = {
    "counts": "Counts: Dice, sensitivity, specificity",
    "hd95": "HD95",
    "lesionwise": "Dice, HD95 and lesion-wise",
    "staple": "STAPLE, 5 raters",
    "ranking": "Ranking, 50 teams × 200 cases",
    "case": "Whole case from .nii.gz",
}


@dataclass(frozen=True)
class Bar:
    """One contender: its label, time and how the ratio reads."""

    label: str
    milliseconds: float
    note: str
    color: str


def draw_scoring(results: dict[str, Any], path: Path) -> Path:
    """Times of ours and the peers on a logarithmic axis, one panel per part of the benchmark."""
    parts = list(results["parts"].items())
    bars = [_bars(part["rows"]) for _, part in parts]
    with mpl.rc_context(_STYLE):
        figure = Figure(figsize=(9, 0.6 + sum(0.5 + 0.27 * len(x) for x in bars)), layout="constrained")
        panels = figure.subplots(len(parts), 1, squeeze=False, height_ratios=[len(x) + 0.6 for x in bars])[
            :, 0
        ]
        for panel, (name, part), its in zip(panels, parts, bars, strict=True):
            _draw_panel(panel, its)
            panel.set_title(_TITLES[name], loc="left", fontsize=10, fontweight="bold")
            if part["quick"]:
                panel.set_title("few repeats", loc="right", fontsize=8, color=PEER)
        panels[-1].set_xlabel("milliseconds a case or board, median, one thread (logarithmic)")
        return save(figure, path)


def _bars(rows: Sequence[dict[str, Any]]) -> list[Bar]:
    """Of the first subject: the peers, fastest first; ours above each, or once where alike for all."""
    first = [row for row in rows if row["subject"] == rows[0]["subject"]]
    ordered = sorted(first, key=lambda row: row["peer_median_ms"])
    times = [row["ours_median_ms"] for row in first]
    bars = []
    if max(times) < _ALIKE * min(times):
        bars.append(_our_bar(statistics.median(times)))
    for row in ordered:
        if max(times) >= _ALIKE * min(times):
            bars.append(_our_bar(row["ours_median_ms"]))
        bars.append(Bar(row["peer"], row["peer_median_ms"], _note(row), PEER))
    return bars


def _our_bar(milliseconds: float) -> Bar:
    return Bar("ours", milliseconds, f"{_plain(milliseconds)} ms", OURS)


def _note(row: dict[str, Any]) -> str:
    text = f"{_plain(row['peer_median_ms'])} ms: {_plain(row['ratio'])}×"
    return text if row["target"] is None else f"{text} (target {row['target']}: {row['verdict']})"


def _plain(value: float) -> str:
    """Three digits, never an exponent."""
    decimals = 0 if value >= 100 else 1 if value >= 10 else 2
    return f"{value:,.{decimals}f}"


def _draw_panel(panel: Axes, bars: Sequence[Bar]) -> None:
    places = range(len(bars))
    panel.barh(places, [bar.milliseconds for bar in bars], color=[bar.color for bar in bars], height=0.7)
    panel.set_yticks(places, [bar.label for bar in bars])
    panel.invert_yaxis()
    panel.set_xscale("log")
    lowest, highest = (pick(bar.milliseconds for bar in bars) for pick in (min, max))
    panel.set_xlim(lowest / 2, highest * (highest / lowest) ** 0.5 * 10)
    _label_plainly(panel.xaxis)
    for place, bar in zip(places, bars, strict=True):
        panel.annotate(
            bar.note, (bar.milliseconds, place), (4, 0), textcoords="offset points", va="center", fontsize=8
        )


def draw_growth(results: dict[str, Any], path: Path) -> Path:
    """Time over size in logarithms: a row of panels a kind, memory beside time."""
    with mpl.rc_context(_STYLE):
        figure = Figure(figsize=(9.5, 9.5), layout="constrained")
        panels = figure.subplots(3, 2, sharex="row").tolist()
        groups = [
            ("Grid and regions", ["grid", "regions"]),
            (
                "Islands and lesions",
                ["islands-prediction", "islands-reference", "islands-both", "lesions-full"],
            ),
            ("Raters", ["raters-majority", "raters-staple", "raters-hierarchical"]),
        ]
        for (time_panel, memory_panel), (title, names) in zip(panels, groups, strict=True):
            for name, color in zip(names, _LINES, strict=False):
                if name in results["series"]:
                    _draw_series(time_panel, memory_panel, results["series"][name], color)
            _finish(time_panel, f"{title}: ms", linear=True)
            _finish(memory_panel, f"{title}: peak MiB (dashed: foreseen)", linear=False)
        return save(figure, path)


def _draw_series(time_panel: Axes, memory_panel: Axes, series: dict[str, Any], color: str) -> None:
    sizes = [point["size"] for point in series["points"]]
    label = f"{series['title']}: {series['exponent']:.2f} over {series['exponent_over']}"
    milliseconds = [1000 * point["processor_seconds"] for point in series["points"]]
    time_panel.plot(sizes, milliseconds, marker="o", markersize=4, color=color, label=label)
    memory_panel.plot(
        sizes,
        [max(point["peak_mib"], 0.1) for point in series["points"]],
        marker="o",
        markersize=4,
        color=color,
    )
    foreseen = [point["predicted_mib"] for point in series["points"]]
    if None not in foreseen:
        memory_panel.plot(sizes, foreseen, linestyle="--", linewidth=1, color=color)


def _finish(panel: Axes, title: str, *, linear: bool) -> None:
    panel.set_xscale("log")
    panel.set_yscale("log")
    panel.set_title(title, loc="left", fontsize=10, fontweight="bold")
    panel.grid(which="major", color="#e5e7eb", linewidth=0.6)
    for axis in (panel.xaxis, panel.yaxis):
        _label_plainly(axis)
    if linear and panel.lines:
        panel.legend(fontsize=7, frameon=False, title="exponents", title_fontsize=7, loc="upper left")
        low, high = panel.get_ylim()
        panel.set_ylim(low, high * 6)


def _label_plainly(axis: Axis) -> None:
    axis.set_major_formatter(FuncFormatter(lambda value, _: f"{value:,g}" if value < 1e6 else f"{value:.0e}"))
    axis.set_minor_formatter(NullFormatter())


def save(figure: Figure, path: Path) -> Path:
    path.parent.mkdir(exist_ok=True)
    FigureCanvasSVG(figure).print_svg(path, metadata={"Date": None})
    return path
