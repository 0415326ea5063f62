from django.urls import path

from backend.adjudication import api

BELOW = "adjudications/<uuid:adjudication_id>/"

urlpatterns = [
    path(
        "cases/<uuid:case_id>/adjudications/",
        api.CaseAdjudicationViewSet.as_view({"get": "list", "post": "create"}),
        name="case-adjudication-list",
    ),
    path("cases/<uuid:case_id>/what-if/", api.WhatIfViewSet.as_view({"post": "create"}), name="case-what-if"),
    path(
        "cases/<uuid:case_id>/what-if/<slug:key>/labelmap/",
        api.WhatIfViewSet.as_view({"get": "labelmap"}),
        name="what-if-labelmap",
    ),
    path("adjudications/", api.AdjudicationViewSet.as_view({"get": "list"}), name="adjudication-list"),
    path(
        BELOW,
        api.AdjudicationViewSet.as_view({"get": "retrieve", "patch": "partial_update"}),
        name="adjudication-detail",
    ),
    path(f"{BELOW}sign/", api.AdjudicationViewSet.as_view({"post": "sign"}), name="adjudication-sign"),
    path(
        f"{BELOW}withdraw/",
        api.AdjudicationViewSet.as_view({"post": "withdraw"}),
        name="adjudication-withdraw",
    ),
    path(
        f"{BELOW}labelmap/",
        api.AdjudicationFileViewSet.as_view({"get": "labelmap"}),
        name="adjudication-labelmap",
    ),
    path(
        f"{BELOW}sources/<slug:key>/",
        api.AdjudicationFileViewSet.as_view({"get": "source"}),
        name="adjudication-source",
    ),
    path(
        f"{BELOW}provenance/",
        api.AdjudicationFileViewSet.as_view({"get": "provenance"}),
        name="adjudication-provenance",
    ),
    path(
        f"{BELOW}provenance/legend/",
        api.AdjudicationFileViewSet.as_view({"get": "legend"}),
        name="adjudication-provenance-legend",
    ),
    path(
        f"{BELOW}edits/",
        api.AdjudicationEditViewSet.as_view({"get": "retrieve", "post": "create"}),
        name="adjudication-edit-list",
    ),
    path(
        f"{BELOW}takes/",
        api.AdjudicationEditViewSet.as_view({"post": "take"}),
        name="adjudication-take-list",
    ),
]
