"""Evaluations, their scores and what is made of them, over HTTP."""

from collections.abc import Mapping, Sequence
from typing import Any, cast
from uuid import UUID

from django.http import HttpResponse
from django.http.response import HttpResponseBase
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, OpenApiResponse, extend_schema
from rest_framework import serializers, status
from rest_framework.permissions import IsAuthenticated
from rest_framework.renderers import BaseRenderer, JSONRenderer
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from backend.common.api import Pagination
from backend.evaluations import comparison, overlays, rescoring, selectors
from backend.evaluations.csv_table import scores_csv
from backend.evaluations.score_table import Judge, ScoreRow, ScoreTable
from backend.evaluations.serializers import (
    ComparisonSerializer,
    EvaluationSerializer,
    OverlaySerializer,
    ScoreSerializer,
    ScoringSerializer,
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


class _ScoresQuerySerializer(serializers.Serializer):
    metric = serializers.CharField(required=False, default="", allow_blank=True)
    region = serializers.CharField(required=False, default="", allow_blank=True)
    judge = serializers.ChoiceField(required=False, choices=list(Judge), default=Judge.ALL)


class EvaluationScoresView(APIView):
    permission_classes = [IsAuthenticated]
    renderer_classes = [JSONRenderer, CsvRenderer]
    pagination_class = Pagination

    @extend_schema(
        operation_id="evaluations_scores_list",
        tags=["evaluations"],
        summary="The scores as a long table; format=csv gives all rows at once",
        parameters=[
            OpenApiParameter("metric", description="Only this metric"),
            OpenApiParameter("region", description="Only this region"),
            OpenApiParameter(
                "judge",
                enum=list(Judge),
                description="Against the whole consensus, the fusions without each rater, or all (default)",
            ),
        ],
        responses={
            (200, "application/json"): ScoreSerializer(many=True),
            (200, "text/csv"): OpenApiResponse(OpenApiTypes.STR),
        },
    )
    def get(self, request: Request, evaluation_id: UUID) -> HttpResponseBase:
        evaluation = selectors.get_evaluation(evaluation_id=evaluation_id, viewer=request.user)
        query = _ScoresQuerySerializer(data=request.query_params)
        query.is_valid(raise_exception=True)
        wanted = query.validated_data
        table = ScoreTable(
            evaluation, judge=Judge(wanted["judge"]), metric=wanted["metric"], region=wanted["region"]
        )
        if request.accepted_renderer.format == "csv":
            answer = HttpResponse(scores_csv(evaluation, table), content_type="text/csv; charset=utf-8")
            answer["Content-Disposition"] = f'attachment; filename="scores-{evaluation.pk}.csv"'
            return answer
        pages = Pagination()
        found = pages.paginate_queryset(cast(Sequence[ScoreRow], table), request, view=self)
        return pages.get_paginated_response(ScoreSerializer(found, many=True).data)


class _ComparisonQuerySerializer(serializers.Serializer):
    metric = serializers.CharField(required=False, default="dice")


class ComparisonView(APIView):
    permission_classes = [IsAuthenticated]

    @extend_schema(
        operation_id="submissions_comparison",
        tags=["evaluations"],
        summary="The submission beside the raters, against the same leave-one-out references",
        parameters=[OpenApiParameter("metric", description="One with a direction; dice by default")],
        responses=ComparisonSerializer,
    )
    def get(self, request: Request, submission_id: UUID) -> Response:
        query = _ComparisonQuerySerializer(data=request.query_params)
        query.is_valid(raise_exception=True)
        found = comparison.compare_with_raters(
            submission_id=submission_id, viewer=request.user, metric=query.validated_data["metric"]
        )
        return Response(ComparisonSerializer(found).data)


class PhaseScoringView(APIView):
    permission_classes = [IsAuthenticated]

    @extend_schema(
        operation_id="phases_scoring",
        tags=["evaluations"],
        summary="How many submissions are scored under the phase's metric set, and under older ones",
        responses=ScoringSerializer,
    )
    def get(self, request: Request, phase_id: UUID) -> Response:
        return Response(ScoringSerializer(rescoring.scoring_of(phase_id=phase_id, viewer=request.user)).data)


class RescorePhaseView(APIView):
    permission_classes = [IsAuthenticated]

    @extend_schema(
        operation_id="phases_rescore",
        tags=["evaluations"],
        summary="Score every submission under the phase's metric set of today",
        request=None,
        responses={202: ScoringSerializer},
    )
    def post(self, request: Request, phase_id: UUID) -> Response:
        found = rescoring.rescore(phase_id=phase_id, actor=request.user)
        return Response(ScoringSerializer(found).data, status=status.HTTP_202_ACCEPTED)


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
