"""What this machine can compute on, and how much memory is free there."""

from __future__ import annotations

import os
import platform
import resource
from pathlib import Path

import torch

from workers.contract import Device

_CGROUP = Path("/sys/fs/cgroup")


def devices() -> tuple[Device, ...]:
    """GPUs first, the processor last."""
    found = [
        Device("cuda", torch.cuda.get_device_name(k), torch.cuda.get_device_properties(k).total_memory >> 20)
        for k in range(torch.cuda.device_count())
    ]
    return (*found, Device("cpu", _processor(), _total_memory() >> 20))


def free_bytes(device: torch.device) -> int:
    """Memory that a computation may take now: of a control group's limit, where there is one."""
    if device.type == "cuda":
        return int(torch.cuda.mem_get_info(device)[0])
    free = _meminfo("MemAvailable")
    limit, used = _cgroup_bytes("memory.max"), _cgroup_bytes("memory.current")
    if limit is not None and used is not None:
        free = min(free, limit - used)
    # The sandbox and `ulimit -v` bound the address space.
    bound = resource.getrlimit(resource.RLIMIT_AS)[0]
    if bound != resource.RLIM_INFINITY:
        free = min(free, bound - _own_pages(0))
    return max(free, 0)


def peak_memory_mib() -> int:
    """The most that this process has held, in main memory."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss >> 10


def _processor() -> str:
    for line in Path("/proc/cpuinfo").read_text().splitlines() if Path("/proc/cpuinfo").exists() else ():
        if line.startswith("model name"):
            return f"{line.partition(':')[2].strip()}, {os.cpu_count()} cores"
    return f"{platform.machine()}, {os.cpu_count()} cores"


def _total_memory() -> int:
    limit = _cgroup_bytes("memory.max")
    total = _meminfo("MemTotal")
    return min(total, limit) if limit is not None else total


def _meminfo(name: str) -> int:
    try:
        for line in Path("/proc/meminfo").read_text().splitlines():
            if line.startswith(f"{name}:"):
                return int(line.split()[1]) << 10
    except OSError:  # not Linux, or a sandbox without /proc
        pass
    return os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")


def _cgroup_bytes(name: str) -> int | None:
    try:
        text = (_CGROUP / name).read_text().strip()
    except OSError:
        return None
    return int(text) if text.isdigit() else None


def _own_pages(column: int) -> int:
    try:
        return int(Path("/proc/self/statm").read_text().split()[column]) * os.sysconf("SC_PAGE_SIZE")
    except OSError:
        return 0
