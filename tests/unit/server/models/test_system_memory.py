from pathlib import Path

import pytest

from server.models import system_memory

GIB = 1024**3


@pytest.fixture
def system(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A machine with 8 GiB free, without a container's limit."""
    (tmp_path / "meminfo").write_text(
        f"MemTotal: {16 * 1024**2} kB\nMemFree: 1 kB\nMemAvailable: {8 * 1024**2} kB\n"
    )
    monkeypatch.setattr(system_memory, "_MEMINFO", tmp_path / "meminfo")
    monkeypatch.setattr(system_memory, "_CGROUP", tmp_path)
    return tmp_path


def limit(system: Path, most: str) -> None:
    (system / "memory.max").write_text(f"{most}\n")
    (system / "memory.current").write_text(f"{3 * GIB}\n")
    (system / "memory.stat").write_text(f"anon {2 * GIB}\ninactive_file {GIB}\n")


def test_without_a_container_the_machine_counts(system: Path):
    assert system_memory.available_bytes() == 8 * GIB


def test_a_containers_limit_counts_where_it_is_smaller(system: Path):
    limit(system, str(4 * GIB))
    assert system_memory.available_bytes() == 2 * GIB


def test_a_container_without_a_limit_does_not_count(system: Path):
    limit(system, "max")
    assert system_memory.available_bytes() == 8 * GIB


def test_a_system_that_does_not_tell_refuses_nothing(system: Path):
    (system / "meminfo").unlink()
    assert system_memory.available_bytes() is None


def test_all_the_memory_is_the_machines_or_the_containers(system: Path):
    assert system_memory.total_bytes() == 16 * GIB
    limit(system, str(4 * GIB))
    assert system_memory.total_bytes() == 4 * GIB
    limit(system, "max")
    assert system_memory.total_bytes() == 16 * GIB


def test_this_machine_tells():
    available = system_memory.available_bytes()
    assert available is None or available > 0
