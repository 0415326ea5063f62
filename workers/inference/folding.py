"""Batch normalisation as part of the convolution before it: for networks that no longer learn."""

from __future__ import annotations

from collections import defaultdict
from typing import Any

import torch
from torch import Tensor, nn
from torch.nn.utils.fusion import fuse_conv_bn_weights

from workers.inference.plan import input_shape
from workers.zoo.network import Network

_Convolution = nn.Conv2d | nn.Conv3d
_Norm = nn.BatchNorm2d | nn.BatchNorm3d


def fold_norms(network: Network) -> Network:
    """The same answers to rounding, with fewer maps written; the network itself is changed.

    Which normalisation takes what which convolution gives is seen in a small pass. One stays where kernels
    are applied by hand (Ghafoorian's, with a step for each scale).
    """
    network.eval()
    names = {module: name for name, module in network.named_modules()}
    if any(isinstance(module, _Norm) for module in names):
        for convolution, norm in _pairs(network):
            _fold(convolution, norm)
            above, _, own = names[norm].rpartition(".")
            setattr(network.get_submodule(above), own, nn.Identity())
    return network


def _pairs(network: Network) -> list[tuple[_Convolution, _Norm]]:
    """Those that are always one after the other, and no other layer between or beside them."""
    calls: list[tuple[nn.Module, tuple[Any, ...], Tensor]] = []  # tensors are held: no address is taken twice
    layers = [module for module in network.modules() if not list(module.children())]
    hooks = [
        layer.register_forward_hook(lambda layer, taken, given: calls.append((layer, taken, given)))
        for layer in layers
    ]
    least = (network.stride, network.stride, 1 if network.dimensions == 2 else network.stride)
    with torch.inference_mode():
        network(torch.zeros(input_shape(network, least)))
    for hook in hooks:
        hook.remove()
    makers = {id(given): layer for layer, _, given in calls}
    before: defaultdict[nn.Module, set[nn.Module | None]] = defaultdict(set)
    behind: defaultdict[nn.Module | None, set[nn.Module]] = defaultdict(set)
    for layer, taken, _ in calls:
        for tensor in taken:
            before[layer].add(makers.get(id(tensor)))
            behind[makers.get(id(tensor))].add(layer)
    return [
        (convolution, norm)
        for norm, found in before.items()
        for convolution in found
        if isinstance(norm, _Norm) and isinstance(convolution, _Convolution)
        if len(found) == 1 and behind[convolution] == {norm}
    ]


def _fold(convolution: _Convolution, norm: _Norm) -> None:
    assert norm.running_mean is not None
    assert norm.running_var is not None
    convolution.weight, convolution.bias = fuse_conv_bn_weights(
        convolution.weight,
        convolution.bias,
        norm.running_mean,
        norm.running_var,
        norm.eps,
        norm.weight,
        norm.bias,
    )
