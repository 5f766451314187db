"""The server on its pipes: unreadable messages, life cycle, code actions, changes on disk."""

import signal

import pytest

from server import protocol
from tests.lsp.scenario import environment
from tests.lsp.stdio import StdioServer
from tests.sample import git, new_repository


@pytest.fixture
def repository(tmp_path):
    return new_repository(tmp_path / "repository")


@pytest.fixture
async def server(repository, tmp_path):
    async with StdioServer(repository, environment(tmp_path / "env", delay=0.02)) as server:
        yield server


@pytest.mark.parametrize("body", [b"{nonsense", b"\xff\xfe", b"[" * 100_000], ids=["a", "b", "c"])
async def test_unreadable_message_is_answered_and_the_next_one_works(server, repository, body):
    await server.initialize(repository.as_uri())
    server.write(body)

    refusal = await server.reply(None)

    assert refusal["error"]["code"] == -32700
    assert "result" in await server.ask("tenon/status", {})


async def test_every_method_is_answered_by_the_real_process(server, repository):
    await server.initialize(repository.as_uri())

    for number, method in enumerate(protocol.REQUESTS):
        reply = await server.ask(method, ["not", "an", "object"], msg_id=number)
        assert reply["error"]["code"] == -32602, method


async def test_request_before_initialize_is_refused(server):
    reply = await server.ask("tenon/status", {})

    assert "initialize" in reply["error"]["message"]


async def test_without_a_folder_the_server_runs_and_says_so(server):
    await server.initialize(None)

    status = (await server.ask("tenon/status", {}))["result"]
    refusal = await server.ask("tenon/tickets/list", {}, msg_id=2)

    assert (status["ready"], status["problemCode"]) == (False, "noFolder")
    assert refusal["error"] == {"code": -32031, "message": status["problem"]}


async def start_a_reply(server, repository):
    await server.initialize(repository.as_uri())
    params = {"text": "hello", "partialResultToken": "token"}
    server.send(id="chat", method="tenon/chat", params=params)
    while (await server.notification("$/progress"))["value"]["kind"] != "text":
        pass


@pytest.mark.parametrize("farewell", ["shutdown", "exit", "end of input", "SIGTERM"])
async def test_server_leaves_while_it_generates(server, repository, farewell):
    await start_a_reply(server, repository)

    if farewell == "end of input":
        server.process.stdin.close()
    elif farewell == "SIGTERM":
        server.process.send_signal(signal.SIGTERM)
    else:
        if farewell == "shutdown":
            assert (await server.ask("shutdown", None, msg_id=9))["result"] is None
        server.send(method="exit")
    code = await server.end()

    assert code == (0 if farewell in ("shutdown", "end of input") else 1)


async def test_shutdown_cancels_the_running_request(server, repository):
    await start_a_reply(server, repository)
    server.send(id=9, method="shutdown")

    assert (await server.reply("chat"))["error"]["code"] == -32800
    assert "result" in await server.reply(9)


def document(repository):
    uri = (repository / "textkit" / "counting.py").as_uri()
    return uri, {"uri": uri, "languageId": "python", "version": 3, "text": "a = 1\nb = 2\n"}


def span(start, end):
    return {
        "start": {"line": start[0], "character": start[1]},
        "end": {"line": end[0], "character": end[1]},
    }


async def code_actions(server, uri, selection, diagnostics=(), **context):
    params = {
        "textDocument": {"uri": uri},
        "range": selection,
        "context": {"diagnostics": [*diagnostics], **context},
    }
    return (await server.ask("textDocument/codeAction", params, msg_id="actions"))["result"]


async def test_selection_offers_a_test_and_a_fix_as_client_commands(server, repository):
    await server.initialize(repository.as_uri())
    uri, opened = document(repository)
    server.send(method="textDocument/didOpen", params={"textDocument": opened})

    actions = await code_actions(server, uri, span((0, 0), (1, 0)))

    titles = {action["title"]: action["command"] for action in actions}
    assert set(titles) == {"Tenon: write a test for this", "Tenon: fix this"}
    command = titles["Tenon: write a test for this"]
    assert command["command"] == "tenon.proposeEdit"
    assert command["arguments"] == [
        {"kind": "test", "uri": uri, "version": 3, "startLine": 0, "endLine": 0, "diagnostic": None}
    ]


@pytest.mark.parametrize("name", ["a.js", "a.mjs", "a.ts", "a.tsx"])
async def test_javascript_and_typescript_have_the_same_actions(server, repository, name):
    await server.initialize(repository.as_uri())
    uri = (repository / name).as_uri()
    text = "const a = 1;\nconst b = 2;\n"
    opened = {"uri": uri, "languageId": "javascript", "version": 1, "text": text}
    server.send(method="textDocument/didOpen", params={"textDocument": opened})

    actions = await code_actions(server, uri, span((0, 0), (1, 0)))

    titles = {action["title"] for action in actions}
    assert titles == {"Tenon: write a test for this", "Tenon: fix this"}


async def test_diagnostic_offers_a_quick_fix_with_its_message(server, repository):
    await server.initialize(repository.as_uri())
    uri, opened = document(repository)
    server.send(method="textDocument/didOpen", params={"textDocument": opened})
    diagnostic = {"range": span((1, 0), (1, 1)), "message": "b is not used"}

    actions = await code_actions(server, uri, span((1, 0), (1, 0)), [diagnostic])

    assert [(a["title"], a["kind"]) for a in actions] == [("Tenon: fix this", "quickfix")]
    assert actions[0]["command"]["arguments"][0]["diagnostic"] == "b is not used"
    only = await code_actions(server, uri, span((1, 0), (1, 0)), [diagnostic], only=["refactor"])
    assert only == []


async def test_cursor_without_selection_and_other_languages_offer_nothing(server, repository):
    await server.initialize(repository.as_uri())
    uri, _opened = document(repository)

    assert await code_actions(server, uri, span((0, 0), (0, 0))) == []
    assert await code_actions(server, uri.replace(".py", ".txt"), span((0, 0), (1, 0))) == []


async def test_spec_saved_by_the_person_is_announced(server, repository):
    await server.initialize(repository.as_uri())
    uri = (repository / "docs" / "spec.md").as_uri()

    server.send(method="textDocument/didSave", params={"textDocument": {"uri": uri}})

    assert await server.notification("tenon/specChanged") == {}


async def test_status_is_announced_after_start_and_after_a_change_of_settings(server, repository):
    await server.initialize(repository.as_uri())
    assert (await server.notification("tenon/statusChanged"))["status"]["ready"]

    settings = {"settings": {"tenon": {"offline": False}}}
    server.send(method="workspace/didChangeConfiguration", params=settings)

    status = (await server.notification("tenon/statusChanged"))["status"]
    assert status["offline"] is False


async def test_foreign_package_of_the_same_name_does_not_get_in_the_way(repository, tmp_path):
    (repository / "server").mkdir()
    (repository / "server" / "__init__.py").write_text("raise SystemExit('the wrong one')\n")
    git(repository, "add", "--all")
    async with StdioServer(repository, environment(tmp_path / "env")) as server:
        await server.initialize(repository.as_uri())
        assert "result" in await server.ask("tenon/status", {})
