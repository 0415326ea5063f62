"""Reading bytes of files that nobody vouches for: streamed, bounded, with every breakage named."""

from __future__ import annotations

import io
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO, cast

import numpy as np
import numpy.typing as npt
from isal import isal_zlib

from backend.numerics.errors import VolumeError, VolumeErrorCode

GZIP_MAGIC = b"\x1f\x8b"
# What is made of a chunk finds it in the processor's cache.
CHUNK_BYTES = 1 << 18
_GZIP_WINDOW = 31
# The stubs of isal declare its error as an instance.
_INFLATE_ERRORS = (cast(type[Exception], isal_zlib.error), zlib.error)


@contextmanager
def open_bytes(data: bytes | Path) -> Iterator[BinaryIO]:
    """Open bytes or a file alike for reading."""
    if isinstance(data, Path):
        with data.open("rb") as stream:
            yield stream
    else:
        yield io.BytesIO(data)


def byte_size(data: bytes | Path) -> int:
    return data.stat().st_size if isinstance(data, Path) else len(data)


def read_chunks(stream: BinaryIO) -> Iterator[bytes]:
    while chunk := stream.read(CHUNK_BYTES):
        yield chunk


def inflate_gzip(stream: BinaryIO, *, name: str) -> Iterator[bytes]:
    """Inflate a gzip file (one or several members) in bounded chunks, checking lengths and checksums.

    Raises:
        VolumeError: truncated, corrupt (checksum or stream), or followed by bytes that are not gzip.
    """
    pending = stream.read(CHUNK_BYTES)
    while pending:
        decompressor = isal_zlib.decompressobj(wbits=_GZIP_WINDOW)
        yield from _inflate_member(decompressor, pending, stream, name=name)
        pending = decompressor.unused_data or stream.read(CHUNK_BYTES)
        if len(pending) < len(GZIP_MAGIC):
            pending += stream.read(CHUNK_BYTES)
        if not pending.startswith(GZIP_MAGIC):
            _refuse_trailing_bytes(pending, stream, name=name)
            return


def inflate_zlib(stream: BinaryIO, *, name: str) -> Iterator[bytes]:
    """Inflate one zlib stream, as inside MetaImage, in bounded chunks."""
    pending = stream.read(CHUNK_BYTES)
    decompressor = isal_zlib.decompressobj()
    yield from _inflate_member(decompressor, pending, stream, name=name)
    _refuse_trailing_bytes(decompressor.unused_data, stream, name=name)


def exact_chunks(chunks: Iterator[bytes], size: int, *, name: str) -> Iterator[bytes]:
    """Pass chunks on that hold exactly `size` bytes together; a compression bomb ends at its second chunk.

    Raises:
        VolumeError: the stream ends earlier (truncated) or goes on (size_mismatch).
    """
    taken = 0
    for chunk in chunks:
        taken += len(chunk)
        if taken > size:
            raise VolumeError(
                VolumeErrorCode.SIZE_MISMATCH,
                f"{name}: holds more data than the {size} bytes its header announces; export it again",
            )
        yield chunk
    if taken < size:
        raise VolumeError(
            VolumeErrorCode.TRUNCATED,
            f"{name}: ends after {taken} of the {size} bytes its header announces; export or upload it again",
        )


def read_exactly(chunks: Iterator[bytes], size: int, *, name: str) -> npt.NDArray[np.uint8]:
    """Collect what `exact_chunks` passes on."""
    buffer = np.empty(size, np.uint8)  # memory counts only once it is written to
    view, at = buffer.data, 0
    for chunk in exact_chunks(chunks, size, name=name):
        view[at : at + len(chunk)] = chunk
        at += len(chunk)
    return buffer


def take_prefix(chunks: Iterator[bytes], size: int) -> bytes:
    """Read chunks until at least `size` bytes are there, or the stream ends."""
    prefix = b""
    while len(prefix) < size and (chunk := next(chunks, b"")):
        prefix += chunk
    return prefix


def _inflate_member(
    decompressor: isal_zlib.Decompress, pending: bytes, stream: BinaryIO, *, name: str
) -> Iterator[bytes]:
    """Yield one member's data; what follows it is left in `decompressor.unused_data`."""
    try:
        while not decompressor.eof:
            output = decompressor.decompress(pending, CHUNK_BYTES)
            if output:
                yield output
            pending = decompressor.unconsumed_tail
            if not pending and len(output) < CHUNK_BYTES and not decompressor.eof:
                pending = stream.read(CHUNK_BYTES)
                if not pending:
                    raise VolumeError(
                        VolumeErrorCode.TRUNCATED,
                        f"{name}: the compressed file is cut off; upload it again",
                    )
    except _INFLATE_ERRORS as error:
        raise VolumeError(
            VolumeErrorCode.CORRUPT,
            f"{name}: the compressed data is damaged ({error}); compress and upload it again",
        ) from error


def _refuse_trailing_bytes(pending: bytes, stream: BinaryIO, *, name: str) -> None:
    """Zero padding after a stream is harmless (tapes, block devices); anything else is not."""
    while pending:
        if pending.strip(b"\0"):
            raise VolumeError(
                VolumeErrorCode.TRAILING_DATA,
                f"{name}: other bytes follow the end of the compressed data; compress and upload it again",
            )
        pending = stream.read(CHUNK_BYTES)
