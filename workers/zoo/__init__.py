"""The systems of the literature, and ours, by the name that a model's config gives."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

import torch

from workers.contract import ContractError, ModelConfig
from workers.zoo.brosch import BROSCH
from workers.zoo.deepmedic import DEEPMEDIC
from workers.zoo.ghafoorian import GHAFOORIAN
from workers.zoo.hemis import HEMIS
from workers.zoo.input_cascade_cnn import INPUT_CASCADE_CNN
from workers.zoo.network import Architecture, Network
from workers.zoo.pereira import PEREIRA
from workers.zoo.segnet import SEGNET
from workers.zoo.two_path_cnn import TWO_PATH_CNN
from workers.zoo.unet3d import UNET3D

ARCHITECTURES: Mapping[str, Architecture] = {
    architecture.slug: architecture
    for architecture in (
        TWO_PATH_CNN,
        INPUT_CASCADE_CNN,
        PEREIRA,
        DEEPMEDIC,
        HEMIS,
        GHAFOORIAN,
        BROSCH,
        SEGNET,
        UNET3D,
    )
}


# As many float32 as the largest file of weights has.
MOST_PARAMETERS: Final = 1 << 29


def build(config: ModelConfig) -> Network:
    """The network that `config` describes, with weights as they start. A config checks its settings itself.

    Raises:
        ContractError: no such architecture, settings that do not go together, or too large a network; found
            out before any memory is taken.
    """
    architecture = ARCHITECTURES.get(config.architecture)
    if architecture is None:
        raise ContractError(f"architecture: {config.architecture!r} is none of {', '.join(ARCHITECTURES)}")
    with torch.device("meta"):
        numbers = sum(tensor.numel() for tensor in _built(architecture, config).state_dict().values())
    if numbers > MOST_PARAMETERS:
        raise ContractError(
            f"settings: {architecture.slug} would have {numbers:,} parameters with these, "
            f"{MOST_PARAMETERS:,} at most are accepted: give it fewer or smaller layers"
        )
    return _built(architecture, config)


def _built(architecture: Architecture, config: ModelConfig) -> Network:
    settings = {**architecture.settings, **config.settings}
    try:
        return architecture.build(sequences=len(config.sequences), classes=len(config.labels), **settings)
    except (TypeError, ValueError) as error:
        raise ContractError(f"settings of {architecture.slug}: {error}") from error
