"""Trainings over HTTP; the organizers' alone."""

from typing import Any, cast
from uuid import UUID

from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import status
from rest_framework.permissions import IsAuthenticated
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from backend.accounts.models import User
from backend.algorithms import selectors, trainings
from backend.algorithms.models import Training
from backend.algorithms.run_reading import lines_after, number_in
from backend.algorithms.run_serializers import LogLineSerializer
from backend.algorithms.training_serializers import (
    CurvePointSerializer,
    StartTrainingSerializer,
    TrainingSerializer,
)
from backend.challenges import selectors as challenges
from backend.common.api import Pagination

AFTER_STEP = OpenApiParameter("after", int, description="Only points of a later step")
AFTER_LINE = OpenApiParameter("after", int, description="Only lines of a higher id")


class _TrainingView(APIView):
    permission_classes = [IsAuthenticated]

    def get_training(self, training_id: UUID) -> Training:
        return selectors.get_training(training_id=training_id, viewer=self.request.user)

    def describe(self, training_id: UUID) -> Any:
        return TrainingSerializer(self.get_training(training_id)).data


class ChallengeTrainingsView(_TrainingView):
    pagination_class = Pagination

    @extend_schema(
        operation_id="trainings_list",
        tags=["models"],
        summary="The newest first",
        responses=TrainingSerializer(many=True),
    )
    def get(self, request: Request, slug: str) -> Response:
        challenge = challenges.get_challenge(request.user, slug)
        pages = Pagination()
        rows = pages.paginate_queryset(selectors.trainings_of(challenge, request.user), request, view=self)
        return pages.get_paginated_response(TrainingSerializer(rows, many=True).data)


class AlgorithmTrainingsView(_TrainingView):
    @extend_schema(
        operation_id="algorithms_trainings_create",
        tags=["models"],
        summary="Let a network learn; what it becomes is the algorithm's next version",
        request=StartTrainingSerializer,
        responses={201: TrainingSerializer},
    )
    def post(self, request: Request, algorithm_id: UUID) -> Response:
        wanted = StartTrainingSerializer(data=request.data)
        wanted.is_valid(raise_exception=True)
        training = trainings.start_training(
            user=cast(User, request.user),
            algorithm_id=algorithm_id,
            dataset_version_id=wanted.validated_data["dataset_version"],
            wanted=wanted.wanted(),
        )
        return Response(self.describe(training.pk), status=status.HTTP_201_CREATED)


class TrainingView(_TrainingView):
    @extend_schema(operation_id="trainings_retrieve", tags=["models"], responses=TrainingSerializer)
    def get(self, request: Request, training_id: UUID) -> Response:
        return Response(self.describe(training_id))


class TrainingCurveView(_TrainingView):
    pagination_class = Pagination

    @extend_schema(
        operation_id="trainings_curve",
        tags=["models"],
        summary="Loss and Dice on the held-out cases, by step",
        parameters=[AFTER_STEP],
        responses=CurvePointSerializer(many=True),
    )
    def get(self, request: Request, training_id: UUID) -> Response:
        points = self.get_training(training_id).curve.order_by("step")
        if "after" in request.query_params:
            points = points.filter(step__gt=number_in("after", request.query_params["after"]))
        pages = Pagination()
        rows = pages.paginate_queryset(points, request, view=self)
        return pages.get_paginated_response(CurvePointSerializer(rows, many=True).data)


class TrainingLogView(_TrainingView):
    pagination_class = Pagination

    @extend_schema(
        operation_id="trainings_log",
        tags=["models"],
        parameters=[AFTER_LINE],
        responses=LogLineSerializer(many=True),
    )
    def get(self, request: Request, training_id: UUID) -> Response:
        lines = lines_after(self.get_training(training_id).log.all(), request.query_params.get("after"))
        pages = Pagination()
        rows = pages.paginate_queryset(lines, request, view=self)
        return pages.get_paginated_response(LogLineSerializer(rows, many=True).data)


class CancelTrainingView(_TrainingView):
    @extend_schema(
        operation_id="trainings_cancel",
        tags=["models"],
        summary="Stop it; its checkpoint stays",
        request=None,
        responses=TrainingSerializer,
    )
    def post(self, request: Request, training_id: UUID) -> Response:
        trainings.cancel_training(training_id=training_id, user=cast(User, request.user))
        return Response(self.describe(training_id))


class RetryTrainingView(_TrainingView):
    @extend_schema(
        operation_id="trainings_retry",
        tags=["models"],
        summary="Go on from its last checkpoint",
        request=None,
        responses=TrainingSerializer,
    )
    def post(self, request: Request, training_id: UUID) -> Response:
        trainings.retry_training(training_id=training_id, user=cast(User, request.user))
        return Response(self.describe(training_id))
