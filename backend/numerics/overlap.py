"""Overlap of a prediction with a reference: counts of voxels, and the ratios made of them.

The rules for empty regions are one table, see each function; peers disagree on them.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

import numpy as np
import numpy.typing as npt

from backend.numerics.arrays import Array, Labelmap, Mask, flatten_together
from backend.numerics.errors import GridMismatch
from backend.numerics.geometry import format_shape
from backend.numerics.labels import BACKGROUND, LabelScheme

ExcludedBy = Literal["reference", "either"]


@dataclass(frozen=True)
class Overlap:
    """Voxel counts of one region: in the reference, in the prediction, in both, and in the whole grid."""

    reference: int
    prediction: int
    both: int
    voxels: int


def count_overlap(reference: Mask, prediction: Mask) -> Overlap:
    """Count two masks of one shape.

    Raises:
        GridMismatch: shapes differ.
    """
    _require_one_shape(reference, prediction)
    flat_reference, flat_prediction = flatten_together(reference, prediction)
    return Overlap(
        reference=int(np.count_nonzero(flat_reference)),
        prediction=int(np.count_nonzero(flat_prediction)),
        both=int(np.count_nonzero(np.logical_and(flat_reference, flat_prediction))),
        voxels=reference.size,
    )


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


@dataclass(frozen=True, eq=False)
class JointHistogram:
    """How often each pair of labels meets, over all voxels of a grid.

    Args:
        labels: the values along both axes, ascending, background first.
        counts: int64, shape (labels, labels); [i, j] voxels are labels[i] in the reference and labels[j] in
            the prediction.
    """

    labels: tuple[int, ...]
    counts: npt.NDArray[np.int64]

    def overlap(self, region_labels: Iterable[int]) -> Overlap:
        """Count the region that these labels form."""
        wanted = set(region_labels)
        inside = np.array([value in wanted for value in self.labels], dtype=bool)
        return Overlap(
            reference=int(self.counts[inside, :].sum()),
            prediction=int(self.counts[:, inside].sum()),
            both=int(self.counts[np.ix_(inside, inside)].sum()),
            voxels=int(self.counts.sum()),
        )


def joint_histogram(
    reference: Labelmap, prediction: Labelmap, scheme: LabelScheme, *, excluded_by: ExcludedBy = "reference"
) -> JointHistogram:
    """Count label pairs in one pass over the voxels where either is labelled.

    Voxels that the reference excludes become background on both sides, and excluded labels of the prediction
    count as background. A prediction must not widen what is excluded, or marking all that is difficult would
    pay; between two raters, who are equals, `excluded_by="either"` is symmetric.

    Raises:
        GridMismatch: shapes differ.
    """
    _require_one_shape(reference, prediction)
    flat_reference, flat_prediction = flatten_together(reference, prediction)
    labelled = np.flatnonzero((flat_reference != BACKGROUND) | (flat_prediction != BACKGROUND))
    ours, theirs = flat_reference[labelled], flat_prediction[labelled]
    labels = np.union1d(np.union1d(ours, theirs), [BACKGROUND])
    rows, columns = np.searchsorted(labels, ours), np.searchsorted(labels, theirs)
    counts = np.bincount(rows * len(labels) + columns, minlength=len(labels) ** 2)
    counts = counts.astype(np.int64).reshape(len(labels), len(labels))
    zero = int(np.searchsorted(labels, BACKGROUND))
    counts[zero, zero] += reference.size - len(labelled)
    _remove_excluded(counts, np.isin(labels, scheme.excluded), zero, excluded_by)
    return JointHistogram(tuple(int(value) for value in labels), counts)


def overlap_by_region(
    reference: Labelmap, prediction: Labelmap, scheme: LabelScheme, *, excluded_by: ExcludedBy = "reference"
) -> dict[str, Overlap]:
    """Count every region of the scheme, by its key."""
    histogram = joint_histogram(reference, prediction, scheme, excluded_by=excluded_by)
    return {region.key: histogram.overlap(region.labels) for region in scheme.regions}


def dice_by_region(
    reference_labelmap: Labelmap,
    prediction_labelmap: Labelmap,
    scheme: LabelScheme,
    *,
    excluded_by: ExcludedBy = "reference",
) -> dict[str, float]:
    """Dice of every region of the scheme, by its key; empty regions as in `dice`.

    Raises:
        GridMismatch: shapes differ.
    """
    overlaps = overlap_by_region(reference_labelmap, prediction_labelmap, scheme, excluded_by=excluded_by)
    return {key: dice(overlap) for key, overlap in overlaps.items()}


def _remove_excluded(
    counts: npt.NDArray[np.int64], excluded: Mask, zero: int, excluded_by: ExcludedBy
) -> None:
    """Move counts of excluded labels to the background, in place."""
    if not excluded.any():
        return
    counts[zero, zero] += counts[excluded, :].sum()
    counts[excluded, :] = 0
    if excluded_by == "either":
        counts[zero, zero] += counts[:, excluded].sum()
    else:
        counts[:, zero] += counts[:, excluded].sum(axis=1)
    counts[:, excluded] = 0


def _require_one_shape(reference: Array, prediction: Array) -> None:
    if reference.shape != prediction.shape:
        raise GridMismatch(
            f"the prediction has {format_shape(prediction.shape)} voxels and the reference "
            f"{format_shape(reference.shape)}; resample the prediction to the reference's grid"
        )
