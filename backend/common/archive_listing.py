"""The tables of contents of zips and tars, read with suspicion; `archives.py` is the entrance."""

import gzip
import io
import stat
import struct
import tarfile
import tempfile
import zipfile
import zlib
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from typing import IO

CHUNK_BYTES = 1 << 20
GIBIBYTE = 1 << 30
TAR_MAGIC, TAR_MAGIC_AT = b"ustar", 257


@dataclass(frozen=True, slots=True)
class ArchiveLimits:
    """How much an archive may ask for.

    Args:
        max_files: regular files in it.
        max_file_bytes: the largest file, unpacked.
        max_total_bytes: all files, unpacked.
        max_ratio: unpacked over packed size, asked only above
            `ratio_floor_bytes`, as small labelmaps pack well.
    """

    max_files: int = 20_000
    max_file_bytes: int = 4 * GIBIBYTE
    max_total_bytes: int = 64 * GIBIBYTE
    max_ratio: float = 200.0
    ratio_floor_bytes: int = GIBIBYTE // 4


class ArchiveError(Exception):
    """An archive that cannot be taken: `code` for programs, `sentence` for people."""

    def __init__(self, code: str, sentence: str) -> None:
        super().__init__(sentence)
        self.code = code
        self.sentence = sentence


@dataclass(frozen=True, slots=True)
class Entry:
    """One regular file of an archive; `name` is relative, with forward slashes."""

    name: str
    size_bytes: int
    open: Callable[[], IO[bytes]]


def list_zip(
    stream: IO[bytes], name: str, limits: ArchiveLimits, packed_bytes: int, stack: ExitStack
) -> Iterator[Entry]:
    if _directory_bytes(stream, packed_bytes) > limits.max_files * 1024 + CHUNK_BYTES:
        raise ArchiveError(
            "too_many_files",
            f"{name}: holds more than {limits.max_files} files; split it",
        )
    try:
        archive = stack.enter_context(zipfile.ZipFile(stream))
    except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError) as error:
        raise ArchiveError("damaged", f"{name}: is a damaged zip ({error}); pack it again") from error
    infos = [info for info in archive.infolist() if not info.is_dir()]
    if sum(info.compress_size for info in infos) > packed_bytes:
        raise ArchiveError("bomb", f"{name}: its files overlap, as in a zip bomb; pack the files again")
    for info in infos:
        _check_zip_entry(info, name)
        # the raw (not yet cleaned) name, which may hide a NUL byte that zipfile cuts off
        yield Entry(info.orig_filename, info.file_size, _zip_opener(archive, info))


def _check_zip_entry(info: zipfile.ZipInfo, name: str) -> None:
    if info.flag_bits & 0x1:
        raise ArchiveError("encrypted", f"{name}: {info.filename} is encrypted; pack it without a password")
    if info.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
        raise ArchiveError(
            "unsupported",
            f"{name}: {info.filename} is packed by a rare method; use ordinary zip (deflate)",
        )
    kind = stat.S_IFMT(info.external_attr >> 16)
    if kind not in (0, stat.S_IFREG):
        raise _not_a_file(info.filename, "a link" if kind == stat.S_IFLNK else "a device", name)


def _zip_opener(archive: zipfile.ZipFile, info: zipfile.ZipInfo) -> Callable[[], IO[bytes]]:
    return lambda: archive.open(info)


def _directory_bytes(stream: IO[bytes], packed_bytes: int) -> int:
    """Size of a zip's table of contents, which `zipfile` reads into memory whole; 0 where there is none."""
    tail_at = max(0, packed_bytes - (1 << 16) - 22)
    stream.seek(tail_at)
    tail = stream.read()
    at = tail.rfind(b"PK\x05\x06")
    if at < 0 or len(tail) < at + 22:
        return 0
    (size,) = struct.unpack_from("<L", tail, at + 12)
    record = at - 20 - 56  # zip64: the large record, then its locator, then the ordinary end record
    if record >= 0 and tail[record : record + 4] == b"PK\x06\x06":
        (size,) = struct.unpack_from("<Q", tail, record + 40)
    return int(size)


def inflate(
    stream: IO[bytes], name: str, limits: ArchiveLimits, packed_bytes: int, stack: ExitStack
) -> IO[bytes]:
    """The tar inside a gzip, as a temporary file that disappears when closed."""
    out = stack.enter_context(tempfile.TemporaryFile())  # noqa: SIM115 (the stack closes it)
    allowed = limits.max_total_bytes + limits.max_files * 2048  # headers and padding come with every file
    total = 0
    try:
        with gzip.GzipFile(fileobj=stream) as source:
            while chunk := source.read(CHUNK_BYTES):
                total += len(chunk)
                if total > allowed:
                    raise too_large(name, name, limits)
                check_ratio(total, packed_bytes, name, limits)
                out.write(chunk)
    except (EOFError, zlib.error, gzip.BadGzipFile) as error:
        raise ArchiveError("damaged", f"{name}: is a damaged .tar.gz ({error}); pack it again") from error
    out.seek(TAR_MAGIC_AT)
    if not out.read(len(TAR_MAGIC)) == TAR_MAGIC:
        raise ArchiveError(
            "not_an_archive", f"{name}: is a single compressed file, not a .tar.gz; pack the folder as .zip"
        )
    out.seek(0)
    return out


def list_tar(stream: IO[bytes], name: str, limits: ArchiveLimits) -> Iterator[Entry]:
    bounded = _BoundedReads(stream)
    try:
        with tarfile.open(fileobj=bounded, mode="r:") as archive:  # type: ignore[call-overload]
            for count, member in enumerate(archive):
                if count > 2 * limits.max_files:  # folders are members too
                    raise ArchiveError("too_many_files", f"{name}: holds too many entries; split it")
                if member.isdir():
                    continue
                if not member.isreg() or member.issparse():
                    kind = "a link" if member.issym() or member.islnk() else "no ordinary file"
                    raise _not_a_file(member.name, kind, name)
                yield Entry(
                    member.name, member.size, _section_opener(stream, member.offset_data, member.size)
                )
    except (tarfile.TarError, EOFError, ValueError, OverflowError) as error:
        raise ArchiveError("damaged", f"{name}: is a damaged tar ({error}); pack it again") from error


class _BoundedReads:
    """A stream for `tarfile`, which would read a header of any announced length into memory."""

    def __init__(self, stream: IO[bytes]) -> None:
        self._stream = stream
        self.seek = stream.seek
        self.tell = stream.tell

    def read(self, size: int) -> bytes:
        if size > CHUNK_BYTES:
            raise tarfile.ReadError("a header of more than 1 MiB")
        return self._stream.read(size)


class _Section(io.RawIOBase):
    """A part of a stream. Several sections may be read in turn, as each seeks first."""

    def __init__(self, stream: IO[bytes], start: int, size: int) -> None:
        self._stream = stream
        self._at = start
        self._end = start + size

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: memoryview) -> int:  # type: ignore[override]
        self._stream.seek(self._at)
        data = self._stream.read(min(len(buffer), self._end - self._at))
        self._at += len(data)
        buffer[: len(data)] = data
        return len(data)


def _section_opener(stream: IO[bytes], start: int, size: int) -> Callable[[], IO[bytes]]:
    return lambda: io.BufferedReader(_Section(stream, start, size), CHUNK_BYTES)


def check_ratio(total: int, packed_bytes: int, subject: str, limits: ArchiveLimits) -> None:
    """Raises ArchiveError, with a sentence about `subject`: the archive, or its file that goes too far."""
    if total > limits.ratio_floor_bytes and total > packed_bytes * limits.max_ratio:
        raise ArchiveError(
            "bomb",
            f"{subject}: makes the archive unpack to more than {limits.max_ratio:.0f} times its size, as a "
            "zip bomb does; pack the volumes as .nii.gz",
        )


def too_large(what: str, name: str, limits: ArchiveLimits) -> ArchiveError:
    allowed = limits.max_total_bytes if what == name else limits.max_file_bytes
    size = f"{allowed / GIBIBYTE:.1f} GiB" if allowed >= GIBIBYTE else f"{allowed >> 20} MiB"
    where = what if what == name else f"{name}: {what}"
    return ArchiveError("too_large", f"{where}: unpacks to more than the {size} allowed; split or crop it")


def _not_a_file(entry: str, kind: str, name: str) -> ArchiveError:
    return ArchiveError("not_a_file", f"{name}: {entry} is {kind}; pack the file itself")
