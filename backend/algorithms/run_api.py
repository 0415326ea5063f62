"""Runs over HTTP. What is run on a phase is a submission: `submissions.run_api`."""

from typing import Any, cast
from uuid import UUID

from django.db.models import QuerySet
from django.http import FileResponse
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, OpenApiResponse, extend_schema
from rest_framework import status
from rest_framework.permissions import IsAuthenticated
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from backend.accounts.models import User
from backend.algorithms import runs, selectors
from backend.algorithms.models import Run
from backend.algorithms.run_reading import RunFilter, filtered, labelmap_of, log_of
from backend.algorithms.run_serializers import (
    LogLineSerializer,
    RunCaseSerializer,
    RunSerializer,
    StartPreAnnotationSerializer,
    StartTrialSerializer,
)
from backend.algorithms.run_viewpoint import RunViewpoint
from backend.challenges import selectors as challenges
from backend.common.api import Pagination, blob_response

AFTER = OpenApiParameter("after", int, description="Only lines of a higher id")


class RunApiView(APIView):
    permission_classes = [IsAuthenticated]

    def get_run(self, run_id: UUID) -> Run:
        return selectors.get_run(run_id=run_id, viewer=self.request.user)

    def describe(self, run_id: UUID) -> Any:
        viewpoint = RunViewpoint(self.request.user)
        return RunSerializer(self.get_run(run_id), context={"viewpoint": viewpoint}).data

    def created(self, run: Run) -> Response:
        return Response(self.describe(run.pk), status=status.HTTP_201_CREATED)

    def page(self, found: QuerySet[Run]) -> Response:
        pages = Pagination()
        rows = pages.paginate_queryset(found.select_related("submission"), self.request, view=self)
        context = {"viewpoint": RunViewpoint(self.request.user)}
        return pages.get_paginated_response(RunSerializer(rows, many=True, context=context).data)


class ChallengeRunsView(RunApiView):
    pagination_class = Pagination

    @extend_schema(
        operation_id="runs_list",
        tags=["models"],
        summary="My runs in the challenge; for organizers everyone's; the newest first",
        parameters=[
            OpenApiParameter("phase", OpenApiTypes.UUID),
            OpenApiParameter("version", OpenApiTypes.UUID),
            OpenApiParameter("algorithm", OpenApiTypes.UUID),
            OpenApiParameter("purpose", str, enum=Run.Purpose.values),
        ],
        responses=RunSerializer(many=True),
    )
    def get(self, request: Request, slug: str) -> Response:
        challenge = challenges.get_challenge(request.user, slug)
        wanted = RunFilter.read(request.query_params)
        return self.page(filtered(selectors.runs_of(challenge, request.user), wanted))


class VersionTrialsView(RunApiView):
    @extend_schema(
        operation_id="algorithm_versions_trials",
        tags=["models"],
        summary="Try the version on one case whose images are shared; where it does well, it is ready",
        request=StartTrialSerializer,
        responses={201: RunSerializer},
    )
    def post(self, request: Request, version_id: UUID) -> Response:
        wanted = StartTrialSerializer(data=request.data)
        wanted.is_valid(raise_exception=True)
        fields = wanted.validated_data
        run = runs.start_trial(
            user=cast(User, request.user),
            version_id=version_id,
            phase_id=fields.get("phase"),
            case_id=fields.get("case"),
        )
        return self.created(run)


class DatasetRunsView(RunApiView):
    @extend_schema(
        operation_id="datasets_runs_create",
        tags=["models"],
        summary="Predict every case of a dataset version, for its raters to start from (organizers)",
        request=StartPreAnnotationSerializer,
        responses={201: RunSerializer},
    )
    def post(self, request: Request, dataset_id: UUID) -> Response:
        wanted = StartPreAnnotationSerializer(data=request.data)
        wanted.is_valid(raise_exception=True)
        fields = wanted.validated_data
        run = runs.start_pre_annotation(
            user=cast(User, request.user),
            dataset_id=dataset_id,
            version_id=fields["version"],
            number=fields.get("dataset_version"),
            needs_gpu=fields["needs_gpu"],
        )
        return self.created(run)


class RunView(RunApiView):
    @extend_schema(operation_id="runs_retrieve", tags=["models"], responses=RunSerializer)
    def get(self, request: Request, run_id: UUID) -> Response:
        return Response(self.describe(run_id))


class RunCasesView(RunApiView):
    pagination_class = Pagination

    @extend_schema(
        operation_id="runs_cases",
        tags=["models"],
        summary="How each case went, by number",
        responses=RunCaseSerializer(many=True),
    )
    def get(self, request: Request, run_id: UUID) -> Response:
        run = self.get_run(run_id)
        pages = Pagination()
        rows = pages.paginate_queryset(
            run.cases.select_related("case").order_by("number"), request, view=self
        )
        context = {"run": run, "viewpoint": RunViewpoint(request.user)}
        return pages.get_paginated_response(RunCaseSerializer(rows, many=True, context=context).data)


class RunLogView(RunApiView):
    pagination_class = Pagination

    @extend_schema(
        operation_id="runs_log",
        tags=["models"],
        summary="What the worker said: all for organizers; public lines where the cases are; else 403",
        parameters=[AFTER],
        responses=LogLineSerializer(many=True),
    )
    def get(self, request: Request, run_id: UUID) -> Response:
        pages = Pagination()
        found = log_of(self.get_run(run_id), viewer=request.user, after=request.query_params.get("after"))
        rows = pages.paginate_queryset(found, request, view=self)
        return pages.get_paginated_response(LogLineSerializer(rows, many=True).data)


class RunLabelmapView(RunApiView):
    @extend_schema(
        operation_id="runs_cases_labelmap",
        tags=["models"],
        summary="What the model predicted of one case, .nii.gz, where the case is not hidden",
        responses={(200, "application/gzip"): OpenApiResponse(OpenApiTypes.BINARY)},
    )
    def get(self, request: Request, run_id: UUID, number: int) -> FileResponse:
        row = labelmap_of(self.get_run(run_id), viewer=request.user, number=number)
        return blob_response(row.labelmap_digest, filename=f"{row.case.name}_prediction.nii.gz")


class CancelRunView(RunApiView):
    @extend_schema(
        operation_id="runs_cancel", tags=["models"], summary="Stop it", request=None, responses=RunSerializer
    )
    def post(self, request: Request, run_id: UUID) -> Response:
        runs.cancel_run(run_id=run_id, user=cast(User, request.user))
        return Response(self.describe(run_id))


class RetryRunView(RunApiView):
    @extend_schema(
        operation_id="runs_retry",
        tags=["models"],
        summary="Go on with what a fault of ours stopped (organizers; trials: whoever asked)",
        request=None,
        responses=RunSerializer,
    )
    def post(self, request: Request, run_id: UUID) -> Response:
        runs.retry_run(run_id=run_id, user=cast(User, request.user))
        return Response(self.describe(run_id))
