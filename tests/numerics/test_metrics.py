import csv
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
import SimpleITK as sitk  # noqa: N813
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from backend.numerics import overlap
from backend.numerics.errors import GridMismatch, UnknownMetric
from backend.numerics.labels import SCHEMES, Label, LabelScheme, Region
from backend.numerics.metrics import (
    METRIC_NAMES,
    metric_set,
    overlap_by_region,
    pack_reference,
    score_case,
)
from backend.numerics.volumes import read_labelmap
from tests.numerics.mask_phantoms import ISOTROPIC, boxes, cube, random_pair
from tests.shared_data import DATA, REGION_OF_SHORT_NAME, needs_shared_data

BRATS, WMH = SCHEMES["brats2017"], SCHEMES["wmh2017"]
ONE = LabelScheme("one", "One", (Label(1, "lesion", "#ffffff"),), (Region("lesion", "Lesion", (1,)),))
C = boxes(cube(8, 16)).astype(np.uint8)
EMPTY = boxes().astype(np.uint8)
LABELMAPS = hnp.arrays(np.uint8, (3, 4, 5), elements=st.sampled_from([0, 1, 2, 4]))


def values(reference, prediction, scheme=ONE, spacing_mm=ISOTROPIC, metrics=None):
    scores = score_case(reference, prediction, scheme, spacing_mm, metrics)
    return {score.metric: score.value for score in scores}


def test_all_regions_and_metrics_come_in_the_order_of_the_scheme_and_the_set() -> None:
    scores = score_case(C, C, BRATS, ISOTROPIC)

    expected = [(region, metric) for region in ("complete", "core", "enhancing") for metric in METRIC_NAMES]
    assert [(score.region, score.metric) for score in scores] == expected


EMPTY_CASES = {
    "dice": (1, 0, 0),
    "sensitivity": (1, None, 0),
    "precision": (1, 0, None),
    "specificity": (1, 1 - 512 / 32**3, 1),
    "hd95_surface_area": (0, 374, 374),
    "hd95_pooled": (0, 374, 374),
    "hd95_max_of_directions": (0, 374, 374),
    "nsd_1mm": (1, 0, 0),
    "volume_ml": (0, 0.512, 0),
    "volume_difference_ml": (0, 0.512, -0.512),
    "lesionwise_dice": (1, 0, 0),
    "lesionwise_hd95": (0, 374, 374),
    "lesion_tp": (0, 0, 0),
    "lesion_fp": (0, 1, 0),
    "lesion_fn": (0, 0, 1),
}


def test_empty_regions_follow_the_table() -> None:
    both, only_prediction, only_reference = values(EMPTY, EMPTY), values(EMPTY, C), values(C, EMPTY)

    found = {name: (both[name], only_prediction[name], only_reference[name]) for name in METRIC_NAMES}
    assert found == EMPTY_CASES


def test_spacing_scales_volumes_and_distances_along_the_right_axis() -> None:
    moved = boxes(((8, 16), (8, 16), (9, 17))).astype(np.uint8)

    for order in "FC":
        scores = values(
            np.asarray(C, order=order),
            moved,
            spacing_mm=(1, 2, 3),
            metrics=["volume_ml", "hd95_surface_area"],
        )
        assert scores == {"volume_ml": pytest.approx(512 * 6 / 1000), "hd95_surface_area": 3}


def test_any_tolerance_of_the_surface_distance_can_be_asked_for() -> None:
    moved = boxes(((10, 18), (8, 16), (8, 16))).astype(np.uint8)

    scores = values(C, moved, metrics=["nsd_0.5mm", "nsd_2mm"])

    assert scores["nsd_2mm"] == 1
    assert 0.5 < scores["nsd_0.5mm"] < 1


def test_the_set_tells_rules_and_tolerances() -> None:
    missed = boxes(((8, 16), (8, 16), (8, 16)), ((24, 27), (24, 27), (24, 27))).astype(np.uint8)
    rules_2024 = metric_set("brats2024", [0.5, 2])

    found = {
        score.metric: score.value for score in score_case(missed, C, ONE, ISOTROPIC, metric_set=rules_2024)
    }

    assert tuple(found) == rules_2024.metrics
    assert (found["lesionwise_hd95"], found["lesion_fn"]) == (337 / 2, 1)  # 27 voxels count in 2024
    assert values(missed, C)["lesion_fn"] == 0  # and not in 2023


def test_the_memory_of_a_packed_reference_is_known() -> None:
    packed = pack_reference(C, BRATS, ISOTROPIC)
    before = packed.bytes
    score_case(packed, C, BRATS, ISOTROPIC)

    assert before == 3 * 8 * 8 * 8  # a word of 8 bytes for each of the 8×8 rows and three regions
    assert packed.bytes > before


@given(LABELMAPS, LABELMAPS)
def test_counts_are_those_of_the_regions(reference: np.ndarray, prediction: np.ndarray) -> None:
    expected = overlap_by_region(reference, prediction, BRATS)

    scores = score_case(
        reference, prediction, BRATS, ISOTROPIC, ["dice", "sensitivity", "precision", "specificity"]
    )

    for score in scores:
        assert score.value == getattr(overlap, score.metric)(expected[score.region])


def test_a_packed_reference_scores_any_number_of_predictions_the_same() -> None:
    reference, prediction, spacing_mm = random_pair(3)
    labels = reference.astype(np.uint8) * np.uint8(4)
    packed = pack_reference(labels, BRATS, spacing_mm)

    for other in (prediction, ~prediction, prediction.copy(order="C"), prediction.copy(order="F")):
        theirs = other.astype(np.int16) * np.int16(4)
        assert score_case(packed, theirs, BRATS, spacing_mm) == score_case(labels, theirs, BRATS, spacing_mm)


def test_excluded_voxels_of_the_reference_leave_both_sides() -> None:
    reference, prediction = np.zeros((12, 12, 12), np.uint8), np.zeros((12, 12, 12), np.uint8)
    reference[2:5, 2:5, 2:5], reference[8:11, 8:11, 8:11] = 1, 2
    prediction[2:5, 2:5, 2:5], prediction[8:11, 8:11, 8:11] = 1, 1

    scores = values(reference, prediction, WMH)
    assert (scores["dice"], scores["hd95_surface_area"], scores["lesion_fp"]) == (1, 0, 0)
    swapped = values(prediction, reference, WMH)
    assert swapped["dice"] == pytest.approx(2 * 27 / (27 + 54))


def test_shapes_that_differ_and_unknown_names_are_refused() -> None:
    with pytest.raises(GridMismatch, match="16×32×32 voxels and the reference 32×32×32"):
        score_case(C, C[:16], ONE, ISOTROPIC)
    with pytest.raises(UnknownMetric, match="no metric is called f1; there are dice"):
        score_case(C, C, ONE, ISOTROPIC, ["f1"])


@pytest.mark.slow
@pytest.mark.parametrize("content", ["checkers", "noise", "islands"])
@pytest.mark.parametrize("shape", [(64, 64, 64), (240, 100, 8), (8, 100, 240)])
def test_memory_stays_below_what_the_grid_size_told(shape: tuple[int, int, int], content: str) -> None:
    words = [sys.executable, "-m", "tests.numerics.memory_use", *map(str, shape), content]
    done = subprocess.run(words, capture_output=True, text=True, check=True)

    taken, told = map(int, done.stdout.split())
    assert 1 << 20 < taken < told


@pytest.mark.parametrize("seed", range(12))
def test_dice_and_volumes_equal_those_of_simpleitk(seed: int) -> None:
    first, second, spacing_mm = random_pair(seed)
    images = [sitk.GetImageFromArray(mask.astype(np.uint8)) for mask in (first, second)]
    measures = sitk.LabelOverlapMeasuresImageFilter()
    measures.Execute(*images)
    if not (first.any() or second.any()):
        return

    scores = values(first.astype(np.uint8), second.astype(np.uint8), spacing_mm=spacing_mm)

    assert scores["dice"] == pytest.approx(measures.GetDiceCoefficient(), abs=1e-12)


def _rows() -> list[dict[str, str]]:
    if not DATA.is_dir():
        return []
    with (DATA / "expected_metrics.csv").open(newline="") as table:
        return list(csv.DictReader(table))


def _pairs() -> list[tuple[str, str, str, str]]:
    return sorted({(row["source"], row["case"], row["pred"], row["ref"]) for row in _rows()})


def _files(source: str, case: str, prediction: str, reference: str) -> tuple[Path, Path]:
    if source == "tcga":
        folder = DATA / source / case
        return folder / "fusion" / f"{reference}.nii.gz", folder / "raters" / f"{prediction}-20.nii.gz"
    if source == "brats2023_predictions":
        return DATA / source / f"{case}_label.nii.gz", DATA / source / f"{case}_pred.nii.gz"
    return DATA / source / f"{reference}.nii.gz", DATA / source / f"{prediction}.nii.gz"


@needs_shared_data
@pytest.mark.parametrize("pair", _pairs(), ids=" ".join)
def test_dice_and_the_three_distances_equal_the_oracle_table(pair: tuple[str, str, str, str]) -> None:
    """The rows of brats2023_predictions were counted before its channels were composed into labels: where the
    counts are not those of the files, Dice may differ by up to 3e-4; the distances do not."""
    reference, prediction = (read_labelmap(path, name=path.name) for path in _files(*pair))
    scheme = SCHEMES["brats2023"] if pair[0] == "brats2023_predictions" else BRATS
    columns = {
        "hd95_surface_distance": "hd95_surface_area",
        "hd95_pooled": "hd95_pooled",
        "hd95_maxof95": "hd95_max_of_directions",
    }

    scores = score_case(
        reference.array, prediction.array, scheme, ISOTROPIC, ["dice", "volume_ml", *columns.values()]
    )

    found = {(score.region, score.metric): score.value for score in scores}
    rows = [row for row in _rows() if (row["source"], row["case"], row["pred"], row["ref"]) == pair]
    assert len(rows) == 3
    for row in rows:
        region = REGION_OF_SHORT_NAME[row["region"]]
        same_voxels = found[region, "volume_ml"] == int(row["n_pred"]) / 1000
        assert same_voxels or pair[0] == "brats2023_predictions"
        if row["dice_numpy"]:
            tolerance = 1e-12 if same_voxels else 3e-4
            assert found[region, "dice"] == pytest.approx(float(row["dice_numpy"]), abs=tolerance)
        for column, metric in columns.items():
            if row[column]:
                assert found[region, metric] == pytest.approx(float(row[column]), abs=1e-9)
            else:
                both_empty = row["n_pred"] == row["n_ref"] == "0"
                assert found[region, metric] == (0 if both_empty else 374)
