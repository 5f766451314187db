"""Every backend of the document store, and the MongoDB server that the tests start."""

from __future__ import annotations

import os
import secrets
import socket
import subprocess
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

import pymongo
import pytest
from pymongo.errors import PyMongoError

from memory.database import DocumentStore
from memory.mongo_store import MongoStore
from memory.sqlite_store import SqliteStore

ROOT = Path(__file__).parents[2]
SERVER = ROOT / ".venv-mongo" / "bin" / "secantusd-py"


@dataclass(frozen=True)
class Backend:
    """One database, which any number of stores may open: a path of SQLite or a MongoDB URI."""

    address: str

    async def open(self) -> DocumentStore:
        if self.address.startswith("mongodb"):
            return await MongoStore.open(self.address)
        return await SqliteStore.open(Path(self.address))


@pytest.fixture(scope="session")
def mongodb_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """URI of a MongoDB server: the one that is given, or one that lives as long as the tests."""
    given = os.environ.get("TENON_TEST_MONGODB_URI")
    if given:
        yield given
        return
    if not SERVER.exists():
        pytest.fail("The MongoDB server for tests is missing. Install it with: make setup")
    folder = tmp_path_factory.mktemp("mongodb")
    port = _free_port()
    command = [str(SERVER), "--host", "127.0.0.1", "--port", str(port), "--cache-size", "256M"]
    with (folder / "log").open("wb") as log:
        server = subprocess.Popen(
            [*command, "--storage-path", str(folder / "data")], stdout=log, stderr=log
        )
        try:
            uri = f"mongodb://127.0.0.1:{port}"
            _wait_for(uri, server, folder / "log")
            yield uri
        finally:
            server.terminate()
            server.wait(timeout=30)


@pytest.fixture
def mongodb_uri(mongodb_server: str) -> Iterator[str]:
    """URI of an empty database, dropped afterwards."""
    name = f"tenon_test_{secrets.token_hex(6)}"
    yield _with_database(mongodb_server, name)
    with pymongo.MongoClient[dict[str, object]](mongodb_server) as client:
        client.drop_database(name)


@pytest.fixture(params=["sqlite", "mongodb"])
def backend(request: pytest.FixtureRequest, tmp_path: Path) -> Backend:
    if request.param == "mongodb":
        return Backend(request.getfixturevalue("mongodb_uri"))
    return Backend(str(tmp_path / "tenon.sqlite3"))


@pytest.fixture
async def open_store(backend: Backend) -> AsyncIterator[Callable[[], Awaitable[DocumentStore]]]:
    """Opens a further store on the test's one database; all are closed afterwards."""
    opened: list[DocumentStore] = []

    async def open_one() -> DocumentStore:
        opened.append(await backend.open())
        return opened[-1]

    yield open_one
    for store in opened:
        await store.close()


@pytest.fixture
async def store(open_store: Callable[[], Awaitable[DocumentStore]]) -> DocumentStore:
    return await open_store()


def _free_port() -> int:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        port: int = listener.getsockname()[1]
        return port


def _wait_for(uri: str, server: subprocess.Popen[bytes], log: Path) -> None:
    deadline = time.monotonic() + 60
    with pymongo.MongoClient[dict[str, object]](uri, serverSelectionTimeoutMS=500) as client:
        while True:
            try:
                client.admin.command("ping")
            except PyMongoError:
                if server.poll() is not None or time.monotonic() > deadline:
                    pytest.fail(f"The MongoDB server did not start:\n{log.read_text()}")
            else:
                return


def _with_database(uri: str, name: str) -> str:
    parts = urlsplit(uri)
    query = parts.query
    if parts.username and "authSource=" not in query:
        source = parts.path.strip("/") or "admin"
        query = "&".join(filter(None, [query, f"authSource={source}"]))
    return parts._replace(path=f"/{name}", query=query).geturl()
