import numpy as np
import pytest
from scipy import ndimage

from benchmarks.wmh_phantom import WmhCase, make_wmh_case
from workers.inference.location import FEATURES, Floats, Mask, learn_prior, location_features

SPACING_MM = (2.0, 1.0, 3.0)


def ellipsoid(shape: tuple[int, int, int], *, centre: tuple[float, ...], radii: tuple[float, ...]) -> Mask:
    axes = np.ogrid[tuple(slice(n) for n in shape)]
    return sum(((a - c) / r) ** 2 for a, c, r in zip(axes, centre, radii, strict=True)) <= 1


@pytest.fixture(scope="module")
def brain() -> Mask:
    """41 × 61 × 31 voxels of 2 × 1 × 3 mm, in a larger grid."""
    return ellipsoid((50, 70, 40), centre=(24, 35, 20), radii=(20.4, 30.4, 15.4))


def feature(name: str, brain: Mask, **images: Floats) -> Floats:
    return location_features([name], images=images, brain=brain, spacing_mm=SPACING_MM)[0]


def ras(array: np.ndarray) -> np.ndarray:
    """Phantoms are stored left-posterior-superior."""
    return array[::-1, ::-1]


def features_of(case: WmhCase) -> Floats:
    images = {name: ras(image).astype(np.float32) for name, image in case.images.items()}
    return location_features(FEATURES, images=images, brain=ras(case.brain), spacing_mm=case.spacing_mm)


def test_coordinates_run_from_minus_one_to_one_over_the_brains_box(brain: Mask) -> None:
    for axis, name in enumerate("xyz"):
        values = feature(name, brain)
        middle = (24, 35, 20)
        first, last = (np.flatnonzero(brain.any(axis=tuple({0, 1, 2} - {axis})))[k] for k in (0, -1))

        assert values[middle] == pytest.approx(0, abs=1e-6)
        assert values[brain].min() == -1
        assert values[brain].max() == 1
        assert np.take(values, first, axis)[np.take(brain, first, axis)] == pytest.approx(-1)
        assert np.take(values, last, axis)[np.take(brain, last, axis)] == pytest.approx(1)


def test_cortex_is_as_far_as_the_masks_surface_in_mm(brain: Mask) -> None:
    distance = 100 * feature("cortex", brain)

    assert distance[24, 35, 20] == pytest.approx(30, abs=1)  # along Y, of 1 mm: its nearest side
    assert distance[24, 5, 20] == 0
    assert distance[24, 8, 20] == pytest.approx(3, abs=1)


def test_midsagittal_plane_halves_an_upright_brain(brain: Mask) -> None:
    distance = 100 * feature("midsagittal", brain)

    assert distance[24][brain[24]] == pytest.approx(0, abs=0.05)
    assert distance[34, 35, 20] == pytest.approx(20, abs=0.1)
    assert distance[14, 35, 20] == pytest.approx(20, abs=0.1)


def test_midsagittal_plane_follows_a_turned_head() -> None:
    size, angle = 61, np.deg2rad(12)
    x, y, z = (axis - 30.0 for axis in np.ogrid[:size, :size, :size])
    along, across = np.cos(angle) * y + np.sin(angle) * x, np.cos(angle) * x - np.sin(angle) * y
    brain = (across / 18) ** 2 + (along / 27) ** 2 + (z / 20) ** 2 <= 1

    distance = location_features(["midsagittal"], images={}, brain=brain, spacing_mm=(1.0, 1.0, 1.0))[0]

    error = np.abs(100 * distance - np.abs(across + 0 * z))[brain]
    upright = np.abs(np.abs(x) + 0 * y + 0 * z - np.abs(across + 0 * z))[brain]
    assert error.mean() < 0.05 * upright.mean()


def test_ventricles_of_an_analytic_brain_are_found_at_their_sides() -> None:
    case = make_wmh_case(0, seed=4, tiny=True)
    features, brain, known = features_of(case), ras(case.brain), ras(case.ventricles)
    left, right = features[FEATURES.index("left_ventricle")], features[FEATURES.index("right_ventricle")]

    found = brain & ((left == 0) | (right == 0))

    assert 2 * (found & known).sum() / (found.sum() + known.sum()) > 0.9
    half = brain.shape[0] // 2
    assert (left[:half][brain[:half]] <= right[:half][brain[:half]]).mean() > 0.9
    assert (left[half:][brain[half:]] >= right[half:][brain[half:]]).mean() > 0.9


@pytest.mark.slow
@pytest.mark.parametrize("index", range(3))
def test_ventricles_of_a_brain_with_cisterns_and_sulci_are_no_cisterns(index: int) -> None:
    case = make_wmh_case(index, seed=1)
    features, brain, known = features_of(case), ras(case.brain), ras(case.ventricles)
    estimate = np.minimum(
        features[FEATURES.index("left_ventricle")], features[FEATURES.index("right_ventricle")]
    )

    found = brain & (estimate == 0)
    known_mm = ndimage.distance_transform_edt(~known, sampling=case.spacing_mm)

    assert 2 * (found & known).sum() / (found.sum() + known.sum()) > 0.8
    assert known_mm[found].mean() < 2
    assert np.corrcoef(100 * estimate[brain], known_mm[brain])[0, 1] > 0.9


def test_scale_and_offset_of_images_do_not_matter() -> None:
    case = make_wmh_case(1, seed=4, tiny=True)
    images = {name: ras(image).astype(np.float32) for name, image in case.images.items()}
    changed = {"T1": images["t1"] * 0.01 - 3, "FLAIR": images["flair"] * 7 + 100}

    first, second = (
        location_features(FEATURES, images=these, brain=ras(case.brain), spacing_mm=case.spacing_mm)
        for these in (images, changed)
    )

    # The plane is sought until it hardly changes, which leaves hundredths of a millimetre.
    np.testing.assert_allclose(first, second, atol=0.02)


def test_without_t1_and_flair_the_ventricles_stand_at_their_usual_place(brain: Mask) -> None:
    left, right = (
        feature(f"{side}_ventricle", brain, t2=brain.astype(np.float32)) for side in ("left", "right")
    )

    np.testing.assert_allclose(left[4:45], right[4:45][::-1], atol=1e-6)  # the brain is symmetrical
    at_left = np.argwhere(brain & (left == 0)).mean(axis=0)
    assert 18 < at_left[0] < 23
    assert abs(at_left[1] - 35) < 3


def test_outside_the_brain_all_features_are_zero(brain: Mask) -> None:
    features = location_features(FEATURES, images={}, brain=brain, spacing_mm=SPACING_MM)

    assert features.shape == (7, *brain.shape)
    assert features.dtype == np.float32
    assert not features[:, ~brain].any()
    assert np.isfinite(features).all()


@pytest.mark.parametrize("voxels", [0, 1])
def test_no_brain_or_one_voxel_of_it_gives_finite_features(voxels: int) -> None:
    brain = np.zeros((5, 6, 7), bool)
    brain.reshape(-1)[100 : 100 + voxels] = True
    images = {"t1": brain.astype(np.float32)}

    features = location_features(FEATURES, images=images, brain=brain, spacing_mm=SPACING_MM)

    assert features.shape == (7, 5, 6, 7)
    assert np.isfinite(features).all()


def test_unknown_features_are_named(brain: Mask) -> None:
    with pytest.raises(ValueError, match="altitude: known are x, y, z"):
        feature("altitude", brain)


def test_prior_is_highest_where_lesions_lie_and_zero_far_from_them(brain: Mask) -> None:
    lesion = ellipsoid(brain.shape, centre=(14, 45, 25), radii=(4, 5, 3))

    prior = learn_prior([(lesion & brain, brain), (np.zeros_like(brain), brain)])

    assert prior.shape == (24, 24, 24)
    assert prior.max() == 1
    peak = np.array(np.unravel_index(prior.argmax(), prior.shape)) / 23 * 2 - 1
    np.testing.assert_allclose(peak, [-0.5, 1 / 3, 1 / 3], atol=0.15)
    assert prior[20, 4, 4] == 0


def test_prior_without_lesions_or_cases_is_zero(brain: Mask) -> None:
    assert not learn_prior([]).any()
    assert not learn_prior(
        [(np.zeros_like(brain), brain), (np.zeros_like(brain), np.zeros_like(brain))]
    ).any()
