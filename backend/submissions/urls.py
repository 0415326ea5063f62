from django.urls import path

from backend.submissions import api, run_api

urlpatterns = [
    path("phases/<uuid:phase_id>/submissions/", api.PhaseSubmissionsView.as_view(), name="phase-submissions"),
    path("phases/<uuid:phase_id>/runs/", run_api.PhaseRunsView.as_view(), name="phase-runs"),
    path("submissions/", api.MySubmissionsView.as_view(), name="submissions"),
    path("submissions/<uuid:submission_id>/", api.SubmissionView.as_view(), name="submission"),
    path(
        "submissions/<uuid:submission_id>/withdraw/",
        api.WithdrawSubmissionView.as_view(),
        name="submission-withdraw",
    ),
    path(
        "submissions/<uuid:submission_id>/retry/", api.RetrySubmissionView.as_view(), name="submission-retry"
    ),
    path(
        "submissions/<uuid:submission_id>/pre-annotations/",
        api.PreAnnotationView.as_view(),
        name="submission-pre-annotations",
    ),
    path(
        "submissions/<uuid:submission_id>/predictions/<uuid:case_id>/labelmap/",
        api.PredictionLabelmapView.as_view(),
        name="prediction-labelmap",
    ),
]
