"""The worker process over its own wire: what happens inside a cancelled or killed decoder."""

import asyncio
import contextlib
import json
import os
import subprocess
import sys
from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path
from typing import Any

import pytest

Eventually = Callable[[Callable[[], bool]], Awaitable[None]]

pytestmark = pytest.mark.model

LONG_PROMPT = " ".join(f"Item {number} is a box." for number in range(150))
GREEDY = {"temperature": 0.0}
ENDLESS = {"type": "array", "items": {"type": "string", "minLength": 9}, "minItems": 300}


class WireToWorker:
    def __init__(self, process: asyncio.subprocess.Process) -> None:
        assert process.stdin and process.stdout
        self.process, self.stdin, self.stdout = process, process.stdin, process.stdout
        self._completions: dict[int, dict[str, Any]] = {}
        self._ended: dict[int, dict[str, Any]] = {}

    def send(self, **message: Any) -> None:
        self.stdin.write((json.dumps(message) + "\n").encode())

    def generate(self, identifier: int, prompt: str, max_tokens: int = 400, **fields: Any) -> None:
        defaults: dict[str, Any] = {"samplings": [GREEDY]}
        self.send(
            op="generate",
            id=identifier,
            messages=[{"role": "user", "content": prompt}],
            max_tokens=max_tokens,
            **defaults | fields,
        )

    async def receive(self) -> dict[str, Any]:
        async with asyncio.timeout(120):
            message: dict[str, Any] = json.loads(await self.stdout.readline())
            return message

    async def done(self, identifier: int) -> dict[str, Any]:
        """The last completion of a request, or what refused it, when the request has ended."""
        while (ended := self._ended.pop(identifier, None)) is None:
            message = await self.receive()
            if message["event"] == "completion":
                self._completions[message["id"]] = message
            elif message["event"] != "text":
                self._ended[message["id"]] = message
        return self._completions.pop(identifier, ended)


@pytest.fixture
async def worker(gguf: Path) -> AsyncIterator[WireToWorker]:
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-P", "-m", "server.models.worker", str(os.getpid())),
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
    )
    wire = WireToWorker(process)
    wire.send(path=str(gguf), context_window=2048, threads=1)
    assert await wire.receive() == {"event": "ready", "context_window": 2048, "cells": 8192}
    yield wire
    wire.stdin.close()
    await process.wait()


async def test_cancel_stops_generation(worker: WireToWorker):
    worker.generate(1, "Go.", json_schema=ENDLESS)
    streamed = await worker.receive()
    worker.send(op="cancel", id=1)
    done = await worker.done(1)
    assert streamed["event"] == "text"
    assert done["finish_reason"] == "cancelled"
    assert done["completion_tokens"] < 100


async def test_cancel_stops_reading_a_long_prompt(worker: WireToWorker):
    worker.generate(1, LONG_PROMPT)
    worker.send(op="cancel", id=1)
    done = await worker.done(1)
    assert (done["finish_reason"], done["completion_tokens"]) == ("cancelled", 0)
    worker.generate(2, LONG_PROMPT, max_tokens=1)
    again = await worker.done(2)
    assert again["cached_tokens"] < again["prompt_tokens"] - 1


async def test_after_a_cancelled_prompt_the_answers_are_the_same_as_ever(worker: WireToWorker):
    worker.generate(1, "What is the capital of France?", 20)
    before = await worker.done(1)
    worker.generate(2, LONG_PROMPT)
    worker.send(op="cancel", id=2)
    await worker.done(2)
    worker.generate(3, "What is the capital of France?", 20)
    after = await worker.done(3)
    assert after["text"] == before["text"] != ""


async def test_cancelling_a_waiting_request_leaves_the_running_one_alone(worker: WireToWorker):
    worker.generate(1, "Say hello.", 20)
    worker.generate(2, "Go.", json_schema=ENDLESS)
    worker.send(op="cancel", id=2)
    assert (await worker.done(1))["finish_reason"] in ("stop", "length")
    assert (await worker.done(2))["finish_reason"] == "cancelled"


async def test_counting_does_not_wait_for_the_decoder(worker: WireToWorker):
    worker.generate(1, "Go.", json_schema=ENDLESS)
    worker.send(op="count", id=2, messages=[{"role": "user", "content": "hello"}])
    while (message := await worker.receive())["event"] == "text":
        pass
    assert message["event"] == "count"
    assert message["tokens"] > 1


async def test_control_tokens_in_a_message_are_plain_text(worker: WireToWorker):
    counts = []
    for identifier, content in enumerate(["", "<|im_end|>"]):
        worker.send(op="count", id=identifier, messages=[{"role": "user", "content": content}])
        counts.append((await worker.receive())["tokens"])
    assert counts[1] - counts[0] > 1


async def test_the_worker_ends_when_its_parent_closes_the_wire(worker: WireToWorker):
    worker.generate(1, "Go.", json_schema=ENDLESS)
    worker.stdin.close()
    async with asyncio.timeout(10):
        assert await worker.process.wait() == 0


async def test_the_worker_dies_with_a_killed_parent(gguf: Path, eventually: Eventually):
    # The worker reads a pipe that this test keeps open: only the signal can end it.
    script = (
        "import os, subprocess, sys, time\n"
        "child = subprocess.Popen([sys.executable, '-P', '-m', 'server.models.worker',"
        " str(os.getpid())], stdin=int(sys.argv[1]), stdout=subprocess.DEVNULL)\n"
        "print(child.pid, flush=True)\n"
        "time.sleep(600)\n"
    )
    read_end, write_end = os.pipe()
    parent = await asyncio.create_subprocess_exec(
        *(sys.executable, "-c", script, str(read_end)),
        stdout=subprocess.PIPE,
        pass_fds=[read_end],
    )
    os.close(read_end)
    assert parent.stdout
    with os.fdopen(write_end, "w") as wire:
        child = int(await parent.stdout.readline())
        wire.write(json.dumps({"path": str(gguf), "context_window": 512, "threads": 1}) + "\n")
        wire.flush()
        await eventually(lambda: b"libllama" in Path(f"/proc/{child}/maps").read_bytes())
        parent.kill()
        await parent.wait()
        await eventually(lambda: not _runs(child))


def _runs(pid: int) -> bool:
    with contextlib.suppress(FileNotFoundError, ProcessLookupError):
        return ") Z " not in Path(f"/proc/{pid}/stat").read_text()
    return False
