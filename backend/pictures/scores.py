"""Scores by region and entrant: a box over the strip of the cases."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from matplotlib.axes import Axes
from matplotlib.lines import Line2D
from matplotlib.patches import Patch
from matplotlib.ticker import MaxNLocator

from backend.pictures import style
from backend.pictures.canvas import LEGEND_IN, MARGIN_IN, TITLE_IN, Sheet, dot, draw_empty, names_width_in
from backend.pictures.charts import ScoresChart, Values

Floats = npt.NDArray[np.float64]

_ROW_IN, _MANY_ROW_IN, _MANY = 0.36, 0.22, 16
_PANEL_HEAD_IN, _AXIS_IN, _GAP_IN = 0.3, 0.5, 0.28
# More dots than this as vectors make a file that browsers open slowly: then they are pixels.
_VECTOR_DOTS = 5000
# Distances with a far tail, such as the penalty of an empty prediction, are read on a logarithmic axis.
_FAR = 60.0
# From here on a strip is told by its density more than by its dots.
_CROWD = 60
_GOLDEN = 0.6180339887498949


@dataclass(frozen=True, eq=False)
class _Row:
    """Values are sorted, so that no picture tells which case a dot is."""

    name: str
    values: Floats
    absent: int
    color: str
    is_human: bool = False

    @classmethod
    def of(cls, name: str, values: Values, color: str, *, is_human: bool = False) -> _Row:
        defined = np.array(sorted(x for x in values if x is not None), dtype=np.float64)
        absent = len(values) - defined.size
        return cls(style.short(name), defined, absent, style.HUMAN if is_human else color, is_human)


def draw_scores(chart: ScoresChart) -> str:
    """A panel per region with a row per entrant; of one entrant alone, a row per region."""
    if not any(x is not None for entrant in chart.entrants for values in entrant.values for x in values):
        return draw_empty(chart.title, "There are no scores to show yet.")
    colors = [style.region_color(region.key, place) for place, region in enumerate(chart.regions)]
    if len(chart.entrants) == 1:
        (entrant,) = chart.entrants
        rows = [
            _Row.of(region.name, values, color)
            for region, values, color in zip(chart.regions, entrant.values, colors, strict=True)
        ]
        return _draw_panels(chart, [_Panel("", style.INK, rows)])
    ordered = sorted(chart.entrants, key=lambda entrant: entrant.is_human)
    panels = [
        _Panel(
            region.name,
            color,
            [_Row.of(x.name, x.values[place], color, is_human=x.is_human) for x in ordered],
        )
        for place, (region, color) in enumerate(zip(chart.regions, colors, strict=True))
    ]
    return _draw_panels(chart, panels)


@dataclass(frozen=True, eq=False)
class _Panel:
    name: str
    color: str
    rows: list[_Row]


def _draw_panels(chart: ScoresChart, panels: list[_Panel]) -> str:
    rows = panels[0].rows
    row_in = _ROW_IN if len(rows) <= _MANY else _MANY_ROW_IN
    names_in = names_width_in([row.name for row in rows])
    panel_in = 5.4 if len(panels) == 1 else max(2.3, 7.8 / len(panels))
    head_in = _PANEL_HEAD_IN if any(panel.name for panel in panels) else 0.1
    humans = sum(row.is_human for row in rows)
    height_in = max(len(rows), 2) * row_in
    sheet = Sheet(
        chart.title,
        _subtitle(chart),
        width_in=2 * MARGIN_IN + names_in + len(panels) * (panel_in + _GAP_IN),
        height_in=TITLE_IN + head_in + height_in + _AXIS_IN + LEGEND_IN,
    )
    every = np.concatenate([row.values for panel in panels for row in panel.rows])
    as_pixels = every.size > _VECTOR_DOTS
    for place, panel in enumerate(panels):
        left_in = MARGIN_IN + names_in + place * (panel_in + _GAP_IN)
        axes = sheet.axes(left_in, TITLE_IN + head_in, panel_in, height_in)
        if panel.name:
            sheet.text(left_in, TITLE_IN + 0.16, style.short(panel.name), weight="bold", color=panel.color)
        _scale(axes, chart, every)
        for level, row in enumerate(panel.rows):
            _draw_row(axes, level, row, as_pixels=as_pixels)
        _label_rows(axes, panel.rows, with_names=place == 0)
        if 0 < humans < len(rows):
            axes.axhline(len(rows) - humans - 0.5, color=style.DIMMED, linewidth=0.8, linestyle=(0, (4, 3)))
    _legend(sheet, with_humans=humans > 0)
    return sheet.to_svg()


def _subtitle(chart: ScoresChart) -> str:
    better = {True: ", higher is better", False: ", lower is better", None: ""}[chart.higher_is_better]
    cases = max(len(values) for entrant in chart.entrants for values in entrant.values)
    return f"{_metric(chart)}{better} · {cases} case{'' if cases == 1 else 's'}"


def _metric(chart: ScoresChart) -> str:
    return f"{chart.metric}, {chart.unit}" if chart.unit else chart.metric


def _scale(axes: Axes, chart: ScoresChart, values: Floats) -> None:
    low, high = float(values.min()), float(values.max())
    if chart.unit == "mm" and low >= 0 and high > _FAR:
        axes.set_xscale("symlog", linthresh=1, linscale=0.5)
        ticks = [tick for tick in (0, 1, 3, 10, 30, 100, 300) if tick <= high]
        axes.set_xticks(ticks, [f"{tick:g}" for tick in ticks])
        axes.set_xlim(-0.12, high * 1.25)
    else:
        if not chart.unit and low >= 0 and high <= 1:
            low, high = min(low, 0.9), 1.0
        room = max((high - low) * 0.04, 0.01 * max(abs(high), 1e-3))
        axes.set_xlim(low - room, high + room)
        axes.xaxis.set_major_locator(MaxNLocator(6, steps=[1, 2, 5, 10]))
    axes.minorticks_off()
    axes.grid(axis="x")
    axes.set_xlabel(_metric(chart))


def _draw_row(axes: Axes, level: int, row: _Row, *, as_pixels: bool) -> None:
    if row.absent:
        axes.annotate(
            f"{row.absent} n/a", (1, level), xycoords=("axes fraction", "data"), xytext=(3, 0),
            textcoords="offset points", fontsize=6.5, color=style.DIMMED, va="center", annotation_clip=False,
        )  # fmt: skip
    values = row.values
    if not values.size:
        return
    # Neighbours fall side by side, the same way every time.
    spread = ((np.arange(values.size) * _GOLDEN + 0.5) % 1 - 0.5) * 0.56
    crowded = values.size > _CROWD
    axes.scatter(
        values, level + spread, s=4 if crowded else 9, color=row.color, alpha=0.25 if crowded else 0.45,
        linewidths=0, marker="D" if row.is_human else "o", zorder=2, rasterized=as_pixels,
    )  # fmt: skip
    if values.size > 1:
        axes.boxplot(
            values, positions=[level], orientation="horizontal", widths=0.6, showfliers=False,
            manage_ticks=False, patch_artist=True, zorder=3,
            boxprops={"facecolor": row.color + "22", "edgecolor": row.color, "linewidth": 1},
            whiskerprops={"color": row.color, "linewidth": 1},
            capprops={"color": row.color, "linewidth": 1},
            medianprops={"color": row.color, "linewidth": 2},
        )  # fmt: skip
    axes.plot(
        [values.mean()], [level], marker="d", markersize=5, color=style.PAPER, markeredgecolor=style.INK,
        markeredgewidth=1, zorder=4,
    )  # fmt: skip


def _label_rows(axes: Axes, rows: list[_Row], *, with_names: bool) -> None:
    axes.set_ylim(max(len(rows), 2) - 0.5, -0.5)
    axes.set_yticks(range(len(rows)), [row.name for row in rows] if with_names else [""] * len(rows))
    for label, row in zip(axes.get_yticklabels(), rows, strict=True):
        label.set_color(style.HUMAN if row.is_human else style.INK)
        label.set_fontstyle("italic" if row.is_human else "normal")


def _legend(sheet: Sheet, *, with_humans: bool) -> None:
    grey = style.DIMMED
    sheet.legend(
        [
            dot("case", grey, alpha=0.6),
            Patch(facecolor=grey + "22", edgecolor=grey, label="quartiles, whiskers to 1.5 of their range"),
            Line2D([], [], color=grey, linewidth=2, label="median"),
            Line2D(
                [],
                [],
                linestyle="none",
                marker="d",
                color=style.PAPER,
                markeredgecolor=style.INK,
                label="mean",
            ),
            *(
                [
                    Line2D(
                        [],
                        [],
                        linestyle="none",
                        marker="D",
                        markersize=4,
                        color=style.HUMAN,
                        label="human rater",
                    )
                ]
                if with_humans
                else []
            ),
        ]
    )
