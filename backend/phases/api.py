"""Phases over HTTP."""

from typing import Any, cast
from uuid import UUID

from drf_spectacular.utils import extend_schema
from rest_framework import status
from rest_framework.permissions import SAFE_METHODS, AllowAny, BasePermission, IsAuthenticated
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from backend.accounts.models import User
from backend.challenges import selectors as challenges
from backend.common.api import Pagination
from backend.phases import selectors, services
from backend.phases.metrics import metric_catalogue
from backend.phases.models import Phase
from backend.phases.serializers import (
    CreatePhaseSerializer,
    MetricCatalogueSerializer,
    PhaseCaseSerializer,
    PhaseSerializer,
    UpdatePhaseSerializer,
)


class _PhaseView(APIView):
    """Everyone who sees the challenge reads; who may write, the services decide."""

    permission_classes = [AllowAny]

    def get_permissions(self) -> list[BasePermission]:
        return [AllowAny()] if self.request.method in SAFE_METHODS else [IsAuthenticated()]

    def describe(self, phase: Phase) -> Any:
        return PhaseSerializer(phase, context={"viewer": self.request.user}).data


class ChallengePhasesView(_PhaseView):
    pagination_class = Pagination

    @extend_schema(
        operation_id="phases_list",
        tags=["phases"],
        summary="The challenge's phases",
        responses=PhaseSerializer(many=True),
    )
    def get(self, request: Request, slug: str) -> Response:
        challenge = challenges.get_challenge(request.user, slug)
        pages = Pagination()
        found = pages.paginate_queryset(
            selectors.phases_of(challenge=challenge, viewer=request.user), request, view=self
        )
        rows = PhaseSerializer(found, many=True, context={"viewer": request.user})
        return pages.get_paginated_response(rows.data)

    @extend_schema(
        operation_id="phases_create",
        tags=["phases"],
        summary="Add a phase",
        request=CreatePhaseSerializer,
        responses={201: PhaseSerializer},
    )
    def post(self, request: Request, slug: str) -> Response:
        challenge = challenges.get_challenge(request.user, slug)
        wanted = CreatePhaseSerializer(data=request.data)
        wanted.is_valid(raise_exception=True)
        fields = dict(wanted.validated_data)
        phase = services.create_phase(
            actor=cast(User, request.user),
            challenge=challenge,
            dataset_version_id=fields.pop("dataset_version"),
            fields=fields,
        )
        return Response(self.describe(phase), status=status.HTTP_201_CREATED)


class PhaseView(_PhaseView):
    @extend_schema(operation_id="phases_retrieve", tags=["phases"], responses=PhaseSerializer)
    def get(self, request: Request, phase_id: UUID) -> Response:
        return Response(self.describe(selectors.get_phase(phase_id=phase_id, viewer=request.user)))

    @extend_schema(
        operation_id="phases_update",
        tags=["phases"],
        summary="Change a phase",
        request=UpdatePhaseSerializer,
        responses=PhaseSerializer,
    )
    def patch(self, request: Request, phase_id: UUID) -> Response:
        wanted = UpdatePhaseSerializer(data=request.data)
        wanted.is_valid(raise_exception=True)
        fields = dict(wanted.validated_data)
        phase = services.update_phase(
            actor=cast(User, request.user),
            phase_id=phase_id,
            dataset_version_id=fields.pop("dataset_version", None),
            fields=fields,
        )
        return Response(self.describe(phase))


class PhaseCasesView(APIView):
    permission_classes = [AllowAny]
    pagination_class = Pagination

    @extend_schema(
        operation_id="phases_cases_list",
        tags=["phases"],
        summary="The cases to predict, for participants where the phase shares its images",
        responses=PhaseCaseSerializer(many=True),
    )
    def get(self, request: Request, phase_id: UUID) -> Response:
        phase = selectors.get_phase(phase_id=phase_id, viewer=request.user)
        pages = Pagination()
        found = pages.paginate_queryset(
            selectors.cases_of(phase=phase, viewer=request.user), request, view=self
        )
        return pages.get_paginated_response(PhaseCaseSerializer(found, many=True).data)


class MetricsView(APIView):
    permission_classes = [AllowAny]

    @extend_schema(
        operation_id="metrics_list",
        tags=["phases"],
        summary="Every metric that is computed, and the rules of the lesion-wise ones",
        responses=MetricCatalogueSerializer,
    )
    def get(self, request: Request) -> Response:
        return Response(MetricCatalogueSerializer(metric_catalogue()).data)
