"""Leaderboards over HTTP."""

from uuid import UUID

from drf_spectacular.utils import extend_schema
from rest_framework.permissions import AllowAny
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from backend.common.api import Pagination
from backend.leaderboards import selectors
from backend.leaderboards.serializers import (
    BoardSerializer,
    RankingAnalysisSerializer,
    SnapshotSerializer,
)


class LeaderboardView(APIView):
    permission_classes = [AllowAny]

    @extend_schema(
        operation_id="phases_leaderboard",
        tags=["leaderboards"],
        summary="The board as it was ranked last",
        responses=BoardSerializer,
    )
    def get(self, request: Request, phase_id: UUID) -> Response:
        return Response(BoardSerializer(selectors.board_for(phase_id=phase_id, viewer=request.user)).data)


class RankingView(APIView):
    permission_classes = [AllowAny]

    @extend_schema(
        operation_id="phases_ranking",
        tags=["leaderboards"],
        summary="How stable the board's order is, and which entrants can be told apart",
        responses=RankingAnalysisSerializer,
    )
    def get(self, request: Request, phase_id: UUID) -> Response:
        found = selectors.ranking_for(phase_id=phase_id, viewer=request.user)
        return Response(RankingAnalysisSerializer(found).data)


class SnapshotsView(APIView):
    permission_classes = [AllowAny]
    pagination_class = Pagination

    @extend_schema(
        operation_id="phases_snapshots_list",
        tags=["leaderboards"],
        summary="The board's history, the newest first",
        responses=SnapshotSerializer(many=True),
    )
    def get(self, request: Request, phase_id: UUID) -> Response:
        pages = Pagination()
        found = pages.paginate_queryset(
            selectors.snapshots_for(phase_id=phase_id, viewer=request.user), request, view=self
        )
        return pages.get_paginated_response(SnapshotSerializer(found, many=True).data)


class SnapshotView(APIView):
    permission_classes = [AllowAny]

    @extend_schema(
        operation_id="snapshots_retrieve",
        tags=["leaderboards"],
        summary="The board as it once was; the address is permanent",
        responses=BoardSerializer,
    )
    def get(self, request: Request, snapshot_id: UUID) -> Response:
        return Response(
            BoardSerializer(selectors.snapshot_for(snapshot_id=snapshot_id, viewer=request.user)).data
        )
