import numpy as np
import pytest
import SimpleITK
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from backend.numerics import staple
from backend.numerics.errors import FusionError
from backend.numerics.fusion import Fusion, fuse
from backend.numerics.labels import SCHEMES
from backend.numerics.staple import estimate_binary, estimate_multi_label
from backend.numerics.volumes import read_labelmap
from backend.numerics.votes import Ballot, count_votes, require_raters
from tests.shared_data import DATA, TCGA_ALGORITHMS, needs_shared_data, tcga_mask

BRATS = SCHEMES["brats2017"]
ITK_TOLERANCE = 1e-5
LABELMAPS = st.lists(
    hnp.arrays(np.uint8, (3, 4, 5), elements=st.sampled_from([0, 1, 2, 4])), min_size=2, max_size=5
)


def ballot_of(labelmaps: list[np.ndarray]) -> Ballot:
    return count_votes(require_raters(labelmaps))


def simulated_raters(seed: int, *, raters: int = 4, labels: int = 4) -> list[np.ndarray]:
    """Raters who each redraw a share of the voxels of one truth of nested boxes."""
    rng = np.random.default_rng(seed)
    truth = np.zeros((12, 13, 14), np.uint8)
    for label in range(1, labels):
        truth[label : 12 - label, 2 : 12 - label, label + 1 : 12] = label
    drawn = []
    for _ in range(raters):
        labelmap = truth.copy()
        wrong = rng.random(truth.shape) < rng.uniform(0.05, 0.35)
        labelmap[wrong] = rng.integers(0, labels, wrong.sum())
        drawn.append(labelmap)
    return drawn


def run_itk(labelmaps: list[np.ndarray]) -> tuple[np.ndarray, SimpleITK.MultiLabelSTAPLEImageFilter]:
    oracle = SimpleITK.MultiLabelSTAPLEImageFilter()
    images = [SimpleITK.GetImageFromArray(x.T) for x in labelmaps]
    return SimpleITK.GetArrayFromImage(oracle.Execute(images)).T, oracle


def itk_initial(labelmaps: list[np.ndarray], ballot: Ballot) -> np.ndarray:
    """The initial confusion matrices as ITK fills them, its mistake included.

    A tie is the class `top`, one past the last column, so that its count lands in the first column of the
    next row. See ITK pull request 6579.
    """
    top = max(int(x.max()) for x in labelmaps) + 1
    votes = np.stack([sum((x == label).astype(int) for x in labelmaps) for label in range(top)])
    tied = (votes == votes.max(axis=0)).sum(axis=0) > 1
    winner = np.where(tied, top, votes.argmax(axis=0))
    matrices = []
    for rater in ballot.raters:
        memory = np.zeros((top + 1) * top + 1)
        np.add.at(memory, labelmaps[rater].astype(int).ravel() * top + winner.ravel(), 1)
        rows = memory[:-1].reshape(top + 1, top)
        rows = np.divide(
            rows, rows.sum(axis=1, keepdims=True), out=rows, where=rows.sum(axis=1, keepdims=True) > 0
        )
        matrices.append(rows[np.ix_(ballot.labels, ballot.labels)])
    return np.array(matrices)


def assert_equals_itk(labelmaps: list[np.ndarray], *, tolerance: float) -> None:
    """No voxel differs, "undecided" ones included, and the confusion matrices agree."""
    ballot = ballot_of(labelmaps)
    expected, oracle = run_itk(labelmaps)

    found = estimate_multi_label(
        ballot, initial=itk_initial(labelmaps, ballot), tolerance=ITK_TOLERANCE, max_iterations=100_000
    )

    best = found.probabilities.max(axis=0)
    tied = (found.probabilities >= best * (1 - 1e-12)).sum(axis=0) > 1
    undecided = max(int(x.max()) for x in labelmaps) + 1
    labels = np.where(tied, undecided, ballot.labels[found.probabilities.argmax(axis=0)])
    assert np.count_nonzero(ballot.place(labels) != expected) == 0
    for column, rater in enumerate(ballot.raters):
        theirs = np.array(oracle.GetConfusionMatrix(rater)).reshape(undecided + 1, undecided)
        assert (
            np.abs(found.confusion[column] - theirs[np.ix_(ballot.labels, ballot.labels)]).max() < tolerance
        )


@pytest.mark.parametrize("seed", range(50))
def test_multi_label_equals_simpleitk(seed: int) -> None:
    assert_equals_itk(simulated_raters(seed, raters=3 + seed % 4, labels=2 + seed % 4), tolerance=1e-4)


@pytest.mark.parametrize("seed", range(30))
def test_noise_ends_where_simpleitk_does(seed: int) -> None:
    """Without a truth in it the start decides the end: this fails unless ITK's start is followed exactly."""
    rng = np.random.default_rng(seed)
    labelmaps = [rng.integers(0, 3, (4, 5, 6)).astype(np.uint8) for _ in range(2 + seed % 3)]

    assert_equals_itk(labelmaps, tolerance=1e-6)


@pytest.mark.parametrize("seed", range(5))
def test_binary_equals_simpleitk(seed: int) -> None:
    labelmaps = simulated_raters(seed, raters=3 + seed % 3, labels=2)
    ballot = ballot_of(labelmaps)
    oracle = SimpleITK.STAPLEImageFilter()
    oracle.SetForegroundValue(1)
    weights = SimpleITK.GetArrayFromImage(
        oracle.Execute([SimpleITK.GetImageFromArray(x.T) for x in labelmaps])
    ).T

    found = estimate_binary(ballot, [1])

    assert np.abs(ballot.place(found.probabilities[1]) - weights).max() < 1e-9
    assert found.confusion[:, 1, 1] == pytest.approx(
        [oracle.GetSensitivity()[k] for k in ballot.raters], abs=1e-9
    )
    assert found.confusion[:, 0, 0] == pytest.approx(
        [oracle.GetSpecificity()[k] for k in ballot.raters], abs=1e-9
    )


def test_known_binary_answer() -> None:
    rows = [[1] * 8 + [0] * 12, [1] * 6 + [0] * 14, [1] * 10 + [0] * 8 + [1] * 2]
    labelmaps = [np.array(row, np.uint8).reshape(1, 4, 5) for row in rows]
    ballot = ballot_of(labelmaps)

    found = estimate_binary(ballot, [1])

    by_rater = np.argsort(ballot.raters)
    assert found.confusion[by_rater, 1, 1] == pytest.approx([1, 0.75, 1], abs=1e-6)
    assert found.confusion[by_rater, 0, 0] == pytest.approx([1, 1, 2 / 3], abs=1e-6)
    assert found.convergence.converged
    assert found.convergence.iterations == 13


def test_stopping_early_is_reported() -> None:
    labelmaps = simulated_raters(1)

    fusion = fuse(labelmaps, method="staple", scheme=BRATS, parameters={"max_iterations": 2})

    assert fusion.convergence is not None
    assert not fusion.convergence.converged
    assert fusion.convergence.iterations == 2
    assert fusion.convergence.largest_change > 1e-7


def fused(labelmaps: list[np.ndarray], model: str, **parameters: object) -> Fusion:
    return fuse(labelmaps, method="staple", scheme=BRATS, parameters={"model": model, **parameters})


@pytest.mark.parametrize("model", ["multi_label", "per_region", "per_label"])
def test_raters_may_come_in_any_order(model: str) -> None:
    labelmaps = [np.where(x == 3, 4, x).astype(np.uint8) for x in simulated_raters(3, raters=5)]
    order = [3, 0, 4, 1, 2]

    one, other = fused(labelmaps, model), fused([labelmaps[k] for k in order], model)

    assert np.array_equal(one.labelmap, other.labelmap)
    assert [one.raters[k] for k in order] == list(other.raters)


@pytest.mark.parametrize("model", ["multi_label", "per_label"])
@pytest.mark.parametrize("seed", range(5))
def test_renaming_labels_renames_the_result(model: str, seed: int) -> None:
    labelmaps = simulated_raters(seed, raters=5)
    renamed = np.array([0, 3, 1, 2], np.uint8)

    one, other = fused(labelmaps, model), fused([renamed[x] for x in labelmaps], model)

    assert np.array_equal(renamed[one.labelmap], other.labelmap)
    assert one.raters[0] is not None
    assert other.raters[0] is not None
    assert one.raters[0].sensitivity["1"] == pytest.approx(other.raters[0].sensitivity["3"])


@given(LABELMAPS, st.sampled_from(["multi_label", "per_region", "per_label"]))
def test_probabilities_are_probabilities(labelmaps: list[np.ndarray], model: str) -> None:
    fusion = fused(labelmaps, model)

    total = sum(fusion.probability(key).astype(float) for key in fusion.probability_keys)
    for key in fusion.probability_keys:
        assert (fusion.probability(key) >= 0).all()
        assert (fusion.probability(key) <= 1).all()
    if model == "multi_label":
        assert total == pytest.approx(1)


def test_a_careless_rater_is_recognised_and_outweighed() -> None:
    rng = np.random.default_rng(0)
    truth = np.zeros((10, 10, 10), np.uint8)
    truth[3:7, 3:7, 3:7] = 2
    careful = [truth.copy(), truth.copy()]
    careful[0][3, 3, 3], careful[1][6, 6, 6] = 0, 0
    careless = [np.where(rng.random(truth.shape) < 0.4, 2, truth).astype(np.uint8) for _ in range(3)]

    fusion = fused([*careful, *careless], "per_region")

    majority = fuse([*careful, *careless], method="majority", scheme=BRATS).labelmap
    assert np.count_nonzero(fusion.labelmap != truth) < np.count_nonzero(majority != truth) / 10
    specificities = [rater.specificity["complete"] for rater in fusion.raters if rater is not None]
    assert min(specificities[:2]) > 0.99 > 0.7 > max(specificities[2:])


def test_the_field_of_view_is_recorded_and_changes_the_prior() -> None:
    labelmaps = [np.pad(x, 20) for x in simulated_raters(2, raters=3, labels=3)]

    whole = fused(labelmaps, "multi_label")
    cropped = fused(labelmaps, "multi_label", field_of_view="labelled", margin_voxels=1)

    assert whole.field_of_view == ((0, 52), (0, 53), (0, 54))
    marked = np.argwhere(np.any(labelmaps, axis=0))
    low, high = marked.min(axis=0) - 1, marked.max(axis=0) + 2
    assert cropped.field_of_view == tuple(zip(low.tolist(), high.tolist(), strict=True))
    box = tuple(slice(*axis) for axis in cropped.field_of_view)
    assert np.array_equal(cropped.labelmap[box], fused([x[box] for x in labelmaps], "multi_label").labelmap)
    assert whole.raters[0] != cropped.raters[0]


def test_unsure_voxels_are_missing_votes() -> None:
    labelmaps = simulated_raters(7, raters=4, labels=3)
    rng = np.random.default_rng(7)
    blank = [rng.random(labelmaps[0].shape) < 0.2 for _ in labelmaps]
    scribbled = [
        np.where(mask, rng.integers(0, 3), x).astype(np.uint8)
        for x, mask in zip(labelmaps, blank, strict=True)
    ]

    for model in ("multi_label", "per_region", "per_label"):
        one = fuse(labelmaps, method="staple", scheme=BRATS, parameters={"model": model}, unsure=blank)
        other = fuse(scribbled, method="staple", scheme=BRATS, parameters={"model": model}, unsure=blank)
        assert np.array_equal(one.labelmap, other.labelmap)
        assert one.raters == other.raters


def test_a_rater_unsure_everywhere_changes_nothing() -> None:
    labelmaps = simulated_raters(8, raters=3, labels=3)
    everywhere = np.ones(labelmaps[0].shape, bool)

    with_them = fuse(
        [*labelmaps, labelmaps[0][::-1]], method="staple", scheme=BRATS, unsure=[None, None, None, everywhere]
    )

    assert np.array_equal(with_them.labelmap, fused(labelmaps, "multi_label").labelmap)
    assert with_them.raters[3] is not None
    assert set(with_them.raters[3].sensitivity.values()) == {None}


def test_six_hundred_raters_do_not_underflow() -> None:
    rng = np.random.default_rng(0)
    truth = (np.arange(60) >= 30).astype(np.uint8).reshape(3, 4, 5)
    raters = [np.where(rng.random(truth.shape) < 0.3, 1 - truth, truth).astype(np.uint8) for _ in range(600)]

    fusion = fused(raters, "per_label")

    assert np.array_equal(fusion.labelmap, truth)
    assert np.isfinite(fusion.probability("1")).all()


def test_many_patterns_are_counted_alike(monkeypatch: pytest.MonkeyPatch) -> None:
    ballot = ballot_of(simulated_raters(4, raters=5))
    one = estimate_multi_label(ballot)

    monkeypatch.setattr(staple, "_ONE_HOT_ELEMENTS", 0)
    other = estimate_multi_label(ballot)

    assert one.confusion == pytest.approx(other.confusion, abs=1e-9)
    assert one.convergence.iterations == other.convergence.iterations


def test_parameters_out_of_range_are_refused() -> None:
    labelmaps = simulated_raters(0)
    with pytest.raises(FusionError, match="model is one of multi_label, per_region, per_label, not 'best'"):
        fused(labelmaps, "best")
    with pytest.raises(FusionError, match=r"max_iterations takes an integer, not 2\.5"):
        fused(labelmaps, "multi_label", max_iterations=2.5)
    with pytest.raises(FusionError, match="tolerance -1 is out of range"):
        fused(labelmaps, "multi_label", tolerance=-1)


def _read(name: str) -> np.ndarray:
    path = DATA / "labelfusion" / f"{name}.nii.gz"
    return read_labelmap(path, name=path.name).array


@needs_shared_data
def test_published_staple_baseline_is_reproduced() -> None:
    labelmaps = [_read("unet"), _read("resunet")]

    fusion = fused(labelmaps, "per_label")

    assert np.count_nonzero(fusion.labelmap != _read("baseline_staple")) == 0


@needs_shared_data
def test_published_voting_baselines_are_reproduced() -> None:
    fusion = fuse([_read("unet"), _read("resunet")], method="majority", scheme=BRATS)

    for baseline in ("baseline_itkvoting", "baseline_majorityvoting"):
        assert np.count_nonzero(fusion.labelmap != _read(baseline)) == 0


@needs_shared_data
def test_real_raters_end_where_simpleitk_does() -> None:
    """A crop, to be quick."""
    paths = [tcga_mask("TCGA-FG-6692", algorithm) for algorithm in TCGA_ALGORITHMS]
    labelmaps = [read_labelmap(path, name=path.name).array for path in paths]
    marked = np.argwhere(np.any(labelmaps, axis=0))
    box = tuple(
        slice(low, high + 1) for low, high in zip(marked.min(axis=0), marked.max(axis=0), strict=True)
    )
    labelmaps = [np.asfortranarray(x[box]) for x in labelmaps]
    ballot = ballot_of(labelmaps)
    expected, _ = run_itk(labelmaps)

    found = estimate_multi_label(ballot, initial=itk_initial(labelmaps, ballot), tolerance=ITK_TOLERANCE)

    labels = ballot.place(ballot.labels[found.probabilities.argmax(axis=0)])
    assert np.count_nonzero(labels != expected) == 0
