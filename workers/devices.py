"""What this machine computes with, and whose turn on a GPU it is: one model at a time on each."""

from __future__ import annotations

import contextlib
import fcntl
import os
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import torch

from workers.contract import Device
from workers.inference.devices import devices


@dataclass(frozen=True)
class LocalDevice:
    """`name`: as torch calls it ("cpu", "cuda:0"). `lock`: by what a GPU is known, whatever its number."""

    name: str
    stated: Device
    lock: str = ""


def local_devices() -> tuple[LocalDevice, ...]:
    """GPUs in torch's order, the processor last."""
    found, gpus = [], 0
    for stated in devices():
        if stated.kind == "cuda":
            uuid = getattr(torch.cuda.get_device_properties(gpus), "uuid", gpus)
            found.append(LocalDevice(f"cuda:{gpus}", stated, lock=str(uuid)))
            gpus += 1
        else:
            found.append(LocalDevice("cpu", stated))
    return tuple(found)


@contextlib.contextmanager
def turn_on_gpu(devices: tuple[LocalDevice, ...]) -> Iterator[LocalDevice | None]:
    """Hold a GPU that no other worker of this machine holds; None where there is none free.

    The lock is the kernel's, on an open file: it goes with the process, however that ends.
    """
    with contextlib.ExitStack() as held:
        for device in devices:
            if device.lock and _try_lock(held, device.lock):
                yield device
                return
        yield None


def _try_lock(held: contextlib.ExitStack, name: str) -> bool:
    path = Path(tempfile.gettempdir(), f"consilium-gpu-{name}.lock")
    # Nobody is let in by following a link that somebody has laid there.
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW | os.O_CLOEXEC, 0o600)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        os.close(descriptor)
        return False
    held.callback(os.close, descriptor)
    return True
