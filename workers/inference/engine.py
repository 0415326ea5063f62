"""One network, one device: class probabilities of a volume of any size."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache

import torch
from torch import Tensor

from workers.inference import plan as planning
from workers.inference.devices import free_bytes
from workers.inference.plan import Plan
from workers.zoo.network import Network

# Of the free memory one pass may take this share: the rest is for images, probabilities, and other processes.
SHARE = 0.6
_SAYINGS = ("out of memory", "can't allocate memory", "not enough memory", "bad_alloc")


@dataclass(frozen=True, slots=True)
class Pass:
    """What came of one volume.

    Args:
        probabilities: (classes, X, Y, Z), float32, on the engine's device.
        plan: the windows that were taken in the end.
        seconds: of the passes alone.
    """

    probabilities: Tensor
    plan: Plan
    seconds: float


class Engine:
    """Runs a network in evaluation mode over whole crops.

    Args:
        network: with its weights.
        device: where it runs.
        budget_bytes: memory of one pass; None: what is free, less a reserve.
        flips: the mean with the left–right mirrored pass.
        compiled: by `torch.compile`; shapes change from case to case, and each new one is compiled anew.
        dtype: that convolutions compute in; None: `compute_dtype`.
    """

    def __init__(
        self,
        network: Network,
        *,
        device: torch.device,
        budget_bytes: int | None = None,
        flips: bool = False,
        compiled: bool = False,
        dtype: torch.dtype | None = None,
    ) -> None:
        self.device, self.budget_bytes, self.flips = device, budget_bytes, flips
        self.dtype = dtype or compute_dtype(device)
        self.layout = torch.channels_last if network.dimensions == 2 else torch.channels_last_3d
        self.network = network.eval().to(device)
        self.network.to(memory_format=self.layout)  # type: ignore[call-overload]  # torch's stubs lack it
        self._forward: Callable[..., Tensor] = torch.compile(self.network) if compiled else self.network

    def run(self, volume: Tensor, *, shape: tuple[int, int, int], present: Tensor | None = None) -> Pass:
        """Class probabilities of every voxel.

        Args:
            volume: (channels, X, Y, Z), float32, with the network's margin at each side.
            shape: of the labels: multiples of the stride along the network's axes.
            present: bool, (sequences,), for networks that take any.

        Raises:
            DoesNotFit: not even small windows do.
        """
        budget = self.budget_bytes or int(SHARE * free_bytes(self.device))
        plan = planning.make_plan(self.network, shape, budget_bytes=budget, dtype=self.dtype)
        volume = volume.to(self.device, non_blocking=True)
        began = time.perf_counter()
        while True:
            try:
                probabilities = self._over_windows(volume, plan, present)
                break
            except (MemoryError, RuntimeError) as error:
                if not _is_out_of_memory(error):
                    raise
            if self.device.type == "cuda":
                torch.cuda.empty_cache()
            plan = planning.smaller(self.network, plan, dtype=self.dtype)
        if self.device.type == "cuda":
            torch.cuda.synchronize(self.device)
        return Pass(probabilities, plan, time.perf_counter() - began)

    def _over_windows(self, volume: Tensor, plan: Plan, present: Tensor | None) -> Tensor:
        if plan.is_one_pass:
            return self._one(volume, present)
        total = volume.new_zeros((self.network.classes, *plan.shape))
        weights = volume.new_zeros(plan.shape)
        exact = self.network.margin > 0 or self.network.dimensions == 2
        bump = volume.new_ones(plan.window) if exact else gaussian(plan.window).to(volume.device)
        for origin in plan.origins:
            x, y, z = (slice(low, low + size) for low, size in zip(origin, plan.window, strict=True))
            part = self._fed(volume, origin, plan)
            if not part.any():
                # Nothing but background: certain without the network.
                total[0, x, y, z] += bump
            else:
                total[:, x, y, z] += self._one(part, present) * bump
            weights[x, y, z] += bump
        return total / weights

    def _fed(self, volume: Tensor, origin: tuple[int, int, int], plan: Plan) -> Tensor:
        """The part of the volume that one window is fed, with its margin."""
        axes = []
        for axis, (low, size) in enumerate(zip(origin, plan.window, strict=True)):
            extra = 2 * self.network.margin if axis < self.network.dimensions else 0
            axes.append(slice(low, low + size + extra))
        return volume[:, axes[0], axes[1], axes[2]]

    def _one(self, part: Tensor, present: Tensor | None) -> Tensor:
        """(channels, …) with margin → (classes, …) of one pass, or of two with flips."""
        probabilities = self._pass(part, present)
        if self.flips:
            # Axis 1 is left to right, since all that comes here lies along RAS.
            probabilities = (probabilities + self._pass(part.flip(1), present).flip(1)) / 2
        return probabilities

    def _pass(self, part: Tensor, present: Tensor | None) -> Tensor:
        flat = self.network.dimensions == 2
        batch = part.permute(3, 0, 1, 2) if flat else part[None]
        batch = batch.contiguous(memory_format=self.layout)
        with (
            torch.inference_mode(),
            torch.autocast(self.device.type, self.dtype, enabled=self.dtype != torch.float32),
        ):
            if self.network.takes_any_sequences and present is not None:
                logits = self._forward(batch, present.to(self.device).expand(len(batch), -1))
            else:
                logits = self._forward(batch)
            probabilities = self.network.probabilities(logits.float())
        return probabilities.permute(1, 2, 3, 0) if flat else probabilities[0]


def compute_dtype(device: torch.device) -> torch.dtype:
    """bfloat16 where the device has units for it, which halves the time; else float32."""
    if device.type == "cuda":
        return torch.bfloat16 if torch.cuda.is_bf16_supported() else torch.float32
    # Asked for by private names: torch has no public ones.
    asked = ("_is_amx_tile_supported", "_is_avx512_bf16_supported")
    return torch.bfloat16 if any(getattr(torch.cpu, name, bool)() for name in asked) else torch.float32


def most_probable(probabilities: Tensor) -> Tensor:
    """(classes, …) → uint8 (…), the lowest class of several alike.

    Class by class: `argmax` over the axis along which memory jumps takes several times as long.
    """
    planes = probabilities.contiguous() if probabilities.device.type == "cpu" else probabilities
    best = planes[0].clone()
    classes = torch.zeros(best.shape, dtype=torch.uint8, device=best.device)
    for k, plane in enumerate(planes[1:], start=1):
        classes.masked_fill_(plane > best, k)
        torch.maximum(best, plane, out=best)
    return classes


@lru_cache(maxsize=8)
def gaussian(window: tuple[int, int, int]) -> Tensor:
    """Weights of a window's voxels: a bell of an eighth of the extent in the middle, nowhere zero."""
    axes = []
    for size in window:
        place = torch.arange(size, dtype=torch.float32) - (size - 1) / 2
        axes.append(torch.exp(-(place**2) / (2 * (size / 8) ** 2)))
    bump = axes[0][:, None, None] * axes[1][:, None] * axes[2]
    return bump.clamp_min(float(bump.max()) * 1e-3)


def _is_out_of_memory(error: Exception) -> bool:
    said = str(error).lower()
    return isinstance(error, MemoryError | torch.cuda.OutOfMemoryError) or any(
        word in said for word in _SAYINGS
    )
