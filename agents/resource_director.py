"""The Resource Director: decides what may run now.

First form: one pair at a time in this process, and one process at a time per repository. A
person's chat is served first, because the model queue puts interactive requests in front.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Iterator
from contextlib import asynccontextmanager, contextmanager
from pathlib import Path
from typing import ClassVar

from filelock import FileLock, Timeout

from agents.base import AgentSession, Behavior, ConflictError, IAgent, Toolbox
from agents.progress import Progress, Report


class ResourceDirector(IAgent):
    """Admits one ticket at a time."""

    agent_type: ClassVar[str] = "resource_director"

    def __init__(self, session: AgentSession, tools: Toolbox, lock_file: Path) -> None:
        super().__init__(session, tools)
        self._slot = asyncio.Lock()
        self._lock_file = lock_file

    @property
    def behaviors(self) -> tuple[Behavior, ...]:
        """None: admission is a rule, not a matter for a model."""
        return ()

    @asynccontextmanager
    async def admit(self, ticket_id: str, report: Report) -> AsyncGenerator[None, None]:
        """Hold the only slot for a ticket; wait for it if this process has it.

        Raises ConflictError at once if another process works on the repository.
        """
        if self._slot.locked():
            report(Progress("step", self.agent_type, "waiting for the ticket that runs now"))
            await self.log("decision", "waits: one ticket runs at a time", ticket_id)
        async with self._slot:
            with self.exclusive():
                await self.log("decision", "admitted", ticket_id)
                yield

    @contextmanager
    def exclusive(self) -> Iterator[None]:
        """Hold the repository's lock between processes; it goes when the process ends."""
        self._lock_file.parent.mkdir(parents=True, exist_ok=True)
        lock = FileLock(self._lock_file, timeout=0)
        try:
            lock.acquire()
        except Timeout:
            raise ConflictError(
                "Another Tenon window or terminal works on a ticket of this repository. Wait "
                "until it is done, or cancel it there."
            ) from None
        try:
            yield
        finally:
            lock.release()
