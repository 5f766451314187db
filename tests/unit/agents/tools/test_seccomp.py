"""The system-call filter is a sound program on every architecture that has one."""

import struct

import pytest

from agents.tools.seccomp import seccomp_program

ALLOW, ERRNO = 0x7FFF0000, 0x00050000
EPERM, ENOSYS, EAFNOSUPPORT = 1, 38, 97
X86_64, AARCH64, I386 = 0xC000003E, 0xC00000B7, 0x40000003


def verdict(program: bytes, architecture: int, number: int, *arguments: int) -> int:
    """What the kernel's interpreter would say to a call."""
    padded = [*arguments, *[0] * (6 - len(arguments))]
    data = struct.pack("=IIQ6Q", number, architecture, 0, *padded)
    instructions = list(struct.iter_unpack("=HBBI", program))
    place = value = 0
    while True:
        code, yes, no, operand = instructions[place]
        place += 1
        match code:
            case 0x20:
                (value,) = struct.unpack_from("=I", data, operand)
            case 0x15:
                place += yes if value == operand else no
            case 0x35:
                place += yes if value >= operand else no
            case 0x45:
                place += yes if value & operand else no
            case 0x06:
                return int(operand)


NUMBERS = {
    "x86_64": (X86_64, {"read": 0, "socket": 41, "clone": 56, "keyctl": 250, "ioctl": 16}),
    "aarch64": (AARCH64, {"read": 63, "socket": 198, "clone": 220, "keyctl": 219, "ioctl": 29}),
}


@pytest.fixture(params=NUMBERS)
def machine(request):
    return request.param


def test_ordinary_calls_pass(machine):
    program, (architecture, numbers) = seccomp_program(machine), NUMBERS[machine]
    assert verdict(program, architecture, numbers["read"], 0) == ALLOW
    for family in (1, 2, 10, 16):
        assert verdict(program, architecture, numbers["socket"], family, 1) == ALLOW
    assert verdict(program, architecture, numbers["clone"], 0x1200011) == ALLOW
    assert verdict(program, architecture, numbers["ioctl"], 0, 0x5401) == ALLOW


def test_calls_beside_the_namespaces_are_refused(machine):
    program, (architecture, numbers) = seccomp_program(machine), NUMBERS[machine]
    assert verdict(program, architecture, numbers["socket"], 40, 1) == ERRNO | EAFNOSUPPORT
    assert verdict(program, architecture, numbers["keyctl"], 0) == ERRNO | EPERM
    assert verdict(program, architecture, numbers["clone"], 0x10000011) == ERRNO | EPERM
    assert verdict(program, architecture, numbers["ioctl"], 0, 0x5412) == ERRNO | EPERM
    assert verdict(program, architecture, 425) == ERRNO | EPERM
    assert verdict(program, architecture, 435) == ERRNO | ENOSYS


def test_other_interfaces_of_the_kernel_are_no_way_round(machine):
    program = seccomp_program(machine)
    assert verdict(program, I386, 1) == ERRNO | ENOSYS
    if machine == "x86_64":
        assert verdict(program, X86_64, 0x40000000 + 41, 2) == ERRNO | ENOSYS


def test_machine_without_a_known_table_has_no_filter():
    assert seccomp_program("riscv64") == b""
