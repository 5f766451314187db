"""The in-process message bus: how agents talk and how the outside listens."""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, TypeVar

from memory.records import AgentLogEntry

logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class Message:
    """Base of everything that goes over the bus."""


@dataclass(frozen=True)
class AgentMessage(Message):
    """One agent hands something to another."""

    sender: str
    recipient: str
    text: str
    ticket_id: str | None = None
    data: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Activity(Message):
    """A line of the agent log was written."""

    entry: AgentLogEntry


@dataclass(frozen=True)
class TicketsChanged(Message):
    """Tickets were created or changed."""

    ticket_ids: tuple[str, ...]


@dataclass(frozen=True)
class SpecChanged(Message):
    """The spec file or its proposals changed."""


@dataclass(frozen=True)
class AgentStateChanged(Message):
    """An agent's lifecycle state changed."""

    agent_type: str
    state: str


M = TypeVar("M", bound=Message)
Unsubscribe = Callable[[], None]


class Bus:
    """Delivers messages synchronously, in order, on the event loop's thread.

    A failing subscriber is logged and does not keep the others from the message.
    """

    def __init__(self) -> None:
        self._handlers: list[tuple[type[Message], Callable[[Any], None]]] = []

    def subscribe(self, kind: type[M], handler: Callable[[M], None]) -> Unsubscribe:
        """Call `handler` with every message of type `kind` from now on."""
        item = (kind, handler)
        self._handlers.append(item)
        return lambda: self._handlers.remove(item)

    def publish(self, message: Message) -> None:
        """Deliver `message` to everyone who subscribed to its type."""
        for kind, handler in list(self._handlers):
            if isinstance(message, kind):
                try:
                    handler(message)
                except Exception:
                    logger.exception("A subscriber failed on %s", type(message).__name__)
