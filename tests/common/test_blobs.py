"""Files by content: stored once, whole or not at all, found by digest."""

import hashlib
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.core.files.base import File
from django.core.files.storage import storages

from backend.common import blobs

DATA = b"voxels" * 1000


def stored_files() -> list[Path]:
    return [path for path in Path(storages["blobs"].location).rglob("*") if path.is_file()]


def test_bytes_come_back_by_their_digest() -> None:
    blob = blobs.put_bytes(DATA)
    assert blob == blobs.Blob(digest=hashlib.sha256(DATA).hexdigest(), size_bytes=len(DATA))
    assert blobs.read_blob(blob.digest) == DATA
    assert b"".join(blobs.iterate_blob(blob.digest)) == DATA
    assert blobs.blob_size_bytes(blob.digest) == len(DATA)


def test_file_and_bytes_of_one_content_are_one_blob(tmp_path: Path) -> None:
    content = tmp_path.name.encode()
    path = tmp_path / "file"
    path.write_bytes(content)
    before = len(stored_files())
    assert blobs.put_file(path) == blobs.put_bytes(content)
    assert len(stored_files()) == before + 1
    assert path.read_bytes() == content


def test_empty_file_is_a_blob(tmp_path: Path) -> None:
    path = tmp_path / "empty"
    path.touch()
    blob = blobs.put_file(path)
    assert (blob.size_bytes, blobs.read_blob(blob.digest)) == (0, b"")


def test_unknown_digest_is_not_found() -> None:
    with pytest.raises(FileNotFoundError):
        blobs.open_blob("0" * 64)


@pytest.mark.parametrize("text", ["", "../../etc/passwd", "A" * 64, "0" * 63, "0" * 64 + "\n"])
def test_only_digests_name_blobs(text: str) -> None:
    with pytest.raises(ValueError, match="not a SHA-256 digest"):
        blobs.name_of(text)


def test_write_that_breaks_off_leaves_nothing(tmp_path: Path) -> None:
    class Broken(File):
        def chunks(self, chunk_size: int | None = None) -> Iterator[bytes]:
            yield b"the first half"
            raise OSError("disk is gone")

    before = stored_files()
    with pytest.raises(OSError, match="disk is gone"):
        storages["blobs"].save("ab/" + "a" * 64, Broken(None))
    assert stored_files() == before
