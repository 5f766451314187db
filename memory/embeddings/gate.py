"""Lets background embedding stand back while the language model answers a person.

llama.cpp's threads wait for each other at every layer, so a busy core costs an answer far more
than its share; standing back between two batches (about 50 ms) is cheap.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager

_LONGEST_WAIT = 300.0


class Gate:
    """Open unless somebody holds it. Safe from any thread and from the event loop."""

    def __init__(self) -> None:
        self._holders = 0
        self._open = threading.Event()
        self._open.set()
        self._lock = threading.Lock()

    @contextmanager
    def held(self) -> Iterator[None]:
        """Keep background embedding waiting while the block runs; may be nested."""
        with self._lock:
            self._holders += 1
            self._open.clear()
        try:
            yield
        finally:
            with self._lock:
                self._holders -= 1
                if not self._holders:
                    self._open.set()

    @property
    def is_open(self) -> bool:
        """Whether nobody holds it."""
        return self._open.is_set()

    def wait(self, seconds: float = _LONGEST_WAIT) -> None:
        """Block a worker thread until it is open, or for `seconds` at most."""
        self._open.wait(seconds)
