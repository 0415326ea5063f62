import numpy as np
import pytest

from backend.demo.growth import grow


def _point(shape: tuple[int, int, int], *index: int) -> np.ndarray:
    start = np.zeros(shape, dtype=bool)
    start[index] = True
    return start


def test_front_at_unit_speed_arrives_after_the_distance() -> None:
    shape = (31, 31, 31)
    speed = np.ones(shape, dtype=np.float32)

    arrival = grow(speed, start=_point(shape, 15, 15, 15), voxels=speed.size, spacing_mm=2.0)

    assert arrival[25, 15, 15] == pytest.approx(20.0)
    # First-order differences overestimate the diagonal a little.
    assert arrival[22, 22, 22] == pytest.approx(2 * np.sqrt(3 * 7**2), rel=0.12)


def test_front_at_double_speed_arrives_in_half_the_time() -> None:
    shape = (9, 9, 9)
    slow, fast = (np.full(shape, v, dtype=np.float32) for v in (1.0, 2.0))

    arrivals = [
        grow(speed, start=_point(shape, 4, 4, 4), voxels=729, spacing_mm=1.0) for speed in (slow, fast)
    ]

    np.testing.assert_allclose(arrivals[0], 2 * arrivals[1], rtol=1e-5)


def test_front_stops_at_the_volume_asked_for() -> None:
    shape = (20, 20, 20)

    arrival = grow(np.ones(shape, np.float32), start=_point(shape, 9, 9, 9), voxels=500, spacing_mm=1.0)

    assert np.count_nonzero(np.isfinite(arrival)) == 500


def test_front_does_not_pass_a_wall_without_speed() -> None:
    speed = np.ones((11, 5, 5), dtype=np.float32)
    speed[5] = 0

    arrival = grow(speed, start=_point((11, 5, 5), 0, 2, 2), voxels=speed.size, spacing_mm=1.0)

    assert np.isfinite(arrival[:5]).all()
    assert np.isinf(arrival[5:]).all()


def test_front_without_a_start_goes_nowhere() -> None:
    arrival = grow(np.ones((4, 4, 4), np.float32), start=np.zeros((4, 4, 4), bool), voxels=64, spacing_mm=1.0)

    assert np.isinf(arrival).all()
