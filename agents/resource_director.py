"""The Resource Director: decides what may run now.

So many tickets at a time as the settings say, over all processes that work on the repository;
each ticket in one process only; one merge at a time. A person's chat is served first, because
the model queue puts interactive requests in front. Tests take turns (`test_turns`).

What is held between processes is a lock on a file, which the operating system releases when
the process ends, however it ends.
"""

from __future__ import annotations

import asyncio
import os
from collections.abc import AsyncGenerator, Iterator
from contextlib import asynccontextmanager, contextmanager
from pathlib import Path
from typing import ClassVar

from filelock import FileLock, Timeout

from agents.base import AgentSession, Behavior, ConflictError, IAgent, Toolbox
from agents.progress import Progress, Report

_ELSEWHERE = "Another Tenon window or terminal {what}. Wait until it is done, or cancel it there."


class ResourceDirector(IAgent):
    """Admits tickets.

    `locks` is the folder of the repository's lock files, `parallel` how many tickets may run at
    a time.
    """

    agent_type: ClassVar[str] = "resource_director"

    def __init__(
        self, session: AgentSession, tools: Toolbox, locks: Path, parallel: int = 1
    ) -> None:
        super().__init__(session, tools)
        self.parallel = parallel
        self.test_turns = asyncio.Semaphore(max(1, (os.cpu_count() or 2) // 2))
        """Held by each run of tests, so that tickets side by side do not starve each other."""
        self._slots = asyncio.Semaphore(parallel)
        self._merge_turn = asyncio.Lock()
        self._locks = locks

    @property
    def behaviors(self) -> tuple[Behavior, ...]:
        """None: admission is a rule, not a matter for a model."""
        return ()

    @asynccontextmanager
    async def admit(self, ticket_id: str, report: Report) -> AsyncGenerator[None, None]:
        """Hold a slot and the ticket; wait for a slot if this process has them all.

        Raises ConflictError at once if other processes have them, or have the ticket.
        """
        if self._slots.locked():
            report(Progress("step", self.agent_type, "waiting for a ticket that runs now"))
            await self.log("decision", f"waits: {self._most()}", ticket_id)
        async with self._slots:
            with self.claim(ticket_id), self._slot():
                await self.log("decision", "admitted", ticket_id)
                yield

    @contextmanager
    def claim(self, ticket_id: str) -> Iterator[None]:
        """Hold a ticket. Raises ConflictError if it is held, here or in another process."""
        with self._held(ticket_id, "works on this ticket"):
            yield

    @asynccontextmanager
    async def merging(self) -> AsyncGenerator[None, None]:
        """Hold the right to move a branch of the person.

        Raises ConflictError at once if another process has it.
        """
        async with self._merge_turn:
            with self._held("merge", "merges a ticket of this repository"):
                yield

    @contextmanager
    def _slot(self) -> Iterator[None]:
        for number in range(self.parallel):
            try:
                held = self._acquired(f"slot-{number}")
            except Timeout:
                continue
            try:
                yield
            finally:
                held.release()
            return
        what = f"works on this repository, where {self._most()}"
        raise ConflictError(_ELSEWHERE.format(what=what))

    @contextmanager
    def _held(self, name: str, what: str) -> Iterator[None]:
        try:
            lock = self._acquired(name)
        except Timeout:
            raise ConflictError(_ELSEWHERE.format(what=what)) from None
        try:
            yield
        finally:
            lock.release()

    def _acquired(self, name: str) -> FileLock:
        self._locks.mkdir(parents=True, exist_ok=True)
        lock = FileLock(self._locks / f"{name}.lock", timeout=0)
        lock.acquire()
        return lock

    def _most(self) -> str:
        if self.parallel == 1:
            return "one ticket runs at a time"
        return f"{self.parallel} tickets run at a time"
