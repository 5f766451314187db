"""A team's vectors in an object store: an S3 server on loopback."""

from __future__ import annotations

import asyncio
import os
import re
import socket
import subprocess
import time
import urllib.parse
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from memory.chunking.chunk import Chunk
from memory.long_term.contract import Filters
from memory.manager import MemoryManager
from tests.unit.memory.long_term.conftest import WordEmbedder

ROOT = Path(__file__).parents[2]
SERVER = ROOT / ".venv-s3" / "bin" / "moto_server"
BUCKET = "team"


@pytest.fixture(scope="module")
def s3() -> Iterator[str]:
    """Address of a server with an empty bucket; it lives as long as the tests of this file."""
    if not SERVER.exists():
        pytest.fail("The S3 server for tests is missing. Install it with: make setup")
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        port = listener.getsockname()[1]
    server = subprocess.Popen(
        [str(SERVER), "-H", "127.0.0.1", "-p", str(port)],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        address = f"http://127.0.0.1:{port}"
        _make_bucket(address, server)
        yield address
    finally:
        server.terminate()
        server.wait(timeout=30)


def _make_bucket(address: str, server: subprocess.Popen[bytes]) -> None:
    """Wait for the server, which checks no signature."""
    deadline = time.monotonic() + 60
    while True:
        try:
            httpx.put(f"{address}/{BUCKET}", timeout=5).raise_for_status()
        except httpx.HTTPError:
            if server.poll() is not None or time.monotonic() > deadline:
                pytest.fail("The S3 server for tests does not start.")
            time.sleep(0.1)
        else:
            return


@pytest.fixture
def uri(s3: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    for name in [name for name in os.environ if name.startswith("AWS_")]:
        monkeypatch.delenv(name)
    for name, value in {
        "AWS_ENDPOINT": s3,
        "AWS_ALLOW_HTTP": "true",
        "AWS_ACCESS_KEY_ID": "test",
        "AWS_SECRET_ACCESS_KEY": "test",
        "AWS_REGION": "us-east-1",
    }.items():
        monkeypatch.setenv(name, value)
    return f"s3://{BUCKET}/{tmp_path.name}"


async def opened(folder: Path, uri: str) -> MemoryManager:
    return await MemoryManager.open(folder, embedder=WordEmbedder(), long_term_uri=uri)


async def test_one_machine_finds_what_another_has_kept(
    uri: str, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    first = await opened(tmp_path / "first", uri)
    await first.snippets.add("/r", "net.py", "connect", "def connect(host): ...", "tkt-1")
    chunk = Chunk("src/a.py", "python", "function", "add", "def add(a, b): ...", 1, 1)
    await first.code.replace_file("/r", "src/a.py", "c1", [chunk])

    second = await opened(tmp_path / "second", uri)
    await second.code.replace_file("/other", "b.py", "c1", [])
    await second.snippets.add("/r", "os.py", "fork", "def fork(): ...", "tkt-2")
    assert [s.symbol for s in await second.snippets.search("connect host", 1)] == ["connect"]
    found = await second.code.search("add", 5, Filters(repository="/r"))
    assert [hit.chunk for hit in found] == [chunk]
    assert not list(tmp_path.glob("*/*/lance"))
    for memory in (first, second):
        await memory.close()
    assert caplog.records == []


async def test_a_secret_leaves_the_object_store_too(s3: str, uri: str, tmp_path: Path) -> None:
    first, second = await opened(tmp_path / "first", uri), await opened(tmp_path / "second", uri)
    await first.snippets.add("/r", "a.py", "f", "KEY = 's3cret-word'", "tkt-1")
    await second.snippets.add("/r", "a.py", "g", "HARMLESS = 1", "tkt-2")
    assert any(b"s3cret-word" in content for content in await _objects(s3, tmp_path.name))
    await second.forget_text("s3cret-word")
    contents = await _objects(s3, tmp_path.name)
    assert contents
    assert not any(b"s3cret-word" in content for content in contents)
    assert [s.symbol for s in await second.snippets.search("harmless key", 5)] == ["g"]
    for memory in (first, second):
        await memory.close()


async def test_an_object_store_that_is_away_leaves_words_and_is_made_up_for(
    uri: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    address = os.environ["AWS_ENDPOINT"]
    monkeypatch.setenv("AWS_ENDPOINT", "http://127.0.0.1:9")
    memory = await opened(tmp_path / "data", uri + "/away/")
    await memory.snippets.add("/r", "net.py", "connect", "def connect(host): ...", "tkt-1")
    assert [s.symbol for s in await memory.snippets.search("connect", 5)] == ["connect"]
    await memory.close()
    assert len(caplog.records) == 1
    monkeypatch.setenv("AWS_ENDPOINT", address)
    memory = await opened(tmp_path / "data", uri + "/away")
    await memory.sync_long_term()
    other = await opened(tmp_path / "other", uri + "/away")
    assert [s.symbol for s in await other.snippets.search("connect", 5)] == ["connect"]
    for one in (memory, other):
        await one.close()


async def _objects(address: str, folder: str) -> list[bytes]:
    return await asyncio.to_thread(_read_all, address, folder)


def _read_all(address: str, folder: str) -> list[bytes]:
    listing = _get(f"{address}/{BUCKET}?list-type=2&prefix={folder}/").decode()
    keys = re.findall(r"<Key>([^<]+)</Key>", listing)
    return [_get(f"{address}/{BUCKET}/{urllib.parse.quote(key)}") for key in keys]


def _get(url: str) -> bytes:
    """Objects are not public; any signature will do."""
    signed = "AWS4-HMAC-SHA256 Credential=test/20200101/us-east-1/s3/aws4_request"
    headers = {"Authorization": f"{signed}, SignedHeaders=host, Signature=none"}
    return httpx.get(url, headers=headers).raise_for_status().content
