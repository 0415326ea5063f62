"""Votes that do not count alike."""

import numpy as np
import pytest

from backend.numerics.errors import FusionError
from backend.numerics.fusion import fuse
from backend.numerics.labels import SCHEMES
from backend.numerics.weighted_votes import METHODS, fuse_weighted

SCHEME = SCHEMES["brats2017"]


def one_voxel(label: int) -> np.ndarray:
    return np.full((1, 1, 1), label, np.uint8)


def label_of(labels: list[int], weights: list[float], method: str = "majority") -> int:
    fused = fuse_weighted([one_voxel(x) for x in labels], weights=weights, method=method, scheme=SCHEME)
    return int(fused[0, 0, 0])


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize("seed", range(5))
def test_equal_weights_are_the_plain_vote(method: str, seed: int) -> None:
    rng = np.random.default_rng(seed)
    raters = [rng.choice([0, 0, 1, 2, 4], (6, 5, 4)).astype(np.uint8) for _ in range(4)]
    unsure = [rng.random((6, 5, 4)) < 0.2, None, None, None]
    plain = fuse(raters, method=method, scheme=SCHEME, unsure=unsure).labelmap
    for weight in (1.0, 0.1):
        weighted = fuse_weighted(raters, weights=[weight] * 4, method=method, scheme=SCHEME, unsure=unsure)
        np.testing.assert_array_equal(weighted, plain)


@pytest.mark.parametrize("method", METHODS)
def test_whole_weights_count_as_so_many_raters(method: str) -> None:
    rng = np.random.default_rng(3)
    raters = [rng.choice([0, 1, 2, 4], (6, 5, 4)).astype(np.uint8) for _ in range(3)]
    several = fuse([raters[0]] * 3 + [raters[1]] * 2 + [raters[2]], method=method, scheme=SCHEME).labelmap
    weighted = fuse_weighted(raters, weights=[3, 2, 1], method=method, scheme=SCHEME)
    np.testing.assert_array_equal(weighted, several)


def test_a_rater_without_weight_has_no_vote() -> None:
    assert label_of([4, 4, 2], [0, 0, 1]) == 2


def test_exactly_half_of_the_weight_is_no_majority() -> None:
    assert label_of([2, 0, 4], [0.3, 0.1, 0.2]) == 0
    assert label_of([2, 0, 4], [0.301, 0.1, 0.2]) == 2


def test_a_weight_alone_carries_a_plurality() -> None:
    assert label_of([4, 2, 2], [2.5, 1, 1], "plurality") == 4


def test_methods_without_votes_and_weights_of_nobody_are_refused() -> None:
    with pytest.raises(FusionError, match="staple finds its own weights"):
        label_of([1, 1], [1, 1], "staple")
    with pytest.raises(FusionError, match="no rater has a weight above 0"):
        label_of([1, 1], [0, 0.0001])
