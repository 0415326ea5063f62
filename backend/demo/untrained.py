"""Two methods that need no training: thresholds, and clusters of what differs between the hemispheres."""

import numpy as np
from scipy import ndimage
from sklearn.cluster import KMeans

from backend.demo.features import Images, prepare, voxel_features, without_islands
from backend.demo.fields import Labels, Mask, Spacing, blur
from backend.demo.tumours import EDEMA, ENHANCING, NECROSIS

_FEWEST_VOXELS = 100


def predict_by_thresholds(images: Images, spacing_mm: Spacing) -> Labels:
    """Bright FLAIR is tumour; contrast uptake in it or beside it enhances; what that encloses is necrotic.

    It has no notion of non-enhancing tumour, and takes it for edema.
    """
    case = prepare(images, spacing_mm)
    bright = ndimage.binary_opening(case.smooth("flair", 1.5) > 1.6)
    bright = without_islands(bright, smallest_ml=3.0, spacing_mm=spacing_mm)
    near = ndimage.distance_transform_edt(~bright, sampling=spacing_mm) < 4.0
    enhancing = near & bright.any() & (blur(case.uptake, sigma_mm=0.7, spacing_mm=spacing_mm) > 1.3)
    labels = np.where(bright, EDEMA, 0).astype(np.uint8)
    labels[_enclosed(enhancing) & case.brain] = NECROSIS
    labels[enhancing] = ENHANCING
    return labels


def predict_by_clusters(images: Images, spacing_mm: Spacing) -> Labels:
    """k-means on voxels that differ from their mirror image; a cluster's mean intensities give its label."""
    case = prepare(images, spacing_mm)
    flair, t1, t2 = (case.asymmetry(name, sigma_mm=3.0) for name in ("flair", "t1", "t2"))
    differs = ndimage.binary_opening(case.brain & ((flair > 0.7) | ((t2 > 0.7) & (t1 < -0.3))))
    differs = without_islands(differs, smallest_ml=4.0, spacing_mm=spacing_mm)
    labels = np.zeros(case.brain.shape, dtype=np.uint8)
    if np.count_nonzero(differs) < _FEWEST_VOXELS:
        return labels
    smooth = {name: case.smooth(name, 0.8) for name in case.normal}
    means = KMeans(n_clusters=8, n_init=2, random_state=0).fit(voxel_features(smooth, differs))
    names = np.array([_name_cluster(*centre) for centre in means.cluster_centers_], dtype=np.uint8)
    labels[differs] = names[means.labels_]
    return labels


def _name_cluster(flair: float, t1: float, t1ce: float, t2: float, uptake: float) -> int:
    """A label for a cluster with these normalised mean intensities."""
    if uptake > 1.0:
        return ENHANCING
    if flair < -2.4:
        return 0  # CSF: a sulcus has no sulcus opposite
    if t1 < -0.8 and t2 > 1.4:
        return NECROSIS
    return EDEMA if flair > 0.6 else 0


def _enclosed(rim: Mask) -> Mask:
    """What the rim encloses in the slices of two of the three planes: rings are seldom closed in all."""
    votes = np.zeros(rim.shape, dtype=np.uint8)
    for axis in range(3):
        neighbours = ndimage.generate_binary_structure(3, 1)
        across = np.moveaxis(neighbours, axis, 0)
        across[0] = across[2] = False
        votes += ndimage.binary_fill_holes(rim, structure=neighbours)
    return (votes >= 2) & ~rim
