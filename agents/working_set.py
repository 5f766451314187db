"""What a pair has in hands on a ticket, in short-term memory: kept in a crash, shown afterwards.

No prompt holds any of it.
"""

from __future__ import annotations

import logging

from memory.errors import MemoryStoreError
from memory.manager import MemoryManager

logger = logging.getLogger(__name__)


async def note_progress(memory: MemoryManager, agent: str, ticket_id: str, text: str) -> None:
    """Remember where the agent is with the ticket; work goes on where that fails."""
    try:
        await memory.short_term.remember(ticket_id, {"progress": text}, agent)
    except MemoryStoreError as error:
        logger.warning("Where the work on %s stands is not kept: %s", ticket_id, error)


async def last_progress(memory: MemoryManager, agent: str, ticket_id: str) -> str:
    """Where the agent was last with the ticket, in words; empty if it never began."""
    try:
        items = await memory.short_term.recall(ticket_id, agent)
    except MemoryStoreError as error:
        logger.warning("Where the work on %s stood is not known: %s", ticket_id, error)
        return ""
    return str(items[-1].get("progress", "")) if items else ""
