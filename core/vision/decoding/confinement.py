"""Confines the decoder's process: no files, no network, no other processes. Imports nothing of Omokage.

Landlock (Linux 5.13; TCP from 6.7, signals from 6.12) and a seccomp filter that lets through what reading, writing,
memory and time need. Both ask for no privilege and last until the process ends. Elsewhere nothing is taken away, and
`attempts` says so. Straight to the kernel, because no library does it: those for seccomp have had no release since 2021
or bring C code of their own, and those for Landlock are younger than a year and do half of it.
"""

from __future__ import annotations

import ctypes
import os
import platform
import socket
import sys
from collections.abc import Callable, Mapping

_PR_SET_SECCOMP, _PR_SET_NO_NEW_PRIVS = 22, 38
_SECCOMP_MODE_FILTER = 2
_DENY = 0x00050000 | 1  # SECCOMP_RET_ERRNO with EPERM, which Python raises as PermissionError
_ALLOW = 0x7FFF0000
_LOAD, _JUMP_IF_EQUAL, _RETURN = 0x20, 0x15, 0x06  # of BPF
_LANDLOCK_CREATE, _LANDLOCK_RESTRICT = 444, 446  # the same on every processor

# What a process needs that reads, decodes and writes; by the kernel's number on each processor.
_ALLOWED: Mapping[str, tuple[int, Mapping[str, int]]] = {
    "x86_64": (
        0xC000003E,
        {
            "read": 0, "write": 1, "close": 3, "lseek": 8, "mmap": 9, "mprotect": 10, "munmap": 11, "brk": 12,
            "rt_sigaction": 13, "rt_sigprocmask": 14, "rt_sigreturn": 15, "writev": 20, "sched_yield": 24,
            "mremap": 25, "madvise": 28, "alarm": 37, "setitimer": 38, "exit": 60, "gettimeofday": 96,
            "sigaltstack": 131, "futex": 202, "restart_syscall": 219, "clock_gettime": 228, "clock_nanosleep": 230,
            "exit_group": 231, "getrandom": 318,
        },
    ),
    "aarch64": (
        0xC00000B7,
        {
            "close": 57, "lseek": 62, "read": 63, "write": 64, "writev": 66, "exit": 93, "exit_group": 94, "futex": 98,
            "setitimer": 103, "clock_gettime": 113, "clock_nanosleep": 115, "sched_yield": 124, "restart_syscall": 128,
            "sigaltstack": 132, "rt_sigaction": 134, "rt_sigprocmask": 135, "rt_sigreturn": 139, "gettimeofday": 169,
            "brk": 214, "munmap": 215, "mremap": 216, "mmap": 222, "mprotect": 226, "madvise": 233, "getrandom": 278,
        },
    ),
}  # fmt: skip


class _Instruction(ctypes.Structure):
    _fields_ = (("code", ctypes.c_uint16), ("jt", ctypes.c_uint8), ("jf", ctypes.c_uint8), ("k", ctypes.c_uint32))


class _Program(ctypes.Structure):
    _fields_ = (("length", ctypes.c_uint16), ("instructions", ctypes.POINTER(_Instruction)))


class _Ruleset(ctypes.Structure):
    """The Landlock ruleset: all that it lists is refused, since no rule allows anything."""

    _fields_ = (("files", ctypes.c_uint64), ("tcp", ctypes.c_uint64), ("scoped", ctypes.c_uint64))


def confine() -> None:
    """Take away what the system can; call it when everything has been imported."""
    if sys.platform != "linux":
        return
    libc = ctypes.CDLL(None, use_errno=True)
    if libc.prctl(_PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0:
        _landlock(libc)
        _seccomp(libc)


def attempts() -> dict[str, bool]:
    """Try what a decoder must not do, and return what the system allows. Only for the decoder's own process."""
    actions: dict[str, Callable[[], object]] = {
        "read a file": lambda: os.open(__file__, os.O_RDONLY),
        "write a file": lambda: os.open("/tmp", os.O_TMPFILE | os.O_WRONLY) if sys.platform == "linux" else 0,  # noqa: S108
        "read its parent's environment": lambda: os.open(f"/proc/{os.getppid()}/environ", os.O_RDONLY),
        "open a connection": lambda: socket.socket().connect(("127.0.0.1", 9)),
        "signal its parent": lambda: os.kill(os.getppid(), 0),
        "start a process": _start_process,
        "run a program": _run_program,
    }
    return {name: _is_allowed(attempt) for name, attempt in actions.items()}


def _is_allowed(attempt: Callable[[], object]) -> bool:
    try:
        attempt()
    except PermissionError:
        return False
    except OSError:  # what was refused was the file, not the attempt
        return True
    return True


def _start_process() -> None:
    child = os.fork()
    if child == 0:
        os._exit(0)
    os.waitpid(child, 0)


def _run_program() -> None:
    child = os.fork()
    if child == 0:
        try:
            os.execv(sys.executable, [sys.executable, "-I", "-S", "-c", ""])  # noqa: S606 - ours
        finally:
            os._exit(1)
    if os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]):
        raise PermissionError


def _landlock(libc: ctypes.CDLL) -> bool:
    version = libc.syscall(_LANDLOCK_CREATE, None, ctypes.c_size_t(0), 1)
    if version < 1:
        return False
    files = (1 << (13 + (version >= 2) + (version >= 3) + (version >= 5))) - 1
    ruleset = _Ruleset(files, 3 if version >= 4 else 0, 3 if version >= 6 else 0)
    size = 8 * (1 + (version >= 4) + (version >= 6))  # an older kernel takes no longer one
    descriptor = libc.syscall(_LANDLOCK_CREATE, ctypes.byref(ruleset), ctypes.c_size_t(size), 0)
    if descriptor < 0:
        return False
    try:
        return bool(libc.syscall(_LANDLOCK_RESTRICT, descriptor, 0) == 0)
    finally:
        os.close(descriptor)


def _seccomp(libc: ctypes.CDLL) -> bool:
    machine = platform.machine()
    if machine not in _ALLOWED or ctypes.sizeof(ctypes.c_void_p) != 8:
        return False
    instructions = _instructions(*_ALLOWED[machine])
    program = _Program(len(instructions), (_Instruction * len(instructions))(*instructions))
    return bool(libc.prctl(_PR_SET_SECCOMP, _SECCOMP_MODE_FILTER, ctypes.byref(program), 0, 0) == 0)


def _instructions(architecture: int, allowed: Mapping[str, int]) -> list[_Instruction]:
    """Of BPF: calls of another architecture and those that are not listed are refused."""
    count = len(allowed)
    return [
        _Instruction(_LOAD, 0, 0, 4),
        _Instruction(_JUMP_IF_EQUAL, 0, count + 1, architecture),
        _Instruction(_LOAD, 0, 0, 0),
        *(_Instruction(_JUMP_IF_EQUAL, count - i, 0, number) for i, number in enumerate(allowed.values())),
        _Instruction(_RETURN, 0, 0, _DENY),
        _Instruction(_RETURN, 0, 0, _ALLOW),
    ]
