"""Missing sequences predicted from those at hand: one regressor for each ordered pair of sequences.

A regressor is linear in the 3³ patch of the normalised source and in the patch of its square (contrasts of MR
are not monotone in one another: fluid is dark in T1 and FLAIR, bright in T2). Twelve of them for four
sequences are fitted by ridge regression in one pass over the training cases and applied as convolutions.
Several sources are averaged, each by the inverse of its mean squared error in training.
"""

from __future__ import annotations

from collections.abc import Mapping

import torch
from torch import Tensor
from torch.nn import functional

PREFIX = "imputation."
CLIP = (
    5.0  # normalised intensities beyond this are artefacts or vessels, and their squares would rule the fit
)
PATCH = 3
FEATURES = 2 * PATCH**3


class NotEnoughCases(ValueError):
    """No training case has both sequences of a pair."""


def shapes(sequences: int) -> dict[str, torch.Size]:
    """Names and shapes of the weights; the first two axes are source and target."""
    pair = (sequences, sequences)
    return {
        f"{PREFIX}kernel": torch.Size((*pair, 2, PATCH, PATCH, PATCH)),
        f"{PREFIX}bias": torch.Size(pair),
        f"{PREFIX}error": torch.Size(pair),
    }


def impute(images: Tensor, present: Tensor, weights: Mapping[str, Tensor]) -> Tensor:
    """Fill the missing channels.

    Args:
        images: (sequences, X, Y, Z), normalised, 0 outside the brain.
        present: bool, (sequences,); at least one.
        weights: with those of `shapes`.

    Returns:
        A copy in which every missing channel is predicted; 0 where all the present ones are.
    """
    sources = torch.nonzero(present).flatten()
    targets = torch.nonzero(~present).flatten()
    brain = (images[sources] != 0).any(dim=0)
    kernel, bias, error = (weights[PREFIX + name].to(images) for name in ("kernel", "bias", "error"))
    trust = 1 / error[sources][:, targets].clamp_min(1e-6)
    trust = trust / trust.sum(dim=0)
    predicted = images.new_zeros((len(targets), *images.shape[1:]))
    for source, share in zip(sources.tolist(), trust, strict=True):
        one = functional.conv3d(
            _channels(images[source])[None],
            kernel[source, targets],
            bias[source, targets],
            padding=PATCH // 2,
        )
        predicted += share[:, None, None, None] * one[0]
    filled = images.clone()
    filled[targets] = predicted * brain
    return filled


def _channels(image: Tensor) -> Tensor:
    clipped = image.clamp(-CLIP, CLIP)
    return torch.stack((clipped, clipped.square()))


class Fit:
    """Ridge regression of every sequence on every other, one case after the other, in constant memory."""

    def __init__(self, sequences: int, *, ridge: float = 1e-3, voxels_per_case: int = 20_000) -> None:
        self.sequences, self.ridge, self.voxels_per_case = sequences, ridge, voxels_per_case
        pair, columns = (sequences, sequences), FEATURES + 1
        self._products = torch.zeros(*pair, columns, columns, dtype=torch.float64)
        self._with_target = torch.zeros(*pair, columns, dtype=torch.float64)
        self._squares = torch.zeros(*pair, dtype=torch.float64)
        self._count = torch.zeros(*pair, dtype=torch.float64)

    def add(self, images: Tensor, present: Tensor, *, seed: int) -> None:
        """Learn from a case: images (sequences, X, Y, Z), normalised; `present` bool, (sequences,)."""
        voxels = self._sample(images, seed)
        here = torch.nonzero(present).flatten().tolist()
        for source in here:
            columns = _patches(images[source], voxels)
            products = columns.T @ columns
            for target in here:
                if target == source:
                    continue
                values = images[target].flatten()[voxels].double().cpu()
                self._products[source, target] += products
                self._with_target[source, target] += columns.T @ values
                self._squares[source, target] += values.square().sum()
                self._count[source, target] += len(values)

    def _sample(self, images: Tensor, seed: int) -> Tensor:
        voxels = torch.nonzero((images != 0).any(dim=0).flatten()).flatten()
        chance = torch.Generator().manual_seed(seed)
        chosen = torch.randperm(len(voxels), generator=chance)[: self.voxels_per_case]
        return voxels[chosen.to(voxels.device)]

    def solve(self) -> dict[str, Tensor]:
        """The weights, float32, by the names of `shapes`.

        Raises:
            NotEnoughCases: a pair of sequences is in no case together.
        """
        found = {name: torch.zeros(shape) for name, shape in shapes(self.sequences).items()}
        for source in range(self.sequences):
            for target in range(self.sequences):
                if target == source:
                    continue
                solution, error = self._solve_pair(source, target)
                kernel = solution[:-1].reshape(2, PATCH, PATCH, PATCH)
                found[f"{PREFIX}kernel"][source, target] = kernel
                found[f"{PREFIX}bias"][source, target] = solution[-1]
                found[f"{PREFIX}error"][source, target] = error
        return found

    def _solve_pair(self, source: int, target: int) -> tuple[Tensor, float]:
        count = float(self._count[source, target])
        if not count:
            raise NotEnoughCases(
                f"sequences {source + 1} and {target + 1} are in no training case together: add such cases, "
                "or choose another way without a sequence"
            )
        products, with_target = self._products[source, target], self._with_target[source, target]
        penalty = torch.full((FEATURES + 1,), self.ridge * count, dtype=torch.float64)
        penalty[-1] = 1e-9 * count  # the constant is free
        solution = torch.linalg.solve(products + penalty.diag(), with_target)
        residual = self._squares[source, target] - 2 * solution @ with_target + solution @ products @ solution
        return solution, max(float(residual) / count, 0.0)


def _patches(image: Tensor, voxels: Tensor) -> Tensor:
    """(voxels, FEATURES + 1), float64: the columns of the regression, in the order of a kernel; a 1 last."""
    around = functional.pad(_channels(image), (PATCH // 2,) * 6)
    blocks = around.unfold(1, PATCH, 1).unfold(2, PATCH, 1).unfold(3, PATCH, 1)
    x, y, z = torch.unravel_index(voxels, image.shape)
    columns = blocks[:, x, y, z].movedim(0, 1).reshape(len(voxels), FEATURES).double().cpu()
    return torch.cat((columns, torch.ones(len(voxels), 1, dtype=torch.float64)), dim=1)
