"""The worker's own process against the platform's own API: claims, fetches, predicts, reports."""

import subprocess
import sys
import time
from pathlib import Path

import pytest
import torch
from pytest_django.live_server_helper import LiveServer
from safetensors.torch import save

from backend.algorithms import runs
from backend.algorithms.models import AlgorithmVersion, Run, RunCase, Worker, WorkStatus
from backend.common import blobs
from deploy.local.paths import ROOT
from tests.factories.algorithms import TOKEN, config_json, make_model
from tests.factories.challenges import ChallengeFactory
from tests.factories.datasets import import_cases, make_dataset
from tests.factories.phases import PhaseFactory
from tests.jobs import run_due_jobs
from workers import contract
from workers.zoo import build

PATIENCE_S = 120
SETTINGS = {"widths": [4, 8], "blocks": [1, 1]}


@pytest.mark.django_db(transaction=True)
def test_trusted_model_runs_on_a_case(live_server: LiveServer, tmp_path: Path) -> None:
    """The weights are random: that it is computed and comes back on the case's grid is all that is asked."""
    challenge = ChallengeFactory()
    version = import_cases(make_dataset(challenge), "A")
    PhaseFactory(challenge=challenge, dataset_version=version)
    model = make_model(challenge, challenge.created_by, settings=SETTINGS)
    AlgorithmVersion.objects.filter(pk=model.pk).update(weights_digest=_random_weights())
    run = runs.start_trial(user=challenge.created_by, version_id=model.pk)
    with (tmp_path / "log").open("w+") as log, _worker(live_server.url, tmp_path, log=log.fileno()) as worker:
        try:
            _wait_for_checking(run, worker)
        finally:
            worker.terminate()
            worker.wait(30)
            log.seek(0)
            print(log.read())
    run_due_jobs()
    run.refresh_from_db()
    row = run.cases.get()
    assert (run.status, row.status) == (WorkStatus.DONE, RunCase.Status.DONE), run.reason
    assert set(row.seconds) >= {"read", "compute", "write"}
    assert Worker.objects.get().name == "real"


def _random_weights() -> str:
    torch.manual_seed(1)
    network = build(contract.read(contract.ModelConfig, config_json(settings=SETTINGS)))
    return blobs.put_bytes(
        save({f"network.{name}": one for name, one in network.state_dict().items()})
    ).digest


def _worker(address: str, folder: Path, *, log: int) -> subprocess.Popen[bytes]:
    token = folder / "token"
    token.write_text(TOKEN)
    command = [sys.executable, "-m", "workers", "serve", "--address", address, "--name", "real"]
    command += ["--token-file", str(token), "--queues", "model-cpu", "--cpu-threads", "1"]
    return subprocess.Popen(command, cwd=ROOT, stdout=log, stderr=log)


def _wait_for_checking(run: Run, worker: subprocess.Popen[bytes]) -> None:
    end = time.monotonic() + PATIENCE_S
    while time.monotonic() < end and worker.poll() is None:
        run.refresh_from_db()
        if run.stage == "checking" or run.status == WorkStatus.FAILED:
            return
        time.sleep(0.3)
    raise AssertionError(f"the worker did not end the run: {run.status} {run.stage} {run.reason}")
