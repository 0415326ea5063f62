"""Which entrants differ significantly: a matrix of all pairs."""

from __future__ import annotations

from itertools import permutations

import numpy as np
from matplotlib.axes import Axes
from matplotlib.colors import to_rgba
from matplotlib.patches import Patch

from backend.pictures import style
from backend.pictures.canvas import LEGEND_IN, MARGIN_IN, TITLE_IN, Sheet, draw_empty, names_width_in
from backend.pictures.charts import SignificanceChart

_HEAD_IN = 0.24
_NUMBERS_UP_TO = 14


def draw_significance(chart: SignificanceChart) -> str:
    """Row against column, both best first: who is ahead of whom beyond chance."""
    size = len(chart.names)
    if size < 2:
        return draw_empty(chart.title, chart.empty)
    cell_in = float(np.clip(6.0 / size, 0.2, 0.52))
    names = [f"{place} · {style.short(name)}" for place, name in enumerate(chart.names, 1)]
    names_in, side_in = names_width_in(names), size * cell_in
    sheet = Sheet(
        chart.title,
        chart.test,
        width_in=max(2 * MARGIN_IN + names_in + side_in, 6.4),
        height_in=TITLE_IN + _HEAD_IN + side_in + LEGEND_IN + 0.2,
    )
    axes = sheet.axes(MARGIN_IN + names_in, TITLE_IN + _HEAD_IN, side_in, side_in)
    axes.spines["bottom"].set_visible(False)
    axes.set_xlim(-0.5, size - 0.5)
    axes.set_ylim(size - 0.5, -0.5)
    axes.xaxis.tick_top()
    axes.set_xticks(
        range(size), [str(place) for place in range(1, size + 1)], fontsize=8.5 if size <= 25 else 6.5
    )
    axes.set_yticks(range(size), names)
    _draw_cells(axes, chart)
    sheet.legend(
        [
            Patch(color=style.BETTER, label="row better than column"),
            Patch(color=style.WORSE, label="row worse"),
            Patch(color=style.SUNKEN, label=f"not told apart (p ≥ {chart.alpha:g})"),
        ]
    )
    return sheet.to_svg()


def _draw_cells(axes: Axes, chart: SignificanceChart) -> None:
    size = len(chart.names)
    colors = np.full((size, size, 4), to_rgba(style.PAPER))
    for row, column in permutations(range(size), 2):
        p = chart.p_values[row][column]
        differs = p is not None and p < chart.alpha
        better = row < column
        colors[row, column] = to_rgba((style.BETTER if better else style.WORSE) if differs else style.SUNKEN)
        if p is not None and size <= _NUMBERS_UP_TO:
            ink = style.PAPER if differs and better else style.INK
            axes.text(column, row, format_p(p), ha="center", va="center", fontsize=7, color=ink)
    axes.pcolormesh(np.arange(size), np.arange(size), colors, edgecolors=style.PAPER, linewidth=1.5, zorder=0)


def format_p(p: float) -> str:
    if p < 0.001:
        return "<.001"
    return f"{p:.3f}".lstrip("0") if p < 0.1 else f"{p:.2f}".lstrip("0")
