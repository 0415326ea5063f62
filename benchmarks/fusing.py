"""STAPLE, of all labels and of one region; each with the stopping rule of its ITK filter."""

from __future__ import annotations

from typing import Any

import numpy as np
import SimpleITK

from backend.numerics.arrays import Array, Labelmap
from backend.numerics.fusion import fuse
from backend.numerics.labels import SCHEMES
from backend.numerics.staple import estimate_binary
from backend.numerics.volumes import read_labelmap
from backend.numerics.votes import count_votes, require_raters
from benchmarks.measuring import Comparison, Disagreement, Run, Subject, Target

_SCHEME = SCHEMES["brats2015"]
_CORE = (1, 3, 4)
_MULTI_TOLERANCE = 1e-5  # ITK's own
_WEIGHT_TOLERANCE = 1e-9


def comparisons() -> list[Comparison]:
    return [
        Comparison(
            "staple",
            "SimpleITK MultiLabelSTAPLE",
            "5 raters × 5 labels on the whole grid; same label in every voxel",
            fuse_multi_label,
            by_simpleitk_multi_label,
            require_same_labels,
            Target(at_least=300),
            rounds=2,
        ),
        Comparison(
            "staple",
            "SimpleITK STAPLE",
            "5 raters, tumour core, on the whole grid; every weight equal to 1e-9",
            weigh_core,
            by_simpleitk_binary,
            require_same_weights,
            Target(at_least=40),
            rounds=3,
        ),
    ]


def fuse_multi_label(subject: Subject) -> Run:
    labelmaps = _read_raters(subject)
    parameters = {"tolerance": _MULTI_TOLERANCE}
    return lambda: fuse(labelmaps, method="staple", scheme=_SCHEME, parameters=parameters).labelmap


def weigh_core(subject: Subject) -> Run:
    """From binary masks, as the peer; the weights placed on the grid, as the peer's."""
    masks = _core_masks(subject)

    def run() -> Array:
        ballot = count_votes(require_raters(masks))
        return ballot.place(estimate_binary(ballot, [1]).probabilities[1])

    return run


def by_simpleitk_multi_label(subject: Subject) -> Run:
    images = [SimpleITK.GetImageFromArray(labelmap.T) for labelmap in _read_raters(subject)]
    return lambda: SimpleITK.GetArrayFromImage(SimpleITK.MultiLabelSTAPLE(images)).T


def by_simpleitk_binary(subject: Subject) -> Run:
    images = [SimpleITK.GetImageFromArray(mask.T) for mask in _core_masks(subject)]
    return lambda: SimpleITK.GetArrayFromImage(SimpleITK.STAPLE(images)).T


def require_same_labels(ours: Labelmap, theirs: Labelmap) -> None:
    """No voxel differs, those apart that ITK leaves undecided: there two labels have the same probability."""
    undecided = max(_SCHEME.values) + 1
    different = np.count_nonzero((ours != theirs) & (theirs != undecided))
    if different:
        raise Disagreement(f"multi-label STAPLE: {different} voxels differ")


def require_same_weights(ours: Array, theirs: Array) -> None:
    largest = float(np.abs(ours - theirs).max())
    if largest > _WEIGHT_TOLERANCE:
        raise Disagreement(f"binary STAPLE: weights differ by {largest:g}")


def _read_raters(subject: Subject) -> list[Labelmap]:
    return [read_labelmap(path, name=path.name).array for path in subject.files]


def _core_masks(subject: Subject) -> list[Any]:
    return [np.isin(labelmap, _CORE).astype(np.uint8) for labelmap in _read_raters(subject)]
