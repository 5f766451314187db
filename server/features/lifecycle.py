"""From `initialize` to `exit`, and what changes in between outside of Tenon."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from lsprotocol import types
from pygls import uris

from server.app import App
from server.index_progress import IndexProgressTeller
from server.language_server import TenonServer
from server.notifications import announce_spec, announce_status, forward

logger = logging.getLogger(__name__)

_CLOSE_SECONDS = 1.5
_SECTION = "tenon"


def register(server: TenonServer) -> None:
    """Register LSP's own life-cycle methods."""
    teller = IndexProgressTeller(server)

    @server.feature(types.INITIALIZE)
    def initialize(params: types.InitializeParams) -> None:
        server.app = App(_folder(params), _settings(params.initialization_options))
        forward(server)

    @server.feature(types.INITIALIZED)
    async def initialized(_params: types.InitializedParams) -> None:
        announce_status(server)
        server.app.follow_code(teller)
        await _watch_files(server)

    @server.feature(types.WORKSPACE_DID_CHANGE_CONFIGURATION)
    def changed_configuration(params: types.DidChangeConfigurationParams) -> None:
        if server.app.reconfigure(_settings(params.settings)):
            announce_status(server)

    @server.feature(types.TEXT_DOCUMENT_DID_SAVE)
    def saved(params: types.DidSaveTextDocumentParams) -> None:
        _look_at(server, [params.text_document.uri])

    @server.feature(types.WORKSPACE_DID_CHANGE_WATCHED_FILES)
    def changed_files(params: types.DidChangeWatchedFilesParams) -> None:
        _look_at(server, [change.uri for change in params.changes])

    @server.feature(types.WINDOW_WORK_DONE_PROGRESS_CANCEL)
    async def cancelled_progress(params: types.WorkDoneProgressCancelParams) -> None:
        if teller.is_about(params.token):
            await server.app.stop_following_code()
            teller.end()

    @server.feature(types.SHUTDOWN)
    async def shutdown(_params: Any) -> None:
        await stop(server)


async def stop(server: TenonServer) -> None:
    """Cancel what runs and close everything, within a fixed time; done once only."""
    if server.stop_task is None:
        server.stop_task = asyncio.create_task(_stop(server))
    await asyncio.shield(server.stop_task)


async def _stop(server: TenonServer) -> None:
    try:
        async with asyncio.timeout(_CLOSE_SECONDS):
            await server.cancel_work()
            if hasattr(server, "app"):
                await server.app.close()
    except TimeoutError:
        logger.warning("Something did not stop in time and is left to the end of the process")


def _folder(params: types.InitializeParams) -> Path | None:
    folders = params.workspace_folders or []
    uri = folders[0].uri if folders else params.root_uri
    name = uris.to_fs_path(uri) if uri else params.root_path
    return Path(name) if name else None


def _settings(value: Any) -> Mapping[str, Any]:
    """The editor's values from `{settings: …}`, `{tenon: …}`, or the section itself."""
    for key in ("settings", _SECTION):
        if isinstance(value, Mapping) and isinstance(value.get(key), Mapping):
            value = value[key]
    return value if isinstance(value, Mapping) else {}


def _look_at(server: TenonServer, changed: list[str]) -> None:
    spec = server.app.settings.values.spec_path
    if any(uri.endswith(f"/{spec}") for uri in changed):
        announce_spec(server)
    names = [uris.to_fs_path(uri) for uri in changed]
    server.app.note_files([Path(name) for name in names if name])
    if server.app.opened_team is None:  # perhaps the folder has become a repository
        announce_status(server)


async def _watch_files(server: TenonServer) -> None:
    """Ask for news of the spec, and of all files where the code is followed."""
    workspace = server.client_capabilities.workspace
    watching = workspace.did_change_watched_files if workspace else None
    if not (watching and watching.dynamic_registration):
        return
    everything = server.app.follows_code
    pattern = "**/*" if everything else f"**/{server.app.settings.values.spec_path}"
    watcher = types.FileSystemWatcher(glob_pattern=pattern)
    registration = types.Registration(
        id="tenon-files",
        method=types.WORKSPACE_DID_CHANGE_WATCHED_FILES,
        register_options=types.DidChangeWatchedFilesRegistrationOptions(watchers=[watcher]),
    )
    await server.client_register_capability_async(types.RegistrationParams([registration]))
