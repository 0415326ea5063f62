"""Counts: Dice, sensitivity and specificity of three regions."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

import numpy as np
import SimpleITK
import surface_distance
import torch
from medpy.metric import binary as medpy
from monai.metrics import compute_confusion_matrix_metric, get_confusion_matrix
from pymia.evaluation.metric import ConfusionMatrix, DiceCoefficient, Sensitivity, Specificity

from backend.numerics.arrays import Mask
from benchmarks.measuring import Comparison, Target, require_equal
from benchmarks.regions import Values, from_labelmaps, from_masks, ours

Pairs = list[tuple[Mask, Mask]]
_METRICS = ("dice", "sensitivity", "specificity")
_WHAT = "Dice, sensitivity, specificity × 3 regions"


def comparisons() -> list[Comparison]:
    three, equal = ours(*_METRICS), partial(require_equal, "counts", within=1e-12)
    nearly = partial(require_equal, "counts", within=1e-5)
    make = partial(Comparison, "counts", what=_WHAT, ours=three, check=equal)
    return [
        make("MedPy", theirs=from_labelmaps(by_medpy), target=Target(at_least=30), subjects=6, rounds=7),
        make(
            "MedPy, masks given", what=f"{_WHAT}; only ours starts at labelmaps", theirs=from_masks(by_medpy)
        ),
        make(
            "surface-distance",
            what="Dice × 3 regions",
            ours=ours("dice"),
            theirs=from_labelmaps(by_surface_distance),
        ),
        make("pymia", theirs=from_labelmaps(by_pymia)),
        make("SimpleITK", theirs=from_labelmaps(by_simpleitk), rounds=3),
        make(
            "MONAI",
            what=f"{_WHAT} (float32: equal to 1e-5)",
            theirs=from_labelmaps(by_monai),
            check=nearly,
            rounds=3,
        ),
    ]


def by_medpy(pairs: Pairs) -> Values:
    measures = (medpy.dc, medpy.sensitivity, medpy.specificity)
    return [float(measure(prediction, reference)) for measure in measures for reference, prediction in pairs]


def by_surface_distance(pairs: Pairs) -> Values:
    return [float(surface_distance.compute_dice_coefficient(*pair)) for pair in pairs]


def by_pymia(pairs: Pairs) -> Values:
    matrices = [ConfusionMatrix(prediction, reference) for reference, prediction in pairs]
    values = []
    for measure in (DiceCoefficient(), Sensitivity(), Specificity()):
        for measure.confusion_matrix in matrices:
            values.append(float(measure.calculate()))
    return values


def by_simpleitk(pairs: Pairs) -> Values:
    rows = []
    for pair in pairs:
        reference, prediction = (SimpleITK.GetImageFromArray(mask.astype(np.uint8)) for mask in pair)
        measure = SimpleITK.LabelOverlapMeasuresImageFilter()
        measure.Execute(prediction, reference)
        dice, missed, invented = (
            measure.GetDiceCoefficient(1),
            measure.GetFalseNegativeError(1),
            measure.GetFalsePositiveError(1),
        )
        rows.append((dice, 1 - missed, 1 - invented))
    return [float(value) for column in zip(*rows, strict=True) for value in column]


def by_monai(pairs: Pairs) -> Values:
    references, predictions = (as_tensor(masks) for masks in zip(*pairs, strict=True))
    matrix = get_confusion_matrix(predictions, references)
    return [
        float(value)
        for name in ("f1 score", "sensitivity", "specificity")
        for value in compute_confusion_matrix_metric(name, matrix)[0]
    ]


def as_tensor(masks: Sequence[Mask]) -> torch.Tensor:
    """(1, regions, Z, Y, X), float32."""
    return torch.from_numpy(np.stack(masks)[np.newaxis].astype(np.float32))
