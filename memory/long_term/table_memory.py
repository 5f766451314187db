"""What memories that lie in one table of chunks have in common."""

from __future__ import annotations

from memory.long_term.table import HybridChunkTable


class TableMemory:
    """Looks after a table. Adding to it and searching are its subclasses' matter."""

    def __init__(self, table: HybridChunkTable) -> None:
        self._table = table

    async def count_containing(self, *texts: str) -> int:
        """Return how many rows contain one of the texts. Raises sqlite3.Error or OSError."""
        return await self._table.count_containing(*texts)

    async def forget(self, *texts: str) -> int:
        """Remove every row that contains one of the texts, from the disk too; how many."""
        return await self._table.forget(*texts)

    async def sync(self) -> None:
        """Bring the vectors up to the rows."""
        await self._table.sync()

    async def tidy(self) -> None:
        """Let what was used least leave, and compact."""
        await self._table.tidy()

    async def close(self) -> None:
        """Closing twice is allowed."""
        await self._table.close()
