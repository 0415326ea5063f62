from itertools import combinations

import numpy as np
import pytest

from backend.demo.fields import Labels, Mask
from backend.demo.phantom import PhantomCase
from backend.demo.raters import HABITS, RaterHabit, simulate_rater, simulate_raters
from backend.demo.tumours import EDEMA, ENHANCING, NECROSIS, NON_ENHANCING

SPACING_MM = (1.5, 1.5, 1.5)
REGIONS = {"complete": (1, 2, 3, 4), "core": (1, 3, 4), "enhancing": (4,)}
HABIT = {habit.name: habit for habit in HABITS}


@pytest.fixture
def nested() -> Labels:
    """Nested balls: necrosis to 9 mm, rim to 15 mm, edema to 26 mm; a satellite of 0.3 mL in the edema."""
    x, y, z = np.meshgrid(*[(np.arange(48) - 23.5) * 1.5] * 3, indexing="ij")
    radius = np.sqrt(x**2 + y**2 + z**2)
    labels = np.select([radius < 9, radius < 15, radius < 26], [NECROSIS, ENHANCING, EDEMA], 0).astype(
        np.uint8
    )
    labels[np.sqrt((x - 20.5) ** 2 + y**2 + z**2) < 4] = ENHANCING
    return labels


def _draw(truth: Labels, habit: RaterHabit, seed: int = 1) -> Labels:
    return simulate_rater(truth, habit, rng=np.random.default_rng(seed), spacing_mm=SPACING_MM)


def _dice(first: Mask, second: Mask) -> float:
    return float(2 * np.count_nonzero(first & second) / (np.count_nonzero(first) + np.count_nonzero(second)))


def test_raters_draw_the_same_again_from_the_same_seed(nested: Labels) -> None:
    first, second = (simulate_raters(nested, seed=3, index=0, spacing_mm=SPACING_MM) for _ in range(2))

    assert list(first) == [habit.name for habit in HABITS]
    assert all((first[name] == second[name]).all() for name in first)


def test_no_two_raters_draw_the_same(nested: Labels) -> None:
    drawn = simulate_raters(nested, seed=3, index=0, spacing_mm=SPACING_MM)

    assert all((a != b).any() for a, b in combinations(drawn.values(), 2))


@pytest.mark.parametrize("habit", HABITS, ids=lambda habit: habit.name)
def test_rater_draws_nothing_where_there_is_no_tumour(habit: RaterHabit) -> None:
    assert not _draw(np.zeros((20, 20, 20), dtype=np.uint8), habit).any()


def test_generous_rater_draws_larger_and_tight_rater_smaller_than_the_truth(nested: Labels) -> None:
    truth = np.count_nonzero(nested)

    assert np.count_nonzero(_draw(nested, HABIT["generous"])) > 1.05 * truth
    assert np.count_nonzero(_draw(nested, HABIT["tight"])) < 0.95 * truth


def test_sparse_rater_misses_the_satellite_that_the_generous_one_sees(nested: Labels) -> None:
    satellite = nested == ENHANCING
    satellite[:34] = False

    assert np.mean(_draw(nested, HABIT["sparse"])[satellite] == EDEMA) > 0.9
    assert np.mean(_draw(nested, HABIT["generous"])[satellite] == ENHANCING) > 0.6


def test_sparse_rater_takes_some_necrosis_for_solid_tumour(nested: Labels) -> None:
    necrosis = nested == NECROSIS

    share = {
        name: np.mean(_draw(nested, HABIT[name])[necrosis] == NON_ENHANCING) for name in ("sparse", "tight")
    }

    assert share["sparse"] > 0.2 > share["tight"]


def test_rater_without_faults_draws_the_truth(nested: Labels) -> None:
    faultless = RaterHabit(
        "faultless", "", wander_mm=0.0, necrosis_as_solid=0.0, solid_as_edema=0.0, rim_as_solid=0.0
    )

    np.testing.assert_array_equal(_draw(nested, faultless), nested)


def test_raters_agree_about_as_well_as_human_experts(mni_case: PhantomCase) -> None:
    """Menze et al. 2015 report mean inter-rater Dice of .85 complete, .75 core, .74 enhancing."""
    drawn = simulate_raters(mni_case.labelmap, seed=3, index=0, spacing_mm=mni_case.spacing_mm)

    agreement = {
        region: np.mean(
            [_dice(np.isin(a, labels), np.isin(b, labels)) for a, b in combinations(drawn.values(), 2)]
        )
        for region, labels in REGIONS.items()
    }

    assert 0.78 < agreement["complete"] < 0.93
    assert 0.68 < agreement["core"] < 0.92
    assert 0.60 < agreement["enhancing"] < 0.90
    assert agreement["enhancing"] < agreement["complete"]
