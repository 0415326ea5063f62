"""A training that the platform asks for: its cases are fetched, a network learns, its weights are sent."""

from __future__ import annotations

import time
from collections.abc import Mapping
from typing import Final

import torch
from torch import Tensor

from backend.numerics.volumes import read_labelmap, read_volume
from workers.contract import CaseInput, CurvePoint, Ending, Link, TrainingRequest
from workers.inference.package import write_weights
from workers.inference.preprocess import BadImage
from workers.job import Tools
from workers.training.cases import LabelledCase
from workers.training.learner import Diverged
from workers.training.loop import train as learn
from workers.training.task import Hooks, Task

_STEPS_OF_PROGRESS: Final = 1000


def train(request: TrainingRequest, tools: Tools) -> Ending:
    """Do the request; checkpoints go to the platform meanwhile, and another worker goes on from the last.

    Raises:
        Stopped, what `Client` raises, and what `workers.training.loop.train` raises.
    """
    heartbeat, client = tools.heartbeat, tools.client
    torch.set_num_threads(tools.threads)
    total = len(request.training) + len(request.validation)
    heartbeat.at("fetching cases", total=total)
    training = [_fetch(case, tools) for case in request.training]
    heartbeat.at("fetching cases", done=len(training), total=total)
    validation = [_fetch(case, tools) for case in request.validation]
    checkpoint = None
    if request.checkpoint is not None:
        checkpoint = client.download(request.checkpoint, tools.folder / "checkpoint").read_bytes()
        heartbeat.say("going on from the last checkpoint", public=True)
    task = Task(
        config=request.config,
        training=training,
        validation=validation,
        regions=request.regions,
        budget_s=request.budget_s,
        seed=request.seed,
        recipe=request.recipe,
        checkpoint=checkpoint,
        device=tools.device,
    )
    trained = learn(task, _hooks(request, tools))
    tools.go_on_or_stop()
    require_finite(trained.weights)
    digest = client.put_weights(request, write_weights(trained.weights))
    return Ending(
        "done",
        device=tools.device,
        weights_digest=digest,
        config=trained.config,
        summary=trained.summary,
    )


def require_finite(weights: Mapping[str, Tensor]) -> None:
    """The loss is looked at before a step, and so not after the last one.

    Raises:
        Diverged.
    """
    for name, tensor in weights.items():
        if not bool(torch.isfinite(tensor).all()):
            raise Diverged(f"{name} holds NaN or infinity after the last step; try a lower rate")


def _hooks(request: TrainingRequest, tools: Tools) -> Hooks:
    began = time.monotonic()

    def at(stage: str, done: float) -> None:
        left = (time.monotonic() - began) / done * (1 - done) if done > 0 else None
        share = round(_STEPS_OF_PROGRESS * done)
        tools.heartbeat.at(stage, done=share, total=_STEPS_OF_PROGRESS, seconds_left=left)

    def point(found: CurvePoint) -> None:
        tools.heartbeat.point(found)

    def checkpoint(content: bytes) -> None:
        tools.heartbeat.flush()  # the curve reaches at least as far as what a resumption begins with
        tools.client.put_checkpoint(request, content)

    return Hooks(point=point, checkpoint=checkpoint, at=at, go_on_or_stop=tools.go_on_or_stop)


def _fetch(case: CaseInput, tools: Tools) -> LabelledCase:
    """Download and read a case; nothing of it stays on disk."""
    name = f"case {case.number}"
    tools.go_on_or_stop()
    if case.labelmap is None:
        raise BadImage(f"{name}: it has no labelmap to learn from")
    volumes = {}
    for sequence, link in case.images.items():
        volume = read_volume(_download(link, tools), name=f"{name}, {sequence}", check_extension=False)
        volumes[sequence] = (volume.array, volume.grid)
    labelmap = read_labelmap(_download(case.labelmap, tools), name=f"{name}, labelmap", check_extension=False)
    return LabelledCase.of_volumes(name, volumes, (labelmap.array, labelmap.grid))


def _download(link: Link, tools: Tools) -> bytes:
    path = tools.client.download(link, tools.folder / "learned-from")
    content = path.read_bytes()
    path.unlink()
    return content
