"""The embedded PostgreSQL and Valkey, really started, killed and started again."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import psutil
import psycopg
import pytest
import redis

from deploy.local import postgres, services, valkey
from deploy.local.account import database_account
from deploy.local.paths import MAX_SOCKET_PATH, ROOT, State

HOLD_SERVICES = """
import sys, time
from pathlib import Path
from deploy.local import services
from deploy.local.paths import State
with services.persistent(State(Path(sys.argv[1]))) as started:
    print(started.database.process.pid, started.broker.process.pid, flush=True)
    time.sleep(120)
"""


@pytest.fixture
def state(tmp_path: Path) -> Iterator[State]:
    state = State(tmp_path / "var")
    state.create()
    yield state
    postgres.remove_data(state.postgres)


@pytest.fixture(autouse=True)
def embedded(monkeypatch: pytest.MonkeyPatch) -> None:
    """Without addresses in the environment: those of the test run itself are of no interest here."""
    monkeypatch.delenv("DATABASE_URL", raising=False)
    monkeypatch.delenv("REDIS_URL", raising=False)


def test_ephemeral_services_answer_within_seconds_and_leave_nothing(tmp_path: Path) -> None:
    began = time.monotonic()
    with services.ephemeral(tmp_path / "services") as started:
        assert time.monotonic() - began < 20
        with psycopg.connect(started.database_url) as connection:
            version, collation = connection.execute(
                "SELECT current_setting('server_version_num')::int, datcollate FROM pg_database"
                " WHERE datname = current_database()"
            ).fetchone()  # type: ignore[misc]
        assert version >= 150000
        assert collation == "C.UTF-8"
        assert redis.Redis.from_url(started.redis_url).ping()
        assert started.database is not None
        assert started.broker is not None
        pids = [started.database.process.pid, started.broker.process.pid]
        data = (tmp_path / "services" / "postgres").resolve()
    assert not any(psutil.pid_exists(pid) for pid in pids)
    assert not data.exists()


def test_data_outlive_a_restart(state: State) -> None:
    with services.persistent(state) as started:
        with psycopg.connect(started.database_url) as connection:
            connection.execute("CREATE TABLE kept AS SELECT 7 AS value")
        redis.Redis.from_url(started.redis_url).set("kept", "7")
    with services.persistent(state) as started:
        with psycopg.connect(started.database_url) as connection:
            assert connection.execute("SELECT value FROM kept").fetchone() == (7,)
        assert redis.Redis.from_url(started.redis_url).get("kept") == b"7"


def test_data_outlive_sigkill_of_the_servers(state: State) -> None:
    log = state.log / "postgres.log"
    server = postgres.start(state.postgres, log=log)
    with psycopg.connect(server.url()) as connection:
        connection.execute("CREATE TABLE kept AS SELECT 7 AS value")
    os.killpg(server.process.pid, signal.SIGKILL)
    server.process.wait()
    assert (state.postgres.resolve() / "postmaster.pid").exists()  # the stale lock a crash leaves

    again = postgres.start(state.postgres, log=log)
    try:
        with psycopg.connect(again.url()) as connection:
            assert connection.execute("SELECT value FROM kept").fetchone() == (7,)
    finally:
        again.stop()

    broker = valkey.start(state.valkey, log=state.log / "valkey.log")
    redis.Redis.from_url(broker.url()).set("kept", "7")
    time.sleep(1.2)  # the append-only file is synced each second
    os.killpg(broker.process.pid, signal.SIGKILL)
    broker.process.wait()
    assert broker.socket.exists()
    broker = valkey.start(state.valkey, log=state.log / "valkey.log")
    try:
        assert redis.Redis.from_url(broker.url()).get("kept") == b"7"
    finally:
        broker.stop()


def test_a_stale_lock_with_the_number_of_a_living_stranger_is_removed(state: State) -> None:
    log = state.log / "postgres.log"
    postgres.start(state.postgres, log=log).stop()
    account = database_account(existing=state.postgres)
    stranger = subprocess.Popen(["sleep", "60"], **account.spawn_arguments())
    try:
        lock = state.postgres.resolve() / "postmaster.pid"
        lock.write_text(f"{stranger.pid}\n{state.postgres.resolve()}\n0\n5432\n")
        server = postgres.start(state.postgres, log=log)
        server.stop()
        assert stranger.poll() is None
    finally:
        stranger.kill()
        stranger.wait()


def test_a_server_left_running_is_ended_and_replaced(state: State) -> None:
    first = postgres.start(state.postgres, log=state.log / "postgres.log")
    second = postgres.start(state.postgres, log=state.log / "postgres.log")
    try:
        assert first.process.wait(timeout=10) == 0
        psycopg.connect(second.url()).close()
    finally:
        second.stop()


@pytest.mark.skipif(sys.platform != "linux", reason="the parent's death is signalled on Linux only")
def test_services_end_when_their_parent_is_killed(state: State) -> None:
    parent = subprocess.Popen(
        [sys.executable, "-c", HOLD_SERVICES, str(state.root)], stdout=subprocess.PIPE, text=True, cwd=ROOT
    )
    assert parent.stdout is not None
    children = [psutil.Process(int(pid)) for pid in parent.stdout.readline().split()]
    parent.kill()
    parent.wait()
    parent.stdout.close()
    _, alive = psutil.wait_procs(children, timeout=15)
    assert not alive


def test_only_we_and_the_servers_account_can_reach_the_sockets(state: State) -> None:
    with services.persistent(state) as started:
        assert started.database is not None
        assert started.broker is not None
        assert started.database.socket_folder.stat().st_mode & 0o077 == 0
        assert started.broker.socket.parent.stat().st_mode & 0o077 == 0
        listening = [
            connection
            for process in (started.database.process, started.broker.process)
            for connection in psutil.Process(process.pid).net_connections(kind="inet")
        ]
        assert listening == []
        if os.geteuid() == 0:
            assert psutil.Process(started.database.process.pid).uids().effective != 0


def test_long_checkout_paths_get_a_short_socket_folder(tmp_path: Path) -> None:
    state = State(tmp_path / ("long-" * 20) / "var")
    try:
        with services.persistent(state) as started:
            assert started.broker is not None
            assert len(os.fsencode(started.broker.socket)) <= MAX_SOCKET_PATH
            assert redis.Redis.from_url(started.redis_url).ping()
            psycopg.connect(started.database_url).close()
    finally:
        postgres.remove_data(state.postgres)


def test_data_of_another_major_version_are_refused_in_words(state: State) -> None:
    postgres.start(state.postgres, log=state.log / "postgres.log").stop()
    (state.postgres.resolve() / "PG_VERSION").write_text("11\n")
    with pytest.raises(postgres.PostgresError, match="was written by PostgreSQL 11"):
        postgres.start(state.postgres, log=state.log / "postgres.log")


def test_services_of_the_environment_are_used_instead(
    state: State, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    with services.ephemeral(tmp_path / "external") as external:
        monkeypatch.setenv("DATABASE_URL", external.database_url)
        monkeypatch.setenv("REDIS_URL", external.redis_url)
        with services.persistent(state) as started:
            assert started.database_url == external.database_url
            assert started.database is None
            assert started.broker is None
    assert not state.postgres.exists()
