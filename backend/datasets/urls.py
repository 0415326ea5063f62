from django.urls import path

from backend.datasets import api

urlpatterns = [
    path(
        "label-schemes/",
        api.LabelSchemeViewSet.as_view({"get": "list", "post": "create"}),
        name="label-scheme-list",
    ),
    path(
        "challenges/<slug:slug>/datasets/",
        api.ChallengeDatasetViewSet.as_view({"get": "list", "post": "create"}),
        name="challenge-dataset-list",
    ),
    path(
        "datasets/<uuid:dataset_id>/",
        api.DatasetViewSet.as_view({"get": "retrieve", "patch": "partial_update"}),
        name="dataset-detail",
    ),
    path(
        "datasets/<uuid:dataset_id>/versions/",
        api.DatasetVersionViewSet.as_view({"get": "list"}),
        name="dataset-version-list",
    ),
    path(
        "datasets/<uuid:dataset_id>/cases/",
        api.DatasetCaseViewSet.as_view({"get": "list"}),
        name="dataset-case-list",
    ),
    path(
        "datasets/<uuid:dataset_id>/imports/",
        api.DatasetImportViewSet.as_view({"get": "list", "post": "create"}),
        name="dataset-import-list",
    ),
    path("imports/<uuid:import_id>/", api.ImportViewSet.as_view({"get": "retrieve"}), name="import-detail"),
    path(
        "imports/<uuid:import_id>/confirm/",
        api.ImportViewSet.as_view({"post": "confirm"}),
        name="import-confirm",
    ),
    path(
        "imports/<uuid:import_id>/discard/",
        api.ImportViewSet.as_view({"post": "discard"}),
        name="import-discard",
    ),
    path(
        "imports/<uuid:import_id>/retry/", api.ImportViewSet.as_view({"post": "retry"}), name="import-retry"
    ),
    path("cases/<uuid:case_id>/", api.CaseViewSet.as_view({"get": "retrieve"}), name="case-detail"),
    path(
        "cases/<uuid:case_id>/images/<str:sequence>/",
        api.CaseViewSet.as_view({"get": "image"}),
        name="case-image",
    ),
    path(
        "cases/<uuid:case_id>/thumbnail/",
        api.CaseViewSet.as_view({"get": "thumbnail"}),
        name="case-thumbnail",
    ),
]
