"""The index follows the store, whatever is done to the turns, by whom, and whoever is killed."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from memory.conversations.index_file import Scope
from memory.manager import MemoryManager
from memory.records import ConversationTurn, Session

ROOT = Path(__file__).parents[4]
CHILD = """
import asyncio, sys
from pathlib import Path
from memory.manager import MemoryManager
from memory.records import ConversationTurn

async def main(folder, start):
    memory = await MemoryManager.open(Path(folder))
    number = int(start)
    while True:
        turn = ConversationTurn(id=f"t{number}", session_id="s", role="user", text=f"word{number}")
        await memory.conversations.append(turn)
        print(number, flush=True)
        number += 1

asyncio.run(main(*sys.argv[1:]))
"""


class Talk:
    """Two windows on one data folder, and what may happen in them."""

    def __init__(self, windows: list[MemoryManager], seed: int) -> None:
        self._windows = windows
        self._draw = random.Random(seed)
        self._next = 0

    async def step(self) -> None:
        memory = self._draw.choice(self._windows)
        kinds = (self._append, self._append, self._delete, self._swap, self._change, self._search)
        await self._draw.choice(kinds)(memory)

    async def _append(self, memory: MemoryManager) -> None:
        self._next += 1
        session = self._draw.choice("ab")
        turn = ConversationTurn(
            id=f"t{self._next}", session_id=session, role="user", text=f"word{self._next} said"
        )
        await memory.conversations.append(turn)

    async def _delete(self, memory: MemoryManager) -> None:
        turns = await memory.conversations.newest(100)
        if turns:
            await memory._store.delete("conversations", self._draw.choice(turns).id)

    async def _swap(self, memory: MemoryManager) -> None:
        await self._delete(memory)
        await self._append(memory)

    async def _change(self, memory: MemoryManager) -> None:
        turns = await memory.conversations.newest(100)
        if turns:
            turn = self._draw.choice(turns)
            changed = turn.model_copy(update={"text": f"changed {turn.id}"})
            await memory.conversations._turns.replace(changed)
            await memory.turns.forget([turn.id])

    async def _search(self, memory: MemoryManager) -> None:
        where = self._draw.choice([{}, {"session_id": "a"}, {"repository": "/r"}])
        await memory.search_conversations("word said", 5, **where)


@pytest.mark.parametrize("seed", range(6))
async def test_the_index_holds_what_the_store_holds(tmp_path: Path, seed: int) -> None:
    windows = [await MemoryManager.open(tmp_path) for _ in range(2)]
    for memory in windows:
        memory.conversations.on_append = lambda _turn: None
    for session in "ab":
        await windows[0].sessions.insert(Session(id=session, repository="/r"))
    talk = Talk(windows, seed)
    for _ in range(15):
        for _ in range(4):
            await talk.step()
        await windows[0].search_conversations("word", 1)
        rows = await windows[1].turns.use(lambda file: file.rows(Scope()))
        stored = [t for s in "ab" for t in await windows[1].conversations.history(s, 1_000)]
        assert rows.ids == [turn.id for turn in stored]
        for turn in stored[-3:]:
            found = await windows[1].search_conversations(turn.text, 50)
            assert turn.text in [item.turn.text for item in found]
    for memory in windows:
        await memory.close()


async def test_after_kills_every_acknowledged_turn_is_found(tmp_path: Path) -> None:
    memory = await MemoryManager.open(tmp_path)
    await memory.sessions.insert(Session(id="s", repository="/r"))
    await memory.close()
    acknowledged = -1
    for kill in range(3):
        command = [sys.executable, "-c", CHILD, str(tmp_path), str((kill + 1) * 1_000)]
        child = subprocess.Popen(
            command, cwd=ROOT, stdout=subprocess.PIPE, text=True, env={**os.environ}
        )
        assert child.stdout is not None
        for _ in range(12 + 5 * kill):
            acknowledged = int(child.stdout.readline())
        child.send_signal(signal.SIGKILL)
        child.wait()
        child.stdout.close()
        memory = await MemoryManager.open(tmp_path)
        for number in (acknowledged, (kill + 1) * 1_000):
            found = await memory.search_conversations(f"word{number}", 5)
            assert [item.turn.id for item in found][:1] == [f"t{number}"]
        await memory.close()
