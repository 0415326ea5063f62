from django.urls import path

from backend.annotations import api

urlpatterns = [
    path("assignments/", api.AssignmentViewSet.as_view({"get": "list"}), name="assignment-list"),
    path(
        "assignments/<uuid:assignment_id>/",
        api.AssignmentViewSet.as_view({"get": "retrieve", "delete": "destroy"}),
        name="assignment-detail",
    ),
    path(
        "datasets/<uuid:dataset_id>/assignments/",
        api.DatasetAssignmentViewSet.as_view({"post": "create"}),
        name="dataset-assignment-list",
    ),
    path(
        "annotations/<uuid:annotation_id>/",
        api.AnnotationViewSet.as_view({"get": "retrieve"}),
        name="annotation-detail",
    ),
    path(
        "annotations/<uuid:annotation_id>/revisions/",
        api.RevisionViewSet.as_view({"get": "list", "post": "create"}),
        name="annotation-revision-list",
    ),
    path(
        "annotations/<uuid:annotation_id>/edits/",
        api.EditViewSet.as_view({"get": "retrieve", "post": "create"}),
        name="annotation-edit-list",
    ),
    path(
        "annotations/<uuid:annotation_id>/restore/",
        api.RevisionViewSet.as_view({"post": "restore"}),
        name="annotation-restore",
    ),
    path(
        "annotations/<uuid:annotation_id>/labelmap/",
        api.AnnotationViewSet.as_view({"get": "labelmap"}),
        name="annotation-labelmap",
    ),
    path(
        "annotations/<uuid:annotation_id>/submit/",
        api.AnnotationViewSet.as_view({"post": "submit"}),
        name="annotation-submit",
    ),
    path(
        "annotations/<uuid:annotation_id>/reopen/",
        api.AnnotationViewSet.as_view({"post": "reopen"}),
        name="annotation-reopen",
    ),
]
