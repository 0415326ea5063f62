"""What goes on around an annotation: findings before it is handed in, labelmaps to start from, re-reads."""

from typing import cast
from uuid import UUID

from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import status
from rest_framework.parsers import JSONParser, MultiPartParser
from rest_framework.permissions import IsAuthenticated
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.viewsets import GenericViewSet

from backend.accounts.models import User
from backend.annotations import linting, pre_annotating, rereading, selectors, services
from backend.annotations.api import IF_MATCH, answer_saved, base_in, number_in
from backend.annotations.assignment_api import describe_assignments
from backend.annotations.models import Annotation, Assignment
from backend.annotations.serializers import AssignmentSerializer, FindingsSerializer, RevisionSerializer
from backend.annotations.workflow_serializers import (
    AskRereadsSerializer,
    OfferFileSerializer,
    OfferSerializer,
    StartFromOfferSerializer,
)
from backend.common.errors import TooLarge


@extend_schema(tags=["annotations"])
class FindingsViewSet(GenericViewSet[Annotation]):
    permission_classes = [IsAuthenticated]
    queryset = Annotation.objects.none()
    serializer_class = FindingsSerializer

    @extend_schema(
        operation_id="annotations_findings",
        summary="What the linter notices in a revision, the head unless told; to be read before handing in",
        parameters=[OpenApiParameter("revision", int)],
    )
    def retrieve(self, request: Request, annotation_id: UUID) -> Response:
        annotation = selectors.get_annotation(request.user, annotation_id)
        wanted = number_in(request, "revision")
        number = annotation.head if wanted is None else wanted
        findings = [finding.to_json() for finding in linting.findings_at(annotation, number)]
        return Response(FindingsSerializer({"revision": number, "findings": findings}).data)


@extend_schema(tags=["annotations"])
class PreAnnotationViewSet(GenericViewSet[Assignment]):
    """Labelmaps from which raters may start."""

    permission_classes = [IsAuthenticated]
    queryset = Assignment.objects.none()
    serializer_class = OfferSerializer
    parser_classes = [MultiPartParser, JSONParser]

    @extend_schema(
        operation_id="case_pre_annotations_create",
        summary="Offer a labelmap to the case's raters who have not begun",
        request={"multipart/form-data": OfferFileSerializer},
        responses=OfferSerializer,
    )
    def create(self, request: Request, case_id: UUID) -> Response:
        wanted = OfferFileSerializer(data=request.data)
        wanted.is_valid(raise_exception=True)
        file = wanted.validated_data["file"]
        if file.size > services.MOST_FILE_BYTES:
            raise TooLarge(
                f"{file.name}: a labelmap may have at most {services.MOST_FILE_BYTES >> 20} MiB; "
                "save it compressed, as .nii.gz."
            )
        offer = pre_annotating.offer_file(
            case_id=case_id,
            user=cast(User, request.user),
            data=file.read(),
            filename=file.name,
            source=wanted.validated_data["source"],
            rater_ids=wanted.validated_data.get("raters") or None,
        )
        return Response(OfferSerializer(offer).data)

    @extend_schema(
        operation_id="case_pre_annotations_destroy",
        summary="Take the offer back from those who have not begun",
        request=None,
        responses=OfferSerializer,
    )
    def destroy(self, request: Request, case_id: UUID) -> Response:
        offer = pre_annotating.withdraw_offer(case_id=case_id, user=cast(User, request.user))
        return Response(OfferSerializer(offer).data)

    @extend_schema(
        operation_id="annotations_start",
        summary="Make the offered labelmap the head, where nothing is labelled yet",
        parameters=[IF_MATCH],
        request=StartFromOfferSerializer,
        responses={201: RevisionSerializer, 200: RevisionSerializer},
    )
    def start(self, request: Request, annotation_id: UUID) -> Response:
        wanted = StartFromOfferSerializer(data=request.data)
        wanted.is_valid(raise_exception=True)
        return answer_saved(
            pre_annotating.start_from_offer(
                annotation_id=annotation_id,
                user=cast(User, request.user),
                base=base_in(request),
                edit_id=wanted.validated_data["edit_id"],
            )
        )


@extend_schema(tags=["annotations"])
class RereadViewSet(GenericViewSet[Assignment]):
    permission_classes = [IsAuthenticated]
    queryset = Assignment.objects.none()
    serializer_class = AssignmentSerializer
    pagination_class = None

    @extend_schema(
        operation_id="dataset_rereads_create",
        summary="Have submitted cases read again; their raters are not told",
        request=AskRereadsSerializer,
        responses={201: AssignmentSerializer(many=True)},
    )
    def create(self, request: Request, dataset_id: UUID) -> Response:
        wanted = AskRereadsSerializer(data=request.data)
        wanted.is_valid(raise_exception=True)
        values = wanted.validated_data
        made = rereading.ask_rereads(
            dataset_id=dataset_id,
            user=cast(User, request.user),
            plan=rereading.RereadPlan(
                per_rater=values["per_rater"],
                rater_ids=values.get("raters"),
                delay_days=values["delay_days"],
                days_to_work=values.get("days_to_work"),
            ),
        )
        assignments = selectors.visible_to(request.user).filter(pk__in=[item.pk for item in made])
        return Response(describe_assignments(assignments, request), status=status.HTTP_201_CREATED)
