"""The parent's side of a worker process: start, talk to, end."""

from __future__ import annotations

import asyncio
import contextlib
import itertools
import json
import os
import sys
from collections import deque
from collections.abc import AsyncGenerator, Sequence
from typing import Any

from agents.inference import ChatTurn, GenerationFailedError
from server.models.configuration import ModelConfiguration
from server.models.run_file import chosen_way
from server.models.system_memory import process_memory

_LINE_LIMIT = 16 * 1024**2
_END_SECONDS = 2.0
_MORE_FOLLOWS = ("text", "completion")
# llama.cpp's threads meet at every layer. By default they spin so long that a busy neighbour
# slows them several times over (1.5B on two cores with load 4: 1.6 tokens/s, so 5.7).
ENVIRONMENT = {"GOMP_SPINCOUNT": "5000"}


class WorkerLoadError(Exception):
    """The worker said why it cannot load the model."""


class WorkerCrashedError(GenerationFailedError):
    """The worker process ended by itself or was killed."""


class WorkerProcess:
    """A running worker with its model loaded. Made by `start`."""

    def __init__(self, process: asyncio.subprocess.Process, model: str) -> None:
        self._process = process
        self._model = model
        self._ids = itertools.count(1)
        self._inboxes: dict[int, asyncio.Queue[dict[str, Any]]] = {}
        self._last_errors: deque[str] = deque(maxlen=5)
        self._tasks = [asyncio.create_task(self._drain_errors())]
        self.context_window = 0

    @classmethod
    async def start(cls, configuration: ModelConfiguration) -> WorkerProcess:
        """Start a worker and wait until its model is loaded.

        Raises WorkerLoadError, or WorkerCrashedError when it ends without a word.
        """
        process = await asyncio.create_subprocess_exec(
            sys.executable,
            # The current folder is the user's: nothing may be imported from there.
            "-P",
            "-m",
            "server.models.worker",
            str(os.getpid()),
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.PIPE,
            env=ENVIRONMENT | os.environ,
            limit=_LINE_LIMIT,
        )
        worker = cls(process, configuration.id)
        try:
            await worker._load(configuration)
        except BaseException:
            await worker.stop()
            raise
        return worker

    @property
    def pid(self) -> int:
        """The operating system's id of the process."""
        return self._process.pid

    @property
    def alive(self) -> bool:
        """Whether it still runs and takes requests."""
        return self._process.returncode is None and not self._tasks[-1].done()

    async def generate(self, fields: dict[str, Any]) -> AsyncGenerator[dict[str, Any], None]:
        """Yield the answers to one request: `text` and `completion` of its candidates.

        The last one is `done`, `tooLong` or `error`. Requests run at the same time. Closing
        the iterator cancels the request. Raises WorkerCrashedError.
        """
        async with contextlib.aclosing(self._ask("generate", fields)) as answers:
            async for answer in answers:
                yield answer

    async def count_tokens(self, messages: Sequence[ChatTurn]) -> int:
        """Tokens of a prompt; does not wait for the decoder. Raises GenerationFailedError."""
        async with contextlib.aclosing(
            self._ask("count", {"messages": as_fields(messages)})
        ) as answers:
            answer = await anext(answers)
        if answer["event"] == "error":
            raise GenerationFailedError(answer["message"])
        return int(answer["tokens"])

    async def statistics(self) -> dict[str, Any]:
        """What the engine's steps cost so far: `EngineStatistics`."""
        async with contextlib.aclosing(self._ask("statistics", {})) as answers:
            return await anext(answers)

    def pause(self) -> None:
        """Stop decoding, within one step; requests are kept."""
        self._send({"op": "pause"})

    def resume(self) -> None:
        """Go on after `pause`."""
        self._send({"op": "resume"})

    def memory_bytes(self) -> int:
        """Memory that the process takes now, without what it shares with others."""
        return process_memory(self.pid)

    async def stop(self) -> None:
        """End the process; kill it if it does not listen."""
        stdin = self._process.stdin
        if stdin is not None:
            stdin.close()
        try:
            await asyncio.wait_for(self._process.wait(), _END_SECONDS)
        except TimeoutError:
            self._process.kill()
            await self._process.wait()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    # ------------------------------------------------------------------ messages

    async def _load(self, configuration: ModelConfiguration) -> None:
        self._send(await asyncio.to_thread(_load_message, configuration))
        answer = await self._read()
        if answer is None:
            raise self._crash()
        if answer["event"] == "failed":
            raise WorkerLoadError(answer["message"])
        self.context_window = answer["context_window"]
        self._tasks.append(asyncio.create_task(self._dispatch()))

    async def _ask(self, op: str, fields: dict[str, Any]) -> AsyncGenerator[dict[str, Any], None]:
        identifier = next(self._ids)
        inbox = self._inboxes[identifier] = asyncio.Queue()
        answered = False
        try:
            if not self.alive:
                raise self._crash()
            self._send({"op": op, "id": identifier, **fields})
            while not answered:
                answer = await inbox.get()
                if answer["event"] == "crashed":
                    raise self._crash()
                answered = answer["event"] not in _MORE_FOLLOWS
                yield answer
        finally:
            del self._inboxes[identifier]
            if not answered and self.alive:
                self._send({"op": "cancel", "id": identifier})

    def _send(self, message: dict[str, Any]) -> None:
        stdin = self._process.stdin
        if stdin is not None and not stdin.is_closing():
            stdin.write((json.dumps(message) + "\n").encode())

    async def _read(self) -> dict[str, Any] | None:
        """The next message; None when the process has ended."""
        assert self._process.stdout is not None  # noqa: S101 - a pipe was asked for
        line = await self._process.stdout.readline()
        if line.endswith(b"\n"):
            message: dict[str, Any] = json.loads(line)
            return message
        await self._process.wait()
        return None

    async def _dispatch(self) -> None:
        while (answer := await self._read()) is not None:
            inbox = self._inboxes.get(answer["id"])
            if inbox is not None:
                inbox.put_nowait(answer)
        for inbox in self._inboxes.values():
            inbox.put_nowait({"event": "crashed"})

    async def _drain_errors(self) -> None:
        assert self._process.stderr is not None  # noqa: S101 - a pipe was asked for
        async for line in self._process.stderr:
            self._last_errors.append(line.decode(errors="replace").strip())

    def _crash(self) -> WorkerCrashedError:
        code = self._process.returncode
        ended = "ended" if code is None else f"ended with status {code}"
        last = f" Its last words: {' / '.join(self._last_errors)}" if self._last_errors else ""
        return WorkerCrashedError(
            f"The process of the model {self._model} {ended} before it answered; "
            f"the next request starts it again.{last}"
        )


def as_fields(messages: Sequence[ChatTurn]) -> list[dict[str, str]]:
    """Messages as the worker and OpenAI-compatible servers read them."""
    return [{"role": message.role, "content": message.content} for message in messages]


def _load_message(configuration: ModelConfiguration) -> dict[str, Any]:
    """How to load the model. Raises OSError when its file is missing."""
    assert configuration.path is not None  # noqa: S101 - only local models have a worker
    cache_dir = configuration.models_dir.parent
    way, path = chosen_way(cache_dir, configuration.path, configuration.known)
    return {
        "path": str(path),
        "context_window": configuration.context_window,
        "threads": configuration.threads,
        "prefix_dir": str(cache_dir / "prefixes"),
        "flash_attention": way.flash_attention,
        "kv_type": way.kv_type,
        "sequences": way.sequences,
    }
