"""Intensities as networks see them: by hand where they are few, by what must hold where they are many."""

import numpy as np
import pytest

from workers.contract import ContractError
from workers.inference.normalisation import NORMALISATIONS, NYUL_PERCENTILES, normalise, nyul_landmarks

SHAPE = (12, 11, 10)


def a_case(seed: int, *, gain: float = 1.0, offset: float = 0.0) -> tuple[np.ndarray, np.ndarray]:
    """One sequence with three tissues, (1, X, Y, Z), and its brain."""
    rng = np.random.default_rng(seed)
    brain = np.zeros(SHAPE, bool)
    brain[2:-2, 1:-1, 1:-2] = True
    tissue = rng.choice([100.0, 300.0, 500.0], SHAPE, p=[0.2, 0.5, 0.3]) + rng.normal(0, 20, SHAPE)
    return np.where(brain, gain * tissue + offset, 0).astype(np.float32)[None], brain


def normalised(images: np.ndarray, brain: np.ndarray, name: str, **settings: object) -> np.ndarray:
    return normalise(images, brain, name=name, settings=settings, sequences=("t1",))


def test_zscore_is_over_the_brain_alone() -> None:
    images, brain = a_case(1)
    found = normalised(images, brain, "zscore_brain")[0]
    assert found[brain].mean() == pytest.approx(0, abs=1e-5)
    assert found[brain].std() == pytest.approx(1, abs=1e-5)
    assert not found[~brain].any()


def test_clipping_keeps_a_bright_vessel_from_squeezing_the_rest() -> None:
    images, brain = a_case(2)
    spoiled = images.copy()
    spoiled[0, 5, 5, 5] = 1e6
    plain, clipped = (
        normalised(spoiled, brain, name)[0][brain] for name in ("zscore_brain", "zscore_clipped")
    )
    clean = normalised(images, brain, "zscore_clipped")[0][brain]
    others = images[0][brain] < 1e5
    others[np.flatnonzero(spoiled[0][brain] > 1e5)] = False
    assert np.abs(clipped[others] - clean[others]).max() < 0.05
    assert np.ptp(plain[others]) < 0.2
    assert clipped.max() < 3


def test_unit_range_runs_from_0_to_1_between_percentiles() -> None:
    images = np.arange(1, 1001, dtype=np.float32).reshape(1, 10, 10, 10)
    found = normalised(images, images[0] > 0, "unit_range")[0]
    low, high = np.percentile(images, (1, 99))
    np.testing.assert_allclose(found, ((images[0] - low) / (high - low)).clip(0, 1), atol=1e-6)
    assert (found.min(), found.max()) == (0, 1)


@pytest.mark.parametrize("name", ["zscore_brain", "zscore_clipped", "unit_range"])
def test_gain_and_offset_of_the_scanner_do_not_matter(name: str) -> None:
    one, other = a_case(3), a_case(3, gain=7.5, offset=40)
    np.testing.assert_allclose(normalised(*one, name), normalised(*other, name), atol=1e-4)


def test_nyul_lands_on_the_landmarks_it_is_given() -> None:
    landmarks = [float(10 * k) for k in range(len(NYUL_PERCENTILES))]
    images, brain = a_case(4)
    found = normalised(images, brain, "nyul", landmarks={"t1": landmarks})[0][brain]
    np.testing.assert_allclose(np.percentile(found, NYUL_PERCENTILES), landmarks, atol=0.3)
    order = np.argsort(images[0][brain], kind="stable")
    assert (np.diff(found[order]) >= -1e-5).all()  # brighter stays brighter, beyond the last landmark too
    assert found.max() > landmarks[-1]
    assert found.min() < landmarks[0]


def test_nyul_brings_two_scanners_together_where_a_zscore_does_not() -> None:
    reference, brain = a_case(5)
    landmarks = nyul_landmarks([[reference[0][brain]]], ("t1",))
    images, _ = a_case(6)
    # A scanner of another contrast: not linear, so that no mean and deviation undo it.
    bent = np.where(brain, 1000 * (images / 600) ** 2.2, 0).astype(np.float32)
    apart = {}
    for name, settings in (("nyul", {"landmarks": landmarks}), ("zscore_brain", {})):
        both = [normalised(one, brain, name, **settings)[0][brain] for one in (images, bent)]
        apart[name] = float(np.abs(both[0] - both[1]).mean())
    assert apart["nyul"] < 0.25 * apart["zscore_brain"]


def test_nyul_landmarks_are_the_mean_of_the_cases_percentiles() -> None:
    cases = [[a_case(seed)[0][0][a_case(seed)[1]]] for seed in (7, 8)]
    found = nyul_landmarks(cases, ("t1",))["t1"]
    expected = np.mean([np.percentile((x - x.mean()) / x.std(), NYUL_PERCENTILES) for (x,) in cases], axis=0)
    np.testing.assert_allclose(found, expected, atol=1e-3)
    assert found == sorted(found)


def test_nyul_landmarks_skip_cases_without_the_sequence() -> None:
    there, absent = a_case(9)[0][0].ravel(), np.zeros(50, np.float32)
    assert nyul_landmarks([[there], [absent]], ("t1",)) == nyul_landmarks([[there]], ("t1",))
    with pytest.raises(ContractError, match="no training case has t1"):
        nyul_landmarks([[absent]], ("t1",))


def test_nyul_without_its_landmarks_says_so() -> None:
    images, brain = a_case(10)
    for settings in ({}, {"landmarks": {"t2": [0.0] * 11}}, {"landmarks": {"t1": [1.0, 2.0]}}):
        with pytest.raises(ContractError, match="needs 11 landmarks of t1"):
            normalised(images, brain, "nyul", **settings)


def test_a_histogram_with_a_spike_gives_numbers() -> None:
    images = np.full((1, *SHAPE), 7, np.float32)
    images[0, 0] = 9
    found = normalised(images, images[0] > 0, "nyul", landmarks={"t1": [float(k) for k in range(11)]})
    assert np.isfinite(found).all()


@pytest.mark.parametrize("name", [name for name in NORMALISATIONS if name not in ("nyul", "none")])
def test_what_is_the_same_everywhere_becomes_0(name: str) -> None:
    images = np.full((1, *SHAPE), 42, np.float32)
    assert not normalised(images, images[0] > 0, name).any()


@pytest.mark.parametrize("name", ["zscore_brain", "unit_range", "none"])
def test_a_missing_sequence_and_an_empty_brain_stay_0(name: str) -> None:
    images, brain = a_case(11)
    both = np.concatenate([images, np.zeros_like(images)])
    found = normalise(both, brain, name=name, settings={}, sequences=("t1", "t2"))
    assert found[0].any()
    assert not found[1].any()
    assert not normalise(both, np.zeros_like(brain), name=name, settings={}, sequences=("t1", "t2")).any()


def test_an_unknown_name_is_said_with_those_that_are() -> None:
    images, brain = a_case(12)
    with pytest.raises(ContractError, match="'histogram' is none of zscore_brain, zscore_clipped"):
        normalised(images, brain, "histogram")
