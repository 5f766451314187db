"""The system-call filter of the sandbox (seccomp-BPF, Linux seccomp(2)).

Namespaces do not separate everything. The filter refuses what lies beside them: sockets that no
network namespace holds (a virtual machine's AF_VSOCK reaches its host), the kernel's key rings,
new user namespaces (which would bring the right to mount), and calls that no test needs and that
faults of the kernel are reached by.
"""

from __future__ import annotations

import ctypes
import errno
import os
import platform
import struct
from collections.abc import Sequence
from dataclasses import dataclass

_ALLOW = 0x7FFF0000
_ERRNO = 0x00050000
_LOAD, _IF_EQUAL, _IF_AT_LEAST, _IF_SET, _RETURN = 0x20, 0x15, 0x35, 0x45, 0x06
"""BPF: load a word of the call's data; jump on ==, >= and on common bits; end with a verdict."""
_NUMBER, _ARCHITECTURE, _ARGUMENTS = 0, 4, 16
"""Offsets in ``struct seccomp_data``; arguments have 8 bytes, of which the low 4 are read."""

_FAMILIES = (1, 2, 10, 16)
"""AF_UNIX, AF_INET, AF_INET6 and AF_NETLINK, which the network namespace holds."""
_NEW_USER_NAMESPACE = 0x10000000
_TYPE_INTO_TERMINAL = (0x5412, 0x541C)
"""TIOCSTI and TIOCLINUX."""
_SAME_EVERYWHERE = (
    *(425, 426, 427),  # io_uring_*: opens sockets past this filter
    *(428, 429, 430, 431, 432, 433, 442),  # the newer calls to mount
)
_NO_NEW_PRIVILEGES, _SET_SECCOMP, _FILTER_MODE = 38, 22, 2
"""Of prctl(2)."""
_CLONE3 = 435
"""Its flags lie in memory that a filter cannot read; libraries fall back to clone on ENOSYS."""


@dataclass(frozen=True)
class _Machine:
    """Numbers of one processor architecture (Linux, asm/unistd.h)."""

    audit: int
    """AUDIT_ARCH_*."""
    socket: int
    clone: int
    unshare: int
    ioctl: int
    refused: tuple[int, ...]
    """add_key, request_key, keyctl, mount, umount2, pivot_root, setns, bpf, perf_event_open,
    userfaultfd, kexec_load, kexec_file_load, init_module, finit_module, delete_module, reboot,
    swapon, swapoff, acct, quotactl, open_by_handle_at."""
    first_foreign: int | None = None
    """Numbers from here on belong to another interface of the same kernel (x32)."""


_MACHINES = {
    "x86_64": _Machine(
        *(0xC000003E, 41, 56, 272, 16),
        (
            *(248, 249, 250, 165, 166, 155, 308, 321, 298, 323, 246),
            *(320, 175, 313, 176, 169, 167, 168, 163, 179, 304),
        ),
        0x40000000,
    ),
    "aarch64": _Machine(
        *(0xC00000B7, 198, 220, 97, 29),
        (
            *(217, 218, 219, 40, 39, 41, 268, 280, 241, 282, 104),
            *(294, 105, 273, 106, 142, 224, 225, 89, 60, 265),
        ),
    ),
}

Instruction = tuple[int, int, int, int]
"""Code, jump if true, jump if false (both in instructions to skip), operand."""


def seccomp_program(machine: str = platform.machine()) -> bytes:
    """The filter as an array of ``struct sock_filter``; empty for an unknown `machine`."""
    numbers = _MACHINES.get(machine)
    if numbers is None:
        return b""
    program: list[Instruction] = [
        (_LOAD, 0, 0, _ARCHITECTURE),
        (_IF_EQUAL, 1, 0, numbers.audit),
        _verdict(errno.ENOSYS),
        (_LOAD, 0, 0, _NUMBER),
    ]
    if numbers.first_foreign is not None:
        program += [(_IF_AT_LEAST, 0, 1, numbers.first_foreign), _verdict(errno.ENOSYS)]
    for number in (*numbers.refused, *_SAME_EVERYWHERE):
        program += _when(number, [_verdict(errno.EPERM)])
    program += _when(_CLONE3, [_verdict(errno.ENOSYS)])
    program += _when(numbers.socket, _unless_equal(_FAMILIES, errno.EAFNOSUPPORT))
    program += _when(numbers.ioctl, _if_equal(_TYPE_INTO_TERMINAL))
    for number in (numbers.clone, numbers.unshare):
        program += _when(number, _if_set(_NEW_USER_NAMESPACE))
    program.append((_RETURN, 0, 0, _ALLOW))
    return b"".join(struct.pack("=HBBI", *instruction) for instruction in program)


def refuse_calls() -> None:
    """Put the filter in force for this process and its children, for good.

    They gain no privileges by set-user-id programs any more. Raises OSError.
    """
    program = seccomp_program()
    if not program:
        return
    instructions = ctypes.create_string_buffer(program, len(program))
    count = len(program) // struct.calcsize("=HBBI")
    description = struct.pack("@HP", count, ctypes.addressof(instructions))
    libc = ctypes.CDLL(None, use_errno=True)
    for operation in (
        (_NO_NEW_PRIVILEGES, 1, 0, 0, 0),
        (_SET_SECCOMP, _FILTER_MODE, description, 0, 0),
    ):
        if libc.prctl(*operation):
            raise OSError(ctypes.get_errno(), os.strerror(ctypes.get_errno()))


def _verdict(error: int) -> Instruction:
    return (_RETURN, 0, 0, _ERRNO | error)


def _when(number: int, then: Sequence[Instruction]) -> list[Instruction]:
    """`then`, which has to end in a verdict, for the call with this number."""
    return [(_IF_EQUAL, 0, len(then), number), *then]


def _unless_equal(values: Sequence[int], error: int) -> list[Instruction]:
    """Refuse the call unless its first argument is one of `values`."""
    tests = [(_IF_EQUAL, len(values) - place, 0, value) for place, value in enumerate(values)]
    return [_argument(0), *tests, _verdict(error), (_RETURN, 0, 0, _ALLOW)]


def _if_equal(values: Sequence[int]) -> list[Instruction]:
    """Refuse the call if its second argument is one of `values`."""
    tests = [(_IF_EQUAL, len(values) - place, 0, value) for place, value in enumerate(values)]
    return [_argument(1), *tests, (_RETURN, 0, 0, _ALLOW), _verdict(errno.EPERM)]


def _if_set(bits: int) -> list[Instruction]:
    """Refuse the call if its first argument has any of `bits`."""
    return [
        _argument(0),
        (_IF_SET, 0, 1, bits),
        _verdict(errno.EPERM),
        (_RETURN, 0, 0, _ALLOW),
    ]


def _argument(place: int) -> Instruction:
    return (_LOAD, 0, 0, _ARGUMENTS + 8 * place)
