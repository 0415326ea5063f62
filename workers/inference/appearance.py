"""The appearance kernel exp(−|Δposition|²/2 − |Δintensity|²/2), applied to every pair of voxels at once.

Intensities: K ≈ Φ Φᵀ by the Nyström method, Φ of as many columns as there are landmarks (centres of
clusters of the brain's own intensities). A Taylor series of degree 2 (15 features of four sequences) is off
by 10 % at a standard deviation of 1, where 16 landmarks are off by 0.2 %.

Space: the voxels' features are spread by linear interpolation onto a grid as coarse as the kernel allows,
blurred there and read back in the same way. Voxels are laid out in blocks, each between its eight nodes, so
that both steps are products of matrices. The blur is narrower by the variance that interpolating
twice adds.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import torch
from torch import Tensor
from torch.nn import functional

COARSEST = 4  # voxels between nodes
BLOCKS_AT_ONCE = 512  # some 10 MiB at 16 features and 5 classes: memory that is used again
SAMPLED = 20_000  # voxels of which landmarks are made
ROUNDS = 10


class Appearance:
    """Applies the kernel to values of shape (X, Y, Z, classes).

    Args:
        images: (sequences, X, Y, Z), divided by the kernel's standard deviation of intensities.
        inside: bool, (X, Y, Z): which voxels take part.
        sigmas: of space, in voxels along each axis.
        landmarks: rank of the approximation, at most.
    """

    def __init__(self, images: Tensor, inside: Tensor, *, sigmas: Sequence[float], landmarks: int) -> None:
        self.shape = inside.shape
        steps = [_step(sigma) for sigma in sigmas]
        # One block more than the voxels need, so that the last ones lie between nodes, too.
        blocks = [-(-extent // step) for extent, step in zip(self.shape, steps, strict=True)]
        self.nodes = [count + 1 for count in blocks]
        self.along = [
            gaussian_along(count, _narrower(sigma, step) / step, like=images)
            for count, sigma, step in zip(self.nodes, sigmas, steps, strict=True)
        ]
        device = images.device
        origins = torch.cartesian_prod(*(torch.arange(count, device=device) for count in blocks))
        offsets = torch.cartesian_prod(*(torch.arange(step, device=device) for step in steps))
        corners = torch.cartesian_prod(*(torch.arange(2, device=device) for _ in range(3)))
        of_step = torch.tensor(steps, device=device)
        positions = origins[:, None] * of_step + offsets  # (blocks, voxels, 3)
        extents = torch.tensor(self.shape, device=device)
        within = (positions < extents).all(dim=-1)
        voxels = _flat(torch.minimum(positions, extents - 1), self.shape)
        taken = within & inside.flatten()[voxels]
        used = taken.any(dim=1)
        self.voxels, self.taken = voxels[used], taken[used]
        self.corners = _flat(origins[used][:, None] + corners, self.nodes)
        share = 1 - (offsets[:, None] / of_step - corners).abs()
        self.interpolation = share.prod(dim=-1).to(images.dtype)  # (voxels of a block, 8)
        features = intensity_features(images.flatten(1).T, inside.flatten(), landmarks=landmarks)
        self.features = features[self.voxels] * self.taken[..., None]

    def __call__(self, values: Tensor) -> Tensor:
        classes = values.shape[-1]
        grid = self._splat(values.reshape(-1, classes))
        columns = grid.shape[-1]
        grid = grid.reshape(*self.nodes, columns)
        for axis, matrix in enumerate(self.along):
            grid = torch.tensordot(matrix, grid, dims=([1], [axis])).movedim(0, axis)
        return self._slice(grid.reshape(-1, columns), classes).reshape(*self.shape, classes)

    def _splat(self, values: Tensor) -> Tensor:
        """The grid: (nodes, features · classes)."""
        columns = self.features.shape[-1] * values.shape[-1]
        grid = values.new_zeros((self.nodes[0] * self.nodes[1] * self.nodes[2], columns))
        for part in self._parts():
            weighted = self.features[part][..., None] * values[self.voxels[part]][:, :, None]
            at_corners = self.interpolation.T @ weighted.flatten(2)
            grid.index_add_(0, self.corners[part].flatten(), at_corners.flatten(0, 1))
        return grid

    def _slice(self, grid: Tensor, classes: int) -> Tensor:
        result = grid.new_zeros((self.shape.numel(), classes))
        for part in self._parts():
            features = self.features[part]
            here = (self.interpolation @ grid[self.corners[part]]).unflatten(2, (-1, classes))
            found = (features[:, :, None] @ here)[:, :, 0]
            taken = self.taken[part]
            result[self.voxels[part][taken]] = found[taken]
        return result

    def _parts(self) -> Iterator[slice]:
        return (slice(k, k + BLOCKS_AT_ONCE) for k in range(0, len(self.voxels), BLOCKS_AT_ONCE))


def intensity_features(intensities: Tensor, inside: Tensor, *, landmarks: int) -> Tensor:
    """Φ of which Φ Φᵀ is about exp(−|Δ|²/2).

    Args:
        intensities: (voxels, sequences), divided by the standard deviation.
        inside: bool, (voxels,): those of which the landmarks are made.

    Returns:
        (voxels, rank); rank ≤ landmarks, less where the kernel is so wide that fewer say as much.

    Source: Williams & Seeger 2001; clusters as landmarks: Zhang, Tsang & Kwok 2008.
    """
    centres = _centres(intensities[inside], landmarks)
    among = _gaussian(centres, centres).double()
    values, vectors = torch.linalg.eigh(among)
    kept = values > 1e-6
    whitening = (vectors[:, kept] * values[kept].rsqrt()).to(intensities.dtype)
    return _gaussian(intensities, centres) @ whitening


def _centres(intensities: Tensor, count: int) -> Tensor:
    """Centres of clusters, by Lloyd's algorithm from evenly spaced voxels: the same for the same case."""
    every = max(1, len(intensities) // SAMPLED)
    sample = intensities[::every]
    count = min(count, len(sample))
    centres = sample[torch.linspace(0, len(sample) - 1, count, device=sample.device).long()]
    for _ in range(ROUNDS):
        nearest = functional.one_hot(torch.cdist(sample, centres).argmin(dim=1), count).to(sample.dtype)
        sizes = nearest.sum(dim=0)[:, None]
        centres = torch.where(sizes > 0, nearest.T @ sample / sizes.clamp_min(1), centres)
    return centres


def _gaussian(first: Tensor, second: Tensor) -> Tensor:
    return torch.exp(-0.5 * torch.cdist(first, second).square())


def gaussian_along(extent: int, sigma: float, *, like: Tensor) -> Tensor:
    """(extent, extent): the Gaussian between every two positions of an axis."""
    positions = torch.arange(extent, device=like.device, dtype=like.dtype)
    return torch.exp(-0.5 * ((positions[:, None] - positions) / sigma).square())


def _step(sigma: float) -> int:
    """Voxels between nodes: at most half a standard deviation."""
    return max(1, min(COARSEST, int(sigma / 2)))


def _narrower(sigma: float, step: int) -> float:
    """Interpolating to nodes `step` apart has a variance of (step² − 1)/6, and is done twice."""
    return float((sigma**2 - (step**2 - 1) / 3) ** 0.5)


def _flat(positions: Tensor, shape: Sequence[int]) -> Tensor:
    """Index into the flattened array of positions (…, 3)."""
    return (positions[..., 0] * shape[1] + positions[..., 1]) * shape[2] + positions[..., 2]
