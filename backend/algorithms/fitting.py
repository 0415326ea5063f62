"""Whether a model fits a dataset: its sequences and its labels."""

from collections.abc import Sequence
from typing import Any

from backend.algorithms.errors import DoesNotFit
from backend.algorithms.models import AlgorithmVersion
from backend.common.errors import Invalid
from backend.datasets.models import Dataset, LabelScheme
from backend.datasets.services import scheme_of
from backend.numerics.label_conversion import label_mapping

NEEDS_ALL = "refuse"


def usable_sequences(
    version: AlgorithmVersion, dataset: Dataset, wanted: Sequence[str] | None
) -> tuple[str, ...]:
    """The sequences that the model is given, in its order.

    Raises:
        Invalid: sequences are asked for that the model does not take, or none.
        DoesNotFit: it would lack some, and declares no way without them.
    """
    taken: list[str] = version.config["sequences"]
    if wanted is not None and (not wanted or set(wanted) - set(taken)):
        raise Invalid(f"{version} takes {', '.join(taken)}: choose at least one of these.")
    has = {sequence["key"] for sequence in dataset.sequences} & set(taken if wanted is None else wanted)
    missing = [key for key in taken if key not in has]
    if not has or (missing and version.config.get("missing", NEEDS_ALL) == NEEDS_ALL):
        raise DoesNotFit(
            f"{version} needs {', '.join(missing)}, which it would not be given from {dataset.name}, and its "
            "config declares no way without."
        )
    return tuple(key for key in taken if key in has)


def label_mapping_for(version: AlgorithmVersion, dataset: Dataset) -> dict[str, int]:
    """Which of the model's labels becomes which of the dataset's.

    Raises:
        DoesNotFit: the model's scheme is not known here, or a label of it has no counterpart.
    """
    config: dict[str, Any] = version.config
    source = LabelScheme.objects.filter(slug=config["scheme"]).first()
    if source is None:
        raise DoesNotFit(f"{version}: there is no label scheme {config['scheme']!r} here.")
    theirs, ours = scheme_of(source), scheme_of(dataset.scheme)
    same = theirs.slug == ours.slug
    mapping = {value: value for value in ours.values} if same else label_mapping(theirs, ours)
    labels = [label for label in config["labels"] if label != 0]
    if lost := [label for label in labels if label not in mapping]:
        raise DoesNotFit(
            f"{version}: label {lost[0]} of {theirs.name} has no counterpart in {ours.name}, the labels of "
            f"{dataset.name}."
        )
    return {str(label): mapping[label] for label in labels}
