"""What a model is asked, field by field, and what is refused before it is asked."""

from typing import Any

import httpx
import pytest

from agents.inference import ChatTurn, Priority
from tests.openai_api.prepared import CHAT, PreparedModels

HELLO = [{"role": "user", "content": "Hello."}]


async def ask(http: httpx.AsyncClient, headers: Any = None, **fields: Any) -> httpx.Response:
    return await http.post(CHAT, json={"messages": HELLO, **fields}, headers=headers)


async def test_every_field_reaches_the_model(http: httpx.AsyncClient, models: PreparedModels):
    done = await ask(
        http,
        model="second",
        messages=[
            {"role": "developer", "content": "Be brief."},
            {"role": "user", "content": [{"type": "text", "text": t} for t in ("One", "Two")]},
            {"role": "assistant", "content": None},
        ],
        max_tokens=5,
        max_completion_tokens=7,
        temperature=0.5,
        top_p=0.8,
        top_k=3,
        min_p=0.1,
        repeat_penalty=1.1,
        logit_bias={"12": -100, "13": 1.5},
        seed=4,
        stop=["a", "b", "c", "d", "e"],
        n=2,
        grammar='root ::= "x"',
        user="somebody",
    )
    assert done.status_code == 200, done.text
    [asked] = models.asked
    assert asked.model == "second"
    assert asked.messages == (
        ChatTurn("system", "Be brief."),
        ChatTurn("user", "One\nTwo"),
        ChatTurn("assistant", ""),
    )
    assert (asked.max_tokens, asked.n, asked.seed) == (7, 2, 4)
    assert (asked.temperatures, asked.top_p, asked.top_k) == ((0.5,), 0.8, 3)
    assert (asked.min_p, asked.repeat_penalty) == (0.1, 1.1)
    assert asked.logit_bias == ((12, -100.0), (13, 1.5))
    assert asked.stop == ("a", "b", "c", "d", "e")
    assert (asked.grammar, asked.json_schema) == ('root ::= "x"', None)


async def test_without_fields_the_protocols_defaults_hold(
    http: httpx.AsyncClient, models: PreparedModels
):
    assert (await ask(http)).status_code == 200
    assert (await ask(http, temperature=None, seed=None, stop=None, n=None)).status_code == 200
    first, second = models.asked
    assert (first.model, first.priority) == ("first", Priority.BACKGROUND)
    assert (first.temperatures, first.top_p, first.n, first.stop) == ((1.0,), 1.0, 1, ())
    assert first.seed != second.seed


async def test_an_answer_may_take_what_the_prompt_leaves_of_its_models_window(
    http: httpx.AsyncClient, models: PreparedModels
):
    await ask(http)
    await ask(http, model="second")
    assert [asked.max_tokens for asked in models.asked] == [70, 170]


@pytest.mark.parametrize(
    ("wanted", "schema"),
    [
        ({"type": "text"}, None),
        ({"type": "json_object"}, {"type": "object"}),
        (
            {"type": "json_schema", "json_schema": {"name": "x", "schema": {"type": "array"}}},
            {"type": "array"},
        ),
    ],
)
async def test_the_format_of_the_answer_becomes_a_schema(
    http: httpx.AsyncClient, models: PreparedModels, wanted: Any, schema: Any
):
    assert (await ask(http, response_format=wanted)).status_code == 200
    assert models.asked[0].json_schema == schema


@pytest.mark.parametrize("priority", list(Priority))
async def test_the_header_sets_the_priority(
    http: httpx.AsyncClient, models: PreparedModels, priority: Priority
):
    await ask(http, headers={"X-Tenon-Priority": priority})
    assert models.asked[0].priority == priority


async def test_a_priority_that_does_not_exist_is_refused(http: httpx.AsyncClient):
    done = await ask(http, headers={"X-Tenon-Priority": "urgent"})
    assert done.status_code == 400
    assert "interactive, review, background" in done.json()["error"]["message"]


IMAGE = {"role": "user", "content": [{"type": "image_url", "image_url": {"url": "x"}}]}
TOOL = {"type": "function", "function": {"name": "f"}}


@pytest.mark.parametrize(
    ("fields", "param"),
    [
        ({"tools": [TOOL]}, "tools"),
        ({"tool_choice": "required"}, "tool_choice"),
        ({"functions": [{"name": "f"}]}, "functions"),
        ({"logprobs": True}, "logprobs"),
        ({"modalities": ["text", "audio"]}, "modalities"),
        ({"presence_penalty": 1}, "presence_penalty"),
        ({"messages": [*HELLO, IMAGE]}, "messages[1].content[0].type"),
        ({"messages": [{"role": "tool", "content": "x"}]}, "messages[0].role"),
        (
            {"messages": [{"role": "assistant", "tool_calls": [{"id": "x"}]}]},
            "messages[0].tool_calls",
        ),
        ({"messages": []}, "messages"),
        ({"messages": [{"role": "user", "content": 5}]}, "messages[0].content"),
        ({"temperature": 3}, "temperature"),
        ({"max_tokens": 0}, "max_tokens"),
        ({"n": 0}, "n"),
        ({"stop": [""]}, "stop[0]"),
        ({"logit_bias": {"x": 1}}, "logit_bias.x"),
        ({"response_format": {"type": "xml"}}, "response_format.type"),
        ({"response_format": {"type": "json_schema"}}, "response_format.json_schema"),
        ({"response_format": {"type": "json_object"}, "grammar": "root ::= x"}, "grammar"),
    ],
)
async def test_what_cannot_be_honoured_is_refused_by_name(
    http: httpx.AsyncClient, models: PreparedModels, fields: Any, param: str
):
    done = await ask(http, **fields)
    error = done.json()["error"]
    assert done.status_code == 400
    assert error["type"] == "invalid_request_error"
    assert error["message"]
    assert (error["param"] or "").startswith(param)
    assert not models.asked


async def test_fields_that_ask_for_nothing_are_taken(http: httpx.AsyncClient):
    fields = {"tools": [], "tool_choice": "auto", "logprobs": False, "frequency_penalty": 0}
    assert (await ask(http, **fields, store=True, metadata={"a": "b"})).status_code == 200


@pytest.mark.parametrize("body", [b"{", b"[]", b"", b'{"messages": NaN}', b"\xff"])
async def test_a_body_that_is_no_request_is_refused(http: httpx.AsyncClient, body: bytes):
    done = await http.post(CHAT, content=body)
    assert done.status_code == 400
    assert done.json()["error"]["type"] == "invalid_request_error"


async def test_a_body_that_is_too_long_is_refused_and_the_reason_arrives(http: httpx.AsyncClient):
    done = await http.post(CHAT, content=b"x" * 9_000_000)
    assert done.status_code == 413
    assert "8,388,608 bytes" in done.json()["error"]["message"]


async def test_an_unknown_model_is_told_with_those_that_are_there(http: httpx.AsyncClient):
    done = await ask(http, model="gpt-9")
    assert done.status_code == 404
    assert done.json()["error"]["code"] == "model_not_found"
    assert "first, second" in done.json()["error"]["message"]
