import asyncio
import socket
from collections.abc import AsyncIterator, Iterator
from contextlib import aclosing
from pathlib import Path
from typing import Any

import pytest

from agents.inference import (
    ChatTurn,
    CompletionRequest,
    GenerationFailedError,
    ModelUnavailableError,
    PromptTooLongError,
    complete_one,
)
from server.models.configuration import Endpoint, ModelSettings
from server.models.registry import ModelRegistry
from tests.unit.server.models.endpoint import EndpointServer, serving, text_event

KEY = "key-that-nobody-may-see"


@pytest.fixture
def server() -> Iterator[EndpointServer]:
    with serving() as running:
        running.answer("Hello", " there")
        yield running


@pytest.fixture
async def registry(server: EndpointServer, tmp_path: Path) -> AsyncIterator[ModelRegistry]:
    endpoint = Endpoint(server.url, "big-model", api_key=KEY, context_window=1000)
    models = ModelRegistry(ModelSettings(cache_dir=tmp_path, endpoint=endpoint))
    yield models
    await models.close()


def request(text: str = "Hi.", max_tokens: int = 50, **fields: Any) -> CompletionRequest:
    messages = (ChatTurn("system", "Be kind."), ChatTurn("user", text))
    return CompletionRequest("developer", messages, max_tokens, **fields)


async def test_the_answer_streams_and_adds_up(registry: ModelRegistry, server: EndpointServer):
    server.answer(
        *("a", "b", "c"),
        prompt_tokens=20,
        completion_tokens=3,
        prompt_tokens_details={"cached_tokens": 15},
    )
    pieces: list[str] = []
    completion = await complete_one(registry, request(), lambda _, text: pieces.append(text))
    assert pieces == ["a", "b", "c"]
    assert (completion.text, completion.finish_reason) == ("abc", "stop")
    assert completion.model == "big-model"
    usage = completion.usage
    assert (usage.prompt_tokens, usage.cached_tokens, usage.completion_tokens) == (20, 15, 3)


async def test_the_request_says_all_that_the_protocol_knows(
    registry: ModelRegistry, server: EndpointServer
):
    schema = {"type": "object", "properties": {}}
    asked = request(
        n=2, temperatures=(0.0, 0.7), seed=5, top_p=0.9, stop=("END",), json_schema=schema
    )
    async with aclosing(registry.complete(asked)) as completions:
        assert [each.index async for each in completions] == [0, 1]
    first, second = server.requests
    assert first["path"] == "/v1/chat/completions"
    assert first["messages"] == [
        {"role": "system", "content": "Be kind."},
        {"role": "user", "content": "Hi."},
    ]
    assert (first["model"], first["max_tokens"], first["stop"]) == ("big-model", 50, ["END"])
    assert first["response_format"]["json_schema"]["schema"] == schema
    assert [(each["temperature"], each["seed"]) for each in (first, second)] == [(0, 5), (0.7, 6)]


async def test_an_answer_cut_at_the_limit_says_so(registry: ModelRegistry, server: EndpointServer):
    server.answer("half an ans", finish="length")
    assert (await complete_one(registry, request())).finish_reason == "length"


async def test_closing_the_iterator_ends_the_request_at_the_server(
    registry: ModelRegistry, server: EndpointServer
):
    server.hold_after, started = 1, asyncio.Event()
    task = asyncio.create_task(complete_one(registry, request(), lambda *_: started.set()))
    await started.wait()
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert await asyncio.to_thread(server.client_left.wait, 10)


@pytest.mark.parametrize(
    ("status", "error", "words"),
    [
        (401, {"error": {"message": "Bad key."}}, r"Bad key\. .*TENON_ENDPOINT_API_KEY"),
        (401, {"error": {"message": f"Bad key {KEY}."}}, r"Bad key …\."),
        (404, {"error": {"message": "No such model."}}, r"big-model.*No such model"),
        (503, {"error": "loading"}, "loading"),
        (500, {}, "cannot serve big-model"),
    ],
)
async def test_a_server_that_cannot_serve_is_told_in_its_own_words(
    registry: ModelRegistry, server: EndpointServer, status: int, error: dict[str, Any], words: str
):
    server.status, server.error = status, error
    with pytest.raises(ModelUnavailableError, match=words) as caught:
        await complete_one(registry, request())
    assert KEY not in str(caught.value)
    states = {each.id: (each.state, each.kind) for each in registry.statuses()}
    assert states["big-model"] == ("failed", "remote")


async def test_a_refused_request_is_told_in_the_servers_words(
    registry: ModelRegistry, server: EndpointServer
):
    server.status, server.error = 400, {"error": {"message": "Schema not supported."}}
    with pytest.raises(GenerationFailedError, match="Schema not supported"):
        await complete_one(registry, request())


@pytest.mark.parametrize("cut", [True, False])
async def test_an_answer_that_breaks_off_is_never_taken_for_whole(
    registry: ModelRegistry, server: EndpointServer, cut: bool
):
    server.events, server.cut = [text_event("half")], cut
    with pytest.raises(GenerationFailedError, match=server.url):
        await complete_one(registry, request())


async def test_an_error_in_the_middle_of_the_stream_is_told(
    registry: ModelRegistry, server: EndpointServer
):
    server.events = [text_event("half"), {"error": {"message": "Out of memory."}}]
    with pytest.raises(GenerationFailedError, match="Out of memory"):
        await complete_one(registry, request())


async def impatient(server: EndpointServer, folder: Path) -> ModelRegistry:
    endpoint = Endpoint(server.url, "m", timeout=0.2)
    return ModelRegistry(ModelSettings(cache_dir=folder, endpoint=endpoint, fallbacks=()))


async def test_a_server_that_says_nothing_is_given_up_before_the_first_text(
    server: EndpointServer, tmp_path: Path
):
    server.hold_after = 0
    models = await impatient(server, tmp_path)
    with pytest.raises(ModelUnavailableError, match=r"said nothing.*TENON_ENDPOINT_TIMEOUT"):
        await complete_one(models, request())
    await models.close()


async def test_a_server_that_falls_silent_in_an_answer_is_not_replaced(
    server: EndpointServer, tmp_path: Path
):
    server.hold_after = 1
    models = await impatient(server, tmp_path)
    with pytest.raises(GenerationFailedError, match="in the middle of the answer"):
        await complete_one(models, request())
    await models.close()


async def test_at_the_deadline_the_answer_ends_with_what_it_has(
    registry: ModelRegistry, server: EndpointServer
):
    server.hold_after = 1
    completion = await complete_one(registry, request(deadline_seconds=0.5))
    assert (completion.text, completion.finish_reason) == ("Hello", "deadline")


async def test_an_answer_that_goes_round_is_ended_where_that_is_wanted(
    registry: ModelRegistry, server: EndpointServer
):
    server.answer(*("x = 1\n" for _ in range(100)))
    assert (await complete_one(registry, request())).text.count("\n") == 100
    completion = await complete_one(registry, request(end_loops=True))
    assert completion.finish_reason == "loop" and completion.text.count("\n") < 20


async def test_nobody_there_is_told_with_the_address(tmp_path: Path):
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{unused.getsockname()[1]}/v1"
        models = ModelRegistry(ModelSettings(cache_dir=tmp_path, endpoint=Endpoint(url, "m")))
        with pytest.raises(ModelUnavailableError, match=f"No answer at {url}"):
            await complete_one(models, request())
        await models.close()


async def test_the_key_goes_to_the_server_and_nowhere_else(
    registry: ModelRegistry, server: EndpointServer, caplog: pytest.LogCaptureFixture
):
    caplog.set_level("DEBUG")
    await complete_one(registry, request())
    assert server.headers[0]["Authorization"] == f"Bearer {KEY}"
    assert KEY not in caplog.text
    assert all(KEY not in repr(each) for each in registry.statuses())


async def test_a_proxy_of_the_environment_is_not_used_on_this_machine(
    server: EndpointServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:9")
    endpoint = Endpoint(server.url, "m")
    models = ModelRegistry(ModelSettings(cache_dir=tmp_path, endpoint=endpoint))
    assert (await complete_one(models, request())).text == "Hello there"
    await models.close()


async def test_what_cannot_fit_by_any_count_is_refused_before_it_is_sent(
    registry: ModelRegistry, server: EndpointServer
):
    with pytest.raises(PromptTooLongError):
        await complete_one(registry, request("x" * 20_000))
    assert server.requests == []


async def test_the_estimate_of_tokens_is_on_the_safe_side(registry: ModelRegistry):
    # Ten English words are 10 to 13 tokens in the usual vocabularies.
    sentence = "please write a short function that adds two given numbers"
    assert await registry.count_tokens(request(sentence)) > 13
    assert await registry.context_window("developer") == 1000


def test_a_model_of_an_endpoint_is_not_taken_to_go_on_from_an_answers_beginning(
    registry: ModelRegistry,
):
    assert not registry.continues_answers("developer")
