"""Model workers authenticate with one of `settings.WORKER_TOKENS`; they are no persons."""

import hmac

from django.conf import settings
from django.contrib.auth.models import AnonymousUser
from rest_framework.authentication import BaseAuthentication, get_authorization_header
from rest_framework.exceptions import AuthenticationFailed
from rest_framework.permissions import BasePermission
from rest_framework.request import Request
from rest_framework.views import APIView

KEYWORD = "Bearer"


class WorkerToken:
    """What `request.auth` is where a model worker calls."""


class WorkerAuthentication(BaseAuthentication):
    def authenticate(self, request: Request) -> tuple[AnonymousUser, WorkerToken] | None:
        keyword, *values = get_authorization_header(request).split() or [b""]
        if keyword.lower() != KEYWORD.lower().encode():
            return None
        # Every token is compared, and each in constant time: how long it takes tells nothing.
        known = [hmac.compare_digest(values[0], token.encode()) for token in settings.WORKER_TOKENS if values]
        if len(values) != 1 or not any(known):
            raise AuthenticationFailed("This is no token of a model worker: the operator has it.")
        return AnonymousUser(), WorkerToken()

    def authenticate_header(self, request: Request) -> str:
        return KEYWORD


class IsWorker(BasePermission):
    def has_permission(self, request: Request, view: APIView) -> bool:
        return isinstance(request.auth, WorkerToken)
