"""What every endpoint shares: refusal by default, pages, and answers that are files."""

from typing import TYPE_CHECKING

from django.http import FileResponse
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
    digest: str, *, filename: str, content_type: str = "application/gzip", download: bool = False
) -> FileResponse:
    """The blob as a file. Its address never changes content, so a private cache may keep it."""
    response = FileResponse(
        blobs.open_blob(digest), filename=filename, as_attachment=download, content_type=content_type
    )
    response["Content-Length"] = blobs.blob_size_bytes(digest)
    response["Cache-Control"] = "private, no-cache"
    response["ETag"] = f'"{digest}"'
    response["X-Content-Type-Options"] = "nosniff"
    return response
