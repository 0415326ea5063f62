from django.urls import path

from backend.leaderboards import api

urlpatterns = [
    path("phases/<uuid:phase_id>/leaderboard/", api.LeaderboardView.as_view(), name="phase-leaderboard"),
    path("phases/<uuid:phase_id>/snapshots/", api.SnapshotsView.as_view(), name="phase-snapshots"),
    path("snapshots/<uuid:snapshot_id>/", api.SnapshotView.as_view(), name="snapshot"),
]
