"""How much memory a pass of each network takes, beside what was planned; for a process of its own."""

from __future__ import annotations

import ctypes
import gc
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import torch

from workers.contract import ModelConfig
from workers.inference.engine import Engine
from workers.inference.plan import estimate_bytes, input_shape
from workers.zoo import build, segnet, unet3d
from workers.zoo.network import Network

# Narrower ones where the published take seconds: layers and their order are the same.
NARROW: Mapping[str, Mapping[str, Any]] = {
    "brosch": {"width": 8},
    "segnet": segnet.SMALL,
    "unet3d": unet3d.SMALL,
}
CLEAR_PEAK = Path("/proc/self/clear_refs")
LARGE_ENOUGH = 64 << 20  # libraries' own few megabytes do not count then


def planned_and_measured(slug: str) -> tuple[int, int]:
    """Bytes that one pass over a window was planned to take, and took."""
    torch.set_num_threads(1)
    torch.manual_seed(0)
    network = build(ModelConfig(slug, ("t1", "flair"), (0, 1, 2), "brats2015", settings=NARROW.get(slug, {})))
    engine = Engine(network, device=torch.device("cpu"), budget_bytes=1 << 40)
    small, shape = _window(network, (network.stride,) * 3)
    engine.run(small, shape=shape)  # libraries are loaded
    extent = network.stride
    while estimate_bytes(network, (extent,) * 3, dtype=engine.dtype) < LARGE_ENOUGH:
        extent += network.stride * max(1, 8 // network.stride)
    volume, shape = _window(engine.network, (extent, extent, extent))
    gc.collect()
    ctypes.CDLL(None).malloc_trim(0)
    CLEAR_PEAK.write_text("5")
    before = _status("VmRSS")
    done = engine.run(volume, shape=shape)
    assert done.plan.is_one_pass
    return done.plan.bytes_needed, _status("VmHWM") - before


def _window(network: Network, shape: tuple[int, int, int]) -> tuple[torch.Tensor, tuple[int, int, int]]:
    fed = input_shape(network, shape)
    flat = network.dimensions == 2
    space = (fed[2], fed[3], fed[0]) if flat else (fed[2], fed[3], fed[4])
    return torch.randn(network.channels, *space), shape


def _status(name: str) -> int:
    lines = Path("/proc/self/status").read_text().splitlines()
    return int(next(line for line in lines if line.startswith(f"{name}:")).split()[1]) << 10
