"""What a recipe can say: phases, examples, loss, optimiser, augmentation."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum

from workers.contract import ContractError
from workers.training.augmentation import Augmentation


class Draw(StrEnum):
    """What the voxel in the middle of an example is."""

    UNIFORM = "uniform"  # any of the brain: classes as frequent as they are
    LESION_HALF = "lesion half"  # every other time one that is not background
    EQUAL = "equal classes"  # of each class equally often


class Balance(StrEnum):
    """What a voxel counts in the loss."""

    NONE = "none"
    EQUAL = "equal"  # the classes of a batch have equal shares of the loss
    MEDIAN_FREQUENCY = "median frequency"  # median over the class's own frequency, over all training


class Loss(StrEnum):
    CROSS_ENTROPY = "cross entropy"
    CROSS_ENTROPY_AND_DICE = "cross entropy and Dice"
    SENSITIVITY_SPECIFICITY = "sensitivity and specificity"  # Brosch et al. 2016


class Optimiser(StrEnum):
    SGD = "sgd"
    NESTEROV = "nesterov"
    RMSPROP = "rmsprop"
    ADADELTA = "adadelta"
    ADAM = "adam"


class Schedule(StrEnum):
    """How the rate goes from `rate` to `final_rate` within a phase."""

    CONSTANT = "constant"
    LINEAR = "linear"
    EXPONENTIAL = "exponential"
    COSINE = "cosine"


@dataclass(frozen=True, slots=True)
class Phase:
    """A stretch of a training.

    Args:
        name: for people.
        share: of the budget, relative to the other phases'.
        learns: beginnings of the names of the parameters that learn; none: all that may.
        part: a network inside the network, which learns by itself; empty: the whole.
        subsets: of each example a random subset of its sequences is shown.
    """

    name: str
    share: float = 1.0
    draw: Draw = Draw.LESION_HALF
    balance: Balance = Balance.NONE
    learns: tuple[str, ...] = ()
    part: str = ""
    subsets: bool = False

    def __post_init__(self) -> None:
        if not self.share > 0:
            raise ContractError(f"recipe: phase {self.name}: share is above 0")


@dataclass(frozen=True, slots=True)
class Recipe:
    """
    Args:
        extent: of an example's labels in voxels along the network's axes; what a valid network needs about
            them is added. Empty, or larger than the brain: the whole brain's box.
        batch: examples of a step.
        momentum_start: grows to `momentum` over a phase.
        l1, l2: penalties on weights (not biases).
        clip: the gradient's norm at most; 0: as it is.
        lesion_share, lesion_share_final: r of Brosch's loss, at the beginning and the end.
        validate_share: of a phase's budget between two looks at the validation cases.
        validation_cases: looked at meanwhile, at most; all are at the end.
        patience: looks without a better Dice, after which a phase ends.
        steps: the training's length, where it is not to be seconds; 0: seconds.
        crf_trials: settings that are tried for a `crf` stage of the config.
    """

    phases: tuple[Phase, ...]
    extent: tuple[int, ...] = ()
    batch: int = 8
    loss: Loss = Loss.CROSS_ENTROPY
    optimiser: Optimiser = Optimiser.ADAM
    rate: float = 1e-3
    final_rate: float = 1e-5
    schedule: Schedule = Schedule.COSINE
    momentum: float = 0.9
    momentum_start: float = 0.9
    l1: float = 0.0
    l2: float = 0.0
    clip: float = 0.0
    lesion_share: float = 0.05
    lesion_share_final: float = 0.05
    augmentation: Augmentation = field(default_factory=Augmentation)
    validate_share: float = 0.1
    validation_cases: int = 4
    patience: int = 10
    steps: int = 0
    crf_trials: int = 20

    def __post_init__(self) -> None:
        if not self.phases:
            raise ContractError("recipe: phases: one or more are needed")
        positive = ("batch", "rate", "validate_share", "validation_cases", "patience")
        for name in positive:
            if not getattr(self, name) > 0:
                raise ContractError(f"recipe: {name} is above 0")
        if self.schedule is Schedule.EXPONENTIAL and not self.final_rate > 0:
            raise ContractError("recipe: final_rate is above 0, where the schedule is exponential")
        if self.steps < 0 or any(size < 1 for size in self.extent):
            raise ContractError("recipe: steps and extent are not negative")
