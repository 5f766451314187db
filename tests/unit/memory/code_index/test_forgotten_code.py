"""What was forgotten stays out of the index, whatever happens to the files that hold it."""

from __future__ import annotations

from memory.long_term.table import HybridChunkTable
from tests.unit.memory.code_index.conftest import Repository

SECRET = "blue-heron-42"
CONNECT = f'def connect(host):\n    return host + "{SECRET}"\n'


async def forget(repository: Repository) -> int:
    return await repository.table.forget(SECRET)


async def assert_forgotten(repository: Repository) -> None:
    for query in (SECRET, "connect host", "def"):
        assert not any(SECRET in text for text in await repository.texts(query))
    for file in (path for path in repository.folder.rglob("*") if path.is_file()):
        assert SECRET.encode() not in file.read_bytes(), file


async def test_it_stays_away_when_the_file_changes_moves_or_is_copied(
    repository: Repository,
) -> None:
    repository.write("net.py", CONNECT)
    await repository.indexer().update()
    assert any(SECRET in text for text in await repository.texts("connect host"))
    assert await forget(repository) == 1
    await assert_forgotten(repository)

    repository.write("net.py", CONNECT + "\n\ndef listen(port):\n    return port\n")
    repository.write("other/copy.py", "# a copy\n" + CONNECT)
    repository.write("notes.md", f"# Access\n\nThe word is {SECRET}, and the port is 80.\n")
    report = await repository.indexer().update()
    assert (report.written, report.lost) == (3, 0)
    await assert_forgotten(repository)
    assert any("[forgotten]" in text for text in await repository.texts("connect host"))
    assert any("def listen" in text for text in await repository.texts("listen port"))
    assert any("port is 80" in text for text in await repository.texts("Access"))


async def test_it_stays_away_from_an_index_that_is_made_anew(repository: Repository) -> None:
    repository.write("net.py", CONNECT)
    await repository.indexer().update()
    await forget(repository)
    await repository.indexer().forget()
    await repository.indexer().update()
    assert any("def connect" in text for text in await repository.texts("connect host"))
    await assert_forgotten(repository)


async def test_it_stays_away_if_it_was_forgotten_before_anything_was_indexed(
    repository: Repository,
) -> None:
    repository.write("net.py", CONNECT)
    assert await forget(repository) == 0
    await repository.indexer().update()
    await assert_forgotten(repository)


async def test_another_window_that_is_open_already_keeps_it_away_too(
    repository: Repository,
) -> None:
    other = HybridChunkTable(repository.folder, repository.words)
    await other.sync()
    repository.write("net.py", CONNECT)
    await repository.indexer().update()
    await other.forget(SECRET)
    await other.close()
    repository.write("net.py", CONNECT + "\n")
    await repository.indexer().update()
    await assert_forgotten(repository)


async def test_a_file_with_it_in_its_name_stays_out(repository: Repository) -> None:
    await forget(repository)
    repository.write(f"{SECRET}.py", "def hidden():\n    return 1\n")
    await repository.indexer().update()
    assert await repository.paths() == {"adder.py", "greeter.py"}
