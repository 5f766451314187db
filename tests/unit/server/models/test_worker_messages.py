"""The worker's messages: whoever asks gets an answer, and the wrong question an error."""

from __future__ import annotations

import io
from typing import Any

import pytest

from server.models.worker import Wire, Worker


class RecordingWire(Wire):
    """Remembers what the worker says."""

    def __init__(self) -> None:
        self.events: list[tuple[str, dict[str, Any]]] = []

    def send(self, event: str, **fields: Any) -> None:
        self.events.append((event, fields))


class CountingModel:
    """Counts messages as tokens; refuses a system message, as some templates do."""

    context_window = 4

    def prompt_tokens(self, messages: list[dict[str, str]]) -> list[int]:
        if messages[0]["role"] == "system":
            raise ValueError("The model's chat template refused the messages.")
        return [0] * len(messages)


@pytest.fixture
def worker() -> Worker:
    worker = Worker(RecordingWire(), io.StringIO())
    worker._llama = CountingModel()  # type: ignore[assignment]  # it only counts
    return worker


def events(worker: Worker) -> list[tuple[str, dict[str, Any]]]:
    assert isinstance(worker._wire, RecordingWire)
    return worker._wire.events


def test_a_count_is_answered(worker: Worker):
    worker._take({"op": "count", "id": 1, "messages": [{"role": "user"}]})
    assert events(worker) == [("count", {"id": 1, "tokens": 1})]


def test_messages_that_the_template_refuses_are_an_error(worker: Worker):
    worker._take({"op": "count", "id": 1, "messages": [{"role": "system"}]})
    [(event, fields)] = events(worker)
    assert (event, fields["id"]) == ("error", 1)


def test_a_prompt_that_does_not_fit_is_refused_with_the_numbers(worker: Worker):
    fields = {"messages": [{"role": "user"}] * 2, "max_tokens": 3, "samplings": [{}]}
    worker._take({"op": "generate", "id": 7, **fields})
    assert events(worker) == [("tooLong", {"id": 7, "numbers": (2, 3, 4)})]


@pytest.mark.parametrize("fields", [{}, {"messages": [], "max_tokens": 3, "samplings": [{"x": 1}]}])
def test_a_malformed_request_is_an_error_and_the_worker_goes_on(
    worker: Worker, fields: dict[str, Any]
):
    worker._take({"op": "generate", "id": 7, **fields})
    [(event, answer)] = events(worker)
    assert (event, answer["id"]) == ("error", 7)
    assert "malformed" in answer["message"]
