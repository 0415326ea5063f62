"""Many small lesions at once give what each gives alone."""

from collections.abc import Sequence

import numpy as np
import pytest
import surface_distance
from hypothesis import given
from hypothesis import strategies as st

from backend.numerics.bitplanes import Box
from backend.numerics.components import ComponentPainter, Runs, label_components
from backend.numerics.packing import pack_masks
from backend.numerics.small_lesions import measure_small_lesions
from backend.numerics.surface import between, element_surface, hd95_surface_area
from tests.numerics.mask_phantoms import ISOTROPIC, NINETY_FIVE, Range, Spacing, boxes, cube, random_pair


def find(first: np.ndarray, second: np.ndarray) -> tuple[Runs, Runs]:
    """The components of both masks in one box, which is the whole grid."""
    box = Box((0, 0, 0), first.shape)
    found = [
        label_components(mask, box=box, connectivity=26)
        for mask in pack_masks([first, second], fast_first=False)
    ]
    return found[0], found[1]


def measure(
    ours: Runs,
    theirs: Runs,
    members: Sequence[Sequence[int]],
    *,
    spacing_mm: Spacing = ISOTROPIC,
    asked: Sequence[bool] | None = None,
) -> list[float]:
    """By our component, of which each has members among theirs."""
    found = measure_small_lesions(
        ours,
        theirs,
        np.ones(len(members), bool) if asked is None else np.array(asked, bool),
        np.cumsum([0, *map(len, members)]),
        np.array([member for each in members for member in each], np.int64),
        spacing_mm,
    )
    return found.tolist()


def row(start: int, end: int) -> tuple[Range, Range, Range]:
    return (4, 5), (4, 5), (start, end)


@pytest.mark.parametrize(
    ("first", "second", "spacing_mm", "expected"),
    [
        pytest.param(cube(2, 5), cube(2, 5), (1, 1, 1), 0, id="the same"),
        pytest.param(cube(2, 5), ((4, 7), (2, 5), (2, 5)), (1, 1, 1), 2, id="moved by two voxels"),
        pytest.param(cube(2, 5), ((4, 7), (2, 5), (2, 5)), (1.5, 1, 1), 3, id="along a wider axis"),
        pytest.param(cube(2, 5), ((5, 8), (2, 5), (2, 5)), (1, 1, 1), 3, id="face to face"),
        pytest.param(cube(2, 4), cube(4, 6), (1, 1, 1), 3, id="corner to corner: 1.3 % is farther"),
        pytest.param(row(2, 3), row(5, 6), (1, 1, 2), 6, id="a speck and another"),
        pytest.param(row(2, 3), row(2, 9), (1, 1, 1), 5, id="a speck and a row, whose end is 4.6 %"),
        pytest.param(cube(0, 2), cube(30, 32), (1, 1, 1), None, id="far apart: too much to compare all"),
        pytest.param(cube(4, 24), cube(4, 24), (1, 1, 1), None, id="large"),
    ],
)
def test_known_answers(
    first: tuple[Range, Range, Range],
    second: tuple[Range, Range, Range],
    spacing_mm: Spacing,
    expected: float | None,
) -> None:
    found = measure(*find(boxes(first), boxes(second)), [[0]], spacing_mm=spacing_mm)

    assert found == pytest.approx([np.nan if expected is None else expected], nan_ok=True)


def test_each_lesion_is_measured_to_its_own_members() -> None:
    ours, theirs = find(
        boxes(cube(2, 5), cube(10, 13), cube(20, 23)),
        boxes(((3, 6), (2, 5), (2, 5)), cube(9, 10), cube(13, 14), cube(22, 25)),
    )
    assert (ours.count, theirs.count) == (3, 4)

    found = measure(ours, theirs, [[0], [1, 2], [3]])

    alone = [
        measure(*find(boxes(cube(2, 5)), boxes(((3, 6), (2, 5), (2, 5)))), [[0]])[0],
        measure(*find(boxes(cube(10, 13)), boxes(cube(9, 10), cube(13, 14))), [[0, 1]])[0],
        measure(*find(boxes(cube(20, 23)), boxes(cube(22, 25))), [[0]])[0],
    ]
    assert found == alone
    assert found == pytest.approx([1, np.sqrt(10), 3])


def test_nothing_is_told_of_lesions_that_are_not_asked_for_or_have_no_member() -> None:
    ours, theirs = find(boxes(cube(2, 4), cube(8, 10), cube(14, 16)), boxes(cube(2, 4), cube(14, 16)))

    found = measure(ours, theirs, [[0], [], [1]], asked=[True, True, False])

    assert found == pytest.approx([0, np.nan, np.nan], nan_ok=True)


def test_no_lesions_give_no_distances() -> None:
    nothing = boxes()

    assert measure(*find(nothing, nothing), []) == []
    assert measure(*find(nothing, boxes(cube(2, 4))), []) == []
    assert measure(*find(boxes(cube(2, 4)), nothing), [[]]) == pytest.approx([np.nan], nan_ok=True)


def test_lesions_of_many_pieces_are_left_to_the_search() -> None:
    islands = [((1, 2), (a, a + 1), (c, c + 1)) for a in range(1, 29, 3) for c in range(1, 21, 3)][:65]
    ours, theirs = find(boxes(row(4, 5)), boxes(*islands))
    assert theirs.count == 65

    assert np.isnan(measure(ours, theirs, [list(range(65))])).all()
    assert np.isfinite(measure(ours, theirs, [list(range(64))])).all()


@given(seed=st.integers(0, 100_000))
def test_distances_equal_those_of_the_search(seed: int) -> None:
    """Each lesion belongs with some of the predicted ones, near or not."""
    first, second, spacing_mm = random_pair(seed, largest=12)
    ours, theirs = find(first, second)
    rng = np.random.default_rng(seed)
    members = [
        np.sort(rng.choice(theirs.count, rng.integers(0, min(theirs.count, 4) + 1), replace=False)).tolist()
        for _ in range(ours.count)
    ]

    found = measure(ours, theirs, members, spacing_mm=spacing_mm)

    painters = ComponentPainter(ours), ComponentPainter(theirs)
    for lesion, own in enumerate(members):
        if not own:
            assert np.isnan(found[lesion])
        elif not np.isnan(found[lesion]):
            surfaces = [
                element_surface(painter.paint(components), spacing_mm)
                for painter, components in zip(painters, ([lesion], own), strict=True)
            ]
            assert found[lesion] == pytest.approx(hd95_surface_area(between(*surfaces)), abs=1e-9)


@pytest.mark.filterwarnings("ignore::DeprecationWarning")
@pytest.mark.parametrize("seed", range(40))
def test_small_lesions_are_measured_as_by_surface_distance(seed: int) -> None:
    rng = np.random.default_rng(seed)
    spacing_mm: Spacing = tuple(rng.uniform(0.4, 5, 3).tolist())
    first, second = np.zeros((2, 9, 9, 9), bool)
    for mask in (first, second):
        mask[3:6, 3:6, 3:6] = rng.random((3, 3, 3)) < rng.random()
        mask[4, 4, 4] = True  # the others touch it: one component

    found = measure(*find(first, second), [[0]], spacing_mm=spacing_mm)

    distances = surface_distance.compute_surface_distances(first, second, spacing_mm)
    assert found == pytest.approx(
        [surface_distance.compute_robust_hausdorff(distances, NINETY_FIVE)], abs=1e-9
    )
