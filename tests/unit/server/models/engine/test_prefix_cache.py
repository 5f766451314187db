from pathlib import Path
from typing import cast

import numpy as np
import pytest

from server.models.engine.batch import TokenBatch, Tokens
from server.models.engine.kv_cache import KVCache
from server.models.engine.llama import Llama
from server.models.engine.prefix_cache import PrefixCache
from server.models.engine.prefix_store import PrefixStore
from tests.unit.server.models.engine.fake_llama import FakeLlama

PLENTY = 1 << 20


def text(*parts: tuple[int, int]) -> Tokens:
    """Tokens, given as pairs of token and how often."""
    return np.asarray([token for token, count in parts for _ in range(count)], np.int32)


class Kept:
    """A prefix cache on a fake model, into which texts can be read."""

    def __init__(
        self,
        *,
        hot_cells: int = 1000,
        memory_bytes: int = PLENTY,
        store: PrefixStore | None = None,
        recurrent: bool = False,
    ) -> None:
        self.llama = FakeLlama(1000, recurrent=recurrent)
        self.kv = KVCache(cast(Llama, self.llama))
        self.cache = PrefixCache(self.kv, hot_cells, memory_bytes, store)

    def read(self, tokens: Tokens, *, retain: bool = True) -> int:
        """Read a text on top of what is kept; returns how much was."""
        slot = self.kv.open()
        start = self.cache.restore(self.cache.match(tokens), slot)
        if start < len(tokens):
            batch = TokenBatch(len(tokens))
            batch.add(tokens[start:], start, slot, output=True)
            self.llama.decode(batch)
            self.kv.appended(slot, len(tokens) - start)
        assert self.llama.tokens(slot) == tokens.tolist()
        if retain:
            self.cache.retain(slot, tokens)
        else:
            self.kv.close(slot)
        assert self.kv.used == self.llama.used
        return start

    def matched(self, tokens: Tokens) -> int:
        return self.cache.match(tokens).length

    def spill_all(self) -> None:
        while self.cache.spill():
            pass
        assert self.kv.used == 0


@pytest.fixture
def kept() -> Kept:
    return Kept()


def test_the_longest_beginning_wins(kept: Kept):
    for tail in (5, 30, 20):
        kept.read(text((1, 40), (10 + tail, tail)))
    assert kept.matched(text((1, 40), (40, 25))) == 65
    assert kept.matched(text((1, 40), (9, 9))) == 40
    assert kept.read(text((1, 40), (40, 30), (7, 1))) == 70


def test_what_is_short_is_not_worth_it(kept: Kept):
    kept.read(text((1, 15)))
    assert kept.kv.used == 0


def test_cells_are_shared_for_any_length_and_copied_only_for_a_longer_one(kept: Kept):
    kept.read(text((1, 100)))
    assert kept.matched(text((1, 3), (2, 100))) == 3
    assert kept.cache.spill()
    assert kept.matched(text((1, 3), (2, 100))) == 0
    assert kept.matched(text((1, 50), (2, 100))) == 50


def test_nothing_is_kept_twice(kept: Kept):
    for _ in range(2):
        kept.read(text((1, 60)))
        kept.read(text((1, 40)))
    assert kept.kv.used == 60
    assert kept.cache.spill()
    assert not kept.cache.spill()


def test_what_a_longer_text_contains_is_dropped(kept: Kept):
    kept.read(text((1, 40)))
    kept.read(text((1, 50)))
    kept.spill_all()
    kept.read(text((1, 60)))
    assert kept.kv.used == 60
    assert kept.cache.spill()
    assert not kept.cache.spill()


@pytest.mark.parametrize("spilled", [False, True])
def test_a_beginning_is_taken_from_the_kv_cache_or_from_memory(kept: Kept, spilled: bool):
    kept.read(text((1, 50), (2, 50)))
    if spilled:
        kept.spill_all()
    assert kept.read(text((1, 50), (3, 20))) == 50
    assert kept.read(text((1, 50), (2, 50), (4, 1))) == 100


def test_the_hot_limit_moves_the_least_recently_used_to_memory():
    kept = Kept(hot_cells=100)
    kept.read(text((1, 40)))
    kept.read(text((2, 40)))
    kept.read(text((1, 40), (5, 1)), retain=False)
    kept.read(text((3, 40)))
    assert kept.kv.used == 80
    assert kept.llama.used == 80
    held = [kept.llama.tokens(slot)[0] for slot in range(64) if kept.llama.tokens(slot)]
    assert sorted(held) == [1, 3]
    assert [kept.matched(text((token, 40))) for token in (1, 2, 3)] == [40, 40, 40]


def test_cells_that_prefixes_share_count_once_for_the_hot_limit():
    kept = Kept(hot_cells=150)
    for tail in range(5):
        kept.read(text((1, 100), (10 + tail, 10)))
    assert kept.kv.used == 150


def test_memory_keeps_to_its_limit_and_to_what_was_used_last():
    kept = Kept(memory_bytes=2 * 4 * 40)
    for token in (1, 2, 3):
        kept.read(text((token, 40)))
    kept.read(text((1, 40)), retain=False)
    kept.spill_all()
    assert [kept.matched(text((token, 40))) for token in (1, 2, 3)] == [40, 0, 40]


def test_without_memory_what_leaves_the_kv_cache_is_gone():
    kept = Kept(memory_bytes=0)
    kept.read(text((1, 40)))
    kept.spill_all()
    assert kept.matched(text((1, 40))) == 0


def test_room_for_a_long_prefix_is_made_of_others(kept: Kept):
    kept.read(text((1, 600)))
    kept.spill_all()
    kept.read(text((2, 600)))
    assert kept.read(text((1, 600), (3, 1))) == 600


def test_a_prefix_that_is_shared_may_leave_while_others_use_it():
    kept = Kept(memory_bytes=0)
    kept.read(text((1, 40)))
    slot = kept.kv.open()
    assert kept.cache.restore(kept.cache.match(text((1, 40), (2, 5))), slot) == 40
    assert kept.cache.spill()
    assert kept.llama.tokens(slot) == [1] * 40
    kept.cache.retain(slot, text((1, 40)))
    assert kept.matched(text((1, 40))) == 40


def test_a_model_that_cannot_go_back_continues_whole_prefixes_alone():
    kept = Kept(recurrent=True)
    kept.read(text((1, 50)))
    assert kept.read(text((1, 40), (2, 40))) == 0
    assert kept.read(text((1, 50), (2, 30))) == 50
    kept.spill_all()
    assert kept.read(text((1, 50), (2, 5), (3, 5))) == 0
    assert kept.read(text((1, 50), (2, 30), (3, 5))) == 80


def test_a_later_process_starts_from_the_disk(tmp_path: Path):
    kept = Kept(store=PrefixStore(tmp_path, PLENTY))
    kept.read(text((1, 50), (2, 50)))
    kept.cache.store(text((1, 50)))
    assert kept.kv.used == 100
    later = Kept(store=PrefixStore(tmp_path, PLENTY))
    assert later.read(text((1, 50), (3, 50))) == 50


def test_what_is_on_disk_or_no_longer_kept_is_not_written(tmp_path: Path):
    store = PrefixStore(tmp_path, PLENTY)
    kept = Kept(store=store)
    kept.cache.store(text((1, 50)))
    assert store.entries == []
    kept.read(text((1, 60)))
    for _ in range(2):
        kept.cache.store(text((1, 50)))
    assert len(store.entries) == 1


def test_a_file_is_read_only_for_a_good_deal_more(tmp_path: Path):
    kept = Kept(store=PrefixStore(tmp_path, PLENTY))
    kept.read(text((1, 100)))
    kept.cache.store(text((1, 100)))
    later = Kept(store=PrefixStore(tmp_path, PLENTY))
    later.read(text((1, 60), (2, 5)))
    assert later.matched(text((1, 75))) == 60
    assert later.matched(text((1, 76))) == 76


def test_a_stored_prefix_of_another_length_is_not_taken(tmp_path: Path):
    store = PrefixStore(tmp_path, PLENTY)
    store.save(text((1, 90)), text((1, 80)).tobytes())
    kept = Kept(store=store)
    assert kept.read(text((1, 90), (2, 5))) == 0


def test_a_state_that_the_model_refuses_is_not_taken(tmp_path: Path):
    store = PrefixStore(tmp_path, PLENTY)
    store.save(text((1, 90)), b"xyz")
    kept = Kept(store=store)
    assert kept.read(text((1, 90), (2, 5))) == 0


def test_clearing_gives_every_cell_back(kept: Kept):
    for token in range(5):
        kept.read(text((token, 40)))
    kept.cache.spill()
    kept.cache.clear()
    assert kept.kv.used == kept.llama.used == 0
    assert kept.matched(text((1, 40))) == 0
