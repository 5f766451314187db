"""Prefixes on disk: one file each, so that a restart does not read the role prompts again.

A file is a line of JSON (sizes and a hash), the tokens, and llama.cpp's sequence state. It is
written beside its place and renamed, and a file whose hash is wrong is deleted, never loaded:
llama.cpp trusts what it is given.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from agents.tools.atomic_write import replace_file
from server.models.engine.batch import Tokens

_SUFFIX = ".prefix"
_HEAD_BYTES = 256
_SAMPLES, _SAMPLE_BYTES = 64, 64 * 1024


@dataclass(frozen=True, eq=False)
class StoredPrefix:
    """A file of the store."""

    path: Path
    tokens: Tokens
    slot: None = None


class PrefixStore:
    """The folder of one model and one way to run it; the least recently used files go."""

    def __init__(self, folder: Path, limit_bytes: int) -> None:
        self._folder = folder
        self._limit_bytes = limit_bytes
        self.entries = [
            entry for path in sorted(folder.glob(f"*{_SUFFIX}")) if (entry := _read_entry(path))
        ]

    def holds(self, tokens: Tokens) -> bool:
        """Whether these very tokens are there."""
        return any(np.array_equal(entry.tokens, tokens) for entry in self.entries)

    def save(self, tokens: Tokens, state: bytes) -> None:
        """Write a prefix; a disk that is full or read-only is left as it is."""
        path = self._folder / (hashlib.sha256(tokens.tobytes()).hexdigest()[:32] + _SUFFIX)
        body = _as_bytes(tokens) + state
        head = {"tokens": len(tokens), "sha256": hashlib.sha256(body).hexdigest()}
        with contextlib.suppress(OSError):
            self._folder.mkdir(parents=True, exist_ok=True)
            replace_file(path, json.dumps(head).encode() + b"\n" + body)
            self.entries.append(StoredPrefix(path, tokens))
            self._limit()

    def load(self, entry: StoredPrefix) -> bytes:
        """The state of a prefix; empty, and the file gone, when it is damaged."""
        try:
            head, _, body = entry.path.read_bytes().partition(b"\n")
            tokens = _as_bytes(entry.tokens)
            whole = hashlib.sha256(body).hexdigest() == json.loads(head)["sha256"]
        except (OSError, ValueError, KeyError, TypeError):
            whole = False
        if whole and body.startswith(tokens):
            with contextlib.suppress(OSError):  # a read-only disk
                os.utime(entry.path)
            return body[len(tokens) :]
        self._remove(entry.path)
        return b""

    def _limit(self) -> None:
        """Other processes write here as well, so it counts what is there, not what it knows."""
        paths = sorted(self._folder.iterdir(), key=lambda path: _stat(path)[0], reverse=True)
        total = 0
        for path in paths:
            total += _stat(path)[1]
            if total > self._limit_bytes:
                self._remove(path)

    def _remove(self, path: Path) -> None:
        self.entries = [entry for entry in self.entries if entry.path != path]
        with contextlib.suppress(OSError):
            path.unlink()


def fingerprint(path: Path) -> str:
    """Names a model file by its size and by samples spread over it: a gigabyte in no time."""
    size = path.stat().st_size
    digest = hashlib.sha256(str(size).encode())
    with path.open("rb") as file:
        for number in range(_SAMPLES):
            file.seek(max(size - _SAMPLE_BYTES, 0) * number // (_SAMPLES - 1))
            digest.update(file.read(_SAMPLE_BYTES))
    return digest.hexdigest()[:32]


def _read_entry(path: Path) -> StoredPrefix | None:
    try:
        size = path.stat().st_size
        with path.open("rb") as file:
            count = json.loads(file.readline(_HEAD_BYTES))["tokens"]
            if not 0 < count <= size // 4:
                return None
            data = file.read(4 * count)
        return StoredPrefix(path, np.frombuffer(data, "<i4").astype(np.int32))
    except (OSError, ValueError, KeyError, TypeError):
        return None


def _as_bytes(tokens: Tokens) -> bytes:
    return tokens.astype("<i4").tobytes()


def _stat(path: Path) -> tuple[float, int]:
    try:
        stat = path.stat()
    except OSError:
        return 0.0, 0
    return stat.st_mtime, stat.st_size
