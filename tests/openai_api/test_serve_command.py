"""The command as a process, with OpenAI's client: start, token, end."""

import json
import signal
import socket
import subprocess
from pathlib import Path

import openai
import pytest
from openai.types.chat import ChatCompletionMessageParam

from tests.openai_api.serving import TOKEN, command, environment, serving

HELLO: list[ChatCompletionMessageParam] = [{"role": "user", "content": "Hello."}]
ENDLESS: list[ChatCompletionMessageParam] = [{"role": "user", "content": "Talk for ever."}]
WORDS = "one two three four five"


@pytest.fixture
def variables(tmp_path: Path) -> dict[str, str]:
    """Settings with a model that answers a word at a time, for ever if it is asked so."""
    rules = [
        {"contains": "for ever", "reply": "word " * 100_000},
        {"contains": "Hello", "reply": WORDS},
    ]
    script = tmp_path / "model.json"
    script.write_text(json.dumps({"rules": rules, "delay_seconds_per_token": 0.01}))
    return environment(tmp_path / "data", TENON_SCRIPTED_MODEL=str(script))


def failing(*arguments: str, variables: dict[str, str]) -> str:
    """The one line of a server that does not start."""
    done = subprocess.run(
        command(*arguments),
        check=False,
        env=variables,
        capture_output=True,
        text=True,
        timeout=120,
    )
    assert (done.returncode, done.stdout) == (1, "")
    [line] = done.stderr.splitlines()
    return line


def test_openais_client_reads_whole_answers_and_streams(variables: dict[str, str]):
    with serving("--token", TOKEN, variables=variables) as server, server.client() as client:
        whole = client.chat.completions.create(model="default", messages=HELLO, n=2)
        assert [choice.message.content for choice in whole.choices] == [WORDS, WORDS]
        assert whole.usage and whole.usage.total_tokens == 11
        stream = client.chat.completions.create(model="scripted", messages=HELLO, stream=True)
        assert "".join(chunk.choices[0].delta.content or "" for chunk in stream) == WORDS
        assert [model.id for model in client.models.list()][:1] == ["scripted"]
        assert client.models.retrieve("default").id == "scripted"


def test_openais_client_raises_what_it_raises_for_openai(variables: dict[str, str]):
    with serving("--token", TOKEN, variables=variables) as server, server.client() as client:
        with pytest.raises(openai.NotFoundError, match="gpt-9"):
            client.chat.completions.create(model="gpt-9", messages=HELLO)
        with pytest.raises(openai.BadRequestError, match="tools is not supported"):
            client.chat.completions.create(
                model="default",
                messages=HELLO,
                tools=[{"type": "function", "function": {"name": "f"}}],
            )
        with (
            server.client("wrong") as stranger,
            pytest.raises(openai.AuthenticationError, match="token is missing or wrong"),
        ):
            stranger.models.list()


def test_a_token_of_the_environment_is_not_shown(variables: dict[str, str]):
    with serving(variables=variables | {"TENON_SERVE_TOKEN": "mine"}) as server:
        with server.client("mine") as client:
            assert client.models.list().data
        assert server.stop() == (0, "")


def test_without_a_token_a_random_one_is_made_and_shown_once(variables: dict[str, str]):
    shown = set()
    for _ in range(2):
        with serving(variables=variables) as server:
            assert server.process.stderr
            label, token = server.process.stderr.readline().split()
            assert (label, len(token)) == ("Token:", 32)
            with server.client(token) as client:
                assert client.models.list().data
            assert server.stop() == (0, "")
            shown.add(token)
    assert len(shown) == 2


def test_an_empty_token_turns_it_off_and_says_so(variables: dict[str, str]):
    with serving("--token", "", variables=variables) as server:
        with server.client("anything") as client:
            assert client.models.list().data
        assert server.stop() == (0, "No token: every program of this machine may ask.\n")


def test_it_listens_on_loopback_alone(variables: dict[str, str]):
    with serving("--token", TOKEN, variables=variables) as server:
        listening = subprocess.run(["ss", "-Hltn"], check=True, capture_output=True, text=True)
        port = server.url.rsplit(":", 1)[1].removesuffix("/v1")
        addresses = [line.split()[3] for line in listening.stdout.splitlines()]
        assert [each for each in addresses if each.endswith(f":{port}")] == [f"127.0.0.1:{port}"]


def test_a_stream_that_is_left_is_no_error(variables: dict[str, str]):
    with serving("--token", TOKEN, variables=variables) as server, server.client() as client:
        with client.chat.completions.create(
            model="default", messages=ENDLESS, stream=True
        ) as stream:
            assert next(stream).choices
        assert client.chat.completions.create(model="default", messages=HELLO).choices
        assert server.stop() == (0, "")


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_ends_an_open_stream_with_an_error_and_the_server_well(
    variables: dict[str, str], number: int
):
    with serving("--token", TOKEN, variables=variables) as server, server.client() as client:
        stream = client.chat.completions.create(model="default", messages=ENDLESS, stream=True)
        assert next(stream).choices
        server.process.send_signal(number)
        with pytest.raises(openai.APIError, match="being stopped"):
            for _ in stream:
                pass
        _, errors = server.process.communicate(timeout=60)
        assert (server.process.returncode, errors) == (0, "")


def test_a_port_in_use_is_one_clear_line(variables: dict[str, str]):
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = str(taken.getsockname()[1])
        line = failing("--port", port, variables=variables)
    assert f"port {port}: Address already in use" in line


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--port", "99999"], "port 99999"),
        (["--model", "no-such-model"], "no model and no file no-such-model"),
        (["--model", "minilm-l6-v2-int8"], "is not a language model"),
    ],
)
def test_what_cannot_be_served_is_one_clear_line(
    variables: dict[str, str], arguments: list[str], said: str
):
    assert said in failing(*arguments, variables=variables)


def test_two_files_of_one_name_are_refused(variables: dict[str, str], tmp_path: Path):
    files = [tmp_path / folder / "same.gguf" for folder in ("a", "b")]
    for file in files:
        file.parent.mkdir()
        file.write_bytes(b"GGUF")
    del variables["TENON_SCRIPTED_MODEL"]
    line = failing(*("--model", str(files[0]), "--model", str(files[1])), variables=variables)
    assert "Two models are called same" in line


def test_a_model_that_was_not_fetched_is_one_clear_line(variables: dict[str, str], tmp_path: Path):
    del variables["TENON_SCRIPTED_MODEL"]
    empty = variables | {"TENON_CACHE_DIR": str(tmp_path / "cache")}
    assert "tenon models pull smollm2-135m" in failing("--model", "smollm2-135m", variables=empty)
