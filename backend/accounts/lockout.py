"""How django-axes reads an attempt to log in, and what it answers to one that is locked out."""

from collections.abc import Mapping
from typing import Any

from django.contrib.auth import get_user_model
from django.http import HttpRequest, JsonResponse

SENTENCE = "Too many failed logins. Wait 15 minutes, or reset your password."


def attempted_name(request: HttpRequest, credentials: Mapping[str, Any] | None) -> str | None:
    """The account that was tried: one count, whether its user name or its email address was typed."""
    given = credentials or {}
    typed = str(given.get("username") or given.get("email") or "").strip().lower()
    if "@" in typed:
        user = get_user_model().objects.filter(email__iexact=typed).first()
        typed = user.get_username().lower() if user is not None else typed
    return typed or None


def locked_response(
    request: HttpRequest, response: object = None, credentials: Mapping[str, Any] | None = None
) -> JsonResponse:
    """An answer that both allauth's clients (`errors`) and ours (`detail`) understand."""
    return JsonResponse(
        {
            "type": "about:blank",
            "title": "Too Many Requests",
            "status": 429,
            "code": "locked_out",
            "detail": SENTENCE,
            "errors": [{"code": "locked_out", "param": "password", "message": SENTENCE}],
        },
        status=429,
        content_type="application/problem+json",
    )
