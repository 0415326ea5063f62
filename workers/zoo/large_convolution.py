"""Convolutions with large kernels, which processors learn slowly unless helped."""

from __future__ import annotations

import torch
from torch import Tensor, nn
from torch.nn import functional


class LargeConv2d(nn.Conv2d):
    """A convolution of stride 1, learned by the convolution theorem on a CPU.

    The libraries' gradient by the weights of 224 × 21² takes a processor ten to eighty times as long. Without
    gradients they are fast enough, and need less memory.
    """

    def forward(self, x: Tensor) -> Tensor:
        if not (self.training and x.device.type == "cpu"):
            return super().forward(x)
        return self.by_fourier(x)

    def by_fourier(self, x: Tensor) -> Tensor:
        """The same but for rounding; float32."""
        down, right = (int(padding) for padding in self.padding)
        x = functional.pad(x.float(), (right, right, down, down)).contiguous()
        extent = x.shape[-2:]
        filters = torch.fft.rfft2(self.weight.float().contiguous(), s=extent).conj()
        found = torch.einsum("bchw,ochw->bohw", torch.fft.rfft2(x), filters)
        valid = [size - kernel + 1 for size, kernel in zip(extent, self.kernel_size, strict=True)]
        y = torch.fft.irfft2(found, s=extent)[..., : valid[0], : valid[1]]
        return y if self.bias is None else y + self.bias.view(1, -1, 1, 1)
