"""What comes after the network: a config's stages in their order, from probabilities to probabilities."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor

from workers.contract import ContractError, ModelConfig, read
from workers.inference.crf import Crf, mean_field
from workers.inference.islands import Islands, drop_islands
from workers.inference.post_network import PostNetwork

Spacing = tuple[float, float, float]


@dataclass(frozen=True, slots=True)
class PostNetworkSettings:
    """Of the stage `post_network`; its weights stand under the prefix `stages.<position>.`, from 0."""

    width: int = 16

    def __post_init__(self) -> None:
        if not 1 <= self.width <= 256:
            raise ContractError("post_network: width is 1–256")


Stage = Crf | Islands | PostNetworkSettings

KINDS: Mapping[str, type[Crf] | type[Islands] | type[PostNetworkSettings]] = {
    "crf": Crf,
    "post_network": PostNetworkSettings,
    "islands": Islands,
}


def read_stages(config: ModelConfig) -> tuple[Stage, ...]:
    """
    Raises:
        ContractError: a kind that there is not, or a setting; the sentence says of which stage.
    """
    return tuple(_read_stage(settings, f"stages[{k}]") for k, settings in enumerate(config.stages))


def _read_stage(settings: Mapping[str, Any], where: str) -> Stage:
    kind = KINDS.get(str(settings.get("kind", "")))
    if kind is None:
        raise ContractError(f"{where}.kind: {settings.get('kind')!r} is none of {', '.join(KINDS)}")
    return read(kind, {name: value for name, value in settings.items() if name != "kind"}, where=where)


def extra_shapes(config: ModelConfig) -> dict[str, torch.Size]:
    """Names and shapes of the weights that stages add to the networks'."""
    return {
        _prefix(position) + name: value.shape
        for position, stage in enumerate(read_stages(config))
        if isinstance(stage, PostNetworkSettings)
        for name, value in _post_network(config, stage).state_dict().items()
    }


def _prefix(position: int) -> str:
    return f"stages.{position}."


def _post_network(config: ModelConfig, settings: PostNetworkSettings) -> PostNetwork:
    return PostNetwork(
        sequences=len(config.sequences), classes=len(config.labels), width=settings.width
    ).eval()


def apply(
    config: ModelConfig,
    probabilities: Tensor,
    *,
    images: Tensor,
    weights: Mapping[str, Tensor],
    spacing_mm: Spacing,
) -> Tensor:
    """Probabilities (classes, X, Y, Z) after all stages of the config.

    Args:
        probabilities: (classes, X, Y, Z), summing to 1.
        images: (sequences, X, Y, Z), as the network saw them: normalised, filled, 0 outside the brain.
        weights: of the whole package.
        spacing_mm: voxel size along X, Y, Z.
    """
    for position, stage in enumerate(read_stages(config)):
        match stage:
            case Crf():
                probabilities = mean_field(probabilities, images, stage, spacing_mm=spacing_mm)
            case Islands():
                probabilities = drop_islands(probabilities, stage, spacing_mm=spacing_mm)
            case PostNetworkSettings():
                network = _post_network(config, stage).to(images.device)
                network.load_state_dict(_under(weights, _prefix(position)))
                with torch.inference_mode():
                    probabilities = torch.softmax(network(probabilities[None], images[None]), dim=1)[0]
    return probabilities


def _under(weights: Mapping[str, Tensor], prefix: str) -> dict[str, Tensor]:
    return {name.removeprefix(prefix): value for name, value in weights.items() if name.startswith(prefix)}
