"""Resumable uploads (tus 1.0): a file that grows in the upload folder until it is whole."""

from pathlib import Path

from django.conf import settings
from django.db import models

from backend.common.models import BaseModel


class Upload(BaseModel):
    """Bytes on their way in. `offset_bytes` is how far they are; whole when it equals `length_bytes`.

    After a crash the file may be longer than `offset_bytes`, which counts only bytes synced to the disk.
    """

    class Purpose(models.TextChoices):
        DATASET = "dataset"
        SUBMISSION = "submission"
        ANNOTATION = "annotation"
        MODEL = "model"

    owner = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="uploads")
    purpose = models.CharField(max_length=20, choices=Purpose)
    filename = models.CharField(max_length=255)
    length_bytes = models.BigIntegerField()
    offset_bytes = models.BigIntegerField(default=0)
    expires_at = models.DateTimeField()
    taken_at = models.DateTimeField(null=True, blank=True, help_text="Since when something was made of it")
    released_at = models.DateTimeField(null=True, blank=True, help_text="Since when its file is gone")

    class Meta:
        indexes = [models.Index(fields=["expires_at"], name="uploads_expiring")]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(offset_bytes__gte=0, offset_bytes__lte=models.F("length_bytes")),
                name="upload_offset_within_length",
            )
        ]

    def __str__(self) -> str:
        return f"{self.filename} {self.offset_bytes}/{self.length_bytes}"

    @property
    def is_whole(self) -> bool:
        return self.offset_bytes == self.length_bytes

    @property
    def path(self) -> Path:
        return Path(settings.UPLOAD_ROOT) / str(self.id)
