"""A small real HTTP server that speaks the OpenAI protocol as a test tells it to."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any


def text_event(text: str | None, finish: str | None = None) -> dict[str, Any]:
    return {"choices": [{"index": 0, "delta": {"content": text}, "finish_reason": finish}]}


class EndpointServer(ThreadingHTTPServer):
    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.events: list[dict[str, Any]] = []
        self.status = 200
        self.error: dict[str, Any] = {}
        self.hold_after: int | None = None
        """Send so many events, then wait until the client is gone."""
        self.cut = False
        """Close the connection in the middle of the body."""
        self.requests: list[dict[str, Any]] = []
        self.headers: list[dict[str, str]] = []
        self.client_left = threading.Event()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_address[1]}/v1"

    def answer(self, *words: str, finish: str = "stop", **usage: Any) -> None:
        self.events = [text_event(word) for word in words] + [text_event(None, finish)]
        if usage:
            self.events.append({"choices": [], "usage": usage})


class _Handler(BaseHTTPRequestHandler):
    server: EndpointServer
    protocol_version = "HTTP/1.1"

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.server.requests.append({"path": self.path, **json.loads(body)})
        self.server.headers.append(dict(self.headers))
        if self.server.status != 200:
            self._send(self.server.status, json.dumps(self.server.error).encode())
            return
        self._stream()

    def _send(self, status: int, body: bytes) -> None:
        self.send_response(status)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def _stream(self) -> None:
        self.send_response(200)
        self.send_header("Content-Type", "text/event-stream")
        self.send_header("Transfer-Encoding", "chunked")
        self.end_headers()
        for event in self.server.events[: self.server.hold_after]:
            self._chunk(f"data: {json.dumps(event)}\n\n")
        if self.server.hold_after is not None:
            # The client sends nothing more: reading ends when it closes the connection.
            self.rfile.read(1)
            self.server.client_left.set()
        elif self.server.cut:
            self.close_connection = True
            self.connection.close()
        else:
            self._chunk("data: [DONE]\n\n")
            self._chunk("")

    def _chunk(self, text: str) -> None:
        data = text.encode()
        self.wfile.write(f"{len(data):x}\r\n".encode() + data + b"\r\n")
        self.wfile.flush()

    def log_message(self, *args: Any) -> None:
        """The tests look at `requests` instead."""


@contextmanager
def serving() -> Iterator[EndpointServer]:
    with EndpointServer() as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.02,))
        thread.start()
        try:
            yield server
        finally:
            server.shutdown()
            thread.join()
