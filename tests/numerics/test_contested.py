"""Contested regions, with answers counted by hand."""

import numpy as np
import pytest
from scipy import ndimage

from backend.numerics.contested import MOST_REGIONS, Contested, find_contested
from backend.numerics.contested_table import ContestedTable
from backend.numerics.errors import GridMismatch
from backend.numerics.geometry import Grid
from backend.numerics.labels import SCHEMES

SCHEME = SCHEMES["brats2017"]  # 1 core, 2 edema, 4 enhancing
SHAPE = (12, 10, 8)
GRID = Grid(SHAPE, np.diag([1.0, 2.0, 3.0, 1.0]))
ML = 6 / 1000


def empty() -> np.ndarray:
    return np.zeros(SHAPE, np.uint8, order="F")


def boxed(*boxes: tuple[tuple[slice, slice, slice], int]) -> np.ndarray:
    labels = empty()
    for box, label in boxes:
        labels[box] = label
    return labels


def found(*raters: np.ndarray, fused: np.ndarray | None = None) -> Contested:
    keyed = dict(zip("ABCDEFG", raters, strict=False))
    return find_contested(keyed, {"fused": raters[0] if fused is None else fused}, scheme=SCHEME, grid=GRID)


def box(x: slice, y: slice, z: slice) -> tuple[slice, slice, slice]:
    return x, y, z


SMALL = box(slice(1, 4), slice(1, 2), slice(1, 2))  # 3 voxels
LARGE = box(slice(6, 10), slice(4, 8), slice(4, 6))  # 32 voxels


def test_raters_who_agree_contest_nothing() -> None:
    labels = boxed((LARGE, 2))
    contested = found(labels, labels.copy(order="F"))
    assert contested.regions == ()
    assert not contested.map.any()
    assert not contested.entropy.any()
    assert contested.table.voxels.shape == (0,)
    assert contested.table.labels.shape == (3, 0)
    assert contested.table.regions_at(np.arange(5)) == []


def test_a_region_says_where_it_is_and_what_each_source_has_there() -> None:
    contested = found(boxed((LARGE, 2)), boxed((LARGE, 1)), empty(), fused=boxed((LARGE, 4)))
    (region,) = contested.regions
    assert (region.number, region.voxels) == (1, 32)
    assert region.volume_ml == pytest.approx(32 * ML)
    assert region.mean_entropy_bits == pytest.approx(np.log2(3))
    assert region.box == ((6, 10), (4, 8), (4, 6))
    assert region.labels == {"A": {2: 32}, "B": {1: 32}, "C": {0: 32}, "fused": {4: 32}}
    # edema, core and background: core for background costs most, 1 + 2
    assert region.score == pytest.approx(32 * ML * np.log2(3) * 3)
    np.testing.assert_array_equal(contested.map, boxed((LARGE, 1)))
    np.testing.assert_array_equal(contested.entropy, boxed((LARGE, 255)))


def test_the_centre_is_a_contested_voxel_near_the_middle() -> None:
    # An L: its centroid lies outside of it.
    elbow = boxed(
        (box(slice(0, 9), slice(0, 1), slice(0, 1)), 2), (box(slice(0, 1), slice(0, 9), slice(0, 1)), 2)
    )
    (region,) = found(elbow, empty()).regions
    assert elbow[region.centre] == 2
    places = np.argwhere(elbow) * GRID.spacing_mm
    distances = np.linalg.norm(places - places.mean(axis=0), axis=1)
    own = np.linalg.norm(np.array(region.centre) * GRID.spacing_mm - places.mean(axis=0))
    assert own == pytest.approx(distances.min())


@pytest.mark.parametrize(
    ("first", "second", "cost"),
    [(4, 0, 6), (4, 2, 5), (4, 1, 3), (1, 0, 3), (1, 2, 2), (2, 0, 1)],
)
def test_pairs_of_labels_cost_by_how_deep_the_regions_nest(first: int, second: int, cost: float) -> None:
    (region,) = found(boxed((LARGE, first)), boxed((LARGE, second))).regions
    assert region.score == pytest.approx(32 * ML * 1 * cost)


def test_labels_that_no_region_tells_apart_cost_a_half() -> None:
    scheme = SCHEMES["wmh2017"]
    contested = find_contested({"A": boxed((LARGE, 2)), "B": empty()}, {}, scheme=scheme, grid=GRID)
    assert contested.regions[0].score == pytest.approx(32 * ML * 0.5)


def test_the_weightiest_region_comes_first() -> None:
    # 3 voxels of enhancing for background weigh 18, 32 of edema for background 32
    contested = found(boxed((LARGE, 2), (SMALL, 4)), empty())
    assert [region.voxels for region in contested.regions] == [32, 3]
    contested = found(boxed((LARGE, 2), (SMALL, 4)), boxed((LARGE, 1)))
    assert [region.voxels for region in contested.regions] == [32, 3]
    heavy = boxed((box(slice(6, 9), slice(4, 5), slice(4, 5)), 2), (SMALL, 4))
    assert [region.labels["A"] for region in found(heavy, empty()).regions] == [{4: 3}, {2: 3}]


def test_voxels_that_touch_by_a_corner_are_one_region_and_two_alone_are_none() -> None:
    labels = empty()
    for at in range(3):
        labels[at, at, at] = 2  # one region of three, by corners
    labels[8, 8, 0] = labels[9, 8, 0] = 2  # two voxels only
    contested = found(labels, empty())
    assert [region.voxels for region in contested.regions] == [3]
    assert contested.map[8, 8, 0] == 0
    assert contested.entropy[8, 8, 0] == 255  # contested all the same
    assert contested.table.regions_at(np.flatnonzero(labels.ravel(order="F"))) == [1]


def test_neither_the_order_of_memory_nor_of_raters_matters() -> None:
    rng = np.random.default_rng(5)
    raters = [np.asfortranarray(rng.choice([0, 0, 0, 2, 4], SHAPE).astype(np.uint8)) for _ in range(3)]
    one = found(*raters)
    other = found(*(np.ascontiguousarray(labels) for labels in raters))
    np.testing.assert_array_equal(one.map, other.map)
    np.testing.assert_array_equal(one.table.labels, other.table.labels)
    assert [region.to_json() for region in one.regions] == [region.to_json() for region in other.regions]
    turned = found(*raters[::-1], fused=raters[0])
    np.testing.assert_array_equal(one.map, turned.map)
    np.testing.assert_array_equal(one.entropy, turned.entropy)


@pytest.mark.parametrize("seed", range(10))
def test_regions_are_the_components_of_scipy(seed: int) -> None:
    rng = np.random.default_rng(seed)
    raters = [np.asfortranarray((rng.random(SHAPE) < 0.04).astype(np.uint8) * 2) for _ in range(4)]
    contested = found(*raters)
    differs = np.any([labels != raters[0] for labels in raters], axis=0)
    labelled, _ = ndimage.label(differs, np.ones((3, 3, 3)))
    sizes = np.bincount(labelled.ravel())[1:]
    assert sorted(region.voxels for region in contested.regions) == sorted(sizes[sizes >= 3])
    for region in contested.regions:
        inside = contested.map == region.number
        assert len(np.unique(labelled[inside])) == 1
        assert inside[region.centre]
        assert sum(region.labels["B"].values()) == region.voxels
        places = np.argwhere(inside)
        assert region.box == tuple(
            (int(low), int(high) + 1) for low, high in zip(places.min(0), places.max(0), strict=True)
        )
    scores = [region.score for region in contested.regions]
    assert scores == sorted(scores, reverse=True)


def test_no_more_than_the_500_weightiest_are_listed() -> None:
    shape = (4 * 30, 4 * 9, 4 * 2)
    labels = np.zeros(shape, np.uint8, order="F")
    labels[::4, ::4, ::4] = labels[1::4, ::4, ::4] = labels[2::4, ::4, ::4] = 2  # 540 of three voxels
    grid = Grid(shape, np.eye(4))
    contested = find_contested({"A": labels, "B": np.zeros_like(labels)}, {}, scheme=SCHEME, grid=grid)
    assert len(contested.regions) == MOST_REGIONS
    assert int(contested.map.max()) == MOST_REGIONS
    assert len(contested.table.voxels) == 3 * MOST_REGIONS


def test_the_table_knows_every_source_and_survives_being_stored() -> None:
    contested = found(boxed((LARGE, 2), (SMALL, 4)), boxed((LARGE, 1)), fused=boxed((LARGE, 1)))
    table = ContestedTable.from_bytes(contested.table.to_bytes())
    assert table.sources == ("A", "B", "fused")
    small = contested.map[SMALL].max()
    voxels, labels = table.of_region(int(small), "A")
    np.testing.assert_array_equal(voxels, np.flatnonzero(boxed((SMALL, 1)).ravel(order="F")))
    assert set(labels.tolist()) == {4}
    assert set(table.of_region(int(small), "fused")[1].tolist()) == {0}
    everywhere = np.arange(np.prod(SHAPE))
    assert table.regions_at(everywhere) == [1, 2]
    assert table.regions_at(voxels[:1]) == [int(small)]
    assert table.regions_at(everywhere[-1:]) == []


def test_labelmaps_of_two_shapes_are_refused() -> None:
    with pytest.raises(GridMismatch):
        found(empty(), np.zeros((2, 2, 2), np.uint8))
