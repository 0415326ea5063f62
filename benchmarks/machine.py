"""What a number was measured on: processor, cores, load, versions."""

from __future__ import annotations

import datetime as dt
import importlib.metadata
import os
import platform
import subprocess
import sys
from pathlib import Path
from typing import Any

import psutil
from threadpoolctl import threadpool_limits

from benchmarks.cases import ROOT

PACKAGES = (
    "numpy", "scipy", "numba", "llvmlite", "nibabel", "isal", "zlib-ng", "matplotlib", "medpy",
    "surface-distance", "SimpleITK", "monai", "torch", "pymia", "panoptica",
)  # fmt: skip


def describe_machine() -> dict[str, Any]:
    return {
        "processor": _processor(),
        "cores": os.cpu_count(),
        "memory_gib": round(psutil.virtual_memory().total / 2**30, 1),
        "system": platform.platform(),
        "python": platform.python_version(),
        "versions": versions(),
        "commit": _commit(),
        "threads": "one for every contender: BLAS, torch and ITK are held to one, kernels of ours have one",
    }


def versions() -> dict[str, str]:
    found = {}
    for name in PACKAGES:
        try:
            found[name] = importlib.metadata.version(name)
        except importlib.metadata.PackageNotFoundError:
            continue
    return found


def moment() -> dict[str, Any]:
    """When, and how busy the machine was with anything."""
    now = dt.datetime.now(dt.UTC).isoformat(timespec="seconds")
    return {"at": now, "load_average": [round(x, 2) for x in os.getloadavg()]}


def pin_threads() -> None:
    """One thread for all that is loaded, so that contenders compare and neighbours disturb less."""
    threadpool_limits(1)
    if torch := sys.modules.get("torch"):
        torch.set_num_threads(1)
    if itk := sys.modules.get("SimpleITK"):
        itk.ProcessObject.SetGlobalDefaultNumberOfThreads(1)


def _processor() -> str:
    described = Path("/proc/cpuinfo")
    if described.exists():
        for line in described.read_text().splitlines():
            if line.startswith("model name"):
                return line.split(":", 1)[1].strip()
    return platform.processor() or platform.machine()


def _commit() -> str:
    done = subprocess.run(
        ["git", "describe", "--always", "--dirty"], cwd=ROOT, capture_output=True, text=True, check=False
    )
    return done.stdout.strip()
