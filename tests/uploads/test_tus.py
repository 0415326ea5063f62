"""Resumable uploads through HTTP, as a tus client sends them."""

import base64
import hashlib
from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from backend.accounts.models import User
from backend.uploads import files
from backend.uploads.models import Upload
from tests.factories.accounts import ApiTokenFactory, UserFactory
from tests.factories.uploads import partial_upload

DATA = bytes(range(256)) * 40
TUS = {"Tus-Resumable": "1.0.0"}

pytestmark = pytest.mark.django_db


@pytest.fixture
def owner() -> User:
    return UserFactory()


@pytest.fixture
def person(owner: User) -> Client:
    client = Client()
    client.force_login(owner)
    return client


def metadata(filename: str = "cases.zip", purpose: str = "dataset") -> str:
    pairs = {"filename": filename, "purpose": purpose}
    return ",".join(f"{key} {base64.b64encode(value.encode()).decode()}" for key, value in pairs.items())


def begin(person: Client, *, length: object = len(DATA), **fields: str):  # type: ignore[no-untyped-def]
    headers = TUS | {"Upload-Length": str(length), "Upload-Metadata": metadata(**fields)}
    return person.post("/api/v1/uploads/", headers=headers)


def append(person: Client, upload: Upload, data: bytes, *, offset: int, **headers: str):  # type: ignore[no-untyped-def]
    return person.patch(
        f"/api/v1/uploads/{upload.pk}/",
        data=data,
        content_type="application/offset+octet-stream",
        headers=TUS | {"Upload-Offset": str(offset)} | headers,
    )


def head(person: Client, upload: Upload):  # type: ignore[no-untyped-def]
    return person.head(f"/api/v1/uploads/{upload.pk}/", headers=TUS)


class TestBegin:
    def test_answer_says_where_to_send_the_bytes(self, person: Client, owner: User) -> None:
        response = begin(person, filename="brats.zip", purpose="submission")
        upload = Upload.objects.get(owner=owner)
        assert response.status_code == 201
        assert response["Location"] == f"/api/v1/uploads/{upload.pk}/"
        assert response["Tus-Resumable"] == "1.0.0"
        assert (response["Upload-Offset"], response["Upload-Length"]) == ("0", str(len(DATA)))
        assert (upload.filename, upload.purpose, upload.offset_bytes) == ("brats.zip", "submission", 0)
        assert upload.path.read_bytes() == b""

    @pytest.mark.parametrize(
        ("sent", "kept"),
        [
            ("../../etc/passwd", "passwd"),
            ("C:\\Users\\me\\cases.zip", "cases.zip"),
            ("ca\r\nses\0.zip", "cases.zip"),
            ("Fälle von März.zip", "Fälle von März.zip"),
            ("a" * 300 + ".nii.gz", "a" * 248 + ".nii.gz"),
        ],
    )
    def test_filename_is_a_name_and_nothing_more(
        self, person: Client, owner: User, sent: str, kept: str
    ) -> None:
        assert begin(person, filename=sent).status_code == 201
        assert Upload.objects.get(owner=owner).filename == kept

    @pytest.mark.parametrize(
        ("changed", "status", "code"),
        [
            ({"filename": "/"}, 422, "invalid"),
            ({"purpose": "holiday"}, 422, "invalid"),
            ({"length": 0}, 422, "upload_empty"),
            ({"length": -1}, 422, "invalid"),
            ({"length": "many"}, 422, "invalid"),
            ({"length": 10**15}, 413, "upload_too_large"),
        ],
    )
    def test_unusable_upload_is_refused(
        self, person: Client, changed: dict[str, str], status: int, code: str
    ) -> None:
        response = begin(person, **changed)
        assert (response.status_code, response.json()["code"]) == (status, code)
        assert not Upload.objects.exists()

    def test_metadata_that_is_no_base64_is_refused(self, person: Client) -> None:
        headers = TUS | {"Upload-Length": "1", "Upload-Metadata": "filename cases.zip"}
        response = person.post("/api/v1/uploads/", headers=headers)
        assert response.status_code == 422

    def test_uploads_in_flight_share_the_quota(self, person: Client, settings: object) -> None:
        settings.UPLOAD_QUOTA_BYTES = 1000  # type: ignore[attr-defined]
        assert begin(person, length=700).status_code == 201
        response = begin(person, length=301)
        assert (response.status_code, response.json()["code"]) == (429, "upload_quota_reached")
        assert "leave room for 300" in response.json()["detail"]
        assert begin(person, length=300).status_code == 201

    def test_other_protocol_version_is_refused(self, person: Client) -> None:
        response = person.post("/api/v1/uploads/", headers={"Tus-Resumable": "0.2.2", "Upload-Length": "1"})
        assert response.status_code == 412
        assert response["Tus-Version"] == "1.0.0"

    def test_options_tell_what_this_server_can(self, person: Client) -> None:
        response = person.options("/api/v1/uploads/")
        assert response.status_code == 204
        assert response["Tus-Extension"] == "creation,termination,expiration"
        assert int(response["Tus-Max-Size"]) > 2**30

    def test_session_without_csrf_token_is_refused(self, owner: User) -> None:
        person = Client(enforce_csrf_checks=True)
        person.force_login(owner)
        assert begin(person).status_code == 403

    def test_program_uploads_with_its_token(self, owner: User) -> None:
        secret = "csl_" + "x" * 43
        ApiTokenFactory(user=owner, secret=secret)
        program = Client(enforce_csrf_checks=True, headers={"Authorization": f"Bearer {secret}"})
        assert begin(program).status_code == 201


class TestAppend:
    def test_chunks_add_up_to_the_file(self, person: Client, owner: User) -> None:
        upload = partial_upload(owner=owner, data=DATA, arrived=0)
        for start in range(0, len(DATA), 4000):
            response = append(person, upload, DATA[start : start + 4000], offset=start)
            assert response.status_code == 204
        assert response["Upload-Offset"] == str(len(DATA))
        upload.refresh_from_db()
        assert upload.is_whole
        assert hashlib.sha256(upload.path.read_bytes()).digest() == hashlib.sha256(DATA).digest()

    def test_upload_broken_off_at_60_percent_resumes_from_there(self, person: Client, owner: User) -> None:
        upload = partial_upload(owner=owner, data=DATA, arrived=0)
        append(person, upload, DATA[:6144], offset=0)
        offset = int(head(person, upload)["Upload-Offset"])
        assert offset == 6144
        assert append(person, upload, DATA[offset:], offset=offset).status_code == 204
        assert upload.path.read_bytes() == DATA

    @pytest.mark.parametrize("offset", [0, 5, 7, 10**12])
    def test_chunk_at_another_offset_is_refused(self, person: Client, owner: User, offset: int) -> None:
        upload = partial_upload(owner=owner, data=DATA, arrived=6)
        response = append(person, upload, b"xxx", offset=offset)
        assert (response.status_code, response.json()["code"]) == (409, "upload_offset_mismatch")
        assert upload.path.read_bytes() == DATA[:6]

    def test_more_than_is_missing_is_refused(self, person: Client, owner: User) -> None:
        upload = partial_upload(owner=owner, data=DATA, arrived=6)
        response = append(person, upload, DATA, offset=6)
        assert (response.status_code, response.json()["code"]) == (413, "chunk_too_large")

    def test_chunk_over_the_limit_is_refused(self, person: Client, owner: User, settings: object) -> None:
        settings.UPLOAD_CHUNK_MAX_BYTES = 1000  # type: ignore[attr-defined]
        upload = partial_upload(owner=owner, data=DATA, arrived=0)
        assert append(person, upload, DATA[:1001], offset=0).status_code == 413
        assert append(person, upload, DATA[:1000], offset=0).status_code == 204

    def test_other_content_type_is_refused(self, person: Client, owner: User) -> None:
        upload = partial_upload(owner=owner, data=DATA, arrived=0)
        address = f"/api/v1/uploads/{upload.pk}/"
        headers = TUS | {"Upload-Offset": "0"}
        response = person.patch(address, data=b"{}", content_type="application/json", headers=headers)
        assert response.status_code == 415

    def test_bytes_that_a_crash_left_uncounted_are_overwritten(self, person: Client, owner: User) -> None:
        upload = partial_upload(owner=owner, data=DATA, arrived=100)
        upload.path.write_bytes(DATA[:100] + b"never synced, so not trusted")
        assert append(person, upload, DATA[100:], offset=100).status_code == 204
        assert upload.path.read_bytes() == DATA

    def test_second_writer_is_told_to_wait(self, person: Client, owner: User) -> None:
        upload = partial_upload(owner=owner, data=DATA, arrived=0)
        with files.locked(upload.path):
            response = append(person, upload, DATA[:10], offset=0)
        assert (response.status_code, response.json()["code"]) == (409, "upload_busy")

    def test_lost_file_is_told(self, person: Client, owner: User) -> None:
        upload = partial_upload(owner=owner, data=DATA, arrived=0)
        upload.path.unlink()
        assert append(person, upload, DATA[:10], offset=0).json()["code"] == "upload_lost"

    def test_each_chunk_puts_off_the_expiry(self, person: Client, owner: User) -> None:
        upload = partial_upload(owner=owner, data=DATA, arrived=0)
        before = upload.expires_at
        append(person, upload, DATA[:10], offset=0)
        upload.refresh_from_db()
        assert upload.expires_at > before


class TestWhose:
    def test_other_people_do_not_find_it(self, owner: User) -> None:
        upload = partial_upload(owner=owner, data=DATA, arrived=0)
        other = Client()
        other.force_login(UserFactory())
        assert head(other, upload).status_code == 404
        assert append(other, upload, b"x", offset=0).status_code == 404
        assert other.delete(f"/api/v1/uploads/{upload.pk}/", headers=TUS).status_code == 404
        assert upload.path.read_bytes() == b""

    def test_expired_upload_is_not_found(self, person: Client, owner: User) -> None:
        upload = partial_upload(owner=owner, data=DATA, arrived=0)
        Upload.objects.update(expires_at=timezone.now() - timedelta(seconds=1))
        assert head(person, upload).status_code == 404

    def test_abandoned_upload_and_its_file_are_gone(
        self, person: Client, owner: User, django_capture_on_commit_callbacks: object
    ) -> None:
        upload = partial_upload(owner=owner, data=DATA, arrived=10)
        with django_capture_on_commit_callbacks(execute=True):  # type: ignore[operator]
            response = person.delete(f"/api/v1/uploads/{upload.pk}/", headers=TUS)
        assert response.status_code == 204
        assert not Upload.objects.exists()
        assert not upload.path.exists()
