import numpy as np
import pytest
import SimpleITK
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp
from sklearn.metrics import cohen_kappa_score

from backend.numerics.agreement import (
    cohen_kappa,
    compare_raters,
    conformity_index,
    disagreement_entropy,
    fleiss_kappa,
    intra_rater,
    leave_one_out,
    pairwise_dice,
    staple_performance,
)
from backend.numerics.fusion import fuse
from backend.numerics.labels import SCHEMES, Label, LabelScheme, Region, region_mask
from backend.numerics.metrics import dice_by_region
from backend.numerics.volumes import read_labelmap
from tests.phantoms import tumour
from tests.shared_data import TCGA_ALGORITHMS, needs_shared_data, tcga_mask

BRATS = SCHEMES["brats2017"]
LABELMAPS = st.lists(
    hnp.arrays(np.uint8, (2, 3, 4), elements=st.sampled_from([0, 1, 2, 4])), min_size=2, max_size=5
)


def row(*labels: int) -> np.ndarray:
    return np.array([[labels]], dtype=np.uint8)


def test_pairwise_dice_is_by_pair_and_region() -> None:
    table = pairwise_dice([row(1, 2, 0), row(1, 0, 0), None, row(0, 0, 0)], BRATS)

    assert list(table) == [(0, 1), (0, 3), (1, 3)]
    assert table[0, 1] == {"complete": pytest.approx(2 / 3), "core": 1.0, "enhancing": 1.0}
    assert table[0, 3] == {"complete": 0.0, "core": 0.0, "enhancing": 1.0}


def test_each_rater_is_scored_against_the_others() -> None:
    raters = [row(1, 1, 0), row(1, 0, 0), row(1, 0, 4)]

    results = leave_one_out(raters, method="majority", scheme=BRATS)

    assert [x.index for x in results] == [0, 1, 2]
    assert results[0].reference.ravel().tolist() == [1, 0, 0]
    assert results[0].dice["complete"] == pytest.approx(2 / 3)
    assert results[1].dice == {"complete": 1.0, "core": 1.0, "enhancing": 1.0}
    assert results[2].dice["enhancing"] == 0.0


def test_leave_one_out_skips_absent_raters_and_needs_two() -> None:
    assert [x.index for x in leave_one_out([row(1), None, row(1)], method="majority", scheme=BRATS)] == [0, 2]
    assert leave_one_out([row(1), None], method="majority", scheme=BRATS) == []


@given(LABELMAPS)
def test_leave_one_out_is_fusion_without_the_rater(labelmaps: list[np.ndarray]) -> None:
    for result in leave_one_out(labelmaps, method="plurality", scheme=BRATS):
        others = labelmaps[: result.index] + labelmaps[result.index + 1 :]
        expected = fuse(others, method="plurality", scheme=BRATS).labelmap
        assert np.array_equal(result.reference, expected)
        assert result.dice == dice_by_region(expected, labelmaps[result.index], BRATS)


def test_entropy_is_in_bits() -> None:
    entropy = disagreement_entropy([row(0, 1, 1), row(0, 1, 2), row(0, 1, 4), row(0, 1, 0)])

    assert entropy.dtype == np.float32
    assert entropy.ravel().tolist() == [0, 0, 2]


def test_conformity_index_of_two_raters_is_their_jaccard() -> None:
    index = conformity_index([row(1, 2, 0, 0), row(1, 0, 2, 0)], BRATS)

    assert index == {"complete": pytest.approx(1 / 3), "core": 1.0, "enhancing": 1.0}


def test_fleiss_kappa_of_the_original_paper_style_table() -> None:
    """Fourteen raters, ten subjects, five categories: the textbook table with kappa 0.210."""
    counts = [
        (0, 0, 0, 0, 14), (0, 2, 6, 4, 2), (0, 0, 3, 5, 6), (0, 3, 9, 2, 0), (2, 2, 8, 1, 1),
        (7, 7, 0, 0, 0), (3, 2, 6, 3, 0), (2, 5, 3, 2, 2), (6, 5, 2, 1, 0), (0, 2, 2, 3, 7),
    ]  # fmt: skip
    ratings = np.array([np.repeat(range(5), row) for row in counts], dtype=np.uint8)
    raters = [ratings[:, k].reshape(1, 1, 10) for k in range(14)]

    assert fleiss_kappa(raters) == pytest.approx(0.210, abs=5e-4)


def test_fleiss_kappa_at_its_limits() -> None:
    assert fleiss_kappa([row(0, 0), row(0, 0)]) == 1.0
    assert fleiss_kappa([row(0, 1), row(0, 1)]) == 1.0
    assert fleiss_kappa([row(0, 1), row(1, 0)]) == pytest.approx(-1)
    assert fleiss_kappa([row(1)]) is None
    assert fleiss_kappa([row(0), row(0)], labelled_only=True) is None


def test_background_raises_kappa_unless_left_out() -> None:
    raters = [row(1, 2, 1, *[0] * 50), row(1, 2, 2, *[0] * 50)]

    everywhere, labelled = fleiss_kappa(raters), fleiss_kappa(raters, labelled_only=True)

    assert everywhere is not None
    assert labelled is not None
    assert everywhere > 0.8 > labelled


@given(LABELMAPS, st.randoms(use_true_random=False))
def test_agreement_does_not_depend_on_the_order_of_raters(
    labelmaps: list[np.ndarray], random: object
) -> None:
    shuffled = list(labelmaps)
    random.shuffle(shuffled)  # type: ignore[attr-defined]

    assert fleiss_kappa(shuffled) == pytest.approx(fleiss_kappa(labelmaps))
    assert conformity_index(shuffled, BRATS) == conformity_index(labelmaps, BRATS)
    assert np.allclose(disagreement_entropy(shuffled), disagreement_entropy(labelmaps), atol=1e-6)


@given(LABELMAPS)
def test_cohen_kappa_equals_scikit_learns(labelmaps: list[np.ndarray]) -> None:
    kappas = cohen_kappa([*labelmaps, None])

    assert list(kappas) == [(i, j) for i in range(len(labelmaps)) for j in range(i + 1, len(labelmaps))]
    for (i, j), kappa in kappas.items():
        if len(np.union1d(labelmaps[i], labelmaps[j])) == 1:
            assert kappa == 1
        else:
            assert kappa == pytest.approx(cohen_kappa_score(labelmaps[i].ravel(), labelmaps[j].ravel()))


def test_cohen_kappa_of_the_textbook_table() -> None:
    """Fifty grants, two readers: 20 yes/yes, 5 yes/no, 10 no/yes, 15 no/no gives 0.4."""
    first = row(*[1] * 25, *[0] * 25)
    second = row(*[1] * 20, *[0] * 5, *[1] * 10, *[0] * 15)

    assert cohen_kappa([first, second]) == {(0, 1): pytest.approx(0.4)}


def test_cohen_kappa_where_nothing_is_left() -> None:
    assert cohen_kappa([row(0), row(0)], labelled_only=True) == {(0, 1): None}
    assert cohen_kappa([row(1)]) == {}


@given(LABELMAPS)
def test_kappa_by_region_equals_scikit_learns(labelmaps: list[np.ndarray]) -> None:
    for (i, j), pair in compare_raters(labelmaps, BRATS).pairs.items():
        for key, kappa in pair.kappa.items():
            first, second = (region_mask(labelmaps[k], key, BRATS).ravel() for k in (i, j))
            if len(np.union1d(first, second)) == 1:
                assert kappa == 1
            else:
                assert kappa == pytest.approx(cohen_kappa_score(first, second))


@given(LABELMAPS)
def test_comparison_is_each_measure_from_one_count(labelmaps: list[np.ndarray]) -> None:
    raters = [labelmaps[0], None, *labelmaps[1:]]

    found = compare_raters(raters, BRATS)

    assert {pair: x.dice for pair, x in found.pairs.items()} == pairwise_dice(raters, BRATS)
    assert found.fleiss_kappa == fleiss_kappa(raters)
    assert found.fleiss_kappa_labelled == fleiss_kappa(raters, labelled_only=True)
    assert found.conformity_index == conformity_index(raters, BRATS)
    assert found.performance == staple_performance(raters, BRATS)
    assert found.voxels == [
        None if x is None else {r.key: np.count_nonzero(region_mask(x, r, BRATS)) for r in BRATS.regions}
        for x in raters
    ]
    labelled = np.any(labelmaps, axis=0)
    entropy = disagreement_entropy(raters)[labelled].mean() if labelled.any() else 0
    assert found.mean_entropy_bits == pytest.approx(entropy, abs=1e-6)


def test_kappa_of_a_region_leaves_out_what_either_excludes() -> None:
    labels = (Label(1, "lesion", "#ffffff"), Label(2, "other", "#ffffff"))
    scheme = LabelScheme("wmh", "WMH", labels, (Region("lesion", "Lesion", (1,)),), excluded=(2,))

    pair = compare_raters([row(1, 1, 0, 0, 2), row(1, 0, 0, 0, 1)], scheme).pairs[0, 1]

    assert pair.kappa["lesion"] == pytest.approx(cohen_kappa_score([1, 1, 0, 0], [1, 0, 0, 0]))
    assert compare_raters([row(2), row(1)], scheme).pairs[0, 1].kappa == {"lesion": None}


def test_staple_performance_equals_simpleitks() -> None:
    rng = np.random.default_rng(0)
    truth = np.zeros((8, 9, 10), np.uint8)
    truth[2:6, 2:7, 2:8] = 2
    raters = [
        np.where(rng.random(truth.shape) < p, 2 - truth, truth).astype(np.uint8) for p in (0.05, 0.1, 0.3)
    ]

    performance = staple_performance([raters[0], None, *raters[1:]], BRATS)

    assert performance[1] is None
    oracle = SimpleITK.STAPLEImageFilter()
    oracle.SetForegroundValue(2)
    oracle.Execute([SimpleITK.GetImageFromArray(x.T) for x in raters])
    for k, estimate in enumerate(x for x in performance if x is not None):
        assert estimate.sensitivity["complete"] == pytest.approx(oracle.GetSensitivity()[k], abs=1e-9)
        assert estimate.specificity["complete"] == pytest.approx(oracle.GetSpecificity()[k], abs=1e-9)
        assert estimate.sensitivity["core"] is None


def test_volumes_count_labels_whether_sure_or_not() -> None:
    raters = [row(1, 2, 0, 4), None, row(0, 2, 0, 0)]
    unsure = [np.array([[[True, False, True, True]]]), None, None]
    marked, without = (compare_raters(raters, BRATS, unsure=masks).voxels for masks in (unsure, None))
    assert (
        marked
        == without
        == [
            {"complete": 3, "core": 2, "enhancing": 1},
            None,
            {"complete": 1, "core": 0, "enhancing": 0},
        ]
    )


def test_unsure_voxels_count_for_no_agreement() -> None:
    """Where either is unsure, what was drawn beneath must not matter."""
    unsure = [np.array([[[False, True, False, False]]]), None]
    for beneath in (0, 1, 4):
        raters = [row(1, beneath, 0, 2), row(1, 4, 0, 0)]
        assert pairwise_dice(raters, BRATS, unsure=unsure)[0, 1]["complete"] == pytest.approx(2 / 3)
        assert conformity_index(raters, BRATS, unsure=unsure)["complete"] == 0.5
        assert cohen_kappa(raters, unsure=unsure)[0, 1] == pytest.approx(
            cohen_kappa_score([1, 0, 2], [1, 0, 0])
        )
        assert fleiss_kappa(raters, unsure=unsure) == fleiss_kappa([row(1, 0, 2), row(1, 0, 0)])
        assert disagreement_entropy(raters, unsure=unsure).ravel().tolist() == [0, 0, 0, 1]


@needs_shared_data
def test_pairwise_dice_of_real_raters_equals_an_independent_tool() -> None:
    raters = [read_labelmap(tcga_mask("TCGA-FG-6692", x), name="x.nii.gz").array for x in TCGA_ALGORITHMS[:2]]

    table = pairwise_dice(raters, BRATS)

    for (i, j), regions in table.items():
        for key, value in regions.items():
            masks = [region_mask(raters[k], key, BRATS).astype(np.uint8).T for k in (i, j)]
            oracle = SimpleITK.LabelOverlapMeasuresImageFilter()
            oracle.Execute(*(SimpleITK.GetImageFromArray(mask) for mask in masks))
            assert value == pytest.approx(oracle.GetDiceCoefficient(), abs=1e-12)


def test_two_readings_of_one_rater_compare_as_two_raters_do() -> None:
    first, again = tumour((16, 16, 16)), tumour((16, 18, 16))

    found = intra_rater(first, again, BRATS)

    assert found.dice == dice_by_region(first, again, BRATS)
    assert found == intra_rater(again, first, BRATS)
    assert intra_rater(first, first, BRATS).kappa == {region.key: 1 for region in BRATS.regions}
