"""How much memory a model may take on this machine."""

from __future__ import annotations

from pathlib import Path

_MEMINFO = Path("/proc/meminfo")
_CGROUP = Path("/sys/fs/cgroup")


def available_bytes() -> int | None:
    """Memory that can be taken without swapping; None where the system does not tell.

    The smaller of the machine's free memory and what the container's limit leaves.
    """
    known = [value for value in (_machine_available(), _container_available()) if value is not None]
    return min(known, default=None)


def total_bytes() -> int | None:
    """All the memory of the machine, or of the container where that has less."""
    known = [value for value in (_meminfo("MemTotal:"), _container_limit()) if value is not None]
    return min(known, default=None)


def _machine_available() -> int | None:
    return _meminfo("MemAvailable:")


def _meminfo(name: str) -> int | None:
    try:
        lines = _MEMINFO.read_text(encoding="ascii").splitlines()
    except OSError:
        return None
    kibibytes = [line.split()[1] for line in lines if line.startswith(name)]
    return int(kibibytes[0]) * 1024 if kibibytes else None


def _container_limit() -> int | None:
    try:
        limit = (_CGROUP / "memory.max").read_text(encoding="ascii").strip()
    except OSError:
        return None
    return None if limit == "max" else int(limit)


def _container_available() -> int | None:
    """What a cgroup v2 limit leaves, counting page cache that can be dropped as free."""
    try:
        limit = (_CGROUP / "memory.max").read_text(encoding="ascii").strip()
        used = int((_CGROUP / "memory.current").read_text(encoding="ascii"))
        stat = (_CGROUP / "memory.stat").read_text(encoding="ascii").splitlines()
    except (OSError, ValueError):
        return None
    if limit == "max":
        return None
    cache = sum(int(line.split()[1]) for line in stat if line.startswith("inactive_file "))
    return max(int(limit) - used + cache, 0)


def process_memory(pid: int) -> int:
    """Bytes that would be free again without the process; 0 where the system does not tell.

    Pages of a mapped model file count once, although other processes may map it as well.
    """
    try:
        lines = Path(f"/proc/{pid}/smaps_rollup").read_text(encoding="ascii").splitlines()
    except OSError:
        return 0
    return sum(int(line.split()[1]) * 1024 for line in lines if line.startswith("Pss:"))
