"""Pictures of results: frozen values in, SVG text out. No Django; `charts` lists them."""

from __future__ import annotations

from backend.pictures.charts import Chart


def draw(chart: Chart) -> str:
    """Draw the chart as SVG; the same chart gives the same bytes."""
    # matplotlib takes a second to import: only the process that draws shall wait for it, and only once.
    from backend.pictures import drawing

    return drawing.draw(chart)
