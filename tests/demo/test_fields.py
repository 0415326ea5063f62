import numpy as np
import pytest

from backend.demo.fields import signed_distance_mm, smooth_field


def test_smooth_field_has_zero_mean_and_unit_deviation() -> None:
    field = smooth_field((60, 50, 40), spacing_mm=(1.0, 1.0, 2.0), grain_mm=4.0, rng=np.random.default_rng(1))

    assert field.mean() == pytest.approx(0, abs=0.1)
    assert field.std() == pytest.approx(1, abs=0.1)


def test_smooth_field_varies_little_within_a_grain() -> None:
    field = smooth_field(
        (60, 60, 60), spacing_mm=(1.0, 1.0, 1.0), grain_mm=12.0, rng=np.random.default_rng(1)
    )

    assert np.abs(np.diff(field, axis=0)).max() < 0.5


def test_smooth_field_axes_follow_their_own_grain() -> None:
    field = smooth_field(
        (40, 40, 40), spacing_mm=(1.0, 1.0, 1.0), grain_mm=(20.0, 20.0, 1.0), rng=np.random.default_rng(1)
    )

    assert np.abs(np.diff(field, axis=2)).mean() > 4 * np.abs(np.diff(field, axis=0)).mean()


def test_signed_distance_of_a_slab_counts_half_voxels_in_mm() -> None:
    mask = np.zeros((7, 3, 3), dtype=bool)
    mask[2:5] = True

    distance = signed_distance_mm(mask, spacing_mm=(2.0, 2.0, 2.0))[:, 1, 1]

    assert distance.tolist() == [-3, -1, 1, 3, 1, -1, -3]


def test_signed_distance_of_an_empty_mask_is_far_outside() -> None:
    assert (signed_distance_mm(np.zeros((3, 3, 3), dtype=bool), spacing_mm=(1.0, 1.0, 1.0)) == -1000).all()
