"""The programs that make up the platform on one machine: web, workers, scheduler, model worker."""

import os
import socket
import sys
from importlib.util import find_spec
from pathlib import Path

from deploy.local.paths import ROOT, State
from deploy.local.processes import Program
from deploy.local.services import Services

MOST_MODEL_THREADS = 4
# A model worker has nothing but its token.
SECRETS = frozenset(
    {"DATABASE_URL", "REDIS_URL", "BROKER_URL", "SECRET_KEY", "EMAIL_HOST_PASSWORD", "WORKER_TOKENS"}
)


def environment(
    services: Services, state: State, *, settings: str = "backend.settings.embedded"
) -> dict[str, str]:
    """What every program gets: ours, and where the services and the folders are."""
    return os.environ | services.environment() | {
        "DJANGO_SETTINGS_MODULE": os.environ.get("DJANGO_SETTINGS_MODULE", settings),
        "CONSILIUM_VAR": str(state.root),
        "BLOB_ROOT": os.environ.get("BLOB_ROOT", str(state.blobs)),
        "UPLOAD_ROOT": os.environ.get("UPLOAD_ROOT", str(state.uploads)),
        "PYTHONUNBUFFERED": "1",
        "PYTHONPATH": str(ROOT),
        # The workers are the parallelism: threads inside a worker would only fight for the same cores.
        "OMP_NUM_THREADS": os.environ.get("OMP_NUM_THREADS", "1"),
        "NUMBA_NUM_THREADS": os.environ.get("NUMBA_NUM_THREADS", "1"),
        # Compiled kernels are kept, so that a new worker does not compile them again.
        "NUMBA_CACHE_DIR": os.environ.get("NUMBA_CACHE_DIR", str(state.root / "cache" / "numba")),
    }  # fmt: skip


def manage(*arguments: str) -> list[str | Path]:
    return [sys.executable, ROOT / "manage.py", *arguments]


def web(*, host: str, port: int) -> Program:
    return Program(
        name="web",
        command=[
            sys.executable, "-m", "uvicorn", "backend.asgi:application", "--host", host, "--port", str(port),
            "--no-access-log", "--log-level", "warning", "--timeout-graceful-shutdown", "5",
            "--lifespan", "off", "--ws-max-size", "65536",
        ],
    )  # fmt: skip


def worker(name: str, *, queues: str, processes: int, state: State) -> Program:
    return Program(
        name=name,
        command=[
            sys.executable, "-m", "celery", "-A", "backend.celery", "worker", "--queues", queues,
            "--concurrency", str(processes), "--hostname", f"{name}@{state.root.name}-%h",
            "--without-gossip", "--without-mingle", "--loglevel", "info",
        ],
        patience_s=15,
    )  # fmt: skip


def beat(state: State) -> Program:
    return Program(
        name="beat",
        command=[
            sys.executable, "-m", "celery", "-A", "backend.celery", "beat", "--loglevel", "warning",
            "--pidfile", "", "--schedule", state.root / "celerybeat-schedule",
        ],
    )  # fmt: skip


def has_torch() -> bool:
    """Whether models can run here. torch itself is not imported: that takes seconds."""
    return find_spec("torch") is not None


def model_worker(*, address: str, state: State, name: str = "", threads: int = 1) -> Program:
    """Takes what fits here: jobs for a GPU too, where torch finds one. Its name outlives a restart."""
    return Program(
        name="model-worker",
        command=[
            sys.executable, "-m", "workers", "serve", "--address", address,
            "--token-file", state.worker_token, "--name", name or socket.gethostname(),
            "--cpu-threads", str(threads),
        ],
        patience_s=15,
        withheld=SECRETS,
    )  # fmt: skip


def everything(state: State, *, host: str, port: int, cpu_processes: int) -> list[Program]:
    """One web process, a worker for computing and for moving files, the scheduler; a model worker where there
    is torch."""
    programs = [
        web(host=host, port=port),
        worker("worker", queues="cpu,io", processes=cpu_processes, state=state),
        beat(state),
    ]
    if has_torch():
        reached = "127.0.0.1" if host == "0.0.0.0" else host  # noqa: S104
        threads = min(MOST_MODEL_THREADS, max(1, (os.cpu_count() or 1) // 2))
        programs.append(model_worker(address=f"http://{reached}:{port}", state=state, threads=threads))
    return programs
