"""Models that do as a test prepares them, behind the real server in the test's own loop."""

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import httpx

from agents.inference import (
    Completion,
    CompletionRequest,
    FinishReason,
    ModelError,
    ModelStatus,
    OnText,
    Tier,
    Usage,
)
from server.openai_api.app import Api
from server.openai_api.embeddings import Embeddings
from server.openai_api.http_server import HttpServer, listener
from server.openai_api.work import Work

TOKEN = "secret"
CHAT = "/v1/chat/completions"
USAGE = Usage(
    prompt_tokens=30,
    cached_tokens=10,
    completion_tokens=2,
    queue_seconds=0.5,
    prefill_seconds=2.0,
    decode_seconds=0.25,
)


class PreparedModels:
    """Records what is asked; its answer is `parts`, then `error` or an endless wait, if set."""

    def __init__(self) -> None:
        self.asked: list[CompletionRequest] = []
        self.parts = ["Hel", "lo\u2028"]
        self.finish_reason: FinishReason = "stop"
        self.error: Exception | None = None
        self.endless = False
        self.closed = asyncio.Event()
        self.prompt_tokens = 30

    async def complete(
        self, request: CompletionRequest, on_text: OnText | None = None
    ) -> AsyncGenerator[Completion, None]:
        self.asked.append(request)
        assert on_text and request.model
        try:
            for index in reversed(range(request.n)):
                for part in self.parts:
                    on_text(index, part)
                if self.error is not None:
                    raise self.error
                if self.endless:
                    await asyncio.Event().wait()
                text = "".join(self.parts)
                yield Completion(text, self.finish_reason, request.model, index, USAGE)
        finally:
            self.closed.set()

    async def count_tokens(self, request: CompletionRequest) -> int:
        return self.prompt_tokens

    async def context_window(
        self, agent: str, tier: Tier = Tier.STANDARD, model: str | None = None
    ) -> int:
        return {"first": 100, "second": 200}[str(model)]

    def statuses(self) -> list[ModelStatus]:
        return [
            ModelStatus("first", Tier.STANDARD, "ready", context_window=100),
            ModelStatus("second", Tier.STANDARD, "stopped", context_window=200),
        ]


class StrangeError(ModelError):
    """An error of no kind that the server knows."""


@asynccontextmanager
async def prepared_server(models: PreparedModels, folder: Path) -> AsyncIterator[httpx.AsyncClient]:
    """A client, with the token, of a server of `models`."""
    work = Work(models)
    ready = asyncio.Event()
    app = Api(models, ["first", "second"], Embeddings(folder, 1), work).app(TOKEN)
    with listener(0) as listening:
        server = HttpServer(app, ready.set)
        serving = asyncio.create_task(server.serve([listening]))
        await ready.wait()
        url = f"http://127.0.0.1:{listening.getsockname()[1]}"
        headers = {"Authorization": f"Bearer {TOKEN}"}
        async with httpx.AsyncClient(base_url=url, headers=headers, trust_env=False) as client:
            yield client
        server.should_exit = True
        work.stop()
        await serving
