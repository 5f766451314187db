"""A repository of Git, the real table, and an index over both."""

from __future__ import annotations

import subprocess
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from agents.tools.repository_files import GitFiles
from memory.code_index.contract import IndexLimits
from memory.code_index.indexer import CodeIndexer
from memory.long_term.contract import Filters
from memory.long_term.table import HybridChunkTable
from tests.unit.memory.long_term.conftest import WordEmbedder


class Repository:
    """A checkout with an index; `words` counts what is embedded."""

    def __init__(self, root: Path, folder: Path) -> None:
        self.root = root
        self.folder = folder
        self.words = WordEmbedder()
        self.table = HybridChunkTable(folder, self.words)
        self.git("init", "-q", "-b", "main")
        self.write("adder.py", "def add(a, b):\n    return a + b\n")
        self.write("greeter.py", 'def greet(name):\n    return f"hello {name}"\n')
        self.commit()

    def git(self, *arguments: str) -> None:
        identity = ("-c", "user.name=T", "-c", "user.email=t@example.org")
        subprocess.run(["git", *identity, *arguments], cwd=self.root, check=True)

    def write(self, path: str, text: str | bytes) -> None:
        file = self.root / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(text.encode() if isinstance(text, str) else text)

    def commit(self) -> None:
        self.git("add", "-A")
        self.git("commit", "-qm", "change")

    def indexer(self, limits: IndexLimits | None = None) -> CodeIndexer:
        files = GitFiles(self.root)
        return CodeIndexer(self.folder / "index", str(self.root), files, self.table, limits)

    async def paths(self) -> set[str]:
        return await self.table.files(str(self.root)) or set()

    async def texts(self, query: str) -> list[str]:
        filters = Filters(repository=str(self.root))
        return [hit.chunk.text for hit in await self.table.search(query, 20, filters)]


@pytest.fixture
async def repository(tmp_path: Path) -> AsyncIterator[Repository]:
    root = tmp_path / "repository"
    root.mkdir()
    made = Repository(root, tmp_path / "data")
    yield made
    await made.table.close()
