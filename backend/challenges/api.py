"""Challenges and their members."""

from typing import cast
from uuid import UUID

from django.db.models import QuerySet
from drf_spectacular.utils import extend_schema, extend_schema_view
from rest_framework import mixins, status
from rest_framework.decorators import action
from rest_framework.permissions import AllowAny, BasePermission, IsAuthenticated
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.viewsets import GenericViewSet

from backend.accounts.models import User
from backend.challenges import selectors, services
from backend.challenges.models import Challenge, Membership
from backend.challenges.permissions import Permission, require
from backend.challenges.serializers import (
    AddMemberSerializer,
    ChallengeSerializer,
    ChangeMemberSerializer,
    CreateChallengeSerializer,
    MemberSerializer,
    UpdateChallengeSerializer,
)


@extend_schema(tags=["challenges"])
@extend_schema_view(list=extend_schema(summary="The challenges that I may see"))
class ChallengeViewSet(mixins.ListModelMixin, GenericViewSet[Challenge]):
    permission_classes = [AllowAny]
    serializer_class = ChallengeSerializer
    queryset = Challenge.objects.none()
    lookup_field = "slug"
    lookup_value_converter = "slug"

    def get_permissions(self) -> list[BasePermission]:
        reading = self.action in {"list", "retrieve"}
        return [AllowAny()] if reading else [IsAuthenticated()]

    def get_queryset(self) -> QuerySet[Challenge]:
        return selectors.list_challenges(self.request.user)

    @extend_schema(responses=ChallengeSerializer)
    def retrieve(self, request: Request, slug: str) -> Response:
        return self._describe(slug)

    @extend_schema(
        summary="Found a challenge", request=CreateChallengeSerializer, responses={201: ChallengeSerializer}
    )
    def create(self, request: Request) -> Response:
        wanted = CreateChallengeSerializer(data=request.data)
        wanted.is_valid(raise_exception=True)
        challenge = services.create_challenge(founder=cast(User, request.user), **wanted.validated_data)
        return self._describe(challenge.slug, status=status.HTTP_201_CREATED)

    @extend_schema(request=UpdateChallengeSerializer, responses=ChallengeSerializer)
    def partial_update(self, request: Request, slug: str) -> Response:
        challenge = selectors.get_challenge(request.user, slug)
        wanted = UpdateChallengeSerializer(data=request.data)
        wanted.is_valid(raise_exception=True)
        services.update_challenge(user=cast(User, request.user), challenge=challenge, **wanted.validated_data)
        return self._describe(slug)

    @extend_schema(summary="Become a participant", request=None, responses=ChallengeSerializer)
    @action(detail=True, methods=["post"])
    def join(self, request: Request, slug: str) -> Response:
        challenge = selectors.get_challenge(request.user, slug)
        services.join_challenge(user=cast(User, request.user), challenge=challenge)
        return self._describe(slug)

    def _describe(self, slug: str, status: int = status.HTTP_200_OK) -> Response:
        challenge = selectors.describe_challenge(self.request.user, slug)
        return Response(self.get_serializer(challenge).data, status=status)


@extend_schema(tags=["challenges"])
class ChallengeMemberViewSet(mixins.ListModelMixin, GenericViewSet[Membership]):
    """The members of one challenge."""

    permission_classes = [IsAuthenticated]
    serializer_class = MemberSerializer
    queryset = Membership.objects.none()

    def get_queryset(self) -> QuerySet[Membership]:
        challenge = selectors.get_challenge(self.request.user, self.kwargs["slug"])
        require(self.request.user, Permission.MEMBERS_MANAGE, challenge)
        return selectors.list_members(challenge)

    @extend_schema(
        summary="Give a person a role", request=AddMemberSerializer, responses={201: MemberSerializer}
    )
    def create(self, request: Request, slug: str) -> Response:
        challenge = selectors.get_challenge(request.user, slug)
        wanted = AddMemberSerializer(data=request.data)
        wanted.is_valid(raise_exception=True)
        membership = services.add_member(
            user=cast(User, request.user), challenge=challenge, **wanted.validated_data
        )
        return Response(MemberSerializer(membership).data, status=status.HTTP_201_CREATED)


@extend_schema(tags=["challenges"])
class MemberViewSet(GenericViewSet[Membership]):
    permission_classes = [IsAuthenticated]
    serializer_class = MemberSerializer
    queryset = Membership.objects.none()
    lookup_value_converter = "uuid"

    @extend_schema(request=ChangeMemberSerializer, responses=MemberSerializer)
    def partial_update(self, request: Request, pk: UUID) -> Response:
        wanted = ChangeMemberSerializer(data=request.data)
        wanted.is_valid(raise_exception=True)
        membership = services.change_member(
            user=cast(User, request.user), membership_id=pk, **wanted.validated_data
        )
        return Response(MemberSerializer(membership).data)

    @extend_schema(responses={204: None})
    def destroy(self, request: Request, pk: UUID) -> Response:
        services.remove_member(user=cast(User, request.user), membership_id=pk)
        return Response(status=status.HTTP_204_NO_CONTENT)
