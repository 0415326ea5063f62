"""Host to device: on a GPU from pinned memory on a stream of its own, while the last case goes on."""

from __future__ import annotations

import torch
from torch import Tensor


class Uploads:
    """
    Args:
        device: where to. On the processor nothing is copied.
    """

    def __init__(self, device: torch.device) -> None:
        self._device = device
        self._stream = torch.cuda.Stream(device) if device.type == "cuda" else None

    def send(self, *tensors: Tensor) -> tuple[tuple[Tensor, ...], torch.cuda.Event | None]:
        """The tensors on their way, and what to wait for; for the thread that prepares."""
        if self._stream is None:
            return tensors, None
        with torch.cuda.stream(self._stream):
            sent = tuple(one.contiguous().pin_memory().to(self._device, non_blocking=True) for one in tensors)
            arrived = torch.cuda.Event()
            arrived.record(self._stream)
        return sent, arrived

    def wait_for(self, arrived: torch.cuda.Event | None, *tensors: Tensor) -> None:
        """Let the present stream wait, not the processor; for the thread that computes."""
        if arrived is None:
            return
        stream = torch.cuda.current_stream(self._device)
        stream.wait_event(arrived)
        for one in tensors:
            one.record_stream(stream)  # its memory was taken on the other stream
