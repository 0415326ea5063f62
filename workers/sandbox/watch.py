"""Watching a process behind the walls from outside: memory and threads of all that runs in there.

Limits set inside (`resource`) stop most things at once; these hold where those do not, as with CUDA, which
reserves far more addresses than it uses. Where a cgroup (version 2) may be made the kernel counts too.
"""

from __future__ import annotations

import contextlib
import os
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from workers.contract import Limits, Reason
from workers.sandbox.reasons import ModelError

CGROUPS = Path("/sys/fs/cgroup")


@dataclass(frozen=True)
class Usage:
    memory_mib: int
    threads: int


def descendants(pid: int) -> list[int]:
    """The process and all below it; those that end meanwhile are left out."""
    found, unseen = [], [pid]
    while unseen:
        current = unseen.pop()
        found.append(current)
        with contextlib.suppress(OSError):
            for task in Path(f"/proc/{current}/task").iterdir():
                unseen += [int(child) for child in (task / "children").read_text().split()]
    return found


def usage_of(pid: int) -> Usage:
    """Memory that the tree has written to (its own, and of shared files such as tmpfs), and its threads."""
    kib = threads = 0
    for process in descendants(pid):
        with contextlib.suppress(OSError):
            fields = dict(
                line.split(":", 1)
                for line in Path(f"/proc/{process}/status").read_text().splitlines()
                if ":" in line
            )
            kib += sum(int(fields.get(name, "0 kB").split()[0]) for name in ("RssAnon", "RssShmem"))
            threads += int(fields["Threads"])
    return Usage(memory_mib=kib >> 10, threads=threads)


class Watch:
    """Remembers the peak, and says when a limit is passed.

    Raises (of `check`): ModelError with MEMORY_LIMIT or PROCESS_LIMIT.
    """

    # bubblewrap's two processes are not the model's.
    _OURS = 2

    def __init__(self, pid: int, limits: Limits) -> None:
        self._pid, self._limits = pid, limits
        self.peak_mib = 0

    def check(self) -> None:
        usage = usage_of(self._pid)
        self.peak_mib = max(self.peak_mib, usage.memory_mib)
        if usage.memory_mib > self._limits.memory_mib:
            raise ModelError(
                Reason.MEMORY_LIMIT,
                f"the model took {usage.memory_mib} MiB of memory; {self._limits.memory_mib} MiB are allowed",
            )
        if (threads := usage.threads - self._OURS) > self._limits.processes:
            raise ModelError(
                Reason.PROCESS_LIMIT,
                f"the model started {threads} threads; {self._limits.processes} are allowed",
            )


@contextlib.contextmanager
def cgroup_for(pid: int, limits: Limits) -> Iterator[Path | None]:
    """Put the tree of `pid` into a cgroup with these limits, where one may be made; else yield None.

    Needs version 2, and the controllers `memory` and `pids` enabled in the group above this process's own
    (systemd: `Delegate=yes`, `DelegateSubgroup=worker`), for groups with processes cannot have such below.
    """
    folder = _delegated()
    if folder is None:
        yield None
        return
    group = folder / f"model-{pid}"
    try:
        group.mkdir()
        (group / "memory.max").write_text(str(limits.memory_mib << 20))
        (group / "pids.max").write_text(str(limits.processes + Watch._OURS))
        with contextlib.suppress(OSError):  # no swap, no such file
            (group / "memory.swap.max").write_text("0")
        for _ in range(2):  # what was started while the first ones were moved
            for process in descendants(pid):
                (group / "cgroup.procs").write_text(str(process))
    except OSError:
        with contextlib.suppress(OSError):
            group.rmdir()
        yield None
        return
    try:
        yield group
    finally:
        with contextlib.suppress(OSError):
            (group / "cgroup.kill").write_text("1")
        _remove(group)


def _delegated() -> Path | None:
    try:
        lines = Path("/proc/self/cgroup").read_text().splitlines()
        own = next(line[len("0::") :] for line in lines if line.startswith("0::"))
        folder = (CGROUPS / own.lstrip("/")).parent
        controllers = (folder / "cgroup.subtree_control").read_text().split()
    except (OSError, StopIteration):
        return None
    delegated = folder.is_relative_to(CGROUPS) and {"memory", "pids"} <= set(controllers)
    return folder if delegated and os.access(folder, os.W_OK) else None


def _remove(group: Path) -> None:
    for _ in range(100):
        with contextlib.suppress(FileNotFoundError):
            try:
                group.rmdir()
            except OSError:
                time.sleep(0.01)  # its last process is still leaving
                continue
        return
