"""What runs behind the walls: reads what to load, locks the last doors, loads it, answers case after case.

Started as `python -m workers.sandbox.child` by `workers.sandbox.process`, and of no use without it. Nothing
of the model is touched before the limits are set and the second filter of system calls lies over this.
"""

from __future__ import annotations

import importlib
import json
import os
import resource
import sys
from typing import BinaryIO

from workers.contract import Limits, read
from workers.sandbox.seccomp import confine_further
from workers.sandbox.wire import MAX_LOAD_BYTES, Kind, Order, read_exactly, read_header

# Code of libraries and reserved addresses, beside what the model takes.
_OVERHEAD_BYTES = 6 << 30
_DATA_OVERHEAD_BYTES = 1 << 30
_OPEN_FILES = 256
_PROCESSOR_SECONDS = 48 * 3600


def main() -> None:
    questions, answers = _take_over_pipes()
    order = read(Order, json.loads(_payload(questions, kind=Kind.LOAD, largest=MAX_LOAD_BYTES)))
    cuda = order.device.startswith("cuda")
    _limit(order.limits, cuda=cuda)
    confine_further(cuda=cuda)
    # Only now: numpy and torch start threads as they are imported, which the filter must cover.
    importlib.import_module("workers.sandbox.serving").serve(order, questions, answers)


def _take_over_pipes() -> tuple[BinaryIO, BinaryIO]:
    """Move the pipes away from descriptors 0 and 1, where any library might read or print."""
    questions, answers = os.dup(0), os.dup(1)
    nothing = os.open(os.devnull, os.O_RDWR)
    os.dup2(nothing, 0)
    os.dup2(2, 1)  # what is printed is the log
    os.close(nothing)
    return os.fdopen(questions, "rb", buffering=0), os.fdopen(answers, "wb", buffering=0)


def _limit(limits: Limits, *, cuda: bool) -> None:
    """Limits that the kernel keeps. Of memory not with CUDA: the worker and its cgroup watch it then."""
    file_bytes = limits.output_mib << 20
    memory = limits.memory_mib << 20
    kept = {
        resource.RLIMIT_NPROC: 2 * limits.processes,  # the worker counts, and says why it ends it
        resource.RLIMIT_FSIZE: file_bytes,
        resource.RLIMIT_NOFILE: _OPEN_FILES,
        resource.RLIMIT_CPU: _PROCESSOR_SECONDS,
        resource.RLIMIT_CORE: 0,
        resource.RLIMIT_MEMLOCK: 1 << 20,
        resource.RLIMIT_MSGQUEUE: 0,
    }
    if not cuda:
        kept[resource.RLIMIT_DATA] = memory + _DATA_OVERHEAD_BYTES
        kept[resource.RLIMIT_AS] = memory + _OVERHEAD_BYTES
    for name, value in kept.items():
        _, hard = resource.getrlimit(name)
        lowest = value if hard == resource.RLIM_INFINITY else min(value, hard)
        resource.setrlimit(name, (lowest, lowest))


def _payload(stream: BinaryIO, *, kind: Kind, largest: int) -> bytearray:
    header = read_header(stream)
    if header.kind is not kind or header.length > largest:
        raise ValueError(f"{kind.name} was expected, not {header.kind.name} of {header.length} bytes")
    return read_exactly(stream, header.length)


if __name__ == "__main__":
    main()
    sys.stderr.flush()
    os._exit(0)  # whatever a model left to be done at the exit is not ours to wait for
