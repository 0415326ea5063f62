"""Synthetic brain-tumour cases. No patient is behind them: they show how the platform works, not medicine.

The same index and seed give the same bytes, on one machine and with the same library versions.
"""

from dataclasses import dataclass

import numpy as np

from backend.demo import contrast, tumours
from backend.demo.anatomy import Grid, ellipsoid_template, grow_person, mni_template
from backend.demo.contrast import Image
from backend.demo.fields import Labels, Spacing

DEMO_SEED = 3
SPACING_MM = 1.5
FIELD_OF_VIEW_MM = (168.0, 207.0, 168.0)
TINY = Grid.around_brain(shape=(40, 48, 42), spacing_mm=4.0)


@dataclass(frozen=True)
class PhantomCase:
    """One case: images by sequence (`flair t1 t1ce t2`) and the labelmap behind them, all (X, Y, Z)."""

    name: str
    kind: str
    images: dict[str, Image]
    labelmap: Labels
    affine: np.ndarray

    @property
    def spacing_mm(self) -> Spacing:
        x, y, z = np.abs(np.diag(self.affine)[:3])
        return float(x), float(y), float(z)


def make_case(index: int, *, seed: int, spacing_mm: float = SPACING_MM, tiny: bool = False) -> PhantomCase:
    """Makes case `index` of the data set `seed`; its kind of tumour follows the index (`tumours.KINDS`).

    Args:
        index: from 0; the name counts from 1.
        spacing_mm: isotropic voxel size.
        tiny: a 40 x 48 x 42 case at 4 mm with an ellipsoid for a brain, made without the MNI template.
    """
    rng = np.random.default_rng([seed, index])
    template = ellipsoid_template() if tiny else mni_template()
    grid = TINY if tiny else _grid(spacing_mm)
    kind = tumours.KINDS[index % len(tumours.KINDS)]
    plan = tumours.plan_tumour(template, kind=kind, rng=rng)
    anatomy = grow_person(template, grid=grid, rng=rng, push=plan.push)
    tumour = tumours.grow_tumour(anatomy, plan, rng=rng)
    images = contrast.render(anatomy, tumour, rng=rng)
    return PhantomCase(f"Phantom-{index + 1:03d}", kind.name, images, tumour.labels, grid.affine)


def _grid(spacing_mm: float) -> Grid:
    x, y, z = (round(extent / spacing_mm) for extent in FIELD_OF_VIEW_MM)
    return Grid.around_brain(shape=(x, y, z), spacing_mm=spacing_mm)
