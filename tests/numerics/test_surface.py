"""Against MedPy, DeepMind's surface-distance and SimpleITK, each under its own definition."""

import warnings
from dataclasses import replace

import numpy as np
import pytest
import SimpleITK as sitk  # noqa: N813
import surface_distance
from medpy.metric import binary as medpy
from scipy.spatial import cKDTree
from surface_distance import lookup_tables

from backend.numerics.errors import GridMismatch
from backend.numerics.packing import pack_masks
from backend.numerics.surface import (
    _LEAST_SAMPLED,
    Direction,
    Surface,
    between,
    element_surface,
    hd95_max_of_directions,
    hd95_pooled,
    hd95_surface_area,
    measure_surfaces,
    normalised_surface_distance,
)
from backend.numerics.surface_elements import element_areas
from tests.numerics.mask_phantoms import ISOTROPIC, NINETY_FIVE, Spacing, boxes, cube, random_pair

C = boxes(cube(8, 16))
EMPTY = boxes()
KNOWN = [
    pytest.param(C, boxes(((10, 18), (8, 16), (8, 16))), (1, 1, 1), (2, 2, 2), id="K1"),
    pytest.param(C, boxes(((8, 16), (8, 16), (9, 17))), (1, 1, 3), (3, 3, 3), id="K2"),
    pytest.param(C, boxes(cube(8, 16), cube(26, 29)), (1, 1, 1), (20.273135, 0, 20.273135), id="K3"),
    pytest.param(EMPTY, C, (1, 1, 1), (np.inf, np.inf, np.inf), id="K4"),
    pytest.param(C, EMPTY, (1, 1, 1), (np.inf, np.inf, np.inf), id="K5"),
    pytest.param(EMPTY, EMPTY, (1, 1, 1), (0, 0, 0), id="K6"),
]


def all_definitions(
    reference: np.ndarray, prediction: np.ndarray, spacing_mm: Spacing
) -> tuple[float, float, float]:
    elements = measure_surfaces(reference, prediction, spacing_mm=spacing_mm)
    borders = measure_surfaces(reference, prediction, spacing_mm=spacing_mm, borders=True)
    return hd95_surface_area(elements), hd95_pooled(borders), hd95_max_of_directions(borders)


@pytest.mark.parametrize(("reference", "prediction", "spacing_mm", "expected"), KNOWN)
def test_known_answers_of_the_three_definitions(
    reference: np.ndarray, prediction: np.ndarray, spacing_mm: Spacing, expected: tuple[float, ...]
) -> None:
    assert all_definitions(reference, prediction, spacing_mm) == pytest.approx(expected, abs=5e-7)


def test_the_farthest_voxel_of_the_third_known_answer() -> None:
    borders = measure_surfaces(C, boxes(cube(8, 16), cube(26, 29)), spacing_mm=ISOTROPIC, borders=True)

    assert borders.prediction_mm.max() == pytest.approx(22.516660, abs=5e-7)


@pytest.mark.parametrize("spacing_mm", [(1.0, 1.0, 1.0), (1.0, 2.0, 3.5), (0.3, 5.0, 1.0)])
def test_areas_of_all_256_elements_equal_those_of_surface_distance(spacing_mm: Spacing) -> None:
    theirs = lookup_tables.create_table_neighbour_code_to_surface_area(spacing_mm)

    # Their first voxel is the highest bit, ours the lowest.
    reversed_bits = [int(f"{code:08b}"[::-1], 2) for code in range(256)]
    assert element_areas(spacing_mm) == pytest.approx(theirs[reversed_bits], abs=1e-12)


# Seeds whose pairs have no empty mask: the peers raise or give nan and inf there.
SEEDS = [seed for seed in range(300) if all(mask.any() for mask in random_pair(seed)[:2])][:200]


@pytest.mark.parametrize("first", range(0, 200, 25))
def test_random_phantoms_equal_the_peers_each_by_its_own_definition(first: int) -> None:
    seeds = SEEDS[first : first + 25]
    assert len(seeds) == 25
    for seed in seeds:
        reference, prediction, spacing_mm = random_pair(seed)

        area, pooled, directions = all_definitions(reference, prediction, spacing_mm)

        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            theirs = surface_distance.compute_surface_distances(reference, prediction, spacing_mm)
        expected = surface_distance.compute_robust_hausdorff(theirs, NINETY_FIVE)
        assert area == pytest.approx(expected, abs=1e-9)
        assert pooled == pytest.approx(medpy.hd95(prediction, reference, spacing_mm), abs=1e-9)
        expected = _hd95_of_simpleitk(reference, prediction, spacing_mm)
        assert directions == pytest.approx(expected, rel=2e-5)  # its map is in single precision
        for tolerance_mm in (0.5, 2.0):
            elements = measure_surfaces(reference, prediction, spacing_mm=spacing_mm)
            found = normalised_surface_distance(elements, tolerance_mm=tolerance_mm)
            dice = surface_distance.compute_surface_dice_at_tolerance(theirs, tolerance_mm)
            assert found == pytest.approx(dice, abs=1e-9)


def _hd95_of_simpleitk(reference: np.ndarray, prediction: np.ndarray, spacing_mm: Spacing) -> float:
    """Its erosion and its Maurer distance map (single precision), and a percentile for each direction."""
    borders = [_border_image(mask, spacing_mm) for mask in (reference, prediction)]
    arrays = [sitk.GetArrayFromImage(border).astype(bool) for border in borders]
    maps = [
        # Inside a border that is thicker than a voxel the distance is negative.
        np.maximum(sitk.GetArrayFromImage(sitk.SignedMaurerDistanceMap(border, False, False, True)), 0)
        for border in borders
    ]
    return max(np.percentile(maps[1][arrays[0]], 95), np.percentile(maps[0][arrays[1]], 95))


def _border_image(mask: np.ndarray, spacing_mm: Spacing) -> sitk.Image:
    padded = np.pad(mask, 1).astype(np.uint8)  # voxels beyond the grid are outside
    image = sitk.GetImageFromArray(padded)
    image.SetSpacing(spacing_mm[::-1])
    return image - sitk.BinaryErode(image, (1, 1, 1), sitk.sitkCross)


def _scattered(seed: int) -> tuple[Surface, Surface, Spacing]:
    """Two surfaces with some parts near each other and others far, in boxes that overlap in part."""
    rng = np.random.default_rng(seed)
    spacing_mm = [(1.0, 1.0, 1.0), (0.7, 1.3, 2.1), (4.0, 0.5, 0.9)][seed % 3]
    masks = []
    for _ in range(2):
        mask = np.zeros((60, 50, 170), bool)
        for _ in range(3):
            center, radius = rng.uniform((5, 5, 5), (55, 45, 165)), rng.uniform(2, 14)
            axes = np.ogrid[:60, :50, :170]
            mask |= sum((axis - middle) ** 2 for axis, middle in zip(axes, center, strict=True)) <= radius**2
        masks.append(mask)
    first, second = (element_surface(mask, spacing_mm) for mask in pack_masks(masks, fast_first=False))
    return first, second, spacing_mm


def _plain_distances(first: Surface, second: Surface, spacing_mm: Spacing) -> np.ndarray:
    places = [(surface.points + surface.origin) * np.array(spacing_mm) for surface in (first, second)]
    return cKDTree(places[1]).query(places[0])[0]


@pytest.mark.parametrize("seed", range(9))
def test_every_distance_is_that_to_the_nearest_element(seed: int) -> None:
    first, second, spacing_mm = _scattered(seed)

    found = between(first, second)

    assert found.reference_mm == pytest.approx(_plain_distances(first, second, spacing_mm), abs=1e-9)
    assert found.prediction_mm == pytest.approx(_plain_distances(second, first, spacing_mm), abs=1e-9)


@pytest.mark.parametrize("seed", range(9))
@pytest.mark.parametrize("floor_mm", [0.0, 0.6, 2.0, 9.0])
@pytest.mark.parametrize("width_mm", [0.0, 3.0, np.inf])
def test_distances_are_exact_between_floor_and_ceiling(seed: int, floor_mm: float, width_mm: float) -> None:
    first, second, spacing_mm = _scattered(seed)
    exact, ceiling_mm = _plain_distances(first, second, spacing_mm), floor_mm + width_mm

    found = Direction(first, second).distances(floor_mm, ceiling_mm)

    below, above = exact <= floor_mm, exact > ceiling_mm
    assert (found[below] <= floor_mm).all()
    assert (found[below] >= exact[below] - 1e-9).all()
    assert np.isinf(found[above]).all()
    assert found[~below & ~above] == pytest.approx(exact[~below & ~above], abs=1e-9)


@pytest.mark.parametrize("seed", range(6))
def test_percentiles_found_by_brackets_are_those_of_all_distances(seed: int) -> None:
    first, second, spacing_mm = _scattered(seed)
    assert max(len(first.points), len(second.points)) > _LEAST_SAMPLED
    unweighted = between(replace(first, weights=None), replace(second, weights=None))
    forth, back = _plain_distances(first, second, spacing_mm), _plain_distances(second, first, spacing_mm)

    assert hd95_pooled(unweighted) == pytest.approx(
        np.percentile(np.concatenate([forth, back]), 95), abs=1e-9
    )
    expected = max(np.percentile(forth, 95), np.percentile(back, 95))
    assert hd95_max_of_directions(unweighted) == pytest.approx(expected, abs=1e-9)
    theirs = {
        "distances_gt_to_pred": np.sort(forth),
        "distances_pred_to_gt": np.sort(back),
        "surfel_areas_gt": first.weights[np.argsort(forth)],
        "surfel_areas_pred": second.weights[np.argsort(back)],
    }
    expected = surface_distance.compute_robust_hausdorff(theirs, NINETY_FIVE)
    assert hd95_surface_area(between(first, second)) == pytest.approx(expected, abs=1e-9)


@pytest.mark.parametrize("seed", SEEDS[:10])
def test_turning_moving_and_swapping_the_masks_changes_nothing(seed: int) -> None:
    reference, prediction, spacing_mm = random_pair(seed)
    expected = all_definitions(reference, prediction, spacing_mm)

    turned = all_definitions(
        reference.transpose(2, 0, 1), prediction.transpose(2, 0, 1), (spacing_mm[2], *spacing_mm[:2])
    )
    moved = all_definitions(
        *(np.pad(mask, ((3, 70), (1, 0), (0, 2))) for mask in (reference, prediction)), spacing_mm
    )
    swapped = all_definitions(prediction, reference, spacing_mm)

    for found in (turned, moved, swapped):
        assert found == pytest.approx(expected, abs=1e-9)


def test_a_share_of_exactly_95_percent_does_not_depend_on_rounding() -> None:
    # 19 of 20 equal islands lie on their partners: 95 % of the area is at distance 0.
    reference = boxes(*[((1, 2), (3 * i + 1, 3 * i + 2), (1, 2)) for i in range(20)], edge=64)
    prediction = reference.copy()
    prediction[1, 58, 1], prediction[30, 58, 1] = False, True

    elements = measure_surfaces(reference, prediction, spacing_mm=(0.7, 0.9, 1.3))

    assert hd95_surface_area(elements) == 0


def test_empty_masks_give_no_distances_or_infinite_ones() -> None:
    elements = measure_surfaces(EMPTY, C, spacing_mm=ISOTROPIC)

    assert elements.reference_mm.size == 0
    assert np.isinf(elements.prediction_mm).all()
    assert normalised_surface_distance(elements, tolerance_mm=1000) == 0
    nothing = measure_surfaces(EMPTY, EMPTY, spacing_mm=ISOTROPIC)
    assert normalised_surface_distance(nothing, tolerance_mm=0) == 1


def test_shapes_that_differ_are_refused() -> None:
    with pytest.raises(GridMismatch, match="2×2×3 voxels and the reference 2×2×2"):
        measure_surfaces(np.ones((2, 2, 2), bool), np.ones((2, 2, 3), bool), spacing_mm=ISOTROPIC)
