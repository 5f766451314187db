"""Streams what a request reports to the client, in order and in small batches."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any

from lsprotocol import types

from agents.progress import Progress
from server import wire
from server.protocol import ProgressValue

Emit = Callable[[str, Any], None]
_BATCH_SECONDS = 0.05


class ProgressStream:
    """`$/progress` notifications of one request, under the client's token.

    Text of one agent is collected for about 50 ms; a step, another agent and `close` send at
    once what has been collected, so that the order is kept. Use it on the event loop only.
    """

    def __init__(self, emit: Emit, token: str | int | None) -> None:
        self._emit = emit
        self._token = token
        self._collected: list[Progress] = []
        self._timer: asyncio.TimerHandle | None = None

    def report(self, progress: Progress) -> None:
        """Send `progress`, now or with the text that follows it."""
        if self._token is None:
            return
        if self._collected and self._collected[0].agent != progress.agent:
            self._flush()
        if progress.kind == "text":
            self._collect(progress)
        else:
            self._flush()
            self._send(progress, progress.text)

    def close(self) -> None:
        """Send what is left; nothing is sent afterwards."""
        self._flush()
        self._token = None

    def _collect(self, progress: Progress) -> None:
        self._collected.append(progress)
        if self._timer is None:
            loop = asyncio.get_running_loop()
            self._timer = loop.call_later(_BATCH_SECONDS, self._flush)

    def _flush(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        collected, self._collected = self._collected, []
        if collected:
            self._send(collected[-1], "".join(progress.text for progress in collected))

    def _send(self, progress: Progress, text: str) -> None:
        value = ProgressValue(
            kind=progress.kind,
            agent=progress.agent,
            text=text,
            tokens_per_second=progress.tokens_per_second,
            elapsed_seconds=progress.elapsed_seconds,
            remaining_seconds=progress.remaining_seconds,
        )
        if self._token is not None:
            self._emit(types.PROGRESS, types.ProgressParams(self._token, wire.to_json(value)))
