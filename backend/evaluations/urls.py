from django.urls import path

from backend.evaluations import api, model_api, picture_api

urlpatterns = [
    path(
        "challenges/<slug:slug>/model-comparison/",
        model_api.ModelComparisonView.as_view(),
        name="model-comparison",
    ),
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
    path("phases/<uuid:phase_id>/scoring/", api.PhaseScoringView.as_view(), name="phase-scoring"),
    path("phases/<uuid:phase_id>/rescore/", api.RescorePhaseView.as_view(), name="phase-rescore"),
    path(
        "evaluations/<uuid:evaluation_id>/pictures/scores.svg",
        picture_api.EvaluationScoresPictureView.as_view(),
        name="evaluation-picture-scores",
    ),
    path(
        "evaluations/<uuid:evaluation_id>/pictures/volumes.svg",
        picture_api.EvaluationVolumesPictureView.as_view(),
        name="evaluation-picture-volumes",
    ),
    path(
        "submissions/<uuid:submission_id>/predictions/<uuid:case_id>/overlay.svg",
        picture_api.PredictionOverlayView.as_view(),
        name="prediction-overlay",
    ),
    path("cases/<uuid:case_id>/overlays/", api.CaseOverlaysView.as_view(), name="case-overlays"),
]
