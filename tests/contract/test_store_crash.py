"""What a store has acknowledged survives a kill -9 of the process at any moment."""

from __future__ import annotations

import os
import random
import sqlite3
import subprocess
import sys
from pathlib import Path
from typing import Any

WORKER = Path(__file__).with_name("store_process.py")
ROOT = Path(__file__).parents[2]
ROUNDS = 6


def acknowledged_until_killed(
    address: str, name: str, work: str = "append-for-ever"
) -> list[list[str]]:
    """Words of every line that the worker printed before it was killed in the middle of work."""
    command = [sys.executable, str(WORKER), address, work, name]
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=environment) as worker:
        assert worker.stdout is not None
        lines = [worker.stdout.readline() for _ in range(random.randint(1, 60))]
        worker.kill()
        lines += worker.stdout.readlines()
    return [line.split() for line in lines if line.endswith("\n")]


async def test_nothing_acknowledged_is_lost_by_a_kill(backend: Any) -> None:
    acknowledged: list[list[str]] = []
    for number in range(ROUNDS):
        acknowledged += acknowledged_until_killed(backend.address, f"round{number}")
    logged = [document_id for what, document_id in acknowledged if what == "logged"]
    inserted = [document_id for what, document_id in acknowledged if what == "inserted"]
    assert len(logged) >= ROUNDS

    store = await backend.open()
    entries = await store.after("agent_log", 0, 100_000)
    found = await store.find("tickets")
    await store.close()
    in_log = [entry.document["text"] for entry in entries]
    assert [text for text in in_log if text in set(logged)] == logged
    assert {document["id"] for document in found} >= set(inserted)


async def test_nothing_that_was_committed_together_is_lost_by_a_kill(backend: Any) -> None:
    acknowledged: list[list[str]] = []
    for number in range(ROUNDS):
        acknowledged += acknowledged_until_killed(
            backend.address, f"round{number}", "write-together"
        )
    store = await backend.open()
    found = {document["id"] for document in await store.find("tickets")}
    in_log = [entry.document["text"] for entry in await store.after("agent_log", 0, 100_000)]
    await store.close()
    assert len(acknowledged) >= ROUNDS
    for what, document_id in acknowledged:
        assert document_id in (found if what == "inserted" else in_log)
    assert len(in_log) == len(set(in_log))
    assert set(in_log) <= found  # each was inserted before it was logged


async def test_a_killed_sqlite_file_stays_whole(tmp_path: Path) -> None:
    path = tmp_path / "tenon.sqlite3"
    for number in range(ROUNDS):
        work = ("append-for-ever", "write-together")[number % 2]
        acknowledged_until_killed(str(path), f"round{number}", work)
        connection = sqlite3.connect(path)
        assert connection.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
        connection.close()
