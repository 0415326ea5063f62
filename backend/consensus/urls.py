from django.urls import path

from backend.consensus import api, picture_api

urlpatterns = [
    path("fusion-methods/", api.FusionMethodViewSet.as_view({"get": "list"}), name="fusion-method-list"),
    path(
        "cases/<uuid:case_id>/consensus/",
        api.CaseConsensusViewSet.as_view({"get": "list"}),
        name="case-consensus-list",
    ),
    path("cases/<uuid:case_id>/fuse/", api.CaseConsensusViewSet.as_view({"post": "fuse"}), name="case-fuse"),
    path(
        "datasets/<uuid:dataset_id>/consensus/",
        api.DatasetConsensusViewSet.as_view({"get": "list"}),
        name="dataset-consensus-list",
    ),
    path(
        "datasets/<uuid:dataset_id>/agreement/",
        api.DatasetAgreementViewSet.as_view({"get": "retrieve"}),
        name="dataset-agreement",
    ),
    path(
        "consensus/<uuid:consensus_id>/",
        api.ConsensusViewSet.as_view({"get": "retrieve"}),
        name="consensus-detail",
    ),
    path(
        "consensus/<uuid:consensus_id>/labelmap/",
        api.ConsensusViewSet.as_view({"get": "labelmap"}),
        name="consensus-labelmap",
    ),
    path(
        "consensus/<uuid:consensus_id>/thumbnail/",
        api.ConsensusViewSet.as_view({"get": "thumbnail"}),
        name="consensus-thumbnail",
    ),
    path(
        "consensus/<uuid:consensus_id>/agreement-map/",
        api.ConsensusViewSet.as_view({"get": "agreement_map"}),
        name="consensus-agreement-map",
    ),
    path(
        "datasets/<uuid:dataset_id>/pictures/agreement.svg",
        picture_api.AgreementPictureView.as_view(),
        name="dataset-picture-agreement",
    ),
    path(
        "datasets/<uuid:dataset_id>/pictures/volumes.svg",
        picture_api.VolumesPictureView.as_view(),
        name="dataset-picture-volumes",
    ),
]
