"""Reading a person's own things."""

from django.db.models import QuerySet

from backend.accounts.models import ApiToken, User


def tokens_of(user: User) -> QuerySet[ApiToken]:
    return ApiToken.objects.filter(user=user).order_by("-created_at")
