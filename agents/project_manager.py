"""The Project Manager: first contact for every message. It answers or hands over."""

from __future__ import annotations

import re
from enum import StrEnum
from typing import ClassVar

from pydantic import BaseModel

from agents.asking import Context, decide, request_for, stream_text
from agents.base import AgentSession, Behavior, IAgent, Toolbox
from agents.behaviors.answer_question import AnswerQuestion, Material
from agents.inference import Priority, complete_one
from agents.spec_document import render_criterion
from memory.records import SpecProposal, Ticket, TicketState

_INTENT_CHARACTERS = 600
_TALK_TOKENS = 80
_ASKS = re.compile(r"\W*(?:how|what|why|where|which|who)\b", re.IGNORECASE)
"""Begins a message that only wants to know."""
_SHOWS = re.compile(r"\W*(?:please\s+)?(?:list|show|display)\b", re.IGNORECASE)
"""Begins a message that only wants to see the tickets."""


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

    def __init__(self, session: AgentSession, tools: Toolbox) -> None:
        super().__init__(session, tools)
        self._answering = AnswerQuestion()

    @property
    def behaviors(self) -> tuple[Behavior, ...]:
        """Routing is the PM itself."""
        return (self._answering,)

    async def prepare(self) -> None:
        """Load the model and read what all messages are sorted with, before one is sent.

        Nothing is asked of an endpoint. Raises ModelError.
        """
        if not self.tools.models.continues_answers(self.agent_type):
            return
        context = Context(priority=Priority.INTERACTIVE)
        request = request_for(self, "classify_intent", context, {"text": ""}, max_tokens=1)
        await complete_one(self.tools.models, request)

    async def route(self, text: str, context: Context, before: str = "") -> Intent:
        """The intent of a message, decided by the model under a schema.

        `before` is the message that it goes on from, if it does. Nothing is ever run for a message
        that asks how, what or why, or to be shown something.
        """
        async with self.working("reading the message"):
            whole = f"{before} {text}" if before else text
            shown = whole.strip()[:_INTENT_CHARACTERS]  # what it wants is said at the start
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
            intent = _only_asked(text) if routing.intent is Intent.RUN else routing.intent
            await self.log("decision", f"intent: {intent}")
            return intent

    async def answer(self, text: str, material: Material, context: Context) -> str:
        """An answer in words, streamed, off what there is on the question."""
        async with self.working("answering"):
            return await self._answering.run(self, text, material, context)

    async def talk(self, text: str, context: Context) -> str:
        """A reply to what is no question, streamed; no code is read for it."""
        async with self.working("replying"):
            request = request_for(
                self,
                "small_talk",
                context,
                {"text": text.strip()[:_INTENT_CHARACTERS]},
                max_tokens=_TALK_TOKENS,
                temperatures=(0.2,),
            )
            return await stream_text(self, request, context)


_ROUTING_SCHEMA = {
    "type": "object",
    "properties": {"intent": {"type": "string", "enum": [i.value for i in Intent]}},
    "required": ["intent"],
    "additionalProperties": False,
}


def _only_asked(text: str) -> Intent:
    """`RUN`, or what a message is that was taken for it and starts nothing by its first word."""
    if _ASKS.match(text):
        return Intent.QUESTION
    return Intent.STATUS if _SHOWS.match(text) else Intent.RUN


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
    noun = "ticket" if len(tickets) == 1 else "tickets"
    lines = [f"{len(tickets)} {noun}: {', '.join(parts)}.", ""]
    for ticket in tickets:
        if ticket.state not in (TicketState.MERGED, TicketState.REJECTED):
            lines.append(f"- **{ticket.title}**: {_standing(ticket, running)}")
    return "\n".join(lines).rstrip()


def _standing(ticket: Ticket, running: list[str]) -> str:
    if ticket.id in running:
        return f"{ticket.state.value} (running)"
    if ticket.reservation:
        return f"{ticket.state.value}, not called done: {ticket.reservation}"
    return ticket.state.value
