"""What a second look at a finished labelmap would notice: specks, holes, labels outside the head.

None of it is an error by itself (a metastasis may be tiny, a case may have no tumour); whoever hands the
labelmap in is told, and whoever receives it can see what they were told.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
from scipy import ndimage

from backend.numerics.arrays import Array, Labelmap, Mask
from backend.numerics.findings import Finding
from backend.numerics.geometry import Grid
from backend.numerics.labels import BACKGROUND, LabelScheme

Voxel = tuple[int, int, int]

EMPTY = "empty_labelmap"
# A component below it is a speck: about what a dab with the smallest brush leaves behind.
SPECK_ML = 0.05
MOST_PLACES = 5
# Images without their surroundings (skull-stripped) are zero there; in others zeros say nothing.
_STRIPPED_SHARE = 0.2
_TOUCHING = np.ones((3, 3, 3), dtype=bool)


@dataclass(frozen=True)
class LabelFinding(Finding):
    """A finding of a labelmap; `places` are voxels to look at, the largest first, at most MOST_PLACES."""

    places: tuple[Voxel, ...] = ()

    def to_json(self) -> dict[str, Any]:
        return super().to_json() | {"places": [list(place) for place in self.places]}


def lint_labelmap(
    labelmap: Labelmap,
    scheme: LabelScheme,
    *,
    grid: Grid,
    image: Array | None = None,
    unsure: Mask | None = None,
) -> list[LabelFinding]:
    """Look the labelmap over.

    Args:
        labelmap: (X, Y, Z), without marks of unsureness.
        image: one of the case's, on the same grid; without it nobody knows where the head ends.
        unsure: where the rater is unsure; None where nowhere.

    Returns:
        The gravest first. An empty labelmap has only that finding, of severity `error`: it must be meant.
    """
    labelled: Mask = labelmap != BACKGROUND
    if not labelled.any():
        sentence = "No voxel is labelled: every region of this case counts as empty"
        return [LabelFinding(EMPTY, "error", sentence)]
    box, start = _box_around(labelled)
    findings = [
        _find_specks(labelled[box], start, grid),
        _find_holes(labelled[box], start, grid),
        _find_outside(labelled[box], image, box, start, grid),
        _find_unused(labelmap[box], scheme),
        _find_unsure(unsure, grid),
    ]
    return [finding for finding in findings if finding is not None]


def _find_specks(labelled: Mask, start: Voxel, grid: Grid) -> LabelFinding | None:
    components, count = ndimage.label(labelled, structure=_TOUCHING)
    sizes = np.bincount(components.ravel(), minlength=count + 1)[1:]
    small = np.flatnonzero(sizes * grid.voxel_volume_ml < SPECK_ML) + 1
    if len(small) == 0 or count == 1:  # of a single one nothing is separate
        return None
    words = "1 separate speck" if len(small) == 1 else f"{len(small)} separate specks"
    volume = sizes[small - 1].sum() * grid.voxel_volume_ml
    sentence = f"{words} below {SPECK_ML:g} mL, {_ml(volume)} together, perhaps left over from painting"
    return LabelFinding("specks", "warning", sentence, _places(components, small, sizes, start))


def _find_holes(labelled: Mask, start: Voxel, grid: Grid) -> LabelFinding | None:
    components, count = ndimage.label(~labelled)  # by faces: a hole does not leak through a corner
    sizes = np.bincount(components.ravel(), minlength=count + 1)[1:]
    open_ones = {int(number) for face in _faces(components) for number in np.unique(face)}
    holes = np.array([number for number in range(1, count + 1) if number not in open_ones], dtype=int)
    if len(holes) == 0:
        return None
    words = "1 hole" if len(holes) == 1 else f"{len(holes)} holes"
    volume = sizes[holes - 1].sum() * grid.voxel_volume_ml
    sentence = f"{words} without a label inside the labelled tissue, {_ml(volume)} together"
    return LabelFinding("holes", "warning", sentence, _places(components, holes, sizes, start))


def _find_outside(
    labelled: Mask, image: Array | None, box: tuple[slice, ...], start: Voxel, grid: Grid
) -> LabelFinding | None:
    if image is None or np.count_nonzero(image == 0) < _STRIPPED_SHARE * image.size:
        return None
    # Dark tissue may be zero here and there; the surroundings are zero all around.
    surroundings = ndimage.binary_opening(image[box] == 0, structure=_TOUCHING)
    outside = labelled & surroundings
    voxels = int(np.count_nonzero(outside))
    if voxels == 0:
        return None
    components, count = ndimage.label(outside, structure=_TOUCHING)
    sizes = np.bincount(components.ravel(), minlength=count + 1)[1:]
    sentence = f"{_ml(voxels * grid.voxel_volume_ml)} is labelled where the image is empty, outside the head"
    places = _places(components, np.arange(1, count + 1), sizes, start)
    return LabelFinding("outside_head", "warning", sentence, places)


def _find_unused(labelmap: Labelmap, scheme: LabelScheme) -> LabelFinding | None:
    present = set(np.unique(labelmap).tolist())
    unused = [
        label.name
        for label in scheme.labels
        if label.value not in present and label.value not in scheme.excluded
    ]
    if not unused:
        return None
    return LabelFinding("unused_labels", "info", f"Not used: {', '.join(unused)}")


def _find_unsure(unsure: Mask | None, grid: Grid) -> LabelFinding | None:
    if unsure is None or not (voxels := int(np.count_nonzero(unsure))):
        return None
    sentence = f"{_ml(voxels * grid.voxel_volume_ml)} is marked as unsure and weighs less in the consensus"
    return LabelFinding("unsure", "info", sentence)


def _box_around(mask: Mask) -> tuple[tuple[slice, ...], Voxel]:
    """The mask's box with a rim of one voxel where the grid has it, and its first voxel."""
    slices = []
    for axis, size in enumerate(mask.shape):
        others = tuple(other for other in range(mask.ndim) if other != axis)
        present = np.flatnonzero(mask.any(axis=others))
        slices.append(slice(max(0, int(present[0]) - 1), min(size, int(present[-1]) + 2)))
    x, y, z = (part.start for part in slices)
    return tuple(slices), (x, y, z)


def _faces(array: npt.NDArray[Any]) -> list[npt.NDArray[Any]]:
    return [array.take(end, axis=axis) for axis in range(array.ndim) for end in (0, -1)]


def _places(
    components: npt.NDArray[Any], chosen: npt.NDArray[Any], sizes: npt.NDArray[Any], start: Voxel
) -> tuple[Voxel, ...]:
    """A voxel of each of the largest chosen components, near its middle."""
    order: Sequence[int] = chosen[np.argsort(-sizes[chosen - 1], kind="stable")][:MOST_PLACES].tolist()
    boxes = ndimage.find_objects(components)
    places = []
    for number in order:
        box = boxes[number - 1]
        voxels = np.argwhere(components[box] == number)
        near = voxels[np.argmin(((voxels - voxels.mean(axis=0)) ** 2).sum(axis=1))]
        x, y, z = (int(near[i]) + box[i].start + start[i] for i in range(3))
        places.append((x, y, z))
    return tuple(places)


def _ml(volume_ml: float) -> str:
    return f"{volume_ml:.3f} mL" if volume_ml < 0.1 else f"{volume_ml:.1f} mL"
