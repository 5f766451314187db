"""The child process that holds one model: JSON lines in, JSON lines out.

Started as ``python -m server.models.worker PARENT_PID``. The first line loads the model::

    {"path": …, "context_window": 8192, "threads": 2}      -> {"event": "ready", …}
                                                           or {"event": "failed", "message": …}

After that, each message has an ``id`` that its answers repeat::

    {"op": "generate", "id": 1, "messages": […], …}        -> text*, completion of each
                                                              candidate, then done or error
    {"op": "count", "id": 2, "messages": […]}              -> count, or error
    {"op": "cancel", "id": 1}                              -> completions of 1, "cancelled"
    {"op": "statistics", "id": 3}                          -> statistics
    {"op": "pause"}, {"op": "resume"}                      (no answer)

The process ends with its parent: at the end of stdin, and on Linux by a signal as well.
"""

from __future__ import annotations

import ctypes
import json
import os
import signal
import sys
import threading
import traceback
from dataclasses import asdict
from typing import TYPE_CHECKING, Any, TextIO

if TYPE_CHECKING:
    from server.models.engine.engine import Engine
    from server.models.engine.llama import Llama

_PR_SET_PDEATHSIG = 1


class Wire:
    """Writes messages as JSON lines; safe from several threads."""

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream
        self._lock = threading.Lock()

    def send(self, event: str, **fields: Any) -> None:
        """Write one message."""
        line = json.dumps({"event": event, **fields}, ensure_ascii=True)
        with self._lock:
            self._stream.write(line + "\n")
            self._stream.flush()


class Worker:
    """Serves one model. The main thread decodes; a reader thread takes messages meanwhile."""

    def __init__(self, wire: Wire, stdin: TextIO) -> None:
        self._wire = wire
        self._stdin = stdin

    def run(self) -> None:
        """Load the model, then answer until stdin ends."""
        self._llama, self._engine = self._load(json.loads(self._stdin.readline() or "null"))
        threading.Thread(target=self._read, name="reader", daemon=True).start()
        self._wire.send("ready", context_window=self._llama.context_window, cells=self._llama.cells)
        self._engine.run()

    def _load(self, message: dict[str, Any] | None) -> tuple[Llama, Engine]:
        from server.models.engine.llama import LoadError
        from server.models.engine.loading import load

        if message is None:  # the parent left before it said what to load
            sys.exit(0)
        try:
            return load(message, self._wire.send)
        except LoadError as error:
            self._wire.send("failed", message=str(error))
            sys.exit(1)

    def _read(self) -> None:
        try:
            for line in self._stdin:
                self._take(json.loads(line))
        except BaseException:
            # Without its reader the worker would be silent for ever; the parent sees it end.
            traceback.print_exc()
            os._exit(1)
        # The parent is gone: nobody waits for what is being decoded.
        os._exit(0)

    def _take(self, message: dict[str, Any]) -> None:
        match message.get("op"):
            case "generate":
                self._generate(message)
            case "count":
                self._count(message)
            case "cancel":
                self._engine.cancel(message["id"])
            case "pause" | "resume":
                self._engine.pause(message["op"] == "pause")
            case "statistics":
                statistics = asdict(self._engine.statistics)
                self._wire.send("statistics", id=message["id"], **statistics)

    def _count(self, message: dict[str, Any]) -> None:
        """Counting needs the vocabulary alone, so that it need not wait for the decoder."""
        try:
            tokens = len(self._llama.prompt_tokens(message["messages"]))
        except ValueError as error:
            self._wire.send("error", id=message["id"], message=str(error))
        else:
            self._wire.send("count", id=message["id"], tokens=tokens)

    def _generate(self, message: dict[str, Any]) -> None:
        from server.models.engine.preparation import PromptTooLong, prepare
        from server.models.engine.sequence import GenerateMessage

        try:
            request = prepare(self._llama, GenerateMessage.of(message))
        except PromptTooLong as error:
            self._wire.send("tooLong", id=message["id"], numbers=error.numbers)
        except (ValueError, RuntimeError) as error:
            self._wire.send("error", id=message["id"], message=str(error))
        except (KeyError, TypeError) as error:
            text = f"The request to the model is malformed: {error}."
            self._wire.send("error", id=message["id"], message=text)
        else:
            self._engine.submit(request)


def private_stdout() -> TextIO:
    """Keep stdout for messages alone: prints of native code go to stderr from here on."""
    private = os.fdopen(os.dup(1), "w", encoding="utf-8")
    os.dup2(2, 1)
    return private


def die_with_parent(parent: int) -> None:
    """End this process when `parent` ends, by a signal where the kernel can, and only then."""
    # Ctrl-C in a terminal reaches the whole group; the parent decides when the worker ends.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    if sys.platform == "linux":
        ctypes.CDLL(None, use_errno=True).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
    if os.getppid() != parent:
        sys.exit(1)


def main() -> None:
    """Run the worker until its parent closes stdin."""
    die_with_parent(int(sys.argv[1]))
    Worker(Wire(private_stdout()), sys.stdin).run()


if __name__ == "__main__":
    main()
