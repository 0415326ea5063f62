"""Where the local services keep their files, and how to stay inside the limits of a Unix socket's path."""

import hashlib
import os
import tempfile
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]

# sun_path is 108 bytes on Linux and 104 on macOS, with the closing NUL.
MAX_SOCKET_PATH = 103


@dataclass(frozen=True)
class State:
    """The folders below `var/`, or below a test's temporary folder: everything a running platform keeps."""

    root: Path

    @classmethod
    def default(cls) -> "State":
        return cls(Path(os.environ.get("CONSILIUM_VAR", ROOT / "var")).resolve())

    @property
    def postgres(self) -> Path:
        return self.root / "postgres"

    @property
    def valkey(self) -> Path:
        return self.root / "valkey"

    @property
    def blobs(self) -> Path:
        return self.root / "blobs"

    @property
    def uploads(self) -> Path:
        return self.root / "uploads"

    @property
    def log(self) -> Path:
        return self.root / "log"

    @property
    def secret_key(self) -> Path:
        return self.root / "secret_key"

    @property
    def worker_token(self) -> Path:
        """What the model worker of this machine shows; the settings make it."""
        return self.root / "worker_token"

    @property
    def lock(self) -> Path:
        return self.root / "up.lock"

    @property
    def processes(self) -> Path:
        """Process ids of the last run, so that the next one can end what a SIGKILL left behind."""
        return self.root / "processes.json"

    def create(self) -> None:
        for folder in (self.root, self.blobs, self.uploads, self.log):
            folder.mkdir(parents=True, exist_ok=True)


def socket_folder(preferred: Path, *, socket_name: str) -> Path:
    """`preferred` if a socket in it has a legal path, else a short folder named by the hash of it."""
    if len(os.fsencode(preferred / socket_name)) <= MAX_SOCKET_PATH:
        return preferred
    return short_folder(preferred)


def short_folder(path: Path) -> Path:
    """A short name for `path` in the system's folder for temporary files; the same at each call."""
    digest = hashlib.sha256(os.fsencode(path)).hexdigest()[:12]
    folder = Path(tempfile.gettempdir()) / f"consilium-{os.getuid()}-{digest}"
    if len(os.fsencode(folder / ".s.PGSQL.5432")) > MAX_SOCKET_PATH:
        folder = Path("/tmp") / folder.name
    return folder


def outside_folder(path: Path) -> Path:
    """A folder for what belongs to `path` but must lie where an unprivileged account can reach it.

    Raises:
        PermissionError: it exists and belongs to somebody else.
    """
    folder = Path("/var/tmp") / short_folder(path).name
    folder.mkdir(mode=0o711, exist_ok=True)
    if folder.is_symlink() or folder.lstat().st_uid != os.getuid():
        raise PermissionError(f"{folder} is not ours: remove it and start again")
    folder.chmod(0o711)
    return folder


def make_private(folder: Path, *, uid: int, gid: int) -> None:
    """Create `folder` with mode 0700 for `uid`.

    Raises:
        PermissionError: it exists and belongs to somebody else, who could read or replace what we put there.
    """
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    found = folder.lstat()
    if folder.is_symlink() or found.st_uid not in (uid, os.getuid()):
        raise PermissionError(
            f"{folder} belongs to user {found.st_uid}, not to us: remove it and start again"
        )
    if found.st_uid != uid:
        os.chown(folder, uid, gid)
    folder.chmod(0o700)
