"""What every agent is: `IAgent`, its lifecycle, and behaviours that agents are composed of."""

from __future__ import annotations

import asyncio
from abc import ABC, abstractmethod
from collections.abc import AsyncGenerator, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, ClassVar, Literal, Protocol

from agents.bus import Activity, AgentMessage, AgentStateChanged, Bus
from agents.errors import (
    ConflictError,
    GitRefusedError,
    InvalidStateError,
    NotFoundError,
    NotReadyError,
    TeamError,
)
from agents.inference import LanguageModel
from agents.languages.contract import Language
from agents.languages.python import PYTHON
from agents.prompting import render
from agents.working_set import note_progress
from memory.manager import MemoryManager
from memory.records import AgentLogEntry, new_id

__all__ = [
    "AgentSession",
    "AgentState",
    "Behavior",
    "ConflictError",
    "GitRefusedError",
    "IAgent",
    "InvalidStateError",
    "LogKind",
    "NotFoundError",
    "NotReadyError",
    "TeamError",
    "Toolbox",
]

LogKind = Literal["message", "step", "decision", "generation", "error"]


class AgentState(StrEnum):
    """An agent's lifecycle."""

    CREATED = "created"
    IDLE = "idle"
    WORKING = "working"
    WAITING = "waiting"
    STOPPED = "stopped"
    FAILED = "failed"


_NEXT: dict[AgentState, frozenset[AgentState]] = {
    AgentState.CREATED: frozenset({AgentState.IDLE, AgentState.STOPPED}),
    AgentState.IDLE: frozenset({AgentState.WORKING, AgentState.STOPPED}),
    AgentState.WORKING: frozenset(
        {AgentState.IDLE, AgentState.WAITING, AgentState.FAILED, AgentState.STOPPED}
    ),
    AgentState.WAITING: frozenset({AgentState.WORKING, AgentState.IDLE, AgentState.STOPPED}),
    AgentState.FAILED: frozenset({AgentState.IDLE, AgentState.STOPPED}),
    AgentState.STOPPED: frozenset(),
}


@dataclass(frozen=True)
class AgentSession:
    """What an agent works for: one repository, one conversation."""

    repository: str
    session_id: str = ""


@dataclass
class Toolbox:
    """What the team shares: models, memory and the bus."""

    models: LanguageModel
    memory: MemoryManager
    bus: Bus


class Behavior(Protocol):
    """One thing that an agent can do. Behaviours hold no state between calls."""

    name: str


class IAgent(ABC):
    """An agent of the team.

    Subclasses set `agent_type` and compose behaviours; they do their work inside `working()`,
    one piece at a time.
    """

    agent_type: ClassVar[str]

    def __init__(self, session: AgentSession, tools: Toolbox) -> None:
        self.session = session
        self.tools = tools
        self.state = AgentState.CREATED
        self.detail = ""
        self._turn = asyncio.Lock()

    @property
    def llm_prompt(self) -> str:
        """The system prompt: who the agent is. The same bytes every time, so it stays cached."""
        return self.prompt_for(PYTHON)

    def prompt_for(self, language: Language) -> str:
        """The system prompt for work on code in `language`."""
        return render(self.agent_type, language=language)

    @property
    @abstractmethod
    def behaviors(self) -> tuple[Behavior, ...]:
        """The behaviours that the agent is composed of."""

    def start(self) -> None:
        """Make the agent ready for work."""
        self._enter(AgentState.IDLE)

    def stop(self) -> None:
        """End the agent; it takes no further work."""
        if self.state is not AgentState.STOPPED:
            self._enter(AgentState.STOPPED)

    def _enter(self, state: AgentState) -> None:
        if state not in _NEXT[self.state]:
            raise InvalidStateError(f"{self.agent_type} cannot go from {self.state} to {state}.")
        self.state = state
        self.tools.bus.publish(AgentStateChanged(self.agent_type, state))

    @asynccontextmanager
    async def working(self, detail: str) -> AsyncGenerator[None, None]:
        """Do one piece of work; a failure is logged and passed on."""
        async with self._turn:
            if self.state is AgentState.FAILED:
                self._enter(AgentState.IDLE)
            self.detail = detail
            self._enter(AgentState.WORKING)
            try:
                yield
            except TeamError as error:  # an answer for a person, not a failure of the agent
                await self.log("decision", str(error))
                raise
            except Exception as error:
                self._enter(AgentState.FAILED)
                await self.log("error", str(error) or type(error).__name__)
                raise
            finally:
                self.detail = ""
                if self.state in (AgentState.WORKING, AgentState.WAITING):
                    self._enter(AgentState.IDLE)

    @contextmanager
    def waiting(self) -> Iterator[None]:
        """Wait for a person, a slot or another agent."""
        self._enter(AgentState.WAITING)
        try:
            yield
        finally:
            if self.state is AgentState.WAITING:
                self._enter(AgentState.WORKING)

    async def log(
        self, kind: LogKind, text: str, ticket_id: str | None = None, **data: Any
    ) -> None:
        """Write a line to the agent log and tell the bus."""
        entry = AgentLogEntry(
            id=new_id("log", 16),
            repository=self.session.repository,
            agent=self.agent_type,
            kind=kind,
            text=text,
            ticket_id=ticket_id,
            data=data,
        )
        await self.tools.memory.log.append(entry)
        self.tools.bus.publish(Activity(entry))

    async def remember(self, ticket_id: str, progress: str) -> None:
        """Keep where the work on a ticket stands in the agent's working set."""
        await note_progress(self.tools.memory, self.agent_type, ticket_id, progress)

    async def send(
        self, recipient: str, text: str, ticket_id: str | None = None, **data: Any
    ) -> None:
        """Hand something to another agent; the message is kept in the agent log."""
        self.tools.bus.publish(AgentMessage(self.agent_type, recipient, text, ticket_id, data))
        await self.log("message", f"→ {recipient}: {text}", ticket_id, **data)
