"""Pictures of a phase over HTTP."""

from uuid import UUID

from django.http import HttpResponse
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.permissions import AllowAny
from rest_framework.request import Request

from backend.common.svg import MEDIA_TYPE, ChartView, chart_response
from backend.leaderboards import pictures


class ScoresPictureView(ChartView):
    permission_classes = [AllowAny]

    @extend_schema(
        operation_id="phases_picture_scores",
        tags=["pictures"],
        summary="Boxes and strips of one metric, by region and entrant",
        parameters=[OpenApiParameter("metric", description="The board's first where absent")],
        responses={(200, MEDIA_TYPE): OpenApiTypes.STR},
    )
    def get(self, request: Request, phase_id: UUID) -> HttpResponse:
        metric = request.query_params.get("metric", "")
        chart = pictures.scores_chart(phase_id=phase_id, viewer=request.user, metric=metric)
        return chart_response(chart, filename="scores.svg")


class StabilityPictureView(ChartView):
    permission_classes = [AllowAny]

    @extend_schema(
        operation_id="phases_picture_stability",
        tags=["pictures"],
        summary="Which places the entrants take over resamples of the cases",
        responses={(200, MEDIA_TYPE): OpenApiTypes.STR},
    )
    def get(self, request: Request, phase_id: UUID) -> HttpResponse:
        chart = pictures.stability_chart(phase_id=phase_id, viewer=request.user)
        return chart_response(chart, filename="stability.svg")


class SignificancePictureView(ChartView):
    permission_classes = [AllowAny]

    @extend_schema(
        operation_id="phases_picture_significance",
        tags=["pictures"],
        summary="Which entrants can be told apart",
        responses={(200, MEDIA_TYPE): OpenApiTypes.STR},
    )
    def get(self, request: Request, phase_id: UUID) -> HttpResponse:
        chart = pictures.significance_chart(phase_id=phase_id, viewer=request.user)
        return chart_response(chart, filename="significance.svg")
