"""The Project Manager: first contact for every message. It answers or hands over."""

from __future__ import annotations

import re
from collections.abc import Sequence
from enum import StrEnum
from pathlib import PurePosixPath
from typing import Any, ClassVar

from pydantic import BaseModel

from agents.asking import Context, decide, fits, request_for, stream_text
from agents.base import Behavior, IAgent
from agents.spec_document import render_criterion
from agents.tools.repo_map import RepoMap
from memory.chunking.chunk import Chunk
from memory.conversations.budget import RecalledTurn
from memory.records import ConversationTurn, Requirement, SpecProposal, Ticket, TicketState

_SOURCES = 2
_SOURCE_CHARACTERS = 3000
_PIECES_CHARACTERS = 4000
"""Of all pieces of code together."""
_MAP_CHARACTERS = 2500
_INTENT_CHARACTERS = 600


class Intent(StrEnum):
    """What a message wants."""

    FEATURE = "feature"
    RUN = "run"
    STATUS = "status"
    QUESTION = "question"
    TALK = "talk"


class Routing(BaseModel):
    """The PM's decision."""

    intent: Intent


class ProjectManager(IAgent):
    """Routes messages and keeps the person informed."""

    agent_type: ClassVar[str] = "project_manager"

    @property
    def behaviors(self) -> tuple[Behavior, ...]:
        """Routing and answering are the PM itself."""
        return ()

    async def route(self, text: str, context: Context) -> Intent:
        """The intent of a message, decided by the model under a schema."""
        async with self.working("reading the message"):
            shown = text.strip()[:_INTENT_CHARACTERS]  # what it wants is said at the start
            routing = await decide(
                self,
                Routing,
                "classify_intent",
                context,
                {"text": shown},
                label="reading the message",
                max_tokens=24,
                schema=_ROUTING_SCHEMA,
            )
            await self.log("decision", f"intent: {routing.intent}")
            return routing.intent

    async def answer(
        self,
        text: str,
        turns: list[ConversationTurn],
        repo_map: RepoMap,
        sources: dict[str, str],
        requirements: list[Requirement],
        context: Context,
        *,
        summary: str = "",
        earlier: Sequence[RecalledTurn] = (),
        near: Sequence[Chunk] = (),
    ) -> str:
        """An answer in words, streamed; of the material the nearest that fits is shown.

        `near` is what the code index has for the message, best first; without it, files are
        chosen by their names.
        """
        async with self.working("answering"):
            chosen = _pieces(near) or _relevant(text, repo_map, sources)
            variables = {
                "text": text.strip(),
                "summary": summary,
                "earlier": earlier,
                "turns": turns,
                "repo_map": repo_map.render(_MAP_CHARACTERS),
                "sources": chosen,
                "requirements": requirements,
            }
            steps: tuple[dict[str, Any], ...] = (
                {},
                {"earlier": []},
                {"sources": chosen[:1], "turns": [], "summary": ""},
                {"sources": []},
            )
            for leaner in steps:
                variables.update(leaner)
                request = request_for(
                    self,
                    "answer_question",
                    context,
                    variables,
                    max_tokens=400,
                    temperatures=(0.2,),
                )
                if await fits(self, request):
                    break
            return await stream_text(self, request, context)


_ROUTING_SCHEMA = {
    "type": "object",
    "properties": {"intent": {"type": "string", "enum": [i.value for i in Intent]}},
    "required": ["intent"],
    "additionalProperties": False,
}


def describe_proposal(proposal: SpecProposal) -> str:
    """The proposal in Markdown for the chat."""
    lines = ["I propose this change of the spec:", ""]
    for change in proposal.changes:
        shown = change.after or change.before
        if shown is None:
            continue
        verb = {"add": "New", "modify": "Changed", "remove": "Removed"}[change.kind]
        lines += [f"**{verb}: {shown.title}** ({change.requirement_id})", ""]
        if change.after is not None:
            lines += [change.after.statement, ""]
            lines += [f"- {render_criterion(c)}" for c in change.after.criteria] + [""]
    lines += proposal.questions
    lines.append("Accept or reject it in the spec panel; accepting makes the tickets.")
    return "\n".join(lines)


def describe_status(tickets: list[Ticket], running: list[str]) -> str:
    """How the work stands, read off the tickets."""
    if not tickets:
        return "There are no tickets yet. Tell me what the software should do."
    counts = {state: sum(t.state is state for t in tickets) for state in TicketState}
    parts = [f"{count} {state.value}" for state, count in counts.items() if count]
    lines = [f"{len(tickets)} ticket(s): {', '.join(parts)}.", ""]
    for ticket in tickets:
        if ticket.state not in (TicketState.MERGED, TicketState.REJECTED):
            now = " (running)" if ticket.id in running else ""
            lines.append(f"- **{ticket.title}**: {ticket.state.value}{now}")
    return "\n".join(lines).rstrip()


def _pieces(near: Sequence[Chunk]) -> list[tuple[str, str]]:
    """The first pieces of code that fit together, each with its place."""
    found: list[tuple[str, str]] = []
    room = _PIECES_CHARACTERS
    for chunk in near:
        room -= len(chunk.text)
        if found and room < 0:
            break
        found.append((f"{chunk.path}:{chunk.start_line}", chunk.text[:_PIECES_CHARACTERS]))
    return found


def _relevant(text: str, repo_map: RepoMap, sources: dict[str, str]) -> list[tuple[str, str]]:
    """The files that share most words with the message, cut to a readable length."""
    words = set(re.findall(r"[a-z]{3,}", text.lower()))

    def score(path: str) -> int:
        names = " ".join([PurePosixPath(path).stem, *(s.name for s in repo_map.modules[path])])
        return len(words & set(re.findall(r"[a-z]{3,}", names.lower().replace("_", " "))))

    ranked = sorted((p for p in sources if p in repo_map.modules), key=score, reverse=True)
    return [(p, sources[p][:_SOURCE_CHARACTERS]) for p in ranked[:_SOURCES] if score(p) > 0]
