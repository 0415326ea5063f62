"""How each system of the zoo learns: its examples, loss, optimiser and augmentation, from its paper.

`PUBLISHED` has what the papers state (`docs/models.md` says what they leave open). Their rates are made for
days on a GPU: below `SHORT_S` of budget the values of `SHORT` stand in their place, which keep the examples,
the phases and the loss, and change what decides how far a network comes in minutes. A training's `recipe`
overrides single values of either.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from workers.contract import ContractError, ModelConfig, read, to_json
from workers.training.augmentation import Augmentation
from workers.training.recipe import Balance, Draw, Loss, Optimiser, Phase, Recipe, Schedule

SHORT_S = 4 * 3600


_TWO_PHASES = (
    Phase("equal classes", 0.7, Draw.EQUAL, Balance.EQUAL),
    Phase("true distribution, output layer", 0.3, Draw.UNIFORM, learns=("output.",)),
)
_HAVAEI: Mapping[str, Any] = {
    "extent": (33, 33),
    "batch": 8,
    "optimiser": Optimiser.SGD,
    "rate": 0.005,
    "final_rate": 5e-6,
    "schedule": Schedule.EXPONENTIAL,
    "momentum_start": 0.5,
    "l1": 1e-7,
    "l2": 1e-6,
}
_SYMMETRIC = Augmentation(flips=(0,), intensity_shift=0.05, intensity_scale=0.01)

PUBLISHED: Mapping[str, Recipe] = {
    # Havaei et al. 2017: −log p, momentum .5 to .9, the rate a tenth after each epoch, two phases.
    "two_path_cnn": Recipe(phases=_TWO_PHASES, **_HAVAEI),
    # The same, first for the network whose answers the second is given.
    "input_cascade_cnn": Recipe(
        phases=(
            Phase("first network, equal classes", 0.35, Draw.EQUAL, Balance.EQUAL, part="first"),
            Phase("first network, output layer", 0.15, Draw.UNIFORM, learns=("output.",), part="first"),
            Phase("equal classes", 0.35, Draw.EQUAL, Balance.EQUAL, learns=("second.",)),
            Phase("true distribution, output layer", 0.15, Draw.UNIFORM, learns=("second.output.",)),
        ),
        **_HAVAEI,
    ),
    # Pereira et al. 2016: Nesterov's momentum, a rate that falls in a straight line, turns by 90°.
    "pereira": Recipe(
        phases=(Phase("equal classes", 1.0, Draw.EQUAL),),
        extent=(33, 33),
        optimiser=Optimiser.NESTEROV,
        rate=3e-5,
        final_rate=3e-7,
        schedule=Schedule.LINEAR,
        augmentation=Augmentation(rotations=True),
    ),
    # Kamnitsas et al. 2017: segments of equally frequent classes, RMSProp, L1 and L2, mirrored left to right.
    "deepmedic": Recipe(
        phases=(Phase("equal classes", 1.0, Draw.EQUAL),),
        extent=(9, 9, 9),
        batch=10,
        optimiser=Optimiser.RMSPROP,
        rate=1e-3,
        final_rate=1e-5,
        schedule=Schedule.EXPONENTIAL,
        momentum=0.6,
        momentum_start=0.6,
        l1=1e-6,
        l2=1e-4,
        augmentation=_SYMMETRIC,
    ),
    # Havaei et al. 2016: all sequences first, then random subsets of them.
    "hemis": Recipe(
        phases=(Phase("all sequences", 0.4), Phase("random subsets", 0.6, subsets=True)),
        optimiser=Optimiser.SGD,
        rate=0.005,
        final_rate=5e-5,
        momentum_start=0.5,
    ),
    # Ghafoorian et al. 2017: cross entropy; every other example lies on a lesion.
    "ghafoorian": Recipe(
        phases=(Phase("half on lesions"),),
        extent=(24, 24),
        optimiser=Optimiser.SGD,
        rate=5e-3,
        final_rate=5e-5,
        schedule=Schedule.EXPONENTIAL,
        l2=1e-4,
    ),
    # Brosch et al. 2016: whole volumes, squared errors on lesions and elsewhere, AdaDelta.
    "brosch": Recipe(
        phases=(Phase("whole volumes"),),
        batch=1,
        loss=Loss.SENSITIVITY_SPECIFICITY,
        optimiser=Optimiser.ADADELTA,
        rate=1.0,
        final_rate=1.0,
        schedule=Schedule.CONSTANT,
        lesion_share=0.05,
        lesion_share_final=0.02,
    ),
    # Badrinarayanan et al. 2017: SGD at .1 throughout, classes weighted by median frequency balance.
    "segnet": Recipe(
        phases=(Phase("whole slices", 1.0, Draw.UNIFORM, Balance.MEDIAN_FREQUENCY),),
        batch=12,
        optimiser=Optimiser.SGD,
        rate=0.1,
        final_rate=0.1,
        schedule=Schedule.CONSTANT,
        l2=5e-4,
    ),
    # Ours: what has served U-Nets since 2018.
    "unet3d": Recipe(
        phases=(Phase("half on lesions"),),
        extent=(96, 96, 96),
        batch=2,
        loss=Loss.CROSS_ENTROPY_AND_DICE,
        optimiser=Optimiser.ADAM,
        rate=1e-3,
        final_rate=1e-6,
        l2=1e-5,
        clip=5.0,
        augmentation=Augmentation(flips=(0, 1, 2), intensity_shift=0.1, intensity_scale=0.1),
    ),
}

_QUICK: Mapping[str, Any] = {
    "optimiser": Optimiser.ADAM,
    "rate": 2e-3,
    "final_rate": 1e-5,
    "schedule": Schedule.COSINE,
    "l1": 0.0,
    "l2": 0.0,
}
SHORT: Mapping[str, Mapping[str, Any]] = {
    "two_path_cnn": {**_QUICK, "rate": 1e-4, "batch": 4},
    "input_cascade_cnn": {**_QUICK, "rate": 1e-4, "batch": 4},
    "pereira": {**_QUICK, "rate": 5e-4, "batch": 4},
    "deepmedic": {**_QUICK, "extent": (15, 15, 15), "batch": 4},
    "hemis": {**_QUICK, "batch": 6},
    "ghafoorian": {**_QUICK, "extent": (48, 48), "batch": 4},
    "brosch": {**_QUICK, "rate": 3e-3, "lesion_share": 0.5, "lesion_share_final": 0.02},
    "segnet": {
        **_QUICK,
        "rate": 3e-3,
        "phases": (Phase("whole slices, half on lesions"),),
        "augmentation": _SYMMETRIC,
    },
    "unet3d": {
        "rate": 2e-3,
        "extent": (48, 48, 48),
        "batch": 2,
        "augmentation": Augmentation(flips=(0,), intensity_shift=0.1, intensity_scale=0.1),
    },
}

# Of the papers; `config_for` puts them into a config.
NORMALISATIONS: Mapping[str, str] = {
    "two_path_cnn": "zscore_clipped",
    "input_cascade_cnn": "zscore_clipped",
    "pereira": "nyul",
    "ghafoorian": "unit_range",
}


def recipe_for(architecture: str, overrides: Mapping[str, Any], *, budget_s: float) -> Recipe:
    """The system's recipe for a budget, with the values of `overrides` in place of its own.

    Raises:
        ContractError: names the value that there is not, or that cannot be.
    """
    if architecture not in PUBLISHED:
        raise ContractError(f"architecture: {architecture!r} is none of {', '.join(PUBLISHED)}")
    recipe = PUBLISHED[architecture]
    if budget_s < SHORT_S:
        recipe = replace(recipe, **SHORT[architecture])
    return read(Recipe, to_json(recipe) | dict(overrides), where="recipe")


def config_for(
    architecture: str, *, sequences: tuple[str, ...], labels: tuple[int, ...], scheme: str, **options: Any
) -> ModelConfig:
    """A config as the paper has it: its normalisation, and what follows the network; `options` go before."""
    usual: dict[str, Any] = {"normalisation": NORMALISATIONS.get(architecture, "zscore_brain")}
    if architecture == "hemis":
        usual["missing"] = "any"
    return ModelConfig(architecture, sequences, labels, scheme, **(usual | options))
