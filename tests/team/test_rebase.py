"""When the base branch has moved: a clear choice, and nothing is lost."""

from __future__ import annotations

from pathlib import Path

import pytest

from agents.base import GitRefusedError, InvalidStateError
from agents.orchestrator import Orchestrator
from agents.progress import Progress, silent
from memory.records import Ticket, TicketState
from tests.sample import SLUGIFY, git
from tests.team.conftest import Gather, ready_ticket

CLEANING = "textkit/cleaning.py"
OTHER = '\n\ndef shout(text: str) -> str:\n    """Upper case."""\n    return text.upper()\n'
RIVAL = '\n\ndef slugify(text: str) -> str:\n    """Not a slug."""\n    return text\n'


def commit(repository: Path, path: str, text: str, *, append: bool = False) -> str:
    """The person's own work on main."""
    target = repository / path
    target.write_text((target.read_text() if append else "") + text)
    git(repository, "add", path)
    git(repository, "commit", "--quiet", "-m", f"change {path}")
    return git(repository, "rev-parse", "HEAD")


async def reviewed(team: Orchestrator) -> Ticket:
    ticket = await team.run_ticket(await ready_ticket(team), silent)
    assert ticket.state is TicketState.REVIEW
    return ticket


def person(repository: Path) -> tuple[str, ...]:
    """Everything that is the person's."""
    commands = (("status", "--porcelain"), ("rev-parse", "HEAD"), ("branch", "--show-current"))
    return tuple(git(repository, *command) for command in commands)


async def test_merge_conflict_becomes_a_state_that_names_the_files_and_the_choices(
    gather: Gather, repository: Path
) -> None:
    team = await gather(SLUGIFY)
    ticket = await reviewed(team)
    commit(repository, CLEANING, RIVAL, append=True)
    before, tip = person(repository), git(repository, "rev-parse", ticket.branch)

    ticket = await team.accept_ticket(ticket.id)

    assert (ticket.state, ticket.conflicts) == (TicketState.CONFLICTED, [CLEANING])
    for word in (CLEANING, "Nothing was merged", "Rebase", "run it anew", "reject"):
        assert word in ticket.note
    assert person(repository) == before
    assert git(repository, "rev-parse", ticket.branch) == tip
    assert (await team.ticket(ticket.id)).state is TicketState.CONFLICTED


async def test_functions_added_in_one_place_are_rebased_by_name_and_merged(
    gather: Gather, repository: Path
) -> None:
    team = await gather(SLUGIFY)
    ticket = await reviewed(team)
    moved = commit(repository, CLEANING, OTHER, append=True)
    assert (await team.accept_ticket(ticket.id)).state is TicketState.CONFLICTED
    before = person(repository)
    said: list[Progress] = []

    ticket = await team.rebase_ticket(ticket.id, said.append)

    assert (ticket.state, ticket.conflicts, ticket.note) == (TicketState.REVIEW, [], "")
    assert any("by name" in step.text for step in said)
    assert person(repository) == before
    evidence = ticket.evidence
    assert evidence.base_commit == moved
    assert git(repository, "rev-list", "--reverse", f"main..{ticket.branch}").split() == (
        evidence.commits
    )
    assert evidence.green_run and (evidence.green_run.passed, evidence.green_run.failed) == (2, 0)
    assert evidence.suite_run and evidence.suite_run.passed == 9
    assert (await team.accept_ticket(ticket.id)).state is TicketState.MERGED
    text = (repository / CLEANING).read_text()
    assert "def shout" in text and "def slugify" in text


async def test_rebase_that_conflicts_leaves_the_branch_and_says_what_is_left_to_do(
    gather: Gather, repository: Path
) -> None:
    team = await gather(SLUGIFY)
    ticket = await reviewed(team)
    commit(repository, CLEANING, RIVAL, append=True)
    before, tip = person(repository), git(repository, "rev-parse", ticket.branch)

    ticket = await team.rebase_ticket(ticket.id, silent)

    assert (ticket.state, ticket.conflicts) == (TicketState.CONFLICTED, [CLEANING])
    assert "Run the ticket anew" in ticket.note and "by hand" in ticket.note
    assert git(repository, "rev-parse", ticket.branch) == tip
    assert person(repository) == before
    assert (await team.ticket_changes(ticket.id)).files


async def test_conflict_that_the_person_merges_by_hand_is_proved_and_accepted(
    gather: Gather, repository: Path
) -> None:
    team = await gather(SLUGIFY)
    ticket = await reviewed(team)
    commit(repository, CLEANING, RIVAL, append=True)
    ticket = await team.rebase_ticket(ticket.id, silent)
    folder = Path(ticket.note.split("by hand in ")[1].split(", commit")[0])
    with pytest.raises(Exception, match="returned non-zero"):
        git(folder, "merge", "--quiet", "main")
    with pytest.raises(GitRefusedError, match="not committed"):
        await team.rebase_ticket(ticket.id, silent)
    git(folder, "checkout", "--quiet", "--ours", "--", CLEANING)
    git(folder, "commit", "--quiet", "--all", "--no-edit")

    merged = await team.accept_ticket(ticket.id)

    assert merged.state is TicketState.MERGED
    assert "Not a slug" not in (repository / CLEANING).read_text()


async def test_merged_tree_that_is_red_is_a_conflict_too(gather: Gather, repository: Path) -> None:
    team = await gather(SLUGIFY)
    ticket = await reviewed(team)
    commit(
        repository,
        "tests/test_names.py",
        "from textkit import cleaning\n\n\n"
        "def test_no_slugs_here():\n    assert not hasattr(cleaning, 'slugify')\n",
    )
    before = person(repository)

    ticket = await team.accept_ticket(ticket.id)
    assert (ticket.state, ticket.conflicts) == (TicketState.CONFLICTED, [])
    assert "test_no_slugs_here" in ticket.note and "Nothing was merged" in ticket.note
    ticket = await team.rebase_ticket(ticket.id, silent)
    assert ticket.state is TicketState.CONFLICTED
    assert "test_no_slugs_here" in ticket.note
    assert person(repository) == before

    git(repository, "rm", "--quiet", "tests/test_names.py")
    git(repository, "commit", "--quiet", "-m", "allow slugs")
    assert (await team.accept_ticket(ticket.id)).state is TicketState.MERGED


async def test_test_that_fails_on_the_base_alone_is_not_the_tickets_fault(
    gather: Gather, repository: Path
) -> None:
    team = await gather(SLUGIFY)
    ticket = await reviewed(team)
    commit(repository, "tests/test_broken.py", "def test_broken():\n    assert False\n")

    ticket = await team.rebase_ticket(ticket.id, silent)

    assert ticket.state is TicketState.REVIEW
    assert ticket.evidence.baseline_failing == ["tests/test_broken.py::test_broken"]
    assert (await team.accept_ticket(ticket.id)).state is TicketState.MERGED


async def test_conflicted_ticket_can_be_run_anew_on_the_new_state(
    gather: Gather, repository: Path
) -> None:
    team = await gather(SLUGIFY)
    ticket = await reviewed(team)
    moved = commit(repository, CLEANING, RIVAL, append=True)
    await team.accept_ticket(ticket.id)

    ticket = await team.run_ticket(ticket.id, silent)

    assert (ticket.state, ticket.conflicts) == (TicketState.REVIEW, [])
    assert ticket.evidence.base_commit == moved
    assert (await team.accept_ticket(ticket.id)).state is TicketState.MERGED


@pytest.mark.parametrize("drop", [True, False])
async def test_conflicted_ticket_can_be_rejected(
    gather: Gather, repository: Path, drop: bool
) -> None:
    team = await gather(SLUGIFY)
    ticket = await reviewed(team)
    commit(repository, CLEANING, RIVAL, append=True)
    await team.accept_ticket(ticket.id)

    ticket = await team.reject_ticket(ticket.id, "not like this", drop=drop)

    assert ticket.state is (TicketState.REJECTED if drop else TicketState.READY)
    assert ticket.conflicts == []
    assert git(repository, "branch", "--list", "tenon/*") == ""
    kept = git(
        repository, "for-each-ref", "--format=%(objectname)", f"refs/tenon/archive/{ticket.id}"
    )
    assert ticket.evidence.commits[-1] in kept
    assert (await team.ticket_changes(ticket.id)).files, "what was rejected can still be seen"


async def test_only_finished_work_is_rebased(gather: Gather) -> None:
    team = await gather(SLUGIFY)
    ticket_id = await ready_ticket(team)
    with pytest.raises(InvalidStateError, match="finished work"):
        await team.rebase_ticket(ticket_id, silent)


async def test_base_that_was_written_anew_takes_only_the_tickets_commits(
    gather: Gather, repository: Path
) -> None:
    team = await gather(SLUGIFY)
    commit(repository, "notes.txt", "one")
    ticket = await reviewed(team)
    git(repository, "commit", "--quiet", "--amend", "-m", "another message")

    ticket = await team.rebase_ticket(ticket.id, silent)

    assert ticket.state is TicketState.REVIEW
    assert git(repository, "rev-list", "--count", f"main..{ticket.branch}") == "2"
