import csv
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from backend.numerics.errors import GridMismatch
from backend.numerics.labels import SCHEMES, region_mask
from backend.numerics.metrics import dice_by_region, overlap_by_region
from backend.numerics.overlap import Overlap, dice, precision, sensitivity, specificity
from backend.numerics.volumes import read_labelmap
from tests.shared_data import DATA, REGION_OF_SHORT_NAME, needs_shared_data

BRATS = SCHEMES["brats2017"]
WMH = SCHEMES["wmh2017"]
LABELMAPS = hnp.arrays(np.uint8, (3, 4, 5), elements=st.sampled_from([0, 1, 2, 4]))

BOTH_EMPTY = Overlap(reference=0, prediction=0, both=0, voxels=100)
REFERENCE_EMPTY = Overlap(reference=0, prediction=10, both=0, voxels=100)
PREDICTION_EMPTY = Overlap(reference=10, prediction=0, both=0, voxels=100)


def boxes(*ranges: tuple[slice, slice, slice]) -> np.ndarray:
    mask = np.zeros((32, 32, 32), dtype=bool)
    for box in ranges:
        mask[box] = True
    return mask


def cube(x: int, y: int, z: int, *, edge: int = 8) -> tuple[slice, slice, slice]:
    return slice(x, x + edge), slice(y, y + edge), slice(z, z + edge)


def count_voxels(reference: np.ndarray, prediction: np.ndarray) -> Overlap:
    both = np.count_nonzero(reference & prediction)
    return Overlap(np.count_nonzero(reference), np.count_nonzero(prediction), both, reference.size)


C = boxes(cube(8, 8, 8))
EMPTY = boxes()


@pytest.mark.parametrize(
    ("reference", "prediction", "expected"),
    [
        pytest.param(C, boxes(cube(10, 8, 8)), 0.75, id="K1"),
        pytest.param(C, boxes(cube(8, 8, 9)), 0.875, id="K2"),
        pytest.param(C, boxes(cube(8, 8, 8), cube(26, 26, 26, edge=3)), 2 * 512 / (512 + 539), id="K3"),
        pytest.param(EMPTY, C, 0, id="K4"),
        pytest.param(C, EMPTY, 0, id="K5"),
        pytest.param(EMPTY, EMPTY, 1, id="K6"),
    ],
)
def test_known_answers_of_dice(reference: np.ndarray, prediction: np.ndarray, expected: float) -> None:
    found = dice_by_region(reference.astype(np.uint8), prediction.astype(np.uint8), BRATS)

    assert found["complete"] == pytest.approx(expected, abs=1e-12)


def test_third_known_answer_to_six_digits() -> None:
    assert round(1024 / 1051, 6) == 0.974310


@pytest.mark.parametrize(
    ("overlap", "expected"),
    [
        (BOTH_EMPTY, (1.0, 1.0, 1.0, 1.0)),
        (REFERENCE_EMPTY, (0.0, None, 0.0, 0.9)),
        (PREDICTION_EMPTY, (0.0, 0.0, None, 1.0)),
    ],
)
def test_empty_regions_follow_the_table(overlap: Overlap, expected: tuple[float | None, ...]) -> None:
    found = (dice(overlap), sensitivity(overlap), precision(overlap), specificity(overlap))

    assert found == expected


def test_ratios_of_a_partial_overlap() -> None:
    overlap = Overlap(reference=40, prediction=20, both=10, voxels=100)

    assert dice(overlap) == pytest.approx(1 / 3)
    assert (sensitivity(overlap), precision(overlap)) == (0.25, 0.5)
    assert specificity(overlap) == pytest.approx(50 / 60)


def test_specificity_without_negatives_is_not_applicable() -> None:
    assert specificity(Overlap(reference=8, prediction=8, both=8, voxels=8)) is None


def test_shapes_that_differ_are_refused() -> None:
    with pytest.raises(GridMismatch, match="2×2×3 voxels and the reference 2×2×2"):
        dice_by_region(np.ones((2, 2, 2), np.uint8), np.ones((2, 2, 3), np.uint8), BRATS)


@given(LABELMAPS, LABELMAPS)
def test_one_pass_counts_what_region_masks_count(reference: np.ndarray, prediction: np.ndarray) -> None:
    expected = {
        region.key: count_voxels(
            region_mask(reference, region, BRATS), region_mask(prediction, region, BRATS)
        )
        for region in BRATS.regions
    }

    assert overlap_by_region(reference, prediction, BRATS) == expected
    assert overlap_by_region(np.asfortranarray(reference), prediction, BRATS) == expected


@given(LABELMAPS, LABELMAPS)
def test_dice_is_symmetric_bounded_and_one_for_itself(first: np.ndarray, second: np.ndarray) -> None:
    there, back = dice_by_region(first, second, BRATS), dice_by_region(second, first, BRATS)

    assert there == back
    assert all(0 <= value <= 1 for value in there.values())
    assert set(dice_by_region(first, first, BRATS).values()) == {1.0}


@given(LABELMAPS, LABELMAPS, st.permutations(range(60)))
def test_dice_does_not_depend_on_where_voxels_lie(
    first: np.ndarray, second: np.ndarray, order: list[int]
) -> None:
    moved = [array.ravel()[order].reshape(array.shape) for array in (first, second)]

    assert dice_by_region(*moved, BRATS) == dice_by_region(first, second, BRATS)


def test_labels_of_any_integer_type_and_size_are_counted() -> None:
    reference, prediction = np.array([[[0, -3, 70000, 4]]]), np.array([[[4, 4, 4, 4]]], dtype=np.int16)

    assert dice_by_region(reference, prediction, BRATS)["enhancing"] == pytest.approx(2 / 5)


def test_excluded_voxels_of_the_reference_leave_both_sides() -> None:
    reference = np.array([[[1, 1, 2, 2, 0]]], dtype=np.uint8)
    prediction = np.array([[[1, 0, 1, 0, 0]]], dtype=np.uint8)

    assert overlap_by_region(reference, prediction, WMH)["lesion"] == Overlap(2, 1, 1, 5)


def test_excluded_labels_of_the_prediction_are_background_and_excuse_nothing() -> None:
    reference = np.array([[[1, 1, 0]]], dtype=np.uint8)
    prediction = np.array([[[1, 2, 2]]], dtype=np.uint8)

    assert overlap_by_region(reference, prediction, WMH)["lesion"] == Overlap(2, 1, 1, 3)


def _table(name: str = "expected_metrics.csv") -> list[dict[str, str]]:
    if not DATA.is_dir():
        return []
    with (DATA / name).open(newline="") as table:
        return list(csv.DictReader(table))


def _pairs() -> list[tuple[str, str, str, str]]:
    """The rows of brats2023_predictions were counted before their channels were composed into labels."""
    rows = [row for row in _table() if row["source"] != "brats2023_predictions"]
    return sorted({(row["source"], row["case"], row["pred"], row["ref"]) for row in rows})


def _files(source: str, case: str, prediction: str, reference: str) -> tuple[Path, Path]:
    if source == "tcga":
        folder = DATA / source / case
        return folder / "raters" / f"{prediction}-20.nii.gz", folder / "fusion" / f"{reference}.nii.gz"
    return DATA / source / f"{prediction}.nii.gz", DATA / source / f"{reference}.nii.gz"


@needs_shared_data
@pytest.mark.parametrize("pair", _pairs(), ids=" ".join)
def test_dice_equals_the_oracle_table(pair: tuple[str, str, str, str]) -> None:
    prediction, reference = (read_labelmap(path, name=path.name) for path in _files(*pair))

    overlaps = overlap_by_region(reference.array, prediction.array, BRATS)

    rows = [row for row in _table() if (row["source"], row["case"], row["pred"], row["ref"]) == pair]
    assert len(rows) == 3
    for row in rows:
        overlap = overlaps[REGION_OF_SHORT_NAME[row["region"]]]
        counts = (overlap.prediction, overlap.reference, overlap.both)
        assert counts == (int(row["n_pred"]), int(row["n_ref"]), int(row["n_inter"]))
        if row["dice_numpy"]:
            assert dice(overlap) == pytest.approx(float(row["dice_numpy"]), abs=1e-12)
        else:
            assert (dice(overlap), counts) == (1.0, (0, 0, 0))


@needs_shared_data
@pytest.mark.parametrize("case", ["SegResNet_1", "SwinUNETR_1", "UNet_1"])
def test_ratios_equal_those_of_the_brats_organisers_code(case: str) -> None:
    paths = [DATA / "brats2023_predictions" / f"{case}_{kind}.nii.gz" for kind in ("label", "pred")]
    reference, prediction = (read_labelmap(path, name=path.name).array for path in paths)

    overlaps = overlap_by_region(reference, prediction, SCHEMES["brats2023"])

    rows = [row for row in _table("expected_lesionwise_brats2023.csv") if row["case"] == case]
    assert len(rows) == 3
    for row in rows:
        overlap = overlaps[REGION_OF_SHORT_NAME[row["Labels"]]]
        assert overlap.reference == float(row["GT_Complete_Volume"])
        assert dice(overlap) == pytest.approx(float(row["Legacy_Dice"]), abs=1e-12)
        assert sensitivity(overlap) == pytest.approx(float(row["Sensitivity"]), abs=1e-12)
        assert specificity(overlap) == pytest.approx(float(row["Specificity"]), abs=1e-12)
