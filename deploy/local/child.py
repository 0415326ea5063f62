"""Start programs that end when we end, even when we are ended by SIGKILL."""

import contextlib
import ctypes
import os
import signal
import subprocess
import sys
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import IO, Any

PR_SET_PDEATHSIG = 1
_libc = ctypes.CDLL(None, use_errno=True) if sys.platform == "linux" else None


def spawn(
    command: Sequence[str | Path],
    *,
    output: IO[bytes] | int | None,
    last_signal: signal.Signals = signal.SIGTERM,
    environment: Mapping[str, str] | None = None,
    folder: Path | None = None,
    account: Mapping[str, Any] | None = None,
) -> "subprocess.Popen[bytes]":
    """Start `command` in a process group of its own, so that Ctrl-C in the terminal reaches only us.

    Args:
        output: file, `subprocess.PIPE`, or None for our own, for stdout and stderr together.
        last_signal: what the child gets when we die without stopping it (Linux only; elsewhere the next start
            ends what was left).
        account: `Account.spawn_arguments()`.
    """
    return subprocess.Popen(
        [str(part) for part in command],
        stdin=subprocess.DEVNULL,
        stdout=output,
        stderr=subprocess.STDOUT,
        cwd=folder,
        env=None if environment is None else dict(environment),
        start_new_session=True,
        # Runs after the change of account, which would clear the setting.
        preexec_fn=_die_with_parent(last_signal),
        **(account or {}),
    )


def _die_with_parent(last_signal: signal.Signals) -> Callable[[], None] | None:
    if _libc is None:
        return None
    prctl = _libc.prctl
    parent = os.getpid()

    def ask_the_kernel() -> None:
        prctl(PR_SET_PDEATHSIG, int(last_signal))
        if os.getppid() != parent:  # it died between fork and here
            os._exit(1)

    return ask_the_kernel


def stop(process: "subprocess.Popen[bytes]", *, first: signal.Signals | None, patience_s: float) -> None:
    """Ask with `first` (None: it was asked already), wait, then SIGKILL the whole process group.

    So it also ends the grandchildren that a crashed child left behind.
    """
    if process.poll() is None:
        if first is not None:
            process.send_signal(first)
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.wait(timeout=patience_s)
    kill_group(process.pid)
    process.wait()


def kill_group(leader: int) -> None:
    """SIGKILL every process of the group of `leader`; none left is fine."""
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(leader, signal.SIGKILL)
