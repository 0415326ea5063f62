"""Rank stability: how often each entrant took which place, as blobs."""

from __future__ import annotations

import numpy as np
from matplotlib.lines import Line2D

from backend.pictures import style
from backend.pictures.canvas import LEGEND_IN, MARGIN_IN, TITLE_IN, Sheet, dot, draw_empty, names_width_in
from backend.pictures.charts import RankedEntrant, StabilityChart

_AXIS_IN = 0.42


def draw_rank_stability(chart: StabilityChart) -> str:
    """A row per entrant, a column per place; a blob's area is the share of the resamples."""
    entrants = chart.entrants
    if len(entrants) < 2:
        return draw_empty(chart.title, chart.empty)
    size = len(entrants)
    cell_in = float(np.clip(5.6 / size, 0.2, 0.5))
    names = [f"{x.rank:g} · {style.short(x.name)}" for x in entrants]
    names_in = names_width_in(names)
    letters_in = max(len(_letters(x)) for x in entrants) * 0.085 + 0.2
    side_in = size * cell_in
    sheet = Sheet(
        chart.title,
        f"Places over {chart.resamples:,} resamples of the cases{_reading(entrants)}",
        width_in=max(2 * MARGIN_IN + names_in + side_in + letters_in, 6.8),
        height_in=TITLE_IN + side_in + _AXIS_IN + LEGEND_IN + 0.14,
    )
    axes = sheet.axes(MARGIN_IN + names_in, TITLE_IN, side_in, side_in)
    axes.set_xlim(0.5, size + 0.5)
    axes.set_ylim(size - 0.5, -0.5)
    axes.grid(alpha=0.7)
    places = range(1, size + 1) if size <= 20 else [1, *range(5, size + 1, 5)]
    axes.set_xticks(places)
    axes.set_yticks(range(size), names)
    axes.set_xlabel("place")
    largest = (cell_in * 72 * 0.92) ** 2
    for level, entrant in enumerate(entrants):
        low, high = entrant.rank_interval
        axes.plot([low, high], [level, level], color=style.INK, linewidth=1.1, zorder=3)
        shares = np.array(entrant.frequencies)
        there = np.flatnonzero(shares > 0)
        axes.scatter(there + 1, np.full(len(there), level), s=largest * shares[there], color=style.BETTER,
                     alpha=0.75, linewidths=0, zorder=2)  # fmt: skip
        axes.plot([entrant.median_rank], [level], marker="x", color=style.INK, markersize=5, zorder=4)
        axes.annotate(
            _letters(entrant), (1, level), xycoords=("axes fraction", "data"), xytext=(6, 0),
            textcoords="offset points", color=style.DIMMED, va="center", fontsize=8, annotation_clip=False,
        )  # fmt: skip
    sheet.legend(
        [
            dot("share of resamples, by area", style.BETTER, alpha=0.75),
            Line2D([], [], linestyle="none", marker="x", markersize=5, color=style.INK, label="median"),
            Line2D([], [], color=style.INK, linewidth=1.1, label=f"{chart.level:.0%} interval"),
        ]
    )
    return sheet.to_svg()


def _letters(entrant: RankedEntrant) -> str:
    return style.short(" ".join(entrant.letters), 24) if entrant.letters else ""


def _reading(entrants: tuple[RankedEntrant, ...]) -> str:
    return "; entrants that share a letter are not told apart" if any(x.letters for x in entrants) else ""
