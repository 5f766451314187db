"""Jupyter notebooks as chunks: the cells that a person wrote, never their outputs."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from memory.chunking.chunk import Chunk
from memory.chunking.cut import parts
from memory.chunking.source import Source


def notebook_chunks(path: str, text: str) -> list[Chunk]:
    """A section for each cell (nbformat 4); none if the file is no notebook."""
    try:
        notebook = json.loads(text)
    except (ValueError, RecursionError):
        return []
    finder = _Lines(text)
    return [chunk for cell in _cells(notebook) for chunk in _of_cell(path, cell, finder)]


def _cells(notebook: Any) -> Iterator[dict[str, Any]]:
    cells = notebook.get("cells") if isinstance(notebook, dict) else None
    for cell in cells if isinstance(cells, list) else []:
        if isinstance(cell, dict) and cell.get("cell_type") in {"code", "markdown"}:
            yield cell


def _of_cell(path: str, cell: dict[str, Any], finder: _Lines) -> Iterator[Chunk]:
    lines = cell.get("source")
    text = "".join(map(str, lines)) if isinstance(lines, list) else str(lines or "")
    first, last = finder.find(text)
    source = Source(path, "python" if cell["cell_type"] == "code" else "markdown", text)
    for part in parts(source, None, source.trimmed(0, len(source.data))):
        chunk = source.chunk("section", "", [part])
        if chunk is not None:
            yield Chunk(path, chunk.language, "section", "", chunk.text, first, last)


class _Lines:
    """Finds the lines of the file that hold a cell, in the order of the cells."""

    def __init__(self, text: str) -> None:
        self._lines = text.split("\n")
        self._next = 0

    def find(self, cell: str) -> tuple[int, int]:
        """First and last line, from 1; the rest of the file where it is written otherwise."""
        wanted = [line for line in cell.split("\n") if line.strip()]
        if not wanted:
            return self._next + 1, self._next + 1
        first = self._find(wanted[0], self._next)
        last = first if first is None else self._find(wanted[-1], first + len(wanted) - 1)
        if first is None or last is None:
            return min(self._next + 1, len(self._lines)), len(self._lines)
        self._next = last
        return first + 1, last + 1

    def _find(self, line: str, start: int) -> int | None:
        forms = {json.dumps(line)[1:-1], json.dumps(line, ensure_ascii=False)[1:-1]}
        numbers = range(start, len(self._lines))
        return next((n for n in numbers if any(form in self._lines[n] for form in forms)), None)
