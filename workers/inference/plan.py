"""How a volume is taken through a network: at once where memory allows, else in windows.

What a pass needs is known beforehand: the tensors that come and go in a small pass are added up.
"""

from __future__ import annotations

import itertools
import math
import weakref
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor, nn
from torch.overrides import TorchFunctionMode

from workers.contract import Reason
from workers.zoo.network import Network

# Convolution libraries reorder and unfold what they are given, and casts to half as wide numbers are copies.
WORKSPACE = 2.0
# Neighbouring windows of a padded network share this part of their extent.
OVERLAP = 0.25
SMALLEST_WINDOW = 32


class DoesNotFit(MemoryError):
    """Even the smallest window needs more memory than there is."""

    reason = Reason.NO_DEVICE


@dataclass(frozen=True, slots=True)
class Plan:
    """Windows over a volume of labels.

    Args:
        window: extent of the labels of one pass, along X, Y, Z; of a 2-D network Z are slices of one batch.
        origins: of every window; they cover the volume.
        bytes_needed: as estimated, of one pass.
    """

    shape: tuple[int, int, int]
    window: tuple[int, int, int]
    origins: tuple[tuple[int, int, int], ...]
    bytes_needed: int

    @property
    def is_one_pass(self) -> bool:
        return len(self.origins) == 1


def make_plan(
    network: Network, shape: tuple[int, int, int], *, budget_bytes: int, dtype: torch.dtype
) -> Plan:
    """The largest windows whose passes fit.

    Args:
        shape: of the labels wanted, multiples of the network's stride.
        budget_bytes: memory for one pass: input, activations, output.

    Raises:
        DoesNotFit: not even the smallest does.
    """
    for window in _ever_smaller(network, shape):
        needed = estimate_bytes(network, window, dtype=dtype)
        if needed <= budget_bytes:
            return Plan(shape, window, tuple(_origins(network, shape, window)), needed)
    raise DoesNotFit(
        f"one pass over {' × '.join(map(str, window))} voxels needs about {needed >> 20:,} MiB, "
        f"{budget_bytes >> 20:,} MiB are free: run it where there is more memory"
    )


def smaller(network: Network, plan: Plan, *, dtype: torch.dtype) -> Plan:
    """The next smaller windows, where the estimate proved wrong.

    Raises:
        DoesNotFit: there are none.
    """
    windows = [
        window for window in _ever_smaller(network, plan.shape) if math.prod(window) < math.prod(plan.window)
    ]
    if not windows:
        raise DoesNotFit(f"a pass over {' × '.join(map(str, plan.window))} voxels did not fit into memory")
    needed = estimate_bytes(network, windows[0], dtype=dtype)
    return Plan(plan.shape, windows[0], tuple(_origins(network, plan.shape, windows[0])), needed)


def input_shape(network: Network, window: Sequence[int]) -> tuple[int, ...]:
    """What a pass is fed: (B, channels, *space)."""
    margin = 2 * network.margin
    if network.dimensions == 2:
        return (window[2], network.channels, window[0] + margin, window[1] + margin)
    return (1, network.channels, *(size + margin for size in window))


def estimate_bytes(network: Network, window: Sequence[int], *, dtype: torch.dtype) -> int:
    """Memory of one pass without its weights, with `WORKSPACE` for what libraries take.

    Counted in a pass over a small window, and taken to grow with the voxels of a map halfway through: valid
    convolutions shrink them on their way.
    """
    small = _small(network)
    counted = _counted.setdefault(network, {})
    if dtype not in counted:
        device = next(network.parameters()).device
        half = torch.autocast(device.type, dtype, enabled=dtype != torch.float32)
        with torch.inference_mode(), half, _Count(network) as count:
            network(torch.zeros(input_shape(network, small), device=device))
        counted[dtype] = count.peak_bytes
    share = math.prod(_halfway(network, window)) / math.prod(_halfway(network, small))
    return int(counted[dtype] * share * WORKSPACE)


_counted: weakref.WeakKeyDictionary[nn.Module, dict[torch.dtype, int]] = weakref.WeakKeyDictionary()


def _halfway(network: Network, window: Sequence[int]) -> tuple[int, ...]:
    margins = [network.margin if axis < network.dimensions else 0 for axis in range(3)]
    return tuple(size + margin for size, margin in zip(window, margins, strict=True))


def _small(network: Network) -> tuple[int, int, int]:
    """A window that costs little to run."""
    size = max(1, 32 // network.stride) * network.stride
    return size, size, 1 if network.dimensions == 2 else size


class _Count(TorchFunctionMode):
    """Adds up what torch's functions give, as long as it lives.

    Those that the network's own code calls; what happens inside them is `WORKSPACE`. torch's way to watch
    every operation imports half of it first, which takes seconds.
    """

    def __init__(self, network: nn.Module) -> None:
        super().__init__()
        self.peak_bytes = 0
        self._live_bytes = 0
        self._weights = {tensor.untyped_storage().data_ptr() for tensor in network.state_dict().values()}
        self._holders: Counter[int] = Counter()

    def __torch_function__(
        self, func: Callable[..., Any], types: Any, args: Any = (), kwargs: Any = None
    ) -> Any:
        given = func(*args, **(kwargs or {}))
        for tensor in given if isinstance(given, tuple | list) else (given,):
            if isinstance(tensor, Tensor):
                self._hold(tensor)
        return given

    def _hold(self, tensor: Tensor) -> None:
        storage = tensor.untyped_storage()
        key, size = storage.data_ptr(), storage.nbytes()
        if key in self._weights:
            return
        if not self._holders[key]:
            self._live_bytes += size
            self.peak_bytes = max(self.peak_bytes, self._live_bytes)
        self._holders[key] += 1
        weakref.finalize(tensor, self._release, key, size)

    def _release(self, key: int, size: int) -> None:
        self._holders[key] -= 1
        if not self._holders[key]:
            self._live_bytes -= size


def _ever_smaller(network: Network, shape: tuple[int, int, int]) -> Iterator[tuple[int, int, int]]:
    """The whole, then halves of the longest axis. Of a 2-D network only the number of slices."""
    yield shape
    stride = network.stride
    window = list(shape)
    while True:
        axis = 2 if network.dimensions == 2 else max(range(3), key=lambda k: window[k])
        step = 1 if network.dimensions == 2 else stride
        least = 1 if network.dimensions == 2 else max(SMALLEST_WINDOW, 2 * stride)
        half = -(-window[axis] // 2 // step) * step
        if half < least or half >= window[axis]:
            return
        window[axis] = half
        yield window[0], window[1], window[2]


def _origins(
    network: Network, shape: tuple[int, int, int], window: tuple[int, int, int]
) -> Iterator[tuple[int, int, int]]:
    """Where windows begin: side by side where that changes nothing, else overlapping."""
    along = []
    for axis, (size, extent) in enumerate(zip(shape, window, strict=True)):
        stride = network.stride if axis < network.dimensions else 1
        exact = network.margin > 0 or axis >= network.dimensions
        step = extent if exact else max(stride, int(extent * (1 - OVERLAP)) // stride * stride)
        last = max(size - extent, 0)
        along.append(sorted({*range(0, last, step), last}))
    yield from ((x, y, z) for x, y, z in itertools.product(*along))
