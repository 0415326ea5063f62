"""Pictures of an evaluation, and of one case of a submission, over HTTP."""

from uuid import UUID

from django.http import HttpResponse
from django.http.response import HttpResponseBase
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, OpenApiResponse, extend_schema
from rest_framework import status
from rest_framework.permissions import IsAuthenticated
from rest_framework.renderers import JSONRenderer
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from backend.common import blobs
from backend.common.svg import MEDIA_TYPE, ChartView, SvgRenderer, chart_response, svg_response
from backend.evaluations import overlay_pictures, pictures, selectors

ASK_AGAIN_AFTER_S = 2


class EvaluationScoresPictureView(ChartView):
    permission_classes = [IsAuthenticated]

    @extend_schema(
        operation_id="evaluations_picture_scores",
        tags=["pictures"],
        summary="Boxes and strips of one metric, by region",
        parameters=[OpenApiParameter("metric", description="Dice where absent")],
        responses={(200, MEDIA_TYPE): OpenApiTypes.STR},
    )
    def get(self, request: Request, evaluation_id: UUID) -> HttpResponse:
        evaluation = selectors.get_evaluation(evaluation_id=evaluation_id, viewer=request.user)
        chart = pictures.scores_chart(evaluation=evaluation, metric=request.query_params.get("metric", ""))
        return chart_response(chart, filename="scores.svg")


class EvaluationVolumesPictureView(ChartView):
    permission_classes = [IsAuthenticated]

    @extend_schema(
        operation_id="evaluations_picture_volumes",
        tags=["pictures"],
        summary="Bland–Altman of the volumes of prediction and reference",
        responses={(200, MEDIA_TYPE): OpenApiTypes.STR},
    )
    def get(self, request: Request, evaluation_id: UUID) -> HttpResponse:
        evaluation = selectors.get_evaluation(evaluation_id=evaluation_id, viewer=request.user)
        return chart_response(pictures.volumes_chart(evaluation=evaluation), filename="volumes.svg")


class PredictionOverlayView(APIView):
    permission_classes = [IsAuthenticated]
    renderer_classes = [SvgRenderer, JSONRenderer]

    @extend_schema(
        operation_id="submissions_prediction_overlay",
        tags=["pictures"],
        summary="Prediction and reference on the slice where they differ most; 202 while it is drawn",
        responses={
            (200, MEDIA_TYPE): OpenApiTypes.STR,
            202: OpenApiResponse(description="Being drawn: ask again after Retry-After seconds"),
        },
    )
    def get(self, request: Request, submission_id: UUID, case_id: UUID) -> HttpResponseBase:
        picture = overlay_pictures.picture_of(
            submission_id=submission_id, case_id=case_id, viewer=request.user
        )
        if not picture.digest:
            waiting = Response(status=status.HTTP_202_ACCEPTED)
            waiting["Retry-After"] = str(ASK_AGAIN_AFTER_S)
            waiting["Cache-Control"] = "no-store"
            return waiting
        return svg_response(blobs.read_blob(picture.digest), filename="overlay.svg")
