"""Of a long conversation the prompt has what matters; its summary never stands in the way."""

from __future__ import annotations

import asyncio

import pytest

from agents import running_summary
from agents.orchestrator import Orchestrator
from agents.progress import silent
from agents.prompting import render
from memory.manager import MemoryManager
from memory.records import ConversationTurn, Session
from tests.team.conftest import Gather

SUMMARY = "The person wants slugs with hyphens."
IS_QUESTION = {"contains": "Sort a message", "reply": '{"intent": "question"}'}
WRITES = {"contains": "Write the new summary", "reply": SUMMARY}
OLD_PROMPT = """Conversation so far:
user: Hello
agent: Hi.
Message of the person: And now?

Answer in a few sentences, in Markdown. If the material above does not tell, say so."""


@pytest.fixture(autouse=True)
def without_a_pause(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(running_summary, "_QUIET_SECONDS", 0.0)


def memory_of(team: Orchestrator) -> MemoryManager:
    return team._team.tools.memory


async def talk(team: Orchestrator, *texts: str) -> None:
    """A conversation that took place before."""
    memory = memory_of(team)
    await memory.sessions.insert(Session(id="ses-1", repository=team._team.repository))
    for number, text in enumerate(texts):
        role = "agent" if number % 2 else "user"
        await memory.conversations.append(
            ConversationTurn(id=f"t{number}", session_id="ses-1", role=role, text=text)
        )


async def summarised(team: Orchestrator) -> None:
    task = team._chat._summary._task
    assert task is not None
    await task


SMALL_TALK = tuple(f"Remark {number} about the weather, which was fine." for number in range(24))


def test_a_short_conversation_is_prompted_as_ever() -> None:
    turns = [
        ConversationTurn(id="a", session_id="s", role="user", text="Hello"),
        ConversationTurn(id="b", session_id="s", role="agent", text="Hi."),
    ]
    nothing = {"repo_map": "", "sources": [], "requirements": [], "summary": "", "earlier": []}
    assert render("answer_question", text="And now?", turns=turns, **nothing) == OLD_PROMPT


async def test_an_earlier_turn_that_matters_is_in_the_prompt(gather: Gather) -> None:
    seen = r"Said earlier in it:\nuser: The walrus.*Conversation so far:\n.*Remark 23"
    team = await gather("", rules=[IS_QUESTION, {"matches": seen, "reply": "I see the walrus."}])
    await talk(team, "The walrus module must never import the seal module.", "Noted.", *SMALL_TALK)
    turn = await team.chat("What may the walrus module import?", "ses-1", silent)
    assert turn.text == "I see the walrus."


async def test_a_summary_is_written_afterwards_and_shown_next_time(gather: Gather) -> None:
    shown = {"contains": f"What the conversation was about before: {SUMMARY}", "reply": "I know."}
    team = await gather("", rules=[IS_QUESTION, WRITES, shown])
    await talk(team, *SMALL_TALK)
    first = await team.chat("Hello again", "ses-1", silent)
    assert first.text != "I know."
    await summarised(team)

    summary = await memory_of(team).summaries.get("ses-1")
    assert summary is not None
    turns = await memory_of(team).conversations.history("ses-1", 100)
    assert (summary.text, summary.turns) == (SUMMARY, 16)
    assert turns[summary.turns - 1].id == summary.last_turn_id
    assert [turn.text for turn in turns[:24]] == list(SMALL_TALK)
    assert (await team.chat("And now?", "ses-1", silent)).text == "I know."


async def test_a_message_stops_the_summary_at_once(gather: Gather) -> None:
    team = await gather("", rules=[{**WRITES, "reply": "word " * 10_000}], delay=0.001)
    await talk(team, *SMALL_TALK)
    await team.chat("Hello", "ses-1", silent)
    writing = team._chat._summary._task
    assert writing is not None
    await asyncio.sleep(0.05)
    assert not writing.done()
    await team.chat("Hello again", "ses-1", silent)
    assert writing.cancelled()
    assert await memory_of(team).summaries.get("ses-1") is None


async def test_stopping_the_team_stops_the_summary(gather: Gather) -> None:
    team = await gather("", rules=[{**WRITES, "reply": "word " * 10_000}], delay=0.001)
    await talk(team, *SMALL_TALK)
    await team.chat("Hello", "ses-1", silent)
    writing = team._chat._summary._task
    await team.stop()
    assert writing is not None
    assert writing.done()


async def test_a_model_that_cannot_summarise_is_no_failure(gather: Gather) -> None:
    refuses = [{"contains": "Write the new summary", "reply": ""}]
    team = await gather("", rules=refuses)
    await talk(team, *SMALL_TALK)
    await team.chat("Hello", "ses-1", silent)
    await summarised(team)
    assert await memory_of(team).summaries.get("ses-1") is None


async def test_the_summary_begins_anew_where_its_last_turn_is_gone(gather: Gather) -> None:
    team = await gather("", rules=[WRITES])
    await talk(team, *SMALL_TALK)
    summary = team._chat._summary
    assert await summary.refresh("ses-1")
    await memory_of(team)._store.delete("conversations", "t7")
    assert await summary.refresh("ses-1")
    stored = await memory_of(team).summaries.get("ses-1")
    assert stored is not None
    assert (stored.turns, stored.last_turn_id) == (8, "t8")
