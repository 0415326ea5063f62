"""Who am I, and my tokens. Login, signup and logout are allauth's, below /_allauth/."""

from typing import cast
from uuid import UUID

from django.utils.decorators import method_decorator
from django.views.decorators.csrf import ensure_csrf_cookie
from drf_spectacular.utils import extend_schema, extend_schema_view
from rest_framework import mixins, status
from rest_framework.permissions import AllowAny, BasePermission, IsAuthenticated
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView
from rest_framework.viewsets import GenericViewSet

from backend.accounts import selectors, services
from backend.accounts.models import ApiToken, User
from backend.accounts.serializers import (
    CreateTokenSerializer,
    MeSerializer,
    NewTokenSerializer,
    ProfileSerializer,
    TokenSerializer,
)


@method_decorator(ensure_csrf_cookie, name="dispatch")
class MeView(APIView):
    """The first question of every page, so its answer brings the CSRF cookie."""

    permission_classes = [AllowAny]

    def get_permissions(self) -> list[BasePermission]:
        return [AllowAny()] if self.request.method == "GET" else [IsAuthenticated()]

    @extend_schema(operation_id="me_retrieve", tags=["accounts"], responses=MeSerializer)
    def get(self, request: Request) -> Response:
        return Response(_describe(request))

    @extend_schema(
        operation_id="me_update", tags=["accounts"], request=ProfileSerializer, responses=MeSerializer
    )
    def patch(self, request: Request) -> Response:
        profile = ProfileSerializer(data=request.data)
        profile.is_valid(raise_exception=True)
        services.update_profile(user=cast(User, request.user), **profile.validated_data)
        return Response(_describe(request))


def _describe(request: Request) -> dict[str, object]:
    if not request.user.is_authenticated:
        return MeSerializer({"user": None, "memberships": []}).data
    memberships = request.user.memberships.select_related("challenge").order_by("challenge__title")
    return MeSerializer({"user": request.user, "memberships": memberships}).data


@extend_schema(tags=["accounts"])
@extend_schema_view(list=extend_schema(summary="My API tokens"))
class TokenViewSet(mixins.ListModelMixin, GenericViewSet[ApiToken]):
    permission_classes = [IsAuthenticated]
    serializer_class = TokenSerializer
    lookup_value_converter = "uuid"
    queryset = ApiToken.objects.none()

    def get_queryset(self):  # type: ignore[no-untyped-def]
        return selectors.tokens_of(cast(User, self.request.user))

    @extend_schema(
        summary="Make a token; the answer tells it, once",
        request=CreateTokenSerializer,
        responses={201: NewTokenSerializer},
    )
    def create(self, request: Request) -> Response:
        wanted = CreateTokenSerializer(data=request.data)
        wanted.is_valid(raise_exception=True)
        made = services.create_token(user=cast(User, request.user), **wanted.validated_data)
        answer = NewTokenSerializer(made.token, context={"secret": made.secret})
        return Response(answer.data, status=status.HTTP_201_CREATED)

    @extend_schema(summary="Revoke a token", responses={204: None})
    def destroy(self, request: Request, pk: UUID) -> Response:
        services.delete_token(user=cast(User, request.user), token_id=pk)
        return Response(status=status.HTTP_204_NO_CONTENT)
