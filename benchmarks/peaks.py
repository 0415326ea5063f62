"""How far the memory of this process rises while something runs."""

from __future__ import annotations

import ctypes
import gc
import resource
from pathlib import Path
from typing import Self

import psutil

MEBIBYTE = 1 << 20
_CLEAR_PEAK = Path("/proc/self/clear_refs")


class PeakMeter:
    """How far the process's memory rises within the block, above where it was before; resident bytes."""

    extra_bytes = 0

    def __enter__(self) -> Self:
        _return_freed_memory()
        _reset_peak()
        self._before = psutil.Process().memory_info().rss
        return self

    def __exit__(self, *exception: object) -> None:
        self.extra_bytes = max(0, _peak_bytes() - self._before)


def _return_freed_memory() -> None:
    """What the allocator kept of earlier work would hide what the block takes (glibc)."""
    gc.collect()
    trim = getattr(ctypes.CDLL(None), "malloc_trim", None)
    if trim is not None:
        trim(0)


def _reset_peak() -> None:
    """Make the kernel forget the peak so far, where it can (Linux)."""
    if _CLEAR_PEAK.exists():
        _CLEAR_PEAK.write_text("5")


def _peak_bytes() -> int:
    status = Path("/proc/self/status")
    if status.exists():
        line = next(x for x in status.read_text().splitlines() if x.startswith("VmHWM"))
        return int(line.split()[1]) * 1024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024
