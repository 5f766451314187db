"""Servers of one GGUF file for benchmarks: Tenon's and its peers, started alike."""

from __future__ import annotations

import asyncio
import contextlib
import json
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx

ROOT = Path(__file__).parents[2]
NO_END = {"151643": -100, "151645": -100}
"""Logit bias that keeps Qwen from ending an answer early, so that lengths are equal."""


@dataclass(frozen=True)
class Setting:
    """What every server is started with."""

    model: Path
    threads: int
    context: int
    """Tokens per sequence."""
    slots: int


@dataclass
class Reply:
    """One streamed answer (seconds since it was asked for)."""

    first: float = 0.0
    total: float = 0.0
    tokens: int = 0
    chunks: int = 0
    usage: dict[str, Any] = field(default_factory=dict)


class Server:
    """A running server that speaks OpenAI's protocol."""

    def __init__(self, client: httpx.AsyncClient) -> None:
        self.client = client

    async def ask(
        self, messages: list[dict[str, str]], *, priority: str = "background", **fields: Any
    ) -> Reply:
        """Stream one request to its end."""
        body = {"model": "default", "messages": messages, "stream": True, "temperature": 0}
        body |= {"stream_options": {"include_usage": True}} | fields
        started, reply = time.perf_counter(), Reply()
        headers = {"X-Tenon-Priority": priority}
        async with self.client.stream(
            "POST", "/v1/chat/completions", json=body, headers=headers
        ) as response:
            if response.status_code != 200:
                raise RuntimeError((await response.aread()).decode())
            async for line in response.aiter_lines():
                if line.startswith("data:") and "[DONE]" not in line:
                    _take(reply, json.loads(line[5:]), time.perf_counter() - started)
        reply.total = time.perf_counter() - started
        # llama_cpp.server tells no usage in a stream; it sends a chunk for each token.
        reply.tokens = reply.tokens or reply.chunks
        return reply


def _take(reply: Reply, event: dict[str, Any], seconds: float) -> None:
    if event.get("usage"):
        # One for the whole request, or (llama-server) one for each choice.
        reply.usage = event["usage"]
        reply.tokens += reply.usage["completion_tokens"]
    for choice in event.get("choices", ()):
        if choice.get("delta", {}).get("content"):
            reply.chunks += 1
            reply.first = reply.first or seconds


Command = Callable[[Setting, int], list[str]]


def tenon(setting: Setting, port: int) -> list[str]:
    """Tenon's own server."""
    options = ["--port", str(port), "--token", "", "--ctx", str(setting.context)]
    return [
        *(sys.executable, "-m", "server", "models", "serve"),
        *("--model", str(setting.model), *options),
    ]


def llama_cpp_server(python: str) -> Command:
    """The server that comes with llama-cpp-python; it answers one request at a time."""

    def command(setting: Setting, port: int) -> list[str]:
        return [
            *(python, "-m", "llama_cpp.server", "--model", str(setting.model)),
            *("--port", str(port), "--n_ctx", str(setting.context)),
            *("--n_threads", str(setting.threads), "--interrupt_requests", "false"),
        ]

    return command


def llama_server(binary: str) -> Command:
    """llama.cpp's server with a slot per request, one KV cache and its prompt cache."""

    def command(setting: Setting, port: int) -> list[str]:
        # It holds a shared prefix once for each slot, and needs the room.
        cells = setting.context * setting.slots
        return [
            *(binary, "-m", str(setting.model), "--port", str(port), "-t", str(setting.threads)),
            *("-np", str(setting.slots), "-c", str(cells), "--kv-unified", "--log-disable"),
        ]

    return command


@contextlib.asynccontextmanager
async def running(
    command: Command, setting: Setting, environment: dict[str, str] | None = None
) -> AsyncIterator[Server]:
    """Start a server, wait until it answers, and end it."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    with tempfile.TemporaryFile() as log:
        process = subprocess.Popen(
            command(setting, port), cwd=ROOT, stdout=log, stderr=log, env=environment
        )
        try:
            # llama-server closes connections that were kept; so each request has its own.
            limits = httpx.Limits(max_keepalive_connections=0)
            async with httpx.AsyncClient(
                base_url=f"http://127.0.0.1:{port}", timeout=3600, trust_env=False, limits=limits
            ) as client:
                await _answers(client, process)
                yield Server(client)
        finally:
            process.terminate()
            process.wait()
            await asyncio.sleep(1)


async def _answers(client: httpx.AsyncClient, process: subprocess.Popen[bytes]) -> None:
    """Until one token can be had: only then is the model loaded."""
    body = {"model": "default", "messages": [{"role": "user", "content": "Hi"}], "max_tokens": 1}
    while process.poll() is None:
        with contextlib.suppress(httpx.TransportError):
            if (await client.post("/v1/chat/completions", json=body)).status_code == 200:
                return
        await asyncio.sleep(0.2)
    raise RuntimeError(f"The server ended with status {process.returncode}.")
