"""Shape-based averaging: the mean of the raters' signed distances to each region's boundary.

Source: Rohlfing and Maurer 2007, IEEE TIP 16:153. Distances are limited, so that a rater who left a region
out says "outside" with a finite weight.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
from scipy import ndimage

from backend.numerics.arrays import Mask
from backend.numerics.fusion_types import TIE_TOLERANCE, FusionInput, Outcome, Parameter
from backend.numerics.labels import BACKGROUND, Region
from backend.numerics.votes import Ballot
from backend.numerics.voting import labels_of_regions, nested_regions

Floats = npt.NDArray[np.float64]

PARAMETERS = (
    Parameter(
        "limit_mm",
        "number",
        20.0,
        "Distances count up to here: how much one rater who left a region out can take away.",
        minimum=0.1,
        maximum=1000,
    ),
)


def fuse_by_shape_average(given: FusionInput) -> Outcome:
    """A voxel enters a region where the mean signed distance, inside positive, is above 0."""
    ballot = given.ballot
    entered = {}
    for region in nested_regions(given.scheme):
        inside = _mean_is_inside(region, ballot, given.spacing_mm, given.parameters["limit_mm"])
        entered[region.key] = ballot.field.gather(inside.ravel(order=ballot.field.order))
    labels = labels_of_regions(entered, ballot, given.scheme, at=ballot.pattern_of)
    return Outcome(ballot.field.scatter(labels, elsewhere=BACKGROUND))


def signed_distance_mm(mask: Mask, *, spacing_mm: tuple[float, ...], limit_mm: float) -> Floats:
    """Distance to the nearest voxel of the other side, in mm: positive inside, negative outside.

    Args:
        mask: bool, (X, Y, Z).
        limit_mm: no distance is larger; an empty mask is -limit everywhere, a full one +limit.
    """
    if not mask.any() or mask.all():
        return np.full(mask.shape, limit_mm if mask.any() else -limit_mm)
    inside = ndimage.distance_transform_edt(mask, sampling=spacing_mm)
    outside = ndimage.distance_transform_edt(~mask, sampling=spacing_mm)
    return np.clip(inside - outside, -limit_mm, limit_mm)


def _mean_is_inside(region: Region, ballot: Ballot, spacing_mm: tuple[float, ...], limit_mm: float) -> Mask:
    """(X, Y, Z): whether the mean over the raters who are sure there is above 0.

    What a rater is unsure of is not in the rater's region. Outside the box of all that any rater put into the
    region nobody's distance is positive; and a border of one voxel holds, for each voxel of the box, the
    nearest one outside the region.
    """
    # One entry more, for a rater who is unsure.
    belongs = np.append(np.isin(ballot.labels, region.labels), False)[ballot.patterns]
    sure = ballot.patterns < len(ballot.labels)
    box = _box_of(ballot.place(np.any(belongs, axis=1, keepdims=True)[:, 0]))
    result = np.zeros(ballot.field.shape, dtype=bool)
    if box is None:
        return result
    total = np.zeros(result[box].shape)
    for column in range(len(ballot.raters)):
        mask = ballot.place(belongs[:, column])[box]
        distance_mm = signed_distance_mm(mask, spacing_mm=spacing_mm, limit_mm=limit_mm)
        if not sure[:, column].all():
            distance_mm *= ballot.place(sure[:, column])[box]
        total += distance_mm
    result[box] = total > TIE_TOLERANCE * limit_mm * len(ballot.raters)
    return result


def _box_of(mask: Mask) -> tuple[slice, ...] | None:
    """The bounding box, widened by one voxel; None where nothing is in it."""
    found = ndimage.find_objects(mask.astype(np.uint8), max_label=1)[0]
    if found is None:
        return None
    return tuple(
        slice(max(x.start - 1, 0), min(x.stop + 1, size)) for x, size in zip(found, mask.shape, strict=True)
    )
