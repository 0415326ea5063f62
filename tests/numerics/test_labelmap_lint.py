"""What the linter notices in labelmaps with one thing wrong each."""

import numpy as np
import pytest

from backend.numerics.geometry import Grid
from backend.numerics.labelmap_lint import EMPTY, LabelFinding, lint_labelmap
from backend.numerics.labels import SCHEMES
from tests.phantoms import AFFINE, SHAPE, ball, tumour

SCHEME = SCHEMES["brats2017"]
GRID = Grid(SHAPE, AFFINE)
HEAD = np.where(ball((16, 16, 16), 14), 300, 0).astype(np.int16)


def findings(labels: np.ndarray, **more: np.ndarray) -> dict[str, LabelFinding]:
    return {found.code: found for found in lint_labelmap(labels, SCHEME, grid=GRID, image=HEAD, **more)}


def test_a_plain_tumour_has_none() -> None:
    assert findings(tumour()) == {}


def test_an_empty_labelmap_has_to_be_meant() -> None:
    (only,) = lint_labelmap(np.zeros(SHAPE, np.uint8), SCHEME, grid=GRID)
    assert (only.code, only.severity, only.places) == (EMPTY, "error", ())


def test_specks_are_those_that_lie_apart_and_are_small() -> None:
    labels = tumour()
    labels[4:7, 16, 16] = 2  # 3 mm³
    labels[16, 3:7, 16] = 1  # 4 mm³
    found = findings(labels)
    assert set(found) == {"specks"}
    assert found["specks"].severity == "warning"
    assert found["specks"].sentence.startswith("2 separate specks below 0.05 mL, 0.007 mL together")
    assert found["specks"].places == ((16, 4, 16), (5, 16, 16))  # the larger first, each in its middle


def test_a_single_small_lesion_is_no_speck() -> None:
    labels = np.zeros(SHAPE, np.uint8)
    labels[16, 16, 16:19] = (1, 2, 4)
    assert findings(labels) == {}


@pytest.mark.parametrize("voxel", [(16, 16, 16), (16, 21, 16)])
def test_a_hole_is_enclosed(voxel: tuple[int, int, int]) -> None:
    labels = tumour()
    labels[voxel] = 0
    found = findings(labels)
    assert set(found) == {"holes"}
    assert found["holes"].places == (voxel,)
    open_one = tumour()
    open_one[16, 16, 16:] = 0  # leads outside
    assert "holes" not in findings(open_one)


def test_labels_outside_the_head() -> None:
    labels = tumour((16, 4, 16), radius=5)
    found = findings(labels)
    assert set(found) == {"outside_head"}
    (place,) = found["outside_head"].places
    assert HEAD[place] == 0
    assert labels[place]
    assert lint_labelmap(labels, SCHEME, grid=GRID) == []  # without an image nobody knows
    unstripped = np.where(HEAD > 0, HEAD, 20).astype(np.int16)
    assert lint_labelmap(labels, SCHEME, grid=GRID, image=unstripped) == []


def test_labels_that_are_not_used_and_unsure_voxels_are_told() -> None:
    labels = np.where(tumour() == 4, 1, tumour()).astype(np.uint8)
    found = findings(labels, unsure=ball((16, 16, 16), 3))
    assert {code: one.severity for code, one in found.items()} == {"unused_labels": "info", "unsure": "info"}
    assert found["unused_labels"].sentence == "Not used: enhancing"


def test_a_tumour_at_the_edge_of_the_grid() -> None:
    labels = tumour((0, 16, 31), radius=6)
    assert {found.code for found in lint_labelmap(labels, SCHEME, grid=GRID)} <= {"unused_labels"}
