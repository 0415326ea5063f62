"""What networks do, measured: never read from what they say of themselves."""

import torch
from torch import Tensor, nn

from workers.zoo.network import Network
from workers.zoo.patches import PatchNetwork

torch.set_num_threads(1)


def with_statistics(network: Network) -> Network:
    """In evaluation, batch norms as after some training: means of 0 and variances of 1 hide errors."""
    for module in network.modules():
        if isinstance(module, nn.BatchNorm2d | nn.BatchNorm3d):
            module.running_mean.uniform_(-0.3, 0.3)
            module.running_var.uniform_(0.5, 2)
    return network.eval()


def receptive_field(network: Network, *, channels: int, extent: int, trials: int = 4) -> tuple[int, ...]:
    """Extent of the input voxels, along each axis, on which one voxel of the output depends.

    Args:
        channels: the first ones, to look at.
        extent: of the input along each axis; more than the field, so that a larger one would be seen.
        trials: random inputs, for a maximum passes on the gradient of one voxel only.
    """
    touched = torch.zeros((extent,) * network.dimensions)
    for _ in range(trials):
        x = torch.randn(1, network.channels, *touched.shape, requires_grad=True)
        output = network(x)
        middle = tuple(n // 2 for n in output.shape[2:])
        output[(0, slice(None), *middle)].sum().backward()
        assert x.grad is not None
        touched += x.grad[0, :channels].abs().amax(dim=0)
    spans = [index.unique() for index in touched.nonzero(as_tuple=True)]
    assert all(span[0] > 0 and span[-1] < extent - 1 for span in spans), (
        "the field reaches the input's border"
    )
    return tuple(int(span[-1] - span[0] + 1) for span in spans)


def by_patches(network: PatchNetwork, x: Tensor) -> Tensor:
    """What `network(x)` should be: every patch cut out of x (B, channels, X, Y) and labelled by itself."""
    rows, columns = (n - 2 * network.margin for n in x.shape[2:])
    cut = [
        [
            network.forward_patches(x[..., i : i + network.patch, j : j + network.patch])
            for j in range(columns)
        ]
        for i in range(rows)
    ]
    return torch.stack([torch.stack(row, dim=-1) for row in cut], dim=-2)
