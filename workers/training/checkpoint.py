"""The state of a training in the middle of it: safetensors, with the rest as JSON in their header. No pickle.

Tensors are named `network.…` (weights as they are), `best.…` (those of the best look at the validation
cases), `done.…` (networks of the package that have been trained already) and `optimiser.<parameter>.<name>`.
"""

from __future__ import annotations

import hashlib
import json
import struct
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import torch
from safetensors.torch import save
from torch import Tensor

from workers.contract import ContractError, ModelConfig, Reason, read, to_json
from workers.inference.package import BadWeights, read_weights

_KEY = "training"


class BadCheckpoint(ValueError):
    """The checkpoint is of another training, or none; the sentence says which."""

    reason = Reason.BAD_WEIGHTS


@dataclass(frozen=True, slots=True)
class Position:
    """Where a training is.

    Args:
        fingerprint: of config, recipe, seed and data: of another training no checkpoint is taken.
        stretch: member and phase, counted from 0.
        step: of the whole training; what a step does follows from the seed and this number.
        spent: of the stretch's budget, seconds or steps.
        seconds: of the whole training.
        looked_at, look_cost: `spent` at the last look at the validation cases, and the seconds that it took.
        best: mean Dice of the best look; below 0: none yet.
        stale: looks since that one.
        labels: voxels learned from so far.
    """

    fingerprint: str
    stretch: int = 0
    step: int = 0
    spent: float = 0.0
    seconds: float = 0.0
    looked_at: float = 0.0
    look_cost: float = 0.0
    best: float = -1.0
    stale: int = 0
    labels: int = 0


@dataclass(frozen=True, eq=False)
class Checkpoint:
    """
    Args:
        network: the present member's weights; best: the best of them so far, empty where there are none.
        done: weights of members before, with their prefixes.
        optimiser: state of each parameter that learns, by its number.
    """

    position: Position
    network: Mapping[str, Tensor]
    best: Mapping[str, Tensor]
    done: Mapping[str, Tensor]
    optimiser: Mapping[int, Mapping[str, Tensor]]

    def to_bytes(self) -> bytes:
        tensors = {
            **_under("network", self.network),
            **_under("best", self.best),
            **_under("done", self.done),
        }
        for number, state in self.optimiser.items():
            tensors |= _under(f"optimiser.{number}", state)
        # Cloned: no two entries may share memory.
        own = {name: tensor.detach().cpu().clone().contiguous() for name, tensor in tensors.items()}
        return save(own, metadata={_KEY: json.dumps(to_json(self.position))})

    @classmethod
    def from_bytes(cls, data: bytes) -> Checkpoint:
        """
        Raises:
            BadCheckpoint: not what `to_bytes` writes.
        """
        try:
            tensors = read_weights(data)
            position = read(Position, json.loads(_metadata(data)[_KEY]))
        except (BadWeights, ContractError, KeyError, ValueError) as error:
            raise BadCheckpoint(f"the checkpoint cannot be read ({error}): begin without it") from error
        optimiser: dict[int, dict[str, Tensor]] = {}
        for name, tensor in _below("optimiser", tensors).items():
            number, _, key = name.partition(".")
            optimiser.setdefault(int(number), {})[key] = tensor
        return cls(
            position,
            _below("network", tensors),
            _below("best", tensors),
            _below("done", tensors),
            optimiser,
        )


def fingerprint_of(
    config: ModelConfig, recipe: object, seed: int, data_digest: str, begin_with: Mapping[str, Tensor]
) -> str:
    """SHA-256 of what makes a training the one that it is; its budget may grow."""
    found = {name: tensor.contiguous() for name, tensor in begin_with.items()}
    beginning = hashlib.sha256(save(found)).hexdigest() if found else ""
    facts = [to_json(config), to_json(recipe), seed, data_digest, beginning]
    return hashlib.sha256(json.dumps(facts, sort_keys=True).encode()).hexdigest()


def optimiser_state(optimiser: torch.optim.Optimizer) -> dict[int, dict[str, Tensor]]:
    """What it remembers of each parameter; nothing is remembered but tensors."""
    state = optimiser.state_dict()["state"]
    return {
        number: {name: value for name, value in of_one.items() if isinstance(value, Tensor)}
        for number, of_one in state.items()
    }


def restore_optimiser(optimiser: torch.optim.Optimizer, state: Mapping[int, Mapping[str, Tensor]]) -> None:
    groups: list[dict[str, Any]] = optimiser.state_dict()["param_groups"]
    optimiser.load_state_dict({"state": {n: dict(one) for n, one in state.items()}, "param_groups": groups})


def _metadata(data: bytes) -> dict[str, str]:
    length = struct.unpack("<Q", data[:8])[0]
    metadata: dict[str, str] = json.loads(data[8 : 8 + length]).get("__metadata__", {})
    return metadata


def _under(prefix: str, tensors: Mapping[str, Tensor]) -> dict[str, Tensor]:
    return {f"{prefix}.{name}": tensor for name, tensor in tensors.items()}


def _below(prefix: str, tensors: Mapping[str, Tensor]) -> dict[str, Tensor]:
    start = f"{prefix}."
    return {name.removeprefix(start): value for name, value in tensors.items() if name.startswith(start)}
