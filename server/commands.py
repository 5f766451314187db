"""The commands of the headless client. Each gets its options and returns the exit code."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import AsyncGenerator, Awaitable, Callable, Coroutine
from contextlib import asynccontextmanager
from typing import Any

from rich.console import Console

from server import protocol, wire
from server.headless import HeadlessClient, ServerError, connect
from server.narration import Narrator
from server.run_command import RunCommand, RunOutcome, merged_lines

Command = Callable[[argparse.Namespace], Coroutine[Any, Any, int]]
FAILURE = 1


class _Session:
    """A connected client, a narrator, and where the results go."""

    def __init__(self, client: HeadlessClient, options: argparse.Namespace) -> None:
        self.client = client
        self.options = options
        self.narrator = Narrator(Console(stderr=options.json, highlight=False))
        client.listen("tenon/activity", self.narrator.activity)
        client.listen("tenon/statusChanged", self.narrator.status)
        client.on_message = self.narrator.line

    def print_json(self, value: Any) -> None:
        """Print a value of the protocol, every field of it."""
        print(json.dumps(wire.to_json(value, complete=True), ensure_ascii=False, indent=2))

    async def request(self, method: str, params: Any) -> Any:
        """Ask the server and narrate what it reports."""
        takes_token = hasattr(params, "partial_result_token")
        on_progress = self.narrator.progress if takes_token else None
        return await self.client.request(method, params, on_progress)


Body = Callable[[_Session], Awaitable[int]]


async def _with_session(options: argparse.Namespace, body: Body) -> int:
    try:
        async with _connected(options) as session:
            return await body(session)
    except ServerError as error:
        return _fail(options, str(error))


@asynccontextmanager
async def _connected(options: argparse.Namespace) -> AsyncGenerator[_Session, None]:
    client = HeadlessClient()
    session = _Session(client, options)
    async with connect(options.repository, client=client):
        yield session


def _fail(options: argparse.Namespace, message: str) -> int:
    if options.json:
        print(json.dumps({"error": message}, ensure_ascii=False))
    print(f"tenon: {message}", file=sys.stderr)
    return FAILURE


async def run(options: argparse.Namespace) -> int:
    """`tenon run`."""
    outcome = RunOutcome(str(options.repository))

    async def body(session: _Session) -> int:
        ask = _always if options.yes else _ask
        command = RunCommand(session.client, session.narrator, ask, options.seed)
        await command.run(options.request, outcome)
        if not outcome.problem:
            for line in merged_lines(outcome):
                session.narrator.line(line, "heading")
        return 0 if outcome.succeeded else FAILURE

    code = await _with_session(options, body)
    _conclude(options, outcome)
    return code


def _conclude(options: argparse.Namespace, outcome: RunOutcome) -> None:
    if outcome.problem:
        print(f"tenon: {outcome.problem}", file=sys.stderr)
    if options.json:
        print(json.dumps(wire.to_json(outcome, complete=True), ensure_ascii=False, indent=2))
    else:
        print(f"TENON_RUN_REPOSITORY={outcome.repository}", flush=True)


def _always(_question: str) -> bool:
    return True


def _ask(question: str) -> bool:
    print(f"{question} [y/N] ", end="", file=sys.stderr, flush=True)
    answer = sys.stdin.readline()
    return answer.strip().lower() in ("y", "yes")


async def tickets(options: argparse.Namespace) -> int:
    """`tenon ticket list`."""

    async def body(session: _Session) -> int:
        result = await session.request("tenon/tickets/list", protocol.TicketListParams())
        if options.json:
            session.print_json(result)
            return 0
        for ticket in result.tickets:
            state = f"{ticket.state:<12} {ticket.priority:>4}"
            session.narrator.line(f"{ticket.id}  {state}  {ticket.title}")
        if not result.tickets:
            session.narrator.line('There are no tickets. Make some: tenon run --request "…"')
        return 0

    return await _with_session(options, body)


async def show(options: argparse.Namespace) -> int:
    """`tenon ticket show`."""

    async def body(session: _Session) -> int:
        params = protocol.TicketParams(options.id)
        detail = await session.request("tenon/tickets/get", params)
        changes = await session.request("tenon/tickets/changes", params)
        if options.json:
            detail_json = wire.to_json(detail, complete=True)
            print(json.dumps({**detail_json, "diff": changes.diff}, ensure_ascii=False, indent=2))
            return 0
        ticket = detail.ticket
        session.narrator.line(f"{ticket.id}  {ticket.state}  {ticket.title}", "heading")
        for text in (ticket.description, ticket.note):
            if text:
                session.narrator.line(text)
        for criterion in ticket.criteria:
            session.narrator.line(f"  {criterion.id} {criterion.text}")
        session.narrator.evidence(ticket, detail.evidence)
        session.narrator.diff(changes.diff)
        return 0

    return await _with_session(options, body)


async def run_one(options: argparse.Namespace) -> int:
    """`tenon ticket run`."""
    params = protocol.TicketRunParams(options.id, options.seed)
    return await _act(options, "tenon/tickets/run", params, "review")


async def accept(options: argparse.Namespace) -> int:
    """`tenon ticket accept`."""
    params = protocol.TicketParams(options.id)
    return await _act(options, "tenon/tickets/accept", params, "merged")


async def reject(options: argparse.Namespace) -> int:
    """`tenon ticket reject`."""
    params = protocol.TicketRejectParams(options.id, options.reason, options.drop)
    return await _act(options, "tenon/tickets/reject", params)


async def _act(
    options: argparse.Namespace, method: str, params: Any, wanted: str | None = None
) -> int:
    """Do something to a ticket; it fails when the ticket does not reach the wanted state."""

    async def body(session: _Session) -> int:
        result = await session.request(method, params)
        if options.json:
            session.print_json(result)
        else:
            session.narrator.line(f"{result.ticket.id} is {result.ticket.state}. {result.message}")
        return 0 if wanted in (None, result.ticket.state) else FAILURE

    return await _with_session(options, body)


async def models(options: argparse.Namespace) -> int:
    """`tenon models list`."""

    async def body(session: _Session) -> int:
        result = await session.request("tenon/models/list", protocol.ModelsParams())
        if options.json:
            session.print_json(result)
            return 0
        for model in result.models:
            line = f"{model.id:<24} {model.tier:<9} {model.kind:<9} {model.state:<9} {model.detail}"
            session.narrator.line(line.rstrip())
        return 0

    return await _with_session(options, body)


async def pull(options: argparse.Namespace) -> int:
    """`tenon models pull`."""

    async def body(session: _Session) -> int:
        params = protocol.ModelPullParams(options.id)
        result = await session.request("tenon/models/pull", params)
        if options.json:
            session.print_json(result)
        else:
            session.narrator.line(f"{result.model.id} is ready.")
        return 0

    return await _with_session(options, body)


async def doctor(options: argparse.Namespace) -> int:
    """`tenon doctor`."""

    async def body(session: _Session) -> int:
        result = await session.request("tenon/doctor", protocol.DoctorParams())
        if options.json:
            session.print_json(result)
        else:
            _show_health(session.narrator, result)
        return FAILURE if any(f.level == "error" for f in result.findings) else 0

    return await _with_session(options, body)


def _show_health(narrator: Narrator, result: protocol.DoctorResult) -> None:
    narrator.line("Settings in force", "heading")
    for setting in result.settings:
        narrator.line(f"  {setting.name:<18} {setting.value or '-':<40} {setting.source}")
    narrator.line("Findings", "heading")
    for finding in result.findings:
        style = "error" if finding.level == "error" else ""
        narrator.line(f"  {finding.level:<8} {finding.name:<26} {finding.text}", style)
        if finding.remedy:
            narrator.line(f"           mend it: {finding.remedy}")
