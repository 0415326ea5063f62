from django.urls import path

from backend.algorithms import api, run_api, training_api, worker_api

JOB = "worker/jobs/<uuid:job_id>/"

urlpatterns = [
    path("architectures/", api.ArchitecturesView.as_view(), name="architectures"),
    path(
        "challenges/<slug:slug>/algorithms/",
        api.ChallengeAlgorithmsView.as_view(),
        name="challenge-algorithms",
    ),
    path("challenges/<slug:slug>/model-workers/", api.ChallengeWorkersView.as_view(), name="model-workers"),
    path("algorithms/<uuid:algorithm_id>/", api.AlgorithmView.as_view(), name="algorithm"),
    path(
        "algorithms/<uuid:algorithm_id>/versions/",
        api.AlgorithmVersionsView.as_view(),
        name="algorithm-versions",
    ),
    path(
        "algorithm-versions/<uuid:version_id>/", api.AlgorithmVersionView.as_view(), name="algorithm-version"
    ),
    path(
        "algorithm-versions/<uuid:version_id>/trials/",
        run_api.VersionTrialsView.as_view(),
        name="version-trials",
    ),
    path("datasets/<uuid:dataset_id>/runs/", run_api.DatasetRunsView.as_view(), name="dataset-runs"),
    path("challenges/<slug:slug>/runs/", run_api.ChallengeRunsView.as_view(), name="challenge-runs"),
    path("runs/<uuid:run_id>/", run_api.RunView.as_view(), name="run"),
    path("runs/<uuid:run_id>/cases/", run_api.RunCasesView.as_view(), name="run-cases"),
    path(
        "runs/<uuid:run_id>/cases/<int:number>/labelmap/",
        run_api.RunLabelmapView.as_view(),
        name="run-labelmap",
    ),
    path("runs/<uuid:run_id>/log/", run_api.RunLogView.as_view(), name="run-log"),
    path("runs/<uuid:run_id>/cancel/", run_api.CancelRunView.as_view(), name="run-cancel"),
    path("runs/<uuid:run_id>/retry/", run_api.RetryRunView.as_view(), name="run-retry"),
    path(
        "challenges/<slug:slug>/trainings/",
        training_api.ChallengeTrainingsView.as_view(),
        name="challenge-trainings",
    ),
    path(
        "algorithms/<uuid:algorithm_id>/trainings/",
        training_api.AlgorithmTrainingsView.as_view(),
        name="algorithm-trainings",
    ),
    path("trainings/<uuid:training_id>/", training_api.TrainingView.as_view(), name="training"),
    path("trainings/<uuid:training_id>/curve/", training_api.TrainingCurveView.as_view(), name="curve"),
    path("trainings/<uuid:training_id>/log/", training_api.TrainingLogView.as_view(), name="training-log"),
    path(
        "trainings/<uuid:training_id>/cancel/",
        training_api.CancelTrainingView.as_view(),
        name="training-cancel",
    ),
    path(
        "trainings/<uuid:training_id>/retry/", training_api.RetryTrainingView.as_view(), name="training-retry"
    ),
    path("worker/claim/", worker_api.ClaimView.as_view(), name="worker-claim"),
    path(f"{JOB}progress/", worker_api.ProgressView.as_view(), name="worker-progress"),
    path(f"{JOB}cases/<int:number>/labelmap/", worker_api.LabelmapView.as_view(), name="worker-labelmap"),
    path(f"{JOB}cases/", worker_api.CaseView.as_view(), name="worker-case"),
    path(f"{JOB}checkpoint/", worker_api.CheckpointView.as_view(), name="worker-checkpoint"),
    path(f"{JOB}weights/", worker_api.WeightsView.as_view(), name="worker-weights"),
    path(f"{JOB}end/", worker_api.EndView.as_view(), name="worker-end"),
    path("worker/files/<str:signed>/", worker_api.FileView.as_view(), name="worker-file"),
]
