"""The two services that the platform needs, from the environment or embedded."""

import contextlib
import json
import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from deploy.local import postgres, valkey
from deploy.local.paths import State

ADDRESSES = "services.json"


@dataclass(frozen=True)
class Services:
    """Where PostgreSQL and Valkey listen. No handle: somebody else's server."""

    database_url: str
    redis_url: str
    database: postgres.Postgres | None = None
    broker: valkey.Valkey | None = None

    def environment(self) -> dict[str, str]:
        return {"DATABASE_URL": self.database_url, "REDIS_URL": self.redis_url}


@contextlib.contextmanager
def persistent(state: State) -> Iterator[Services]:
    """The services of `make up`: those of DATABASE_URL and REDIS_URL, else embedded with data in `state`."""
    with _started(state, durable=True, external=True) as services:
        addresses = state.root / ADDRESSES
        addresses.touch(mode=0o600)
        addresses.write_text(json.dumps(services.environment()))
        try:
            yield services
        finally:
            addresses.unlink(missing_ok=True)


def running() -> dict[str, str]:
    """DATABASE_URL and REDIS_URL of the `make up` that runs now, for a second terminal; else empty."""
    try:
        found: dict[str, str] = json.loads((State.default().root / ADDRESSES).read_text())
    except (FileNotFoundError, json.JSONDecodeError):
        return {}
    return found


@contextlib.contextmanager
def ephemeral(folder: Path) -> Iterator[Services]:
    """Fresh embedded services below `folder`, fast and without durability, whatever the environment says.

    The caller removes `folder`.
    """
    state = State(folder.resolve())
    try:
        with _started(state, durable=False, external=False) as services:
            yield services
    finally:
        postgres.remove_data(state.postgres)


@contextlib.contextmanager
def _started(state: State, *, durable: bool, external: bool) -> Iterator[Services]:
    state.create()
    database_url = os.environ.get("DATABASE_URL") if external else None
    redis_url = os.environ.get("REDIS_URL") if external else None
    with contextlib.ExitStack() as stack:
        database = broker = None
        if not database_url:
            database = postgres.start(state.postgres, log=state.log / "postgres.log", durable=durable)
            stack.callback(database.stop)
            database_url = database.url()
        if not redis_url:
            broker = valkey.start(state.valkey, log=state.log / "valkey.log", durable=durable)
            stack.callback(broker.stop)
            redis_url = broker.url()
        yield Services(database_url=database_url, redis_url=redis_url, database=database, broker=broker)
