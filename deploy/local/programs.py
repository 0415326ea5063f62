"""The programs that make up the platform on one machine: web, workers, scheduler."""

import os
import sys
from pathlib import Path

from deploy.local.paths import ROOT, State
from deploy.local.processes import Program
from deploy.local.services import Services


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


def everything(state: State, *, host: str, port: int, cpu_processes: int) -> list[Program]:
    """One web process, a worker that computes, a worker that moves files, and the scheduler."""
    return [
        web(host=host, port=port),
        worker("worker", queues="cpu,io", processes=cpu_processes, state=state),
        beat(state),
    ]
