import hashlib
import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from server.models.engine.batch import Tokens
from server.models.engine.prefix_store import PrefixStore, StoredPrefix, fingerprint

LIMIT = 1 << 20
STATE = bytes(range(256)) * 4


def some_tokens(first: int, count: int = 40) -> Tokens:
    return np.arange(first, first + count, dtype=np.int32)


def saved(folder: Path) -> Path:
    """The file of one stored prefix."""
    PrefixStore(folder, LIMIT).save(some_tokens(1), STATE)
    [path] = folder.iterdir()
    return path


def reopened(folder: Path) -> tuple[PrefixStore, StoredPrefix]:
    store = PrefixStore(folder, LIMIT)
    [entry] = store.entries
    return store, entry


def test_a_later_process_finds_tokens_and_state(tmp_path: Path):
    saved(tmp_path / "not" / "there" / "yet")
    store, entry = reopened(tmp_path / "not" / "there" / "yet")
    assert store.holds(some_tokens(1))
    assert entry.tokens.tolist() == some_tokens(1).tolist()
    assert store.load(entry) == STATE


@pytest.mark.parametrize("at", [0, 30, 100, 200, 400, -1])
def test_a_file_with_one_wrong_byte_is_never_loaded(tmp_path: Path, at: int):
    path = saved(tmp_path)
    data = bytearray(path.read_bytes())
    data[at] ^= 0xFF
    path.write_bytes(data)
    store = PrefixStore(tmp_path, LIMIT)
    for entry in [*store.entries]:
        assert store.load(entry) == b""
        assert not path.exists()
    assert store.entries == []


def test_a_file_cut_short_anywhere_is_never_loaded(tmp_path: Path):
    path = saved(tmp_path)
    data = path.read_bytes()
    for size in range(0, len(data), 7):
        path.write_bytes(data[:size])
        store = PrefixStore(tmp_path, LIMIT)
        assert [store.load(entry) for entry in [*store.entries]] in ([], [b""])


def test_a_file_damaged_after_it_was_found_is_deleted(tmp_path: Path):
    path = saved(tmp_path)
    store, entry = reopened(tmp_path)
    path.write_bytes(path.read_bytes()[:-1] + b"?")
    assert store.load(entry) == b""
    assert store.entries == []
    assert not path.exists()


def whole_file_of(head: object, body: bytes) -> bytes:
    return json.dumps(head).encode() + b"\n" + body


FOREIGN = {
    "empty": b"",
    "text": b"# notes\n",
    "no object": b"[1]\n",
    "no line": b"[" * 5000,
    "no tokens": whole_file_of({"tokens": 0, "sha256": ""}, b""),
    "negative": whole_file_of({"tokens": -1, "sha256": ""}, b"1234"),
    "more than there is": whole_file_of({"tokens": 10**15, "sha256": ""}, b"1234"),
    "infinite": b'{"tokens": Infinity}\n1234',
    "a fraction": whole_file_of({"tokens": 0.5, "sha256": ""}, b"1234"),
    "text for a number": whole_file_of({"tokens": "1", "sha256": ""}, b"1234"),
}


@pytest.mark.parametrize("name", FOREIGN)
def test_a_foreign_file_is_left_aside(tmp_path: Path, name: str):
    (tmp_path / "x.prefix").write_bytes(FOREIGN[name])
    assert PrefixStore(tmp_path, LIMIT).entries == []


def test_a_file_that_became_another_prefix_is_never_loaded(tmp_path: Path):
    path = saved(tmp_path)
    store, entry = reopened(tmp_path)
    body = some_tokens(7).tobytes() + STATE
    head = {"tokens": 40, "sha256": hashlib.sha256(body).hexdigest()}
    path.write_bytes(whole_file_of(head, body))
    assert store.load(entry) == b""


def test_the_limit_keeps_what_was_used_last(tmp_path: Path):
    store = PrefixStore(tmp_path, 3 * (len(STATE) + 300))
    for number in range(3):
        store.save(some_tokens(number), STATE)
        for path in tmp_path.iterdir():  # clocks of file systems are coarse
            stat = path.stat()
            os.utime(path, (stat.st_atime, stat.st_mtime - 10))
    assert store.load(store.entries[0]) == STATE
    store.save(some_tokens(3), STATE)
    assert [entry.tokens[0] for entry in store.entries] == [0, 2, 3]
    assert len([*tmp_path.iterdir()]) == 3


def test_what_other_processes_left_counts_for_the_limit(tmp_path: Path):
    store = PrefixStore(tmp_path, 2 * (len(STATE) + 300))
    for name in ("other.prefix", "tmp-of-a-killed-process"):
        (tmp_path / name).write_bytes(b"x" * 1000)
        os.utime(tmp_path / name, (1, 1))
    store.save(some_tokens(1), STATE)
    store.save(some_tokens(2), STATE)
    assert {path.name for path in tmp_path.iterdir()} == {e.path.name for e in store.entries}


def full(*_: object) -> None:
    raise OSError(28, "No space left on device")


@pytest.mark.parametrize("call", ["write", "mkdir", "fsync", "rename"])
def test_a_full_disk_does_no_harm(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, call: str):
    store = PrefixStore(tmp_path / "folder", LIMIT)
    name, place = {
        "write": ("fdopen", os),
        "mkdir": ("mkdir", Path),
        "fsync": ("fsync", os),
        "rename": ("replace", Path),
    }[call]
    with monkeypatch.context() as patch:
        patch.setattr(place, name, lambda *_, **__: full())
        store.save(some_tokens(1), STATE)
    assert store.entries == []
    assert [*tmp_path.glob("*/*")] == []
    store.save(some_tokens(1), STATE)
    assert store.holds(some_tokens(1))


def test_a_read_only_disk_gives_what_it_has(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    path = saved(tmp_path)
    for place, name in ((os, "utime"), (Path, "unlink"), (Path, "mkdir")):
        monkeypatch.setattr(place, name, lambda *_, **__: full())
    store, entry = reopened(tmp_path)
    assert store.load(entry) == STATE
    store.save(some_tokens(2), STATE)
    assert store.load(entry) == STATE
    assert path.exists()


def test_a_folder_that_is_a_file_does_no_harm(tmp_path: Path):
    (tmp_path / "file").write_text("")
    store = PrefixStore(tmp_path / "file", LIMIT)
    store.save(some_tokens(1), STATE)
    assert store.entries == []


def test_a_file_that_another_process_deleted_is_forgotten(tmp_path: Path):
    path = saved(tmp_path)
    store, entry = reopened(tmp_path)
    path.unlink()
    assert store.load(entry) == b""
    assert store.entries == []


def save_and_load(folder: Path) -> int:
    """How often a stored prefix came back as something else."""
    wrong = 0
    for number in range(60):
        store = PrefixStore(folder, 5 * (len(STATE) + 300))
        store.save(some_tokens(number % 8), STATE)
        wrong += sum(store.load(entry) not in (STATE, b"") for entry in [*store.entries])
    return wrong


def test_two_processes_at_once_never_read_half_a_file(tmp_path: Path):
    command = [sys.executable, __file__, str(tmp_path)]
    processes = [subprocess.Popen(command, stdout=subprocess.PIPE, text=True) for _ in range(2)]
    assert [process.communicate()[0] for process in processes] == ["0 wrong\n"] * 2
    assert PrefixStore(tmp_path, LIMIT).entries
    assert all(path.suffix == ".prefix" for path in tmp_path.iterdir())


@pytest.mark.parametrize(
    "change",
    [lambda data: data + b"x", lambda data: data[:-1] + b"x", lambda data: b"x" + data[1:]],
)
def test_another_model_file_has_another_fingerprint(
    tmp_path: Path, change: Callable[[bytes], bytes]
):
    path, data = tmp_path / "model", os.urandom(300_000)
    path.write_bytes(data)
    before = fingerprint(path)
    assert fingerprint(path) == before
    path.write_bytes(change(data))
    assert fingerprint(path) != before


if __name__ == "__main__":
    print(save_and_load(Path(sys.argv[1])), "wrong")
