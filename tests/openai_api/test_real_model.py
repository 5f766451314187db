"""The smallest real model behind the real server, asked with OpenAI's client."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import openai
import pytest
from openai.types.chat import ChatCompletion

from server.models.catalog import CATALOG, TEST_MODEL
from tests.openai_api.serving import TOKEN, Serving, environment, serving

pytestmark = pytest.mark.model

# Free answers may part where two tokens are all but equal, so where a test compares answers
# a grammar decides what they are.
COLOURS = {
    "type": "array",
    "items": {"enum": ["red", "green", "blue", "grey"]},
    "minItems": 6,
    "maxItems": 6,
}
ENDLESS = {"type": "array", "items": {"type": "string", "minLength": 9}, "minItems": 300}
PERSON = {
    "type": "object",
    "properties": {"kind": {"enum": ["child", "adult"]}, "age": {"type": "integer"}},
    "required": ["kind", "age"],
    "additionalProperties": False,
}


def schema(of: dict[str, Any]) -> dict[str, Any]:
    return {"type": "json_schema", "json_schema": {"name": "answer", "schema": of}}


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Serving]:
    variables = environment(tmp_path_factory.mktemp("data"), TENON_THREADS="2")
    arguments = ("--model", TEST_MODEL, "--ctx", "2048", "--token", TOKEN)
    with serving(*arguments, variables=variables) as running:
        yield running


@pytest.fixture
def client(server: Serving) -> Iterator[openai.OpenAI]:
    with server.client() as opened:
        yield opened


def ask(client: openai.OpenAI, text: str = "Tell me a story.", **fields: Any) -> ChatCompletion:
    create: Any = client.chat.completions.create
    fields = {"max_tokens": 24, "temperature": 0, "model": "default"} | fields
    answer: ChatCompletion = create(messages=[{"role": "user", "content": text}], **fields)
    return answer


def test_a_stream_adds_up_to_the_whole_answer(client: openai.OpenAI):
    # Each digit is a token of its own, so there is one way to write them.
    only: Any = {"response_format": schema({"const": "31415926535897932384626433832795"})}
    only["max_tokens"] = 60
    whole = ask(client, **only)
    stream: Any = ask(client, stream=True, stream_options={"include_usage": True}, **only)
    *chunks, last = list(stream)
    assert "".join(chunk.choices[0].delta.content or "" for chunk in chunks) == (
        whole.choices[0].message.content
    )
    assert chunks[-1].choices[0].finish_reason == whole.choices[0].finish_reason == "stop"
    assert whole.usage
    assert last.usage.completion_tokens == whole.usage.completion_tokens
    assert last.usage.prompt_tokens == whole.usage.prompt_tokens


def test_choices_differ_and_each_stream_of_them_has_its_index(client: openai.OpenAI):
    # Pieces of two lists under one index would be no list of six colours.
    wanted: Any = {"n": 3, "temperature": 1, "max_tokens": 60, "extra_body": {"seed": 7}}
    wanted["response_format"] = schema(COLOURS)
    whole = ask(client, **wanted)
    texts = [choice.message.content or "" for choice in whole.choices]
    assert [choice.index for choice in whole.choices] == [0, 1, 2]
    assert len(set(texts)) == 3
    streamed = ["", "", ""]
    stream: Any = ask(client, stream=True, **wanted)
    for chunk in stream:
        streamed[chunk.choices[0].index] += chunk.choices[0].delta.content or ""
    assert [len(json.loads(text)) for text in texts + streamed] == [6] * 6
    assert len(set(streamed)) == 3


def test_a_prompt_that_was_read_before_is_told_as_cached(client: openai.OpenAI):
    story = "Once upon a time there was a small green frog. " * 10
    ask(client, story)
    again = ask(client, story)
    assert again.usage and again.usage.prompt_tokens_details
    cached = again.usage.prompt_tokens_details.cached_tokens
    assert cached and cached > again.usage.prompt_tokens // 2


def test_an_answer_has_the_schema_that_was_asked_for(client: openai.OpenAI):
    answer = ask(client, response_format=schema(PERSON), temperature=1.5, max_tokens=60)
    person = json.loads(answer.choices[0].message.content or "")
    assert list(person) == ["kind", "age"]
    assert person["kind"] in ("child", "adult")


def test_a_schema_that_cannot_be_compiled_is_the_clients_mistake(client: openai.OpenAI):
    with pytest.raises(openai.BadRequestError, match="schema") as caught:
        ask(client, response_format=schema({"type": "nonsense"}))
    assert caught.value.param == "response_format"


def test_a_stop_string_ends_the_answer(client: openai.OpenAI):
    only = schema({"const": "one two three four"})
    cut = ask(client, stop=["never in it", "ree f"], response_format=only).choices[0]
    assert cut.message.content == '"one two th'
    assert cut.finish_reason == "stop"


def test_a_stream_that_is_left_frees_the_model(client: openai.OpenAI):
    stream: Any = ask(client, stream=True, response_format=schema(ENDLESS), max_tokens=None)
    with stream:
        assert next(stream).choices
    answer = ask(client, max_tokens=2)
    assert answer.usage and answer.usage.completion_tokens == 2
    assert client.models.retrieve("default").model_dump()["queue_length"] == 0


def test_a_prompt_too_long_is_refused_with_the_numbers(client: openai.OpenAI):
    for limit in (30, None):
        with pytest.raises(openai.BadRequestError, match="2048 tokens") as caught:
            ask(client, "word " * 2100, max_tokens=limit)
        assert caught.value.code == "context_length_exceeded"


def test_a_person_is_answered_before_the_rest(client: openai.OpenAI):
    urgent = {"X-Tenon-Priority": "interactive"}
    assert ask(client, extra_headers=urgent).choices[0].message.content
    with pytest.raises(openai.BadRequestError, match="interactive, review, background"):
        ask(client, extra_headers={"X-Tenon-Priority": "urgent"})


def test_vectors_are_the_same_in_both_encodings(client: openai.OpenAI):
    texts = ["a frog", "ein Frosch", "tax law"]
    plain = client.embeddings.create(model="default", input=texts, encoding_format="float")
    packed = client.embeddings.create(model="minilm-l6-v2-int8", input=texts)
    for one, other in zip(plain.data, packed.data, strict=True):
        assert one.index == other.index
        assert one.embedding == pytest.approx(other.embedding)
        assert sum(value * value for value in one.embedding) == pytest.approx(1)
    assert plain.usage.total_tokens > 6


def test_a_text_that_the_embedding_model_would_cut_is_refused(client: openai.OpenAI):
    with pytest.raises(openai.BadRequestError, match=r"input\[1\] has 302 tokens"):
        client.embeddings.create(model="default", input=["short", "frog " * 300])


def test_a_file_is_served_under_its_name_and_its_process_ends_with_the_server(tmp_path: Path):
    file = tmp_path / "größer als Null.gguf"
    file.symlink_to(CATALOG[TEST_MODEL].path(_models()))
    arguments = ("--model", str(file), "--model", TEST_MODEL, "--ctx", "512", "--token", TOKEN)
    with serving(*arguments, variables=environment(tmp_path / "data")) as server:
        with server.client() as client:
            answers = [ask(client, model=model) for model in ("größer als Null", TEST_MODEL)]
            assert [answer.model for answer in answers] == ["größer als Null", TEST_MODEL]
        workers = server.workers()
        assert len(workers) == 2
        assert server.stop() == (0, "")
        assert not any(Path(f"/proc/{pid}").exists() for pid in workers)


def _models() -> Path:
    return Path(environment(Path())["TENON_CACHE_DIR"]) / "models"


def test_a_grammar_is_obeyed(client: openai.OpenAI):
    body = {"grammar": 'root ::= ("red" | "green") "!"'}
    answer = ask(client, "Name a colour.", temperature=1, n=4, extra_body=body)
    assert {choice.message.content for choice in answer.choices} <= {"red!", "green!"}


@pytest.mark.parametrize("grammar", ['root ::= "a" root', "root ::= missing", "no grammar at all"])
def test_a_grammar_that_cannot_match_is_an_error_at_once(client: openai.OpenAI, grammar: str):
    with pytest.raises(openai.BadRequestError, match="grammar"):
        ask(client, extra_body={"grammar": grammar})
    assert ask(client).choices[0].message.content


def test_a_logit_bias_keeps_a_token_out(client: openai.OpenAI):
    text = ask(client, "Say hello.").choices[0].message.content
    assert text
    banned = {str(token): -100 for token in range(256, 2000)}
    changed = ask(client, "Say hello.", logit_bias=banned).choices[0].message.content
    assert changed != text
