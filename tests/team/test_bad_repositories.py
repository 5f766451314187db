"""Odd repositories and requests get a clear answer, and lose nothing."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from agents.base import NotReadyError
from agents.inference import PromptTooLongError
from agents.progress import silent
from memory.records import TicketState
from tests.sample import REQUEST, SLUGIFY, git
from tests.team.conftest import Gather, ready_ticket


async def test_repository_without_tests_gets_its_first_ones(
    gather: Gather, repository: Path
) -> None:
    shutil.rmtree(repository / "tests")
    git(repository, "commit", "--quiet", "--all", "-m", "no tests")
    team = await gather(SLUGIFY)
    ticket = await team.run_ticket(await ready_ticket(team), silent)

    assert ticket.state is TicketState.REVIEW
    assert list(ticket.evidence.test_hashes) == ["tests/test_slugify.py"]


async def test_failure_that_was_there_before_is_not_the_tickets(
    gather: Gather, repository: Path
) -> None:
    (repository / "tests" / "test_old.py").write_text("def test_old():\n    assert False\n")
    git(repository, "add", "--all")
    git(repository, "commit", "--quiet", "-m", "a failing test")
    team = await gather(SLUGIFY)
    ticket = await team.run_ticket(await ready_ticket(team), silent)

    assert ticket.state is TicketState.REVIEW
    assert ticket.evidence.baseline_failing == ["tests/test_old.py::test_old"]


async def test_code_that_breaks_another_test_is_not_green(gather: Gather, repository: Path) -> None:
    (repository / "tests" / "test_names.py").write_text(
        "from textkit import cleaning\n\n\n"
        "def test_no_slugs_here():\n    assert not hasattr(cleaning, 'slugify')\n"
    )
    git(repository, "add", "--all")
    git(repository, "commit", "--quiet", "-m", "forbid it")
    team = await gather(SLUGIFY, max_candidates=2)
    ticket = await team.run_ticket(await ready_ticket(team), silent)

    assert ticket.state is TicketState.BLOCKED
    assert "test_no_slugs_here" in ticket.note


async def test_detached_head_is_refused_with_what_to_do(gather: Gather, repository: Path) -> None:
    team = await gather(SLUGIFY)
    ticket_id = await ready_ticket(team)
    git(repository, "checkout", "--quiet", "--detach")

    with pytest.raises(NotReadyError, match="git switch"):
        await team.run_ticket(ticket_id, silent)

    assert (await team.ticket(ticket_id)).state is TicketState.READY


async def test_spec_file_that_is_not_utf8_is_named_and_left_alone(
    gather: Gather, repository: Path
) -> None:
    spec = repository / "docs" / "spec.md"
    spec.write_bytes(b"# Spec: caf\xe9\n")
    team = await gather(SLUGIFY)

    with pytest.raises(NotReadyError, match="UTF-8"):
        await team.propose_spec(REQUEST, silent)

    assert spec.read_bytes() == b"# Spec: caf\xe9\n"


async def test_source_file_that_is_not_utf8_does_not_stop_work_on_others(
    gather: Gather, repository: Path
) -> None:
    (repository / "textkit" / "legacy.py").write_bytes(b"# caf\xe9\n")
    git(repository, "add", "--all")
    git(repository, "commit", "--quiet", "-m", "legacy")
    team = await gather(SLUGIFY)

    assert (await team.run_ticket(await ready_ticket(team), silent)).state is TicketState.REVIEW


async def test_request_longer_than_the_context_is_refused_with_the_numbers(gather: Gather) -> None:
    team = await gather(SLUGIFY)
    with pytest.raises(PromptTooLongError, match="8192"):
        await team.propose_spec("Add a function f(x). " + "Really. " * 20_000, silent)
    assert (await team.spec()).proposals == []


async def test_spec_with_edits_of_the_person_is_changed_but_not_committed(
    gather: Gather, repository: Path
) -> None:
    spec = repository / "docs" / "spec.md"
    spec.write_text(spec.read_text() + "\nA note of mine.\n")
    head = git(repository, "rev-parse", "HEAD")
    team = await gather(SLUGIFY)
    proposal = await team.propose_spec(REQUEST, silent)

    _tickets, message = await team.accept_spec(proposal.id, None, silent)

    assert "left for you to commit" in message
    assert git(repository, "rev-parse", "HEAD") == head
    assert "A note of mine." in spec.read_text()
