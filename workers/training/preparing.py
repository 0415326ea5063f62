"""Everything that is known of the cases before the first step."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import torch
from torch import Tensor

from workers.contract import ModelConfig
from workers.inference import imputation, missing
from workers.inference.devices import free_bytes
from workers.inference.missing import Missing
from workers.inference.predictor import Predictor
from workers.training.after import fit_imputation
from workers.training.cases import Held, LabelledCase, hold, lesion_prior
from workers.training.sampling import NothingToLearn
from workers.zoo import build

# Of a GPU's free memory the cases may take this share; else they stay in main memory.
GPU_SHARE = 0.5


@dataclass(frozen=True, eq=False)
class Preparation:
    """
    Args:
        held: cases with a brain.
        extra: weights beside the networks': what `impute` has learned.
        prior: of networks that have one, how often lesions lie where.
    """

    held: tuple[Held, ...]
    extra: Mapping[str, Tensor]
    prior: Tensor | None


def prepare(
    config: ModelConfig, cases: Sequence[LabelledCase], *, seed: int, device: torch.device
) -> Preparation:
    """
    Raises:
        BadImage, MissingSequence: a case cannot be used.
        NothingToLearn: there is none with a brain.
    """
    # One untrained network is enough to prepare by; those of subsets are shown what there is.
    subsets = missing.strategy(config) is Missing.SUBSET
    plain = replace(config, stages=(), missing=Missing.ANY if subsets else config.missing)
    network = build(plain)
    weights = {f"network.{name}": tensor for name, tensor in network.state_dict().items()}
    extra: dict[str, Tensor] = {}
    if missing.strategy(config) is Missing.IMPUTE:
        nothing = {name: torch.zeros(size) for name, size in imputation.shapes(len(config.sequences)).items()}
        extra = fit_imputation(plain, cases, Predictor(plain, weights | nothing), seed=seed)
    predictor = Predictor(plain, weights | extra)
    found = [hold(case, predictor, stride=network.stride, dimensions=network.dimensions) for case in cases]
    held = [one for one in found if one is not None]
    if not held:
        raise NothingToLearn("no training case has a brain: every image is 0 everywhere")
    if device.type == "cuda" and sum(one.size_bytes for one in held) < GPU_SHARE * free_bytes(device):
        held = [one.to(device) for one in held]
    has_prior = "lesion_prior" in dict(network.named_buffers())
    return Preparation(tuple(held), extra, lesion_prior(cases, predictor) if has_prior else None)
