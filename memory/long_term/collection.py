"""The tables of long-term memory: accepted code, lessons, and the code of repositories."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import Protocol

from memory.embeddings.contract import Embedder
from memory.errors import ForgetError
from memory.long_term.lessons import LessonMemory
from memory.long_term.snippets import SnippetMemory
from memory.long_term.table import HybridChunkTable


class _Table(Protocol):
    """What all tables can do."""

    async def sync(self) -> None: ...

    async def tidy(self) -> None: ...

    async def count_containing(self, *texts: str) -> int: ...

    async def forget(self, *texts: str) -> int: ...

    async def close(self) -> None: ...


class LongTermMemory:
    """One folder for each table in `data_dir`; vectors there, or in a folder of `uri` each."""

    def __init__(self, data_dir: Path, embedder: Embedder | None, uri: str | None = None) -> None:
        def place(name: str) -> str | None:
            return f"{uri.rstrip('/')}/{name}" if uri else None

        self.snippets = SnippetMemory(data_dir / "snippets", embedder, uri=place("snippets"))
        self.lessons = LessonMemory(data_dir / "lessons", embedder, uri=place("lessons"))
        self.code = HybridChunkTable(data_dir / "code", embedder, uri=place("code"))
        self._tables: dict[str, _Table] = {
            "snippets": self.snippets,
            "lessons": self.lessons,
            "code_chunks": self.code,
        }

    async def sync(self) -> None:
        """Bring the vectors of each up to its rows."""
        for table in self._tables.values():
            await table.sync()

    async def tidy(self) -> None:
        """Let what was used least leave each, and compact."""
        for table in self._tables.values():
            await table.tidy()

    async def count_containing(self, texts: Sequence[str]) -> Counter[str]:
        """Return how many snippets, lessons and pieces of code contain one of the texts.

        Raises ForgetError.
        """
        found = Counter[str]()
        for name, table in self._tables.items():
            try:
                found[name] = await table.count_containing(*texts)
            except Exception as error:
                raise ForgetError(f"The {name} in memory cannot be searched: {error}.") from error
        return +found

    async def forget(self, texts: Sequence[str]) -> Counter[str]:
        """Remove what contains one of the texts from every table; return how many of each.

        Raises ForgetError, after the other tables, if one fails.
        """
        found, problems = Counter[str](), []
        for name, table in self._tables.items() if texts else ():
            try:
                found[name] = await table.forget(*texts)
            except (asyncio.CancelledError, KeyboardInterrupt, SystemExit, GeneratorExit):
                raise
            except BaseException as error:  # SQLite's, an object store's, Lance's panics
                problems.append(f"{name}: {error}")
        if problems:
            raise ForgetError(
                "Not all of it is forgotten. Mend this, and forget it again: " + "; ".join(problems)
            )
        return +found

    async def close(self) -> None:
        """Release the tables. Closing twice is allowed."""
        for table in self._tables.values():
            await table.close()
