"""Errors as `application/problem+json` (RFC 9457), with a code, and `errors` where fields failed."""

from http import HTTPStatus
from typing import Any

import structlog
from django.core.exceptions import PermissionDenied
from django.http import Http404
from rest_framework import exceptions
from rest_framework.response import Response
from rest_framework.views import exception_handler

from backend.common import errors

log = structlog.get_logger(__name__)

STATUS: tuple[tuple[type[errors.DomainError], HTTPStatus], ...] = (
    (errors.NotAllowed, HTTPStatus.FORBIDDEN),
    (errors.NotFound, HTTPStatus.NOT_FOUND),
    (errors.Outdated, HTTPStatus.PRECONDITION_FAILED),
    (errors.Conflict, HTTPStatus.CONFLICT),
    (errors.LimitReached, HTTPStatus.TOO_MANY_REQUESTS),
    (errors.TooLarge, HTTPStatus.REQUEST_ENTITY_TOO_LARGE),
    (errors.Invalid, HTTPStatus.UNPROCESSABLE_ENTITY),
    (errors.DomainError, HTTPStatus.BAD_REQUEST),
)


def problem_handler(error: Exception, context: dict[str, Any]) -> Response | None:
    """DRF's exception handler: every refusal has a code and a sentence."""
    if isinstance(error, errors.DomainError):
        status = next(status for kind, status in STATUS if isinstance(error, kind))
        return problem(status, error.reason_code, error.sentence, details=error.details)
    response = exception_handler(error, context)
    if response is None:
        return None
    status = HTTPStatus(response.status_code)
    if isinstance(error, exceptions.ValidationError):
        answer = problem(status, "invalid", "Some fields need another value.", fields=response.data)
    elif isinstance(error, Http404 | exceptions.NotFound):
        answer = problem(status, "not_found", "There is nothing here, or it is not yours to see.")
    elif isinstance(error, PermissionDenied | exceptions.PermissionDenied):
        answer = problem(status, "not_allowed", "Your roles do not permit this.")
    else:
        code = getattr(error, "default_code", "error")
        answer = problem(status, str(code), str(getattr(error, "detail", error)))
    for header in ("WWW-Authenticate", "Retry-After"):
        if header in response:
            answer[header] = response[header]
    return answer


def problem(
    status: HTTPStatus, code: str, detail: str, *, fields: object = None, details: object = None
) -> Response:
    body: dict[str, object] = {"type": "about:blank", "title": status.phrase, "status": status.value}
    body |= {"code": code, "detail": detail}
    if fields is not None:
        body["errors"] = fields
    if details is not None:
        body["details"] = details
    return Response(body, status=status.value, content_type="application/problem+json")
