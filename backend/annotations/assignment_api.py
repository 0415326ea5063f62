"""Who annotates which case."""

from collections.abc import Iterable
from typing import Any, cast
from uuid import UUID

import django_filters
from django.db.models import QuerySet
from django.http import FileResponse
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema
from rest_framework import status
from rest_framework.permissions import IsAuthenticated
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.viewsets import GenericViewSet

from backend.accounts.models import User
from backend.annotations import selectors, services
from backend.annotations.models import Annotation, Assignment
from backend.annotations.serializers import AssignmentSerializer, CaseToAnnotateSerializer
from backend.annotations.workflow_serializers import CreateAssignmentsSerializer
from backend.common.api import blob_response
from backend.datasets.selectors import get_image


class AssignmentFilter(django_filters.FilterSet):
    dataset = django_filters.UUIDFilter(field_name="case__dataset_id")
    challenge = django_filters.CharFilter(field_name="case__dataset__challenge__slug")
    case = django_filters.UUIDFilter(method="of_case", label="Id of a case, of those that one organizes")
    rater = django_filters.NumberFilter(field_name="rater_id")
    status = django_filters.ChoiceFilter(field_name="annotation__status", choices=Annotation.Status.choices)

    class Meta:
        model = Assignment
        fields: list[str] = []

    def of_case(self, rows: QuerySet[Assignment], name: str, case_id: UUID) -> QuerySet[Assignment]:
        return rows.filter(case_id=case_id).exclude(rater=self.request.user)


@extend_schema(tags=["annotations"])
class AssignmentViewSet(GenericViewSet[Assignment]):
    permission_classes = [IsAuthenticated]
    queryset = Assignment.objects.none()
    serializer_class = AssignmentSerializer
    filterset_class = AssignmentFilter

    @extend_schema(operation_id="assignments_list", summary="Mine as a rater, all as an organizer")
    def list(self, request: Request) -> Response:
        page = self.paginate_queryset(self.filter_queryset(selectors.visible_to(request.user)))
        return self.get_paginated_response(describe_assignments(page or [], request))

    @extend_schema(operation_id="assignments_retrieve")
    def retrieve(self, request: Request, assignment_id: UUID) -> Response:
        assignment = selectors.get_assignment(request.user, assignment_id)
        return Response(AssignmentSerializer(assignment, context={"viewer": request.user}).data)

    @extend_schema(
        operation_id="assignments_case",
        summary="The case to annotate, as the studio opens it",
        responses=CaseToAnnotateSerializer,
    )
    def case(self, request: Request, assignment_id: UUID) -> Response:
        assignment = selectors.get_assignment(request.user, assignment_id)
        return Response(CaseToAnnotateSerializer(assignment.case, context={"assignment": assignment}).data)

    @extend_schema(
        operation_id="assignments_image",
        summary="An image of the case as .nii.gz; its ETag is the assignment's own",
        responses={(200, "application/gzip"): OpenApiTypes.BINARY},
    )
    def image(self, request: Request, assignment_id: UUID, sequence: str) -> FileResponse:
        assignment = selectors.get_assignment(request.user, assignment_id)
        name = f"{assignment.case.name}_{sequence}.nii.gz"
        image = get_image(assignment.case, sequence)
        return blob_response(image.served_digest, filename=name, known_as=assignment.pk)

    @extend_schema(operation_id="assignments_destroy", summary="Take a case from a rater who has not begun")
    def destroy(self, request: Request, assignment_id: UUID) -> Response:
        services.withdraw_assignment(assignment_id=assignment_id, user=cast(User, request.user))
        return Response(status=status.HTTP_204_NO_CONTENT)


@extend_schema(tags=["annotations"])
class DatasetAssignmentViewSet(GenericViewSet[Assignment]):
    permission_classes = [IsAuthenticated]
    queryset = Assignment.objects.none()
    serializer_class = AssignmentSerializer
    pagination_class = None

    @extend_schema(
        operation_id="dataset_assignments_create",
        summary="Ask every rater for every case",
        request=CreateAssignmentsSerializer,
        responses={201: AssignmentSerializer(many=True)},
    )
    def create(self, request: Request, dataset_id: UUID) -> Response:
        wanted = CreateAssignmentsSerializer(data=request.data)
        wanted.is_valid(raise_exception=True)
        values = wanted.validated_data
        made = services.assign_cases(
            dataset_id=dataset_id,
            user=cast(User, request.user),
            rater_ids=values["raters"],
            case_ids=values.get("cases"),
            per_case=values.get("per_case"),
            due_at=values.get("due_at"),
            moves_due=values["moves_due"],
        )
        assignments = selectors.visible_to(request.user).filter(pk__in=[item.pk for item in made])
        return Response(describe_assignments(assignments, request), status=status.HTTP_201_CREATED)


def describe_assignments(assignments: Iterable[Assignment], request: Request) -> Any:
    """As the person who asks may know them."""
    known = [selectors.as_known_to(request.user, assignment) for assignment in assignments]
    return AssignmentSerializer(known, many=True, context={"viewer": request.user}).data
