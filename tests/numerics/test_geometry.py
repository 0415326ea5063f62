import json

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from backend.numerics.geometry import Grid, GridDifferenceKind, compare_grids

LPS = Grid((240, 240, 155), [[-1, 0, 0, 0], [0, -1, 0, 239], [0, 0, 1, 0], [0, 0, 0, 1]])


def moved(grid: Grid, *, by: tuple[float, float, float]) -> Grid:
    matrix = grid.matrix
    matrix[:3, 3] += by
    return Grid(grid.shape, matrix)


def test_grid_tells_spacing_orientation_and_voxel_volume() -> None:
    grid = Grid((10, 20, 30), np.diag([-0.5, 2.0, 3.0, 1.0]))

    assert grid.spacing_mm == (0.5, 2.0, 3.0)
    assert grid.orientation == "LAS"
    assert grid.voxel_volume_ml == pytest.approx(0.003)
    assert grid.voxel_count == 6000


def test_grid_survives_json_and_compares_by_value() -> None:
    restored = Grid.from_json(json.loads(json.dumps(LPS.to_json())))

    assert restored == LPS
    assert hash(restored) == hash(LPS)


def test_negative_zeros_do_not_make_another_grid() -> None:
    assert Grid((2, 2, 2), np.diag([1.0, 1, 1, 1]) * [1, -1, 1, 1]) == Grid(
        (2, 2, 2), np.diag([1.0, -1, 1, 1])
    )


@pytest.mark.parametrize("shape", [(2, 2), (2, 2, 0), (2, 2, 2, 2)])
def test_grid_refuses_impossible_shapes(shape: tuple[int, ...]) -> None:
    with pytest.raises(ValueError, match="three positive sizes"):
        Grid(shape, np.eye(4))


@pytest.mark.parametrize("matrix", [np.diag([1, 1, 0, 1]), np.full((4, 4), np.nan), np.ones((4, 4))])
def test_flat_or_undefined_affines_are_not_invertible(matrix: np.ndarray) -> None:
    assert not Grid((2, 2, 2), matrix).is_invertible


def test_equal_grids_have_no_differences() -> None:
    assert compare_grids(LPS, LPS) == []


def test_shift_is_told_in_mm_along_each_axis() -> None:
    (difference,) = compare_grids(LPS, moved(LPS, by=(5, 0, -2)))

    assert difference.kind is GridDifferenceKind.AFFINE
    assert difference.sentence == "shifted by 5.0 mm along x and 2.0 mm along z"
    assert difference.displacement_mm == pytest.approx(29**0.5)


def test_shifts_below_the_tolerance_are_the_same_grid() -> None:
    assert compare_grids(LPS, moved(LPS, by=(9e-4, 0, 0))) == []
    assert compare_grids(LPS, moved(LPS, by=(1.1e-3, 0, 0)))


def test_shape_is_told_as_found_instead_of_expected() -> None:
    (difference,) = compare_grids(LPS, Grid((240, 240, 160), LPS.affine))

    assert difference.kind is GridDifferenceKind.SHAPE
    assert difference.sentence == "grid 240×240×160 instead of 240×240×155"


def test_flipped_axis_is_told_as_orientation() -> None:
    (difference,) = compare_grids(LPS, Grid(LPS.shape, np.diag([-1, 1, 1, 1]) @ LPS.matrix))

    assert difference.kind is GridDifferenceKind.ORIENTATION
    assert difference.sentence == "orientation RPS instead of LPS"


def test_other_voxel_size_is_told_as_spacing() -> None:
    (difference,) = compare_grids(LPS, Grid(LPS.shape, LPS.matrix @ np.diag([1, 1, 1.5, 1])))

    assert difference.kind is GridDifferenceKind.SPACING
    assert difference.sentence == "voxel size 1×1×1.5 mm instead of 1×1×1 mm"


def test_small_rotation_is_told_by_its_farthest_corner() -> None:
    angle = 0.05
    turn = np.eye(4)
    turn[:2, :2] = [[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]]

    (difference,) = compare_grids(LPS, Grid(LPS.shape, turn @ LPS.matrix))

    assert difference.kind is GridDifferenceKind.AFFINE
    assert difference.sentence.startswith("rotated or sheared, corners up to ")


@given(st.tuples(*[st.floats(-50, 50).map(lambda x: round(x, 2)) for _ in range(3)]))
def test_displacement_is_the_length_of_the_shift(by: tuple[float, float, float]) -> None:
    length = float(np.linalg.norm(by))
    differences = compare_grids(LPS, moved(LPS, by=by))

    assert bool(differences) == (length > 1e-3)
    assert all(x.displacement_mm == pytest.approx(length) for x in differences)
