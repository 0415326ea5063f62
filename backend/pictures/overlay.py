"""A slice of a case with the outlines of reference and prediction, and their differences in colour."""

from __future__ import annotations

import numpy as np
from matplotlib.axes import Axes
from matplotlib.colors import to_rgba
from matplotlib.lines import Line2D
from matplotlib.patches import Patch
from matplotlib.patheffects import withStroke

from backend.pictures import style
from backend.pictures.canvas import LEGEND_IN, MARGIN_IN, TITLE_IN, Sheet, draw_empty
from backend.pictures.charts import OverlayChart, OverlayPanel, PlaneMask

_PANEL_IN, _HEAD_IN, _GAP_IN = 3.0, 0.5, 0.14
_ERROR_OPACITY = 0.7
_DASHES = (0, (3.2, 1.6))
_BAR_MM = 20.0


def draw_overlay(chart: OverlayChart) -> str:
    """A panel per region, to scale in millimetres."""
    if not chart.panels:
        return draw_empty(chart.title, "The label scheme has no regions to show.")
    rows, columns = chart.image.shape
    width_mm, height_mm = columns * chart.column_mm, rows * chart.row_mm
    scale = _PANEL_IN / max(width_mm, height_mm)
    panel_in, height_in = max(width_mm * scale, 1.0), max(height_mm * scale, 1.0)
    step_in = max(panel_in, 2.3) + _GAP_IN
    sheet = Sheet(
        chart.title,
        chart.where,
        width_in=max(2 * MARGIN_IN + len(chart.panels) * step_in - _GAP_IN, 6.6),
        height_in=TITLE_IN + _HEAD_IN + height_in + LEGEND_IN + 0.16,
    )
    for place, panel in enumerate(chart.panels):
        left_in = MARGIN_IN + place * step_in
        color = style.region_color(panel.region.key, place)
        sheet.text(left_in, TITLE_IN + 0.16, style.short(panel.region.name), weight="bold", color=color)
        summary = f"Dice {panel.dice:.3f} · missed {panel.missed_ml:.2f} mL · wrong {panel.added_ml:.2f} mL"
        sheet.text(left_in, TITLE_IN + 0.34, summary, color=style.DIMMED, size=7)
        axes = sheet.axes(left_in, TITLE_IN + _HEAD_IN, panel_in, height_in)
        _draw_panel(axes, chart, panel)
    sheet.legend(
        [
            Line2D(
                [], [], color=style.REFERENCE_OUTLINE, linewidth=1.8, label="reference",
                path_effects=[withStroke(linewidth=4.5, foreground=style.DIMMED)],
            ),
            Line2D(
                [], [], color=style.PREDICTION_OUTLINE, linewidth=1.8, linestyle=_DASHES, label="prediction",
                path_effects=[withStroke(linewidth=4.5, foreground=style.DIMMED)],
            ),
            Patch(color=style.MISSED, label="missed"),
            Patch(color=style.ADDED, label="wrongly marked"),
        ]
    )  # fmt: skip
    return sheet.to_svg()


def _draw_panel(axes: Axes, chart: OverlayChart, panel: OverlayPanel) -> None:
    rows, columns = chart.image.shape
    extent = (0.0, columns * chart.column_mm, rows * chart.row_mm, 0.0)
    axes.set_axis_off()
    axes.imshow(
        chart.image, cmap="gray", vmin=0, vmax=255, extent=extent, aspect="auto", interpolation="bilinear"
    )
    errors = np.zeros((rows, columns, 4))
    errors[panel.reference & ~panel.prediction] = to_rgba(style.MISSED, _ERROR_OPACITY)
    errors[panel.prediction & ~panel.reference] = to_rgba(style.ADDED, _ERROR_OPACITY)
    if errors.any():
        axes.imshow(errors, extent=extent, aspect="auto", interpolation="nearest")
    _outline(axes, chart, panel.reference, style.REFERENCE_OUTLINE, 1.4)
    _outline(axes, chart, panel.prediction, style.PREDICTION_OUTLINE, 1.1, dashed=True)
    _bar(axes, extent)
    axes.set_xlim(extent[0], extent[1])
    axes.set_ylim(extent[2], extent[3])
    places = ((0.02, 0.5, "left"), (0.98, 0.5, "right"), (0.5, 0.96, "center"), (0.5, 0.04, "center"))
    for letter, (x, y, align) in zip(chart.edges, places, strict=True):
        axes.text(x, y, letter, transform=axes.transAxes, color="#ffffff", fontsize=8, ha=align, va="center",
                  fontweight="bold")  # fmt: skip


def _outline(
    axes: Axes, chart: OverlayChart, mask: PlaneMask, color: str, width: float, *, dashed: bool = False
) -> None:
    if not mask.any():
        return
    # A rim of background closes outlines at the edge of the picture.
    framed = np.pad(mask, 1).astype(float)
    x = (np.arange(framed.shape[1]) - 0.5) * chart.column_mm
    y = (np.arange(framed.shape[0]) - 0.5) * chart.row_mm
    axes.contour(x, y, framed, levels=[0.5], colors=[color], linewidths=[width],
                 linestyles=[_DASHES if dashed else "solid"])  # fmt: skip


def _bar(axes: Axes, extent: tuple[float, float, float, float]) -> None:
    """A bar of known length in the lower right corner."""
    right, low = extent[1] * 0.97, extent[2] * 0.955
    axes.plot([right - _BAR_MM, right], [low, low], color="#ffffff", linewidth=1.6, solid_capstyle="butt")
    axes.text(
        right - _BAR_MM / 2,
        low - extent[2] * 0.015,
        f"{_BAR_MM / 10:g} cm",
        color="#ffffff",
        fontsize=6.5,
        ha="center",
        va="bottom",
    )
