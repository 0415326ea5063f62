"""Pictures of a dataset's agreement over HTTP."""

from uuid import UUID

from django.http import HttpResponse
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.permissions import IsAuthenticated
from rest_framework.request import Request

from backend.challenges.permissions import Permission
from backend.common.svg import MEDIA_TYPE, ChartView, chart_response
from backend.consensus import pictures
from backend.datasets.selectors import get_dataset

REGION = OpenApiParameter("region", description="Key of one region; all where absent")


class AgreementPictureView(ChartView):
    permission_classes = [IsAuthenticated]

    @extend_schema(
        operation_id="datasets_picture_agreement",
        tags=["pictures"],
        summary="Dice of every pair of raters",
        parameters=[REGION],
        responses={(200, MEDIA_TYPE): OpenApiTypes.STR},
    )
    def get(self, request: Request, dataset_id: UUID) -> HttpResponse:
        dataset = get_dataset(request.user, dataset_id, Permission.CONSENSUS_VIEW)
        chart = pictures.agreement_chart(dataset=dataset, region=request.query_params.get("region", ""))
        return chart_response(chart, filename="agreement.svg")


class VolumesPictureView(ChartView):
    permission_classes = [IsAuthenticated]

    @extend_schema(
        operation_id="datasets_picture_volumes",
        tags=["pictures"],
        summary="Bland–Altman of the raters' volumes and the consensus'",
        parameters=[REGION],
        responses={(200, MEDIA_TYPE): OpenApiTypes.STR},
    )
    def get(self, request: Request, dataset_id: UUID) -> HttpResponse:
        dataset = get_dataset(request.user, dataset_id, Permission.CONSENSUS_VIEW)
        chart = pictures.volumes_chart(dataset=dataset, region=request.query_params.get("region", ""))
        return chart_response(chart, filename="volumes.svg")
