"""Reads one file for the index: what is in it, or why it stays out."""

from __future__ import annotations

import hashlib
import os
import stat
import time
from dataclasses import dataclass
from pathlib import Path

from memory.chunking.chunk import Chunk
from memory.chunking.chunker import chunk_text
from memory.chunking.source import decode
from memory.code_index import contents, names
from memory.code_index.contract import IndexLimits
from memory.code_index.manifest import FileState
from memory.code_index.secrets import redact

_SETTLED_NS = 2_000_000_000
"""File systems note the time of a change in steps of up to two seconds (FAT)."""


@dataclass(frozen=True)
class ReadFile:
    """A file and its chunks; without chunks where `state.reason` says why."""

    state: FileState
    chunks: list[Chunk]
    is_same: bool = False
    """Whether its bytes are those that the index knows already."""


def file_stat(root: Path, path: str) -> os.stat_result | None:
    """Of an ordinary file; None for links, folders and what is not there."""
    try:
        found = os.lstat(root / path)
    except (OSError, ValueError):
        return None
    return found if stat.S_ISREG(found.st_mode) else None


def is_unchanged(found: os.stat_result, known: FileState | None) -> bool:
    """Whether the file is the one that was read, going by its times, size and inode.

    A file that was written less than two seconds before it was read may have been written again
    within the same tick of its clock, so it is read once more.
    """
    return (
        known is not None
        and (found.st_mtime_ns, found.st_size, found.st_ino)
        == (known.mtime_ns, known.size, known.inode)
        and known.mtime_ns + _SETTLED_NS <= known.read_ns
    )


def read_file(
    root: Path, path: str, known: FileState | None, limits: IndexLimits, aside: bool
) -> ReadFile:
    """Read and cut one file. Never raises for what is in it or for not being there."""
    now = time.time_ns()
    try:
        descriptor = os.open(root / path, os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0))
        with os.fdopen(descriptor, "rb") as file:
            found = os.fstat(file.fileno())
            reason = _before_reading(path, found, limits, aside)
            data = b"" if reason else file.read(limits.max_file_bytes + 1)
    except (OSError, ValueError):
        return ReadFile(FileState(path, 0, 0, 0, now, "", 0, names.UNREADABLE), [])
    digest = "" if reason else hashlib.sha256(data).hexdigest()
    same = known is not None and digest == known.digest and (bool(digest) or reason == known.reason)
    chunks: list[Chunk] = []
    if not same and not reason:
        reason, chunks = _cut(path, data)
    state = FileState(
        path,
        found.st_mtime_ns,
        found.st_size,
        found.st_ino,
        now,
        digest,
        known.chunks if same and known else len(chunks),
        known.reason if same and known else reason,
    )
    return ReadFile(state, chunks, same)


def _before_reading(path: str, found: os.stat_result, limits: IndexLimits, aside: bool) -> str:
    if not stat.S_ISREG(found.st_mode):
        return names.UNREADABLE
    reason = names.reason_to_leave_out(path) or (names.GENERATED if aside else "")
    return reason or (names.LARGE if found.st_size > limits.max_file_bytes else "")


def _cut(path: str, data: bytes) -> tuple[str, list[Chunk]]:
    text = decode(data)
    if text is None:
        return names.BINARY, []
    reason = contents.reason_to_leave_out(text) if not path.endswith(".ipynb") else ""
    if reason:
        return reason, []
    return "", chunk_text(path, redact(path, text))
