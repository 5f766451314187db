"""`tenon memory search`: earlier turns with session, time and speaker."""

from __future__ import annotations

import asyncio
import json
from datetime import UTC, datetime
from pathlib import Path

import pytest

from memory.manager import MemoryManager
from memory.records import ConversationTurn, Session
from server.cli import main

NOON = datetime(2025, 6, 1, 12, tzinfo=UTC)


@pytest.fixture
def data(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A data folder with two conversations about two repositories."""
    folder = tmp_path / "data"
    monkeypatch.setenv("TENON_DATA_DIR", str(folder))
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "no-models"))

    async def fill() -> None:
        memory = await MemoryManager.open(folder)
        for name, text in (("a", "Hello. The walrus sings at dawn."), ("b", "A walrus sleeps.")):
            repository = str((tmp_path / name).resolve())
            await memory.sessions.insert(
                Session(id=f"ses-{name}", repository=repository, title=name)
            )
            await memory.conversations.append(
                ConversationTurn(
                    id=f"trn-{name}",
                    session_id=f"ses-{name}",
                    role="user",
                    text=text,
                    created_at=NOON,
                )
            )
        await memory.close()

    asyncio.run(fill())
    return folder


def found(capsys: pytest.CaptureFixture[str], *arguments: str) -> list[dict[str, object]]:
    assert main(["memory", "search", *arguments, "--json"]) == 0
    listed: list[dict[str, object]] = json.loads(capsys.readouterr().out)["found"]
    return listed


def test_every_field_of_a_found_turn_is_shown(
    data: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (best, *_) = found(capsys, "which walrus sings?")
    assert best.pop("score")
    assert best == {
        "turn": "trn-a",
        "session": "ses-a",
        "title": "a",
        "repository": str((tmp_path / "a").resolve()),
        "time": "2025-06-01T12:00:00.000+00:00",
        "role": "user",
        "agent": "",
        "excerpt": "The walrus sings at dawn.",
        "text": "Hello. The walrus sings at dawn.",
    }


def test_search_is_narrowed_by_repository_session_and_limit(
    data: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    def ids(*arguments: str) -> set[object]:
        return {item["turn"] for item in found(capsys, "walrus", *arguments)}

    assert ids() == {"trn-a", "trn-b"}
    assert ids("--repo", str(tmp_path / "b")) == {"trn-b"}
    assert ids("--session", "ses-a") == {"trn-a"}
    assert len(ids("--limit", "1")) == 1
    assert ids("--session", "ses-none") == set()


def test_a_person_reads_who_said_it_when_and_where(
    data: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["memory", "search", "walrus", "sings"]) == 0
    shown = capsys.readouterr().out
    assert "2025-06-01" in shown
    assert "user  in ses-a  a" in shown
    assert "  The walrus sings at dawn." in shown
    assert main(["memory", "search", "submarine"]) == 0
    assert capsys.readouterr().out == "Nothing was found.\n"


def test_wrong_usage_is_told(data: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["memory", "search", " "]) == 2
    assert "what to look for" in capsys.readouterr().err
    with pytest.raises(SystemExit):
        main(["memory", "search", "walrus", "--limit", "0"])
