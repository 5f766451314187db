"""Whether LanceDB's native part can run here at all."""

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
    try:
        flags = cpu_info.read_text(encoding="ascii", errors="replace")
    except OSError:
        return  # not Linux: nothing is known
    if "flags" in flags and " avx2" not in flags:
        raise RuntimeError("this processor has no AVX2, which LanceDB needs")
