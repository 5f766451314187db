"""Conversation with the team."""

from __future__ import annotations

from agents.errors import InvalidStateError
from agents.progress import Report
from server import convert
from server.dispatch import Handler
from server.language_server import TenonServer
from server.protocol import (
    ChatHistoryParams,
    ChatHistoryResult,
    ChatParams,
    ChatPrepareParams,
    ChatPrepareResult,
    ChatResult,
)
from server.readiness import ready_team

_MOST_TURNS = 1000


async def chat(server: TenonServer, params: ChatParams, report: Report) -> ChatResult:
    """Answer a message of the person."""
    if not params.text.strip():
        raise InvalidStateError("The message is empty. Write what you would like.")
    async with ready_team(server.app) as team:
        turn = await team.chat(params.text, params.session_id, report)
    return ChatResult(convert.turn(turn))


async def prepare(
    server: TenonServer, _params: ChatPrepareParams, _report: Report
) -> ChatPrepareResult:
    """Make ready for a message while the person writes it."""
    async with ready_team(server.app) as team:
        await team.prepare_chat()
    return ChatPrepareResult()


async def history(
    server: TenonServer, params: ChatHistoryParams, _report: Report
) -> ChatHistoryResult:
    """Earlier messages, oldest first."""
    limit = max(0, min(params.limit, _MOST_TURNS))
    async with server.app.team() as team:
        turns = await team.chat_history(params.session_id, limit)
    return ChatHistoryResult([convert.turn(turn) for turn in turns])


HANDLERS: dict[str, Handler] = {
    "tenon/chat": chat,
    "tenon/chat/prepare": prepare,
    "tenon/chat/history": history,
}
