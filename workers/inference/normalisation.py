"""How intensities become numbers that a network can use: the names that a config's `normalisation` may give.

Every function takes one sequence's voxels within the brain, (N,) float32, and returns as many; outside the
brain stands 0. A sequence that is the same everywhere becomes 0.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from workers.contract import ContractError

Floats = NDArray[np.float32]
Mask = NDArray[np.bool_]
Settings = Mapping[str, Any]

CLIPPED_PERCENT = 1.0
# Deciles between the ends, as Nyúl & Udupa 1999 and 2000 use them.
NYUL_PERCENTILES = (1.0, *range(10, 100, 10), 99.0)
_TINY = 1e-6


def normalise(
    images: Floats, brain: Mask, *, name: str, settings: Settings, sequences: Sequence[str]
) -> Floats:
    """Normalise each sequence within the brain.

    Args:
        images: (S, X, Y, Z).
        brain: (X, Y, Z); where it is empty everything becomes 0.
        name: one of `NORMALISATIONS`.
        settings: what it has learned; of `nyul` `landmarks`: {sequence: values at `NYUL_PERCENTILES`}.
        sequences: names of the images.

    Raises:
        ContractError: an unknown name, or settings that lack what it needs.
    """
    if name not in NORMALISATIONS:
        raise ContractError(f"normalisation: {name!r} is none of {', '.join(NORMALISATIONS)}")
    scale = NORMALISATIONS[name]
    result = np.zeros(images.shape, np.float32)
    if brain.any():
        for image, target, sequence in zip(images, result, sequences, strict=True):
            values = image[brain]
            if values.any():  # a missing sequence stays 0
                target[brain] = scale(values, settings, sequence)
    return result


def nyul_landmarks(cases: Sequence[Sequence[Floats]], sequences: Sequence[str]) -> dict[str, list[float]]:
    """What `nyul` is given: per sequence the mean landmarks of the training cases, after z-scoring each.

    Args:
        cases: of each case, per sequence, its voxels within the brain, (N,).
    """
    landmarks = {}
    for k, sequence in enumerate(sequences):
        found = [np.percentile(_zscore(case[k]), NYUL_PERCENTILES) for case in cases if case[k].any()]
        if not found:
            raise ContractError(f"normalisation: no training case has {sequence}")
        landmarks[sequence] = [round(float(value), 4) for value in np.mean(found, axis=0)]
    return landmarks


def _zscore(values: Floats) -> Floats:
    return (values - values.mean()) / max(float(values.std()), _TINY)


def _zscore_brain(values: Floats, settings: Settings, sequence: str) -> Floats:
    return _zscore(values)


def _zscore_clipped(values: Floats, settings: Settings, sequence: str) -> Floats:
    """The highest and lowest 1 % cut off first (Havaei et al. 2017)."""
    low, high = np.percentile(values, (CLIPPED_PERCENT, 100 - CLIPPED_PERCENT))
    return _zscore(values.clip(low, high))


def _unit_range(values: Floats, settings: Settings, sequence: str) -> Floats:
    """0 to 1 between the 1st and 99th percentile (Ghafoorian et al. 2016: intensities from 0 to 1)."""
    low, high = np.percentile(values, (CLIPPED_PERCENT, 100 - CLIPPED_PERCENT))
    return ((values - low) / max(float(high - low), _TINY)).clip(0, 1)


def _nyul(values: Floats, settings: Settings, sequence: str) -> Floats:
    """Landmarks of this histogram onto those of training, straight lines between them (Nyúl & Udupa 2000)."""
    landmarks = settings.get("landmarks", {}).get(sequence)
    if landmarks is None or len(landmarks) != len(NYUL_PERCENTILES):
        raise ContractError(
            f"normalisation_settings: nyul needs {len(NYUL_PERCENTILES)} landmarks of {sequence}"
        )
    found = np.percentile(values, NYUL_PERCENTILES)
    found += np.arange(len(found)) * _TINY  # a histogram with a spike has landmarks that coincide
    mapped = np.interp(values, found, landmarks)
    slopes = [(landmarks[k + 1] - landmarks[k]) / (found[k + 1] - found[k]) for k in (0, -2)]
    mapped = np.where(values < found[0], landmarks[0] + (values - found[0]) * slopes[0], mapped)
    return np.where(values > found[-1], landmarks[-1] + (values - found[-1]) * slopes[1], mapped)


def _none(values: Floats, settings: Settings, sequence: str) -> Floats:
    return values


NORMALISATIONS: Mapping[str, Callable[[Floats, Settings, str], Floats]] = {
    "zscore_brain": _zscore_brain,
    "zscore_clipped": _zscore_clipped,
    "unit_range": _unit_range,
    "nyul": _nyul,
    "none": _none,
}
