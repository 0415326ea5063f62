"""A training from its cases to a package: phase after phase, looks at the validation cases, checkpoints."""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import replace
from typing import Any, cast

import torch
from torch import Tensor

from workers.contract import CurvePoint, to_json
from workers.inference import missing
from workers.inference.missing import Member
from workers.inference.package import BadWeights
from workers.training import after, cases
from workers.training.checkpoint import (
    BadCheckpoint,
    Checkpoint,
    Position,
    fingerprint_of,
    optimiser_state,
    restore_optimiser,
)
from workers.training.learner import Learner
from workers.training.preparing import prepare
from workers.training.recipe import Phase
from workers.training.recipes import recipe_for
from workers.training.task import Clock, Hooks, Task, Trained
from workers.training.validation import Validation
from workers.zoo import build
from workers.zoo.network import Network, count_parameters

CHECKPOINT_EVERY_S = 60.0
POINTS_PER_STRETCH = 40
# A look at the validation cases may cost this share of the time between two.
LOOK_SHARE = 0.25


def train(task: Task, hooks: Hooks | None = None) -> Trained:
    """
    Raises:
        ContractError: a config or recipe that cannot be.
        BadImage, MissingSequence, NothingToLearn: cases that cannot be learned from.
        BadCheckpoint: it is of another training.
        BadWeights: what it shall begin with are no weights of the network.
        Diverged: the loss is no number any more.
    """
    device = torch.device(task.device)
    with torch.random.fork_rng(devices=[device] if device.type == "cuda" else []):
        return _Training(task, hooks or Hooks(), device).run()


class _Training:
    def __init__(self, task: Task, hooks: Hooks, device: torch.device) -> None:
        self.task, self.hooks, self.device = task, hooks, device
        self.recipe = recipe_for(task.config.architecture, task.recipe, budget_s=task.budget_s)
        hooks.at("preparing cases", 0.0)
        self.config = cases.learn_normalisation(task.config, task.training)
        self.digest = cases.digest([*task.training, *task.validation])
        self.members = missing.members(self.config)
        self.stretches = [(member, phase) for member in self.members for phase in self.recipe.phases]
        self.validation = Validation(task.validation, task.regions, device=device)
        prepared = prepare(self.config, task.training, seed=task.seed, device=device)
        self.held, self.extra, self.prior = prepared.held, prepared.extra, prepared.prior
        self.network, self.learnable = self._fresh(self.members[0])
        self.parameters = count_parameters(self.network)
        self.position = Position(
            fingerprint_of(task.config, self.recipe, task.seed, self.digest, task.begin_with)
        )
        self.best: dict[str, Tensor] = {}
        self.done: dict[str, Tensor] = {}
        self.clock = Clock(device)
        self.losses: list[float] = []
        self.pointed_at = 0.0
        self.saved_at = time.monotonic()

    def run(self) -> Trained:
        """Every stretch from where the training is, and what comes after."""
        optimiser = self._resume() if self.task.checkpoint is not None else None
        while self.position.stretch < len(self.stretches):
            self._stretch(optimiser)
            optimiser = None
        self.hooks.at("finishing", 1.0)
        config, weights = after.learn_stages(
            self.config,
            {**self.done, **self.extra},
            self.task.training,
            self.task.validation,
            device=self.device,
            crf_trials=self.recipe.crf_trials,
            seed=self.task.seed,
        )
        return Trained(config, weights, self._summary(self.validation.dice(config, weights)))

    def _fresh(self, member: Member) -> tuple[Network, frozenset[str]]:
        """The member's network as the seed starts it, and the names of what may learn in it."""
        torch.manual_seed(self.task.seed)
        network = build(replace(self.config, sequences=member.sequences))
        learnable = frozenset(name for name, one in network.named_parameters() if one.requires_grad)
        if self.prior is not None:
            cast(Tensor, network.lesion_prior).copy_(self.prior)
        _begin_with(network, self.task.begin_with)
        layout = torch.channels_last if network.dimensions == 2 else torch.channels_last_3d
        network.to(self.device).to(memory_format=layout)  # type: ignore[call-overload]  # stubs lack it
        return network, learnable

    def _resume(self) -> Mapping[int, Mapping[str, Tensor]]:
        """Take up the checkpoint; returns the state of its optimiser."""
        kept = Checkpoint.from_bytes(self.task.checkpoint or b"")
        if kept.position.fingerprint != self.position.fingerprint:
            raise BadCheckpoint(
                "the checkpoint is of another training: config, recipe, seed or cases differ; begin anew"
            )
        self.position, self.best, self.done = kept.position, dict(kept.best), dict(kept.done)
        if self.position.stretch < len(self.stretches):
            self.network, _ = self._fresh(self.stretches[self.position.stretch][0])
            self.network.load_state_dict(dict(kept.network))
        self.clock.had_s = kept.position.seconds
        return kept.optimiser

    def _stretch(self, resumed: Mapping[int, Mapping[str, Tensor]] | None) -> None:
        """One phase of one member's training, from where it is to its end."""
        member, phase = self.stretches[self.position.stretch]
        learner = self._learner(member, phase)
        if resumed:
            restore_optimiser(learner.optimiser, resumed)
        budget, began = self._budget(phase), self.clock.seconds() - self.position.spent
        self.pointed_at = self.position.spent
        while self.position.spent < budget and self.position.stale < self.recipe.patience:
            self.hooks.go_on_or_stop()
            at = self.position
            loss, labels = learner.step(at.step, seed=self.task.seed, progress=at.spent / budget)
            self.losses.append(loss)
            self._advance(began, step=at.step + 1, labels=at.labels + labels)
            if not phase.part and self._look_is_due(budget):
                self._look(member)
                self._advance(began)
                self._save(learner)
            elif self.position.spent - self.pointed_at >= budget / POINTS_PER_STRETCH:
                self._point()
            if not self.recipe.steps and time.monotonic() - self.saved_at > CHECKPOINT_EVERY_S:
                self._save(learner)
            self.hooks.at(f"training: {phase.name}", self._share_done(budget))
        self._end_stretch(member, phase)

    def _advance(self, began: float, **changes: Any) -> None:
        """After a step or a look: what has been spent of the stretch, in steps or seconds."""
        seconds = self.clock.seconds()
        steps = self.position.spent + ("step" in changes)
        spent = float(steps) if self.recipe.steps else seconds - began
        self.position = replace(self.position, spent=spent, seconds=seconds, **changes)

    def _learner(self, member: Member, phase: Phase) -> Learner:
        """For the member's own channels, of the cases that have them."""
        channels = [self.config.sequences.index(name) for name in member.sequences]
        features = range(len(self.config.sequences), len(self.config.sequences) + len(self.network.features))
        complete = [
            one if len(self.members) == 1 else one.of_channels([*channels, *features])
            for one in self.held
            if len(self.members) == 1 or bool(one.present[channels].all())
        ]
        return Learner(
            self.network, complete, self.recipe, phase, sequences=len(channels), learnable=self.learnable
        )

    def _budget(self, phase: Phase) -> float:
        """Of a stretch: its share of the steps or seconds."""
        share = phase.share / sum(one.share for one in self.recipe.phases) / len(self.members)
        return (
            float(max(1, round(self.recipe.steps * share)))
            if self.recipe.steps
            else self.task.budget_s * share
        )

    def _look_is_due(self, budget: float) -> bool:
        since, step = self.position.spent - self.position.looked_at, self.recipe.validate_share * budget
        if self.recipe.steps:
            return since >= max(1, round(step)) or self.position.spent >= budget
        return since >= max(step, self.position.look_cost / LOOK_SHARE) or self.position.spent >= budget

    def _look(self, member: Member) -> None:
        """At the validation cases; the best weights so far are kept."""
        began = self.clock.seconds()
        # One member by itself is a package, whatever its fellows are.
        config = replace(self.config, sequences=member.sequences, stages=())
        config = replace(config, missing="refuse") if len(self.members) > 1 else config
        state = {name: tensor.detach().cpu().clone() for name, tensor in self.network.state_dict().items()}
        weights = {**{f"network.{name}": tensor for name, tensor in state.items()}, **self.extra}
        dice = self.validation.dice(config, weights, most=self.recipe.validation_cases)
        # Without validation cases the latest weights are the best known.
        mean = sum(dice.values()) / len(dice) if dice else float(self.position.step)
        cost = self.clock.seconds() - began
        spent = self.position.spent if self.recipe.steps else self.position.spent + cost
        changes: dict[str, Any] = {"looked_at": spent, "look_cost": cost, "stale": self.position.stale + 1}
        if mean > self.position.best:
            self.best = state
            changes |= {"best": mean, "stale": 0}
        self.position = replace(self.position, **changes)
        self._point(dice)

    def _point(self, dice: Mapping[str, float] | None = None) -> None:
        mean = sum(self.losses) / len(self.losses) if self.losses else 0.0
        self.losses.clear()
        self.pointed_at = self.position.spent
        self.hooks.point(CurvePoint(self.position.step, self.position.seconds, mean, dice))

    def _save(self, learner: Learner) -> None:
        kept = Checkpoint(
            self.position, self.network.state_dict(), self.best, self.done, optimiser_state(learner.optimiser)
        )
        self.hooks.checkpoint(kept.to_bytes())
        self.saved_at = time.monotonic()

    def _end_stretch(self, member: Member, phase: Phase) -> None:
        """The best weights stay; the next stretch begins with them, or with another member's network."""
        number = self.position.stretch + 1
        if self.best and not phase.part:
            self.network.load_state_dict(self.best)
        following = self.stretches[number] if number < len(self.stretches) else None
        if following is None or following[0] != member:
            state = self.network.state_dict()
            self.done |= {member.prefix + name: tensor.detach().cpu() for name, tensor in state.items()}
            self.best = {}
        if following is not None and following[0] != member:
            self.network, self.learnable = self._fresh(following[0])
        # What is shown with sequences missing is not measured by the score before.
        kept = bool(self.best) and following is not None and not following[1].subsets
        self.best = self.best if kept else {}
        best = self.position.best if kept else -1.0
        self.position = replace(
            self.position, stretch=number, spent=0.0, looked_at=0.0, look_cost=0.0, stale=0, best=best
        )

    def _share_done(self, budget: float) -> float:
        weights = [phase.share for _, phase in self.stretches]
        number = self.position.stretch
        here = weights[number] * min(self.position.spent / budget, 1.0)
        return (sum(weights[:number]) + here) / sum(weights)

    def _summary(self, dice: Mapping[str, float]) -> dict[str, Any]:
        return {
            "validation_dice": {region: round(value, 4) for region, value in dice.items()},
            "steps": self.position.step,
            "labels_seen": self.position.labels,
            "seconds": round(self.position.seconds, 1),
            "parameters": self.parameters,
            "training_cases": len(self.held),
            "validation_cases": len(self.task.validation),
            "data_digest": self.digest,
            "recipe": to_json(self.recipe),
            "torch": torch.__version__,
            "device": str(self.device),
        }


def _begin_with(network: Network, weights: Mapping[str, Tensor]) -> None:
    own = network.state_dict()
    for name, tensor in weights.items():
        if name not in own or own[name].shape != tensor.shape:
            raise BadWeights(f"begin_with: {name}: the network has no such weights; give those of its parts")
        own[name].copy_(tensor)
