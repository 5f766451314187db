"""Every request is answered, whatever is in it; nothing internal gets out; cancelling works."""

import asyncio
from typing import Any

import attrs
import pytest

from agents.errors import ConflictError, GitRefusedError, NotFoundError
from agents.inference import ModelUnavailableError, PromptTooLongError
from agents.progress import Progress
from server import protocol
from server.protocol import ChatResult, StatusResult, Turn
from tests.lsp.wire_tap import WireTap

BAD_PARAMS = [
    [],
    [1],
    "text",
    5,
    True,
    {"text": 5, "id": 5, "request": 5, "proposalId": 5, "kind": 5, "limit": "5"},
    {"id": ["x"], "partialResultToken": {}, "revision": None, "reason": {}},
]
HAVE_FIELDS_TO_GET_WRONG = [
    method
    for method, (params, _) in protocol.REQUESTS.items()
    if attrs.has(params) and attrs.fields(params) and method != "tenon/chat/history"
]


async def no_status(*_):
    return StatusResult(repository=None, branch=None, ready=False)


def turn(text):
    return ChatResult(Turn("t", "s", "agent", text, "2025-01-01T00:00:00Z"))


@pytest.mark.parametrize("bad", BAD_PARAMS[:5], ids=repr)
@pytest.mark.parametrize("method", protocol.REQUESTS)
async def test_parameters_that_are_no_object_get_an_error(method, bad):
    reply = await WireTap({}).ask(method, bad)

    assert reply["error"]["code"] == -32602
    assert reply["error"]["message"] == "The parameters must be one JSON object."


@pytest.mark.parametrize("bad", [None, {}, *BAD_PARAMS[5:]], ids=repr)
@pytest.mark.parametrize("method", HAVE_FIELDS_TO_GET_WRONG)
async def test_wrong_or_missing_fields_get_an_error_that_names_one(method, bad):
    reply = await WireTap({}).ask(method, bad)

    assert reply["error"]["code"] == -32602
    assert reply["error"]["message"].startswith("`")


@pytest.mark.parametrize("method", protocol.COMMANDS)
@pytest.mark.parametrize("arguments", [None, [], [5], [{}], [{"id": 5}], [{}, {}]], ids=repr)
async def test_commands_answer_bad_arguments(method, arguments):
    tap = WireTap({"tenon/status": no_status})

    reply = await tap.ask("workspace/executeCommand", {"command": method, "arguments": arguments})

    assert "error" in reply or method == "tenon.server.status"


async def test_command_runs_the_handler_of_its_request():
    tap = WireTap({"tenon/status": no_status})

    params = {"command": "tenon.server.status", "arguments": [{}]}
    reply = await tap.ask("workspace/executeCommand", params)

    assert reply["result"] == {"repository": None, "branch": None, "ready": False}


@pytest.mark.parametrize(
    "params", [{}, {"command": 5}, {"command": "no.such.command"}, None, [], "x"], ids=repr
)
async def test_malformed_execute_command_gets_an_error(params):
    reply = await WireTap({}).ask("workspace/executeCommand", params)

    assert reply["error"]["code"] == -32602


async def test_unknown_fields_and_odd_keys_are_ignored():
    async def chat(_server, params, _report):
        return turn(params.text)

    params = {"text": "hi", "class": 1, "a-b": 2, "type_name": "!", "x": {"jsonrpc": "2.0"}}
    reply = await WireTap({"tenon/chat": chat}).ask("tenon/chat", params)

    assert reply["result"]["turn"]["text"] == "hi"


async def test_unknown_method_gets_method_not_found():
    reply = await WireTap({}).ask("tenon/nothing", {})

    assert reply["error"]["code"] == -32601


@pytest.mark.parametrize(
    "message",
    [
        [],
        "text",
        {"jsonrpc": "1.0", "id": 1, "method": "tenon/status"},
        {"id": None, "method": "tenon/status"},
        {"id": [1], "method": "tenon/status"},
        {"id": 1.5, "method": "tenon/status"},
        {"id": 1, "method": 5},
    ],
    ids=repr,
)
async def test_malformed_request_gets_invalid_request(message):
    tap = WireTap({})
    await tap.reply("initialize")

    tap.send(message)

    assert tap.frames[-1]["error"]["code"] == -32600
    assert "id" in tap.frames[-1]


@pytest.mark.parametrize(
    ("error", "code"),
    [
        (NotFoundError("No such ticket."), -32032),
        (ConflictError("Somebody else changed it."), -32033),
        (ModelUnavailableError("No model."), -32034),
        (PromptTooLongError(9, 9, 9), -32035),
        (GitRefusedError("Commit your changes first."), -32037),
    ],
)
async def test_errors_of_the_team_keep_their_words_and_their_code(error, code):
    async def fail(*_):
        raise error

    reply = await WireTap({"tenon/status": fail}).ask("tenon/status", {})

    assert reply["error"] == {"code": code, "message": str(error)}


async def test_unexpected_error_tells_no_detail():
    async def fail(*_):
        raise RuntimeError("secret in /home/somebody/file.py")

    reply = await WireTap({"tenon/status": fail}).ask("tenon/status", {})

    assert reply["error"]["code"] == -32603
    assert "secret" not in str(reply) and "/home" not in str(reply) and "Trace" not in str(reply)


async def test_result_that_cannot_be_sent_is_an_error_and_not_silence():
    async def broken(*_):
        unsendable: Any = object()
        return StatusResult(repository=unsendable, branch=None, ready=True)

    reply = await WireTap({"tenon/status": broken}).ask("tenon/status", {})

    assert reply["error"]["code"] == -32603


@pytest.mark.parametrize("as_command", [False, True])
async def test_cancel_reaches_the_work_and_is_answered(as_command):
    started, stopped = asyncio.Event(), asyncio.Event()

    async def work(*_):
        started.set()
        try:
            await asyncio.Event().wait()
        finally:
            stopped.set()

    tap = WireTap({"tenon/tickets/accept": work})
    params = {"id": "t"}
    if as_command:
        command = {"command": "tenon.server.acceptTicket", "arguments": [params]}
        tap.send({"id": 7, "method": "workspace/executeCommand", "params": command})
    else:
        tap.send({"id": 7, "method": "tenon/tickets/accept", "params": params})
    await started.wait()
    tap.send({"method": "$/cancelRequest", "params": {"id": 7}})

    assert (await tap.reply(7))["error"]["code"] == -32800
    assert stopped.is_set()


async def test_progress_keeps_its_order_and_comes_before_the_result():
    async def chat(_server, _params, report):
        report(Progress("text", "pm", "one "))
        report(Progress("text", "pm", "two"))
        report(Progress("step", "pm", "thinking", tokens_per_second=12.5))
        report(Progress("text", "pm", " three"))
        return turn("one two three")

    tap = WireTap({"tenon/chat": chat})
    await tap.ask("tenon/chat", {"text": "x", "partialResultToken": "tok"})

    progress = [frame["params"] for frame in tap.frames if frame.get("method") == "$/progress"]
    assert [(p["token"], p["value"]["kind"], p["value"]["text"]) for p in progress] == [
        ("tok", "text", "one two"),
        ("tok", "step", "thinking"),
        ("tok", "text", " three"),
    ]
    assert tap.frames[-1]["id"] == 1


async def test_without_a_token_nothing_is_streamed():
    async def chat(_server, _params, report):
        report(Progress("text", "pm", "one"))
        return turn("one")

    tap = WireTap({"tenon/chat": chat})
    await tap.ask("tenon/chat", {"text": "x"})

    assert all("method" not in frame for frame in tap.frames)


async def test_text_arrives_while_the_request_still_runs():
    released = asyncio.Event()

    async def chat(_server, _params, report):
        report(Progress("text", "pm", "early"))
        await released.wait()
        return turn("early")

    tap = WireTap({"tenon/chat": chat})
    tap.send({"id": 1, "method": "tenon/chat", "params": {"text": "x", "partialResultToken": 1}})
    await tap.frame(lambda frame: frame.get("method") == "$/progress")

    assert all(frame.get("id") != 1 for frame in tap.frames)
    released.set()
    await tap.reply(1)


async def test_notification_from_a_thread_is_sent_by_the_loop():
    tap = WireTap({})

    await asyncio.to_thread(tap.server.emit, "tenon/specChanged", {})
    await asyncio.sleep(0)

    assert tap.frames[-1]["method"] == "tenon/specChanged"


async def test_requests_before_initialize_and_after_shutdown_are_refused():
    tap = WireTap({"tenon/status": no_status})
    await tap.ask("shutdown", None, msg_id=5)

    reply = await tap.ask("tenon/status", {}, msg_id=6)

    assert reply["error"]["code"] == -32600


async def test_failing_background_task_is_logged(caplog):
    async def fail():
        raise RuntimeError("told in the log")

    task = WireTap({}).server.spawn(fail(), "a task")
    await asyncio.wait([task])
    await asyncio.sleep(0)

    assert "told in the log" in caplog.text
