"""Tests that come with a ticket decide: no model writes or changes any."""

from __future__ import annotations

from pathlib import Path

import pytest

from agents.base import InvalidStateError
from agents.orchestrator import Orchestrator
from agents.pair import sha256
from agents.progress import silent
from memory.records import AcceptanceTest, Criterion, Ticket, TicketState
from tests.sample import SLUGIFY, git
from tests.team.conftest import WRONG_SLUGIFY, Gather

TESTS = """import unittest

from textkit.cleaning import slugify


class SlugifyTest(unittest.TestCase):
    def test_words(self):
        self.assertEqual(slugify("Hello, World!"), "hello-world")

    @unittest.skip("later")
    def test_numbers(self):
        self.assertEqual(slugify(1), "1")


if __name__ == "__main__":
    unittest.main()
"""
PATH = "tests/slugify_test.py"
WORDS = "Turn a title into a URL slug."
STUB = (
    '\n\ndef slugify(text: str) -> str:\n    """Turn a title."""\n    raise NotImplementedError\n'
)
REVIEW = {"agent": "architect", "reply": "Look at it."}


def brought(text: str | None = TESTS, path: str = PATH) -> AcceptanceTest:
    return AcceptanceTest(path=path, text=text, origin="ticket")


async def add(
    team: Orchestrator, *tests: AcceptanceTest, file: str = "textkit/cleaning.py", symbol="slugify"
) -> Ticket:
    return await team.add_ticket("Slugs", WORDS, file, symbol, tests or [brought()])


async def run(team: Orchestrator, ticket: Ticket) -> Ticket:
    return await team.run_ticket(ticket.id, silent)


async def test_ticket_with_tests_is_built_and_merged_without_a_model_writing_any(
    gather: Gather, repository: Path
) -> None:
    team = await gather(WRONG_SLUGIFY, SLUGIFY)
    ticket = await run(team, await add(team))

    assert ticket.state is TicketState.REVIEW, ticket.note
    evidence = ticket.evidence
    assert evidence.test_hashes == {PATH: sha256(TESTS)}
    assert evidence.test_origins == {PATH: "ticket"}
    assert evidence.red_run and evidence.red_run.errors == 1
    assert evidence.green_run and evidence.green_run.passed == 1
    assert evidence.rung
    assert not [e for e in await team.ticket_log(ticket.id) if e.agent == "tester"
                and e.kind == "generation"]  # fmt: skip
    merged = await team.accept_ticket(ticket.id)
    assert merged.state is TicketState.MERGED
    assert git(repository, "show", f"HEAD:{PATH}") == TESTS.strip()


async def test_tests_that_are_in_the_repository_are_locked_as_they_are(
    gather: Gather, repository: Path
) -> None:
    (repository / PATH).write_text(TESTS)
    cleaning = repository / "textkit" / "cleaning.py"
    cleaning.write_text(cleaning.read_text() + STUB)
    git(repository, "add", "--all")
    git(repository, "commit", "-qm", "tests and stub")
    team = await gather(SLUGIFY)
    ticket = await run(team, await add(team, brought(None)))

    assert ticket.state is TicketState.REVIEW, ticket.note
    assert ticket.evidence.baseline_failing == [], "what decides is no excuse later"
    assert len(ticket.evidence.commits) == 1, "nothing of the tests was to be committed"
    assert ticket.evidence.red_run and "NotImplementedError" in ticket.evidence.red_run.message
    assert (await team.accept_ticket(ticket.id)).state is TicketState.MERGED


FORGED = SLUGIFY.replace(
    "import re\n",
    "import re\nfrom pathlib import Path\n",
).replace(
    "    words = re",
    f'    Path("{PATH}").write_text("def test_words():\\n    pass\\n")\n    words = re',
)


async def test_after_code_that_writes_over_the_tests_the_search_goes_on(
    gather: Gather, repository: Path
) -> None:
    team = await gather(FORGED, SLUGIFY)
    ticket = await run(team, await add(team))

    assert ticket.state is TicketState.REVIEW, ticket.note
    assert "write_text" not in git(repository, "show", f"{ticket.branch}:textkit/cleaning.py")
    assert git(repository, "show", f"{ticket.branch}:{PATH}") == TESTS.strip()


async def test_code_that_writes_over_the_tests_is_not_accepted(
    gather: Gather, repository: Path
) -> None:
    team = await gather(FORGED, max_candidates=1)
    ticket = await run(team, await add(team))

    assert ticket.state is TicketState.BLOCKED
    assert "locked tests were changed" in ticket.note
    branch = git(repository, "show", f"{ticket.branch}:{PATH}")
    assert branch == TESTS.strip()


async def test_code_that_steers_the_tests_when_it_runs_is_not_accepted(gather: Gather) -> None:
    ignoring = SLUGIFY.replace("import re\n", "import re\nfrom pathlib import Path\n").replace(
        "    words = re",
        '    Path("conftest.py").write_text("collect_ignore = []")\n    words = re',
    )
    team = await gather(ignoring, max_candidates=1)
    ticket = await run(team, await add(team))
    assert ticket.state is TicketState.BLOCKED
    assert "changed conftest.py when it ran" in ticket.note


async def test_file_that_decides_which_tests_run_is_the_persons_to_change(gather: Gather) -> None:
    team = await gather(SLUGIFY)
    ticket = await run(team, await add(team, file="tests/conftest.py", symbol="slugify"))
    assert ticket.state is TicketState.BLOCKED and "by hand" in ticket.note
    assert ticket.evidence.candidates_run == 0


async def test_file_to_change_cannot_be_a_test_that_decides(gather: Gather) -> None:
    team = await gather(SLUGIFY)
    ticket = await run(team, await add(team, brought(), file=PATH))
    assert ticket.state is TicketState.BLOCKED and "cannot be a locked test" in ticket.note


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("def test_words(:\n", "do not parse"),
        ("import nowhere\n\n\ndef test_words():\n    assert nowhere\n", "prove nothing"),
        ("def test_words():\n    pass\n", "passes already"),
        ("def test_words(thing):\n    pass\n", "itself is broken"),
        (None, "is not in the repository"),
    ],
)
async def test_tests_that_prove_nothing_block_the_ticket_before_any_code(
    gather: Gather, text: str | None, words: str
) -> None:
    team = await gather(SLUGIFY)
    ticket = await run(team, await add(team, brought(text)))
    assert ticket.state is TicketState.BLOCKED
    assert words in ticket.note and ticket.evidence.candidates_run == 0


async def test_every_file_that_was_brought_decides(gather: Gather) -> None:
    second = (
        "from textkit.cleaning import slugify\n\n\ndef test_none():\n    assert slugify('-') == ''"
    )
    shouting = SLUGIFY.replace('"-".join(words)', '"-".join(words) or "NONE"')
    team = await gather(shouting, shouting, SLUGIFY)
    ticket = await run(team, await add(team, brought(), brought(second, "tests/test_none.py")))

    assert ticket.state is TicketState.REVIEW, ticket.note
    assert "NONE" not in str(await team.ticket_changes(ticket.id))
    assert set(ticket.evidence.test_hashes) == {PATH, "tests/test_none.py"}


async def test_tester_adds_the_examples_of_the_criteria(gather: Gather) -> None:
    team = await gather(SLUGIFY)
    ticket = await add(team)
    ticket.criteria.append(
        Criterion(id="AC-1", text="x", call="slugify('')", expected="''", origin="person")
    )
    await team._team.tools.memory.tickets.replace(ticket)
    ticket = await run(team, ticket)

    assert ticket.state is TicketState.REVIEW, ticket.note
    assert sorted(ticket.evidence.test_origins.values()) == ["tester", "ticket"]


async def test_whole_file_is_written_where_no_symbol_is_named(
    gather: Gather, repository: Path
) -> None:
    tests = (
        "from shapes import Square, area_of\n\n\ndef test_area():\n"
        "    assert area_of(Square(3)) == 9\n"
    )
    stub = (
        "class Square:\n    def __init__(self, side):\n        pass\n\n\n"
        "def area_of(shape):\n    pass\n"
    )
    (repository / "shapes.py").write_text(stub)
    git(repository, "add", "--all")
    git(repository, "commit", "-qm", "stub")
    answer = (
        "```python\nfrom math import prod\n\nSIDES = 2\n\n\nclass Square:\n"
        "    def __init__(self, side):\n        self.side = side\n\n\n"
        "def area_of(shape):\n    return prod([shape.side] * SIDES)\n```"
    )
    team = await gather(answer)
    shapes = brought(tests, "shapes_test.py")
    ticket = await run(team, await add(team, shapes, file="shapes.py", symbol=""))

    assert ticket.state is TicketState.REVIEW, ticket.note
    await team.accept_ticket(ticket.id)
    assert (repository / "shapes.py").read_text().startswith("from math import prod")


async def test_person_adds_such_a_ticket_only_with_tests(gather: Gather) -> None:
    team = await gather(SLUGIFY)
    with pytest.raises(InvalidStateError, match="tests"):
        await team.add_ticket("Slugs", WORDS, "textkit/cleaning.py", "slugify")
