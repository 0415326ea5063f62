"""What every endpoint shares: refusal by default, pages, and answers that are files."""

from hashlib import sha256
from io import BytesIO
from typing import TYPE_CHECKING
from uuid import UUID

from django.http import FileResponse, HttpRequest
from django.http.response import HttpResponseBase
from django.middleware.http import ConditionalGetMiddleware
from rest_framework.pagination import LimitOffsetPagination
from rest_framework.permissions import BasePermission
from rest_framework.request import Request

from backend.common import blobs

if TYPE_CHECKING:  # DRF's views import this module while they are themselves imported
    from rest_framework.views import APIView


class DenyByDefault(BasePermission):
    """The default permission: an endpoint that states none answers nobody."""

    def has_permission(self, request: Request, view: "APIView") -> bool:
        return False


class Pagination(LimitOffsetPagination):
    default_limit = 100
    max_limit = 1000


def blob_response(
    digest: str,
    *,
    filename: str,
    content_type: str = "application/gzip",
    download: bool = False,
    known_as: UUID | None = None,
) -> FileResponse:
    """The blob as a file, which a browser keeps and asks each time whether it still may: RevalidatedFiles.

    Args:
        known_as: what the blob is to whoever asks; its ETag then says nothing of where else the blob is.
    """
    response = FileResponse(
        blobs.open_blob(digest), filename=filename, as_attachment=download, content_type=content_type
    )
    response["Content-Length"] = blobs.blob_size_bytes(digest)
    return _revalidated(response, digest, known_as)


def bytes_response(data: bytes, *, filename: str, known_as: UUID | None = None) -> FileResponse:
    """As `blob_response`, for what is stored nowhere."""
    response = FileResponse(BytesIO(data), filename=filename, content_type="application/gzip")
    return _revalidated(response, sha256(data).hexdigest(), known_as)


def _revalidated(response: FileResponse, digest: str, known_as: UUID | None) -> FileResponse:
    tag = sha256(f"{known_as} {digest}".encode()).hexdigest() if known_as else digest
    response["Cache-Control"] = "private, no-cache"
    response["ETag"] = f'"{tag}"'
    response["X-Content-Type-Options"] = "nosniff"
    return response


class RevalidatedFiles(ConditionalGetMiddleware):
    """Answers 304 where the browser has the file already: permissions are asked, bytes are not sent again.

    Only for files, whose ETag follows from their content's digest. Other answers' ETags are no digests: that
    of an annotation is its head, which stays while its status changes.
    """

    def process_response(self, request: HttpRequest, response: HttpResponseBase) -> HttpResponseBase:
        if not isinstance(response, FileResponse) or not response.has_header("ETag"):
            return response
        answer: HttpResponseBase = super().process_response(request, response)
        if answer is not response and response.file_to_stream:
            # Not the response itself: its end counts as the request's.
            response.file_to_stream.close()
        return answer
