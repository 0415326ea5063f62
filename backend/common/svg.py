"""Pictures over HTTP: SVG that can do nothing but be seen, though names of people stand in it."""

import hashlib
from collections.abc import Mapping
from functools import lru_cache
from typing import Any

from django.http import HttpResponse
from rest_framework.renderers import BaseRenderer, JSONRenderer
from rest_framework.views import APIView

from backend.pictures import draw
from backend.pictures.charts import Chart

MEDIA_TYPE = "image/svg+xml"
POLICY = "default-src 'none'; style-src 'unsafe-inline'; img-src data:"


class SvgRenderer(BaseRenderer):
    """Lets browsers ask for images; the view answers with the picture itself."""

    media_type = MEDIA_TYPE
    format = "svg"

    def render(
        self, data: Any, accepted_media_type: str | None = None, renderer_context: Mapping | None = None
    ) -> bytes:
        return JSONRenderer().render(data)  # only problems, and "not yet", come here


class ChartView(APIView):
    """A chart that the web process draws itself: some tenths of a second, so nobody may ask without end."""

    renderer_classes = [SvgRenderer, JSONRenderer]
    throttle_scope = "charts"


def chart_response(chart: Chart, *, filename: str) -> HttpResponse:
    return svg_response(_drawn(chart), filename=filename)


def svg_response(svg: bytes, *, filename: str) -> HttpResponse:
    """The picture, shown and not saved, under a policy of its own."""
    response = HttpResponse(svg, content_type=f"{MEDIA_TYPE}; charset=utf-8")
    response["Content-Disposition"] = f'inline; filename="{filename}"'
    response["Content-Security-Policy"] = POLICY
    response["X-Content-Type-Options"] = "nosniff"
    response["Cache-Control"] = "private, no-cache"
    response["ETag"] = f'"{hashlib.sha256(svg).hexdigest()}"'
    return response


@lru_cache(maxsize=32)  # a board is asked for by everyone who looks at it, and fifty entrants take a second
def _drawn(chart: Chart) -> bytes:
    return draw(chart).encode()
