"""From tissue and tumour to the four sequences: schematic intensities, partial volume, bias, blur, noise."""

from dataclasses import dataclass
from typing import cast

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage

from backend.demo import tumours
from backend.demo.anatomy import Anatomy
from backend.demo.fields import Floats, Spacing, blur, smooth_field
from backend.demo.tumours import Tumour

Image = NDArray[np.int16]


@dataclass(frozen=True)
class Contrast:
    """Intensities of one sequence, with white matter near 0.6 to 0.9 and pure edema, necrosis and so on.

    `vessel` is added where a vessel runs, `sheath` in white matter changed by age. `psf_mm` is the
    acquisition's blur along X, Y, Z: thick axial slices blur Z most.
    """

    csf: float
    grey: float
    white: float
    necrosis: float
    edema: float
    non_enhancing: float
    enhancing: float
    vessel: float
    sheath: float
    psf_mm: Spacing


CONTRASTS = {
    "flair": Contrast(0.14, 0.82, 0.68, 0.62, 1.42, 1.26, 1.14, 0.0, 0.42, (0.6, 0.6, 1.0)),
    "t1": Contrast(0.22, 0.62, 0.92, 0.38, 0.62, 0.56, 0.60, 0.0, 0.0, (0.4, 0.4, 0.5)),
    "t1ce": Contrast(0.24, 0.65, 0.90, 0.36, 0.63, 0.58, 1.38, 0.95, 0.0, (0.4, 0.4, 0.5)),
    "t2": Contrast(1.80, 0.86, 0.62, 1.50, 1.26, 1.17, 1.00, -0.55, 0.25, (0.5, 0.5, 0.9)),
}
SEQUENCES = tuple(CONTRASTS)

# One unit of contrast in stored integers, before each image's own scale.
UNIT = 420.0


def render(anatomy: Anatomy, tumour: Tumour, *, rng: np.random.Generator) -> dict[str, Image]:
    """The four images, int16, shape (X, Y, Z): 0 outside the brain, positive inside."""
    parts = _Parts.of(anatomy, tumour, rng)
    return {
        name: _acquire(anatomy, parts.signal(contrast), contrast, rng) for name, contrast in CONTRASTS.items()
    }


@dataclass(frozen=True)
class _Parts:
    """What the sequences share: tissue, soft tumour parts, and textures."""

    anatomy: Anatomy
    edema: Floats
    core: dict[int, Floats]
    vessels: Floats
    sheath: Floats
    texture: Floats
    patches: Floats
    clouds: Floats
    uptake: float

    @classmethod
    def of(cls, anatomy: Anatomy, tumour: Tumour, rng: np.random.Generator) -> "_Parts":
        spacing_mm = anatomy.grid.spacing_mm
        field = {
            grain: smooth_field(anatomy.grid.shape, spacing_mm=spacing_mm, grain_mm=grain, rng=rng)
            for grain in (2.5, 5.0, 8.0)
        }
        soft = 0.55 * min(spacing_mm)
        labels = (tumours.NECROSIS, tumours.NON_ENHANCING, tumours.ENHANCING)
        core = {
            k: blur((tumour.labels == k).astype(np.float32), sigma_mm=soft, spacing_mm=spacing_mm)
            for k in labels
        }
        soaked = rng.uniform(0.65, 1.0) * np.clip(1 + 0.18 * field[8.0], 0.5, 1.25)
        edema = blur(tumour.edema, sigma_mm=soft, spacing_mm=spacing_mm) * soaked
        # CSF keeps its own signal: soaked tissue is tissue.
        edema *= np.clip((anatomy.tone - 0.3) / 0.5, 0, 1)
        return cls(
            anatomy,
            edema,
            core,
            _vessels(anatomy, rng),
            _sheath(anatomy, rng),
            field[2.5],
            field[5.0],
            field[8.0],
            rng.uniform(0.55, 0.95),
        )

    def signal(self, contrast: Contrast) -> Floats:
        """Noise-free intensity of one sequence."""
        healthy = np.interp(
            _steepened(self.anatomy.tone), [0, 1, 2], [contrast.csf, contrast.grey, contrast.white]
        )
        healthy = (
            healthy * (1 + 0.025 * self.texture)
            + contrast.sheath * self.sheath
            + contrast.vessel * self.vessels
        )
        signal = healthy + self.edema * (contrast.edema - healthy) * np.where(
            self.anatomy.tone < 1.4, 0.75, 1.0
        )
        means = {
            tumours.NECROSIS: contrast.necrosis * (1 + 0.10 * self.patches),
            tumours.NON_ENHANCING: contrast.non_enhancing * (1 + 0.08 * self.clouds),
            # Contrast agent is taken up unevenly, and more in one patient than in another.
            tumours.ENHANCING: contrast.non_enhancing
            + np.clip(self.uptake * (1 + 0.28 * self.patches), 0.2, 1.3)
            * (contrast.enhancing - contrast.non_enhancing),
        }
        share = sum(self.core.values())
        inside = sum(self.core[label] * mean for label, mean in means.items())
        return np.maximum(signal * (1 - share) + inside, 0.02).astype(np.float32)


def _steepened(tone: Floats) -> Floats:
    """Template tones are averages over people; one person's voxels are mostly one tissue."""
    whole = np.floor(tone)
    rest = tone - whole
    return whole + 0.4 * rest + 0.6 * rest**2 * (3 - 2 * rest)


def _vessels(anatomy: Anatomy, rng: np.random.Generator) -> Floats:
    """Thin curves in the sulci: where two random fields are both near zero."""
    spacing_mm = anatomy.grid.spacing_mm
    pair = [smooth_field(anatomy.grid.shape, spacing_mm=spacing_mm, grain_mm=11.0, rng=rng) for _ in range(2)]
    tube = np.exp(-(pair[0] ** 2 + pair[1] ** 2) / 0.02)
    # Near the surface only: none crosses a ventricle.
    depth = np.interp(anatomy.depth_mm, [0, 1, 18, 22], [0, 1, 1, 0])
    return cast(Floats, (tube * np.clip(1.1 - anatomy.tone, 0, 1) * depth).astype(np.float32))


def _sheath(anatomy: Anatomy, rng: np.random.Generator) -> Floats:
    """White matter changed by age, which is no tumour: patches next to the ventricles, and small spots."""
    shape, spacing_mm = anatomy.grid.shape, anatomy.grid.spacing_mm
    ventricle = ((anatomy.tone < 0.5) & (anatomy.depth_mm > 24)).astype(np.float32)
    near = np.clip(3 * blur(ventricle, sigma_mm=2.2, spacing_mm=spacing_mm), 0, 1)
    patches = np.clip(0.6 + 0.5 * smooth_field(shape, spacing_mm=spacing_mm, grain_mm=13.0, rng=rng), 0, 1.2)
    spots = 1.2 * np.clip(smooth_field(shape, spacing_mm=spacing_mm, grain_mm=5.0, rng=rng) - 2.7, 0, 1)
    changed = (near * patches + spots * (anatomy.depth_mm > 10)) * np.clip(anatomy.tone - 0.8, 0, 1)
    return cast(Floats, changed.astype(np.float32))


def _acquire(anatomy: Anatomy, signal: Floats, contrast: Contrast, rng: np.random.Generator) -> Image:
    """Blur, coil bias (about 10 %), Rician noise (3 to 5 %), the scanner's own gain, brain extraction."""
    shape, spacing_mm = anatomy.grid.shape, anatomy.grid.spacing_mm
    brain = anatomy.brain
    # Blurred within the brain, so that its edge does not darken.
    weight = np.maximum(blur(brain.astype(np.float32), sigma_mm=contrast.psf_mm, spacing_mm=spacing_mm), 0.05)
    image = (
        blur(np.where(brain, signal, 0).astype(np.float32), sigma_mm=contrast.psf_mm, spacing_mm=spacing_mm)
        / weight
    )
    image *= np.exp(0.07 * smooth_field(shape, spacing_mm=spacing_mm, grain_mm=85.0, rng=rng))
    noise = rng.standard_normal((2, *shape), dtype=np.float32) * np.float32(rng.uniform(0.035, 0.055))
    # Resampling to a common grid, which such data has been through, smooths the noise a little.
    magnitude = ndimage.gaussian_filter(np.hypot(image + noise[0], noise[1]), 0.4, truncate=3.0)
    stored = np.rint(magnitude * UNIT * rng.uniform(0.6, 1.5))
    return np.where(brain, np.clip(stored, 1, np.iinfo(np.int16).max), 0).astype(np.int16)
