import numpy as np
import pytest

from backend.demo.classifiers import make_training_cases
from backend.demo.features import NoBrain, prepare
from backend.demo.participants import TRAINING_SEED, Participant, make_participants
from backend.demo.phantom import PhantomCase
from backend.demo.tumours import ENHANCING, NON_ENHANCING
from backend.demo.untrained import predict_by_thresholds


@pytest.fixture(scope="module")
def participants() -> dict[str, Participant]:
    training = make_training_cases(seed=TRAINING_SEED, count=3, tiny=True)
    return {participant.name: participant for participant in make_participants(training)}


def _dice(first: np.ndarray, second: np.ndarray) -> float:
    return float(2 * np.count_nonzero(first & second) / (np.count_nonzero(first) + np.count_nonzero(second)))


def _complete_dice(participant: Participant, cases: list[PhantomCase]) -> float:
    scores = [_dice(participant.predict(c.images, c.spacing_mm) > 0, c.labelmap > 0) for c in cases]
    return float(np.mean(scores))


def test_five_participants_say_what_they_do(participants: dict[str, Participant]) -> None:
    assert len(participants) == 5
    assert all(participant.description.endswith(".") for participant in participants.values())


def test_predictions_are_labelmaps_on_the_images_grid(
    participants: dict[str, Participant], tiny_cases: list[PhantomCase]
) -> None:
    case = tiny_cases[0]
    for participant in participants.values():
        predicted = participant.predict(case.images, case.spacing_mm)
        assert predicted.shape == case.labelmap.shape
        assert predicted.dtype == np.uint8
        assert set(np.unique(predicted).tolist()) <= {0, 1, 2, 3, 4}
        assert not predicted[case.images["t1"] == 0].any()


def test_predictions_are_the_same_again(
    participants: dict[str, Participant], tiny_cases: list[PhantomCase]
) -> None:
    case = tiny_cases[2]
    again = make_participants(make_training_cases(seed=TRAINING_SEED, count=3, tiny=True))

    for other in again:
        first = participants[other.name].predict(case.images, case.spacing_mm)
        np.testing.assert_array_equal(first, other.predict(case.images, case.spacing_mm))


def test_context_beats_single_voxels_and_coarse_voxels(
    participants: dict[str, Participant], tiny_cases: list[PhantomCase]
) -> None:
    scores = {name: _complete_dice(p, tiny_cases[:4]) for name, p in participants.items()}

    assert scores["Context Forest"] > 0.75
    assert scores["Context Forest"] > scores["Voxel Forest"]
    assert scores["Context Forest"] > scores["Coarse Logistic"]


def test_thresholds_find_a_real_rim_but_know_no_solid_tumour(mni_case: PhantomCase) -> None:
    predicted = predict_by_thresholds(mni_case.images, mni_case.spacing_mm)

    assert _dice(predicted == ENHANCING, mni_case.labelmap == ENHANCING) > 0.5
    assert NON_ENHANCING not in predicted


def test_features_do_not_depend_on_an_images_gain(tiny_cases: list[PhantomCase]) -> None:
    case = tiny_cases[0]
    louder = {name: (3 * image).astype(np.int16) for name, image in case.images.items()}

    plain, scaled = prepare(case.images, case.spacing_mm), prepare(louder, case.spacing_mm)

    for name in case.images:
        np.testing.assert_allclose(plain.normal[name], scaled.normal[name], atol=1e-4)


def test_images_without_a_brain_are_refused() -> None:
    empty = {name: np.zeros((8, 8, 8), dtype=np.int16) for name in ("flair", "t1", "t1ce", "t2")}

    with pytest.raises(NoBrain, match="brain-extracted"):
        prepare(empty, (1.0, 1.0, 1.0))
