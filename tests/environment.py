"""The pytest plugin that gives a test run its own PostgreSQL, Valkey and folders, before settings are read.

The main process starts the services once; the processes of `pytest -n` inherit their addresses. Each process
has a database of its own (pytest-django's suffix) and a Valkey database of its own, so that none sees
another's rows or messages.
"""

import contextlib
import os
import shutil
import signal
import tempfile
from collections.abc import Generator
from pathlib import Path

import pytest

from deploy.local import services
from deploy.local.paths import ROOT

RUN_FOLDER = "CONSILIUM_TEST_RUN"


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_load_initial_conftests(early_config: pytest.Config) -> Generator[None, None, None]:
    # A wrapper runs before pytest-django's own hook of this name, which reads the settings.
    worker = os.environ.get("PYTEST_XDIST_WORKER")
    if worker is None:
        _start_services(early_config)
    folder = Path(os.environ[RUN_FOLDER]) / (worker or "main")
    folder.mkdir(exist_ok=True)
    number = 0 if worker is None else 1 + int(worker.removeprefix("gw"))
    os.environ["REDIS_URL"] = f"{os.environ['REDIS_URL'].partition('?')[0]}?db={number}"
    os.environ["BLOB_ROOT"] = str(folder / "blobs")
    os.environ["UPLOAD_ROOT"] = str(folder / "uploads")
    # The processes of the run are the parallelism: threads within would only wait for each other, busily.
    os.environ.setdefault("OMP_NUM_THREADS", "1")
    # Kernels compiled once serve every later run, and every platform of this checkout.
    os.environ.setdefault("NUMBA_CACHE_DIR", str(ROOT / "var" / "cache" / "numba"))
    return (yield)


def _start_services(config: pytest.Config) -> None:
    stack = contextlib.ExitStack()
    config.add_cleanup(stack.close)
    # Ended from outside (a time limit, CI), we still clean up.
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    folder = tempfile.mkdtemp(prefix="consilium-test-")
    Path(folder).chmod(0o711)  # PostgreSQL's account passes through, when we are root
    stack.callback(shutil.rmtree, folder, ignore_errors=True)
    started = stack.enter_context(services.ephemeral(Path(folder) / "services"))
    os.environ[RUN_FOLDER] = folder
    os.environ.update(started.environment())
