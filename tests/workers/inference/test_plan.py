"""Windows: that they cover, that they fit, and that what is planned is what is taken."""

from __future__ import annotations

import contextlib
import multiprocessing
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor

import numpy as np
import pytest
import torch

from tests.workers.inference.peaks import CLEAR_PEAK, planned_and_measured
from workers.contract import ModelConfig
from workers.inference.plan import (
    DoesNotFit,
    Plan,
    estimate_bytes,
    input_shape,
    make_plan,
    smaller,
)
from workers.zoo import ARCHITECTURES, build
from workers.zoo.network import Network

torch.set_num_threads(1)
SHAPE = (144, 176, 136)


def network_of(slug: str, **settings: object) -> Network:
    return build(ModelConfig(slug, ("t1", "flair"), (0, 1, 2), "brats2015", settings=settings))


@pytest.fixture(scope="module")
def padded() -> Network:
    return network_of("unet3d", widths=[4, 8, 8], blocks=[1, 1, 1])


@pytest.fixture(scope="module")
def valid() -> Network:
    return network_of("deepmedic", widths=[4, 4], joined=4)


@pytest.fixture(scope="module")
def flat() -> Network:
    return network_of("hemis")


@pytest.fixture(scope="module")
def another_process() -> Iterator[ProcessPoolExecutor]:
    with ProcessPoolExecutor(1, mp_context=multiprocessing.get_context("spawn")) as process:
        yield process


@pytest.mark.slow
@pytest.mark.skipif(not CLEAR_PEAK.exists(), reason="the kernel keeps no peak that can be cleared")
@pytest.mark.parametrize("slug", ARCHITECTURES)
def test_what_is_planned_is_what_is_taken_within_a_factor_of_three(
    slug: str, another_process: ProcessPoolExecutor
) -> None:
    planned, measured = another_process.submit(planned_and_measured, slug).result(timeout=300)
    assert measured / 3 < planned < 3 * measured, f"{planned >> 20} MiB planned, {measured >> 20} MiB taken"


def covered(plan: Plan) -> np.ndarray:
    """How many windows see each voxel."""
    seen = np.zeros(plan.shape, int)
    for origin in plan.origins:
        ends = [low + size for low, size in zip(origin, plan.window, strict=True)]
        assert all(end <= size for end, size in zip(ends, plan.shape, strict=True))
        seen[tuple(slice(low, end) for low, end in zip(origin, ends, strict=True))] += 1
    return seen


@pytest.mark.parametrize("kind", ["padded", "valid", "flat"])
def test_windows_cover_all_and_begin_at_the_stride(kind: str, request: pytest.FixtureRequest) -> None:
    network = request.getfixturevalue(kind)
    x, y, z = (-(-size // network.stride) * network.stride for size in SHAPE)
    one_pass = estimate_bytes(network, (x, y, z), dtype=torch.float32)
    for share in (1, 2, 5, 20):
        plan = make_plan(network, (x, y, z), budget_bytes=one_pass // share, dtype=torch.float32)
        assert plan.bytes_needed <= one_pass // share
        assert covered(plan).min() >= 1
        assert plan.is_one_pass == (share == 1)
        for origin in plan.origins:
            assert all(low % network.stride == 0 for low in origin[: network.dimensions])


def test_a_padded_networks_windows_overlap_and_a_valid_ones_do_not(padded: Network, valid: Network) -> None:
    shape = (4 * 36, 4 * 36, 4 * 36)  # halves of halves, each a multiple of both strides
    for network, overlaps in ((padded, True), (valid, False)):
        budget = estimate_bytes(network, shape, dtype=torch.float32) // 3
        seen = covered(make_plan(network, shape, budget_bytes=budget, dtype=torch.float32))
        assert (seen.max() > 1) == overlaps


def test_a_flat_networks_windows_are_slices(flat: Network) -> None:
    budget = estimate_bytes(flat, SHAPE, dtype=torch.float32) // 10
    plan = make_plan(flat, SHAPE, budget_bytes=budget, dtype=torch.float32)
    assert plan.window[:2] == SHAPE[:2]
    assert plan.window[2] <= SHAPE[2] // 8
    assert input_shape(flat, plan.window)[0] == plan.window[2]


def test_plans_grow_with_voxels_and_shrink_with_precision(padded: Network) -> None:
    full = estimate_bytes(padded, SHAPE, dtype=torch.float32)
    assert estimate_bytes(padded, SHAPE, dtype=torch.bfloat16) < 0.75 * full
    assert estimate_bytes(padded, (288, 176, 136), dtype=torch.float32) == pytest.approx(2 * full, rel=0.01)


def test_where_nothing_fits_it_says_what_is_needed(padded: Network) -> None:
    with pytest.raises(DoesNotFit, match=r"needs about \d+ MiB, 1 MiB are free: run it where"):
        make_plan(padded, SHAPE, budget_bytes=1 << 20, dtype=torch.float32)


def test_smaller_plans_end(padded: Network) -> None:
    plan = make_plan(padded, SHAPE, budget_bytes=1 << 40, dtype=torch.float32)
    windows = [plan.window]
    with contextlib.suppress(DoesNotFit):
        while True:
            plan = smaller(padded, plan, dtype=torch.float32)
            assert covered(plan).min() >= 1
            windows.append(plan.window)
    with pytest.raises(DoesNotFit, match="did not fit into memory"):
        smaller(padded, plan, dtype=torch.float32)
    sizes = [int(np.prod(window)) for window in windows]
    assert sizes == sorted(sizes, reverse=True)
    assert len(set(sizes)) == len(sizes) > 3
