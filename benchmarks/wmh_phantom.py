"""Synthetic white matter lesions in T1 and FLAIR: schematic, and told from their like by their place alone.

Bright spots of one and the same look are strewn over the white matter. Those deep in it are lesions; those
close beneath the cortex are not, as vessels and bright cortex there are not. Intensities cannot
separate the two; where in the brain a voxel lies can. No patient is behind any of it.
"""

from dataclasses import dataclass

import numpy as np
from scipy import ndimage

from backend.demo.anatomy import Anatomy, Grid, ellipsoid_template, grow_person, mni_template
from backend.demo.contrast import CONTRASTS, UNIT, Contrast, Image
from backend.demo.fields import Floats, Labels, Mask, Spacing, blur, smooth_field
from backend.demo.phantom import FIELD_OF_VIEW_MM, TINY

SEQUENCES = ("t1", "flair")
LESION = 1
# Spots whose middle lies at least so far beneath the brain's surface are lesions: farther than a patch of 32²
# voxels of 1 mm reaches.
LESION_DEPTH_MM = 20.0


@dataclass(frozen=True)
class WmhCase:
    """Images by sequence, int16, and the lesions (1), all (X, Y, Z); `lookalikes` are spots that are none.

    `ventricles` are the lateral ones as the anatomy knows them, to test estimates against.
    """

    name: str
    images: dict[str, Image]
    labelmap: Labels
    lookalikes: Mask
    ventricles: Mask
    affine: np.ndarray

    @property
    def spacing_mm(self) -> Spacing:
        x, y, z = np.abs(np.diag(self.affine)[:3])
        return float(x), float(y), float(z)

    @property
    def brain(self) -> Mask:
        return self.images["t1"] != 0


def make_wmh_case(
    index: int, *, seed: int, spacing_mm: Spacing = (1.5, 1.5, 1.5), tiny: bool = False
) -> WmhCase:
    """Case `index` of the data set `seed`, stored left-posterior-superior; the same bytes each time.

    Args:
        spacing_mm: voxel size; slices may be thick, as those of FLAIR often are.
        tiny: 40 × 48 × 42 voxels of 4 mm with an ellipsoid for a brain.
    """
    rng = np.random.default_rng([seed, index, 7])
    template = ellipsoid_template() if tiny else mni_template()
    grid = TINY if tiny else _grid(spacing_mm)
    anatomy = grow_person(template, grid=grid, rng=rng, push=None)
    lesions, lookalikes = _spots(anatomy, rng)
    soft = blur(
        (lesions | lookalikes).astype(np.float32),
        sigma_mm=0.5 * grid.spacing_mm[0],
        spacing_mm=grid.spacing_mm,
    )
    images = {name: _acquire(anatomy, soft, CONTRASTS[name], rng) for name in SEQUENCES}
    return WmhCase(
        name=f"WMH-phantom-{index + 1:03d}",
        images=images,
        labelmap=(lesions & anatomy.brain).astype(np.uint8) * np.uint8(LESION),
        lookalikes=lookalikes & anatomy.brain,
        ventricles=_ventricles(anatomy),
        affine=grid.affine,
    )


def _grid(spacing_mm: Spacing) -> Grid:
    """The field of view in voxels of this size, as `Grid.around_brain` lays it."""
    x, y, z = (round(extent / step) for extent, step in zip(FIELD_OF_VIEW_MM, spacing_mm, strict=True))
    middle = Grid.around_brain(shape=(1, 1, 1), spacing_mm=1.0).affine[:3, 3]
    affine = np.diag([-spacing_mm[0], -spacing_mm[1], spacing_mm[2], 1.0])
    affine[:3, 3] = middle - affine[:3, :3] @ ((np.array([x, y, z]) - 1) / 2)
    return Grid(shape=(x, y, z), spacing_mm=spacing_mm, affine=affine)


def _ventricles(anatomy: Anatomy) -> Mask:
    """Fluid where the template has its lateral ventricles; neither the third nor a cistern."""
    x, y, z = anatomy.template_mm
    place = (np.abs(x) > 1) & (np.abs(x) < 34) & (y > -48) & (y < 40) & (z > 1) & (z < 34)
    parts, _ = ndimage.label((anatomy.tone < 0.5) & (anatomy.depth_mm > 24) & place)
    within = (np.abs(x) > 8) & (np.abs(x) < 18) & (np.abs(y) < 20) & (z > 12) & (z < 26)
    return np.isin(parts, np.setdiff1d(parts[within], 0))


def _spots(anatomy: Anatomy, rng: np.random.Generator) -> tuple[Mask, Mask]:
    """Lesions and look-alikes: connected spots, each one or the other by the depth of its middle."""
    spacing_mm = anatomy.grid.spacing_mm
    x, y, z = (max(7.0, 2.0 * step) for step in spacing_mm)
    field = smooth_field(anatomy.grid.shape, spacing_mm=spacing_mm, grain_mm=(x, y, z), rng=rng)
    spots = (field > 1.7) & (anatomy.tone > 1.5) & (anatomy.depth_mm > 2)
    parts, count = ndimage.label(spots)
    if count == 0:
        return spots, spots
    depth_mm = ndimage.mean(anatomy.depth_mm, parts, np.arange(count + 1))
    depth_mm[0] = 0
    lesions = (depth_mm > LESION_DEPTH_MM)[parts]
    return lesions & spots, ~lesions & spots


def _acquire(anatomy: Anatomy, spots: Floats, contrast: Contrast, rng: np.random.Generator) -> Image:
    """Tissue and spots in one sequence; blur, coil bias, noise, and the scanner's own gain."""
    shape, spacing_mm = anatomy.grid.shape, anatomy.grid.spacing_mm
    tissue = np.interp(anatomy.tone, [0, 1, 2], [contrast.csf, contrast.grey, contrast.white])
    signal = tissue + spots * (contrast.edema - tissue)
    image = blur(signal.astype(np.float32), sigma_mm=contrast.psf_mm, spacing_mm=spacing_mm)
    image *= np.exp(0.06 * smooth_field(shape, spacing_mm=spacing_mm, grain_mm=85.0, rng=rng))
    image += np.float32(0.04) * rng.standard_normal(shape, dtype=np.float32)
    stored = np.rint(image * UNIT * rng.uniform(0.6, 1.5))
    return np.where(anatomy.brain, np.clip(stored, 1, np.iinfo(np.int16).max), 0).astype(np.int16)
