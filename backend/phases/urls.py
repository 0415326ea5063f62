from django.urls import path

from backend.phases import api

urlpatterns = [
    path("metrics/", api.MetricsView.as_view(), name="metrics"),
    path("challenges/<slug:slug>/phases/", api.ChallengePhasesView.as_view(), name="challenge-phases"),
    path("phases/<uuid:phase_id>/", api.PhaseView.as_view(), name="phase"),
    path("phases/<uuid:phase_id>/cases/", api.PhaseCasesView.as_view(), name="phase-cases"),
]
