"""The chat: every message is kept before it is answered, and answered by whom it concerns."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace

from agents.asking import Context
from agents.base import NotFoundError, NotReadyError
from agents.behaviors.answer_question import (
    MAP_CHARACTERS,
    PIECES,
    Material,
    files_named_alike,
    pieces,
)
from agents.inference import Priority
from agents.progress import Progress, Report
from agents.project_manager import Intent, describe_proposal, describe_status
from agents.repository_reader import read_snapshot
from agents.running_summary import NEWEST, RunningSummary
from agents.spec_document import parse_spec
from agents.spec_keeper import SpecKeeper
from agents.team import Team
from agents.uninterrupted import uninterrupted
from memory.conversations.budget import RecalledTurn
from memory.long_term.contract import Filters
from memory.records import ConversationTurn, Session, Ticket, new_id

_TITLE = 60
_GOES_ON = re.compile(r"\W*(and|or|but|also|then|(what|how) about)\b", re.IGNORECASE)
"""Begins a message that says what it wants only together with the one before."""
_RECALL_TOKENS = 600
_CHARACTERS_PER_TOKEN = 3
"""Rather too few, so that what is recalled is never longer than was meant."""
StartTickets = Callable[[], Awaitable[list[Ticket]]]
Running = Callable[[], list[str]]


@dataclass(frozen=True)
class Reply:
    """What is answered, by whom, and what it led to."""

    agent: str
    text: str
    proposal_id: str | None = None
    ticket_ids: tuple[str, ...] = ()


class Conversation:
    """Messages of a person and the team's replies."""

    def __init__(
        self, team: Team, spec: SpecKeeper, start_tickets: StartTickets, running: Running
    ) -> None:
        self._team = team
        self._spec = spec
        self._start_tickets = start_tickets
        self._running = running
        self._summary = RunningSummary(team.project_manager, running)

    async def stop(self) -> None:
        """End the work in the background."""
        await self._summary.stop()

    async def say(self, text: str, session_id: str | None, report: Report) -> ConversationTurn:
        """The reply to `text`. A cancelled one is kept as far as it had come, marked so.

        Raises NotReadyError for an empty message.
        """
        if not text.strip():
            raise NotReadyError("The message is empty. Say what the software should do.")
        self._summary.interrupt()
        session = await self._session(session_id, text)
        history = await self._team.tools.memory.conversations.history(session.id, NEWEST + 1)
        await self._keep(
            ConversationTurn(id=new_id("trn"), session_id=session.id, role="user", text=text)
        )
        arrived: list[str] = []

        def listen(progress: Progress) -> None:
            if progress.kind == "text":
                arrived.append(progress.text)
            report(progress)

        try:
            reply = await self._reply(text, history, listen)
        except asyncio.CancelledError:
            partial = "".join(arrived) or "Stopped."
            await uninterrupted(
                self._keep(_turn(session, Reply("project_manager", partial), False))
            )
            raise
        except Exception as error:
            await self._keep(
                _turn(session, Reply("project_manager", f"I could not: {error}"), False)
            )
            raise
        if not arrived:
            report(Progress("text", reply.agent, reply.text))
        turn = _turn(session, reply, True)
        await self._keep(turn)
        if len(history) > NEWEST:
            self._summary.later(session.id)
        return turn

    async def history(self, session_id: str | None, limit: int) -> list[ConversationTurn]:
        """Messages of a conversation (the newest one by default), oldest first."""
        conversations = self._team.tools.memory.conversations
        if session_id is None:
            session = await conversations.latest_session(self._team.repository)
            if session is None:
                return []
            session_id = session.id
        return await conversations.history(session_id, limit)

    async def _reply(self, text: str, history: list[ConversationTurn], report: Report) -> Reply:
        context = Context(report=report, priority=Priority.INTERACTIVE)
        before = _said_before(history) if _GOES_ON.match(text) else ""
        intent = await self._team.project_manager.route(text, context, before)
        if intent is Intent.FEATURE:
            return await self._propose(text, context)
        if intent is Intent.RUN:
            return await self._start()
        if intent is Intent.STATUS:
            tickets = await self._team.tools.memory.tickets.for_repository(self._team.repository)
            return Reply("project_manager", describe_status(tickets, self._running()))
        if intent is Intent.TALK:
            reply = await self._team.project_manager.talk(text, context)
            return Reply("project_manager", reply)
        return await self._answer(text, history, context)

    async def _propose(self, text: str, context: Context) -> Reply:
        await self._team.project_manager.send("spec_builder", text)
        quiet = replace(context, report=_steps_only(context.report))
        proposal = await self._spec.propose(text, quiet)
        return Reply("spec_builder", describe_proposal(proposal), proposal.id)

    async def _start(self) -> Reply:
        started = await self._start_tickets()
        if not started:
            text = "No ticket is ready to be run. Tell me what the software should do."
            return Reply("project_manager", text)
        names = ", ".join(f"**{t.title}**" for t in started)
        parallel = self._team.resource_director.parallel
        order = "one after the other" if parallel == 1 else f"{parallel} at a time"
        text = f"I handed {names} to the Tester and the Developer, {order}."
        return Reply("project_manager", text, ticket_ids=tuple(t.id for t in started))

    async def _answer(self, text: str, history: list[ConversationTurn], context: Context) -> Reply:
        repo_map, sources = await self._code(text, history)
        summary, earlier = await self._recall(text, history)
        material = Material(
            requirements=parse_spec(await self._spec.text()).requirements,
            repo_map=repo_map,
            sources=sources,
            summary=summary,
            earlier=earlier,
            turns=history[-NEWEST:],
        )
        answer = await self._team.project_manager.answer(text, material, context)
        return Reply("project_manager", answer)

    async def _code(
        self, text: str, history: list[ConversationTurn]
    ) -> tuple[str, list[tuple[str, str]]]:
        """What of the repository's code is nearest to a message; without an index, its map too."""
        memory, filters = self._team.tools.memory, Filters(self._team.repository)
        searched = f"{_said_before(history)} {text}".strip()
        near = [hit.chunk for hit in await memory.code.search(searched, PIECES, filters)]
        if near:
            return "", pieces(near)
        head = await self._team.workspace.head()
        snapshot = await read_snapshot(self._team.workspace, head.commit)
        return snapshot.repo_map.render(MAP_CHARACTERS), files_named_alike(text, snapshot)

    async def _recall(
        self, text: str, history: list[ConversationTurn]
    ) -> tuple[str, list[RecalledTurn]]:
        """Of a conversation that is longer than what is shown of it: its summary, and the
        earlier turns that the message is about.
        """
        if len(history) <= NEWEST:
            return "", []
        memory, session_id = self._team.tools.memory, history[-1].session_id
        summary = await memory.summaries.get(session_id)
        # The message itself is stored already, and the newest turn.
        recall = await memory.recall(session_id, text, _RECALL_TOKENS, _tokens, newest=NEWEST + 1)
        return summary.text if summary else "", recall.earlier

    async def _session(self, session_id: str | None, text: str) -> Session:
        memory = self._team.tools.memory
        if session_id is not None:
            session = await memory.sessions.get(session_id)
            if session is None or session.repository != self._team.repository:
                raise NotFoundError(f"There is no conversation {session_id} in this repository.")
            return session
        session = await memory.conversations.latest_session(self._team.repository)
        if session is None:
            title = " ".join(text.split())[:_TITLE]
            session = Session(id=new_id("ses"), repository=self._team.repository, title=title)
            await memory.sessions.insert(session)
        return session

    async def _keep(self, turn: ConversationTurn) -> None:
        await self._team.tools.memory.conversations.append(turn)


def _turn(session: Session, reply: Reply, complete: bool) -> ConversationTurn:
    return ConversationTurn(
        id=new_id("trn"),
        session_id=session.id,
        role="agent",
        agent=reply.agent,
        text=reply.text,
        proposal_id=reply.proposal_id,
        ticket_ids=list(reply.ticket_ids),
        complete=complete,
    )


def _said_before(history: list[ConversationTurn]) -> str:
    """The person's last message: what goes on from it seldom names what it is about."""
    return next((turn.text for turn in reversed(history) if turn.role == "user"), "")


def _tokens(text: str) -> int:
    """About how many tokens `text` has."""
    return len(text) // _CHARACTERS_PER_TOKEN + 1


def _steps_only(report: Report) -> Report:
    def tell(progress: Progress) -> None:
        if progress.kind == "step":
            report(progress)

    return tell
