"""A store and a memory manager in a folder of their own."""

from __future__ import annotations

import os
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from memory.embeddings import MiniLmEmbedder
from memory.manager import MemoryManager
from memory.sqlite_store import SqliteStore


@pytest.fixture
async def store(tmp_path: Path) -> AsyncIterator[SqliteStore]:
    opened = await SqliteStore.open(tmp_path / "tenon.sqlite3")
    yield opened
    await opened.close()


@pytest.fixture
async def memory(tmp_path: Path) -> AsyncIterator[MemoryManager]:
    opened = await MemoryManager.open(tmp_path / "data")
    yield opened
    await opened.close()


@pytest.fixture
def embedder() -> MiniLmEmbedder:
    """The real embedding model."""
    cache = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache")
    folder = cache / "tenon" / "models" / "minilm-l6-v2-int8"
    if not (folder / "model.onnx").exists():
        pytest.fail("The embedding model is missing. Fetch it with: make setup")
    return MiniLmEmbedder(folder / "model.onnx", folder / "tokenizer.json")
