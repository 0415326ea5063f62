"""What people change about themselves: their profile and their API tokens."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from backend.accounts import selectors
from backend.accounts.errors import TokenExpiryPast, TokenNameTaken, TooManyTokens
from backend.accounts.models import TOKEN_PREFIX, ApiToken, User, digest_secret, new_secret
from backend.common.errors import NotFound

MOST_TOKENS = 50
HINT_CHARACTERS = len(TOKEN_PREFIX) + 4


@dataclass(frozen=True, slots=True)
class NewToken:
    """A token and its secret, which is told once and kept nowhere."""

    token: ApiToken
    secret: str


def update_profile(*, user: User, display_name: str | None = None, affiliation: str | None = None) -> User:
    """None leaves a field as it is."""
    if display_name is not None:
        user.display_name = display_name
    if affiliation is not None:
        user.affiliation = affiliation
    user.save(update_fields=["display_name", "affiliation"])
    return user


def create_token(*, user: User, name: str, expires_at: datetime | None = None) -> NewToken:
    """
    Raises:
        TokenExpiryPast, TokenNameTaken, TooManyTokens.
    """
    if expires_at is not None and expires_at <= timezone.now():
        raise TokenExpiryPast("The token would have expired already: choose a later time, or none.")
    secret = new_secret()
    with transaction.atomic():
        User.objects.select_for_update(no_key=True).get(pk=user.pk)
        tokens = selectors.tokens_of(user)
        if tokens.filter(name=name).exists():
            raise TokenNameTaken(f"You have a token named {name}: choose another name, or delete that one.")
        if tokens.count() >= MOST_TOKENS:
            raise TooManyTokens(f"You have {MOST_TOKENS} tokens, the most there can be: delete one first.")
        token = ApiToken.objects.create(
            user=user,
            name=name,
            digest=digest_secret(secret),
            hint=secret[:HINT_CHARACTERS],
            expires_at=expires_at,
        )
    return NewToken(token=token, secret=secret)


def delete_token(*, user: User, token_id: UUID) -> None:
    deleted, _ = selectors.tokens_of(user).filter(pk=token_id).delete()
    if not deleted:
        raise NotFound("You have no such token.")
