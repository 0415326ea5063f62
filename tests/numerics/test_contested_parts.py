"""How contested voxels are cut into parts: what holds of any of them, and cases that are seen at a glance."""

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import ndimage

from backend.numerics.contested import find_contested
from backend.numerics.contested_parts import FEWEST_VOXELS, LARGEST_ML, SMALLEST_MM3, cut_into_parts
from backend.numerics.geometry import Grid
from backend.numerics.labels import SCHEMES

SCHEME = SCHEMES["brats2017"]
TOUCHING = np.ones((3, 3, 3))


def grid_of(shape: tuple[int, ...], spacing: tuple[float, ...] = (1, 1, 1)) -> Grid:
    return Grid(shape, np.diag([*spacing, 1.0]))


def parts_of(questions: np.ndarray, grid: Grid) -> np.ndarray:
    """The map of parts, from 1; `questions` is 0 where all agree."""
    flat = questions.ravel(order="F")
    voxels = np.flatnonzero(flat)
    found = np.zeros(flat.size, int)
    found[voxels] = 1 + cut_into_parts(voxels, flat[voxels], grid=grid)
    return found.reshape(grid.shape, order="F")


def blobs(seed: int, shape: tuple[int, ...], labels: list[int]) -> np.ndarray:
    """Smooth random labels, in thick layers."""
    noise = ndimage.gaussian_filter(np.random.default_rng(seed).normal(size=shape), 2)
    edges = np.quantile(noise, np.linspace(0, 1, len(labels) + 1)[1:-1])
    return np.asfortranarray(np.array(labels, np.uint8)[np.digitize(noise, edges)])


def expect_sound(questions: np.ndarray, parts: np.ndarray, grid: Grid) -> None:
    """Every contested voxel is in one part, which holds together and is of a fair size."""
    np.testing.assert_array_equal(parts > 0, questions > 0)
    voxel_mm3 = grid.voxel_volume_ml * 1000
    most = max(1, int(LARGEST_ML * 1000 / voxel_mm3))
    fewest = max(FEWEST_VOXELS, int(np.ceil(SMALLEST_MM3 / voxel_mm3)))
    whole, _ = ndimage.label(parts, TOUCHING)
    whole_sizes = np.bincount(whole.ravel())
    for number, size in enumerate(np.bincount(parts.ravel())[1:], start=1):
        inside = parts == number
        assert ndimage.label(inside, TOUCHING)[1] == 1
        assert size <= most
        assert size >= min(fewest, most // 4, whole_sizes[whole[inside][0]])


@pytest.mark.parametrize("seed", range(6))
@pytest.mark.parametrize("spacing", [(1, 1, 1), (1, 1.2, 5), (3, 0.9, 0.9)])
def test_parts_are_sound_whatever_the_questions(seed: int, spacing: tuple[float, ...]) -> None:
    grid = grid_of((40, 36, 28), spacing)
    questions = blobs(seed, grid.shape, [0, 1, 0, 2, 3])
    expect_sound(questions, parts_of(questions, grid), grid)


@given(
    seed=st.integers(0, 2**32 - 1),
    share=st.floats(0.02, 1),
    spacing=st.tuples(*[st.sampled_from([0.5, 1.0, 2.0, 6.0])] * 3),
)
def test_parts_are_sound_in_scattered_voxels_too(seed: int, share: float, spacing: tuple[float, ...]) -> None:
    rng = np.random.default_rng(seed)
    grid = grid_of((9, 8, 7), spacing)
    questions = rng.integers(1, 4, grid.shape) * (rng.random(grid.shape) < share)
    expect_sound(questions, parts_of(questions, grid), grid)


@pytest.mark.parametrize("seed", range(4))
def test_the_order_of_the_raters_changes_nothing(seed: int) -> None:
    grid = grid_of((36, 32, 24), (1, 1, 2))
    raters = [blobs(10 * seed + k, grid.shape, [0, 2, 0, 1, 4]) for k in range(4)]
    one, turned = (
        find_contested(dict(zip("ABCD", order, strict=True)), {}, scheme=SCHEME, grid=grid)
        for order in (raters, [raters[k] for k in (2, 0, 3, 1)])
    )
    assert len(one.regions) > 5
    np.testing.assert_array_equal(one.map, turned.map)
    assert [region.question for region in one.regions] == [region.question for region in turned.regions]


def test_neighbours_that_ask_another_question_are_two_parts() -> None:
    questions = np.zeros((20, 10, 10), int)
    questions[2:10, 2:8, 2:8], questions[10:18, 2:8, 2:8] = 1, 2
    parts = parts_of(questions, grid_of(questions.shape))
    assert np.unique(parts[questions == 1]).tolist() == [1]
    assert np.unique(parts[questions == 2]).tolist() == [2]


def test_what_is_too_small_joins_what_it_touches_most() -> None:
    questions = np.zeros((30, 12, 12), int)
    questions[0:8, 2:10, 2:10], questions[14:22, 2:10, 2:10] = 1, 2
    questions[8:12, 4:8, 4:8] = 3  # 64 voxels: the left one's, by its face
    questions[12:14, 5:6, 5:6] = 4  # 2 voxels: by its ends it touches both
    parts = parts_of(questions, grid_of(questions.shape))
    assert parts.max() == 2
    assert np.unique(parts[questions == 3]).tolist() == [1]
    assert np.unique(parts[questions == 4]).size == 1


def test_small_ones_alone_become_one() -> None:
    questions = np.zeros((12, 3, 3), int)
    questions[1:11, 1, 1] = np.arange(10) % 3 + 1
    assert parts_of(questions, grid_of(questions.shape)).max() == 1


def test_a_long_one_is_cut_across_into_equal_pieces() -> None:
    questions = np.zeros((202, 12, 12), int)
    questions[1:191, 1:11, 1:11] = 1  # 19 mL
    parts = parts_of(questions, grid_of(questions.shape))
    assert parts.max() == 5
    sizes = np.bincount(parts.ravel())[1:]
    assert sizes.min() > 0.75 * LARGEST_ML * 1000
    ends = [np.flatnonzero((parts == number).any(axis=(1, 2))) for number in range(1, 6)]
    assert all(before.max() - after.min() < 12 for before, after in pairwise(ends))


def test_a_ring_is_cut_along_itself_and_not_through_its_hole() -> None:
    x, y, z = np.indices((81, 81, 12))
    radius = np.hypot(x - 40, y - 40)
    questions = ((radius > 30) & (radius < 40) & (z > 0) & (z < 11)).astype(int)  # 22 mL
    grid = grid_of(questions.shape)
    parts = parts_of(questions, grid)
    expect_sound(questions, parts, grid)
    for number in range(1, parts.max() + 1):
        angles = np.sort(np.arctan2(*(np.argwhere(parts == number)[:, :2] - 40).T))
        widest_gap = np.diff(np.append(angles, angles[0] + 2 * np.pi)).max()
        assert widest_gap > np.pi  # within one half of the ring


def test_the_question_is_that_of_most_voxels() -> None:
    a, b = (np.zeros((20, 12, 12), np.uint8, order="F") for _ in range(2))
    a[2:12, 2:8, 2:8] = 2
    a[12:14, 3:5, 3:5] = 4  # 8 mm³: joins
    (region,) = find_contested({"A": a, "B": b}, {"fused": b}, scheme=SCHEME, grid=grid_of(a.shape)).regions
    assert region.question == (0, 2)
    assert region.to_json()["question"] == [0, 2]
    assert region.labels == {"A": {2: 360, 4: 8}, "B": {0: 368}, "fused": {0: 368}}
