"""Each function loads a "model" that tries to reach something.

Launcher, walls and limits are those of any model. Behind the walls this is the folder
`/app/hostile`; nothing in here is imported by a test.
"""

import contextlib
import ctypes
import errno
import os
import resource
import signal
import socket
import sys
from pathlib import Path

from hostile.loading import at_prediction

from workers.contract import Reason
from workers.sandbox.reasons import ModelError


def _tells(attempt):
    """A model whose attempt answers in words, which come back as its failure."""

    def action(images):
        raise ModelError(Reason.MODEL_FAILED, f"found: {attempt()}")

    return at_prediction(action)


def _refused(call, *arguments):
    try:
        outcome = call(*arguments)
    except OSError as error:
        return errno.errorcode[error.errno or 0]
    return f"DONE {outcome!r}"


@_tells
def opens_sockets():
    kinds = [
        socket.AF_INET,
        socket.AF_INET6,
        socket.AF_UNIX,
        socket.AF_NETLINK,
        socket.AF_PACKET,
        socket.AF_VSOCK,
    ]
    return " ".join([_refused(socket.socket, kind) for kind in kinds] + [_refused(socket.socketpair)])


@_tells
def reads_environment():
    own = sorted(os.environ.items())
    others = []
    for process in Path("/proc").iterdir():
        if process.name.isdigit():
            for name in ("environ", "cmdline"):
                try:
                    others.append((process.name, (process / name).read_bytes()))
                except OSError as error:
                    others.append((process.name, errno.errorcode[error.errno]))
    return f"{own} {others}"


@_tells
def reads_files():
    """Everything that can be reached, by name: the caller looks for what must not be there."""
    seen = []
    programs = (
        "/usr",
        "/proc",
        "/app",
        "/sys/devices/system/cpu",
        sys.prefix,
        sys.base_prefix,
        sys.exec_prefix,
    )
    programs += tuple(str(Path(path).resolve()) for path in programs)
    for folder, below, files in os.walk("/"):
        if folder.startswith(programs):
            below.clear()
        else:
            seen += [f"{folder}/{name}" for name in files]
    own = []
    for descriptor in Path("/proc/self/fd").iterdir():
        with contextlib.suppress(FileNotFoundError):  # that of the listing itself
            own.append(str(descriptor.readlink()))
    return f"{sorted(seen)} {sorted(own)}"


def reads_paths(order):
    """Tries the paths that the config's settings name, which the test has put outside."""

    def predict(images, present, affine):
        found = [
            _refused(lambda p=path: Path(p).read_bytes()[:64])
            for path in order.config.normalisation_settings["paths"]
        ]
        # The same through the root of any process that is seen.
        found += [
            _refused(lambda p=path, n=n: Path(f"/proc/{n}/root{p}").read_bytes()[:64])
            for path in order.config.normalisation_settings["paths"]
            for n in (1, 2, "self")
        ]
        raise ModelError(Reason.MODEL_FAILED, f"found: {' '.join(found)}")

    return predict


@_tells
def writes_outside():
    """Files of the machine are opened for writing, and closed: no harm is done where a wall is missing."""
    new = ["/x", "/usr/x", "/app/x", "/app/workers/x", "/model/x", "/dev/x", f"{sys.prefix}/x", "/etc/x"]
    there = [
        "/model/weights",
        "/usr/bin/env",
        "/app/workers/contract.py",
        sys.executable,
        "/proc/self/uid_map",
    ]
    there += ["/proc/sysrq-trigger", "/proc/self/oom_score_adj", "/sys/devices/system/cpu/online"]
    there += [f"{folder}/{name}" for folder, _, names in os.walk("/proc/sys") for name in names]
    tries = [_refused(os.open, path, os.O_WRONLY | os.O_CREAT | os.O_EXCL) for path in new]
    tries += [f"{path}: DONE" for path in there if _refused(os.open, path, os.O_WRONLY).startswith("DONE")]
    tries += [_refused(os.chmod, path, 0o666) for path in ("/dev/null", "/model/weights")]
    tries += [_refused(os.utime, "/dev/null"), _refused(os.chown, "/dev/null", -1, -1)]
    return " ".join(tries)


@_tells
def asks_the_kernel():
    """System calls by number, past any library. −1 and the error, or what came of it."""
    libc = ctypes.CDLL(None, use_errno=True)
    numbers = {
        "ptrace": 101, "mount": 165, "umount2": 166, "keyctl": 250, "add_key": 248, "bpf": 321,
        "perf_event_open": 298, "userfaultfd": 323, "unshare": 272, "setns": 308, "kexec_load": 246,
        "process_vm_readv": 310, "io_uring_setup": 425, "memfd_create": 319, "pidfd_open": 434,
        "open_by_handle_at": 304, "init_module": 175, "setuid": 105, "chroot": 161, "pivot_root": 155,
        "execve": 59, "kill": 62, "socket": 41, "personality": 135, "seccomp": 317, "fsopen": 430,
        "x32_socket": 0x40000000 + 41, "landlock": 444, "mq_open": 240, "shmget": 29, "quotactl": 179,
        "reboot": 169,
    }  # fmt: skip
    answers = {}
    for name, number in numbers.items():
        answer = libc.syscall(number, 0, 0, 0, 0, 0)
        answers[name] = errno.errorcode[ctypes.get_errno()] if answer == -1 else f"DONE {answer}"
    print(answers)
    return (
        " ".join(sorted({f"{name}={answer}" for name, answer in answers.items() if answer != "EPERM"}))
        or "nothing"
    )


@_tells
def lifts_its_limits():
    names = ("RLIMIT_AS", "RLIMIT_FSIZE", "RLIMIT_NPROC")
    tries = []
    for name in names:
        try:
            resource.setrlimit(getattr(resource, name), (resource.RLIM_INFINITY, resource.RLIM_INFINITY))
            tries.append("DONE")
        except (ValueError, OSError):
            tries.append("refused")
    return " ".join([*tries, *(str(os.geteuid()), str(os.getegid()))])


def signals_others(order):
    return at_prediction(lambda images: os.kill(1, signal.SIGKILL))(order)
