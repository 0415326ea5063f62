"""Fully connected conditional random field: every voxel of the brain is a neighbour of every other.

Source: Krähenbühl & Koltun 2011, Efficient inference in fully connected CRFs with Gaussian edge potentials
(arXiv:1210.5644). Potts compatibility, two kernels, each divided symmetrically by its sums as in the authors'
program, mean field in parallel updates. What makes it fast is ours: the smoothness kernel is separable; of
the appearance kernel the part in the intensities is split into a few features per voxel (Nyström) and the
part in space is computed on a coarse grid (`workers.inference.appearance`).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import torch
from torch import Tensor

from workers.contract import ContractError
from workers.inference.appearance import Appearance, gaussian_along

Spacing = tuple[float, float, float]
Kernel = Callable[[Tensor], Tensor]

LEAST_PROBABILITY = 1e-6


@dataclass(frozen=True, slots=True)
class Crf:
    """Settings of the stage. Tune them (`workers.inference.crf_tuning`): too strong ones erase small lesions.

    Args:
        smoothness_mm: standard deviation of the kernel that wants neighbours alike.
        appearance_mm, appearance_intensity: standard deviations, in space and in normalised intensities, of
            the kernel that wants voxels of like intensities alike.
        smoothness_weight, appearance_weight: 0 leaves a kernel out.
        iterations: mean-field updates.
        landmarks: rank of the appearance kernel's approximation; raise it where `appearance_intensity` < 0.5.
    """

    smoothness_mm: float = 1.0
    smoothness_weight: float = 1.0
    appearance_mm: float = 6.0
    appearance_intensity: float = 1.0
    appearance_weight: float = 1.0
    iterations: int = 5
    landmarks: int = 16

    def __post_init__(self) -> None:
        if min(self.smoothness_mm, self.appearance_mm, self.appearance_intensity) <= 0:
            raise ContractError("crf: standard deviations are positive")
        if min(self.smoothness_weight, self.appearance_weight) < 0:
            raise ContractError("crf: weights are not negative")
        if not 0 <= self.iterations <= 100 or not 1 <= self.landmarks <= 256:
            raise ContractError("crf: iterations are 0–100, landmarks 1–256")


def mean_field(probabilities: Tensor, images: Tensor, settings: Crf, *, spacing_mm: Spacing) -> Tensor:
    """Marginals of the field after the given number of updates.

    Args:
        probabilities: (classes, X, Y, Z) of the network; the unary potentials are their −log.
        images: (sequences, X, Y, Z), normalised, 0 outside the brain.

    Returns:
        (classes, X, Y, Z); outside the brain (all images 0) `probabilities` as they are.
    """
    brain = (images != 0).any(dim=0)
    if not bool(brain.any()):
        return probabilities
    box = _box(brain)
    inside = brain[box]
    before = probabilities[(slice(None), *box)].movedim(0, -1).float()
    log_unary = before.clamp_min(LEAST_PROBABILITY).log()
    kernels = _kernels(images[(slice(None), *box)].float(), inside, settings, spacing_mm)
    marginals = before * inside[..., None]
    for _ in range(settings.iterations):
        messages = sum((weight * kernel(marginals) for weight, kernel in kernels), log_unary)
        marginals = torch.softmax(messages, dim=-1) * inside[..., None]
    result = probabilities.float().clone()
    result[(slice(None), *box)] = torch.where(inside[..., None], marginals, before).movedim(-1, 0)
    return result


def _box(brain: Tensor) -> tuple[slice, slice, slice]:
    found = torch.nonzero(brain)
    low, high = found.amin(dim=0).tolist(), found.amax(dim=0).tolist()
    x, y, z = (slice(first, last + 1) for first, last in zip(low, high, strict=True))
    return x, y, z


def _kernels(
    images: Tensor, inside: Tensor, settings: Crf, spacing_mm: Spacing
) -> list[tuple[float, Kernel]]:
    found: list[tuple[float, Kernel]] = []
    if settings.smoothness_weight > 0:
        sigmas = [settings.smoothness_mm / extent for extent in spacing_mm]
        along = [
            gaussian_along(extent, sigma, like=images)
            for extent, sigma in zip(inside.shape, sigmas, strict=True)
        ]
        found.append(
            (settings.smoothness_weight, normalised(lambda values: separable(values, along), inside))
        )
    if settings.appearance_weight > 0:
        appearance = Appearance(
            images / settings.appearance_intensity,
            inside,
            sigmas=[settings.appearance_mm / extent for extent in spacing_mm],
            landmarks=settings.landmarks,
        )
        found.append((settings.appearance_weight, normalised(appearance, inside)))
    return found


def normalised(kernel: Kernel, inside: Tensor) -> Kernel:
    """D^-½ K D^-½, D being the sums of K over the brain (at least 1: a voxel is its own neighbour)."""
    ones = inside[..., None].to(torch.float32)
    scale = kernel(ones).clamp_min(1).rsqrt() * ones
    return lambda values: scale * kernel(scale * values)


def separable(values: Tensor, along: list[Tensor]) -> Tensor:
    """Values (X, Y, Z, classes), blurred by one matrix per axis."""
    for axis, matrix in enumerate(along):
        values = torch.tensordot(matrix, values, dims=([1], [axis])).movedim(0, axis)
    return values
