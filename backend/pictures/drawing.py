"""Which function draws which chart."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any

from backend.pictures.agreement import draw_agreement
from backend.pictures.charts import (
    AgreementChart,
    Chart,
    OverlayChart,
    ScoresChart,
    SignificanceChart,
    StabilityChart,
    VolumesChart,
)
from backend.pictures.overlay import draw_overlay
from backend.pictures.scores import draw_scores
from backend.pictures.significance import draw_significance
from backend.pictures.stability import draw_rank_stability
from backend.pictures.volumes import draw_bland_altman

_DRAWN_BY: dict[type, Callable[[Any], str]] = {
    ScoresChart: draw_scores,
    StabilityChart: draw_rank_stability,
    SignificanceChart: draw_significance,
    AgreementChart: draw_agreement,
    VolumesChart: draw_bland_altman,
    OverlayChart: draw_overlay,
}
# matplotlib's font cache and text layout are not safe between threads.
_ONE_AT_A_TIME = threading.Lock()


def draw(chart: Chart) -> str:
    with _ONE_AT_A_TIME:
        return _DRAWN_BY[type(chart)](chart)
