"""The parent's side of the process that embeds with a GGUF model."""

from __future__ import annotations

import asyncio
import base64
import contextlib
import json
import os
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

from memory.embeddings import Gate, Vectors
from server.models.worker_process import ENVIRONMENT

_BATCH = 16
_FEW_TEXTS = 4
"""As few as that do not wait for the gate."""
_IDLE_SECONDS = 600.0
_LINE_LIMIT = 16 * 1024**2


class EmbeddingModelError(Exception):
    """The model cannot be loaded, or its process ended; the message says why."""


class EmbeddingProcess:
    """Starts with the first text; ends with the server, or when nobody asked for ten minutes.

    After an error the next call starts it again.
    """

    def __init__(self, model: Path, tokens: int, threads: int | None, gate: Gate) -> None:
        self._model = model
        self._load = {"path": str(model), "threads": threads, "tokens": tokens}
        self._gate = gate
        self._process: asyncio.subprocess.Process | None = None
        self._turn = asyncio.Lock()
        self._idle: asyncio.Task[None] | None = None

    @property
    def pid(self) -> int | None:
        """The operating system's id, while there is a process."""
        return self._process.pid if self._process else None

    async def embed(self, texts: Sequence[str]) -> Vectors:
        """One row per text: float32 of shape [n, dimensions]. Raises EmbeddingModelError."""
        rows = []
        for start in range(0, len(texts), _BATCH):
            if len(texts) > _FEW_TEXTS:
                await asyncio.to_thread(self._gate.wait)
            rows.append(await self._ask(texts[start : start + _BATCH]))
        return np.concatenate(rows)

    async def close(self) -> None:
        """End the process, if it runs."""
        if self._idle:
            self._idle.cancel()
        async with self._turn:
            await self._end()

    async def _ask(self, texts: Sequence[str]) -> Vectors:
        async with self._turn:
            if self._idle:
                self._idle.cancel()
            try:
                process = self._process or await self._start()
                answer = await _exchange(process, {"texts": list(texts)})
            except BaseException as error:
                # Also when cancelled: the next question would get the answer to this one.
                await self._end()
                if isinstance(error, OSError | ValueError):
                    raise EmbeddingModelError(f"{self._model.name}: {error}") from error
                raise
            self._idle = asyncio.create_task(self._end_when_idle())
        if answer["event"] != "vectors":
            raise EmbeddingModelError(f"{self._model.name} cannot embed: {answer['message']}")
        data = np.frombuffer(base64.b64decode(answer["data"]), dtype=np.float32)
        return data.reshape(len(texts), -1)

    async def _start(self) -> asyncio.subprocess.Process:
        self._process = await asyncio.create_subprocess_exec(
            sys.executable,
            "-P",  # the current folder is the user's: nothing may be imported from there
            *("-m", "server.models.embedding_worker", str(os.getpid())),
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.DEVNULL,
            env=ENVIRONMENT | os.environ,
            limit=_LINE_LIMIT,
        )
        answer = await _exchange(self._process, self._load)
        if answer["event"] != "ready":
            raise OSError(f"it cannot be loaded: {answer['message']}")
        return self._process

    async def _end_when_idle(self) -> None:
        await asyncio.sleep(_IDLE_SECONDS)
        async with self._turn:
            await self._end()

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
