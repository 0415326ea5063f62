"""Consensus versions, fusion methods, and asking for a fusion."""

from collections.abc import Sequence
from typing import cast
from uuid import UUID

from django.http import FileResponse
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema
from rest_framework import status
from rest_framework.permissions import IsAuthenticated
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.viewsets import GenericViewSet

from backend.accounts.models import User
from backend.challenges.permissions import Permission
from backend.common.api import blob_response
from backend.consensus import selectors, services
from backend.consensus.models import ConsensusVersion
from backend.consensus.selectors import SeenConsensus
from backend.consensus.serializers import (
    CaseConsensusSerializer,
    ConsensusSerializer,
    DatasetAgreementSerializer,
    FusionMethodSerializer,
    FusionRequestedSerializer,
)
from backend.datasets.models import Case
from backend.datasets.selectors import cases_of, get_dataset, latest_version


@extend_schema(tags=["consensus"])
class FusionMethodViewSet(GenericViewSet[ConsensusVersion]):
    permission_classes = [IsAuthenticated]
    queryset = ConsensusVersion.objects.none()
    serializer_class = FusionMethodSerializer
    pagination_class = None

    @extend_schema(operation_id="fusion_methods_list", responses=FusionMethodSerializer(many=True))
    def list(self, request: Request) -> Response:
        return Response(FusionMethodSerializer(services.fusion_methods(), many=True).data)


@extend_schema(tags=["consensus"])
class CaseConsensusViewSet(GenericViewSet[ConsensusVersion]):
    permission_classes = [IsAuthenticated]
    queryset = ConsensusVersion.objects.none()
    serializer_class = ConsensusSerializer

    @extend_schema(
        operation_id="case_consensus_list",
        summary="All versions, the head first; for participants the head where a phase shares it",
        responses=ConsensusSerializer(many=True),
    )
    def list(self, request: Request, case_id: UUID) -> Response:
        page = self.paginate_queryset(selectors.versions_of(request.user, case_id))
        return self.get_paginated_response(_describe(page or [], many=True))

    @extend_schema(
        operation_id="case_fuse",
        summary="Have what is submitted fused now",
        request=None,
        responses={202: FusionRequestedSerializer},
    )
    def fuse(self, request: Request, case_id: UUID) -> Response:
        case = services.request_fusion(case_id=case_id, user=cast(User, request.user))
        return Response(FusionRequestedSerializer(case).data, status=status.HTTP_202_ACCEPTED)


@extend_schema(tags=["consensus"])
class DatasetConsensusViewSet(GenericViewSet):
    permission_classes = [IsAuthenticated]
    queryset = Case.objects.none()
    serializer_class = CaseConsensusSerializer

    @extend_schema(
        operation_id="dataset_consensus_list",
        summary="Every case of the latest version with its head, agreement, or why it could not be fused",
        responses=CaseConsensusSerializer(many=True),
    )
    def list(self, request: Request, dataset_id: UUID) -> Response:
        dataset = get_dataset(request.user, dataset_id, Permission.CONSENSUS_VIEW)
        page = self.paginate_queryset(cases_of(latest_version(dataset)))
        rows = selectors.case_consensus(page or [])
        raters = selectors.raters_of(row.head for row in rows if row.head)
        serializer = CaseConsensusSerializer(rows, many=True, context={"raters": raters})
        return self.get_paginated_response(serializer.data)


@extend_schema(tags=["consensus"])
class DatasetAgreementViewSet(GenericViewSet):
    permission_classes = [IsAuthenticated]
    queryset = Case.objects.none()
    serializer_class = DatasetAgreementSerializer

    @extend_schema(
        operation_id="dataset_agreement", summary="The raters' agreement over the cases of the latest version"
    )
    def retrieve(self, request: Request, dataset_id: UUID) -> Response:
        dataset = get_dataset(request.user, dataset_id, Permission.CONSENSUS_VIEW)
        found = selectors.dataset_agreement(dataset)
        return Response(DatasetAgreementSerializer(found, context={"people": found.people}).data)


@extend_schema(tags=["consensus"])
class ConsensusViewSet(GenericViewSet[ConsensusVersion]):
    permission_classes = [IsAuthenticated]
    queryset = ConsensusVersion.objects.none()
    serializer_class = ConsensusSerializer

    @extend_schema(operation_id="consensus_retrieve")
    def retrieve(self, request: Request, consensus_id: UUID) -> Response:
        return Response(_describe(selectors.get_consensus(request.user, consensus_id)))

    @extend_schema(
        operation_id="consensus_labelmap", responses={(200, "application/gzip"): OpenApiTypes.BINARY}
    )
    def labelmap(self, request: Request, consensus_id: UUID) -> FileResponse:
        consensus = selectors.get_consensus(request.user, consensus_id).consensus
        name = f"{consensus.case.name}_consensus{consensus.number}.nii.gz"
        return blob_response(consensus.labelmap_digest, filename=name)

    @extend_schema(operation_id="consensus_thumbnail", responses={(200, "image/png"): OpenApiTypes.BINARY})
    def thumbnail(self, request: Request, consensus_id: UUID) -> FileResponse:
        consensus = selectors.get_consensus(request.user, consensus_id).consensus
        name = f"{consensus.case.name}_consensus{consensus.number}.png"
        return blob_response(consensus.thumbnail_digest, filename=name, content_type="image/png")

    @extend_schema(
        operation_id="consensus_agreement_map",
        summary="Percent of the raters whose label is the fused one, voxel by voxel",
        responses={(200, "application/gzip"): OpenApiTypes.BINARY},
    )
    def agreement_map(self, request: Request, consensus_id: UUID) -> FileResponse:
        consensus = selectors.get_agreement_map(request.user, consensus_id)
        name = f"{consensus.case.name}_agreement{consensus.number}.nii.gz"
        return blob_response(consensus.agreement_map_digest, filename=name)


def _describe(seen: SeenConsensus | Sequence[SeenConsensus], *, many: bool = False) -> object:
    versions = seen if isinstance(seen, Sequence) else [seen]
    raters = selectors.raters_of(item.consensus for item in versions if item.is_open)
    return ConsensusSerializer(seen, many=many, context={"raters": raters}).data
