"""Agreement of raters: a matrix per region."""

from __future__ import annotations

import math

import numpy as np
from matplotlib.axes import Axes
from matplotlib.cm import ScalarMappable
from matplotlib.colors import LinearSegmentedColormap, Normalize, to_rgba
from matplotlib.ticker import MaxNLocator

from backend.pictures import style
from backend.pictures.canvas import MARGIN_IN, TITLE_IN, Sheet, draw_empty, names_width_in
from backend.pictures.charts import AgreementChart, AgreementPanel, Matrix

_HEAD_IN, _GAP_IN, _BAR_IN = 0.52, 0.32, 0.62
_NUMBERS_UP_TO = 16
_COLORS = LinearSegmentedColormap.from_list("agreement", style.ACCENT_SCALE)


def draw_agreement(chart: AgreementChart) -> str:
    """A panel per region; darker cells agree better, on one scale for all panels."""
    found = [x for panel in chart.panels for x in _off_diagonal(panel.values)]
    if len(chart.raters) < 2 or not found:
        return draw_empty(chart.title, "No two raters have marked the same case yet.")
    size = len(chart.raters)
    names = [f"{place} · {style.short(name, 22)}" for place, name in enumerate(chart.raters, 1)]
    cell_in = float(np.clip(4.2 / size, 0.22, 0.55))
    names_in, side_in = names_width_in(names), size * cell_in
    panel_in = max(side_in, 1.5)
    sheet = Sheet(
        chart.title,
        f"{chart.measure} of every pair of raters",
        width_in=max(2 * MARGIN_IN + names_in + len(chart.panels) * (panel_in + _GAP_IN), 5.0),
        height_in=TITLE_IN + _HEAD_IN + side_in + _BAR_IN,
    )
    scale = Normalize(min(math.floor(min(found) * 10) / 10, 0.9), 1.0)
    for place, panel in enumerate(chart.panels):
        left_in = MARGIN_IN + names_in + place * (panel_in + _GAP_IN)
        sheet.text(left_in, TITLE_IN + 0.16, style.short(panel.name), weight="bold")
        axes = sheet.axes(left_in, TITLE_IN + _HEAD_IN, side_in, side_in)
        _draw_panel(axes, panel, scale)
        axes.set_yticks(range(size), names if place == 0 else [""] * size)
    _draw_bar(sheet, scale, chart.measure, left_in=MARGIN_IN + names_in)
    return sheet.to_svg()


def _off_diagonal(values: Matrix) -> list[float]:
    return [x for i, row in enumerate(values) for j, x in enumerate(row) if i != j and x is not None]


def _draw_panel(axes: Axes, panel: AgreementPanel, scale: Normalize) -> None:
    size = len(panel.values)
    axes.spines["bottom"].set_visible(False)
    axes.set_xlim(-0.5, size - 0.5)
    axes.set_ylim(size - 0.5, -0.5)
    axes.xaxis.tick_top()
    axes.set_xticks(range(size), [str(place) for place in range(1, size + 1)])
    colors = np.full((size, size, 4), to_rgba(style.PAPER))
    for i, row in enumerate(panel.values):
        for j, value in enumerate(row):
            if i == j:
                continue
            colors[i, j] = to_rgba(style.SUNKEN) if value is None else _COLORS(scale(value))
            if size <= _NUMBERS_UP_TO:
                dark = value is not None and scale(value) > 0.55
                text = "–" if value is None else f"{value:.2f}".replace("0.", ".", 1)
                axes.text(
                    j,
                    i,
                    text,
                    ha="center",
                    va="center",
                    fontsize=7.5,
                    color=style.PAPER if dark else style.INK,
                )

    axes.pcolormesh(np.arange(size), np.arange(size), colors, edgecolors=style.PAPER, linewidth=1.5, zorder=0)


def _draw_bar(sheet: Sheet, scale: Normalize, measure: str, *, left_in: float) -> None:
    width_in = min(2.2, sheet.width_in - left_in - MARGIN_IN)
    axes = sheet.axes(left_in, sheet.height_in - 0.42, width_in, 0.09)
    bar = sheet.figure.colorbar(
        ScalarMappable(scale, _COLORS), cax=axes, orientation="horizontal", ticks=MaxNLocator(4)
    )
    bar.outline.set_visible(False)
    bar.ax.tick_params(length=0, pad=3, labelsize=7.5)
    sheet.text(
        left_in - 0.1, sheet.height_in - 0.345, style.short(measure, 22), color=style.DIMMED, align="right"
    )
