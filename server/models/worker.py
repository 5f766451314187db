"""The child process that holds one model: JSON lines in, JSON lines out.

Started as ``python -m server.models.worker PARENT_PID``. The first line loads the model::

    {"path": …, "context_window": 8192, "threads": 2}      -> {"event": "ready", …}
                                                           or {"event": "failed", "message": …}

After that, each message has an ``id`` that its answers repeat::

    {"op": "generate", "id": 1, "messages": […], …}        -> text*, then done or error
    {"op": "count", "id": 2, "messages": […]}              -> count, or error
    {"op": "cancel", "id": 1}                              -> done of 1, "cancelled"

The process ends with its parent: at the end of stdin, and on Linux by a signal as well.
"""

from __future__ import annotations

import ctypes
import json
import os
import queue
import signal
import sys
import threading
import traceback
from typing import TYPE_CHECKING, Any, TextIO

if TYPE_CHECKING:
    from server.models.llama import Llama

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
        self._llama: Llama | None = None
        self._incoming: queue.Queue[dict[str, Any]] = queue.Queue()
        self._open: set[int] = set()
        self._cancelled: set[int] = set()

    def run(self) -> None:
        """Load the model, then answer until stdin ends."""
        threading.Thread(target=self._read, name="reader", daemon=True).start()
        llama = self._llama = self._load(self._incoming.get())
        # Only now: the parent may send a `count` the moment it reads this.
        self._wire.send("ready", context_window=llama.context_window)
        while True:
            self._generate(llama, self._incoming.get())

    def _load(self, message: dict[str, Any]) -> Llama:
        from server.models.llama import Llama, LoadError, LoadOptions

        try:
            return Llama(LoadOptions(**message))
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
            case "count":
                self._count(message)
            case "cancel":
                self._cancelled.update({message["id"]} & self._open)
            case _:
                self._open.update({message["id"]} if "id" in message else ())
                self._incoming.put(message)

    def _count(self, message: dict[str, Any]) -> None:
        """Counting needs the vocabulary alone, so that it need not wait for the decoder."""
        identifier = message["id"]
        try:
            assert self._llama is not None  # noqa: S101 - the parent waits for `ready`
            tokens = len(self._llama.prompt_tokens(message["messages"]))
        except ValueError as error:
            self._wire.send("error", id=identifier, message=str(error))
        else:
            self._wire.send("count", id=identifier, tokens=tokens)

    def _generate(self, llama: Llama, message: dict[str, Any]) -> None:
        from server.models.generation import GenerateRequest, PromptTooLong, generate

        identifier = message["id"]
        try:
            outcome = generate(
                llama,
                GenerateRequest.from_message(message),
                cancelled=lambda: identifier in self._cancelled,
                emit=lambda text: self._wire.send("text", id=identifier, text=text),
            )
            self._wire.send("done", id=identifier, **outcome.as_message())
        except PromptTooLong as error:
            self._wire.send("tooLong", id=identifier, numbers=error.numbers)
        except (ValueError, RuntimeError) as error:
            self._wire.send("error", id=identifier, message=str(error))
        finally:
            self._open.discard(identifier)
            self._cancelled.discard(identifier)


def _private_stdout() -> TextIO:
    """Keep stdout for messages alone: prints of native code go to stderr from here on."""
    private = os.fdopen(os.dup(1), "w", encoding="utf-8")
    os.dup2(2, 1)
    return private


def _die_with_parent(parent: int) -> None:
    if sys.platform == "linux":
        ctypes.CDLL(None, use_errno=True).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
    if os.getppid() != parent:
        sys.exit(1)


def main() -> None:
    """Run the worker until its parent closes stdin."""
    _die_with_parent(int(sys.argv[1]))
    # Ctrl-C in a terminal reaches the whole group; the parent decides when the worker ends.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    Worker(Wire(_private_stdout()), sys.stdin).run()


if __name__ == "__main__":
    main()
