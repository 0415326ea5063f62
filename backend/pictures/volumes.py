"""Volumes by Bland and Altman: how far two ways of measuring agree, and whether one always finds more."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from matplotlib.axes import Axes
from matplotlib.lines import Line2D
from matplotlib.ticker import MaxNLocator

from backend.pictures import style
from backend.pictures.canvas import LEGEND_IN, MARGIN_IN, TITLE_IN, Handle, Sheet, draw_empty
from backend.pictures.charts import VolumesChart, VolumesPanel

_PANEL_IN, _HEIGHT_IN, _HEAD_IN, _AXIS_IN, _GAP_IN = 2.75, 2.7, 0.52, 0.5, 0.78
_MARKERS = "osD^vPX*<>ph"


@dataclass(frozen=True)
class LimitsOfAgreement:
    """Mean difference and, from two pairs on, mean ± 1.96 standard deviations."""

    bias: float
    lower: float | None
    upper: float | None

    @classmethod
    def of(cls, differences: npt.NDArray[np.float64]) -> LimitsOfAgreement:
        bias = float(differences.mean())
        if differences.size < 2:
            return cls(bias, None, None)
        reach = 1.96 * float(differences.std(ddof=1))
        return cls(bias, bias - reach, bias + reach)


def draw_bland_altman(chart: VolumesChart) -> str:
    """A panel per region: difference against mean, with the mean difference and the limits of agreement."""
    panels = [panel for panel in chart.panels if panel.pairs]
    if not panels:
        return draw_empty(chart.title, "There are no volumes to compare yet.")
    series = list(dict.fromkeys(pair.series for panel in panels for pair in panel.pairs))
    sheet = Sheet(
        chart.title,
        f"Bland–Altman: {chart.found} − {chart.expected} against the mean of both",
        width_in=max(2 * MARGIN_IN + len(panels) * (_PANEL_IN + _GAP_IN) + 0.1, 5.2),
        height_in=TITLE_IN + _HEAD_IN + _HEIGHT_IN + _AXIS_IN + LEGEND_IN,
    )
    for place, panel in enumerate(panels):
        left_in = MARGIN_IN + 0.62 + place * (_PANEL_IN + _GAP_IN)
        color = style.region_color(panel.region.key, chart.panels.index(panel))
        axes = sheet.axes(left_in, TITLE_IN + _HEAD_IN, _PANEL_IN - 0.1, _HEIGHT_IN)
        limits = _draw_panel(axes, panel, series, color)
        if place == 0:
            axes.set_ylabel("difference, mL")
        sheet.text(left_in, TITLE_IN + 0.16, style.short(panel.region.name), weight="bold", color=color)
        sheet.text(left_in, TITLE_IN + 0.34, _summary(limits, len(panel.pairs)), color=style.DIMMED, size=7)
    sheet.legend(_legend(series))
    return sheet.to_svg()


def _draw_panel(axes: Axes, panel: VolumesPanel, series: list[str], color: str) -> LimitsOfAgreement:
    expected = np.array([pair.expected_ml for pair in panel.pairs])
    found = np.array([pair.found_ml for pair in panel.pairs])
    means, differences = (expected + found) / 2, found - expected
    limits = LimitsOfAgreement.of(differences)
    shown = np.array([0.0, *differences, *(x for x in (limits.lower, limits.upper) if x is not None)])
    room = max(float(np.ptp(shown)) * 0.08, 0.05)
    axes.set_ylim(shown.min() - room, shown.max() + room)
    span = max(float(np.ptp(means)) * 0.06, 0.1 * float(means.max()), 0.05)
    axes.set_xlim(max(means.min() - span, -span), means.max() + span)
    axes.grid()
    axes.xaxis.set_major_locator(MaxNLocator(5))
    axes.yaxis.set_major_locator(MaxNLocator(6))
    axes.tick_params(axis="y", labelcolor=style.DIMMED)
    axes.set_xlabel("mean, mL")
    axes.axhline(0, color=style.DIMMED, linewidth=0.8)
    axes.axhline(limits.bias, color=color, linewidth=1.6)
    if limits.lower is not None and limits.upper is not None:
        axes.axhspan(limits.lower, limits.upper, color=color, alpha=0.07, linewidth=0)
        for level in (limits.lower, limits.upper):
            axes.axhline(level, color=color, linewidth=1, linestyle=(0, (4, 3)))
    for place, name in enumerate(series):
        of_series = np.array([pair.series == name for pair in panel.pairs])
        axes.scatter(means[of_series], differences[of_series], s=18, color=color, alpha=0.7, linewidths=0,
                     marker=_MARKERS[place % len(_MARKERS)], zorder=3)  # fmt: skip
    return limits


def _summary(limits: LimitsOfAgreement, pairs: int) -> str:
    if limits.lower is None or limits.upper is None:
        return f"mean {_signed(limits.bias)} mL · one pair has no limits"
    reach = f"{_signed(limits.lower)} to {_signed(limits.upper)}"
    return f"mean {_signed(limits.bias)} mL · limits {reach} · n {pairs}"


def _signed(volume_ml: float) -> str:
    return f"{volume_ml:+.2f}".replace("-", "−")


def _legend(series: list[str]) -> list[Handle]:
    grey = style.DIMMED
    named = [
        Line2D(
            [],
            [],
            linestyle="none",
            marker=_MARKERS[place],
            markersize=4.5,
            color=grey,
            label=style.short(name, 18),
        )
        for place, name in enumerate(series[:6])
    ]
    return [
        *(named if 1 < len(series) <= 6 else []),
        Line2D([], [], color=grey, linewidth=1.6, label="mean difference"),
        Line2D(
            [], [], color=grey, linewidth=1, linestyle=(0, (4, 3)), label="limits of agreement, ± 1.96 SD"
        ),
    ]
