"""Simulated raters: the truth as seen by five people, each with habits of their own.

A rater moves the boundaries of nested regions (complete, core, and the parts of the core) by a habit of so
many mm and by a smooth wander. Outlines are drawn slice by slice on the axial plane, so the wander changes
faster from slice to slice than within one. Nothing here looks at the images.
"""

from dataclasses import dataclass

import numpy as np
from scipy import ndimage

from backend.demo.fields import Floats, Labels, Mask, Spacing, signed_distance_mm, smooth_field
from backend.demo.tumours import EDEMA, ENHANCING, NECROSIS, NON_ENHANCING

_MARGIN_MM = 8.0
_CORE = (NECROSIS, NON_ENHANCING, ENHANCING)


@dataclass(frozen=True)
class RaterHabit:
    """How one rater deviates from the truth.

    Attributes:
        edema_mm, core_mm, enhancing_mm: outward shift of the outlines of complete, of core, and of the
            enhancing part within the core; negative draws tighter.
        wander_mm: standard deviation of the random displacement of every outline.
        smallest_ml: foci smaller than this go unnoticed.
        necrosis_as_solid: share of the necrotic tissue taken for non-enhancing tumour, in patches.
        solid_as_edema: share of the non-enhancing tumour left to the edema, in patches.
        rim_as_solid: share of the enhancing tissue, in patches, that looked too faint to call enhancing.
    """

    name: str
    description: str
    edema_mm: float = 0.0
    core_mm: float = 0.0
    enhancing_mm: float = 0.0
    wander_mm: float = 0.8
    smallest_ml: float = 0.0
    necrosis_as_solid: float = 0.05
    solid_as_edema: float = 0.1
    rim_as_solid: float = 0.03


HABITS = (
    RaterHabit(
        name="generous",
        description="draws edema wide and follows every bright wisp",
        edema_mm=1.1,
        core_mm=0.9,
        enhancing_mm=0.1,
    ),
    RaterHabit(
        name="tight",
        description="stays inside what is certainly tumour",
        edema_mm=-1.0,
        core_mm=-0.7,
        solid_as_edema=0.6,
    ),
    RaterHabit(
        name="hasty",
        description="unsteady outlines",
        wander_mm=1.35,
        smallest_ml=0.3,
    ),
    RaterHabit(
        name="sparse",
        description="overlooks small foci and takes necrosis for solid tumour",
        smallest_ml=2.0,
        necrosis_as_solid=0.35,
    ),
    RaterHabit(
        name="cautious",
        description="calls only the brightest tissue enhancing",
        enhancing_mm=-0.25,
        rim_as_solid=0.1,
        solid_as_edema=0.35,
    ),
)


def simulate_raters(truth: Labels, *, seed: int, index: int, spacing_mm: Spacing) -> dict[str, Labels]:
    """What each of the five raters draws of case `index`, by the habit's name."""
    return {
        habit.name: simulate_rater(
            truth, habit, rng=np.random.default_rng([seed, index, k]), spacing_mm=spacing_mm
        )
        for k, habit in enumerate(HABITS)
    }


def simulate_rater(
    truth: Labels, habit: RaterHabit, *, rng: np.random.Generator, spacing_mm: Spacing
) -> Labels:
    """The labelmap (X, Y, Z) that a rater with this habit draws; empty if the truth is."""
    drawn = np.zeros_like(truth)
    if not truth.any():
        return drawn
    window = _window(truth > 0, spacing_mm)
    seen = _without_small_foci(truth[window], habit.smallest_ml, spacing_mm)
    drawn[window] = _redraw(seen, habit, rng, spacing_mm)
    return drawn


def _redraw(seen: Labels, habit: RaterHabit, rng: np.random.Generator, spacing_mm: Spacing) -> Labels:
    wander = _wander(seen.shape, habit.wander_mm, rng, spacing_mm)
    own = {label: 0.5 * _wander(seen.shape, habit.wander_mm, rng, spacing_mm) for label in (EDEMA, *_CORE)}
    # Where core ends and edema begins is the outline that people agree on least.
    core = _shifted(np.isin(seen, _CORE), habit.core_mm + wander + 1.6 * own[NON_ENHANCING], spacing_mm)
    complete = _shifted(seen > 0, habit.edema_mm + wander + own[EDEMA], spacing_mm) | core
    drawn = np.where(complete, EDEMA, 0).astype(np.uint8)
    # Within the core each voxel goes to the part whose outline, as this rater draws it, encloses it deepest.
    shifts = {NECROSIS: 0.0, NON_ENHANCING: 0.0, ENHANCING: habit.enhancing_mm}
    parts = [
        signed_distance_mm(seen == label, spacing_mm=spacing_mm) + shifts[label] + 0.6 * own[label]
        for label in _CORE
    ]
    drawn[core] = np.asarray(_CORE, dtype=np.uint8)[np.argmax(parts, axis=0)][core]
    for label, mistaken_for, share in (
        (NECROSIS, NON_ENHANCING, habit.necrosis_as_solid),
        (ENHANCING, NON_ENHANCING, habit.rim_as_solid),
        (NON_ENHANCING, EDEMA, habit.solid_as_edema),
    ):
        patches = smooth_field(seen.shape, spacing_mm=spacing_mm, grain_mm=8.0, rng=rng)
        mistaken = (drawn == label) & _highest(patches, share)
        # Tissue enclosed by the core is not edema to anyone.
        drawn[mistaken & _outermost(core, spacing_mm) if mistaken_for == EDEMA else mistaken] = mistaken_for
    return drawn


def _wander(shape: tuple[int, ...], size_mm: float, rng: np.random.Generator, spacing_mm: Spacing) -> Floats:
    """Displacement in mm: most of it smooth in the slice, a little of it from each slice's new outline."""
    x, y, z = shape
    broad = smooth_field((x, y, z), spacing_mm=spacing_mm, grain_mm=(7.0, 7.0, 5.0), rng=rng)
    slicewise = smooth_field(
        (x, y, z), spacing_mm=spacing_mm, grain_mm=(9.0, 9.0, spacing_mm[2] / 2), rng=rng
    )
    return np.float32(size_mm) * (np.float32(0.85) * broad + np.float32(0.5) * slicewise)


def _shifted(region: Mask, outwards_mm: Floats, spacing_mm: Spacing) -> Mask:
    return signed_distance_mm(region, spacing_mm=spacing_mm) + outwards_mm > 0


def _highest(field: Floats, share: float) -> Mask:
    return field > np.quantile(field, 1 - share)


def _outermost(core: Mask, spacing_mm: Spacing) -> Mask:
    return signed_distance_mm(core, spacing_mm=spacing_mm) < 5.0


def _without_small_foci(truth: Labels, smallest_ml: float, spacing_mm: Spacing) -> Labels:
    """Foci of the core below `smallest_ml` pass for the edema around them; the largest is always seen."""
    foci, count = ndimage.label(np.isin(truth, _CORE), structure=np.ones((3, 3, 3)))
    if count < 2 or smallest_ml <= 0:
        return truth
    volumes_ml = np.bincount(foci.ravel(), minlength=count + 1)[1:] * float(np.prod(spacing_mm)) / 1000
    missed = [k + 1 for k in range(count) if volumes_ml[k] < smallest_ml and k != int(np.argmax(volumes_ml))]
    return np.where(np.isin(foci, missed), EDEMA, truth).astype(np.uint8)


def _window(mask: Mask, spacing_mm: Spacing) -> tuple[slice, ...]:
    """The mask's bounding box with a margin, cut at the grid's edge."""
    box = ndimage.find_objects(mask.astype(np.uint8))[0]
    pads = [int(np.ceil(_MARGIN_MM / step)) for step in spacing_mm]
    return tuple(slice(max(0, s.start - pad), s.stop + pad) for s, pad in zip(box, pads, strict=True))
