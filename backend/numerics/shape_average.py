"""Shape-based averaging: the mean of the raters' signed distances to each region's boundary.

Source: Rohlfing and Maurer 2007, IEEE TIP 16:153. Distances are limited, so that a rater who left a region
out says "outside" with a finite weight.
"""

from __future__ import annotations

import numpy as np

from backend.numerics.arrays import Mask
from backend.numerics.fusion_types import TIE_TOLERANCE, FusionInput, Outcome, Parameter, Spacing
from backend.numerics.labels import BACKGROUND, Region
from backend.numerics.votes import Ballot
from backend.numerics.voting import labels_of_regions, nested_regions

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


def _mean_is_inside(region: Region, ballot: Ballot, spacing_mm: Spacing, limit_mm: float) -> Mask:
    """(X, Y, Z): whether the mean over the raters who are sure there is above 0.

    What a rater is unsure of is not in the rater's region. Where all raters agree, all distances have one
    sign: only the voxels in dispute are measured. They lie in the box of all that any rater marked, and
    within it, widened by a voxel, each finds the nearest one outside the region.
    """
    # Its compiler takes a second to load, and web processes only list the methods.
    from backend.numerics.signed_distances import signed_distances_mm

    turn = -1 if ballot.field.order == "F" else 1
    x, y, z = spacing_mm[::turn]
    box = tuple(slice(*limits) for limits in ballot.bounding_box(margin=1))[::turn]

    def crop(values: Mask) -> Mask:
        """One value per pattern, on the box in the order of memory."""
        return np.ascontiguousarray(_turned(ballot.place(values), turn)[box])

    # One entry more, for a rater who is unsure.
    belongs = np.append(np.isin(ballot.labels, region.labels), False)[ballot.patterns]
    sure = ballot.patterns < len(ballot.labels)
    agreed = np.all(belongs, axis=1)
    disputed = crop(np.any(belongs, axis=1) & ~agreed)
    total = np.zeros(np.count_nonzero(disputed))
    for column in range(len(ballot.raters)):
        mask = crop(belongs[:, column])
        distances = signed_distances_mm(mask, disputed, spacing_mm=(x, y, z), limit_mm=limit_mm)
        total += distances * crop(sure[:, column])[disputed]
    result: Mask = ballot.place(agreed)
    _turned(result, turn)[box][disputed] = total > TIE_TOLERANCE * limit_mm * len(ballot.raters)
    return result


def _turned(array: Mask, turn: int) -> Mask:
    return array.transpose(range(array.ndim)[::turn])
