"""`tenon memory`: what a person sees, and that nothing goes without being asked."""

from __future__ import annotations

import asyncio
import io
import json
from collections.abc import Awaitable, Callable
from datetime import timedelta
from pathlib import Path
from typing import TypeVar

import pytest

from memory.manager import MemoryManager
from memory.medium_term.model_cards import card_id
from memory.records import (
    AgentLogEntry,
    ConversationTurn,
    ModelCard,
    Session,
    Ticket,
    TicketRun,
    TicketState,
    utc_now,
)
from memory.schema import SCHEMA_VERSION
from server import settings
from server.cli import main
from server.models.model_card import ModelCard as MeasuredCard
from server.models.model_card import Speed
from server.probe_command import keep_card

_T = TypeVar("_T")


@pytest.fixture
def data(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    folder = tmp_path / "data"
    monkeypatch.setenv("TENON_DATA_DIR", str(folder))
    monkeypatch.setenv("TENON_CACHE_DIR", str(tmp_path / "cache"))
    monkeypatch.delenv("TENON_MONGODB_URI", raising=False)
    monkeypatch.chdir(tmp_path)
    with_memory(folder, lambda memory: fill(memory, str(tmp_path)))
    return folder


def with_memory(folder: Path, body: Callable[[MemoryManager], Awaitable[_T]]) -> _T:
    async def run() -> _T:
        memory = await MemoryManager.open(folder)
        try:
            return await body(memory)
        finally:
            await memory.close()

    return asyncio.run(run())


async def fill(memory: MemoryManager, repository: str) -> None:
    await memory.sessions.insert(Session(id="ses-1", repository=repository, title="shorter names"))
    for number, text in enumerate(("make the names shorter", "the key is s3cret-word")):
        turn = ConversationTurn(id=f"trn-{number}", session_id="ses-1", role="user", text=text)
        await memory.conversations.append(turn)
    old = Ticket(
        id="tkt-old",
        repository=repository,
        title="x",
        state=TicketState.MERGED,
        updated_at=utc_now() - timedelta(days=800),
    )
    await memory.tickets.insert(old)
    run = TicketRun(
        id="run-1", repository=repository, ticket_id="tkt-2", outcome="blocked", title="slugs"
    )
    await memory.runs.insert(run)
    entry = AgentLogEntry(
        id="log-1", repository=repository, agent="pm", kind="message", text="s3cret-word"
    )
    await memory.log.append(entry)


def tenon(capsys: pytest.CaptureFixture[str], *arguments: str) -> tuple[int, str, str]:
    code = main(["memory", *arguments])
    shown = capsys.readouterr()
    return code, shown.out, shown.err


def test_stats_count_every_collection(data: Path, capsys: pytest.CaptureFixture[str]) -> None:
    code, out, _ = tenon(capsys, "stats", "--json")
    tiers = json.loads(out)["tiers"]
    assert code == 0
    assert tiers["medium term"]["conversations"]["records"] == 2
    assert tiers["short term"]["working_set"] == {"records": 0, "bytes": 0}
    _, out, _ = tenon(capsys, "stats")
    assert str(data / "tenon.sqlite3") in out
    assert "agent_log" in out


def test_sessions_runs_and_cards_are_listed(data: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert "ses-1" in tenon(capsys, "sessions")[1]
    assert "blocked" in tenon(capsys, "runs")[1]
    assert json.loads(tenon(capsys, "runs", "tkt-2", "--json")[1])[0]["title"] == "slugs"
    assert "tenon models probe" in tenon(capsys, "cards")[1]
    card = {
        "speeds": {"plain": {"prefill": 1.0, "decode": {"1": 5.0, "16": 31.4}}},
        "ability": {"coding_tasks": 8, "solved": 6},
    }
    for speed in (31.4, 40.0):
        card["speeds"]["plain"]["decode"]["16"] = speed  # type: ignore[index]
        stored = ModelCard(
            id=card_id("box", "m.gguf", 1, 2),
            machine="box",
            file_name="m.gguf",
            size_bytes=1,
            modified_ns=2,
            card=card,
        )
        with_memory(data, lambda memory, stored=stored: memory.model_cards.keep(stored))  # type: ignore[misc]
    [line] = tenon(capsys, "cards")[1].splitlines()
    assert line.startswith("box  m.gguf")
    assert line.endswith("40.0 tokens/s, 6 of 8 tasks")


def test_an_export_is_imported_into_another_folder(
    data: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    code, out, _ = tenon(capsys, "export", "all.jsonl", "--json")
    header = json.loads(out)
    assert (code, header["schema_version"]) == (0, SCHEMA_VERSION)
    assert header["counts"]["conversations"] == 2
    monkeypatch.setenv("TENON_DATA_DIR", str(tmp_path / "other"))
    code, out, _ = tenon(capsys, "import", "all.jsonl")
    assert code == 0
    assert "2 conversations" in out
    assert "ses-1" in tenon(capsys, "sessions")[1]
    assert "import: 6 added" in tenon(capsys, "stats")[1]
    code, out, err = tenon(capsys, "import", "none.jsonl")
    assert (code, out) == (1, "")
    assert err.startswith("tenon: none.jsonl cannot be read")


def test_tidying_tells_what_leaves_before_and_after(
    data: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    for arguments in (["--dry-run"], []):
        code, out, _ = tenon(capsys, "tidy", *arguments)
        assert code == 0
        assert out.startswith("tickets: 1 dropped (1 by age")
    assert tenon(capsys, "tidy")[1] == "Nothing is over the limits.\n"


def test_limits_of_retention_come_from_the_settings(
    data: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TENON_RETENTION_DAYS", "900")
    assert tenon(capsys, "tidy")[1] == "Nothing is over the limits.\n"


def test_a_secret_goes_after_it_was_agreed_to(
    data: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sys.stdin", io.StringIO("n\n"))
    code, _, err = tenon(capsys, "forget", "--text", "s3cret-word")
    assert code == 1
    assert "To be changed: 1 agent_log, 1 conversations." in err
    assert "Nothing was changed." in err
    monkeypatch.setattr("sys.stdin", io.StringIO("s3cret-word\ny\n"))
    code, out, _ = tenon(capsys, "forget", "--text", "-")
    assert code == 0
    assert "Changed: 1 agent_log, 1 conversations." in out
    assert all(b"s3cret" not in path.read_bytes() for path in data.rglob("*") if path.is_file())


def test_a_conversation_goes(data: Path, capsys: pytest.CaptureFixture[str]) -> None:
    code, out, _ = tenon(capsys, "forget", "--conversation", "ses-1", "--yes", "--json")
    assert code == 0
    assert json.loads(out)["deleted"] == {"conversations": 2, "sessions": 1}
    assert "There are no conversations" in tenon(capsys, "sessions")[1]
    code, _, err = tenon(capsys, "forget", "--conversation", "ses-1", "--yes")
    assert code == 1
    assert err.startswith("tenon: There is no conversation ses-1.")


def test_what_is_to_be_forgotten_must_be_named(
    data: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as caught:
        main(["memory", "forget", "--yes"])
    assert caught.value.code == 2
    assert "one of the arguments --conversation --text is required" in capsys.readouterr().err
    assert tenon(capsys, "forget", "--text", "abc", "--yes")[2].startswith(
        "tenon: The text must have at least 4 characters"
    )


def test_the_probe_keeps_its_card_in_the_records_of_every_machine(
    data: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    speed = Speed(prefill=50.0, decode={1: 9.0, 8: 33.0})
    card = MeasuredCard(file_name="m.gguf", size_bytes=1, modified_ns=2, speeds={"plain": speed})
    values = settings.load().values
    for host in ("one", "two", "two"):
        monkeypatch.setattr("platform.node", lambda host=host: host)
        asyncio.run(keep_card(values, card))
    cards = json.loads(tenon(capsys, "cards", "--json")[1])
    assert [stored["machine"].split()[0] for stored in cards] == ["one", "two"]
    assert MeasuredCard.model_validate(cards[0]["card"]) == card

    (data / "tenon.sqlite3").write_bytes(b"no database" * 100)
    asyncio.run(keep_card(values, card))
    assert "the card is not in the records" in capsys.readouterr().err
