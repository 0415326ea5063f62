"""/healthz says whether this process reaches what it needs."""

from pathlib import Path

import pytest
from django.core.files.storage import storages
from django.test import Client


@pytest.mark.django_db
def test_all_is_well(client: Client) -> None:
    response = client.get("/healthz")
    assert response.status_code == 200
    assert response.json() == {"database": "ok", "broker": "ok", "storage": "ok"}


@pytest.mark.django_db
def test_probe_leaves_no_file_behind(client: Client) -> None:
    client.get("/healthz")
    folder = Path(storages["blobs"].location) / "health"
    assert list(folder.iterdir()) == []


@pytest.mark.django_db
def test_unwritable_storage_is_told(client: Client, settings: object, tmp_path: Path) -> None:
    in_the_way = tmp_path / "file"
    in_the_way.touch()
    blobs = {"BACKEND": "backend.common.blobs.ContentStorage", "OPTIONS": {"location": str(in_the_way)}}
    settings.STORAGES = settings.STORAGES | {"blobs": blobs}  # type: ignore[attr-defined]
    response = client.get("/healthz")
    assert response.status_code == 503
    assert response.json() == {"database": "ok", "broker": "ok", "storage": "unavailable"}
