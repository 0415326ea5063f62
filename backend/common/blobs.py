"""Files by content: a blob lies in the storage `blobs` under its SHA-256, and rows hold the digest.

Writing the same bytes twice stores them once. A blob is never changed, and removed only where it was kept
for a while (checkpoints). On a local folder it is written to a temporary name, fsynced and renamed, so a
crash leaves no half file under a digest.
"""

import hashlib
import os
import re
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from django.core.files.base import File
from django.core.files.storage import FileSystemStorage, storages

CHUNK_BYTES = 1 << 20
DIGEST_PATTERN = re.compile(r"[0-9a-f]{64}")


@dataclass(frozen=True, slots=True)
class Blob:
    digest: str
    size_bytes: int


class ContentStorage(FileSystemStorage):
    """A local folder whose files appear whole or not at all, and are never overwritten."""

    def _save(self, name: str, content: File) -> str:
        target = Path(self.path(name))
        target.parent.mkdir(parents=True, exist_ok=True)
        if target.exists():
            return name
        descriptor, temporary = tempfile.mkstemp(dir=target.parent, prefix=".incoming-")
        try:
            with os.fdopen(descriptor, "wb") as out:
                for chunk in content.chunks(CHUNK_BYTES):
                    out.write(chunk)
                out.flush()
                os.fsync(out.fileno())
            Path(temporary).replace(target)
        except BaseException:
            Path(temporary).unlink(missing_ok=True)
            raise
        return name

    def get_available_name(self, name: str, max_length: int | None = None) -> str:
        return name


def put_bytes(data: bytes) -> Blob:
    """Store `data`; storing it again is free."""
    digest = hashlib.sha256(data).hexdigest()
    _save(digest, _BytesFile(data))
    return Blob(digest=digest, size_bytes=len(data))


def put_file(path: Path) -> Blob:
    """Store the file at `path` by its content; the file itself stays."""
    hasher = hashlib.sha256()
    size = 0
    with path.open("rb") as source:
        while chunk := source.read(CHUNK_BYTES):
            hasher.update(chunk)
            size += len(chunk)
        digest = hasher.hexdigest()
        source.seek(0)
        _save(digest, File(source))
    return Blob(digest=digest, size_bytes=size)


def open_blob(digest: str) -> IO[bytes]:
    """Open for reading.

    Raises:
        FileNotFoundError: nothing is stored under this digest.
    """
    return storages["blobs"].open(name_of(digest), "rb")


def read_blob(digest: str) -> bytes:
    with open_blob(digest) as source:
        return source.read()


def blob_size_bytes(digest: str) -> int:
    return storages["blobs"].size(name_of(digest))


def iterate_blob(digest: str) -> Iterator[bytes]:
    with open_blob(digest) as source:
        while chunk := source.read(CHUNK_BYTES):
            yield chunk


def remove(digest: str) -> None:
    """Forget what no row holds any more; the caller has looked."""
    storages["blobs"].delete(name_of(digest))


def name_of(digest: str) -> str:
    if not DIGEST_PATTERN.fullmatch(digest):
        raise ValueError(f"not a SHA-256 digest: {digest!r}")
    return f"{digest[:2]}/{digest}"


class _BytesFile(File):
    def __init__(self, data: bytes) -> None:
        self._data = data
        self.name = None

    def chunks(self, chunk_size: int | None = None) -> Iterator[bytes]:
        yield self._data

    def read(self, *args: object) -> bytes:
        data, self._data = self._data, b""
        return data


def _save(digest: str, content: File) -> None:
    storage = storages["blobs"]
    name = name_of(digest)
    if not storage.exists(name):
        storage.save(name, content)
