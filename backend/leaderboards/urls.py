from django.urls import path

from backend.leaderboards import api, picture_api

urlpatterns = [
    path("phases/<uuid:phase_id>/leaderboard/", api.LeaderboardView.as_view(), name="phase-leaderboard"),
    path("phases/<uuid:phase_id>/ranking/", api.RankingView.as_view(), name="phase-ranking"),
    path("phases/<uuid:phase_id>/snapshots/", api.SnapshotsView.as_view(), name="phase-snapshots"),
    path(
        "phases/<uuid:phase_id>/pictures/scores.svg",
        picture_api.ScoresPictureView.as_view(),
        name="phase-picture-scores",
    ),
    path(
        "phases/<uuid:phase_id>/pictures/stability.svg",
        picture_api.StabilityPictureView.as_view(),
        name="phase-picture-stability",
    ),
    path(
        "phases/<uuid:phase_id>/pictures/significance.svg",
        picture_api.SignificancePictureView.as_view(),
        name="phase-picture-significance",
    ),
    path("snapshots/<uuid:snapshot_id>/", api.SnapshotView.as_view(), name="snapshot"),
]
