import json
import os
import threading
from pathlib import Path

import pytest

from server.models.gguf_header import GgufHeader
from server.models.memory_need import KV_WINDOWS, estimate, kv_bytes, memory_need
from server.models.model_card import card_path, read_card, update_card

MIB = 1024**2


@pytest.fixture
def model_file(tmp_path: Path) -> Path:
    path = tmp_path / "some model.gguf"
    path.write_bytes(bytes(1000))
    return path


def test_a_longer_window_needs_more_up_to_what_the_model_was_trained_for():
    header = GgufHeader(layers=10, embedding_length=64, heads=8, kv_heads=2, trained_context=4096)
    assert kv_bytes(header, 1024) == KV_WINDOWS * 1024 * header.bytes_per_token
    assert kv_bytes(header, 100_000) == kv_bytes(header, 4096)


def test_without_a_readable_header_the_size_is_taken_with_a_margin(model_file: Path):
    assert estimate(model_file, 1024) > 1250


def test_what_was_measured_counts_more_than_the_estimate(tmp_path: Path, model_file: Path):
    update_card(tmp_path, model_file, lambda card: card.with_load(1024, 7 * MIB, 2.5))
    assert memory_need(tmp_path, model_file, 1024) == 7 * MIB
    assert memory_need(tmp_path, model_file, 2048) == estimate(model_file, 2048)


def test_the_most_memory_ever_seen_and_the_latest_load_are_kept(tmp_path: Path, model_file: Path):
    update_card(tmp_path, model_file, lambda card: card.with_load(512, 9, 5.0))
    update_card(tmp_path, model_file, lambda card: card.with_load(512, 8, 3.0))
    update_card(tmp_path, model_file, lambda card: card.with_load(512, 10))
    load = read_card(tmp_path, model_file).loads[512]
    assert (load.memory_bytes, load.load_seconds) == (10, 3.0)


def test_a_changed_file_has_a_new_card(tmp_path: Path, model_file: Path):
    update_card(tmp_path, model_file, lambda card: card.with_load(512, 9, 5.0))
    os.utime(model_file, ns=(1, 1))
    assert read_card(tmp_path, model_file).loads == {}


def test_a_damaged_card_is_no_card(tmp_path: Path, model_file: Path):
    update_card(tmp_path, model_file, lambda card: card.with_load(512, 9, 5.0))
    card_path(tmp_path, model_file).write_text('{"file_name": 3')
    assert read_card(tmp_path, model_file).loads == {}


def test_what_a_newer_version_measured_is_kept(tmp_path: Path, model_file: Path):
    update_card(tmp_path, model_file, lambda card: card.with_load(512, 9, 5.0))
    path = card_path(tmp_path, model_file)
    card = json.loads(path.read_text())
    card["speed"] = {"decode": 11}
    card["loads"]["512"]["threads"] = 2
    path.write_text(json.dumps(card))
    update_card(tmp_path, model_file, lambda card: card.with_load(512, 10))
    card = json.loads(path.read_text())
    assert card["speed"] == {"decode": 11}
    assert card["loads"]["512"] == {"memory_bytes": 10, "load_seconds": 5.0, "threads": 2}


def test_writers_at_the_same_time_lose_nothing(tmp_path: Path, model_file: Path):
    def write(window: int) -> None:
        update_card(tmp_path, model_file, lambda card: card.with_load(window, 1, 1.0))

    threads = [threading.Thread(target=write, args=(window,)) for window in range(512, 522)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(read_card(tmp_path, model_file).loads) == list(range(512, 522))
