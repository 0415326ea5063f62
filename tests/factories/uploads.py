"""Uploads with their files."""

from datetime import timedelta

import factory
from django.utils import timezone
from factory.django import DjangoModelFactory

from backend.accounts.models import User
from backend.uploads.models import Upload
from tests.factories.accounts import UserFactory


class UploadFactory(DjangoModelFactory):
    """The row alone, as if nothing had arrived yet; `whole_upload` has the file too."""

    class Meta:
        model = Upload

    owner = factory.SubFactory(UserFactory)
    purpose = Upload.Purpose.DATASET
    filename = "cases.zip"
    length_bytes = 10
    offset_bytes = 0
    expires_at = factory.LazyFunction(lambda: timezone.now() + timedelta(hours=1))


def whole_upload(*, owner: User, data: bytes, filename: str, purpose: str) -> Upload:
    """An upload that has arrived, as `take_upload` wants it."""
    return partial_upload(owner=owner, data=data, arrived=len(data), filename=filename, purpose=purpose)


def partial_upload(
    *,
    owner: User,
    data: bytes,
    arrived: int,
    filename: str = "cases.zip",
    purpose: str = Upload.Purpose.DATASET,
) -> Upload:
    """An upload of `data` of which the first `arrived` bytes are there."""
    upload: Upload = UploadFactory(
        owner=owner, filename=filename, purpose=purpose, length_bytes=len(data), offset_bytes=arrived
    )
    upload.path.parent.mkdir(parents=True, exist_ok=True)
    upload.path.write_bytes(data[:arrived])
    return upload
