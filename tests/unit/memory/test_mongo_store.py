"""A MongoDB that cannot be used is named by its setting, and its password never shows."""

from __future__ import annotations

import asyncio
import gc
import socket
import traceback
from collections.abc import Iterator

import pytest

from memory import mongo_store
from memory.errors import StoreUnavailableError
from memory.mongo_store import MongoStore


@pytest.fixture
def closed_port(monkeypatch: pytest.MonkeyPatch) -> Iterator[int]:
    monkeypatch.setattr(mongo_store, "_SERVER_SELECTION_MS", 200)
    with socket.socket() as reserved:  # bound, but nobody listens
        reserved.bind(("127.0.0.1", 0))
        yield reserved.getsockname()[1]


# A client that is closed while it connects leaves its socket to the collector (PYTHON-5867).
@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
async def test_an_unreachable_server_is_named_by_its_setting(closed_port: int) -> None:
    uri = f"mongodb://anna:s3cret-word@127.0.0.1:{closed_port}/tenon"
    with pytest.raises(StoreUnavailableError, match="TENON_MONGODB_URI names does not") as caught:
        await MongoStore.open(uri)
    assert "s3cret" not in "".join(traceback.format_exception(caught.value))
    del caught
    await asyncio.sleep(0)
    gc.collect()


@pytest.mark.parametrize(
    "uri",
    [
        "postgres://anna:s3cret-word@host/tenon",
        "mongodb://anna:s3cret-word@w@rd@host/tenon",
        "mongodb://host:s3cret-word",
        "mongodb://anna:s3cret%zz@host",
        "s3cret-word",
    ],
)
async def test_a_malformed_uri_is_explained_without_its_text(uri: str) -> None:
    with pytest.raises(StoreUnavailableError, match="mongodb://localhost:27017/tenon") as caught:
        await MongoStore.open(uri)
    assert "s3cret" not in str(caught.value)
