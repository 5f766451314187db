"""A server killed with SIGKILL at any moment loses nothing, and its successor goes on."""

import sys
from dataclasses import dataclass

import pytest

from server.protocol import (
    ChatHistoryParams,
    ChatParams,
    SpecDecisionParams,
    SpecGetParams,
    SpecProposeParams,
    TicketParams,
    TicketRunParams,
)
from tests.lsp.killing import Life, gone, held, hold, without_bubblewrap
from tests.lsp.scenario import LONG_REPLY, environment
from tests.sample import REQUEST, SLUGIFY, git, new_repository

TALK = [
    {"contains": "Sort a message", "reply": '{"intent": "talk"}'},
    {"agent": "project_manager", "contains": "everything", "reply": LONG_REPLY},
    {"agent": "project_manager", "reply": "Hello!"},
]
ENDLESS = "```python\ndef slugify(text: str) -> str:\n    while True:\n        pass\n```"
HELD_SUITE = SLUGIFY.replace("Turn a title", "Hold the suite: turn a title")
SUITE = '''"""Ends once nothing asks to hold it."""

from textkit import cleaning


def test_nothing_holds_the_suite():
    while "Hold" in (getattr(getattr(cleaning, "slugify", None), "__doc__", "") or ""):
        pass
'''


@pytest.fixture
def repository(tmp_path):
    root = new_repository(tmp_path / "répo with space")
    (root / "tests" / "test_hold.py").write_text(SUITE)
    git(root, "add", "--all")
    git(root, "commit", "--quiet", "-m", "a test that can be held")
    return root


@dataclass
class Stage:
    """A moment in the work: how to get there, and what the next server then finds."""

    reach: object
    ticket: str | None
    note: str = ""
    developer: str = SLUGIFY


async def answering(life):
    life.begin("tenon/chat", ChatParams("tell me everything"))
    await life.text_arrives()


async def proposed(life):
    await life.ask("tenon/spec/propose", SpecProposeParams(REQUEST))


async def accepting(life):
    """The spec file is written, and Git commits it."""
    hold(life.repository, "pre-commit")
    result = await life.ask("tenon/spec/propose", SpecProposeParams(REQUEST))
    life.begin("tenon/spec/accept", SpecDecisionParams(result.proposal.id))
    await held(life.repository)


async def accepted(life):
    await life.planned(REQUEST)


async def writing_tests(life):
    life.begin("tenon/tickets/run", TicketRunParams(await life.planned(REQUEST)))
    await life.ticket_is("testing")
    await life.tests_run()


async def implementing(life):
    life.begin("tenon/tickets/run", TicketRunParams(await life.planned(REQUEST)))
    await life.ticket_is("implementing")
    await life.tests_run()


async def reviewed(life):
    await life.reviewed(REQUEST)


async def proving_the_merge(life):
    """The base has moved, so the whole suite runs on the merge first."""
    ticket_id = await life.reviewed(REQUEST)
    git(life.repository, "commit", "--quiet", "--allow-empty", "-m", "somebody else's work")
    life.begin("tenon/tickets/accept", TicketParams(ticket_id))
    await life.tests_run()


async def merging(life):
    """The branch has moved; the ticket does not know it yet."""
    ticket_id = await life.reviewed(REQUEST)
    hold(life.repository, "post-merge")
    life.begin("tenon/tickets/accept", TicketParams(ticket_id))
    await held(life.repository)


STAGES = {
    "answering": Stage(answering, None),
    "a proposal waits": Stage(proposed, None),
    "accepting the spec": Stage(accepting, "draft"),
    "a ticket is ready": Stage(accepted, "ready"),
    "testing": Stage(writing_tests, "ready", "interrupted"),
    "implementing": Stage(implementing, "ready", "interrupted", ENDLESS),
    "running the whole suite": Stage(implementing, "ready", "interrupted", HELD_SUITE),
    "a ticket is in review": Stage(reviewed, "review"),
    "proving the merge": Stage(proving_the_merge, "review"),
    "merging": Stage(merging, "merged"),
}


def variables(folder, developer=SLUGIFY):
    rules = [*TALK, {"agent": "developer", "reply": developer}]
    return environment(folder, delay=0.005, first_rules=rules)


def own_things(repository):
    """What is the person's: branch, commit, index and files."""
    return [git(repository, "status", "--porcelain", "--branch"), git(repository, "rev-parse", "@")]


async def words(life):
    history = await life.ask("tenon/chat/history", ChatHistoryParams())
    return [turn.text for turn in history.turns]


async def carry_on(life):
    """Do what is left for a person to do until the ticket is merged."""
    if await life.ticket() is None or (await life.ticket()).state == "draft":
        spec = await life.ask("tenon/spec/get", SpecGetParams())
        if not spec.proposals:
            await proposed(life)
            spec = await life.ask("tenon/spec/get", SpecGetParams())
        await life.ask("tenon/spec/accept", SpecDecisionParams(spec.proposals[0].id))
    ticket = await life.ticket()
    if ticket.state == "ready":
        await life.ask("tenon/tickets/run", TicketRunParams(ticket.id))
    if (await life.ticket()).state == "review":
        await life.ask("tenon/tickets/accept", TicketParams(ticket.id))
    return await life.ticket()


@pytest.mark.parametrize("stage", STAGES.values(), ids=STAGES)
async def test_server_killed_at_any_stage_loses_nothing(stage, repository, tmp_path):
    async with Life(repository, variables(tmp_path / "env", stage.developer)) as first:
        await first.ask("tenon/chat", ChatParams("hello"))
        await stage.reach(first)
        known = await first.ticket()
        before = own_things(repository)
        processes = await first.kill()
        await gone(processes)

    if stage.reach is not accepting:  # there Git was in the middle of the person's commit
        assert own_things(repository) == before
    async with Life(repository, variables(tmp_path / "env")) as second:
        assert (await words(second))[:2] == ["hello", "Hello!"]
        ticket = await second.ticket()
        assert (ticket and ticket.state) == stage.ticket
        assert (ticket and ticket.id) == (known and known.id)
        assert stage.note in (ticket.note if ticket else "")
        assert (await carry_on(second)).state == "merged"

    assert own_things(repository)[0] == "## main"
    assert git(repository, "rev-list", "--merges", "--count", "main") == "1"
    assert git(repository, "branch", "--format=%(refname:short)") == "main"
    assert len(git(repository, "worktree", "list").splitlines()) == 1


async def test_message_of_a_killed_server_is_kept(repository, tmp_path):
    async with Life(repository, variables(tmp_path / "env")) as first:
        await answering(first)
        await first.kill()
    async with Life(repository, variables(tmp_path / "env")) as second:
        assert (await words(second))[0] == "tell me everything"


@pytest.mark.skipif(sys.platform != "linux", reason="the sandbox is for Linux")
async def test_without_bubblewrap_no_test_runner_outlives_a_killed_server(repository, tmp_path):
    weak = without_bubblewrap(variables(tmp_path / "env", ENDLESS), tmp_path / "bin")
    async with Life(repository, weak) as life:
        await implementing(life)
        processes = await life.kill()

    await gone(processes)
