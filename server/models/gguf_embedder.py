"""A GGUF embedding model of the person's own, in a process of its own."""

from __future__ import annotations

import asyncio
import base64
import contextlib
import hashlib
import json
import os
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

from memory.embeddings import Gate, Vectors
from memory.embeddings.hosted import to_unit
from server.models.gguf_header import read_header
from server.models.worker_process import ENVIRONMENT

_BATCH = 16
_IDLE_SECONDS = 600
_LINE_LIMIT = 16 * 1024**2
_SAMPLE = 1024**2


class EmbeddingModelError(Exception):
    """The model cannot be loaded, or its process ended; the message says what to do."""


class GgufEmbedder:
    """Texts to vectors by llama.cpp; of longer texts the first `tokens`.

    The process starts with the first text, and ends with the server or when nobody has asked
    for ten minutes. `embed` raises EmbeddingModelError, and the next call starts it again.
    """

    def __init__(
        self,
        model: Path,
        *,
        tokens: int = 256,
        threads: int | None = None,
        gate: Gate | None = None,
        query_prefix: str = "",
        text_prefix: str = "",
    ) -> None:
        """The prefixes stand before questions and texts, as some models were trained.

        Raises OSError, UnreadableHeaderError.
        """
        header = read_header(model)
        self.dimensions = header.embedding_length
        # Models that learnt a vector for each position have none for further ones.
        tokens = min(tokens, header.trained_context or tokens)
        self.name = f"gguf:{model.stem}-{_fingerprint(model, text_prefix)}-{tokens}"
        self._model = model
        self._load = {"path": str(model), "threads": threads, "tokens": tokens}
        self._gate = gate or Gate()
        self._query_prefix, self._text_prefix = query_prefix, text_prefix
        self._process: asyncio.subprocess.Process | None = None
        self._turn = asyncio.Lock()
        self._idle: asyncio.TimerHandle | None = None

    @property
    def process_id(self) -> int | None:
        """Of the process that embeds, while there is one."""
        return self._process.pid if self._process else None

    async def embed(self, texts: Sequence[str]) -> Vectors:
        """One row per text: float32 of shape [n, dimensions], each of length 1."""
        rows = np.empty((len(texts), self.dimensions), dtype=np.float32)
        for start in range(0, len(texts), _BATCH):
            if len(texts) > _BATCH:
                await asyncio.to_thread(self._gate.wait)
            some = [self._text_prefix + text for text in texts[start : start + _BATCH]]
            rows[start : start + _BATCH] = await self._ask(some)
        return rows

    async def embed_query(self, text: str) -> Vectors:
        """Return the vector of a question; it waits for one batch of texts at most."""
        vector: Vectors = (await self._ask([self._query_prefix + text]))[0]
        return vector

    async def close(self) -> None:
        """End the process, if it runs."""
        if self._idle:
            self._idle.cancel()
        async with self._turn:
            await self._end()

    async def _ask(self, texts: list[str]) -> Vectors:
        async with self._turn:
            try:
                process = self._process = self._process or await self._start()
                answer = await _exchange(process, {"texts": texts})
            except BaseException as error:
                # Also when cancelled: the next question would get the answer to this one.
                await self._end()
                if isinstance(error, OSError | ValueError):
                    raise EmbeddingModelError(f"{self._model.name}: {error}") from error
                raise
            self._end_when_idle()
        if answer["event"] != "vectors":
            raise EmbeddingModelError(f"{self._model.name} cannot embed: {answer['message']}")
        data = np.frombuffer(base64.b64decode(answer["data"]), dtype=np.float32)
        return to_unit(data.reshape(len(texts), -1), len(texts), self.dimensions, self.name)

    async def _start(self) -> asyncio.subprocess.Process:
        process = await asyncio.create_subprocess_exec(
            sys.executable,
            "-P",  # the current folder is the user's: nothing may be imported from there
            *("-m", "server.models.embedding_worker", str(os.getpid())),
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.DEVNULL,
            env=ENVIRONMENT | os.environ,
            limit=_LINE_LIMIT,
        )
        self._process = process
        answer = await _exchange(process, self._load)
        if answer["event"] != "ready":
            raise OSError(f"it cannot be loaded: {answer['message']}")
        return process

    def _end_when_idle(self) -> None:
        if self._idle:
            self._idle.cancel()
        loop = asyncio.get_running_loop()
        self._idle = loop.call_later(_IDLE_SECONDS, lambda: loop.create_task(self.close()))

    async def _end(self) -> None:
        process, self._process = self._process, None
        if process is None:
            return
        with contextlib.suppress(ProcessLookupError):
            process.kill()
        await process.wait()


async def _exchange(process: asyncio.subprocess.Process, message: Any) -> dict[str, Any]:
    assert process.stdin and process.stdout  # noqa: S101 - both are pipes
    process.stdin.write(json.dumps(message).encode() + b"\n")
    await process.stdin.drain()
    line = await process.stdout.readline()
    if not line:
        raise OSError("its process ended without a word; is there memory enough?")
    answer: dict[str, Any] = json.loads(line)
    return answer


def _fingerprint(model: Path, text_prefix: str) -> str:
    """Tells files apart by size and by their first, middle and last MiB."""
    size = model.stat().st_size
    digest = hashlib.sha256(f"{size} {text_prefix}".encode())
    with model.open("rb") as file:
        for start in (0, size // 2, max(0, size - _SAMPLE)):
            file.seek(start)
            digest.update(file.read(_SAMPLE))
    return digest.hexdigest()[:12]
