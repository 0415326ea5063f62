"""The worker: asks for work, does it, says how it ended, and asks again; until it is told to go.

Nothing of a job stays here: files lie in a private folder while it runs. A worker that dies takes nothing
with it either, for the platform gives the job to another once no heartbeat has come for a while, and of a run
only the cases that are not done.
"""

from __future__ import annotations

import importlib
import tempfile
import threading
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Final

import structlog

from workers.client import Client, GivenUp, Job, JobGone, NotAllowed, Refused, Unreachable
from workers.contract import (
    ContractError,
    Device,
    Ending,
    Introduction,
    Queue,
    Reason,
    RunRequest,
    TrainingRequest,
    to_json,
)
from workers.devices import LocalDevice, turn_on_gpu
from workers.heartbeat import Heartbeat, memory_of
from workers.job import Stopped, Tools
from workers.sandbox.reasons import reason_of, sentence_of

_log = structlog.get_logger(__name__)

_FIRST_PAUSE_S, _LONGEST_PAUSE_S, AWAY_PAUSE_S = 1.0, 3.0, 10.0
_FAREWELL_S = 5.0

# What does which job: `perform(request, tools) -> Ending`. Imported once needed: each brings much along.
PERFORMERS: Final = {
    RunRequest: "workers.runner:run",
    TrainingRequest: "workers.trainer:train",
}


class Worker:
    """One worker: one job at a time.

    Args:
        queues: of which it takes jobs; GPU jobs only while a GPU is free.
        sandbox: whether untrusted models can be isolated here.
        leaving: once set, the job at hand is given back and `serve` returns.
        away_pause_s: between two questions while the platform does not answer.
    """

    def __init__(
        self,
        client: Client,
        *,
        name: str,
        devices: tuple[LocalDevice, ...],
        queues: tuple[Queue, ...],
        sandbox: bool,
        threads: int,
        leaving: threading.Event,
        away_pause_s: float = AWAY_PAUSE_S,
    ) -> None:
        self._client, self._name, self._devices, self._queues = client, name, devices, queues
        self._sandbox, self._threads, self._leaving = sandbox, threads, leaving
        self._away_pause_s = away_pause_s

    def serve(self) -> None:
        """Until told to leave.

        Raises:
            NotAllowed: the token is wrong, which no waiting mends.
        """
        pause = _FIRST_PAUSE_S
        while not self._leaving.is_set():
            with turn_on_gpu(self._devices) as gpu:
                job, failed = self._claim(gpu)
                if job is not None:
                    self._do(job, gpu)
                    pause = _FIRST_PAUSE_S
                    continue
            self._leaving.wait(self._away_pause_s if failed else pause)
            pause = min(1.25 * pause, _LONGEST_PAUSE_S)

    def _claim(self, gpu: LocalDevice | None) -> tuple[Job | None, bool]:
        """A job if there is one, and whether asking for it failed."""
        taken = tuple(queue for queue in self._queues if queue is not Queue.GPU or gpu is not None)
        stated: tuple[Device, ...] = tuple(device.stated for device in self._devices)
        introduction = Introduction(name=self._name, devices=stated, queues=taken, sandbox=self._sandbox)
        try:
            return self._client.claim(introduction), False
        except Unreachable as error:
            _log.warning("platform_unreachable", why=str(error))
        except (ContractError, Refused, JobGone) as error:
            _log.error(
                "claim_not_understood", why=str(error), remedy="run worker and platform of one version"
            )
        return None, True

    def _do(self, job: Job, gpu: LocalDevice | None) -> None:
        device = gpu.name if gpu else "cpu"
        _log.info("job_begun", job=job.job, attempt=job.attempt, kind=job.kind, device=device)
        with tempfile.TemporaryDirectory(prefix="consilium-job-") as folder:
            heartbeat = Heartbeat(self._client, job, memory=partial(memory_of, device), leaving=self._leaving)
            self._client.give_up = heartbeat.should_stop
            try:
                with heartbeat:
                    tools = Tools(self._client, heartbeat, device, self._threads, Path(folder))
                    ending = self._ending_of(job, tools)
            finally:
                self._client.give_up = self._leaving.is_set
        if ending is not None:
            self._say(job, heartbeat, ending)

    def _ending_of(self, job: Job, tools: Tools) -> Ending | None:
        """Do the job. None where nobody waits for its ending."""
        try:
            ending = _performer(job)(job, tools)
            to_json(ending)  # what cannot be said is no good ending
            return ending
        except (Stopped, GivenUp):
            if tools.heartbeat.cancelled.is_set():
                _log.info("job_cancelled", job=job.job, why=tools.heartbeat.why)
                return None
            return Ending(status="stopped", reason="the worker was told to stop", device=tools.device)
        except JobGone as gone:
            _log.info("job_gone", job=job.job, why=str(gone))
        except Unreachable as error:
            _log.warning("job_left", job=job.job, why=str(error))
        except Exception as error:
            _log.exception("job_failed", job=job.job)
            reason = reason_of(error)
            known = reason if reason is not Reason.MODEL_FAILED else Reason.INTERNAL
            return Ending("failed", reason_code=known, reason=sentence_of(error), device=tools.device)
        return None

    def _say(self, job: Job, heartbeat: Heartbeat, ending: Ending) -> None:
        try:
            heartbeat.flush()
            if ending.status == "stopped":
                self._client.end(job, ending, patience_s=_FAREWELL_S)
            else:
                self._client.end(job, ending)
            _log.info("job_ended", job=job.job, status=ending.status, reason_code=ending.reason_code)
        except (Unreachable, Refused, NotAllowed) as error:
            _log.warning("ending_not_told", job=job.job, why=str(error))


def _performer(job: Job) -> Callable[[Job, Tools], Ending]:
    module, _, function = PERFORMERS[type(job)].partition(":")
    performer: Callable[[Job, Tools], Ending] = getattr(importlib.import_module(module), function)
    return performer
