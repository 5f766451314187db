"""Hooks, signatures and submodules of the person, and what a crash leaves in their repository."""

from __future__ import annotations

import os
import shutil
import subprocess
import time
from pathlib import Path

import pytest

from agents.orchestrator import Orchestrator
from agents.progress import Progress, silent
from memory.records import AcceptanceTest, Ticket, TicketState
from tests.sample import SLUGIFY, git
from tests.team.conftest import Gather, ready_ticket, reviewed


def hook(repository: Path, name: str, *lines: str) -> None:
    path = repository / ".git" / "hooks" / name
    path.write_text("\n".join(["#!/bin/sh", *lines, ""]))
    path.chmod(0o755)


async def worked_on(team: Orchestrator, report: list[Progress] | None = None) -> Ticket:
    said = [] if report is None else report
    return await team.run_ticket(await ready_ticket(team), said.append)


async def test_hooks_that_will_not_run_are_told(gather: Gather, repository: Path) -> None:
    team = await gather(SLUGIFY)
    ticket_id = await ready_ticket(team)
    hook(repository, "pre-commit", "exit 1")
    said: list[Progress] = []

    ticket = await team.run_ticket(ticket_id, said.append)

    assert ticket.state is TicketState.REVIEW
    assert any("pre-commit" in p.text and "TENON_GIT_HOOKS" in p.text for p in said)
    assert any("pre-commit" in entry.text for entry in await team.ticket_log(ticket_id))


async def test_ticket_says_what_the_hook_said_and_keeps_the_code(
    gather: Gather, repository: Path
) -> None:
    team = await gather(SLUGIFY, git_hooks=True)
    ticket_id = await ready_ticket(team)
    hook(repository, "pre-commit", "git diff --cached --name-only | grep -q cleaning || exit 0",
         "echo 'cleaning.py needs a licence header' >&2", "exit 1")  # fmt: skip

    ticket = await team.run_ticket(ticket_id, silent)

    assert ticket.state is TicketState.BLOCKED
    assert "pre-commit" in ticket.note and "licence header" in ticket.note
    assert len(ticket.evidence.commits) == 1, "only the tests are committed"
    assert ticket.evidence.best_attempt and "def slugify" in ticket.evidence.best_attempt.text
    (repository / ".git/hooks/pre-commit").unlink()
    assert (await team.run_ticket(ticket_id, silent)).state is TicketState.REVIEW


@pytest.fixture
def key(repository: Path, tmp_path: Path) -> Path:
    """The person signs commits with this SSH key."""
    path = tmp_path / "key"
    subprocess.run(
        ["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", str(path)],
        check=True,
    )
    (tmp_path / "allowed").write_text(f"ada@example.org {path.with_suffix('.pub').read_text()}")
    git(repository, "config", "gpg.format", "ssh")
    git(repository, "config", "user.signingkey", str(path))
    git(repository, "config", "gpg.ssh.allowedSignersFile", str(tmp_path / "allowed"))
    git(repository, "config", "commit.gpgsign", "true")
    return path


async def test_every_commit_is_signed_where_the_person_signs(
    gather: Gather, repository: Path, key: Path
) -> None:
    start = git(repository, "rev-parse", "HEAD")
    team = await gather(SLUGIFY)
    ticket = await worked_on(team)
    merged = await team.accept_ticket(ticket.id)
    assert merged.state is TicketState.MERGED
    signatures = git(repository, "log", "--format=%G?", f"{start}..main").split()
    assert signatures == ["G"] * 4, "spec, tests, code and merge"
    assert key.exists()


async def test_key_that_cannot_sign_stops_the_ticket_before_any_work(
    gather: Gather, repository: Path, key: Path
) -> None:
    team = await gather(SLUGIFY)
    ticket_id = await ready_ticket(team)
    key.rename(key.with_name("away"))

    ticket = await team.run_ticket(ticket_id, silent)

    assert ticket.state is TicketState.BLOCKED
    assert "commit.gpgsign" in ticket.note
    assert ticket.evidence.commits == []
    assert ticket.evidence.completion_tokens == 0
    key.with_name("away").rename(key)
    assert (await team.run_ticket(ticket_id, silent)).state is TicketState.REVIEW


async def test_merge_that_cannot_be_signed_moves_nothing(
    gather: Gather, repository: Path, key: Path
) -> None:
    team = await gather(SLUGIFY)
    ticket = await worked_on(team)
    head = git(repository, "rev-parse", "HEAD")
    key.rename(key.with_name("away"))

    with pytest.raises(Exception, match=r"commit\.gpgsign"):
        await team.accept_ticket(ticket.id)

    assert git(repository, "rev-parse", "HEAD") == head
    key.with_name("away").rename(key)
    assert (await team.accept_ticket(ticket.id)).state is TicketState.MERGED


async def test_file_in_a_submodule_blocks_the_ticket_with_the_reason(
    gather: Gather, repository: Path, tmp_path: Path
) -> None:
    lib = tmp_path / "lib"
    lib.mkdir()
    git(lib, "init", "--quiet")
    git(lib, "commit", "--quiet", "--allow-empty", "-m", "lib")
    git(repository, "-c", "protocol.file.allow=always", "submodule", "--quiet", "add", str(lib))
    git(repository, "commit", "--quiet", "-m", "with lib")
    team = await gather(SLUGIFY)
    test = AcceptanceTest(path="tests/test_x.py", text="def test_x():\n    assert False\n")
    ticket = await team.add_ticket("x", "", "lib/x.py", "x", [test])

    ticket = await team.run_ticket(ticket.id, silent)

    assert ticket.state is TicketState.BLOCKED
    assert "submodule lib" in ticket.note


async def test_branch_that_leaves_no_room_is_named_and_the_ticket_stays_ready(
    gather: Gather, repository: Path
) -> None:
    team = await gather(SLUGIFY)
    ticket_id = await ready_ticket(team)
    git(repository, "branch", "tenon")

    with pytest.raises(Exception, match="git branch -m tenon"):
        await team.run_ticket(ticket_id, silent)

    ticket = await team.ticket(ticket_id)
    assert ticket.state is TicketState.READY
    assert "git branch -m tenon" in ticket.note
    git(repository, "branch", "-m", "tenon", "mine")
    assert (await team.run_ticket(ticket_id, silent)).state is TicketState.REVIEW


# -------------------------------------------------------------------- what a crash leaves


def folders(tmp_path: Path) -> list[Path]:
    return list((tmp_path / "data" / "worktrees").glob("*/*"))


async def test_worktree_and_branch_that_no_ticket_needs_are_swept_away(
    gather: Gather, repository: Path, tmp_path: Path
) -> None:
    team = await gather(SLUGIFY)
    ticket = await reviewed(team, (await worked_on(team)).id)
    (folder,) = folders(tmp_path)
    tip = git(repository, "rev-parse", ticket.branch)
    ticket.state = TicketState.REJECTED  # the process died before it removed them
    await team._team.tools.memory.tickets.replace(ticket)
    stray = folder.with_name("tkt-unknown")
    git(repository, "worktree", "add", "--quiet", "-b", "tenon/tkt-unknown-x", str(stray))
    gone = folder.with_name("tkt-gone")
    git(repository, "worktree", "add", "--quiet", "--detach", str(gone))
    shutil.rmtree(gone)

    await gather(SLUGIFY)

    assert folders(tmp_path) == []
    assert len(git(repository, "worktree", "list").splitlines()) == 1
    assert git(repository, "branch", "--list", ticket.branch) == ""
    assert tip in git(repository, "for-each-ref", f"refs/tenon/archive/{ticket.id}")
    assert git(repository, "branch", "--list", "tenon/tkt-unknown-x"), "perhaps another store's"


async def test_worktree_of_the_persons_is_left_alone(
    gather: Gather, repository: Path, tmp_path: Path
) -> None:
    mine = tmp_path / "mine"
    git(repository, "worktree", "add", "--quiet", "-b", "mine", str(mine))
    team = await gather(SLUGIFY)
    assert (await worked_on(team)).state is TicketState.REVIEW
    await gather(SLUGIFY)
    assert (mine / "textkit").is_dir()


async def test_lock_that_a_killed_git_left_on_a_tickets_branch_is_removed(
    gather: Gather, repository: Path
) -> None:
    team = await gather(SLUGIFY)
    ticket = await worked_on(team)
    lock = repository / ".git/refs/heads" / f"{ticket.branch}.lock"
    mine = repository / ".git/refs/heads/main.lock"
    for path in (lock, mine):
        path.touch()
        os.utime(path, (time.time() - 3600, time.time() - 3600))
    fresh = lock.with_name("tkt-fresh.lock")
    fresh.touch()

    team = await gather(SLUGIFY)

    assert not lock.exists()
    assert fresh.exists() and mine.exists(), "somebody may be at work"
    mine.unlink()
    assert (await team.accept_ticket(ticket.id)).state is TicketState.MERGED


async def test_index_lock_in_a_worktree_does_not_stop_a_merge(
    gather: Gather, repository: Path
) -> None:
    team = await gather(SLUGIFY)
    ticket = await worked_on(team)
    (repository / ".git/worktrees" / ticket.id / "index.lock").touch()
    git(repository, "commit", "--quiet", "--allow-empty", "-m", "so that it has to be proved")
    assert (await team.accept_ticket(ticket.id)).state is TicketState.MERGED
