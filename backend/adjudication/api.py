"""Adjudications: their log of edits, what they stand on, and signing them off."""

from typing import cast
from uuid import UUID

import django_filters
from django.http import FileResponse
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import status
from rest_framework.permissions import IsAuthenticated
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.viewsets import GenericViewSet

from backend.accounts.models import User
from backend.adjudication import edit_services, files, selectors, services, signing, what_if
from backend.adjudication.edit_services import Appended, Take
from backend.adjudication.models import Adjudication, AdjudicationEdit
from backend.adjudication.serializers import (
    AdjudicationEditLogSerializer,
    AdjudicationSerializer,
    AdjudicationSummarySerializer,
    AppendAdjudicationEditsSerializer,
    OpenAdjudicationSerializer,
    ProvenanceEntrySerializer,
    SignAdjudicationSerializer,
    TakeRegionSerializer,
    UpdateAdjudicationSerializer,
    WhatIfResultSerializer,
    WhatIfSerializer,
)
from backend.annotations.api import EditsParser, number_in
from backend.annotations.edit_services import NewEdit
from backend.common.api import blob_response, bytes_response
from backend.datasets.models import Case

FILE = {(200, "application/gzip"): OpenApiTypes.BINARY}


class AdjudicationFilter(django_filters.FilterSet):
    dataset = django_filters.UUIDFilter(field_name="case__dataset_id")
    challenge = django_filters.CharFilter(field_name="case__dataset__challenge__slug")
    case = django_filters.UUIDFilter(field_name="case_id")
    status = django_filters.ChoiceFilter(choices=Adjudication.Status.choices)

    class Meta:
        model = Adjudication
        fields: list[str] = []


@extend_schema(tags=["adjudication"])
class CaseAdjudicationViewSet(GenericViewSet[Adjudication]):
    permission_classes = [IsAuthenticated]
    queryset = Adjudication.objects.none()
    serializer_class = AdjudicationSummarySerializer

    @extend_schema(operation_id="case_adjudications_list", summary="The latest first")
    def list(self, request: Request, case_id: UUID) -> Response:
        page = self.paginate_queryset(selectors.of_case(request.user, case_id))
        seen = selectors.describe(request.user, page or [])
        return self.get_paginated_response(AdjudicationSummarySerializer(seen, many=True).data)

    @extend_schema(
        operation_id="case_adjudications_create",
        summary="Lay what its raters disagree about before experts",
        request=OpenAdjudicationSerializer,
        responses={201: AdjudicationSerializer},
    )
    def create(self, request: Request, case_id: UUID) -> Response:
        wanted = OpenAdjudicationSerializer(data=request.data)
        wanted.is_valid(raise_exception=True)
        adjudication = services.open_adjudication(
            case_id=case_id,
            user=cast(User, request.user),
            experts=wanted.validated_data.get("experts", []),
        )
        return _answer(request, adjudication, status.HTTP_201_CREATED)


@extend_schema(tags=["adjudication"])
class AdjudicationViewSet(GenericViewSet[Adjudication]):
    permission_classes = [IsAuthenticated]
    queryset = Adjudication.objects.none()
    serializer_class = AdjudicationSerializer
    filterset_class = AdjudicationFilter

    @extend_schema(
        operation_id="adjudications_list",
        summary="Those that I organize or am invited to",
        responses=AdjudicationSummarySerializer(many=True),
    )
    def list(self, request: Request) -> Response:
        page = self.paginate_queryset(self.filter_queryset(selectors.visible_to(request.user)))
        seen = selectors.describe(request.user, page or [])
        return self.get_paginated_response(AdjudicationSummarySerializer(seen, many=True).data)

    @extend_schema(operation_id="adjudications_retrieve", filters=False)
    def retrieve(self, request: Request, adjudication_id: UUID) -> Response:
        return _answer(request, selectors.get_adjudication(request.user, adjudication_id))

    @extend_schema(
        operation_id="adjudications_update",
        summary="Invite other experts",
        request=UpdateAdjudicationSerializer,
        filters=False,
    )
    def partial_update(self, request: Request, adjudication_id: UUID) -> Response:
        wanted = UpdateAdjudicationSerializer(data=request.data)
        wanted.is_valid(raise_exception=True)
        adjudication = services.set_experts(
            adjudication_id=adjudication_id, user=cast(User, request.user), **wanted.validated_data
        )
        return _answer(request, adjudication)

    @extend_schema(
        operation_id="adjudications_sign",
        summary="Make its labelmap the case's next consensus version",
        request=SignAdjudicationSerializer,
        responses=AdjudicationSerializer,
        filters=False,
    )
    def sign(self, request: Request, adjudication_id: UUID) -> Response:
        wanted = SignAdjudicationSerializer(data=request.data)
        wanted.is_valid(raise_exception=True)
        adjudication = signing.sign_adjudication(
            adjudication_id=adjudication_id, user=cast(User, request.user), **wanted.validated_data
        )
        return _answer(request, adjudication)

    @extend_schema(
        operation_id="adjudications_withdraw",
        summary="Of a signed one: the case is fused anew",
        request=None,
        responses=AdjudicationSerializer,
        filters=False,
    )
    def withdraw(self, request: Request, adjudication_id: UUID) -> Response:
        adjudication = signing.withdraw_adjudication(
            adjudication_id=adjudication_id, user=cast(User, request.user)
        )
        return _answer(request, adjudication)


@extend_schema(tags=["adjudication"])
class AdjudicationFileViewSet(GenericViewSet[Adjudication]):
    """Labelmaps and maps of an adjudication, all on the case's grid."""

    permission_classes = [IsAuthenticated]
    queryset = Adjudication.objects.none()
    serializer_class = ProvenanceEntrySerializer
    pagination_class = None

    @extend_schema(
        operation_id="adjudication_labelmap",
        summary="The state after an edit, the head unless told; 0 is the consensus it stands on",
        parameters=[OpenApiParameter("revision", int)],
        responses=FILE,
    )
    def labelmap(self, request: Request, adjudication_id: UUID) -> FileResponse:
        adjudication = selectors.get_adjudication(request.user, adjudication_id)
        wanted = number_in(request, "revision")
        number = adjudication.head if wanted is None else wanted
        name = f"{adjudication.case.name}_adjudication{number}.nii.gz"
        return bytes_response(files.labelmap_at(adjudication, number), filename=name)

    @extend_schema(
        operation_id="adjudication_source",
        summary="What there is to take, and maps of what is contested",
        parameters=[
            OpenApiParameter(
                "key",
                str,
                OpenApiParameter.PATH,
                description="A rater's key, `fused`, `regions` (uint16, the number of each voxel's region) "
                "or `entropy` (uint8, 255 is the most that so many raters can have)",
            )
        ],
        responses=FILE,
    )
    def source(self, request: Request, adjudication_id: UUID, key: str) -> FileResponse:
        adjudication = selectors.get_adjudication(request.user, adjudication_id)
        name = f"{adjudication.case.name}_{key}.nii.gz"
        return blob_response(files.source_digest(adjudication, key), filename=name)

    @extend_schema(
        operation_id="adjudication_provenance",
        summary="Who decided each voxel, as a code of the legend; 0 nobody",
        responses=FILE,
    )
    def provenance(self, request: Request, adjudication_id: UUID) -> FileResponse:
        adjudication = selectors.get_adjudication(request.user, adjudication_id)
        name = f"{adjudication.case.name}_provenance{adjudication.head}.nii.gz"
        return bytes_response(files.provenance_map(adjudication), filename=name)

    @extend_schema(
        operation_id="adjudication_provenance_legend", responses=ProvenanceEntrySerializer(many=True)
    )
    def legend(self, request: Request, adjudication_id: UUID) -> Response:
        adjudication = selectors.get_adjudication(request.user, adjudication_id)
        entries = files.provenance_legend(adjudication, user=request.user)
        return Response(ProvenanceEntrySerializer(entries, many=True).data)


@extend_schema(tags=["adjudication"])
class AdjudicationEditViewSet(GenericViewSet[AdjudicationEdit]):
    """The log of edits, in the server's order."""

    permission_classes = [IsAuthenticated]
    queryset = AdjudicationEdit.objects.none()
    serializer_class = AdjudicationEditLogSerializer
    parser_classes = [EditsParser]

    @extend_schema(
        operation_id="adjudication_edits_retrieve",
        summary="What came after an edit, at most 1,000 at a time",
        parameters=[OpenApiParameter("after", int, description="0, from the beginning, unless told")],
    )
    def retrieve(self, request: Request, adjudication_id: UUID) -> Response:
        adjudication = selectors.get_adjudication(request.user, adjudication_id)
        edits = selectors.edits_after(adjudication, number_in(request, "after") or 0)
        return Response(AdjudicationEditLogSerializer({"head": adjudication.head, "edits": edits}).data)

    @extend_schema(
        operation_id="adjudication_edits_append",
        summary="Paint upon the head, whatever it is by now; sent again it answers 200 and changes nothing",
        request=AppendAdjudicationEditsSerializer,
        responses={201: AdjudicationEditLogSerializer, 200: AdjudicationEditLogSerializer},
    )
    def create(self, request: Request, adjudication_id: UUID) -> Response:
        wanted = AppendAdjudicationEditsSerializer(data=request.data)
        wanted.is_valid(raise_exception=True)
        appended = edit_services.append_edits(
            adjudication_id=adjudication_id,
            user=cast(User, request.user),
            edits=[NewEdit(**edit) for edit in wanted.validated_data["edits"]],
        )
        return _answer_appended(appended)

    @extend_schema(
        operation_id="adjudication_takes_create",
        summary="Give a contested region the labels of a rater, or of the fusion",
        request=TakeRegionSerializer,
        responses={201: AdjudicationEditLogSerializer, 200: AdjudicationEditLogSerializer},
    )
    def take(self, request: Request, adjudication_id: UUID) -> Response:
        wanted = TakeRegionSerializer(data=request.data)
        wanted.is_valid(raise_exception=True)
        appended = edit_services.take_region(
            adjudication_id=adjudication_id,
            user=cast(User, request.user),
            take=Take(**wanted.validated_data),
        )
        return _answer_appended(appended)


@extend_schema(tags=["adjudication"])
class WhatIfViewSet(GenericViewSet[Case]):
    permission_classes = [IsAuthenticated]
    queryset = Case.objects.none()
    serializer_class = WhatIfResultSerializer
    throttle_scope = "what_if"

    @extend_schema(
        operation_id="case_what_if",
        summary="Fuse the raters of the case in another way; nothing is stored",
        request=WhatIfSerializer,
        responses=WhatIfResultSerializer,
    )
    def create(self, request: Request, case_id: UUID) -> Response:
        wanted = WhatIfSerializer(data=request.data)
        wanted.is_valid(raise_exception=True)
        values = wanted.validated_data
        result = what_if.try_fusion(
            case_id=case_id,
            user=cast(User, request.user),
            question=what_if.Question(
                method=values["method"],
                parameters=values.get("parameters", {}),
                weights=values.get("weights", {}),
                left_out=frozenset(values.get("left_out", [])),
            ),
        )
        return Response(WhatIfResultSerializer(result).data)

    @extend_schema(operation_id="what_if_labelmap", responses=FILE)
    def labelmap(self, request: Request, case_id: UUID, key: str) -> FileResponse:
        data = what_if.labelmap_of(case_id=case_id, user=cast(User, request.user), key=key)
        return bytes_response(data, filename="what_if.nii.gz")


def _answer(request: Request, adjudication: Adjudication, code: int = status.HTTP_200_OK) -> Response:
    (seen,) = selectors.describe(request.user, [adjudication])
    return Response(
        AdjudicationSerializer(seen).data, status=code, headers={"ETag": f'"{adjudication.head}"'}
    )


def _answer_appended(appended: Appended) -> Response:
    return Response(
        AdjudicationEditLogSerializer(appended).data,
        status=status.HTTP_201_CREATED if appended.is_new else status.HTTP_200_OK,
    )
