from django.urls import path

from backend.annotations import api, assignment_api, workflow_api

urlpatterns = [
    path("assignments/", assignment_api.AssignmentViewSet.as_view({"get": "list"}), name="assignment-list"),
    path(
        "assignments/<uuid:assignment_id>/",
        assignment_api.AssignmentViewSet.as_view({"get": "retrieve", "delete": "destroy"}),
        name="assignment-detail",
    ),
    path(
        "assignments/<uuid:assignment_id>/case/",
        assignment_api.AssignmentViewSet.as_view({"get": "case"}),
        name="assignment-case",
    ),
    path(
        "assignments/<uuid:assignment_id>/images/<str:sequence>/",
        assignment_api.AssignmentViewSet.as_view({"get": "image"}),
        name="assignment-image",
    ),
    path(
        "datasets/<uuid:dataset_id>/assignments/",
        assignment_api.DatasetAssignmentViewSet.as_view({"post": "create"}),
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
        "annotations/<uuid:annotation_id>/findings/",
        workflow_api.FindingsViewSet.as_view({"get": "retrieve"}),
        name="annotation-findings",
    ),
    path(
        "annotations/<uuid:annotation_id>/pre-annotation/",
        workflow_api.PreAnnotationViewSet.as_view({"post": "start"}),
        name="annotation-pre-annotation",
    ),
    path(
        "cases/<uuid:case_id>/pre-annotations/",
        workflow_api.PreAnnotationViewSet.as_view({"post": "create", "delete": "destroy"}),
        name="case-pre-annotation-list",
    ),
    path(
        "datasets/<uuid:dataset_id>/rereads/",
        workflow_api.RereadViewSet.as_view({"post": "create"}),
        name="dataset-reread-list",
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
