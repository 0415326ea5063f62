"""One network in one phase: draws a batch, and takes one step."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from typing import cast

import numpy as np
import torch
from torch import Tensor, nn

from workers.contract import Reason
from workers.inference.engine import compute_dtype
from workers.training import losses
from workers.training.cases import Held
from workers.training.recipe import Balance, Loss, Optimiser, Phase, Recipe, Schedule
from workers.training.sampling import Batch, Sampler
from workers.zoo.network import Network


class Diverged(ValueError):
    """The loss is no number any more."""

    reason = Reason.NOT_FINITE


class Learner:
    """
    Args:
        network: learns in place; on its device already.
        cases: of training, with the channels that the network takes.
        sequences: how many of these are images.
        learnable: names of the network's parameters that may learn at all.
    """

    def __init__(
        self,
        network: Network,
        cases: Sequence[Held],
        recipe: Recipe,
        phase: Phase,
        *,
        sequences: int,
        learnable: Iterable[str],
    ) -> None:
        self.recipe, self.phase = recipe, phase
        self.network = cast(Network, getattr(network, phase.part)) if phase.part else network
        self.parameters = _release(network, self.network, phase, set(learnable))
        self.device = self.parameters[0].device
        self.sampler = Sampler(cases, self.network, recipe, sequences=sequences)
        self.optimiser = make_optimiser(recipe, self.parameters)
        self._dtype = compute_dtype(self.device)
        counts = [case.counts for case in cases]
        self._frequency_weights = losses.median_frequency_weights(counts).to(self.device)

    def step(self, number: int, *, seed: int, progress: float) -> tuple[float, int]:
        """Learn from one batch.

        Args:
            number: of the step, which with the seed decides all that is random in it: a training that was
                interrupted goes on as if it had not been.
            progress: of the phase, 0 to 1.

        Returns:
            The loss, without penalties, and how many voxels' labels it was of.

        Raises:
            Diverged.
        """
        chance = np.random.default_rng([seed, number])
        torch.manual_seed(int(chance.integers(2**62)))
        batch = self.sampler.draw(self.phase, chance)
        self._set_rate(progress)
        self.network.train()
        self.optimiser.zero_grad(set_to_none=True)
        loss, known = self._loss(batch, progress)
        value = float(loss.detach())
        if not math.isfinite(value):
            raise Diverged(f"step {number}: the loss is {value}; try a lower rate than {self.recipe.rate:g}")
        (loss + self._penalty()).backward()
        if self.recipe.clip:
            nn.utils.clip_grad_norm_(self.parameters, self.recipe.clip)
        self.optimiser.step()
        return value, known

    def _loss(self, batch: Batch, progress: float) -> tuple[Tensor, int]:
        layout = torch.channels_last if self.network.dimensions == 2 else torch.channels_last_3d
        images = batch.images.to(self.device).contiguous(memory_format=layout)
        targets = batch.targets.to(self.device)
        autocast = self.device.type == "cuda" and self._dtype != torch.float32
        with torch.autocast(self.device.type, self._dtype, enabled=autocast):
            if self.network.takes_any_sequences:
                logits = self.network(images, batch.present.to(self.device))
            else:
                logits = self.network(images)
        logits = logits.float()
        known = int((targets != losses.IGNORED).sum())
        match self.recipe.loss:
            case Loss.SENSITIVITY_SPECIFICITY:
                first, last = self.recipe.lesion_share, self.recipe.lesion_share_final
                share = first + (last - first) * progress
                return losses.sensitivity_specificity(logits, targets, lesion_share=share), known
            case Loss.CROSS_ENTROPY_AND_DICE:
                entropy = losses.cross_entropy(logits, targets, self._weights(targets))
                return entropy + losses.soft_dice(logits, targets), known
            case Loss.CROSS_ENTROPY:
                return losses.cross_entropy(logits, targets, self._weights(targets)), known

    def _weights(self, targets: Tensor) -> Tensor | None:
        match self.phase.balance:
            case Balance.NONE:
                return None
            case Balance.EQUAL:
                return losses.equal_weights(targets, self.network.classes)
            case Balance.MEDIAN_FREQUENCY:
                return self._frequency_weights

    def _penalty(self) -> Tensor:
        total = torch.zeros((), device=self.device)
        if self.recipe.l1 or self.recipe.l2:
            for weight in self.parameters:
                if weight.ndim > 1:
                    total = (
                        total + self.recipe.l1 * weight.abs().sum() + self.recipe.l2 * weight.square().sum()
                    )
        return total

    def _set_rate(self, progress: float) -> None:
        recipe = self.recipe
        for group in self.optimiser.param_groups:
            group["lr"] = rate_at(recipe, progress)
            if "momentum" in group:
                gained = (recipe.momentum - recipe.momentum_start) * progress
                group["momentum"] = recipe.momentum_start + gained


def rate_at(recipe: Recipe, progress: float) -> float:
    """The learning rate at a point of a phase, `progress` from 0 to 1."""
    first, last, done = recipe.rate, recipe.final_rate, min(max(progress, 0.0), 1.0)
    match recipe.schedule:
        case Schedule.CONSTANT:
            return first
        case Schedule.LINEAR:
            return first + (last - first) * done
        case Schedule.EXPONENTIAL:
            return float(first * (last / first) ** done)
        case Schedule.COSINE:
            return last + (first - last) * (1 + math.cos(math.pi * done)) / 2


def make_optimiser(recipe: Recipe, parameters: Sequence[nn.Parameter]) -> torch.optim.Optimizer:
    rate, momentum = recipe.rate, recipe.momentum_start
    match recipe.optimiser:
        case Optimiser.SGD:
            return torch.optim.SGD(parameters, lr=rate, momentum=momentum)
        case Optimiser.NESTEROV:
            return torch.optim.SGD(parameters, lr=rate, momentum=max(momentum, 1e-3), nesterov=True)
        case Optimiser.RMSPROP:
            return torch.optim.RMSprop(parameters, lr=rate, alpha=0.9, eps=1e-4, momentum=momentum)
        case Optimiser.ADADELTA:
            return torch.optim.Adadelta(parameters, lr=rate, rho=0.95)
        case Optimiser.ADAM:
            return torch.optim.Adam(parameters, lr=rate)


def _release(network: Network, trained: Network, phase: Phase, learnable: set[str]) -> list[nn.Parameter]:
    """Let only the phase's parameters learn, and return them."""
    network.requires_grad_(False)
    allowed = learnable if trained is network else {name for name, _ in trained.named_parameters()}
    chosen = []
    for name, parameter in trained.named_parameters():
        if name in allowed and (not phase.learns or name.startswith(phase.learns)):
            parameter.requires_grad_(True)
            chosen.append(parameter)
    if not chosen:
        raise ValueError(f"recipe: phase {phase.name}: no parameter begins with {', '.join(phase.learns)}")
    return chosen
