"""What this machine's processor can do, as far as Linux tells."""

from __future__ import annotations

import platform
from pathlib import Path

_CPU_INFO = Path("/proc/cpuinfo")


def require_avx2(cpu_info: Path = _CPU_INFO) -> None:
    """Raise RuntimeError on an x86 processor without AVX2.

    Lance's wheels are compiled for it: importing them elsewhere ends the process by SIGILL,
    which nothing can catch.
    """
    if platform.machine() not in ("x86_64", "AMD64"):
        return
    if "flags" in _flags(cpu_info) and not has_avx2(cpu_info):
        raise RuntimeError("this processor has no AVX2, which LanceDB needs")


def has_avx2(cpu_info: Path = _CPU_INFO) -> bool:
    """Whether it has vectors of 256 bits for whole numbers."""
    return " avx2" in _flags(cpu_info)


def has_vnni(cpu_info: Path = _CPU_INFO) -> bool:
    """Whether it multiplies 8-bit numbers four at a time (AVX-512 VNNI or AVX-VNNI)."""
    flags = _flags(cpu_info)
    return "avx512_vnni" in flags or "avx_vnni" in flags


def _flags(cpu_info: Path) -> str:
    """Empty where it is not Linux."""
    try:
        return cpu_info.read_text(encoding="ascii", errors="replace")
    except OSError:
        return ""
