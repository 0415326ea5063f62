"""Annotations and their revisions. If-Match carries the revision that the client saw."""

import re
from collections.abc import Mapping
from io import BytesIO
from typing import IO, Any, cast
from uuid import UUID

from django.http import FileResponse
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import status
from rest_framework.parsers import BaseParser, JSONParser, MultiPartParser
from rest_framework.permissions import IsAuthenticated
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.viewsets import GenericViewSet

from backend.accounts.models import User
from backend.annotations import edit_services, labelmaps, selectors, services, submitting
from backend.annotations.errors import BaseMissing
from backend.annotations.models import Annotation, Revision
from backend.annotations.revising import Saved
from backend.annotations.serializers import (
    AnnotationSerializer,
    AppendedEditsSerializer,
    AppendEditsSerializer,
    EditLogSerializer,
    ReopenSerializer,
    RestoreRevisionSerializer,
    RevisionSerializer,
    SubmitSerializer,
    UploadRevisionSerializer,
)
from backend.common.api import blob_response, bytes_response
from backend.common.errors import Invalid, TooLarge

IF_MATCH = OpenApiParameter(
    "If-Match",
    str,
    OpenApiParameter.HEADER,
    required=True,
    description='The head that the client has seen, as in "3"; "0" before the first revision',
)

UNSURE_CHOICES = ["keep", "drop"]
UNSURE = OpenApiParameter(
    "unsure",
    str,
    enum=UNSURE_CHOICES,
    description="Whether the bit 128 of voxels of which the rater is unsure is kept (the default)",
)


@extend_schema(tags=["annotations"])
class AnnotationViewSet(GenericViewSet[Annotation]):
    permission_classes = [IsAuthenticated]
    queryset = Annotation.objects.none()
    serializer_class = AnnotationSerializer

    @extend_schema(operation_id="annotations_retrieve", summary="Its ETag is the head, for If-Match")
    def retrieve(self, request: Request, annotation_id: UUID) -> Response:
        return _answer(selectors.get_annotation(request.user, annotation_id), request)

    @extend_schema(
        operation_id="annotations_submit",
        parameters=[IF_MATCH],
        request=SubmitSerializer,
        responses=AnnotationSerializer,
    )
    def submit(self, request: Request, annotation_id: UUID) -> Response:
        wanted = SubmitSerializer(data=request.data)
        wanted.is_valid(raise_exception=True)
        annotation = submitting.submit_annotation(
            annotation_id=annotation_id,
            user=cast(User, request.user),
            base=base_in(request),
            confirms_empty=wanted.validated_data["confirms_empty"],
        )
        return _answer(annotation, request)

    @extend_schema(
        operation_id="annotations_reopen", request=ReopenSerializer, responses=AnnotationSerializer
    )
    def reopen(self, request: Request, annotation_id: UUID) -> Response:
        wanted = ReopenSerializer(data=request.data)
        wanted.is_valid(raise_exception=True)
        annotation = submitting.reopen_annotation(
            annotation_id=annotation_id, user=cast(User, request.user), reason=wanted.validated_data["reason"]
        )
        return _answer(annotation, request)

    @extend_schema(
        operation_id="annotations_labelmap",
        summary="A revision's labelmap, the head unless told; before the first revision an empty one",
        parameters=[OpenApiParameter("revision", int), UNSURE],
        responses={(200, "application/gzip"): OpenApiTypes.BINARY},
    )
    def labelmap(self, request: Request, annotation_id: UUID) -> FileResponse:
        annotation = selectors.get_annotation(request.user, annotation_id)
        wanted = number_in(request, "revision")
        number = annotation.head if wanted is None else wanted
        name = f"{annotation.assignment.case.name}_r{number}.nii.gz"
        revision = selectors.get_revision(annotation, number) if number else None
        drops_unsure = _drops_unsure(request)
        if revision is not None and revision.snapshot_digest and not drops_unsure:
            return blob_response(revision.snapshot_digest, filename=name, known_as=annotation.pk)
        data = labelmaps.write_at(annotation, number, drops_unsure=drops_unsure)
        return bytes_response(data, filename=name, known_as=annotation.pk)


@extend_schema(tags=["annotations"])
class RevisionViewSet(GenericViewSet[Revision]):
    """The history of an annotation."""

    permission_classes = [IsAuthenticated]
    queryset = Revision.objects.none()
    serializer_class = RevisionSerializer
    parser_classes = [MultiPartParser, JSONParser]

    @extend_schema(operation_id="annotation_revisions_list", responses=RevisionSerializer(many=True))
    def list(self, request: Request, annotation_id: UUID) -> Response:
        annotation = selectors.get_annotation(request.user, annotation_id)
        page = self.paginate_queryset(selectors.revisions_of(annotation))
        return self.get_paginated_response(RevisionSerializer(page, many=True).data)

    @extend_schema(
        operation_id="annotation_revisions_create",
        summary="Append a labelmap; sent again with the same edit_id it answers 200 with the same revision",
        parameters=[IF_MATCH],
        request={"multipart/form-data": UploadRevisionSerializer},
        responses={201: RevisionSerializer, 200: RevisionSerializer},
    )
    def create(self, request: Request, annotation_id: UUID) -> Response:
        wanted = UploadRevisionSerializer(data=request.data)
        wanted.is_valid(raise_exception=True)
        file = wanted.validated_data["file"]
        if file.size > services.MOST_FILE_BYTES:
            raise TooLarge(
                f"{file.name}: a labelmap may have at most {services.MOST_FILE_BYTES >> 20} MiB; "
                "save it compressed, as .nii.gz."
            )
        saved = services.upload_revision(
            annotation_id=annotation_id,
            user=cast(User, request.user),
            base=base_in(request),
            edit_id=wanted.validated_data["edit_id"],
            data=file.read(),
            filename=file.name,
        )
        return answer_saved(saved)

    @extend_schema(
        operation_id="annotations_restore",
        summary="Append an older revision as the new head",
        parameters=[IF_MATCH],
        request={"application/json": RestoreRevisionSerializer},
        responses={201: RevisionSerializer, 200: RevisionSerializer},
    )
    def restore(self, request: Request, annotation_id: UUID) -> Response:
        wanted = RestoreRevisionSerializer(data=request.data)
        wanted.is_valid(raise_exception=True)
        saved = services.restore_revision(
            annotation_id=annotation_id,
            user=cast(User, request.user),
            base=base_in(request),
            edit_id=wanted.validated_data["edit_id"],
            number=wanted.validated_data["revision"],
        )
        return answer_saved(saved)


class EditsParser(BaseParser):
    """JSON of up to 8 MiB. No JSONParser: what one reads, DRF bounds by DATA_UPLOAD_MAX_MEMORY_SIZE first."""

    media_type = "application/json"

    def parse(
        self,
        stream: IO[bytes],
        media_type: str | None = None,
        parser_context: Mapping[str, Any] | None = None,
    ) -> Any:
        body = stream.read(edit_services.MOST_BYTES + 1)
        if len(body) > edit_services.MOST_BYTES:
            raise TooLarge(
                f"The edits have more than {edit_services.MOST_BYTES >> 20} MiB; send fewer at a time, "
                "or upload the labelmap."
            )
        return JSONParser().parse(BytesIO(body), media_type, parser_context)


@extend_schema(tags=["annotations"])
class EditViewSet(GenericViewSet[Revision]):
    """The log of edits."""

    permission_classes = [IsAuthenticated]
    queryset = Revision.objects.none()
    serializer_class = EditLogSerializer
    parser_classes = [EditsParser]

    @extend_schema(
        operation_id="annotation_edits_retrieve",
        summary="What came after a revision, at most 1,000 steps at a time",
        parameters=[OpenApiParameter("after", int, description="0, from the beginning, unless told")],
        responses=EditLogSerializer,
    )
    def retrieve(self, request: Request, annotation_id: UUID) -> Response:
        annotation = selectors.get_annotation(request.user, annotation_id)
        edits = selectors.edits_after(annotation, number_in(request, "after") or 0)
        return Response(EditLogSerializer({"head": annotation.head, "edits": edits}).data)

    @extend_schema(
        operation_id="annotation_edits_append",
        summary="Append edits, all or none; sent again they answer 200 and change nothing",
        parameters=[IF_MATCH],
        request=AppendEditsSerializer,
        responses={201: AppendedEditsSerializer, 200: AppendedEditsSerializer},
    )
    def create(self, request: Request, annotation_id: UUID) -> Response:
        wanted = AppendEditsSerializer(data=request.data)
        wanted.is_valid(raise_exception=True)
        appended = edit_services.append_edits(
            annotation_id=annotation_id,
            user=cast(User, request.user),
            base=base_in(request),
            edits=[edit_services.NewEdit(**edit) for edit in wanted.validated_data["edits"]],
        )
        return Response(
            AppendedEditsSerializer(appended).data,
            status=status.HTTP_201_CREATED if appended.is_new else status.HTTP_200_OK,
            headers={"ETag": f'"{appended.head}"'},
        )


def base_in(request: Request) -> int:
    """The revision in If-Match, as in `"3"`.

    Raises:
        BaseMissing: the header is absent or no revision.
    """
    match = re.fullmatch(r'(?:W/)?"?(\d{1,9})"?', request.headers.get("If-Match", "").strip())
    if match is None:
        raise BaseMissing('Send the header If-Match with the head that you have seen, as in "3".')
    return int(match[1])


def number_in(request: Request, name: str) -> int | None:
    """A number of the query; None where it has none.

    Raises:
        Invalid: it is no number.
    """
    text = request.query_params.get(name, "")
    if not text:
        return None
    if not re.fullmatch(r"[0-9]{1,9}", text):
        raise Invalid(f"{name} must be a number, not {text[:40]!r}.")
    return int(text)


def _drops_unsure(request: Request) -> bool:
    wanted = request.query_params.get("unsure", "keep")
    if wanted not in UNSURE_CHOICES:
        raise Invalid(f"unsure must be keep or drop, not {wanted[:40]!r}.")
    return wanted == "drop"


def _answer(annotation: Annotation, request: Request) -> Response:
    told = AnnotationSerializer(annotation, context={"viewer": request.user})
    return Response(told.data, headers={"ETag": f'"{annotation.head}"'})


def answer_saved(saved: Saved) -> Response:
    return Response(
        RevisionSerializer(saved.revision).data,
        status=status.HTTP_201_CREATED if saved.is_new else status.HTTP_200_OK,
        headers={"ETag": f'"{saved.revision.number}"'},
    )
