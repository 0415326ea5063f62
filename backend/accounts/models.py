"""People and their API tokens."""

import hashlib
import secrets

from django.contrib.auth.models import AbstractUser
from django.db import models
from django.utils import timezone

from backend.common.models import BaseModel

TOKEN_PREFIX = "csl_"  # noqa: S105 -- what a leaked token is recognised by


class User(AbstractUser):
    """A person. Roles are per challenge (`challenges.Membership`), not here."""

    email = models.EmailField(unique=True)
    display_name = models.CharField(max_length=100, blank=True)
    affiliation = models.CharField(max_length=200, blank=True)

    @property
    def shown_name(self) -> str:
        return self.display_name or self.username


class ApiToken(BaseModel):
    """A token for programs. Only its digest is kept; the token itself is shown once."""

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="api_tokens")
    name = models.CharField(max_length=100)
    digest = models.CharField(max_length=64, unique=True)
    hint = models.CharField(max_length=12)
    expires_at = models.DateTimeField(null=True, blank=True)
    last_used_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["user", "name"], name="token_name_once_per_user")]

    def __str__(self) -> str:
        return f"{self.name} ({self.hint}…)"

    @property
    def is_expired(self) -> bool:
        return self.expires_at is not None and self.expires_at <= timezone.now()


def new_secret() -> str:
    return TOKEN_PREFIX + secrets.token_urlsafe(32)


def digest_secret(secret: str) -> str:
    """SHA-256 suffices: the secret has 256 random bits."""
    return hashlib.sha256(secret.encode()).hexdigest()
