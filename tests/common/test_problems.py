"""Every refusal is problem+json with a status, a code and a sentence."""

import pytest
from django.http import Http404
from rest_framework import exceptions, serializers
from rest_framework.permissions import AllowAny
from rest_framework.response import Response
from rest_framework.test import APIRequestFactory
from rest_framework.views import APIView

from backend.common import errors
from backend.common.api import DenyByDefault


def answer_to(error: Exception) -> Response:
    class Failing(APIView):
        permission_classes = [AllowAny]
        authentication_classes = []

        def get(self, request: object) -> Response:
            raise error

    response: Response = Failing.as_view()(APIRequestFactory().get("/"))
    return response.render()


@pytest.mark.parametrize(
    ("error", "status"),
    [
        (errors.NotAllowed("No."), 403),
        (errors.NotFound("No."), 404),
        (errors.Conflict("No."), 409),
        (errors.Outdated("No."), 412),
        (errors.TooLarge("No."), 413),
        (errors.Invalid("No."), 422),
        (errors.LimitReached("No."), 429),
        (errors.DomainError("No."), 400),
    ],
)
def test_domain_error_has_its_status_code_and_sentence(error: errors.DomainError, status: int) -> None:
    response = answer_to(error)
    assert response.status_code == status
    assert response["Content-Type"] == "application/problem+json"
    assert (response.data["status"], response.data["code"]) == (status, error.code)
    assert response.data["detail"] == "No."


def test_details_are_for_programs() -> None:
    assert answer_to(errors.Conflict("No.", details={"head": 3})).data["details"] == {"head": 3}


def test_fields_that_failed_are_named() -> None:
    response = answer_to(serializers.ValidationError({"title": ["This field is required."]}))
    assert response.status_code == 400
    assert response.data["errors"] == {"title": ["This field is required."]}


def test_stranger_is_told_how_to_sign_in() -> None:
    class Closed(APIView):
        permission_classes = [DenyByDefault]

    response = Closed.as_view()(APIRequestFactory().get("/"))
    assert response.status_code == 401
    assert response["WWW-Authenticate"] == "Bearer"


@pytest.mark.parametrize(("error", "status"), [(Http404(), 404), (exceptions.PermissionDenied(), 403)])
def test_frameworks_own_errors_are_problems_too(error: Exception, status: int) -> None:
    response = answer_to(error)
    assert (response.status_code, response.data["status"]) == (status, status)
    assert response.data["detail"]


def test_fault_of_ours_is_not_dressed_up_as_a_refusal() -> None:
    with pytest.raises(ZeroDivisionError):
        answer_to(ZeroDivisionError())
