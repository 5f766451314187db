"""A server killed between any two steps: state, branch, worktree and evidence agree."""

import asyncio
import json
import shutil
import signal
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest

from agents.fault_points import FAULT_POINTS
from server.protocol import (
    TicketParams,
    TicketRebaseParams,
    TicketRejectParams,
    TicketRunParams,
)
from tests.lsp.killing import Life
from tests.lsp.scenario import environment
from tests.sample import REQUEST, git, new_repository

CLEANING = "textkit/cleaning.py"
OTHER = '\n\ndef shout(text: str) -> str:\n    """Upper case."""\n    return text.upper()\n'
REMOVAL = ("remove: worktree gone", "remove: branch gone")


@dataclass(frozen=True)
class Action:
    """What a person does with a ticket, from which state, and what is found after each kill."""

    name: str
    start: str
    method: str
    steps: dict[str, str]
    """Fault point -> the state that the ticket is in after a restart."""

    def params(self, ticket_id):
        return {
            "run": TicketRunParams(ticket_id),
            "accept": TicketParams(ticket_id),
            "drop": TicketRejectParams(ticket_id, "not wanted", True),
            "send back": TicketRejectParams(ticket_id, "call it otherwise", False),
            "rebase": TicketRebaseParams(ticket_id),
        }[self.name]


def steps(prefix, states):
    """The points of one kind with the state after each, in their order."""
    points = [point for point in FAULT_POINTS if point.startswith(prefix)]
    assert len(points) == len(states)
    return dict(zip(points, states, strict=True))


def removal(state):
    return dict.fromkeys(REMOVAL, state)


ACTIONS = [
    Action(
        "run",
        "conflicted",
        "tenon/tickets/run",
        steps("run: ", ["conflicted", *["ready"] * 9, "review"]) | removal("ready"),
    ),
    Action(
        "accept",
        "review",
        "tenon/tickets/accept",
        steps("accept: ", ["review"] * 3 + ["merged"] * 3) | removal("merged"),
    ),
    Action(
        "drop",
        "review",
        "tenon/tickets/reject",
        steps("reject: ", ["rejected"] * 2) | removal("rejected"),
    ),
    Action(
        "send back",
        "conflicted",
        "tenon/tickets/reject",
        steps("reject: ", ["ready"] * 2) | removal("ready"),
    ),
    Action(
        "rebase",
        "conflicted",
        "tenon/tickets/rebase",
        steps("rebase: ", ["conflicted"] * 3 + ["review"] * 2),
    ),
]
CASES = [(action, point) for action in ACTIONS for point in action.steps]


class Place:
    """A repository with a ticket, and the server's data, in a folder that can be put back."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.repository = folder / "work" / "répo with space"
        self.variables = environment(folder / "work" / "env")

    async def prepare(self):
        """Keep a copy with the ticket in review, and one with it conflicted."""
        new_repository(self.repository)
        async with Life(self.repository, self.variables) as life:
            self.ticket_id = await life.reviewed(REQUEST)
        self._leave_work_lying_about()
        shutil.copytree(self.folder / "work", self.folder / "review", symlinks=True)
        git(self.repository, "stash", "--quiet", "--include-untracked")
        cleaning = self.repository / CLEANING
        cleaning.write_text(cleaning.read_text() + OTHER)
        git(self.repository, "commit", "--quiet", "--all", "-m", "somebody else's work")
        git(self.repository, "stash", "pop", "--quiet", "--index")
        async with Life(self.repository, self.variables) as life:
            await life.ask("tenon/tickets/accept", TicketParams(self.ticket_id))
            assert (await life.ticket()).state == "conflicted"
        shutil.copytree(self.folder / "work", self.folder / "conflicted", symlinks=True)

    def _leave_work_lying_about(self):
        counting = self.repository / "textkit" / "counting.py"
        counting.write_text(counting.read_text() + "# being edited\n")
        (self.repository / "staged.txt").write_text("staged\n")
        git(self.repository, "add", "staged.txt")
        (self.repository / "untracked.txt").write_text("mine\n")

    def restore(self, state):
        shutil.rmtree(self.folder / "work")
        shutil.copytree(self.folder / state, self.folder / "work", symlinks=True)

    def picture(self):
        """All that is the person's: branch, commit, index, and the bytes of every file."""
        root = self.repository
        files = {
            path.relative_to(root): path.read_bytes()
            for path in sorted(root.rglob("*"))
            if path.is_file() and path.relative_to(root).parts[0] != ".git"
        }
        index = git(root, "ls-files", "--stage")
        return (root / ".git" / "HEAD").read_text(), git(root, "rev-parse", "@"), index, files

    def status(self):
        return git(self.repository, "status", "--porcelain")

    def branches(self):
        return git(self.repository, "branch", "--list", "--format=%(refname:short)", "tenon/*")

    def commits(self, start, end):
        return git(self.repository, "rev-list", "--reverse", f"{start}..{end}").split()

    def is_kept(self, commit):
        """Whether a reference holds the commit, so that Git does not collect it."""
        return bool(git(self.repository, "for-each-ref", "--contains", commit))


@pytest.fixture(scope="module")
def place(tmp_path_factory):
    place = Place(tmp_path_factory.mktemp("place"))
    asyncio.run(place.prepare())
    return place


async def killed_at(place, action, point):
    """Let a server begin, and die at the point."""
    variables = place.variables | {"TENON_FAULT_POINT": point}
    async with Life(place.repository, variables) as life:
        life.begin(action.method, action.params(place.ticket_id))
        assert await life.end() == -signal.SIGKILL, f"{point} is never reached"


def agree(place, ticket, evidence):
    """State, branch, worktree and evidence tell the same."""
    folders = git(place.repository, "worktree", "list").splitlines()
    if ticket.state in ("review", "conflicted"):
        assert place.branches() == ticket.branch
        assert place.commits(evidence.base_commit, ticket.branch) == evidence.commits
        assert bool(ticket.note) == (ticket.state == "conflicted") == bool(ticket.conflicts)
    else:
        assert place.branches() == ""
        assert len(folders) == 1
        assert not list((place.folder / "work/env/data/worktrees").glob("*/*"))
    if ticket.state == "merged":
        assert evidence.merge_commit == git(place.repository, "rev-parse", "main")
        assert evidence.commits[-1] == git(place.repository, "rev-parse", "main^2")
    else:
        assert evidence.merge_commit == ""


async def finished(life, ticket):
    """Do what is left for a person to do until the ticket is merged."""
    if ticket.state == "ready":
        await life.ask("tenon/tickets/run", TicketRunParams(ticket.id))
    if ticket.state == "conflicted":
        await life.ask("tenon/tickets/rebase", TicketRebaseParams(ticket.id))
    if ticket.state not in ("merged", "rejected"):
        await life.ask("tenon/tickets/accept", TicketParams(ticket.id))
    return (await life.ticket()).state


def test_every_fault_point_is_tested():
    assert {point for _action, point in CASES} == set(FAULT_POINTS)


@pytest.mark.parametrize(("action", "point"), CASES, ids=[f"{a.name}-{p}" for a, p in CASES])
async def test_server_killed_between_two_steps(place, action, point):
    place.restore(action.start)
    before, status = place.picture(), place.status()
    work = place.commits("main", place.branches())

    await killed_at(place, action, point)

    expected = action.steps[point]
    if expected == "merged":
        assert place.status() == status, "the person's own changes are as they were"
    else:
        assert place.picture() == before
    async with Life(place.repository, place.variables) as life:
        ticket = await life.ticket()
        assert ticket.state == expected
        detail = await life.ask("tenon/tickets/get", TicketParams(ticket.id))
        agree(place, ticket, detail.evidence)
        assert all(map(place.is_kept, work)), "what was committed is kept"
        assert await finished(life, ticket) == ("rejected" if action.name == "drop" else "merged")
        agree(place, *await now(life))
    assert place.status() == status
    assert git(place.repository, "fsck", "--connectivity-only", "--no-dangling") == ""


async def now(life):
    ticket = await life.ticket()
    return ticket, (await life.ask("tenon/tickets/get", TicketParams(ticket.id))).evidence


def test_terminal_says_that_the_server_died_and_accepts_again(place):
    place.restore("review")

    def accept(**more):
        command = ("ticket", "accept", place.ticket_id, "--json", "--repository", place.repository)
        return subprocess.run(
            [sys.executable, "-P", "-m", "server", *map(str, command)],
            check=False,
            env=place.variables | more,
            capture_output=True,
            text=True,
            timeout=120,
        )

    died = accept(TENON_FAULT_POINT="accept: merge noted")
    assert died.returncode == 1 and "ended unexpectedly" in died.stderr
    again = accept()
    assert again.returncode == 0, again.stderr
    assert json.loads(again.stdout)["ticket"]["state"] == "merged"
