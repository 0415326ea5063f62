"""What a model does without one of its sequences: the strategies that a config's `missing` names.

A package's weights are one flat mapping. Its networks stand under the prefix of their `Member`: one network
under `network.`, or with `subset` one per subset of the sequences under `subset.<bits>.` (`1010`: the first
and the third). What imputes stands under `imputation.` beside it.
"""

from __future__ import annotations

import itertools
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

import torch
from torch import Tensor

from workers.contract import ContractError, ModelConfig, Reason
from workers.inference import imputation

MOST_SEQUENCES_OF_SUBSETS = 5


class Missing(StrEnum):
    REFUSE = "refuse"  # all sequences, or none of the case
    ZERO = "zero"  # the mean of training, where images are z-scored
    MEAN = "mean"  # of the sequences at hand, voxel by voxel
    IMPUTE = "impute"  # from each sequence at hand by its regressor (`workers.inference.imputation`)
    SUBSET = "subset"  # a network for each subset
    ANY = "any"  # the network itself takes any (HeMIS)


class MissingSequence(ValueError):
    """The case lacks a sequence that the model cannot do without; the sentence names it."""

    reason = Reason.MISSING_SEQUENCE


@dataclass(frozen=True, slots=True)
class Member:
    """One network of a package: the prefix of its weights, and the input channels it was trained on."""

    prefix: str
    sequences: tuple[str, ...]


def strategy(config: ModelConfig) -> Missing:
    """
    Raises:
        ContractError: there is none of this name, or not for this many sequences.
    """
    try:
        found = Missing(config.missing)
    except ValueError:
        raise ContractError(f"missing: {config.missing!r} is none of {', '.join(Missing)}") from None
    if found is Missing.SUBSET and len(config.sequences) > MOST_SEQUENCES_OF_SUBSETS:
        raise ContractError(
            f"missing: a network per subset is for {MOST_SEQUENCES_OF_SUBSETS} sequences at most, "
            f"not {len(config.sequences)}"
        )
    return found


def members(config: ModelConfig) -> tuple[Member, ...]:
    """Every network of the package; of subsets that of all sequences first."""
    if strategy(config) is not Missing.SUBSET:
        return (Member("network.", config.sequences),)
    choices = itertools.product((True, False), repeat=len(config.sequences))
    return tuple(_member(config, bits) for bits in choices if any(bits))


def member(config: ModelConfig, present: Tensor) -> Member:
    """The network for a case with these sequences (`present`: bool, one per sequence of the config).

    It is fed the channels of its own `sequences`, after `fill`.
    """
    if strategy(config) is not Missing.SUBSET:
        return Member("network.", config.sequences)
    return _member(config, tuple(bool(bit) for bit in present))


def _member(config: ModelConfig, bits: tuple[bool, ...]) -> Member:
    prefix = f"subset.{''.join('01'[bit] for bit in bits)}."
    return Member(prefix, tuple(name for name, bit in zip(config.sequences, bits, strict=True) if bit))


def extra_shapes(config: ModelConfig) -> dict[str, torch.Size]:
    """Names and shapes of the weights that the strategy adds to the networks'."""
    return imputation.shapes(len(config.sequences)) if strategy(config) is Missing.IMPUTE else {}


def fill(
    images: Tensor,
    present: Tensor,
    config: ModelConfig,
    weights: Mapping[str, Tensor],
) -> tuple[Tensor, Tensor]:
    """Bring a case into the form that the package's network takes.

    Args:
        images: normalised, (sequences, X, Y, Z), the config's order; zeros where a sequence is missing.
        present: bool, (sequences,).
        weights: of the whole package; read by `impute` only.

    Returns:
        The images with what can be filled in filled in, and which of them the network may now rely on.
        Nothing is changed where all are present.

    Raises:
        MissingSequence: there is none at all, or the strategy is `refuse`.
    """
    if len(present) != len(config.sequences) or len(images) != len(config.sequences):
        raise ValueError(f"{len(images)} images, {len(present)} flags for {len(config.sequences)} sequences")
    chosen = strategy(config)
    if bool(present.all()):
        return images, present
    absent = [name for name, here in zip(config.sequences, present, strict=True) if not here]
    if len(absent) == len(config.sequences):
        raise MissingSequence(f"the case has no image; the model takes {', '.join(config.sequences)}")
    match chosen:
        case Missing.REFUSE:
            raise MissingSequence(
                f"the case has no {', no '.join(absent)}, and the model declares no way without it: "
                "add the image, or run a model whose config says how it does without (`missing`)"
            )
        case Missing.SUBSET | Missing.ANY:
            return images, present
        case Missing.ZERO:
            filling = torch.zeros_like(images[0])
        case Missing.MEAN:
            filling = images[present.to(images.device)].mean(dim=0)
        case Missing.IMPUTE:
            return imputation.impute(images, present, weights), torch.ones_like(present)
    kept = present.to(images.device)[:, None, None, None]
    filled = torch.where(kept, images, filling)
    return filled, torch.ones_like(present)
