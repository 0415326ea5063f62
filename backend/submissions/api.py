"""Submissions over HTTP."""

from typing import Any, cast
from uuid import UUID

from django.db.models import QuerySet
from django.http import FileResponse
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiResponse, extend_schema
from rest_framework import status
from rest_framework.permissions import IsAuthenticated
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from backend.accounts.models import User
from backend.annotations.workflow_serializers import OfferSerializer
from backend.common.api import Pagination, blob_response
from backend.phases import selectors as phases
from backend.submissions import pre_annotating, selectors, services
from backend.submissions.models import Submission
from backend.submissions.serializers import (
    CreateSubmissionSerializer,
    OfferPredictionsSerializer,
    SubmissionDetailSerializer,
    SubmissionSerializer,
)


class _SubmissionView(APIView):
    permission_classes = [IsAuthenticated]

    def describe(self, submission_id: UUID) -> Any:
        found = selectors.get_submission(submission_id=submission_id, viewer=self.request.user)
        return SubmissionDetailSerializer(found, context=self.context()).data

    def context(self) -> dict[str, Any]:
        return {"viewpoint": selectors.Viewpoint(self.request.user)}

    def page(self, found: QuerySet[Submission]) -> Response:
        pages = Pagination()
        rows = pages.paginate_queryset(
            found.prefetch_related("evaluations__reference"), self.request, view=self
        )
        answer = SubmissionSerializer(rows, many=True, context=self.context())
        return pages.get_paginated_response(answer.data)


class PhaseSubmissionsView(_SubmissionView):
    pagination_class = Pagination

    @extend_schema(
        operation_id="phases_submissions_list",
        tags=["submissions"],
        summary="My submissions to the phase; for organizers everyone's",
        responses=SubmissionSerializer(many=True),
    )
    def get(self, request: Request, phase_id: UUID) -> Response:
        phase = phases.get_phase(phase_id=phase_id, viewer=request.user)
        return self.page(selectors.submissions_of(phase=phase, viewer=request.user))

    @extend_schema(
        operation_id="phases_submissions_create",
        tags=["submissions"],
        summary="Hand in an uploaded archive",
        request=CreateSubmissionSerializer,
        responses={201: SubmissionDetailSerializer},
    )
    def post(self, request: Request, phase_id: UUID) -> Response:
        wanted = CreateSubmissionSerializer(data=request.data)
        wanted.is_valid(raise_exception=True)
        fields = wanted.validated_data
        submission = services.create_submission(
            participant=cast(User, request.user),
            phase_id=phase_id,
            upload_id=fields["upload"],
            method_name=fields["method_name"],
            method_description=fields["method_description"],
        )
        return Response(self.describe(submission.pk), status=status.HTTP_201_CREATED)


class MySubmissionsView(_SubmissionView):
    pagination_class = Pagination

    @extend_schema(
        operation_id="submissions_list",
        tags=["submissions"],
        summary="All of mine",
        responses=SubmissionSerializer(many=True),
    )
    def get(self, request: Request) -> Response:
        return self.page(selectors.submissions_by(request.user))


class SubmissionView(_SubmissionView):
    @extend_schema(
        operation_id="submissions_retrieve", tags=["submissions"], responses=SubmissionDetailSerializer
    )
    def get(self, request: Request, submission_id: UUID) -> Response:
        return Response(self.describe(submission_id))


class WithdrawSubmissionView(_SubmissionView):
    @extend_schema(
        operation_id="submissions_withdraw",
        tags=["submissions"],
        summary="Take my submission off the board for good; its attempt stays used",
        request=None,
        responses=SubmissionDetailSerializer,
    )
    def post(self, request: Request, submission_id: UUID) -> Response:
        services.withdraw_submission(submission_id=submission_id, actor=cast(User, request.user))
        return Response(self.describe(submission_id))


class RetrySubmissionView(_SubmissionView):
    @extend_schema(
        operation_id="submissions_retry",
        tags=["submissions"],
        summary="Start again what a fault of ours stopped (organizers)",
        request=None,
        responses=SubmissionDetailSerializer,
    )
    def post(self, request: Request, submission_id: UUID) -> Response:
        services.retry_submission(submission_id=submission_id, actor=cast(User, request.user))
        return Response(self.describe(submission_id))


class PreAnnotationView(_SubmissionView):
    @extend_schema(
        operation_id="submissions_pre_annotations",
        tags=["submissions"],
        summary="Offer the predictions to raters who have not begun, to start from (organizers)",
        request=OfferPredictionsSerializer,
        responses=OfferSerializer,
    )
    def post(self, request: Request, submission_id: UUID) -> Response:
        wanted = OfferPredictionsSerializer(data=request.data)
        wanted.is_valid(raise_exception=True)
        offer = pre_annotating.offer_predictions(
            submission_id=submission_id,
            user=cast(User, request.user),
            source=wanted.validated_data["source"],
            case_ids=wanted.validated_data.get("cases"),
            rater_ids=wanted.validated_data.get("raters"),
        )
        return Response(OfferSerializer(offer).data)


class PredictionLabelmapView(APIView):
    permission_classes = [IsAuthenticated]

    @extend_schema(
        operation_id="submissions_predictions_labelmap",
        tags=["submissions"],
        summary="One case's prediction as .nii.gz on the case's grid",
        responses={(200, "application/gzip"): OpenApiResponse(OpenApiTypes.BINARY)},
    )
    def get(self, request: Request, submission_id: UUID, case_id: UUID) -> FileResponse:
        prediction = selectors.get_prediction(
            submission_id=submission_id, case_id=case_id, viewer=request.user
        )
        return blob_response(prediction.labelmap_digest, filename=f"{prediction.case.name}_prediction.nii.gz")
