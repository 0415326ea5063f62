"""Tumours of a phantom: plans (what kind, how large, where) and their growth into a labelmap.

Labels as BraTS 2012-2015: 1 necrosis, 2 edema, 3 non-enhancing, 4 enhancing.
"""

from dataclasses import dataclass

import numpy as np
from scipy import ndimage

from backend.demo.anatomy import WHITE, Anatomy, Push, Template
from backend.demo.fields import Floats, Labels, Mask, smooth_field
from backend.demo.growth import grow

NECROSIS, EDEMA, NON_ENHANCING, ENHANCING = 1, 2, 3, 4

Range = tuple[float, float]


@dataclass(frozen=True)
class TumourKind:
    """A family of tumours. Volumes in mL; `satellites` are further foci, some mm away from the first."""

    name: str
    core_ml: Range
    edema_ml: Range
    satellites: int = 0
    enhances: bool = True
    rim_mm: float = 3.2
    midline: bool = False


RING = TumourKind("ring-enhancing", core_ml=(16, 42), edema_ml=(35, 85))
SMALL = TumourKind("small solid", core_ml=(3, 7), edema_ml=(12, 30), rim_mm=4.5)
MULTIFOCAL = TumourKind("multifocal", core_ml=(10, 24), edema_ml=(35, 80), satellites=3)
LOW_GRADE = TumourKind("low-grade, without enhancement", core_ml=(28, 50), edema_ml=(10, 20), enhances=False)
BUTTERFLY = TumourKind("across the corpus callosum", core_ml=(22, 36), edema_ml=(45, 75), midline=True)
KINDS = (RING, RING, MULTIFOCAL, RING, LOW_GRADE, SMALL, RING, BUTTERFLY, RING, MULTIFOCAL, RING, SMALL)


@dataclass(frozen=True)
class TumourPlan:
    """One tumour before growth: kind, first focus (template world mm), volumes, push on the tissue around."""

    kind: TumourKind
    focus_mm: np.ndarray
    core_ml: float
    edema_ml: float
    push: Push


@dataclass(frozen=True)
class Tumour:
    """`labels` (X, Y, Z) and `edema`, 0 to 1: how soaked the tissue is, fading out past the label's edge."""

    labels: Labels
    edema: Floats


def plan_tumour(template: Template, *, kind: TumourKind, rng: np.random.Generator) -> TumourPlan:
    """Draws a tumour whose first focus lies in the white matter above the tentorium."""
    core_ml, edema_ml = rng.uniform(*kind.core_ml), rng.uniform(*kind.edema_ml)
    index = np.argwhere((template.tone > 0.9 * WHITE) & (template.depth_mm > 10))
    world = np.asarray(template.origin_mm) + template.step_mm * index
    side, above = np.abs(world[:, 0]), world[:, 2]
    if kind.midline:
        # The genu of the corpus callosum, where a tumour can cross to the other side.
        fits = (
            (side > 3) & (side < 10) & (world[:, 1] > 16) & (world[:, 1] < 34) & (above > -2) & (above < 20)
        )
    else:
        fits = (side > 20) & (side < 48) & (above > -8) & (above < 45)
    focus = world[fits][rng.integers(np.count_nonzero(fits))]
    radius_mm = float(np.cbrt(core_ml * 1000 * 3 / (4 * np.pi)))
    push = Push(focus, push_mm=float(rng.uniform(0.12, 0.26)) * radius_mm, reach_mm=radius_mm + 8)
    return TumourPlan(kind=kind, focus_mm=focus, core_ml=core_ml, edema_ml=edema_ml, push=push)


def grow_tumour(anatomy: Anatomy, plan: TumourPlan, *, rng: np.random.Generator) -> Tumour:
    """Grows the core from its foci, divides it by depth, then lets edema run out along the white matter."""
    core = _grow_core(anatomy, plan, rng)
    labels = _divide_core(anatomy, plan, core, rng)
    grown, edema = _grow_edema(anatomy, plan, core, rng)
    labels[grown & (labels == 0)] = EDEMA
    return Tumour(labels=labels, edema=edema)


def _grow_core(anatomy: Anatomy, plan: TumourPlan, rng: np.random.Generator) -> Mask:
    """Lobed mass: a front that random resistance slows, CSF nearly stops and the falx stops."""
    speed = np.interp(anatomy.tone, [0.2, 0.7, 1.3, 2.0], [0.03, 0.45, 0.7, 1.0]).astype(np.float32)
    speed *= np.exp(0.45 * _field(anatomy, 16.0, rng) + 0.2 * _field(anatomy, 7.0, rng))
    speed[~anatomy.brain | anatomy.falx] = 0
    white = (anatomy.tone > 1.6) & anatomy.brain & (anatomy.depth_mm > 6)
    first = _nearest(anatomy, plan.focus_mm, white)
    core = _grow_focus(anatomy, speed, first, plan.core_ml)
    for _ in range(plan.kind.satellites):
        apart = _distance_mm(anatomy, first)
        radius = np.cbrt(plan.core_ml * 1000 * 3 / (4 * np.pi))
        same_side = anatomy.template_mm[0] * plan.focus_mm[0] > 0
        places = np.argwhere(white & (apart > radius + 9) & (apart < radius + 26) & same_side & ~core)
        if len(places):
            place = places[rng.integers(len(places))]
            core |= _grow_focus(anatomy, speed, place, plan.core_ml * float(rng.uniform(0.03, 0.12)))
    return core


def _grow_focus(anatomy: Anatomy, speed: Floats, place: np.ndarray, volume_ml: float) -> Mask:
    start = np.zeros(speed.shape, dtype=bool)
    start[tuple(place)] = True
    arrival = grow(
        speed, start=start, voxels=_voxels(anatomy, volume_ml), spacing_mm=anatomy.grid.spacing_mm[0]
    )
    return ndimage.binary_fill_holes(np.isfinite(arrival)) & anatomy.brain


def _divide_core(anatomy: Anatomy, plan: TumourPlan, core: Mask, rng: np.random.Generator) -> Labels:
    """Necrotic centre, enhancing rim of uneven thickness with gaps, non-enhancing parts in and out."""
    labels = np.zeros(core.shape, dtype=np.uint8)
    if not plan.kind.enhances:
        labels[core] = NON_ENHANCING
        return labels
    spacing_mm = anatomy.grid.spacing_mm
    # An outer, infiltrating part does not enhance: deeper where the field is high, absent elsewhere.
    depth = ndimage.distance_transform_edt(core, sampling=spacing_mm)
    outer = core & (depth <= 3.0 * _field(anatomy, 14.0, rng) - 1.0)
    bulk = core & ~outer
    depth = ndimage.distance_transform_edt(bulk, sampling=spacing_mm) - min(spacing_mm) / 2
    rim = np.maximum(plan.kind.rim_mm + 1.3 * _field(anatomy, 9.0, rng), 0.6 * spacing_mm[0])
    solid = _field(anatomy, 10.0, rng)
    labels[bulk] = NECROSIS
    labels[bulk & (solid > 1.1)] = NON_ENHANCING
    labels[bulk & (depth <= rim)] = ENHANCING
    labels[bulk & (solid < -1.6)] = ENHANCING
    # Gaps in the ring, as in real ones.
    labels[bulk & (depth <= rim) & (_field(anatomy, 11.0, rng) > 1.7)] = NON_ENHANCING
    labels[outer] = NON_ENHANCING
    return labels


def _grow_edema(
    anatomy: Anatomy, plan: TumourPlan, core: Mask, rng: np.random.Generator
) -> tuple[Mask, Floats]:
    """Vasogenic edema: quick along white matter, slow into grey, shut out by CSF and falx."""
    speed = np.interp(anatomy.tone, [0.6, 1.2, 1.6, 2.0], [0.0, 0.1, 0.5, 1.0]).astype(np.float32)
    speed *= np.exp(0.5 * _field(anatomy, 14.0, rng))
    speed[~anatomy.brain | anatomy.falx] = 0
    wanted = np.count_nonzero(core) + _voxels(anatomy, plan.edema_ml)
    spacing_mm = anatomy.grid.spacing_mm[0]
    # The front goes on past the label's edge, where a halo too faint to be labelled fades out.
    arrival = grow(speed, start=core, voxels=int(1.35 * wanted), spacing_mm=spacing_mm)
    reached: Floats = np.sort(arrival[np.isfinite(arrival)])
    edge = max(float(reached[: int(wanted)][-1]), 1e-3)
    grown = ndimage.binary_opening(arrival <= edge) & (anatomy.tone > 0.75) | core
    strength = np.interp(arrival / edge, [0, 0.5, 0.9, 1.0, 1.15, 1.5], [1, 0.92, 0.72, 0.5, 0.22, 0])
    return grown, strength.astype(np.float32)


def _field(anatomy: Anatomy, grain_mm: float, rng: np.random.Generator) -> Floats:
    return smooth_field(anatomy.grid.shape, spacing_mm=anatomy.grid.spacing_mm, grain_mm=grain_mm, rng=rng)


def _nearest(anatomy: Anatomy, template_mm: np.ndarray, among: Mask) -> np.ndarray:
    offset = anatomy.template_mm - template_mm.astype(np.float32)[:, None, None, None]
    squared = np.where(among, (offset**2).sum(axis=0), np.inf)
    return np.array(np.unravel_index(int(np.argmin(squared)), squared.shape))


def _distance_mm(anatomy: Anatomy, voxel: np.ndarray) -> Floats:
    steps = [
        (np.arange(n) - at) * s
        for n, at, s in zip(anatomy.grid.shape, voxel, anatomy.grid.spacing_mm, strict=True)
    ]
    x, y, z = np.meshgrid(*steps, indexing="ij", sparse=True)
    return np.sqrt(x**2 + y**2 + z**2).astype(np.float32)


def _voxels(anatomy: Anatomy, volume_ml: float) -> int:
    return max(1, round(volume_ml * 1000 / float(np.prod(anatomy.grid.spacing_mm))))
