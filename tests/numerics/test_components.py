import numpy as np
import pytest
import SimpleITK as sitk  # noqa: N813
from scipy import ndimage

from backend.numerics.bitplanes import Box
from backend.numerics.components import ComponentPainter, label_components, overlap_runs
from backend.numerics.packing import pack_masks
from tests.numerics.mask_phantoms import random_pair
from tests.numerics.test_bitplanes import unpack

RANK = {6: 1, 18: 2, 26: 3}


def labels_of(mask: np.ndarray, connectivity: int) -> tuple[np.ndarray, int]:
    return ndimage.label(mask, ndimage.generate_binary_structure(3, RANK[connectivity]))


def runs_of(mask: np.ndarray, connectivity: int):
    packed = pack_masks([mask], fast_first=False)[0]
    return label_components(packed, box=Box((0, 0, 0), mask.shape), connectivity=connectivity)


@pytest.mark.parametrize("connectivity", [6, 18, 26])
@pytest.mark.parametrize("seed", range(20))
def test_components_are_those_of_scipy_in_the_same_order(seed: int, connectivity: int) -> None:
    mask = np.ascontiguousarray(random_pair(seed)[0])
    expected, count = labels_of(mask, connectivity)

    runs = runs_of(mask, connectivity)

    assert runs.count == count
    assert runs.sizes().tolist() == np.bincount(expected.ravel(), minlength=count + 1)[1:].tolist()
    painter = ComponentPainter(runs)
    for component in range(min(count, 5)):
        painted = unpack(painter.paint([component]), mask.shape, fast_first=False)
        assert np.array_equal(painted, expected == component + 1)


@pytest.mark.parametrize("seed", range(10))
def test_components_are_as_many_as_simpleitk_finds(seed: int) -> None:
    mask = np.ascontiguousarray(random_pair(seed)[0])

    for connectivity, fully in ((6, False), (26, True)):
        labelled = sitk.ConnectedComponent(sitk.GetImageFromArray(mask.astype(np.uint8)), fully)
        assert runs_of(mask, connectivity).count == sitk.GetArrayFromImage(labelled).max()


def test_diagonal_neighbours_join_by_connectivity() -> None:
    edge, corner = np.zeros((2, 2, 2), bool), np.zeros((2, 2, 2), bool)
    edge[0, 0, 0] = edge[0, 1, 1] = True
    corner[0, 0, 0] = corner[1, 1, 1] = True

    assert [runs_of(edge, c).count for c in (6, 18, 26)] == [2, 1, 1]
    assert [runs_of(corner, c).count for c in (6, 18, 26)] == [2, 2, 1]


def test_unknown_connectivity_is_refused() -> None:
    with pytest.raises(ValueError, match="connectivity 8"):
        runs_of(np.ones((2, 2, 2), bool), 8)


@pytest.mark.parametrize("seed", range(8))
def test_overlaps_of_runs_count_the_voxels_of_each_pair_of_components(seed: int) -> None:
    first, second, _ = (np.ascontiguousarray(part) for part in random_pair(seed))
    ours, theirs = runs_of(first, 26), runs_of(second, 26)

    overlaps = overlap_runs(ours, theirs)

    found = np.zeros((ours.count, theirs.count), np.int64)
    np.add.at(found, (ours.components[overlaps.first], theirs.components[overlaps.second]), overlaps.voxels)
    a, b = labels_of(first, 26)[0], labels_of(second, 26)[0]
    expected = np.zeros_like(found)
    both = (a > 0) & (b > 0)
    np.add.at(expected, (a[both] - 1, b[both] - 1), 1)
    assert np.array_equal(found, expected)


def test_painting_nothing_gives_an_empty_mask() -> None:
    painted = ComponentPainter(runs_of(np.ones((2, 2, 2), bool), 26)).paint([])

    assert painted.box.is_empty
    assert painted.voxels == 0
