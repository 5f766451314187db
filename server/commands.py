"""The commands of the headless client. Each gets its options and returns the exit code."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable, Coroutine
from pathlib import Path
from typing import Any

from server import protocol, wire
from server.command_session import FAILURE, Session, ask, print_json, with_session
from server.narration import Narrator
from server.run_command import RunCommand, RunOutcome, merged_lines

Command = Callable[[argparse.Namespace], Coroutine[Any, Any, int]]


async def run(options: argparse.Namespace) -> int:
    """`tenon run`."""
    outcome = RunOutcome(str(options.repository))

    async def body(session: Session) -> int:
        confirm = None if options.yes else _confirm
        command = RunCommand(session.client, session.narrator, confirm, options.seed)
        await command.run(options.request, outcome)
        if not outcome.problem:
            for line in merged_lines(outcome):
                session.narrator.line(line, "heading")
        return 0 if outcome.succeeded else FAILURE

    code = await with_session(options, body)
    _conclude(options, outcome)
    return code


def _conclude(options: argparse.Namespace, outcome: RunOutcome) -> None:
    if outcome.problem:
        print(f"tenon: {outcome.problem}", file=sys.stderr)
    if options.json:
        print_json(wire.to_json(outcome, complete=True))
    else:
        print(f"TENON_RUN_REPOSITORY={outcome.repository}", flush=True)


def _confirm(question: str) -> bool:
    print(f"{question} [y/N] ", end="", file=sys.stderr, flush=True)
    answer = sys.stdin.readline()
    return answer.strip().lower() in ("y", "yes")


async def tickets(options: argparse.Namespace) -> int:
    """`tenon ticket list`."""
    return await ask(options, "tenon/tickets/list", protocol.TicketListParams(), _show_tickets)


def _show_tickets(narrator: Narrator, result: protocol.TicketListResult) -> None:
    for ticket in result.tickets:
        state = f"{ticket.state:<12} {ticket.priority:>4}"
        doubted = " (not called done)" if ticket.reservation else ""
        narrator.line(f"{ticket.id}  {state}  {ticket.title}{doubted}")
    if not result.tickets:
        narrator.line('There are no tickets. Make some: tenon run --request "…"')


async def show(options: argparse.Namespace) -> int:
    """`tenon ticket show`."""

    async def body(session: Session) -> int:
        params = protocol.TicketParams(options.id)
        detail = await session.request("tenon/tickets/get", params)
        changes = await session.request("tenon/tickets/changes", params)
        if options.json:
            print_json({**wire.to_json(detail, complete=True), "diff": changes.diff})
        else:
            _show_ticket(session.narrator, detail)
            session.narrator.diff(changes.diff)
        return 0

    return await with_session(options, body)


def _show_ticket(narrator: Narrator, detail: protocol.TicketDetail) -> None:
    ticket = detail.ticket
    narrator.line(f"{ticket.id}  {ticket.state}  {ticket.title}", "heading")
    for text in (ticket.description, ticket.note):
        if text:
            narrator.line(text)
    for criterion in ticket.criteria:
        narrator.line(f"  {criterion.id} {criterion.text}")
    narrator.evidence(ticket, detail.evidence)


async def add(options: argparse.Namespace) -> int:
    """`tenon ticket add`: the test files as they lie in the folder decide."""
    root = options.repository.resolve()
    try:
        tests = [_test_file(root, path) for path in options.tests]
        target = _inside(root, options.file)
    except (OSError, ValueError) as error:
        print(f"tenon: {error}", file=sys.stderr)
        return FAILURE
    params = protocol.TicketAddParams(
        options.title, target, tests, options.symbol, options.description
    )
    return await _act(options, "tenon/tickets/add", params)


def _test_file(root: Path, path: Path) -> protocol.BroughtTest:
    return protocol.BroughtTest(_inside(root, path), (root / path).read_text("utf-8"))


def _inside(root: Path, path: Path) -> str:
    """`path` relative to the repository. Raises ValueError if it lies elsewhere."""
    return (root / path).resolve().relative_to(root).as_posix()


async def run_one(options: argparse.Namespace) -> int:
    """`tenon ticket run`; it fails when the ticket does not get to review."""
    params = protocol.TicketRunParams(options.id, options.seed, with_review=True)
    return await _act(options, "tenon/tickets/run", params, "review")


async def accept(options: argparse.Namespace) -> int:
    """`tenon ticket accept`; it fails when the ticket is not merged."""
    params = protocol.TicketParams(options.id)
    return await _act(options, "tenon/tickets/accept", params, "merged")


async def rebase(options: argparse.Namespace) -> int:
    """`tenon ticket rebase`; it fails when the ticket does not get to review."""
    params = protocol.TicketRebaseParams(options.id)
    return await _act(options, "tenon/tickets/rebase", params, "review")


async def reject(options: argparse.Namespace) -> int:
    """`tenon ticket reject`."""
    params = protocol.TicketRejectParams(options.id, options.reason, options.drop)
    return await _act(options, "tenon/tickets/reject", params)


async def _act(
    options: argparse.Namespace, method: str, params: Any, wanted: str | None = None
) -> int:
    def show_state(narrator: Narrator, result: protocol.TicketResult) -> None:
        narrator.line(f"{result.ticket.id} is {result.ticket.state}. {result.message}")

    def failed(result: protocol.TicketResult) -> bool:
        return wanted not in (None, result.ticket.state)

    return await ask(options, method, params, show_state, failed)


async def models(options: argparse.Namespace) -> int:
    """`tenon models list`."""
    return await ask(options, "tenon/models/list", protocol.ModelsParams(), _show_models)


def _show_models(narrator: Narrator, result: protocol.ModelsResult) -> None:
    for model in result.models:
        facts = " ".join(part for part in (_doing(model), model.detail) if part)
        line = f"{model.id:<24} {model.tier:<9} {model.kind:<9} {model.state:<9} {facts}"
        narrator.line(line.rstrip())


def _doing(model: protocol.Model) -> str:
    """What a model in memory takes and does."""
    facts = {
        f"{model.memory_bytes / 1024**3:.1f} GiB": model.memory_bytes,
        f"{model.running} running": model.running,
        f"{model.queue_length} waiting": model.queue_length,
        f"idle for {model.idle_seconds:.0f} s": model.idle_seconds,
        f"{model.tokens_per_second:.1f} tokens/s": model.tokens_per_second,
    }
    return ", ".join(text for text, value in facts.items() if value)


async def pull(options: argparse.Namespace) -> int:
    """`tenon models pull`."""

    def show_ready(narrator: Narrator, result: protocol.ModelPullResult) -> None:
        narrator.line(f"{result.model.id} is ready.")

    params = protocol.ModelPullParams(options.id)
    return await ask(options, "tenon/models/pull", params, show_ready)


async def doctor(options: argparse.Namespace) -> int:
    """`tenon doctor`; it fails when a finding is an error."""
    if options.sandbox:
        from server.sandbox_command import prove_sandbox

        return await prove_sandbox(options)

    def failed(result: protocol.DoctorResult) -> bool:
        return any(finding.level == "error" for finding in result.findings)

    return await ask(options, "tenon/doctor", protocol.DoctorParams(), _show_health, failed)


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
