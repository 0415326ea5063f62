"""The filter of system calls around a model's process: a classic BPF program, made here, deny by default.

Two programs are laid over each other. The outer one is given to bubblewrap and still lets it start the
interpreter; the inner one, which the launcher lays over itself before it touches a model, takes `execve` and
any further filter away. The kernel applies the stricter answer of both.
"""

from __future__ import annotations

import ctypes
import errno
import platform
import struct
from dataclasses import dataclass
from typing import Final

from workers.sandbox.syscalls import AARCH64, ALLOWED, X86_64

_INSTRUCTION = struct.Struct("<HBBI")
_LOAD, _AND, _EQUAL, _AT_LEAST, _RETURN = 0x20, 0x54, 0x15, 0x35, 0x06
_NUMBER_AT, _MACHINE_AT, _ARGUMENTS_AT = 0, 4, 16  # offsets in struct seccomp_data

_ALLOW, _KILL = 0x7FFF0000, 0x80000000
_X32_CALLS: Final = 0x40000000  # x86-64's second numbering, which a list of numbers would miss

_CLONE_THREAD: Final = 0x00010000
_CLONE_NAMESPACES: Final = 0x7E020080
_PR_SET_NAME, _PR_GET_NAME, _PR_SET_SECCOMP, _PR_SET_NO_NEW_PRIVS = 15, 16, 22, 38
_PR_GET_DUMPABLE, _PR_GET_SECCOMP, _PR_SET_VMA = 3, 21, 0x53564D41
_PRCTL_ALWAYS: Final = (_PR_SET_NAME, _PR_GET_NAME, _PR_GET_DUMPABLE, _PR_GET_SECCOMP, _PR_SET_VMA)
# Is it a terminal, how wide, how much waits, and the flags of a descriptor.
_IOCTL_HARMLESS: Final = (0x5401, 0x5413, 0x541B, 0x5421, 0x5450, 0x5451)
_IOCTL_TYPES_INTO_TERMINALS: Final = (0x5412, 0x541C)
_SECCOMP_MODE_FILTER: Final = 2


class UnknownMachine(RuntimeError):
    """The numbers of this processor's system calls are not known here."""


@dataclass(frozen=True)
class Machine:
    """A processor's system calls, and the mark by which the kernel says that it is this one."""

    audit: int
    calls: dict[str, int]


_MACHINES: Final = {
    "x86_64": Machine(audit=0xC000003E, calls=X86_64),
    "aarch64": Machine(audit=0xC00000B7, calls=AARCH64),
}


def this_machine() -> Machine:
    """Raises: UnknownMachine."""
    try:
        return _MACHINES[platform.machine()]
    except KeyError:
        known = ", ".join(_MACHINES)
        raise UnknownMachine(
            f"no filter of system calls for {platform.machine()}, only for {known}"
        ) from None


def outer_program(*, cuda: bool) -> bytes:
    """For bubblewrap's `--seccomp`: everything allowed later, and starting a program."""
    return _program(this_machine(), cuda=cuda, may_start_programs=True)


def confine_further(*, cuda: bool) -> None:
    """Lay the inner filter over this process; it holds for every thread that is started later.

    To be called while there is one thread only, and for good: nothing takes it off again.

    Raises:
        OSError: the kernel refused.
    """
    program = _program(this_machine(), cuda=cuda, may_start_programs=False)
    code = ctypes.create_string_buffer(program, len(program))
    header = _FilterHeader(len(program) // _INSTRUCTION.size, ctypes.addressof(code))
    libc = ctypes.CDLL(None, use_errno=True)
    for arguments in (
        (_PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0),
        (_PR_SET_SECCOMP, _SECCOMP_MODE_FILTER, ctypes.byref(header), 0, 0),
    ):
        if libc.prctl(*arguments) != 0:
            raise OSError(ctypes.get_errno(), "the filter of system calls was refused")


class _FilterHeader(ctypes.Structure):
    _fields_ = [("length", ctypes.c_ushort), ("filter", ctypes.c_void_p)]


def _program(machine: Machine, *, cuda: bool, may_start_programs: bool) -> bytes:
    calls = machine.calls
    allowed = {calls[name] for name in ALLOWED if name in calls}
    prctl: tuple[int, ...] = _PRCTL_ALWAYS
    if may_start_programs:
        allowed |= {calls["execve"]}
        prctl = (*prctl, _PR_SET_SECCOMP, _PR_SET_NO_NEW_PRIVS)
    if cuda:  # the driver shares memory with itself so
        allowed |= {calls["memfd_create"]}
    code = [_load(_MACHINE_AT), _jump(_EQUAL, machine.audit, over=1), _answer(_KILL), _load(_NUMBER_AT)]
    if machine.calls is X86_64:
        code += [_skip_unless(_AT_LEAST, _X32_CALLS, 1), _deny(errno.EPERM)]
    for number in sorted(allowed):
        code += [_skip_unless(_EQUAL, number, 1), _answer(_ALLOW)]
    code += _when(calls["clone"], _threads_only())
    code += _when(calls["clone3"], [_deny(errno.ENOSYS)])  # its flags lie in memory; libc then uses clone
    for name in ("fork", "vfork"):
        if name in calls:
            code += _when(calls[name], [_deny(errno.EAGAIN)])
    code += _when(calls["prctl"], _argument_is_one_of(0, prctl))
    code += _when(
        calls["ioctl"], _all_ioctl_but_typing() if cuda else _argument_is_one_of(1, _IOCTL_HARMLESS)
    )
    code += [_deny(errno.EPERM)]
    return b"".join(code)


def _threads_only() -> list[bytes]:
    """A thread of this process, yes; another process, or one with namespaces: the limit is reached."""
    return [
        _load(_ARGUMENTS_AT),
        _INSTRUCTION.pack(_AND, 0, 0, _CLONE_THREAD | _CLONE_NAMESPACES),
        _skip_unless(_EQUAL, _CLONE_THREAD, 1),
        _answer(_ALLOW),
        _deny(errno.EAGAIN),
    ]


def _argument_is_one_of(index: int, values: tuple[int, ...]) -> list[bytes]:
    code = [_load(_ARGUMENTS_AT + 8 * index)]
    for value in values:
        code += [_skip_unless(_EQUAL, value, 1), _answer(_ALLOW)]
    return [*code, _deny(errno.EPERM)]


def _all_ioctl_but_typing() -> list[bytes]:
    code = [_load(_ARGUMENTS_AT + 8)]
    for value in _IOCTL_TYPES_INTO_TERMINALS:
        code += [_skip_unless(_EQUAL, value, 1), _deny(errno.EPERM)]
    return [*code, _answer(_ALLOW)]


def _when(number: int, then: list[bytes]) -> list[bytes]:
    """`then` must end in answers: it is never left."""
    return [_skip_unless(_EQUAL, number, len(then)), *then]


def _load(offset: int) -> bytes:
    return _INSTRUCTION.pack(_LOAD, 0, 0, offset)


def _jump(test: int, value: int, *, over: int) -> bytes:
    return _INSTRUCTION.pack(test, over, 0, value)


def _skip_unless(test: int, value: int, count: int) -> bytes:
    return _INSTRUCTION.pack(test, 0, count, value)


def _answer(action: int) -> bytes:
    return _INSTRUCTION.pack(_RETURN, 0, 0, action)


def _deny(error: int) -> bytes:
    return _answer(0x00050000 | error)
