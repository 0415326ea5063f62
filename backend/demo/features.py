"""What the simulated participants' methods see of a case: normalised intensities and a little context."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from scipy import ndimage

from backend.demo.contrast import SEQUENCES, Image
from backend.demo.fields import Floats, Mask, Spacing, blur

Images = Mapping[str, Image]
Normal = Mapping[str, Floats]


class NoBrain(ValueError):
    """The images of a case hold nothing but background."""


@dataclass(frozen=True)
class Prepared:
    """A case as the methods take it: brain mask, images normalised (0 outside the brain), voxel size."""

    brain: Mask
    normal: Normal
    spacing_mm: Spacing

    @property
    def uptake(self) -> Floats:
        """What the contrast agent brightened: T1c less T1, both normalised."""
        return self.normal["t1ce"] - self.normal["t1"]

    def smooth(self, sequence: str, sigma_mm: float) -> Floats:
        return blur(self.normal[sequence], sigma_mm=sigma_mm, spacing_mm=self.spacing_mm)

    def asymmetry(self, sequence: str, *, sigma_mm: float = 4.0) -> Floats:
        """The blurred image less its mirror image about the brain's middle; X is the left-right axis."""
        filled = np.flatnonzero(self.brain.any(axis=(1, 2)))
        across = slice(filled[0], filled[-1] + 1)
        smooth = self.smooth(sequence, sigma_mm)
        mirrored = np.zeros_like(smooth)
        mirrored[across] = smooth[across][::-1]
        return np.where(self.brain, smooth - mirrored, 0).astype(np.float32)

    def suspicious(self) -> Mask:
        """Voxels worth classifying: bright on FLAIR or T2, or with uptake. About a third of the brain."""
        bright = (self.smooth("flair", 1.0) > 0.7) | (self.smooth("t2", 1.0) > 0.6)
        return self.brain & (bright | (self.uptake > 1.0))


def prepare(images: Images, spacing_mm: Spacing) -> Prepared:
    """Finds the brain (the images are brain-extracted) and brings each sequence to a common scale.

    Each image loses its median over the brain and is divided by the interquartile range: a tumour of
    a tenth of the brain would move mean and deviation.

    Raises:
        NoBrain: every voxel of every sequence is 0.
    """
    brain: Mask = np.any([images[name] > 0 for name in SEQUENCES], axis=0)
    if not brain.any():
        raise NoBrain("all voxels of the four sequences are 0: give the method brain-extracted images")
    normal = {}
    for name in SEQUENCES:
        low, middle, high = np.percentile(images[name][brain], [25, 50, 75])
        scaled = (images[name].astype(np.float32) - middle) / max(high - low, 1.0)
        normal[name] = np.where(brain, scaled, 0).astype(np.float32)
    return Prepared(brain, normal, spacing_mm)


def voxel_features(normal: Normal, where: Mask) -> Floats:
    """The four normalised intensities and the uptake of each voxel in `where`: shape (voxels, 5)."""
    columns = [normal[name][where] for name in SEQUENCES]
    uptake = normal["t1ce"][where] - normal["t1"][where]
    return np.stack([*columns, uptake], axis=1)


def context_features(case: Prepared, where: Mask) -> Floats:
    """`voxel_features` and what lies around each voxel: shape (voxels, 18)."""
    around = [case.smooth(name, sigma_mm)[where] for sigma_mm in (1.2, 3.5) for name in SEQUENCES]
    agent = blur(case.uptake, sigma_mm=0.8, spacing_mm=case.spacing_mm)
    further = (
        agent,
        # The strongest uptake nearby tells a necrotic centre from a ventricle.
        ndimage.maximum_filter(agent, size=[2 * round(9.0 / step) + 1 for step in case.spacing_mm]),
        case.asymmetry("flair"),
        case.asymmetry("t2"),
        ndimage.distance_transform_edt(case.brain, sampling=case.spacing_mm),
    )
    columns = np.stack([*around, *(volume[where] for volume in further)], axis=1, dtype=np.float32)
    return np.concatenate([voxel_features(case.normal, where), columns], axis=1)


def without_islands(region: Mask, *, smallest_ml: float, spacing_mm: Spacing) -> Mask:
    """The region without its connected parts below a volume; the largest part always stays."""
    parts, count = ndimage.label(region)
    if count < 2:
        return region
    volumes_ml = np.bincount(parts.ravel())[1:] * float(np.prod(spacing_mm)) / 1000
    kept = 1 + np.flatnonzero((volumes_ml >= smallest_ml) | (volumes_ml == volumes_ml.max()))
    return np.isin(parts, kept)
