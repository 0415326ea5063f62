"""An upload as its owner sees it."""

from rest_framework import serializers

from backend.uploads.models import Upload


class UploadSerializer(serializers.ModelSerializer[Upload]):
    class Meta:
        model = Upload
        fields = ["id", "filename", "purpose", "length_bytes", "offset_bytes", "expires_at"]
        read_only_fields = fields
