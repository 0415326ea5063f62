"""Archives that people send: .zip, .tar and .tar.gz, listed and read without trusting a byte of them.

`open_archive` reads the whole table of contents first and refuses the archive for what would be unsafe:
names that leave the folder they are unpacked into, links and devices, names that occur twice, encryption,
too many files, too many bytes. Sizes are bounded by what is really read, not only by what the archive says.
A compressed tar is inflated once into a temporary file, so that its files can be opened in any order.
"""

import io
import re
import shutil
import stat
import unicodedata
import zipfile
import zlib
from collections.abc import Iterable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from types import TracebackType
from typing import IO, Self

from backend.common.archive_listing import (
    CHUNK_BYTES,
    TAR_MAGIC,
    TAR_MAGIC_AT,
    ArchiveError,
    ArchiveLimits,
    Entry,
    check_ratio,
    inflate,
    list_tar,
    list_zip,
    too_large,
)

__all__ = ["Archive", "ArchiveError", "ArchiveLimits", "open_archive", "pack_folder"]

LONGEST_NAME_BYTES = 400
LONGEST_PART_BYTES = 255  # of a file system
ZIP_MAGICS = (b"PK\x03\x04", b"PK\x05\x06")
GZIP_MAGIC = b"\x1f\x8b"


class Archive:
    """The regular files of an opened archive. Close it, or use it in a `with` statement."""

    def __init__(self, name: str, entries: dict[str, Entry], resources: ExitStack) -> None:
        self.name = name
        self._entries = entries
        self._resources = resources

    def names(self) -> list[str]:
        """The files' names in the archive's own order."""
        return list(self._entries)

    def size_bytes(self, name: str) -> int:
        """Unpacked size of a file, as announced; reading it fails where this is untrue."""
        return self._entries[name].size_bytes

    def open_stream(self, name: str) -> IO[bytes]:
        """Open one file for reading.

        Raises:
            KeyError: there is no such file.
            ArchiveError: damaged; also raised while reading.
        """
        entry = self._entries[name]
        return io.BufferedReader(_CheckedStream(entry, self.name), CHUNK_BYTES)

    def read(self, name: str) -> bytes:
        with self.open_stream(name) as stream:
            return stream.read()

    def extract_to(self, name: str, folder: Path) -> Path:
        """Write one file under `folder`, in the subfolders of its name, and return where it lies."""
        target = folder / name
        target.parent.mkdir(parents=True, exist_ok=True)
        with self.open_stream(name) as source, target.open("wb") as out:
            shutil.copyfileobj(source, out, CHUNK_BYTES)
        return target

    def close(self) -> None:
        self._resources.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


def open_archive(source: Path | IO[bytes], *, limits: ArchiveLimits | None = None, name: str = "") -> Archive:
    """Open an archive and list it; what it is, its bytes decide.

    Args:
        source: where it lies, or a seekable stream (closed with the archive).
        limits: what it may ask for.
        name: how its owner calls it, for sentences; the file's own name if empty.

    Raises:
        ArchiveError: not_an_archive, damaged, encrypted, unsupported, unsafe_name, not_a_file,
            duplicate_name, too_many_files, too_large, bomb, empty.
    """
    limits = limits or ArchiveLimits()
    with ExitStack() as stack:
        stream = stack.enter_context(source.open("rb") if isinstance(source, Path) else source)
        name = name or (source.name if isinstance(source, Path) else "the archive")
        prefix = stream.read(512)
        packed_bytes = stream.seek(0, io.SEEK_END)
        stream.seek(0)
        if prefix.startswith(ZIP_MAGICS):
            found = list_zip(stream, name, limits, packed_bytes, stack)
        elif prefix.startswith(GZIP_MAGIC):
            inflated = inflate(stream, name, limits, packed_bytes, stack)
            found = list_tar(inflated, name, limits)
        elif prefix[TAR_MAGIC_AT:].startswith(TAR_MAGIC):
            found = list_tar(stream, name, limits)
        else:
            raise ArchiveError(
                "not_an_archive", f"{name}: is no .zip, .tar or .tar.gz; pack the files as .zip"
            )
        entries = _check_entries(found, name, limits, packed_bytes)
        return Archive(name, entries, stack.pop_all())


def pack_folder(folder: Path, target: Path) -> None:
    """Write every regular file under `folder` into an uncompressed zip, in the order of their names.

    Raises:
        ArchiveError: `not_a_file` for a link that leads out of the folder.
    """
    root = folder.resolve()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_STORED, allowZip64=True) as out:
        for path in sorted(root.rglob("*")):
            if not path.is_file():
                continue
            name = path.relative_to(root).as_posix()
            if not path.resolve().is_relative_to(root):
                raise ArchiveError(
                    "not_a_file",
                    f"{folder.name}: {name} is a link out of the folder; copy the file in its place",
                )
            # A fixed time makes the same folder the same archive.
            info = zipfile.ZipInfo(name, date_time=(1980, 1, 1, 0, 0, 0))
            info.external_attr = (stat.S_IFREG | 0o644) << 16
            with path.open("rb") as source, out.open(info, "w", force_zip64=True) as entry:
                shutil.copyfileobj(source, entry, CHUNK_BYTES)


def clean_name(name: str, *, archive: str) -> str:
    """Return the entry's name as a relative path with forward slashes, in Unicode's composed form.

    Raises:
        ArchiveError: `unsafe_name` where it would lie outside the folder, or is no name at all.
    """
    shown = ascii(name)[1:-1][:120]
    slashed = unicodedata.normalize("NFC", name).replace("\\", "/")
    encoded = slashed.encode("utf-8", "replace")
    longest = max(len(part) for part in encoded.split(b"/"))
    if (
        re.search(r"[\x00-\x1f\x7f]", slashed)
        or len(encoded) > LONGEST_NAME_BYTES
        or longest > LONGEST_PART_BYTES
    ):
        raise ArchiveError("unsafe_name", f"{archive}: a file's name is unusable ({shown}); rename it")
    if slashed.startswith("/") or re.match(r"[A-Za-z]:", slashed):
        raise ArchiveError(
            "unsafe_name", f"{archive}: {shown} is an absolute path; pack the folder with relative names"
        )
    parts = [part for part in slashed.split("/") if part not in ("", ".")]
    if ".." in parts:
        raise ArchiveError(
            "unsafe_name",
            f"{archive}: {shown} points outside the archive; pack the folder again without '..'",
        )
    if not parts:
        raise ArchiveError("unsafe_name", f"{archive}: a file has no name; pack the folder again")
    return "/".join(parts)


class _CheckedStream(io.RawIOBase):
    """An entry's bytes: exactly as many as announced, and damage told in our words."""

    def __init__(self, entry: Entry, archive: str) -> None:
        self._entry = entry
        self._archive = archive
        self._left = entry.size_bytes
        with self._damage_told():
            self._source = entry.open()

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: memoryview) -> int:  # type: ignore[override]
        with self._damage_told():
            data = self._source.read(min(len(buffer), CHUNK_BYTES))
            if len(data) > self._left or (not data and self._left):
                raise EOFError("its length is not the announced one")
        self._left -= len(data)
        buffer[: len(data)] = data
        return len(data)

    def close(self) -> None:
        if not self.closed:
            self._source.close()
        super().close()

    @contextmanager
    def _damage_told(self) -> Iterator[None]:
        try:
            yield
        except (zipfile.BadZipFile, zlib.error, EOFError) as error:
            raise ArchiveError(
                "damaged",
                f"{self._archive}: {self._entry.name} is damaged ({error}); pack and upload it again",
            ) from error


def _check_entries(
    found: Iterable[Entry], name: str, limits: ArchiveLimits, packed_bytes: int
) -> dict[str, Entry]:
    """Names made clean, and no more of anything than the limits allow."""
    entries: dict[str, Entry] = {}
    total = 0
    for entry in found:
        clean = clean_name(entry.name, archive=name)
        if clean in entries:
            raise ArchiveError("duplicate_name", f"{name}: {clean} occurs twice; keep one of them")
        total += entry.size_bytes
        if len(entries) == limits.max_files:
            raise ArchiveError(
                "too_many_files",
                f"{name}: holds more than {limits.max_files} files; split it into several archives",
            )
        if entry.size_bytes > limits.max_file_bytes or total > limits.max_total_bytes:
            raise too_large(clean if entry.size_bytes > limits.max_file_bytes else name, name, limits)
        check_ratio(total, packed_bytes, f"{name}: {clean}", limits)
        entries[clean] = Entry(clean, entry.size_bytes, entry.open)
    if not entries:
        raise ArchiveError("empty", f"{name}: holds no files; pack the folder again")
    for clean in entries:
        parent = clean.rpartition("/")[0]
        while parent:
            if parent in entries:
                raise ArchiveError("duplicate_name", f"{name}: {parent} is both file and folder; rename one")
            parent = parent.rpartition("/")[0]
    return entries
