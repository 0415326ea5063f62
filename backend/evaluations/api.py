"""Evaluations, their scores and what is made of them, over HTTP."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from django.http import HttpResponse
from django.http.response import HttpResponseBase
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, OpenApiResponse, extend_schema
from rest_framework import serializers
from rest_framework.permissions import IsAuthenticated
from rest_framework.renderers import BaseRenderer, JSONRenderer
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from backend.common.api import Pagination
from backend.evaluations import comparison, overlays, selectors
from backend.evaluations.csv_table import scores_csv
from backend.evaluations.rater_names import rater_names
from backend.evaluations.serializers import (
    ComparisonSerializer,
    EvaluationSerializer,
    OverlaySerializer,
    ScoreSerializer,
)


class CsvRenderer(BaseRenderer):
    """Lets `?format=csv` through the content negotiation; the view writes the table itself."""

    media_type = "text/csv"
    format = "csv"

    def render(
        self, data: Any, accepted_media_type: str | None = None, renderer_context: Mapping | None = None
    ) -> bytes:
        return JSONRenderer().render(data)  # only problems come here


class EvaluationView(APIView):
    permission_classes = [IsAuthenticated]

    @extend_schema(operation_id="evaluations_retrieve", tags=["evaluations"], responses=EvaluationSerializer)
    def get(self, request: Request, evaluation_id: UUID) -> Response:
        evaluation = selectors.get_evaluation(evaluation_id=evaluation_id, viewer=request.user)
        return Response(EvaluationSerializer(evaluation).data)


class EvaluationScoresView(APIView):
    permission_classes = [IsAuthenticated]
    renderer_classes = [JSONRenderer, CsvRenderer]
    pagination_class = Pagination

    @extend_schema(
        operation_id="evaluations_scores_list",
        tags=["evaluations"],
        summary="The scores as a long table; format=csv gives all rows at once",
        responses={
            (200, "application/json"): ScoreSerializer(many=True),
            (200, "text/csv"): OpenApiResponse(OpenApiTypes.STR),
        },
    )
    def get(self, request: Request, evaluation_id: UUID) -> HttpResponseBase:
        evaluation = selectors.get_evaluation(evaluation_id=evaluation_id, viewer=request.user)
        names = rater_names(evaluation.submission.phase.dataset_version.dataset)
        scores = selectors.scores_of(evaluation)
        if request.accepted_renderer.format == "csv":
            table = scores_csv(evaluation, scores.iterator(chunk_size=2000), names)
            answer = HttpResponse(table, content_type="text/csv; charset=utf-8")
            answer["Content-Disposition"] = f'attachment; filename="scores-{evaluation.pk}.csv"'
            return answer
        pages = Pagination()
        found = pages.paginate_queryset(scores, request, view=self)
        return pages.get_paginated_response(ScoreSerializer(found, many=True, context={"raters": names}).data)


class ComparisonView(APIView):
    permission_classes = [IsAuthenticated]

    @extend_schema(
        operation_id="submissions_comparison",
        tags=["evaluations"],
        summary="The submission beside the raters, against the same leave-one-out references",
        responses=ComparisonSerializer,
    )
    def get(self, request: Request, submission_id: UUID) -> Response:
        found = comparison.compare_with_raters(submission_id=submission_id, viewer=request.user)
        return Response(ComparisonSerializer(found).data)


class _OverlaysQuerySerializer(serializers.Serializer):
    submission = serializers.UUIDField(required=False, allow_null=True, default=None)


class CaseOverlaysView(APIView):
    permission_classes = [IsAuthenticated]

    @extend_schema(
        operation_id="cases_overlays_list",
        tags=["evaluations"],
        summary="The labelmaps that I may lay over the case",
        parameters=[
            OpenApiParameter("submission", OpenApiTypes.UUID, description="Its prediction is listed too")
        ],
        responses=OverlaySerializer(many=True),
    )
    def get(self, request: Request, case_id: UUID) -> Response:
        query = _OverlaysQuerySerializer(data=request.query_params)
        query.is_valid(raise_exception=True)
        found = overlays.overlays_of(
            case_id=case_id, viewer=request.user, submission_id=query.validated_data["submission"]
        )
        return Response(OverlaySerializer(found, many=True).data)
