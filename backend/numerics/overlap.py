"""Overlap of a prediction with a reference: the ratios made of counts of voxels.

The rules for empty regions are one table, see each function; peers disagree on them.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Overlap:
    """Voxel counts of one region: in the reference, in the prediction, in both, and in the whole grid."""

    reference: int
    prediction: int
    both: int
    voxels: int


def dice(overlap: Overlap) -> float:
    """2·|R∩P| / (|R|+|P|); 1 if both are empty, 0 if one is."""
    total = overlap.reference + overlap.prediction
    return 2 * overlap.both / total if total else 1.0


def sensitivity(overlap: Overlap) -> float | None:
    """|R∩P| / |R|; 1 if both are empty, None (not applicable) if only R is."""
    if overlap.reference:
        return overlap.both / overlap.reference
    return None if overlap.prediction else 1.0


def precision(overlap: Overlap) -> float | None:
    """|R∩P| / |P|; 1 if both are empty, None (not applicable) if only P is."""
    if overlap.prediction:
        return overlap.both / overlap.prediction
    return None if overlap.reference else 1.0


def specificity(overlap: Overlap) -> float | None:
    """Share of the voxels outside R that are outside P, over the case's grid; None where R fills the grid."""
    negatives = overlap.voxels - overlap.reference
    if not negatives:
        return None
    false_positives = overlap.prediction - overlap.both
    return (negatives - false_positives) / negatives
