"""Algorithms and their versions over HTTP."""

from collections.abc import Iterable
from typing import Any, cast
from uuid import UUID

from drf_spectacular.utils import extend_schema
from rest_framework import status
from rest_framework.permissions import IsAuthenticated
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from backend.accounts.models import User
from backend.algorithms import selectors, services
from backend.algorithms.cards import Card
from backend.algorithms.models import AlgorithmVersion, Worker
from backend.algorithms.overlap import phases_seen
from backend.algorithms.serializers import (
    AlgorithmSerializer,
    AlgorithmVersionSerializer,
    ArchitectureSerializer,
    CreateAlgorithmSerializer,
    ModelWorkerSerializer,
    UpdateAlgorithmSerializer,
    UploadVersionSerializer,
)
from backend.challenges import selectors as challenges
from backend.challenges.models import Challenge
from backend.challenges.permissions import Permission, require
from backend.common.api import Pagination
from backend.phases import selectors as phases
from workers.contract import ARCHITECTURES


class _AlgorithmView(APIView):
    permission_classes = [IsAuthenticated]

    def read_again(self, algorithm_id: UUID) -> Any:
        algorithm = selectors.get_algorithm(algorithm_id=algorithm_id, viewer=self.request.user)
        context = self.context(algorithm.challenge, algorithm.versions.all())
        return AlgorithmSerializer(algorithm, context=context).data

    def describe_version(self, version_id: UUID) -> Any:
        version = selectors.get_version(version_id=version_id, viewer=self.request.user)
        context = self.context(version.algorithm.challenge, [version])
        return AlgorithmVersionSerializer(version, context=context).data

    def context(self, challenge: Challenge, versions: Iterable[AlgorithmVersion]) -> dict[str, Any]:
        """What the serializers ask for, whichever of these versions they show."""
        viewer = self.request.user
        trainings = [version.training_id for version in versions if version.training_id is not None]
        seen = phases_seen(trainings, phases.phases_of(challenge=challenge, viewer=viewer))
        return {"viewer": viewer, "manages": selectors.manages(viewer, challenge), "seen": seen}


class ChallengeAlgorithmsView(_AlgorithmView):
    pagination_class = Pagination

    @extend_schema(
        operation_id="algorithms_list",
        tags=["models"],
        summary="The challenge's models: the organizers', and my own; for organizers everyone's",
        responses=AlgorithmSerializer(many=True),
    )
    def get(self, request: Request, slug: str) -> Response:
        challenge = challenges.get_challenge(request.user, slug)
        pages = Pagination()
        found = pages.paginate_queryset(selectors.algorithms_of(challenge, request.user), request, view=self)
        versions = [version for algorithm in found or () for version in algorithm.versions.all()]
        context = self.context(challenge, versions)
        return pages.get_paginated_response(AlgorithmSerializer(found, many=True, context=context).data)

    @extend_schema(
        operation_id="algorithms_create",
        tags=["models"],
        summary="A new model: the platform's where an organizer makes it, else my own",
        request=CreateAlgorithmSerializer,
        responses={201: AlgorithmSerializer},
    )
    def post(self, request: Request, slug: str) -> Response:
        challenge = challenges.get_challenge(request.user, slug)
        wanted = CreateAlgorithmSerializer(data=request.data)
        wanted.is_valid(raise_exception=True)
        algorithm = services.create_algorithm(
            user=cast(User, request.user),
            challenge=challenge,
            wanted=services.NewAlgorithm(**wanted.validated_data),
        )
        return Response(self.read_again(algorithm.pk), status=status.HTTP_201_CREATED)


class AlgorithmView(_AlgorithmView):
    @extend_schema(operation_id="algorithms_retrieve", tags=["models"], responses=AlgorithmSerializer)
    def get(self, request: Request, algorithm_id: UUID) -> Response:
        return Response(self.read_again(algorithm_id))

    @extend_schema(
        operation_id="algorithms_update",
        tags=["models"],
        request=UpdateAlgorithmSerializer,
        responses=AlgorithmSerializer,
    )
    def patch(self, request: Request, algorithm_id: UUID) -> Response:
        changes = UpdateAlgorithmSerializer(data=request.data)
        changes.is_valid(raise_exception=True)
        services.update_algorithm(
            user=cast(User, request.user), algorithm_id=algorithm_id, changes=changes.validated_data
        )
        return Response(self.read_again(algorithm_id))


class AlgorithmVersionsView(_AlgorithmView):
    @extend_schema(
        operation_id="algorithms_versions_create",
        tags=["models"],
        summary="Make the next version of an upload; it is checked, then waits for its trial",
        request=UploadVersionSerializer,
        responses={201: AlgorithmVersionSerializer},
    )
    def post(self, request: Request, algorithm_id: UUID) -> Response:
        wanted = UploadVersionSerializer(data=request.data)
        wanted.is_valid(raise_exception=True)
        fields = wanted.validated_data
        version = services.upload_version(
            user=cast(User, request.user),
            algorithm_id=algorithm_id,
            upload_id=fields["upload"],
            config=fields.get("config"),
            card=Card(
                intended_use=fields["intended_use"], trained_on=fields["trained_on"], notes=fields["notes"]
            ),
        )
        return Response(self.describe_version(version.pk), status=status.HTTP_201_CREATED)


class AlgorithmVersionView(_AlgorithmView):
    @extend_schema(
        operation_id="algorithm_versions_retrieve", tags=["models"], responses=AlgorithmVersionSerializer
    )
    def get(self, request: Request, version_id: UUID) -> Response:
        return Response(self.describe_version(version_id))


class ArchitecturesView(APIView):
    permission_classes = [IsAuthenticated]

    @extend_schema(
        operation_id="architectures_list",
        tags=["models"],
        summary="Networks that can be trained here, and uploaded as safetensors",
        responses=ArchitectureSerializer(many=True),
    )
    def get(self, request: Request) -> Response:
        return Response([{"slug": slug} for slug in ARCHITECTURES])


class ChallengeWorkersView(APIView):
    permission_classes = [IsAuthenticated]

    @extend_schema(
        operation_id="challenges_model_workers",
        tags=["models"],
        summary="The machines that compute models, and which of them are here (organizers)",
        responses=ModelWorkerSerializer(many=True),
    )
    def get(self, request: Request, slug: str) -> Response:
        require(request.user, Permission.MODEL_RUN, challenges.get_challenge(request.user, slug))
        here = set(selectors.workers_here().values_list("pk", flat=True))
        rows = list(Worker.objects.all())
        for row in rows:
            row.is_here = row.pk in here  # type: ignore[attr-defined]
        return Response(ModelWorkerSerializer(rows, many=True).data)
