"""Places of values: ties by a stated rule, and float noise decides none."""

import math
from typing import Literal

import numpy as np
import numpy.typing as npt

Ties = Literal["min", "average"]
Floats = npt.NDArray[np.float64]

RELATIVE_TOLERANCE = 1e-12


def rank_rows(values: Floats, ties: Ties) -> Floats:
    """Rank along the last axis, 1 for the smallest; nan behind every number.

    Args:
        values: (..., entrants).
    """
    missing = np.isnan(values)
    keys = np.where(missing, np.inf, values) if missing.any() else np.ascontiguousarray(values)
    entrants = values.shape[-1]
    place = np.arange(entrants)
    # Places in the flattened array: one index serves both ways.
    order = np.argsort(keys, axis=-1)
    order += entrants * np.arange(math.prod(keys.shape[:-1])).reshape(*keys.shape[:-1], 1)
    ordered = keys.ravel()[order]
    apart = _apart(ordered[..., :-1], ordered[..., 1:])
    ranks = np.empty(keys.size)
    if apart.all():  # no ties: each is at its place
        ranks[order] = place + 1.0
        return ranks.reshape(keys.shape)
    starts = np.ones(keys.shape, dtype=bool)
    starts[..., 1:] = apart
    first = np.maximum.accumulate(np.where(starts, place, 0), axis=-1)
    places = first + 1.0
    if ties == "average":
        ends = np.ones(keys.shape, dtype=bool)
        ends[..., :-1] = starts[..., 1:]
        last = np.minimum.accumulate(np.where(ends, place, entrants)[..., ::-1], axis=-1)[..., ::-1]
        places = (first + last) / 2 + 1.0
    ranks[order] = places
    return ranks.reshape(keys.shape)


def _apart(lower: Floats, higher: Floats) -> npt.NDArray[np.bool_]:
    """Whether neighbours of an ascending order differ by more than float noise."""
    scale = np.maximum(np.abs(lower), np.abs(higher))
    with np.errstate(invalid="ignore"):  # infinite neighbours
        by_noise = higher - lower > RELATIVE_TOLERANCE * scale
    finite = np.isfinite(scale)
    return by_noise if finite.all() else np.where(finite, by_noise, lower != higher)
