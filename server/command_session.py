"""What the commands of the headless client share: a session, and how its results are shown."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import Any

from rich.console import Console

from server import wire
from server.headless import HeadlessClient, ServerError, connect
from server.narration import Narrator

FAILURE = 1


class Session:
    """A connected client and a narrator."""

    def __init__(self, client: HeadlessClient, options: argparse.Namespace) -> None:
        self.client = client
        self.narrator = Narrator(Console(stderr=options.json, highlight=False))
        client.listen("tenon/activity", self.narrator.activity)
        client.listen("tenon/statusChanged", self.narrator.status)
        client.on_message = self.narrator.line

    async def request(self, method: str, params: Any) -> Any:
        """Ask the server and narrate what it reports. Raises ServerError."""
        takes_token = hasattr(params, "partial_result_token")
        on_progress = self.narrator.progress if takes_token else None
        return await self.client.request(method, params, on_progress)


Body = Callable[[Session], Awaitable[int]]
"""What a command does in its session -> exit code."""

Show = Callable[[Narrator, Any], None]
"""Tells a person the result of a request."""


async def with_session(options: argparse.Namespace, body: Body) -> int:
    """Run `body` in a session; an error of the server is told and fails the command."""
    try:
        async with _connected(options) as session:
            return await body(session)
    except ServerError as error:
        return _fail(options, str(error))


async def ask(
    options: argparse.Namespace,
    method: str,
    params: Any,
    show: Show,
    failed: Callable[[Any], bool] = lambda _result: False,
) -> int:
    """One request: its result goes to a person, or out as JSON with every field."""

    async def body(session: Session) -> int:
        result = await session.request(method, params)
        if options.json:
            print_json(wire.to_json(result, complete=True))
        else:
            show(session.narrator, result)
        return FAILURE if failed(result) else 0

    return await with_session(options, body)


def print_json(value: Any) -> None:
    """Print plain JSON for people and programs."""
    print(json.dumps(value, ensure_ascii=False, indent=2))


@asynccontextmanager
async def _connected(options: argparse.Namespace) -> AsyncGenerator[Session, None]:
    client = HeadlessClient()
    session = Session(client, options)
    async with connect(options.repository, client=client):
        yield session


def _fail(options: argparse.Namespace, message: str) -> int:
    if options.json:
        print(json.dumps({"error": message}, ensure_ascii=False))
    print(f"tenon: {message}", file=sys.stderr)
    return FAILURE
