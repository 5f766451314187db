"""Answers, whole and in events; errors; and what ends when the client goes."""

import asyncio
import json
from typing import Any

import httpx
import pytest

from agents.inference import (
    FinishReason,
    GenerationFailedError,
    ModelUnavailableError,
    PromptTooLongError,
)
from server.models.worker_process import WorkerCrashedError
from tests.openai_api.prepared import CHAT, PreparedModels, StrangeError

HELLO = {"messages": [{"role": "user", "content": "Hello."}]}
TIMINGS = {
    "queue_ms": 500.0,
    "cache_n": 10,
    "prompt_n": 20,
    "prompt_ms": 2000.0,
    "prompt_per_second": 10.0,
    "predicted_n": 4,
    "predicted_ms": 500.0,
    "predicted_per_second": 8.0,
}
SCHEMA = {"type": "json_schema", "json_schema": {"name": "x", "schema": {"type": "nonsense"}}}


async def events(http: httpx.AsyncClient, **fields: Any) -> list[Any]:
    """The data of each event of a stream, the last of them too."""
    done = await http.post(CHAT, json={**HELLO, **fields, "stream": True})
    assert done.headers["content-type"] == "text/event-stream; charset=utf-8"
    *blocks, rest = done.text.split("\n\n")
    assert not rest
    data = [block.removeprefix("data: ") for block in blocks]
    return [each if each == "[DONE]" else json.loads(each) for each in data]


async def test_every_choice_has_its_index_and_the_usage_counts_the_prompt_once(
    http: httpx.AsyncClient,
):
    answer = (await http.post(CHAT, json={**HELLO, "n": 2})).json()
    assert (answer["object"], answer["model"]) == ("chat.completion", "first")
    assert [choice["index"] for choice in answer["choices"]] == [0, 1]
    for choice in answer["choices"]:
        assert choice["message"]["role"] == "assistant"
        assert choice["message"]["content"] == "Hello\u2028"
        assert choice["finish_reason"] == "stop"
    assert answer["usage"] == {
        "prompt_tokens": 30,
        "completion_tokens": 4,
        "total_tokens": 34,
        "prompt_tokens_details": {"cached_tokens": 10},
    }
    assert answer["timings"] == TIMINGS


async def test_a_stream_tells_roles_texts_and_ends_of_each_choice(http: httpx.AsyncClient):
    *chunks, done = await events(http, n=2)
    assert done == "[DONE]"
    assert len({chunk["id"] for chunk in chunks}) == 1
    assert {chunk["object"] for chunk in chunks} == {"chat.completion.chunk"}
    choices = [choice for chunk in chunks for choice in chunk["choices"]]
    for index in (0, 1):
        first, *texts, last = [choice for choice in choices if choice["index"] == index]
        assert first["delta"] == {"role": "assistant", "content": ""}
        assert [text["delta"]["content"] for text in texts] == ["Hel", "lo\u2028"]
        assert (last["delta"], last["finish_reason"]) == ({}, "stop")
        assert all(choice["finish_reason"] is None for choice in (first, *texts))
    assert chunks[-1]["timings"] == TIMINGS
    assert all("usage" not in chunk for chunk in chunks)


async def test_a_stream_ends_with_its_usage_when_that_is_wanted(http: httpx.AsyncClient):
    *chunks, last, _ = await events(http, stream_options={"include_usage": True})
    assert last["choices"] == []
    assert last["usage"]["total_tokens"] == 32
    assert all(chunk["usage"] is None for chunk in chunks)


async def test_a_stream_breaks_into_lines_only_where_the_protocol_does(http: httpx.AsyncClient):
    done = await http.post(CHAT, json={**HELLO, "stream": True})
    assert done.text.splitlines() == done.text.split("\n")[:-1]


@pytest.mark.parametrize("stream", [True, False])
@pytest.mark.parametrize(
    ("reason", "told"), [("stop", "stop"), ("length", "length"), ("deadline", "length")]
)
async def test_an_answer_that_is_not_complete_says_so(
    http: httpx.AsyncClient,
    models: PreparedModels,
    stream: bool,
    reason: FinishReason,
    told: str,
):
    models.finish_reason = reason
    chunk = (await events(http))[-2] if stream else (await http.post(CHAT, json=HELLO)).json()
    assert chunk["choices"][0]["finish_reason"] == told


@pytest.mark.parametrize("stream", [True, False])
@pytest.mark.parametrize(
    ("error", "fields", "status", "code"),
    [
        (PromptTooLongError(90, 20, 100), {}, 400, "context_length_exceeded"),
        (ModelUnavailableError("No file."), {}, 503, "model_unavailable"),
        (GenerationFailedError("No."), {}, 500, "generation_failed"),
        (GenerationFailedError("No."), {"response_format": SCHEMA}, 400, "invalid_schema"),
        (GenerationFailedError("No."), {"grammar": "root"}, 400, "invalid_grammar"),
        (WorkerCrashedError("Died."), {"grammar": "root"}, 500, "generation_failed"),
        (StrangeError("So."), {}, 500, "generation_failed"),
    ],
)
async def test_an_error_before_the_first_text_has_its_status(
    http: httpx.AsyncClient,
    models: PreparedModels,
    stream: bool,
    error: Exception,
    fields: Any,
    status: int,
    code: str,
):
    models.parts, models.error = [], error
    done = await http.post(CHAT, json={**HELLO, **fields, "stream": stream})
    assert (done.status_code, done.json()["error"]["code"]) == (status, code)


async def test_a_prompt_too_long_is_told_with_the_numbers(
    http: httpx.AsyncClient, models: PreparedModels
):
    models.prompt_tokens = 123
    error = (await http.post(CHAT, json=HELLO)).json()["error"]
    assert error["code"] == "context_length_exceeded"
    assert "123" in error["message"] and "100" in error["message"]
    assert not models.asked


async def test_an_error_in_a_stream_is_its_last_event(
    http: httpx.AsyncClient, models: PreparedModels
):
    models.error = GenerationFailedError("The model died.")
    *chunks, last = await events(http)
    assert chunks[-1]["choices"][0]["delta"]["content"] == "lo\u2028"
    assert last["error"]["message"] == "The model died."


@pytest.mark.parametrize("parts", [[], ["Hel"]])
@pytest.mark.parametrize("stream", [True, False])
async def test_a_defect_is_not_shown_to_the_client(
    http: httpx.AsyncClient, models: PreparedModels, stream: bool, parts: list[str]
):
    models.parts, models.error = parts, RuntimeError("private")
    done = await http.post(CHAT, json={**HELLO, "stream": stream})
    assert "server_error" in done.text and "The server failed" in done.text
    assert "private" not in done.text and "Traceback" not in done.text


@pytest.mark.parametrize("stream", [True, False])
@pytest.mark.parametrize("parts", [[], ["Hel"]])
async def test_a_client_that_goes_stops_the_model(
    http: httpx.AsyncClient, models: PreparedModels, stream: bool, parts: list[str]
):
    models.parts, models.endless = parts, True
    asking = asyncio.create_task(http.post(CHAT, json={**HELLO, "stream": stream}))
    async with asyncio.timeout(30):
        while not models.asked:
            await asyncio.sleep(0.01)
        asking.cancel()
        await models.closed.wait()
    models.endless = False
    assert (await http.post(CHAT, json=HELLO)).status_code == 200
