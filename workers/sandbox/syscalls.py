"""Numbers of the system calls that a model's process may ask for, or asks for in vain.

From the kernel's headers (arch/x86/entry/syscalls/syscall_64.tbl, include/uapi/asm-generic/unistd.h), where
they never change. A call that a machine does not have (AArch64 has no `open`) is absent from its table.
"""

from __future__ import annotations

from typing import Final

# What numpy, torch and onnxruntime need to compute, and nothing that reaches another process, the network,
# the kernel's configuration or another user: whatever is not named here is denied. No `chmod`, `chown` or
# `utimensat`: of a worker that runs as root, the device nodes bound from outside are the model's own files.
# fmt: off
ALLOWED: Final = frozenset((
    "brk", "mmap", "munmap", "mremap", "mprotect", "madvise", "mincore", "msync", "mlock", "munlock",
    "mbind", "set_mempolicy", "get_mempolicy", "membarrier", "read", "write", "readv", "writev",
    "pread64", "pwrite64", "preadv", "pwritev", "preadv2", "pwritev2", "lseek", "close", "close_range",
    "open", "openat", "openat2", "creat", "stat", "fstat", "lstat", "newfstatat", "statx", "access",
    "faccessat", "faccessat2", "readlink", "readlinkat", "getcwd", "chdir", "fchdir", "getdents64",
    "getdents", "fcntl", "flock", "fsync", "fdatasync", "ftruncate", "truncate", "fallocate",
    "fadvise64", "statfs", "fstatfs", "dup", "dup2", "dup3", "pipe", "pipe2", "sendfile",
    "copy_file_range", "mkdir", "mkdirat", "rmdir", "rename", "renameat", "renameat2", "unlink",
    "unlinkat", "link", "linkat", "symlink", "symlinkat", "umask", "poll", "ppoll", "select",
    "pselect6", "epoll_create", "epoll_create1", "epoll_ctl", "epoll_wait", "epoll_pwait",
    "epoll_pwait2", "eventfd", "eventfd2", "futex", "futex_waitv", "nanosleep", "clock_nanosleep",
    "restart_syscall", "timerfd_create", "timerfd_settime", "timerfd_gettime", "clock_gettime",
    "clock_getres", "gettimeofday", "time", "times", "getrandom", "rt_sigaction", "rt_sigprocmask",
    "rt_sigreturn", "rt_sigpending", "rt_sigsuspend", "rt_sigtimedwait", "sigaltstack", "tgkill",
    "alarm", "setitimer", "getitimer", "pause", "set_tid_address", "set_robust_list", "get_robust_list",
    "rseq", "gettid", "getpid", "getppid", "getpgid", "getpgrp", "getsid", "getuid", "geteuid",
    "getgid", "getegid", "getresuid", "getresgid", "getgroups", "sched_yield", "sched_getaffinity",
    "sched_setaffinity", "sched_getparam", "sched_getscheduler", "sched_get_priority_max",
    "sched_get_priority_min", "getpriority", "getcpu", "getrusage", "getrlimit", "prlimit64",
    "setrlimit", "sysinfo", "uname", "arch_prctl", "wait4", "waitid", "exit", "exit_group", "capget",
))

X86_64: Final[dict[str, int]] = {
    # Memory
    "brk": 12, "mmap": 9, "munmap": 11, "mremap": 25, "mprotect": 10, "madvise": 28, "mincore": 27, "msync":
    26, "mlock": 149, "munlock": 150, "mbind": 237, "set_mempolicy": 238, "get_mempolicy": 239,
    "membarrier": 324,
    # Files that are open, or lie within what is bound
    "read": 0, "write": 1, "readv": 19, "writev": 20, "pread64": 17, "pwrite64": 18, "preadv": 295,
    "pwritev": 296, "preadv2": 327, "pwritev2": 328, "lseek": 8, "close": 3, "close_range": 436, "open": 2,
    "openat": 257, "openat2": 437, "creat": 85, "stat": 4, "fstat": 5, "lstat": 6, "newfstatat": 262,
    "statx": 332, "access": 21, "faccessat": 269, "faccessat2": 439, "readlink": 89, "readlinkat": 267,
    "getcwd": 79, "chdir": 80, "fchdir": 81, "getdents64": 217, "getdents": 78, "fcntl": 72, "flock": 73,
    "fsync": 74, "fdatasync": 75, "ftruncate": 77, "truncate": 76, "fallocate": 285, "fadvise64": 221,
    "statfs": 137, "fstatfs": 138, "dup": 32, "dup2": 33, "dup3": 292, "pipe": 22, "pipe2": 293, "sendfile":
    40, "copy_file_range": 326, "mkdir": 83, "mkdirat": 258, "rmdir": 84, "rename": 82, "renameat": 264,
    "renameat2": 316, "unlink": 87, "unlinkat": 263, "link": 86, "linkat": 265, "symlink": 88, "symlinkat":
    266,     "umask": 95,      # Waiting
    "poll": 7, "ppoll": 271, "select": 23, "pselect6": 270, "epoll_create": 213, "epoll_create1": 291,
    "epoll_ctl": 233, "epoll_wait": 232, "epoll_pwait": 281, "epoll_pwait2": 441, "eventfd": 284,
    "eventfd2": 290, "futex": 202, "futex_waitv": 449, "nanosleep": 35, "clock_nanosleep": 230,
    "restart_syscall": 219, "timerfd_create": 283, "timerfd_settime": 286, "timerfd_gettime": 287,
    # Time and chance
    "clock_gettime": 228, "clock_getres": 229, "gettimeofday": 96, "time": 201, "times": 100, "getrandom":
    318,
    # Signals within the process
    "rt_sigaction": 13, "rt_sigprocmask": 14, "rt_sigreturn": 15, "rt_sigpending": 127, "rt_sigsuspend":
    130, "rt_sigtimedwait": 128, "sigaltstack": 131, "tgkill": 234, "alarm": 37, "setitimer": 38,
    "getitimer": 36, "pause": 34,
    # Threads, and what a process may know of itself
    "set_tid_address": 218, "set_robust_list": 273, "get_robust_list": 274, "rseq": 334, "gettid": 186,
    "getpid": 39, "getppid": 110, "getpgid": 121, "getpgrp": 111, "getsid": 124, "getuid": 102, "geteuid":
    107, "getgid": 104, "getegid": 108, "getresuid": 118, "getresgid": 120, "getgroups": 115, "sched_yield":
    24, "sched_getaffinity": 204, "sched_setaffinity": 203, "sched_getparam": 143, "sched_getscheduler":
    145, "sched_get_priority_max": 146, "sched_get_priority_min": 147, "getpriority": 140, "getcpu": 309,
    "getrusage": 98, "getrlimit": 97, "prlimit64": 302, "setrlimit": 160, "sysinfo": 99, "uname": 63,
    "arch_prctl": 158, "wait4": 61, "waitid": 247, "exit": 60, "exit_group": 231, "capget": 125,
    # Denied, or looked at closely
    "clone": 56, "clone3": 435, "prctl": 157, "ioctl": 16, "execve": 59, "execveat": 322, "fork": 57,
    "vfork": 58, "memfd_create": 319,
}

AARCH64: Final[dict[str, int]] = {
    # Memory
    "brk": 214, "mmap": 222, "munmap": 215, "mremap": 216, "mprotect": 226, "madvise": 233, "mincore": 232,
    "msync": 227, "mlock": 228, "munlock": 229, "mbind": 235, "set_mempolicy": 237, "get_mempolicy": 236,
    "membarrier": 283,
    # Files that are open, or lie within what is bound
    "read": 63, "write": 64, "readv": 65, "writev": 66, "pread64": 67, "pwrite64": 68, "preadv": 69,
    "pwritev": 70, "preadv2": 286, "pwritev2": 287, "lseek": 62, "close": 57, "close_range": 436, "openat":
    56, "openat2": 437, "fstat": 80, "newfstatat": 79, "statx": 291, "faccessat": 48, "faccessat2": 439,
    "readlinkat": 78, "getcwd": 17, "chdir": 49, "fchdir": 50, "getdents64": 61, "fcntl": 25, "flock": 32,
    "fsync": 82, "fdatasync": 83, "ftruncate": 46, "truncate": 45, "fallocate": 47, "fadvise64": 223,
    "statfs": 43, "fstatfs": 44, "dup": 23, "dup3": 24, "pipe2": 59, "sendfile": 71, "copy_file_range": 285,
    "mkdirat": 34, "renameat": 38, "renameat2": 276, "unlinkat": 35, "linkat": 37, "symlinkat": 36,
       "umask": 166,      # Waiting
    "ppoll": 73, "pselect6": 72, "epoll_create1": 20, "epoll_ctl": 21, "epoll_pwait": 22, "epoll_pwait2":
    441, "eventfd2": 19, "futex": 98, "futex_waitv": 449, "nanosleep": 101, "clock_nanosleep": 115,
    "restart_syscall": 128, "timerfd_create": 85, "timerfd_settime": 86, "timerfd_gettime": 87,
    # Time and chance
    "clock_gettime": 113, "clock_getres": 114, "gettimeofday": 169, "times": 153, "getrandom": 278,
    # Signals within the process
    "rt_sigaction": 134, "rt_sigprocmask": 135, "rt_sigreturn": 139, "rt_sigpending": 136, "rt_sigsuspend":
    133, "rt_sigtimedwait": 137, "sigaltstack": 132, "tgkill": 131, "setitimer": 103, "getitimer": 102,
    # Threads, and what a process may know of itself
    "set_tid_address": 96, "set_robust_list": 99, "get_robust_list": 100, "rseq": 293, "gettid": 178,
    "getpid": 172, "getppid": 173, "getpgid": 155, "getsid": 156, "getuid": 174, "geteuid": 175, "getgid":
    176, "getegid": 177, "getresuid": 148, "getresgid": 150, "getgroups": 158, "sched_yield": 124,
    "sched_getaffinity": 123, "sched_setaffinity": 122, "sched_getparam": 121, "sched_getscheduler": 120,
    "sched_get_priority_max": 125, "sched_get_priority_min": 126, "getpriority": 141, "getcpu": 168,
    "getrusage": 165, "prlimit64": 261, "sysinfo": 179, "uname": 160, "wait4": 260, "waitid": 95, "exit":
    93, "exit_group": 94, "capget": 90,
    # Denied, or looked at closely
    "clone": 220, "prctl": 167, "ioctl": 29, "execve": 221, "execveat": 281, "memfd_create": 279,
}
# fmt: on
