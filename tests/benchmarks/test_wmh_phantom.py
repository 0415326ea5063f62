import numpy as np
import pytest

from benchmarks.wmh_phantom import WmhCase, make_wmh_case
from workers.inference.location import FEATURES, location_features


@pytest.fixture(scope="module")
def cases() -> list[WmhCase]:
    return [make_wmh_case(index, seed=2, tiny=True) for index in range(4)]


def spots(cases: list[WmhCase]) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Of each voxel of a spot: intensities over the brain's median, location, whether it is a lesion."""
    intensities, places, lesions = [], [], []
    for case in cases:
        brain = case.brain
        shown = (case.labelmap > 0) | case.lookalikes
        intensities.append([image[shown] / np.median(image[brain]) for image in case.images.values()])
        ras = {name: image[::-1, ::-1].astype(np.float32) for name, image in case.images.items()}
        place = location_features(FEATURES, images=ras, brain=brain[::-1, ::-1], spacing_mm=case.spacing_mm)
        places.append(place[:, ::-1, ::-1][:, shown])
        lesions.append(case.labelmap[shown] > 0)
    return np.concatenate(intensities, axis=1), np.concatenate(places, axis=1), np.concatenate(lesions)


def ranked_above(values: np.ndarray, positive: np.ndarray) -> float:
    """Area under the ROC curve."""
    higher = values[positive][:, None] - values[~positive][None]
    return float((np.sign(higher) / 2 + 0.5).mean())


def test_case_is_the_same_every_time_and_another_by_its_index() -> None:
    first, again, other = (make_wmh_case(index, seed=2, tiny=True) for index in (0, 0, 1))

    assert all(np.array_equal(first.images[name], again.images[name]) for name in ("t1", "flair"))
    assert np.array_equal(first.labelmap, again.labelmap)
    assert not np.array_equal(first.labelmap, other.labelmap)


def test_lesions_and_lookalikes_are_apart_within_the_brain_and_bright(cases: list[WmhCase]) -> None:
    for case in cases:
        lesions = case.labelmap > 0
        assert lesions.sum() > 30
        assert case.lookalikes.sum() > 30
        assert not (lesions & case.lookalikes).any()
        assert case.brain[lesions | case.lookalikes].all()
        flair = case.images["flair"]
        assert flair[lesions].mean() > 1.3 * np.median(flair[case.brain])


def test_intensity_cannot_tell_lesions_from_lookalikes_and_location_can(cases: list[WmhCase]) -> None:
    intensities, places, lesions = spots(cases)

    by_intensity = [ranked_above(values, lesions) for values in intensities]
    by_depth = ranked_above(places[FEATURES.index("cortex")], lesions)

    assert all(abs(area - 0.5) < 0.12 for area in by_intensity)
    assert by_depth > 0.85
