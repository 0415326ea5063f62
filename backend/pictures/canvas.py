"""The paper: figures measured in inches from the top left, and their SVG.

The only importer of matplotlib's machinery. `pyplot` is never used: it keeps figures alive between requests.
"""

from __future__ import annotations

import io
import logging
import re
import warnings

import matplotlib as mpl
from matplotlib.axes import Axes
from matplotlib.backends.backend_svg import FigureCanvasSVG
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.patches import Patch

from backend.pictures import style

Handle = Line2D | Patch

TITLE_IN = 0.72
MARGIN_IN = 0.3
LEGEND_IN = 0.34
_CHARACTER_IN = 0.082
_DPI = 150
# Text stays text and takes the fonts of the pages; it was laid out in DejaVu Sans, which is wider than these.
_FONTS = "<style>text{font-family:Inter,'Helvetica Neue',Arial,'DejaVu Sans',sans-serif!important}</style>"

mpl.rcParams.update(
    {
        "svg.fonttype": "none",
        "svg.hashsalt": "consilium",
        "text.parse_math": False,  # a dollar in a name is a dollar
        "font.family": "DejaVu Sans",  # comes with matplotlib, so that every machine lays out alike
        "font.size": 8.5,
        "text.color": style.INK,
        "axes.edgecolor": style.HAIRLINE,
        "axes.labelcolor": style.DIMMED,
        "axes.labelsize": 8.5,
        "axes.linewidth": 0.8,
        "axes.axisbelow": True,
        "xtick.color": style.HAIRLINE,
        "ytick.color": style.HAIRLINE,
        "xtick.labelcolor": style.DIMMED,
        "ytick.labelcolor": style.INK,
        "grid.color": style.HAIRLINE,
        "grid.linewidth": 0.7,
        "image.composite_image": False,
    }
)
logging.getLogger("matplotlib").setLevel(logging.ERROR)


class Sheet:
    """A figure with a title, on which axes are placed in inches from the top left."""

    def __init__(self, title: str, subtitle: str, *, width_in: float, height_in: float) -> None:
        self.title, self.width_in, self.height_in = (
            style.short(title, int(width_in / 0.115)),
            width_in,
            height_in,
        )
        self.figure = Figure(figsize=(width_in, height_in), facecolor=style.PAPER, dpi=_DPI)
        self.text(MARGIN_IN, 0.33, self.title, size=12, weight="bold")
        if subtitle:
            self.text(MARGIN_IN, 0.54, style.short(subtitle, int(width_in / 0.073)), color=style.DIMMED)

    def axes(self, left_in: float, top_in: float, width_in: float, height_in: float) -> Axes:
        """Axes without spines but the lowest, for a plain look."""
        box = (
            left_in / self.width_in,
            1 - (top_in + height_in) / self.height_in,
            width_in / self.width_in,
            height_in / self.height_in,
        )
        axes = self.figure.add_axes(box)
        axes.set_facecolor("none")
        for side in ("left", "right", "top"):
            axes.spines[side].set_visible(False)
        axes.tick_params(length=0, pad=5)
        return axes

    def text(
        self,
        left_in: float,
        top_in: float,
        text: str,
        *,
        color: str = style.INK,
        size: float = 8.5,
        weight: str = "normal",
        align: str = "left",
    ) -> None:
        """One line, its base `top_in` below the top."""
        self.figure.text(
            left_in / self.width_in,
            1 - top_in / self.height_in,
            text,
            color=color,
            fontsize=size,
            fontweight=weight,
            ha=align,
            va="baseline",
        )

    def legend(self, handles: list[Handle], *, left_in: float = MARGIN_IN) -> None:
        """One row at the bottom."""
        self.figure.legend(
            handles=handles,
            loc="lower left",
            bbox_to_anchor=(left_in / self.width_in, 0.08 / self.height_in),
            ncols=len(handles),
            frameon=False,
            borderaxespad=0,
            borderpad=0.2,
            handletextpad=0.5,
            handlelength=1.6,
            columnspacing=1.4,
            labelcolor=style.DIMMED,
            fontsize=8,
        )

    def to_svg(self) -> str:
        buffer = io.StringIO()
        metadata = {"Date": None, "Creator": None, "Title": self.title}
        with warnings.catch_warnings():
            # Of letters that DejaVu lacks: text stays text, and browsers have them.
            warnings.simplefilter("ignore", UserWarning)
            FigureCanvasSVG(self.figure).print_svg(buffer, metadata=metadata)
        # The same picture may be put into a page twice: without a prologue, and read out by its title.
        svg = buffer.getvalue()
        svg = svg[svg.index("<svg ") :].replace("<svg ", '<svg role="img" ', 1)
        return re.sub(r"(<title>)", rf"{_FONTS}\1", svg, count=1)


def draw_empty(title: str, sentence: str) -> str:
    """A picture that says why there is nothing to see."""
    sheet = Sheet(title, "", width_in=6.4, height_in=2.2)
    sheet.text(3.2, 1.35, sentence, color=style.DIMMED, size=10, align="center")
    return sheet.to_svg()


def names_width_in(names: list[str]) -> float:
    """Room for the longest of these names beside axes."""
    return max(map(len, names), default=0) * _CHARACTER_IN + 0.16


def dot(label: str, color: str, **options: float | str) -> Line2D:
    return Line2D([], [], linestyle="none", marker="o", markersize=4.5, color=color, label=label, **options)  # type: ignore[arg-type]
