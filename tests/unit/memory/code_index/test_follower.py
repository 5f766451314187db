"""What is saved, committed or switched to gets into the index without being asked for."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress

from agents.tools.repository_files import GitFiles
from memory.code_index.contract import IndexReport
from memory.code_index.follower import IndexFollower
from tests.unit.memory.code_index.conftest import Repository


class Followed:
    """A running follower, and the reports of its updates."""

    def __init__(self) -> None:
        self.reports: asyncio.Queue[IndexReport] = asyncio.Queue()
        self.failures: asyncio.Queue[Exception] = asyncio.Queue()


@asynccontextmanager
async def following(repository: Repository) -> AsyncIterator[tuple[IndexFollower, Followed]]:
    seen = Followed()
    follower = IndexFollower(
        repository.indexer(),
        await GitFiles(repository.root).history_files(),
        on_done=seen.reports.put_nowait,
        on_failure=seen.failures.put_nowait,
        quiet_seconds=0.05,
        look_seconds=0.05,
    )
    task = asyncio.create_task(follower.run())
    try:
        async with asyncio.timeout(30):
            yield follower, seen
    finally:
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task


async def test_saved_files_are_indexed_and_deleted_ones_leave(repository: Repository) -> None:
    async with following(repository) as (follower, seen):
        assert (await seen.reports.get()).written == 2
        repository.write("adder.py", "def multiply(a, b):\n    return a * b\n")
        (repository.root / "greeter.py").unlink()
        follower.note(["adder.py"])
        follower.note(["greeter.py"])
        report = await seen.reports.get()
    assert (report.written, report.removed) == (1, 1)
    assert await repository.paths() == {"adder.py"}


async def test_commits_and_branches_from_elsewhere_are_followed(repository: Repository) -> None:
    repository.git("switch", "-qc", "other")
    repository.write("extra.py", "def extra(): pass\n")
    repository.commit()
    async with following(repository) as (_follower, seen):
        await seen.reports.get()
        assert "extra.py" in await repository.paths()
        repository.git("switch", "-q", "main")
        while "extra.py" in await repository.paths():
            await seen.reports.get()


async def test_a_failure_is_told_and_the_next_change_is_indexed(repository: Repository) -> None:
    async with following(repository) as (follower, seen):
        await seen.reports.get()
        hidden = repository.root / ".git-hidden"
        (repository.root / ".git").rename(hidden)
        follower.note(["adder.py"])
        assert "Git" in str(await seen.failures.get())
        hidden.rename(repository.root / ".git")
        repository.write("adder.py", "def multiply(a, b):\n    return a * b\n")
        follower.note_everything()
        assert (await seen.reports.get()).written >= 1
