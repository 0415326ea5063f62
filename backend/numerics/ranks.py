"""Places of values: ties by a stated rule, and float noise decides none."""

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
    keys = np.where(np.isnan(values), np.inf, values)
    order = np.argsort(keys, axis=-1)
    ordered = np.take_along_axis(keys, order, axis=-1)
    entrants = values.shape[-1]
    place = np.arange(entrants)
    starts = np.ones(keys.shape, dtype=bool)
    starts[..., 1:] = _apart(ordered[..., :-1], ordered[..., 1:])
    first = np.maximum.accumulate(np.where(starts, place, 0), axis=-1)
    places = first + 1.0
    if ties == "average":
        ends = np.ones(keys.shape, dtype=bool)
        ends[..., :-1] = starts[..., 1:]
        last = np.minimum.accumulate(np.where(ends, place, entrants)[..., ::-1], axis=-1)[..., ::-1]
        places = (first + last) / 2 + 1.0
    ranks = np.empty(keys.shape)
    np.put_along_axis(ranks, order, places, axis=-1)
    return ranks


def _apart(lower: Floats, higher: Floats) -> npt.NDArray[np.bool_]:
    """Whether neighbours of an ascending order differ by more than float noise."""
    scale = np.maximum(np.abs(lower), np.abs(higher))
    with np.errstate(invalid="ignore"):  # infinite neighbours
        by_noise = higher - lower > RELATIVE_TOLERANCE * scale
    finite = np.isfinite(scale)
    return by_noise if finite.all() else np.where(finite, by_noise, lower != higher)
