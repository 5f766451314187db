"""Messages between the person and the team, and what a running request reports."""

from __future__ import annotations

from typing import Literal

from attrs import Factory, define


@define
class ChatParams:
    """A message from the person to the team."""

    text: str
    session_id: str | None = None
    """Conversation to continue; the newest one of the repository if left out."""
    partial_result_token: str | int | None = None
    """`$/progress` token under which `ProgressValue`s arrive while the request runs."""


@define
class ProgressValue:
    """Value of a `$/progress` notification under a request's `partialResultToken`."""

    kind: Literal["text", "step"]
    """`text`: more of the reply; `step`: what an agent is doing now."""
    agent: str
    text: str
    tokens_per_second: float | None = None
    elapsed_seconds: float | None = None
    remaining_seconds: float | None = None
    """Estimate of the time left, where there is one."""


@define
class Turn:
    """One message of a conversation."""

    id: str
    session_id: str
    role: Literal["user", "agent"]
    text: str
    created_at: str
    agent: str = ""
    proposal_id: str | None = None
    ticket_ids: list[str] = Factory(list)
    complete: bool = True
    """False when the person stopped the reply."""


@define
class ChatResult:
    """The finished reply."""

    turn: Turn


@define
class ChatPrepareParams:
    """The person has begun to write a message."""


@define
class ChatPrepareResult:
    """The model is loaded, if it is one of this machine."""


@define
class ChatHistoryParams:
    """Which conversation to read."""

    session_id: str | None = None
    limit: int = 200


@define
class ChatHistoryResult:
    """Messages, oldest first."""

    turns: list[Turn]
