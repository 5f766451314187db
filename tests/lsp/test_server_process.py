"""The real server process, as an editor meets it; only the model is scripted."""

import asyncio
from typing import Any

import pytest

from server.headless import ServerError, connect
from server.protocol import (
    ChatHistoryParams,
    ChatParams,
    ChatPrepareParams,
    ChatPrepareResult,
    DoctorParams,
    EditProposeParams,
    SpecDecisionParams,
    SpecGetParams,
    SpecProposeParams,
    StatusParams,
    TicketListParams,
    TicketParams,
    TicketRunParams,
)
from tests.lsp.scenario import LONG_REPLY, environment
from tests.sample import REQUEST, git, new_repository


@pytest.fixture
def repository(tmp_path):
    return new_repository(tmp_path / "répo with space")


async def status_of(client):
    return await client.request("tenon/status", StatusParams())


async def test_sentence_becomes_a_merge_over_the_protocol(repository, tmp_path):
    async with connect(repository, environment=environment(tmp_path / "env")) as client:
        changed: list[Any] = []
        client.listen("tenon/ticketsChanged", changed.append)
        proposed = await client.request("tenon/spec/propose", SpecProposeParams(REQUEST))
        decided = await client.request(
            "tenon/spec/accept", SpecDecisionParams(proposed.proposal.id)
        )
        (ticket_id,) = decided.ticket_ids
        steps: list[Any] = []
        run = TicketRunParams(ticket_id)
        result = await client.request("tenon/tickets/run", run, steps.append)
        changes = await client.request("tenon/tickets/changes", TicketParams(ticket_id))
        merged = await client.request("tenon/tickets/accept", TicketParams(ticket_id))
        spec = await client.request("tenon/spec/get", SpecGetParams())

    assert result.ticket.state == "review"
    assert {"textkit/cleaning.py"} < {file.path for file in changes.files}
    assert merged.ticket.state == "merged"
    assert ticket_id in git(repository, "log", "-1", "--format=%B")
    assert [requirement.status for requirement in spec.requirements][-1] == "done"
    assert steps and changed


async def test_cancel_stops_the_reply_and_keeps_what_had_arrived(repository, tmp_path):
    slow = environment(tmp_path / "env", delay=0.02)
    async with connect(repository, environment=slow) as client:
        began = asyncio.Event()
        texts = []

        def arrived(value):
            if value.kind == "text":
                texts.append(value.text)
                began.set()

        chat = asyncio.create_task(client.request("tenon/chat", ChatParams("hello"), arrived))
        await began.wait()
        chat.cancel()
        with pytest.raises(asyncio.CancelledError):
            await chat
        count = len(texts)
        history = await client.request("tenon/chat/history", ChatHistoryParams())
        await asyncio.sleep(0.2)

    assert len(texts) == count, "nothing is written after the cancel was answered"
    assert [turn.role for turn in history.turns] == ["user", "agent"]
    assert not history.turns[-1].complete
    assert LONG_REPLY.startswith(history.turns[-1].text.strip()) and history.turns[-1].text


async def test_the_model_is_asked_before_a_message_is_sent_and_nothing_is_kept(
    repository, tmp_path
):
    async with connect(repository, environment=environment(tmp_path / "env")) as client:
        result = await client.request("tenon/chat/prepare", ChatPrepareParams())
        assert result == ChatPrepareResult()
        history = await client.request("tenon/chat/history", ChatHistoryParams())
    assert history.turns == []


async def test_parallel_streams_stay_apart_and_whole(repository, tmp_path):
    async with connect(repository, environment=environment(tmp_path / "env")) as client:
        streams: dict[str, list[str]] = {name: [] for name in ("one", "two")}

        async def ask(name):
            def arrived(value):
                if value.kind == "text":
                    streams[name].append(value.text)

            params = ChatParams(f"hello {name}")
            return await client.request("tenon/chat", params, arrived)

        results = await asyncio.gather(*(ask(name) for name in streams))

    for name, result in zip(streams, results, strict=True):
        assert "".join(streams[name]).strip() == result.turn.text.strip() == LONG_REPLY.strip()


async def test_folder_becomes_a_repository_without_a_restart(tmp_path):
    folder = tmp_path / "plain"
    folder.mkdir()
    async with connect(folder, environment=environment(tmp_path / "env")) as client:
        before = await status_of(client)
        with pytest.raises(ServerError) as refused:
            await client.request("tenon/chat", ChatParams("hello"))
        git(folder, "init", "--quiet")
        empty = await status_of(client)
        git(folder, "commit", "--quiet", "--allow-empty", "-m", "first")
        after = await status_of(client)

    assert (before.ready, before.problem_code) == (False, "noRepository")
    assert (str(refused.value), refused.value.code) == (before.problem, -32031)
    assert empty.problem_code == "noCommit"
    assert after.ready and after.repository == str(folder)


async def test_detached_head_is_told_and_reading_goes_on(repository, tmp_path):
    git(repository, "switch", "--quiet", "--detach")
    async with connect(repository, environment=environment(tmp_path / "env")) as client:
        status = await status_of(client)
        with pytest.raises(ServerError) as refused:
            await client.request("tenon/spec/propose", SpecProposeParams(REQUEST))
        tickets = await client.request("tenon/tickets/list", TicketListParams())

    assert status.problem_code == "detachedHead"
    assert str(refused.value) == status.problem
    assert tickets.tickets == []


async def test_missing_model_is_told_with_the_command_that_mends_it(repository, tmp_path):
    variables = environment(tmp_path / "env")
    variables |= {"TENON_SCRIPTED_MODEL": "", "TENON_CACHE_DIR": str(tmp_path / "empty")}
    async with connect(repository, environment=variables) as client:
        status = await status_of(client)
        with pytest.raises(ServerError) as refused:
            await client.request("tenon/chat", ChatParams("hello"))

    assert status.problem_code == "noModel"
    assert "tenon models pull" in status.problem
    assert (str(refused.value), refused.value.code) == (status.problem, -32034)


async def test_empty_and_unknown_things_are_refused_in_words(repository, tmp_path):
    refusals = {
        "tenon/chat": (ChatParams("  "), -32036),
        "tenon/spec/propose": (SpecProposeParams(""), -32036),
        "tenon/tickets/get": (TicketParams("tkt-nothing"), -32032),
        "tenon/tickets/accept": (TicketParams(""), -32032),
        "tenon/spec/accept": (SpecDecisionParams("nothing"), -32032),
    }
    async with connect(repository, environment=environment(tmp_path / "env")) as client:
        for method, (params, code) in refusals.items():
            with pytest.raises(ServerError) as refused:
                await client.request(method, params)
            assert refused.value.code == code, method
            assert "Traceback" not in str(refused.value)


@pytest.mark.parametrize(
    "uri", ["untitled:Untitled-1", "file:///etc/elsewhere.py", "file:///x%00.py", "nonsense", ""]
)
async def test_edit_outside_of_the_repository_is_refused(repository, tmp_path, uri):
    async with connect(repository, environment=environment(tmp_path / "env")) as client:
        params = EditProposeParams("fix", uri, "x = 1\n", 1, 0, 0)
        with pytest.raises(ServerError) as refused:
            await client.request("tenon/edits/propose", params)

    assert refused.value.code == -32036


async def test_editor_settings_go_over_the_environment(repository, tmp_path):
    variables = environment(tmp_path / "env") | {"TENON_THREADS": "1", "TENON_MAX_MINUTES": "7"}
    settings = {"threads": 2, "contextWindow": "wide"}
    async with connect(repository, environment=variables, settings=settings) as client:
        health = await client.request("tenon/doctor", DoctorParams())

    shown = {setting.name: (setting.value, setting.source) for setting in health.settings}
    assert shown["threads"] == ("2", "editor")
    assert shown["max_minutes"] == ("7.0", "environment")
    assert any("tenon.contextWindow" in finding.text for finding in health.findings)
