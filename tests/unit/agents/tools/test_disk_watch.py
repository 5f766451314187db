"""A run that fills the disk is noticed, and not blamed for what others write."""

import os
from pathlib import Path

from agents.tools.disk_watch import DiskWatch
from agents.tools.limits import MIB, Limits

LIMITS = Limits(timeout=1, disk_bytes=8 * MIB, disk_files=300)


def test_much_in_one_place_is_noticed(tmp_path: Path) -> None:
    watch = DiskWatch([tmp_path], LIMITS)
    assert not watch.is_full(os.getpid())
    (tmp_path / "deep").mkdir()
    (tmp_path / "deep" / "big").write_bytes(os.urandom(16 * MIB))
    os.sync()
    assert watch.is_full(os.getpid())


def test_many_small_files_are_noticed(tmp_path: Path) -> None:
    watch = DiskWatch([tmp_path], LIMITS)
    for number in range(400):
        (tmp_path / str(number)).touch()
    assert watch.is_full(os.getpid())


def test_what_others_write_elsewhere_is_not_blamed_on_the_run(tmp_path: Path) -> None:
    own, other = tmp_path / "own", tmp_path / "other"
    own.mkdir()
    other.mkdir()
    watch = DiskWatch([own], LIMITS)
    (other / "big").write_bytes(os.urandom(16 * MIB))
    os.sync()
    assert not watch.is_full(os.getpid())


def test_old_files_do_not_count(tmp_path: Path) -> None:
    (tmp_path / "old").write_bytes(os.urandom(16 * MIB))
    os.utime(tmp_path / "old")
    watch = DiskWatch([tmp_path], LIMITS)
    assert not watch.is_full(os.getpid())
