"""The walls: what bubblewrap binds, unshares and drops for a model's process, and whether it can here.

Inside there is no network, no process but its own, no environment, no credentials and no file but read-only
programs, the code that runs the model, and the model. `/tmp` is its own, in memory, of bounded size.
"""

from __future__ import annotations

import functools
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from workers.sandbox.seccomp import UnknownMachine, outer_program

APP = Path("/app")
WEIGHTS = Path("/model/weights")

_ROOT = Path(__file__).resolve().parents[2]
_CODE = ("workers", "backend/__init__.py", "backend/numerics")
_DEVICES = ("null", "zero", "random", "urandom")
_CUDA_DEVICES = ("nvidiactl", "nvidia-uvm", "nvidia-uvm-tools", "nvidia-modeset")
_NOBODY = "65534"
_PROBE_S = 20


@dataclass(frozen=True)
class Walls:
    """How a process is walled in.

    Args:
        weights: the model's file, bound read-only at `WEIGHTS`.
        scratch_mib: size of its `/tmp`.
        device: "cpu", or "cuda:N", for which the driver's device nodes are bound.
        threads: of computation.
        code: more folders of code to bind under `APP`; the production command line has none.
    """

    weights: Path
    scratch_mib: int
    device: str = "cpu"
    threads: int = 1
    code: tuple[Path, ...] = ()

    @property
    def cuda(self) -> bool:
        return self.device.startswith("cuda")

    def command(self, program: Sequence[str], *, seccomp: int) -> list[str]:
        """The command line that runs `program` behind the walls.

        Args:
            program: arguments of the interpreter.
            seccomp: descriptor from which bubblewrap reads the filter.
        """
        arguments = [bubblewrap(), *_NAMESPACES, "--seccomp", str(seccomp), *_system(cuda=self.cuda)]
        # A size applies to the next tmpfs. What is bound may lie in the worker's own /tmp: it comes after.
        arguments += ["--size", str(self.scratch_mib << 20), "--tmpfs", "/tmp"]  # noqa: S108  # inside
        arguments += [*_python(), *self._devices(), *self._code()]
        # The root itself becomes read-only once all is in place.
        arguments += ["--ro-bind", str(self.weights), str(WEIGHTS), "--remount-ro", "/"]
        for name, value in self._environment().items():
            arguments += ["--setenv", name, value]
        return [*arguments, "--chdir", str(APP), "--", sys.executable, "-s", "-P", *program]

    def _devices(self) -> list[str]:
        nodes = [Path("/dev", name) for name in _DEVICES]
        if self.cuda:
            nodes += [
                Path("/dev", name) for name in (*_CUDA_DEVICES, f"nvidia{self.device.partition(':')[2] or 0}")
            ]
        return [word for node in nodes for word in ("--dev-bind-try", str(node), str(node))]

    def _code(self) -> list[str]:
        bound = [(_ROOT / part, APP / part) for part in _CODE]
        bound += [(folder, APP / folder.name) for folder in self.code]
        return [word for outside, inside in bound for word in ("--ro-bind", str(outside), str(inside))]

    def _environment(self) -> dict[str, str]:
        threads = str(self.threads)
        return {
            "PATH": "/usr/bin",
            "HOME": "/tmp",  # noqa: S108  # inside, its own
            "TMPDIR": "/tmp",  # noqa: S108
            "USER": "nobody",
            "LANG": "C.UTF-8",
            "PYTHONPATH": str(APP),
            "PYTHONDONTWRITEBYTECODE": "1",
            "PYTHONUNBUFFERED": "1",
            "OMP_NUM_THREADS": threads,
            "OPENBLAS_NUM_THREADS": threads,
            "MKL_NUM_THREADS": threads,
            "NUMBA_NUM_THREADS": threads,
            "NUMBA_CACHE_DIR": "/tmp",  # noqa: S108
            # Reserved arenas count as address space; a few are as fast here.
            "MALLOC_ARENA_MAX": "4",
        }


_NAMESPACES = (
    "--unshare-all", "--unshare-user", "--uid", _NOBODY, "--gid", _NOBODY, "--hostname", "sandbox",
    "--die-with-parent", "--new-session", "--cap-drop", "ALL", "--clearenv",
)  # fmt: skip


def bubblewrap() -> str:
    return shutil.which("bwrap") or "/usr/bin/bwrap"


@functools.cache
def missing() -> str:
    """What this machine lacks to isolate a process: a sentence with the remedy, or the empty string.

    Found out by doing it: a program is run behind these very walls.
    """
    if shutil.which("bwrap") is None:
        return "bubblewrap is not installed here: install the package 'bubblewrap'"
    try:
        with filter_file(cuda=False) as program, tempfile.NamedTemporaryFile() as weights:
            command = Walls(weights=Path(weights.name), scratch_mib=1).command(
                ["-c", "print('walled in')"], seccomp=program.fileno()
            )
            outcome = subprocess.run(
                command,
                pass_fds=[program.fileno()],
                capture_output=True,
                text=True,
                timeout=_PROBE_S,
                check=False,
            )
    except (OSError, UnknownMachine, subprocess.TimeoutExpired) as error:
        return f"a process cannot be isolated here: {error}"
    if outcome.stdout.strip() == "walled in":
        return ""
    said = outcome.stderr.strip().splitlines() or [f"bubblewrap ended with {outcome.returncode}"]
    return (
        f"a process cannot be isolated here ({said[-1]}): if it is namespaces that it lacks, allow them "
        "(sysctl kernel.unprivileged_userns_clone, user.max_user_namespaces; in a container a seccomp "
        "profile that permits them)"
    )


def filter_file(*, cuda: bool) -> IO[bytes]:
    """The outer filter, in a file without a name, to be read from its start."""
    file = tempfile.TemporaryFile()  # noqa: SIM115  # the caller closes it
    file.write(outer_program(cuda=cuda))
    file.flush()
    os.lseek(file.fileno(), 0, os.SEEK_SET)
    return file


def _system(*, cuda: bool) -> list[str]:
    # /proc read-only: of a worker that runs as root, /proc/sys would be the model's to write otherwise.
    arguments = ["--ro-bind", "/usr", "/usr", "--proc", "/proc", "--remount-ro", "/proc", "--dir", "/dev"]
    for name in ("lib", "lib64", "lib32"):
        folder = Path("/", name)
        if folder.is_symlink():
            arguments += ["--symlink", str(folder.readlink()), str(folder)]
        elif folder.is_dir():
            arguments += ["--ro-bind", str(folder), str(folder)]
    # How many cores and how large their caches are, for which libraries choose their kernels.
    arguments += ["--ro-bind-try", "/sys/devices/system/cpu", "/sys/devices/system/cpu"]
    if cuda:
        for path in ("/etc/ld.so.cache", "/sys/bus/pci/devices", "/sys/module/nvidia"):
            arguments += ["--ro-bind-try", path, path]
    return arguments


def _python() -> list[str]:
    """The interpreter and its environment where they are; within /usr they are there already."""
    folders = dict.fromkeys(
        (Path(sys.base_prefix), Path(sys.prefix), Path(sys.executable).resolve().parents[1])
    )
    return [
        word
        for folder in folders
        if not folder.is_relative_to("/usr")
        for word in ("--ro-bind", str(folder), str(folder))
    ]
