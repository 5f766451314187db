"""A store and a memory manager in a folder of their own."""

from __future__ import annotations

import os
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from memory.embeddings import BgeSmallEmbedder, JoinedEmbedder, MiniLmEmbedder
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
    return MiniLmEmbedder(_model("minilm-l6-v2-int8/model.onnx"), _model(_TOKENIZER))


@pytest.fixture
def bge() -> BgeSmallEmbedder:
    """The second real embedding model."""
    return BgeSmallEmbedder(_model("bge-small-en-v1.5-int8/model.onnx"), _model(_TOKENIZER))


@pytest.fixture
def joined(embedder: MiniLmEmbedder, bge: BgeSmallEmbedder) -> JoinedEmbedder:
    """Both as one."""
    return JoinedEmbedder(embedder, bge)


_TOKENIZER = "minilm-l6-v2-int8/tokenizer.json"


def _model(name: str) -> Path:
    cache = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache")
    file = cache / "tenon" / "models" / name
    if not file.exists():
        pytest.fail(f"The embedding model's file {name} is missing. Fetch it with: make setup")
    return file
