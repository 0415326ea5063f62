"""Programs authenticate with `Authorization: Bearer csl_…`; browsers with their session."""

from datetime import timedelta

from django.utils import timezone
from rest_framework.authentication import BaseAuthentication, get_authorization_header
from rest_framework.exceptions import AuthenticationFailed
from rest_framework.request import Request

from backend.accounts.models import ApiToken, User, digest_secret

KEYWORD = "Bearer"
NOTE_USE_EVERY = timedelta(minutes=5)


class TokenAuthentication(BaseAuthentication):
    """Who holds the token acts as its person."""

    def authenticate(self, request: Request) -> tuple[User, ApiToken] | None:
        keyword, *values = get_authorization_header(request).split() or [b""]
        if keyword.lower() != KEYWORD.lower().encode():
            return None
        token = _find(values[0]) if len(values) == 1 else None
        if token is None:
            raise AuthenticationFailed("This token is not known: make one under Account → API tokens.")
        if token.is_expired:
            raise AuthenticationFailed(f"The token {token.name} has expired: make a new one.")
        if not token.user.is_active:
            raise AuthenticationFailed("This account is closed.")
        _note_use(token)
        return token.user, token

    def authenticate_header(self, request: Request) -> str:
        return KEYWORD


def _find(secret: bytes) -> ApiToken | None:
    try:
        digest = digest_secret(secret.decode("ascii"))
    except UnicodeDecodeError:
        return None
    return ApiToken.objects.select_related("user").filter(digest=digest).first()


def _note_use(token: ApiToken) -> None:
    """Every few minutes, so that a busy program does not write a row at each request."""
    now = timezone.now()
    if token.last_used_at is None or now - token.last_used_at > NOTE_USE_EVERY:
        ApiToken.objects.filter(pk=token.pk).update(last_used_at=now)
