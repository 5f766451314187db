"""The index says what the saved files say, computes nothing twice, and survives a kill."""

from __future__ import annotations

import asyncio
import os
import signal
import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest
from filelock import FileLock

from memory.code_index import indexer
from memory.code_index.contract import IndexLimits, IndexProgress
from memory.code_index.indexer import IndexBusyError
from memory.errors import StoreUnavailableError
from tests.unit.memory.code_index.conftest import Repository


async def test_every_function_of_the_repository_is_found(repository: Repository) -> None:
    report = await repository.indexer().update()
    assert (report.files, report.written, report.lost) == (2, 2, 0)
    assert "def greet(name):" in (await repository.texts("greet somebody"))[0]


async def test_a_second_index_of_unchanged_files_reads_and_embeds_nothing(
    repository: Repository, monkeypatch: pytest.MonkeyPatch
) -> None:
    for path in ("adder.py", "greeter.py"):  # long settled, as most files are
        os.utime(repository.root / path, ns=(1, 1))
    await repository.indexer().update()
    repository.words.embedded.clear()
    monkeypatch.setattr(indexer, "read_file", lambda *_: pytest.fail("a file was read"))
    report = await repository.indexer().update()
    assert (report.files, report.unchanged, report.written) == (2, 2, 0)
    assert repository.words.embedded == []


async def test_a_file_that_was_only_touched_is_not_written_again(repository: Repository) -> None:
    await repository.indexer().update()
    os.utime(repository.root / "adder.py")
    report = await repository.indexer().update()
    assert (report.written, report.unchanged) == (0, 2)


async def test_an_edit_within_the_same_tick_of_the_clock_is_seen(repository: Repository) -> None:
    file = repository.root / "adder.py"
    await repository.indexer().update()
    before = file.stat()
    with file.open("r+b") as opened:  # same inode, size and time
        opened.write(b"def sub(a, b):\n    return a - b\n")
    os.utime(file, ns=(before.st_atime_ns, before.st_mtime_ns))
    await repository.indexer().update()
    assert any("def sub" in text for text in await repository.texts("sub"))


async def test_edited_code_replaces_what_it_was(repository: Repository) -> None:
    await repository.indexer().update()
    repository.write("adder.py", "def multiply(a, b):\n    return a * b\n")
    report = await repository.indexer().update(["adder.py"])
    assert report.written == 1
    assert not any("def add" in text for text in await repository.texts("add"))
    assert any("def multiply" in text for text in await repository.texts("multiply"))


async def test_deleted_and_renamed_files_leave_the_index(repository: Repository) -> None:
    await repository.indexer().update()
    repository.git("mv", "greeter.py", "welcome.py")
    (repository.root / "adder.py").unlink()
    report = await repository.indexer().update()
    assert report.removed == 2
    assert await repository.paths() == {"welcome.py"}
    assert repository.words.embedded.count('def greet(name):\n    return f"hello {name}"') == 1


async def test_a_branch_switch_and_back_embeds_nothing_twice(repository: Repository) -> None:
    await repository.indexer().update()
    repository.git("switch", "-qc", "other")
    repository.write("adder.py", "def subtract(a, b):\n    return a - b\n")
    repository.commit()
    await repository.indexer().update()
    repository.git("switch", "-q", "main")
    await repository.indexer().update()
    assert any("def add" in text for text in await repository.texts("add"))
    assert not any("subtract" in text for text in await repository.texts("subtract"))
    assert len(repository.words.embedded) == len(set(repository.words.embedded))


async def test_ignored_files_stay_out_and_new_ones_come_in(repository: Repository) -> None:
    repository.write(".gitignore", "scratch/\n*.log\n")
    repository.write("scratch/idea.py", "def idea(): pass\n")
    repository.write("new.py", "def fresh(): pass\n")
    await repository.indexer().update()
    assert await repository.paths() == {".gitignore", "adder.py", "greeter.py", "new.py"}
    repository.write(".gitignore", "new.py\n")
    await repository.indexer().update()
    assert await repository.paths() == {".gitignore", "adder.py", "greeter.py", "scratch/idea.py"}
    report = await repository.indexer().update(["new.py", "../adder.py", "/etc/passwd"])
    assert report.files == 0
    assert "new.py" not in await repository.paths()


async def test_secret_generated_and_vendored_files_stay_out(repository: Repository) -> None:
    out: dict[str, str | bytes] = {
        ".env": "TOKEN=abc\n",
        "deploy/id_rsa": "key\n",
        "certificate.pem": "-----BEGIN\n",
        "node_modules/left/index.js": "function left() {}\n",
        "vendor/lib.go": "package lib\n",
        "package-lock.json": "{}\n",
        "schema_pb2.py": "x = 1\n",
        "api.py": "# Code generated by tool. DO NOT EDIT.\ndef generated(): pass\n",
        "big.py": "x = 1\n" * 100_000,
        "packed.js": "var a=1;" * 1_000,
        "picture.py": b"\x89PNG\0\1\2",
        "declared.py": "def declared(): pass\n",
    }
    for path, text in out.items():
        repository.write(path, text)
    repository.write(".gitattributes", "declared.py linguist-generated\n")
    repository.write(".env.example", "TOKEN=\n")
    report = await repository.indexer().update()
    expected = {".gitattributes", ".env.example", "adder.py", "greeter.py"}
    assert await repository.paths() == expected
    assert report.left_out == {
        "secret": 3,
        "vendored": 2,
        "generated": 5,
        "too large": 1,
        "binary": 1,
    }
    repository.write(".gitattributes", "\n")
    await repository.indexer().update()
    assert "declared.py" in await repository.paths()


async def test_a_file_that_becomes_generated_leaves(repository: Repository) -> None:
    await repository.indexer().update()
    repository.write("adder.py", "# @generated\ndef add(a, b):\n    return a + b\n")
    await repository.indexer().update()
    assert await repository.paths() == {"greeter.py"}


async def test_links_are_not_followed(repository: Repository, tmp_path: Path) -> None:
    (tmp_path / "outside").mkdir()
    (tmp_path / "outside" / "private.py").write_text("def private(): pass\n")
    (repository.root / "link.py").symlink_to(tmp_path / "outside" / "private.py")
    repository.write("folder/inner.py", "def inner(): pass\n")
    repository.commit()
    (repository.root / "folder" / "inner.py").unlink()
    (repository.root / "folder").rmdir()
    (repository.root / "folder").symlink_to(tmp_path / "outside")
    (tmp_path / "outside" / "inner.py").write_text("def replaced(): pass\n")
    await repository.indexer().update()
    assert await repository.paths() == {"adder.py", "greeter.py"}


async def test_of_too_many_files_code_comes_first(repository: Repository) -> None:
    for number in range(5):
        repository.write(f"a{number}.txt", "words\n")
        repository.write(f"b{number}.md", "# words\n")
    report = await repository.indexer(IndexLimits(max_files=3)).update()
    assert await repository.paths() == {"adder.py", "b0.md", "greeter.py"}
    assert report.left_out == {"too many files": 9}


async def test_nothing_is_written_while_the_gate_is_closed(repository: Repository) -> None:
    asked, opened = asyncio.Event(), asyncio.Event()

    async def gate() -> None:
        asked.set()
        await opened.wait()

    task = asyncio.create_task(repository.indexer().update(gate=gate))
    await asked.wait()
    assert await repository.paths() == set()
    assert repository.words.embedded == []
    opened.set()
    assert (await task).written == 2


async def test_a_cancelled_index_goes_on_where_it_was(
    repository: Repository, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("memory.code_index.indexer._FIRST", 1)
    monkeypatch.setattr("memory.code_index.indexer._next_budget", lambda *_: 1)
    seen: list[IndexProgress] = []

    def stop(progress: IndexProgress) -> None:
        seen.append(progress)
        if progress.done:
            raise asyncio.CancelledError

    with pytest.raises(asyncio.CancelledError):
        await repository.indexer().update(on_progress=stop)
    assert seen == [IndexProgress(0, 2), IndexProgress(1, 2)]
    report = await repository.indexer().update()
    assert report.written == 1
    assert await repository.paths() == {"adder.py", "greeter.py"}
    assert len(repository.words.embedded) == 2


async def test_one_process_at_a_time_indexes_a_repository(repository: Repository) -> None:
    await repository.indexer().update()
    (lock,) = (repository.folder / "index").glob("*.lock")
    with FileLock(lock), pytest.raises(IndexBusyError, match="Another Tenon"):
        await repository.indexer().update()
    await repository.indexer().update()


async def test_a_damaged_or_older_manifest_is_made_anew_without_embedding(
    repository: Repository,
) -> None:
    await repository.indexer().update()
    (file,) = (repository.folder / "index").glob("*.sqlite3")
    (repository.root / "adder.py").unlink()  # its rows would be found out by nobody
    file.write_bytes(b"damaged")
    await repository.indexer().update()
    assert await repository.paths() == {"greeter.py"}
    with sqlite3.connect(file) as connection:
        connection.execute("PRAGMA user_version = 99")
    connection.close()
    assert (await repository.indexer().update()).written == 1
    assert len(repository.words.embedded) == 2


async def test_rows_that_were_lost_are_written_again(repository: Repository) -> None:
    await repository.indexer().update()
    await repository.table.remove_repository(str(repository.root))
    assert (await repository.indexer().update()).written == 2
    assert await repository.paths() == {"adder.py", "greeter.py"}


async def test_what_the_table_let_go_comes_back_with_its_next_change_only(
    repository: Repository,
) -> None:
    await repository.indexer().update()
    await repository.table.remove_files(str(repository.root), ["adder.py"])  # full, or forgotten
    assert (await repository.indexer().update()).written == 0
    repository.write("adder.py", "def multiply(a, b):\n    return a * b\n")
    assert (await repository.indexer().update()).written == 1


async def test_rows_that_cannot_be_written_are_not_believed_to_be_there(
    repository: Repository, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object) -> None:
        raise sqlite3.OperationalError("database or disk is full")

    with monkeypatch.context() as broken:
        broken.setattr(repository.table._rows, "replace", full)
        assert (await repository.indexer().update()).lost == 2
    assert (await repository.indexer().update()).written == 2
    assert await repository.paths() == {"adder.py", "greeter.py"}


async def test_an_unwritable_folder_is_told_with_what_to_do(repository: Repository) -> None:
    repository.folder.mkdir(exist_ok=True)
    (repository.folder / "index").write_text("in the way")
    with pytest.raises(StoreUnavailableError, match="TENON_DATA_DIR"):
        await repository.indexer().update()


async def test_forgetting_leaves_nothing(repository: Repository) -> None:
    await repository.indexer().update()
    await repository.indexer().forget()
    assert await repository.paths() == set()
    assert (await repository.indexer().update()).written == 2


KILLED = """
import asyncio, os, signal, sys
from pathlib import Path
from agents.tools.repository_files import GitFiles
from memory.code_index import indexer
from memory.long_term.table import HybridChunkTable
from tests.unit.memory.long_term.conftest import WordEmbedder

root, folder, writes, when = Path(sys.argv[1]), Path(sys.argv[2]), int(sys.argv[3]), sys.argv[4]
indexer._FIRST = 1
indexer._next_budget = lambda *_: 1

class Table(HybridChunkTable):
    written = 0
    async def replace_files(self, *arguments):
        Table.written += 1
        if when == "before" and Table.written > writes:
            os.kill(os.getpid(), signal.SIGKILL)
        await super().replace_files(*arguments)
        if when == "after" and Table.written > writes:
            os.kill(os.getpid(), signal.SIGKILL)

async def main():
    table = Table(folder, WordEmbedder())
    await indexer.CodeIndexer(folder / "index", str(root), GitFiles(root), table).update()

asyncio.run(main())
"""


@pytest.mark.parametrize(("writes", "when"), [(0, "after"), (1, "before"), (1, "after")])
async def test_after_a_kill_nothing_half_indexed_is_believed_to_be_whole(
    repository: Repository, writes: int, when: str
) -> None:
    arguments = [str(repository.root), str(repository.folder), str(writes), when]
    killed = subprocess.run([sys.executable, "-c", KILLED, *arguments], check=False)
    assert killed.returncode == -signal.SIGKILL
    await repository.indexer().update()
    assert await repository.paths() == {"adder.py", "greeter.py"}
    assert any("def add" in text for text in await repository.texts("add"))
    assert any("def greet" in text for text in await repository.texts("greet"))
    report = await repository.indexer().update()
    assert report.written == 0


async def test_a_deleted_folder_takes_its_files_along(repository: Repository) -> None:
    repository.write("web/app.ts", "export function start() {}\n")
    await repository.indexer().update()
    (repository.root / "web" / "app.ts").unlink()
    (repository.root / "web").rmdir()
    assert (await repository.indexer().update(["web"])).removed == 1
    assert await repository.paths() == {"adder.py", "greeter.py"}
