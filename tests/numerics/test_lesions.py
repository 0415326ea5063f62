import csv

import numpy as np
import pytest
from scipy import ndimage
from surface_distance import compute_robust_hausdorff, compute_surface_distances

from backend.numerics.labels import SCHEMES
from backend.numerics.lesions import (
    BRATS_2023,
    RULES,
    LesionRules,
    LesionScores,
    find_reference_lesions,
    score_lesions,
)
from backend.numerics.metrics import score_case
from backend.numerics.packing import pack_masks
from backend.numerics.volumes import read_labelmap
from tests.numerics.mask_phantoms import ISOTROPIC, NINETY_FIVE, Range, Spacing, boxes, cube, random_pair
from tests.shared_data import DATA, REGION_OF_SHORT_NAME, needs_shared_data

A = cube(4, 10)


def along_x(start: int, end: int) -> tuple[Range, Range, Range]:
    return (start, end), (4, 10), (4, 10)


def score(
    reference: np.ndarray,
    prediction: np.ndarray,
    *,
    rules: LesionRules = BRATS_2023,
    spacing_mm: Spacing = ISOTROPIC,
    region: str = "",
) -> LesionScores:
    packed = pack_masks([reference, prediction], fast_first=False)
    lesions = find_reference_lesions(packed[0], grid=reference.shape, rules=rules)
    return score_lesions(lesions, packed[1], spacing_mm=spacing_mm, rules=rules, region=region)


@pytest.mark.parametrize(
    ("reference", "prediction", "dice", "hd95_mm", "counts"),
    [
        pytest.param(
            boxes(A, cube(20, 26)),
            boxes(((4, 10), (4, 10), (5, 11)), ((20, 24), (4, 8), (20, 24))),
            0.277778,
            249.666667,
            (1, 1, 1),
            id="L1",
        ),
        pytest.param(boxes(A, cube(20, 23)), boxes(A), 1, 0, (1, 0, 0), id="L2"),
        pytest.param(boxes(A, along_x(14, 20)), boxes(A), 0.666667, 10, (1, 0, 0), id="L3"),
        pytest.param(boxes(A, along_x(20, 26)), boxes(along_x(4, 26)), 0.428571, 16, (2, 0, 0), id="L4"),
        pytest.param(boxes(A), boxes(along_x(12, 15)), 0, 8, (1, 0, 0), id="L5"),
        pytest.param(boxes(A), boxes(along_x(13, 16)), 0, 374, (0, 1, 1), id="L6"),
        pytest.param(boxes(), boxes(A), 0, 374, (0, 1, 0), id="only predicted"),
        pytest.param(boxes(A), boxes(), 0, 374, (0, 0, 1), id="only in the reference"),
        pytest.param(boxes(), boxes(), 1, 0, (0, 0, 0), id="both empty"),
    ],
)
def test_known_answers(
    reference: np.ndarray, prediction: np.ndarray, dice: float, hd95_mm: float, counts: tuple[int, ...]
) -> None:
    scores = score(reference, prediction)

    assert scores.dice == pytest.approx(dice, abs=5e-7)
    assert scores.hd95_mm == pytest.approx(hd95_mm, abs=5e-7)
    assert (scores.true_positives, scores.false_positives, scores.false_negatives) == counts


def _plainly(
    reference: np.ndarray, prediction: np.ndarray, spacing_mm: Spacing, rules: LesionRules
) -> tuple[float, float, int, int, int]:
    """The rules written down as they read, on arrays, lesion by lesion."""
    full, near = np.ones((3, 3, 3)), ndimage.generate_binary_structure(3, 2)
    predicted, predictions = ndimage.label(prediction, full)
    dilated, count = ndimage.label(ndimage.binary_dilation(reference, near, rules.dilations), full)
    dice, distances, absorbed, found = [], [], set(), 0
    for index in range(1, count + 1):
        lesion = reference & (dilated == index)
        touching = set(np.unique(predicted[dilated == index])) - {0}
        absorbed |= touching
        if np.count_nonzero(lesion) * np.prod(spacing_mm) <= rules.least_volume_mm3:
            continue
        matched = np.isin(predicted, list(touching))
        found += bool(touching)
        dice.append(2 * np.count_nonzero(lesion & matched) / (lesion.sum() + matched.sum()))
        measured = compute_surface_distances(lesion, matched, spacing_mm) if touching else None
        distances.append(compute_robust_hausdorff(measured, NINETY_FIVE) if measured else rules.penalty_mm)
    invented = predictions - len(absorbed)
    terms = len(dice) + invented
    if not terms:
        return 1.0, 0.0, 0, 0, 0
    total = sum(distances) + invented * rules.penalty_mm
    return sum(dice) / terms, total / terms, found, invented, len(dice) - found


@pytest.mark.filterwarnings("ignore::DeprecationWarning")
@pytest.mark.parametrize("rules", [RULES["brats2023"], RULES["brats2023_met"]], ids=lambda x: x.slug)
def test_random_phantoms_equal_the_rules_written_plainly(rules: LesionRules) -> None:
    for seed in range(50):
        reference, prediction, spacing_mm = random_pair(seed)
        scores = score(reference, prediction, rules=rules, spacing_mm=spacing_mm)

        found = (
            scores.dice,
            scores.hd95_mm,
            scores.true_positives,
            scores.false_positives,
            scores.false_negatives,
        )
        expected = _plainly(reference, prediction, spacing_mm, rules)
        assert found == pytest.approx(expected, abs=1e-9), seed


def test_the_least_volume_is_in_mm3_and_may_differ_by_region() -> None:
    reference, nothing = boxes(cube(4, 6)), boxes()  # 8 voxels
    rules = RULES["brats2024"]

    assert score(reference, nothing).false_negatives == 0
    assert score(reference, nothing, spacing_mm=(2, 2, 2)).false_negatives == 1
    assert score(reference, nothing, rules=rules, spacing_mm=(1, 1, 2), region="core").false_negatives == 0
    scores = score(reference, nothing, rules=rules, spacing_mm=(1, 1, 2), region="enhancing")
    assert (scores.false_negatives, scores.hd95_mm) == (1, 337)


def test_predictions_are_merged_by_dilation_where_the_rules_say_so() -> None:
    reference, prediction = boxes(), boxes(along_x(4, 6), along_x(9, 11))

    assert score(reference, prediction).false_positives == 2
    assert score(reference, prediction, rules=RULES["brats2024"]).false_positives == 1


def test_predicted_specks_are_left_out_where_the_rules_say_so() -> None:
    reference, speck = boxes(A), boxes(A, cube(28, 30))

    assert score(reference, speck).false_positives == 1
    scores = score(reference, speck, rules=RULES["brats2024_ped"])
    assert (scores.dice, scores.true_positives, scores.false_positives) == (1, 1, 0)


def test_a_hundred_thousand_islands_end_and_are_counted() -> None:
    reference = np.zeros((160, 160, 160), bool)
    prediction = reference.copy()
    reference[70:90, 70:90, 70:90] = True
    prediction[1:160:3, 1:160:3, 1:160:3] = True
    prediction[:, :, 106:] = False
    islands = ndimage.label(prediction, np.ones((3, 3, 3)))[1]
    assert islands > 95_000

    scores = score(reference, prediction)

    touching = np.unique(ndimage.label(prediction, np.ones((3, 3, 3)))[0][67:93, 67:93, 67:93])
    assert scores.true_positives == 1
    assert islands - len(touching) < scores.false_positives < islands - 300


@needs_shared_data
@pytest.mark.parametrize("case", ["SegResNet_1", "SwinUNETR_1", "UNet_1"])
def test_the_brats_organisers_code_gives_the_same(case: str) -> None:
    paths = [DATA / "brats2023_predictions" / f"{case}_{kind}.nii.gz" for kind in ("label", "pred")]
    reference, prediction = (read_labelmap(path, name=path.name).array for path in paths)

    scores = score_case(reference, prediction, SCHEMES["brats2023"], ISOTROPIC)

    found = {(score.region, score.metric): score.value for score in scores}
    with (DATA / "expected_lesionwise_brats2023.csv").open(newline="") as table:
        rows = [row for row in csv.DictReader(table) if row["case"] == case]
    assert len(rows) == 3
    columns = {
        "LesionWise_Score_Dice": "lesionwise_dice",
        "LesionWise_Score_HD95": "lesionwise_hd95",
        "Num_TP": "lesion_tp",
        "Num_FP": "lesion_fp",
        "Num_FN": "lesion_fn",
        "Legacy_Dice": "dice",
        "Legacy_HD95": "hd95_surface_area",
        "Sensitivity": "sensitivity",
        "Specificity": "specificity",
    }
    for row in rows:
        for column, metric in columns.items():
            value = found[REGION_OF_SHORT_NAME[row["Labels"]], metric]
            assert value == pytest.approx(float(row[column]), abs=1e-9), (row["Labels"], metric)
