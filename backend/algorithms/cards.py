"""A model's card: what it learned from, how, and what it is for. JSON of `AlgorithmVersion.card`."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Any

from backend.algorithms.models import Training, TrainingCase

# Of what is trained here: version of our code that trained it.
CODE_VERSION = "1"
PHANTOM_NOTE = (
    "Trained on synthetic phantoms: its figures show that the pipeline works, and say nothing of how it does "
    "on images of patients. Not for clinical use."
)
RESEARCH_USE = "Research on segmentation, and comparison with other methods. Not for clinical use."


@dataclass(frozen=True, slots=True)
class Card:
    """
    Args:
        intended_use, notes: sentences for people.
        trained_on: what it learned from, in words.
        data_digest: over the cases and their references, where it was trained here.
        code_version: of what trained it.
        training: figures by name: architecture, seed, budget, steps, Dice on held-out cases and so on.
    """

    intended_use: str = ""
    notes: str = ""
    trained_on: str = ""
    data_digest: str = ""
    code_version: str = ""
    training: Mapping[str, Any] = field(default_factory=dict)

    def to_json(self) -> dict[str, Any]:
        return asdict(self)


def card_of_training(training: Training) -> Card:
    """The card of what this training, which is done, has made."""
    parts = list(training.cases.values_list("part", flat=True))
    learned = parts.count(TrainingCase.Part.TRAINING)
    dataset = training.dataset_version.dataset
    figures = {
        "architecture": training.architecture,
        "seed": training.seed,
        "split_seed": training.split_seed,
        "budget_s": training.budget_s,
        "training_cases": learned,
        "validation_cases": len(parts) - learned,
        "device": training.device,
        "recipe": training.recipe,
    }
    return Card(
        intended_use=RESEARCH_USE,
        notes=PHANTOM_NOTE if dataset.is_synthetic else "",
        trained_on=f"{training.dataset_version}: {learned} of {len(parts)} cases, the rest held out",
        data_digest=training.data_digest,
        code_version=CODE_VERSION,
        training=figures | {name: one for name, one in training.summary.items() if name != "data_digest"},
    )
