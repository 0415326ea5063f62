"""What a machine has, and how much of it is free: measured on this one."""

import resource
from pathlib import Path

import numpy as np
import psutil
import pytest
import torch

from workers.inference import devices


def test_the_processor_is_always_there_and_last() -> None:
    found = devices.devices()
    assert found[-1].kind == "cpu"
    assert "cores" in found[-1].name
    assert [one.kind for one in found[:-1]] == ["cuda"] * torch.cuda.device_count()
    assert 0 < found[-1].memory_mib <= psutil.virtual_memory().total >> 20


def test_free_memory_is_what_the_kernel_says_or_less() -> None:
    free = devices.free_bytes(torch.device("cpu"))
    assert 0 < free <= 1.1 * psutil.virtual_memory().available + (64 << 20)


def test_a_control_groups_limit_counts(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(devices, "_CGROUP", tmp_path)
    unlimited = devices.devices()[-1].memory_mib
    (tmp_path / "memory.max").write_text(f"{512 << 20}\n")
    (tmp_path / "memory.current").write_text(f"{200 << 20}\n")
    assert devices.free_bytes(torch.device("cpu")) == 312 << 20
    assert devices.devices()[-1].memory_mib == 512
    (tmp_path / "memory.current").write_text(f"{600 << 20}\n")
    assert devices.free_bytes(torch.device("cpu")) == 0
    (tmp_path / "memory.max").write_text("max\n")
    assert devices.devices()[-1].memory_mib == unlimited


def test_a_bound_on_the_address_space_counts() -> None:
    before = resource.getrlimit(resource.RLIMIT_AS)
    unbound = devices.free_bytes(torch.device("cpu"))
    held = psutil.Process().memory_info().vms
    room = min(unbound, 1 << 30) // 2
    resource.setrlimit(resource.RLIMIT_AS, (held + room, before[1]))
    try:
        free = devices.free_bytes(torch.device("cpu"))
    finally:
        resource.setrlimit(resource.RLIMIT_AS, before)
    assert room - (64 << 20) < free <= room


def test_the_peak_is_of_this_process() -> None:
    before = devices.peak_memory_mib()
    missing = before - (psutil.Process().memory_info().rss >> 20)
    held = np.ones((missing + 64) << 17)  # so many MiB
    assert held.any()
    assert devices.peak_memory_mib() > before
    assert devices.peak_memory_mib() == resource.getrusage(resource.RUSAGE_SELF).ru_maxrss >> 10
