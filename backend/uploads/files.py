"""An upload's file: one writer at a time, and bytes count only once they are on the disk."""

import contextlib
import fcntl
import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import BinaryIO

from django.http import UnreadablePostError

BLOCK_BYTES = 1 << 20


class FileBusy(Exception):
    """Another request is writing this file."""


def create(path: Path) -> None:
    """An empty file that only this account can read."""
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    os.close(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600))


@contextlib.contextmanager
def locked(path: Path) -> Iterator[BinaryIO]:
    """The file for writing, held alone.

    Raises:
        FileBusy: another request holds it.
        FileNotFoundError: it is gone.
    """
    with path.open("r+b") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise FileBusy from None
        yield file


def append(file: BinaryIO, read: Callable[[int], bytes], *, offset_bytes: int, most_bytes: int) -> int:
    """Write what `read` gives, at most `most_bytes`, from `offset_bytes` on, and sync it to the disk.

    A body that breaks off in the middle keeps what had arrived. Bytes beyond `offset_bytes` that an earlier
    crash left behind are dropped first: they may never have reached the disk.

    Returns:
        How many bytes were written.
    """
    file.truncate(offset_bytes)
    file.seek(offset_bytes)
    written = 0
    try:
        while written < most_bytes and (block := read(min(BLOCK_BYTES, most_bytes - written))):
            file.write(block)
            written += len(block)
    except UnreadablePostError:  # the client went away
        pass
    file.flush()
    os.fsync(file.fileno())
    return written
