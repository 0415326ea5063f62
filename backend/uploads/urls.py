from django.urls import path

from backend.uploads import api

urlpatterns = [
    path("uploads/", api.UploadListView.as_view(), name="upload-list"),
    path("uploads/<uuid:upload_id>/", api.UploadView.as_view(), name="upload-detail"),
]
