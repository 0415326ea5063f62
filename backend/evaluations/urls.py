from django.urls import path

from backend.evaluations import api

urlpatterns = [
    path("evaluations/<uuid:evaluation_id>/", api.EvaluationView.as_view(), name="evaluation"),
    path(
        "evaluations/<uuid:evaluation_id>/scores/",
        api.EvaluationScoresView.as_view(),
        name="evaluation-scores",
    ),
    path(
        "submissions/<uuid:submission_id>/comparison/",
        api.ComparisonView.as_view(),
        name="submission-comparison",
    ),
    path("cases/<uuid:case_id>/overlays/", api.CaseOverlaysView.as_view(), name="case-overlays"),
]
