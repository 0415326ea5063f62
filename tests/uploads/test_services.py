"""What other apps do with an upload: take it once, release its file; and what time does to it."""

import uuid
from datetime import timedelta

import pytest
from django.utils import timezone

from backend.accounts.models import User
from backend.common.errors import DomainError, NotFound
from backend.uploads import errors, selectors, services
from backend.uploads.models import Upload
from backend.uploads.tasks import expire_uploads_task
from tests.factories.accounts import UserFactory
from tests.factories.uploads import partial_upload, whole_upload

DATA = b"an archive"

pytestmark = pytest.mark.django_db


@pytest.fixture
def owner() -> User:
    return UserFactory()


@pytest.fixture
def upload(owner: User) -> Upload:
    return whole_upload(owner=owner, data=DATA, filename="cases.zip", purpose="dataset")


def take(upload: Upload, owner: User, purpose: str = "dataset") -> Upload:
    return services.take_upload(upload_id=upload.pk, owner=owner, purpose=purpose)


def test_taken_upload_is_the_file(upload: Upload, owner: User) -> None:
    taken = take(upload, owner)
    assert taken.path.read_bytes() == DATA
    assert Upload.objects.get().taken_at is not None


def test_upload_is_taken_once(upload: Upload, owner: User) -> None:
    take(upload, owner)
    with pytest.raises(errors.UploadTaken, match=r"cases\.zip was used already"):
        take(upload, owner)


def refusal_of(upload: Upload, owner: User, purpose: str = "dataset") -> type[DomainError]:
    with pytest.raises(DomainError) as caught:
        take(upload, owner, purpose)
    upload.refresh_from_db()
    assert upload.taken_at is None
    return caught.type


def test_other_persons_upload_is_not_found(upload: Upload) -> None:
    assert refusal_of(upload, UserFactory()) is NotFound


def test_upload_for_another_purpose_is_refused(upload: Upload, owner: User) -> None:
    assert refusal_of(upload, owner, "submission") is errors.WrongPurpose


def test_incomplete_upload_is_refused(owner: User) -> None:
    upload = partial_upload(owner=owner, data=DATA, arrived=4)
    assert refusal_of(upload, owner) is errors.UploadIncomplete


def test_upload_whose_file_is_short_is_refused(upload: Upload, owner: User) -> None:
    upload.path.write_bytes(DATA[:-1])
    assert refusal_of(upload, owner) is errors.UploadLost


def test_unknown_upload_is_not_found(owner: User) -> None:
    with pytest.raises(NotFound):
        services.take_upload(upload_id=uuid.uuid4(), owner=owner, purpose="dataset")


def test_released_upload_frees_its_file_and_its_owners_quota(
    upload: Upload, owner: User, django_capture_on_commit_callbacks: object
) -> None:
    assert selectors.bytes_in_flight(owner) == len(DATA)
    with django_capture_on_commit_callbacks(execute=True):  # type: ignore[operator]
        services.release_upload(take(upload, owner))
        services.release_upload(upload)
    assert not upload.path.exists()
    assert selectors.bytes_in_flight(owner) == 0


def test_file_stays_until_the_release_is_committed(upload: Upload) -> None:
    services.release_upload(upload)
    assert upload.path.exists()


def test_upload_in_use_is_not_deleted(upload: Upload, owner: User) -> None:
    take(upload, owner)
    with pytest.raises(errors.UploadTaken):
        services.delete_upload(owner=owner, upload_id=upload.pk)


def test_only_abandoned_uploads_expire(owner: User, django_capture_on_commit_callbacks: object) -> None:
    past = timezone.now() - timedelta(seconds=1)
    abandoned = partial_upload(owner=owner, data=DATA, arrived=4)
    growing = partial_upload(owner=owner, data=DATA, arrived=4)
    used = whole_upload(owner=owner, data=DATA, filename="cases.zip", purpose="dataset")
    Upload.objects.filter(pk__in=[abandoned.pk, used.pk]).update(expires_at=past)
    Upload.objects.filter(pk=used.pk).update(taken_at=past)
    with django_capture_on_commit_callbacks(execute=True):  # type: ignore[operator]
        expire_uploads_task()
    assert set(Upload.objects.values_list("pk", flat=True)) == {growing.pk, used.pk}
    assert [path.exists() for path in (abandoned.path, growing.path, used.path)] == [False, True, True]


def test_long_released_rows_are_forgotten(upload: Upload) -> None:
    services.release_upload(upload)
    Upload.objects.update(released_at=timezone.now() - timedelta(days=services.KEEP_RELEASED_DAYS + 1))
    services.expire_uploads()
    assert not Upload.objects.exists()
