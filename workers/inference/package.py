"""A model's files: `config.json` and `model.safetensors`, in a folder or as bytes. No pickle, ever.

Weights are one flat mapping of names to tensors: networks under the prefixes of `missing.members`, and what a
strategy or a stage has learned beside them.
"""

from __future__ import annotations

import json
import struct
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import torch
from safetensors import SafetensorError
from safetensors.torch import load, save
from torch import Tensor

from workers.contract import ContractError, ModelConfig, Reason, read, to_json
from workers.inference import missing, stages
from workers.zoo import build
from workers.zoo.network import Network

CONFIG_FILE, WEIGHTS_FILE = "config.json", "model.safetensors"
MAX_CONFIG_BYTES = 256 << 10
MAX_WEIGHTS_BYTES = 2 << 30
MAX_HEADER_BYTES = 8 << 20

Weights = Mapping[str, Tensor]


class BadWeights(ValueError):
    """The weights do not fit the config; the sentence names the tensor."""

    reason = Reason.BAD_WEIGHTS


def read_config(data: bytes) -> ModelConfig:
    """
    Raises:
        ContractError: not JSON, or not a model's config.
    """
    if len(data) > MAX_CONFIG_BYTES:
        raise ContractError(f"{CONFIG_FILE}: has {len(data):,} bytes, more than {MAX_CONFIG_BYTES:,}")
    try:
        values = json.loads(data)
    except (ValueError, RecursionError) as error:
        raise ContractError(f"{CONFIG_FILE}: is no JSON ({error})") from None
    return read(ModelConfig, values)


def write_config(config: ModelConfig) -> bytes:
    return (json.dumps(to_json(config), indent=2) + "\n").encode()


def read_weights(data: bytes) -> dict[str, Tensor]:
    """
    Raises:
        BadWeights: not safetensors, too large, or numbers that are not finite.
    """
    if len(data) > MAX_WEIGHTS_BYTES:
        raise BadWeights(
            f"{WEIGHTS_FILE}: has {len(data) >> 20:,} MiB, more than {MAX_WEIGHTS_BYTES >> 20:,}"
        )
    header = struct.unpack("<Q", data[:8])[0] if len(data) >= 8 else 0
    if not 0 < header <= min(MAX_HEADER_BYTES, len(data)):
        raise BadWeights(
            f"{WEIGHTS_FILE}: is not in the safetensors format; save with safetensors.torch.save_file"
        )
    try:
        weights = load(data)
    except (SafetensorError, KeyError, RuntimeError) as error:
        raise BadWeights(f"{WEIGHTS_FILE}: cannot be read as safetensors ({error})") from None
    for name, tensor in weights.items():
        if tensor.is_floating_point() and not torch.isfinite(tensor).all():
            raise BadWeights(f"{WEIGHTS_FILE}: {name} holds NaN or infinity")
    return weights


def write_weights(weights: Weights) -> bytes:
    return save({name: tensor.detach().cpu().contiguous() for name, tensor in weights.items()})


def load_folder(folder: Path) -> tuple[ModelConfig, dict[str, Tensor]]:
    """
    Raises:
        ContractError, BadWeights, FileNotFoundError.
    """
    config = read_config((folder / CONFIG_FILE).read_bytes())
    size = (folder / WEIGHTS_FILE).stat().st_size
    if size > MAX_WEIGHTS_BYTES:
        raise BadWeights(f"{WEIGHTS_FILE}: has {size >> 20:,} MiB, more than {MAX_WEIGHTS_BYTES >> 20:,}")
    return config, read_weights((folder / WEIGHTS_FILE).read_bytes())


def save_folder(folder: Path, config: ModelConfig, weights: Weights) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    (folder / CONFIG_FILE).write_bytes(write_config(config))
    (folder / WEIGHTS_FILE).write_bytes(write_weights(weights))


def check(config: ModelConfig, weights: Weights) -> None:
    """That every tensor is one that the config's networks and stages have, of its shape, and none is missing.

    Raises:
        ContractError: the config names what there is not.
        BadWeights: names the first few tensors that do not fit.
    """
    wanted = _shapes(config)
    absent, surplus = sorted(set(wanted) - set(weights)), sorted(set(weights) - set(wanted))
    if absent:
        raise BadWeights(f"{WEIGHTS_FILE}: has no {_few(absent)}, which {config.architecture} needs")
    if surplus:
        raise BadWeights(
            f"{WEIGHTS_FILE}: holds {_few(surplus)}, which {config.architecture} with these settings has not"
        )
    for name, shape in wanted.items():
        if weights[name].shape != shape:
            raise BadWeights(
                f"{WEIGHTS_FILE}: {name} is {tuple(weights[name].shape)}; the config asks for {tuple(shape)}"
            )


def load_network(config: ModelConfig, weights: Weights, member: missing.Member) -> Network:
    """The network of one member with its weights, as float32. `check` comes first."""
    network = build(_config_of(config, member))
    own = {
        name.removeprefix(member.prefix): tensor.float() if tensor.is_floating_point() else tensor
        for name, tensor in weights.items()
        if name.startswith(member.prefix)
    }
    network.load_state_dict(own, strict=True)
    return network.eval()


def _shapes(config: ModelConfig) -> dict[str, torch.Size]:
    shapes = dict(missing.extra_shapes(config)) | dict(stages.extra_shapes(config))
    with torch.device("meta"):
        for member in missing.members(config):
            network = build(_config_of(config, member))
            shapes |= {member.prefix + name: tensor.shape for name, tensor in network.state_dict().items()}
    return shapes


def _config_of(config: ModelConfig, member: missing.Member) -> ModelConfig:
    """A network of a subset has the subset's channels only."""
    values: dict[str, Any] = to_json(config) | {"sequences": list(member.sequences)}
    return read(ModelConfig, values)


def _few(names: list[str]) -> str:
    return ", ".join(names[:3]) + (f" and {len(names) - 3} more" if len(names) > 3 else "")
