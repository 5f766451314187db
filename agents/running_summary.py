"""The running summary of a conversation, refreshed while nobody waits for the model.

It stands beside the stored turns and replaces none. It covers whole turns up to one that it names,
so that a stop or a kill at any moment leaves the summary before, which is still true.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Sequence

from agents.asking import Context, request_for, write
from agents.inference import ModelError, Priority
from agents.project_manager import ProjectManager
from memory.errors import MemoryStoreError
from memory.records import ConversationSummary, ConversationTurn

logger = logging.getLogger(__name__)

NEWEST = 4
"""Turns that a prompt shows as they are; they are not summarised yet."""
_STEP = 8
"""Turns that are worth a new summary, and the most that go into one step."""
_HISTORY = 400
_TURN_CHARACTERS = 600
_TOKENS = 180
_QUIET_SECONDS = 3.0


class RunningSummary:
    """Keeps the summary of a session up to date, in the background."""

    def __init__(
        self, project_manager: ProjectManager, running: Callable[[], Sequence[str]]
    ) -> None:
        self._agent = project_manager
        self._memory = project_manager.tools.memory
        self._running = running
        self._task: asyncio.Task[None] | None = None

    def later(self, session_id: str) -> None:
        """Refresh the summary once the person has been quiet for a moment."""
        self.interrupt()
        self._task = asyncio.get_running_loop().create_task(self._work(session_id))

    def interrupt(self) -> None:
        """Stop at once; the model is free within a decoding step."""
        if self._task is not None:
            self._task.cancel()

    async def stop(self) -> None:
        """Stop, and wait until that is done."""
        self.interrupt()
        if self._task is not None:
            await asyncio.gather(self._task, return_exceptions=True)

    async def _work(self, session_id: str) -> None:
        await asyncio.sleep(_QUIET_SECONDS)
        try:
            while not self._running() and await self.refresh(session_id):
                pass
        except (ModelError, MemoryStoreError) as error:  # it is tried again after the next reply
            logger.debug("The conversation is not summarised now: %s", error)

    async def refresh(self, session_id: str) -> bool:
        """Take the next turns into the summary; whether there were enough of them.

        Raises ModelError and MemoryStoreError.
        """
        before = await self._memory.summaries.get(session_id)
        turns = await self._memory.conversations.history(session_id, _HISTORY)
        before, new = _not_covered(before, turns)
        new = new[: max(0, len(new) - NEWEST)][:_STEP]
        if len(new) < _STEP:
            return False
        text = await self._summarise(before.text if before else "", new)
        return bool(text) and await self._memory.summaries.keep(
            ConversationSummary(
                id=session_id,
                session_id=session_id,
                text=text,
                last_turn_id=new[-1].id,
                turns=len(new) + (before.turns if before else 0),
            )
        )

    async def _summarise(self, before: str, turns: Sequence[ConversationTurn]) -> str:
        lines = [f"{turn.agent or turn.role}: {_shortened(turn.text)}" for turn in turns]
        request = request_for(
            self._agent,
            "summarise_conversation",
            Context(priority=Priority.BACKGROUND),
            {"before": before, "lines": lines},
            max_tokens=_TOKENS,
        )
        context = Context(priority=Priority.BACKGROUND)
        text = await write(self._agent, request, context, "summarising the conversation")
        return " ".join(text.split())


def _not_covered(
    summary: ConversationSummary | None, turns: list[ConversationTurn]
) -> tuple[ConversationSummary | None, list[ConversationTurn]]:
    """The summary and the turns behind it; none and all if the turn that it names is gone."""
    if summary is None:
        return None, turns
    places = [place for place, turn in enumerate(turns) if turn.id == summary.last_turn_id]
    return (summary, turns[places[0] + 1 :]) if places else (None, turns)


def _shortened(text: str) -> str:
    line = " ".join(text.split())
    return line if len(line) <= _TURN_CHARACTERS else f"{line[:_TURN_CHARACTERS]} …"
