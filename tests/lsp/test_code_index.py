"""The real server indexes the open repository by itself, and shows and stops it as LSP has it."""

from __future__ import annotations

import asyncio
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from lsprotocol import types
from pygls.lsp.client import LanguageClient
from pygls.uris import from_fs_path

from memory.long_term.table import HybridChunkTable
from tests.lsp.scenario import environment
from tests.sample import new_repository


class Editor:
    """An editor that shows progress and watches files."""

    def __init__(self) -> None:
        self.client = LanguageClient("editor", "1")
        self.shown: asyncio.Queue[Any] = asyncio.Queue()
        self.watched: asyncio.Queue[str] = asyncio.Queue()
        self.client.feature(types.WINDOW_WORK_DONE_PROGRESS_CREATE)(lambda _params: None)
        self.client.feature(types.CLIENT_REGISTER_CAPABILITY)(self._registered())
        self.client.feature(types.PROGRESS)(self._progressed())

    def _registered(self) -> Any:
        def registered(params: types.RegistrationParams) -> None:
            for each in params.registrations:
                options: Any = each.register_options
                for watcher in options["watchers"]:
                    self.watched.put_nowait(watcher["globPattern"])

        return registered

    def _progressed(self) -> Any:
        def progressed(params: types.ProgressParams) -> None:
            self.shown.put_nowait((params.token, params.value))

        return progressed

    async def start(self, repository: Path, variables: dict[str, str]) -> None:
        await self.client.start_io(
            sys.executable, "-P", "-m", "server", "serve", cwd=repository, env=variables
        )
        capabilities = types.ClientCapabilities(
            window=types.WindowClientCapabilities(work_done_progress=True),
            workspace=types.WorkspaceClientCapabilities(
                did_change_watched_files=types.DidChangeWatchedFilesClientCapabilities(
                    dynamic_registration=True
                )
            ),
        )
        uri = from_fs_path(str(repository)) or ""
        await self.client.initialize_async(types.InitializeParams(capabilities, root_uri=uri))
        self.client.initialized(types.InitializedParams())

    async def stop(self) -> None:
        await self.client.shutdown_async(None)
        self.client.exit(None)
        await self.client.stop()


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    made = new_repository(tmp_path / "répo")
    for number in range(40):
        (made / f"part{number}.py").write_text(f"def boil_{number}(): return {number}\n")
    return made


async def indexed(folder: Path, repository: Path, path: str) -> None:
    """Wait until a file is in the index."""
    while not (folder / "chunks.sqlite3").exists():
        await asyncio.sleep(0.2)
    table = HybridChunkTable(folder, None)
    while path not in (await table.files(str(repository.resolve())) or set()):
        await asyncio.sleep(0.2)
    await table.close()


async def test_the_repository_is_indexed_with_progress_and_follows_what_is_saved(
    repository: Path, tmp_path: Path
) -> None:
    editor = Editor()
    await editor.start(repository, environment(tmp_path / "env"))
    try:
        async with asyncio.timeout(60):
            assert await editor.watched.get() == "**/*"
            _token, begun = await editor.shown.get()
            assert (begun["kind"], begun["cancellable"]) == ("begin", True)
            await indexed(tmp_path / "env" / "data" / "code", repository, "part39.py")
            saved = repository / "kettle.py"
            saved.write_text("def kettle(): return 1\n")
            uri = from_fs_path(str(saved)) or ""
            changes = [types.FileEvent(uri, types.FileChangeType.Created)]
            self_told = types.DidChangeWatchedFilesParams(changes)
            editor.client.workspace_did_change_watched_files(self_told)
            await indexed(tmp_path / "env" / "data" / "code", repository, "kettle.py")
            query = {"query": "kettle", "limit": 1, "language": "python"}
            found = await editor.client.protocol.send_request_async("tenon/memory/search", query)
            (hit,) = found.hits
            assert (hit.path, hit.symbol, hit.startLine) == ("kettle.py", "kettle", 1)
            kinds = [value["kind"] for _, value in _all(editor.shown)]
            assert kinds[-1] == "end"
    finally:
        await editor.stop()
    status = ["git", "status", "--porcelain", "--untracked-files=no"]
    assert subprocess.check_output(status, cwd=repository) == b""


def _all(queue: asyncio.Queue[Any]) -> list[Any]:
    return [queue.get_nowait() for _ in range(queue.qsize())]


async def test_switched_off_it_opens_nothing(repository: Path, tmp_path: Path) -> None:
    editor = Editor()
    variables = environment(tmp_path / "env") | {"TENON_INDEX": "false"}
    await editor.start(repository, variables)
    try:
        assert await asyncio.wait_for(editor.watched.get(), 30) == "**/docs/spec.md"
    finally:
        await editor.stop()
    assert not (tmp_path / "env" / "data" / "code" / "index").exists()
