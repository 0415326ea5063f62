"""A connection that is really torn down in the middle of a chunk."""

import socket
import time

import pytest
from django.test import Client
from pytest_django.live_server_helper import LiveServer

from backend.uploads.models import Upload
from tests.factories.accounts import ApiTokenFactory
from tests.factories.uploads import partial_upload

DATA = bytes(range(256)) * 4000
SECRET = "csl_" + "b" * 43
HEADERS = {"Authorization": f"Bearer {SECRET}", "Tus-Resumable": "1.0.0"}


@pytest.fixture
def upload(transactional_db: None) -> Upload:
    token = ApiTokenFactory(secret=SECRET)
    return partial_upload(owner=token.user, data=DATA, arrived=0)


def send_half_and_hang_up(server: LiveServer, upload: Upload, *, offset: int, sent: int) -> None:
    """Announce everything that is missing, send `sent` bytes of it, close."""
    fields = HEADERS | {
        "Host": "localhost",
        "Upload-Offset": str(offset),
        "Content-Type": "application/offset+octet-stream",
        "Content-Length": str(len(DATA) - offset),
    }
    lines = [
        f"PATCH /api/v1/uploads/{upload.pk}/ HTTP/1.1",
        *(f"{key}: {value}" for key, value in fields.items()),
    ]
    with socket.create_connection((server.thread.host, server.thread.port), timeout=10) as wire:
        wire.sendall("\r\n".join([*lines, "", ""]).encode() + DATA[offset : offset + sent])
        wire.shutdown(socket.SHUT_WR)
        wire.recv(1000)


def test_what_had_arrived_when_the_connection_broke_is_kept(live_server: LiveServer, upload: Upload) -> None:
    send_half_and_hang_up(live_server, upload, offset=0, sent=len(DATA) * 6 // 10)
    offset = offset_of(upload, at_least=len(DATA) * 6 // 10)
    assert offset == len(DATA) * 6 // 10
    response = Client(headers=HEADERS).patch(
        f"/api/v1/uploads/{upload.pk}/",
        data=DATA[offset:],
        content_type="application/offset+octet-stream",
        headers={"Upload-Offset": str(offset)},
    )
    assert response.status_code == 204
    assert upload.path.read_bytes() == DATA


def offset_of(upload: Upload, *, at_least: int) -> int:
    """As HEAD answers it, once the server has noticed."""
    deadline = time.monotonic() + 10
    while time.monotonic() < deadline:
        offset = int(Client(headers=HEADERS).head(f"/api/v1/uploads/{upload.pk}/")["Upload-Offset"])
        if offset >= at_least:
            break
        time.sleep(0.05)
    return offset
