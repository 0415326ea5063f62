"""tus 1.0 (tus.io/protocols/resumable-upload), with the extensions creation, termination and expiration."""

import base64
import binascii
from typing import Any, cast
from uuid import UUID

from django.conf import settings
from django.utils.http import http_date
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, OpenApiResponse, extend_schema
from rest_framework import status
from rest_framework.exceptions import UnsupportedMediaType
from rest_framework.permissions import IsAuthenticated
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from backend.accounts.models import User
from backend.common.errors import Invalid
from backend.uploads import selectors, services
from backend.uploads.errors import WrongProtocol
from backend.uploads.models import Upload
from backend.uploads.serializers import UploadSerializer

VERSION = "1.0.0"
CHUNK_TYPE = "application/offset+octet-stream"


def header(name: str, kind: type = str, description: str = "") -> OpenApiParameter:
    return OpenApiParameter(name, kind, OpenApiParameter.HEADER, required=True, description=description)


class TusView(APIView):
    """What every tus request and answer carries."""

    permission_classes = [IsAuthenticated]
    http_method_names = ["options"]

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        super().initial(request, *args, **kwargs)
        if request.method != "OPTIONS" and request.headers.get("Tus-Resumable") != VERSION:
            raise WrongProtocol(f"Send the header Tus-Resumable: {VERSION}.")

    def finalize_response(self, request: Request, response: Response, *args: Any, **kwargs: Any) -> Response:
        response = super().finalize_response(request, response, *args, **kwargs)
        response["Tus-Resumable"] = response["Tus-Version"] = VERSION
        response["Cache-Control"] = "no-store"
        return response

    def options(self, request: Request, *args: Any, **kwargs: Any) -> Response:  # type: ignore[override]
        response = Response(status=status.HTTP_204_NO_CONTENT)
        response["Tus-Extension"] = "creation,termination,expiration"
        response["Tus-Max-Size"] = str(settings.UPLOAD_MAX_BYTES)
        return response


class UploadListView(TusView):
    http_method_names = ["post", "options"]

    @extend_schema(
        operation_id="uploads_create",
        summary="Begin a resumable upload",
        parameters=[
            header("Tus-Resumable", description=VERSION),
            header("Upload-Length", int, "Bytes of the whole file"),
            header("Upload-Metadata", description="filename <base64>,purpose <base64>"),
        ],
        request=None,
        responses={201: UploadSerializer},
    )
    def post(self, request: Request) -> Response:
        metadata = parse_metadata(request.headers.get("Upload-Metadata", ""))
        upload = services.begin_upload(
            owner=cast(User, request.user),
            filename=metadata.get("filename", ""),
            purpose=metadata.get("purpose", ""),
            length_bytes=count_in(request, "Upload-Length"),
        )
        response = Response(UploadSerializer(upload).data, status=status.HTTP_201_CREATED)
        response["Location"] = f"{request.path}{upload.pk}/"
        return with_progress(response, upload)


class UploadView(TusView):
    http_method_names = ["head", "patch", "delete", "options"]

    def head(self, request: Request, upload_id: UUID) -> Response:
        upload = selectors.get_upload(owner=cast(User, request.user), upload_id=upload_id)
        return with_progress(Response(), upload)

    @extend_schema(
        operation_id="uploads_append",
        summary="Append a chunk",
        parameters=[
            header("Tus-Resumable", description=VERSION),
            header("Upload-Offset", int, "Where the chunk begins: what HEAD answered"),
        ],
        request={CHUNK_TYPE: OpenApiTypes.BINARY},
        responses={204: OpenApiResponse(description="Upload-Offset says how far the upload is now")},
    )
    def patch(self, request: Request, upload_id: UUID) -> Response:
        if request.content_type != CHUNK_TYPE:
            raise UnsupportedMediaType(request.content_type or "none", f"Send the chunk as {CHUNK_TYPE}.")
        announced = request.headers.get("Content-Length", "")
        upload = services.append_to_upload(
            owner=cast(User, request.user),
            upload_id=upload_id,
            offset_bytes=count_in(request, "Upload-Offset"),
            length_bytes=int(announced) if announced.isdecimal() else None,
            read=request._request.read,  # the body as it comes in; DRF's own parsing would hold it in memory
        )
        return with_progress(Response(status=status.HTTP_204_NO_CONTENT), upload)

    @extend_schema(
        operation_id="uploads_delete",
        summary="Abandon an upload",
        parameters=[header("Tus-Resumable", description=VERSION)],
        responses={204: None},
    )
    def delete(self, request: Request, upload_id: UUID) -> Response:
        services.delete_upload(owner=cast(User, request.user), upload_id=upload_id)
        return Response(status=status.HTTP_204_NO_CONTENT)


def with_progress(response: Response, upload: Upload) -> Response:
    response["Upload-Offset"] = str(upload.offset_bytes)
    response["Upload-Length"] = str(upload.length_bytes)
    response["Upload-Expires"] = http_date(upload.expires_at.timestamp())
    return response


def count_in(request: Request, name: str) -> int:
    """
    Raises:
        Invalid: the header is absent or no count.
    """
    text = request.headers.get(name, "")
    if not (text.isascii() and text.isdecimal() and len(text) <= 18):
        raise Invalid(f"Send the header {name} with a whole number of bytes, not {text[:40]!r}.")
    return int(text)


def parse_metadata(text: str) -> dict[str, str]:
    """`key base64,key base64` as text.

    Raises:
        Invalid: a value is not base64 of UTF-8.
    """
    pairs = [part.strip().partition(" ") for part in text.split(",") if part.strip()]
    try:
        return {key: base64.b64decode(value, validate=True).decode() for key, _, value in pairs}
    except (binascii.Error, UnicodeDecodeError):
        raise Invalid("Upload-Metadata: write each value as base64 of UTF-8.") from None
