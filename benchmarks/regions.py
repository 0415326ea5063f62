"""What every comparison of metrics starts from: two labelmaps in memory, as read; and ends at: values.

Peers work on masks, so their time holds making them with `np.isin`, and images or tensors where they want
those; ours holds the packing that stands in its place. The layout is the best for the peers: C order,
one mask contiguous.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from backend.numerics.arrays import Labelmap, Mask
from backend.numerics.labels import SCHEMES
from backend.numerics.metrics import score_case
from backend.numerics.volumes import read_labelmap
from benchmarks.measuring import Prepare, Run, Subject

SCHEME = SCHEMES["brats2023"]
SPACING_MM = (1.0, 1.0, 1.0)  # of every BraTS case
Values = list[float]


def read_pair(subject: Subject) -> tuple[Labelmap, Labelmap]:
    """Reference and prediction, (X, Y, Z) in Fortran order."""
    reference, prediction = (read_labelmap(path, name=path.name).array for path in subject.files)
    return reference, prediction


def read_transposed(subject: Subject) -> tuple[Labelmap, Labelmap]:
    """Reference and prediction, (Z, Y, X) in C order: the same bytes."""
    reference, prediction = read_pair(subject)
    return reference.T, prediction.T


def mask_pairs(reference: Labelmap, prediction: Labelmap) -> list[tuple[Mask, Mask]]:
    """(reference, prediction) of each region."""
    return [
        (np.isin(reference, region.labels), np.isin(prediction, region.labels)) for region in SCHEME.regions
    ]


def from_labelmaps(measure: Callable[[list[tuple[Mask, Mask]]], Values]) -> Prepare:
    """A peer that measures masks, timed from the labelmaps on."""

    def prepare(subject: Subject) -> Run:
        reference, prediction = read_transposed(subject)
        return lambda: measure(mask_pairs(reference, prediction))

    return prepare


def from_masks(measure: Callable[[list[tuple[Mask, Mask]]], Values]) -> Prepare:
    """The same peer without the time for making masks."""

    def prepare(subject: Subject) -> Run:
        pairs = mask_pairs(*read_transposed(subject))
        return lambda: measure(pairs)

    return prepare


def ours(*metrics: str) -> Prepare:
    """Score the labelmaps by these metrics; values by metric, then region."""

    def prepare(subject: Subject) -> Run:
        reference, prediction = read_pair(subject)

        def run() -> Values:
            scores = score_case(reference, prediction, SCHEME, SPACING_MM, metrics)
            return [_number(score.value) for name in metrics for score in scores if score.metric == name]

        return run

    return prepare


def _number(value: float | None) -> float:
    return float("nan") if value is None else value
