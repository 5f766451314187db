"""How a model is run: as measured, else as the catalogue knows; never not at all."""

from pathlib import Path

import pytest

from memory.processor import has_avx2, has_vnni
from server.models import run_file
from server.models.catalog import CATALOG, DEFAULT_MODEL, TEST_MODEL
from server.models.model_card import ModelCard, RunOptions, Speed, card_path, read_card
from server.models.run_file import best_known, chosen_way, prepare

KNOWN = CATALOG[DEFAULT_MODEL]
SPEED = Speed(prefill=1, decode={1: 1})


@pytest.fixture
def model_file(tmp_path: Path) -> Path:
    path = tmp_path / "model.gguf"
    path.write_bytes(bytes(1000))
    return path


@pytest.fixture
def card(tmp_path: Path, model_file: Path) -> ModelCard:
    return read_card(tmp_path, model_file)


@pytest.fixture(autouse=True)
def avx2(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(run_file, "has_avx2", lambda: True)


def test_what_was_not_measured_is_run_as_the_catalogue_knows(card: ModelCard):
    assert best_known(card, KNOWN) == RunOptions(file_format="Q4_0")
    assert best_known(card, CATALOG[TEST_MODEL]) == RunOptions()


def test_what_was_measured_is_run_as_measured(card: ModelCard):
    measured = RunOptions(flash_attention=True)
    card = card.model_copy(update={"run": measured, "speeds": {measured.name: SPEED}})
    assert best_known(card, KNOWN) == measured


def test_a_persons_own_model_and_another_processor_leave_the_weights_as_they_are(
    card: ModelCard, monkeypatch: pytest.MonkeyPatch
):
    assert best_known(card, None) == RunOptions()
    monkeypatch.setattr(run_file, "has_avx2", lambda: False)
    assert best_known(card, KNOWN) == RunOptions()


async def test_weights_that_cannot_be_converted_run_as_they_are(tmp_path: Path, model_file: Path):
    await prepare(tmp_path, model_file, KNOWN)
    assert chosen_way(tmp_path, model_file, KNOWN)[1] == model_file
    assert not [path for path in (tmp_path / "converted").iterdir() if path.suffix != ".lock"]


async def test_a_draft_that_a_killed_server_left_is_cleared_away(tmp_path: Path, model_file: Path):
    (tmp_path / "converted").mkdir()
    card = card_path(tmp_path, model_file).stem
    left = tmp_path / "converted" / f"{card}.Q4_0.4711.new"
    left.write_bytes(b"half")
    await prepare(tmp_path, model_file, KNOWN)
    assert not left.exists()


@pytest.mark.parametrize(
    ("flags", "expected"),
    [
        ("flags : fpu avx2 avx512f avx512_vnni amx_int8", True),
        ("flags : fpu avx2 avx_vnni", True),
        ("flags : fpu avx2 avx512f", False),
        ("Features : fp asimd", False),
    ],
)
def test_vnni_is_read_from_the_processors_flags(tmp_path: Path, flags: str, expected: bool):
    (tmp_path / "cpuinfo").write_text(flags)
    assert has_vnni(tmp_path / "cpuinfo") is expected


def test_avx2_is_read_from_the_processors_flags(tmp_path: Path):
    (tmp_path / "cpuinfo").write_text("flags : fpu avx avx2 bmi2")
    assert has_avx2(tmp_path / "cpuinfo")
    (tmp_path / "cpuinfo").write_text("flags : fpu avx bmi2")
    assert not has_avx2(tmp_path / "cpuinfo")


def test_where_linux_does_not_say_nothing_is_known_to_be_there(tmp_path: Path):
    assert not has_vnni(tmp_path / "missing") and not has_avx2(tmp_path / "missing")
