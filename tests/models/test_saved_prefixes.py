"""A role prompt survives a restart on disk, and a damaged file does no harm."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from server.models.engine.batch import Tokens
from server.models.engine.kv_cache import KVCache
from server.models.engine.llama import Llama, LoadOptions
from server.models.engine.prefix_store import PrefixStore
from tests.models.engine_thread import EngineThread, logit_gap, the_one

pytestmark = pytest.mark.model

ROLE = "You are careful. " + " ".join(f"Rule {number}: keep it short." for number in range(50))
QUESTION = "What is the capital of France?"


class Store(PrefixStore):
    def __init__(self, folder: Path) -> None:
        super().__init__(folder, 1 << 30)
        self.saved = threading.Event()

    def save(self, tokens: Tokens, state: bytes) -> None:
        super().save(tokens, state)
        self.saved.set()


@contextmanager
def started(gguf: Path, folder: Path) -> Iterator[tuple[EngineThread, Store]]:
    """A fresh model with nothing but the folder in common with the one before."""
    llama, store = Llama(LoadOptions(str(gguf), 1024, 1)), Store(folder)
    with EngineThread(llama, KVCache(llama), store) as thread:
        yield thread, store


def test_a_role_prompt_is_found_on_disk_after_a_restart_unless_it_was_damaged(
    gguf: Path, tmp_path: Path
):
    with started(gguf, tmp_path) as (thread, store):
        before = the_one(thread.completions(thread.ask(QUESTION, system=ROLE)))
        assert before["cached_tokens"] == 0
        assert store.saved.wait(60)
        [entry] = store.entries
        assert len(entry.tokens) >= 256

    with started(gguf, tmp_path) as (thread, _):
        after = the_one(thread.completions(thread.ask(QUESTION, system=ROLE)))
        other = the_one(thread.completions(thread.ask("Name a colour.", system=ROLE)))
    assert after["cached_tokens"] == len(entry.tokens)
    assert other["cached_tokens"] >= len(entry.tokens)
    kv = KVCache(thread.llama)
    thread.prefixes.clear()
    gap = logit_gap(thread.llama, kv, QUESTION, before["text"], after["text"], ROLE)
    assert gap < 0.5

    data = bytearray(entry.path.read_bytes())
    data[len(data) // 2] ^= 1
    entry.path.write_bytes(data)
    with started(gguf, tmp_path) as (thread, store):
        again = the_one(thread.completions(thread.ask(QUESTION, system=ROLE)))
        assert again["cached_tokens"] == 0
        assert store.saved.wait(60), "the prefix was not written anew"
    assert entry.path.read_bytes() != data
