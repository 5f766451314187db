"""The worker's messages: whoever asks gets an answer, from the moment it says `ready`."""

import io
import json

import pytest

from server.models.worker import Worker


class FakeLlama:
    context_window = 512

    def prompt_tokens(self, messages):
        return [0] * len(messages)


class EagerParent:
    """Asks for a count the moment it reads `ready`, and remembers every answer."""

    def __init__(self):
        self.worker = None
        self.events = []

    def send(self, event, **fields):
        self.events.append((event, fields))
        if event == "ready":
            self.worker._take({"op": "count", "id": 1, "messages": ["hello"]})


class LeftError(Exception):
    pass


def test_count_right_after_ready_is_answered(monkeypatch):
    parent = EagerParent()
    worker = parent.worker = Worker(parent, io.StringIO(json.dumps({"id": 1}) + "\n"))
    monkeypatch.setattr(
        worker, "_read", lambda: worker._incoming.put({}) or worker._take({"id": 2})
    )
    monkeypatch.setattr(worker, "_load", lambda _message: FakeLlama())

    def leave(*_):
        raise LeftError

    monkeypatch.setattr(worker, "_generate", leave)
    with pytest.raises(LeftError):
        worker.run()

    assert parent.events == [("ready", {"context_window": 512}), ("count", {"id": 1, "tokens": 1})]
