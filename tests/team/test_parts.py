"""A function of a file that fails its tests is written anew where its body begins."""

from __future__ import annotations

from collections.abc import AsyncGenerator
from pathlib import Path
from typing import Any

import pytest

from agents.inference import Completion, CompletionRequest, OnText
from agents.progress import silent
from memory.records import AcceptanceTest, Ticket, TicketState
from server.models.scripted import ScriptedModel
from tests.sample import git
from tests.team.conftest import Gather

STUB = """def words(text):
    pass


def joined(text):
    pass
"""
WHOLE = """```python
def words(text):
    return text.lower().split()


def joined(text):
    return "_".join(words(text))
```"""
BODY = '    return "-".join(words(text))'
TESTS = """from textkit.join import joined, words


def test_words():
    assert words("Hello World") == ["hello", "world"]


def test_joined():
    assert joined("Hello World") == "hello-world"
"""


PARAMETERS = """import pytest

from textkit.join import joined, words


@pytest.mark.parametrize(("text", "expected"), [("a", "a"), ("Hello World", "hello-world")])
def test_joined(text, expected):
    assert words(text) and joined(text) == expected
"""


@pytest.mark.parametrize("end", ["", "\n```", "\n```\n\nIt joins the words."])
async def test_a_body_is_taken_whether_or_not_its_block_ends(
    gather: Gather, repository: Path, end: str
) -> None:
    ticket = await write_anew(gather, repository, BODY + end, TESTS)
    assert ticket.state is TicketState.REVIEW, ticket.note
    assert ticket.evidence.rung == "part"


async def test_one_set_of_parameters_that_passes_is_enough_to_go_on_from(
    gather: Gather, repository: Path
) -> None:
    ticket = await write_anew(gather, repository, BODY, PARAMETERS)
    assert ticket.evidence.rung == "part", ticket.note


@pytest.mark.parametrize("nothing", ["    pass", "    ...\n```", "    # later\n", ""])
async def test_a_body_that_does_nothing_is_no_candidate(
    gather: Gather, repository: Path, nothing: str
) -> None:
    ticket = await write_anew(gather, repository, nothing, TESTS, max_candidates=20)
    assert ticket.state is TicketState.BLOCKED
    best = ticket.evidence.best_attempt
    assert best and "words(text)" in best.text


async def test_every_question_for_code_has_loops_ended(
    gather: Gather, repository: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[CompletionRequest] = []
    complete = ScriptedModel.complete

    def counted(
        self: ScriptedModel, request: CompletionRequest, on_text: OnText | None = None
    ) -> AsyncGenerator[Completion, None]:
        asked.append(request)
        return complete(self, request, on_text)

    monkeypatch.setattr(ScriptedModel, "complete", counted)
    await write_anew(gather, repository, BODY, TESTS)
    ended = [request.end_loops for request in asked if request.agent == "developer"]
    assert len(ended) == 2 and all(ended)


async def write_anew(
    gather: Gather, repository: Path, answer: str, tests: str, **options: Any
) -> Ticket:
    """A ticket whose first answer has one wrong function, for which `answer` is the body."""
    (repository / "textkit" / "join.py").write_text(STUB)
    git(repository, "add", "--all")
    git(repository, "commit", "-qm", "stub")
    going_on = {"agent": "developer", "matches": r"def joined\(text\):\n$", "reply": answer}
    team = await gather(WHOLE, rules=[going_on], **options)
    brought = AcceptanceTest(path="tests/test_join.py", text=tests, origin="ticket")
    ticket = await team.add_ticket("Join", "Join words.", "textkit/join.py", "", [brought])
    return await team.run_ticket(ticket.id, silent)
