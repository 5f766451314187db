"""`tenon models probe` on the smallest real model."""

import shutil
from dataclasses import replace
from pathlib import Path

import pytest

from server.models import ability as asking
from server.models import probe as probing
from server.models.configuration import ModelSettings
from server.models.model_card import RunOptions, Speed, read_card
from server.models.probe import Probe, ProbeError, best_way, sample_of_code
from server.models.run_file import run_file

PLAIN, FLASH = RunOptions(), RunOptions(flash_attention=True)
OTHER = RunOptions(file_format="Q4_0")


@pytest.fixture
def own_cache(settings: ModelSettings, gguf: Path, tmp_path: Path) -> ModelSettings:
    """A cache folder with the model alone, so that no other card is changed."""
    (tmp_path / "models").mkdir()
    model = shutil.copy2(gguf, tmp_path / "models" / gguf.name)
    return replace(settings, cache_dir=tmp_path, model=str(model), context_window=1024)


@pytest.mark.model
async def test_probe_measures_and_keeps_a_card(
    own_cache: ModelSettings, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
):
    monkeypatch.setattr(probing, "_STEPS", 4)
    monkeypatch.setattr(probing, "_PROMPT_TOKENS", 64)
    monkeypatch.setattr(probing, "_OWN_TOKENS", 8)
    monkeypatch.setattr(asking, "_ANSWERS", 1)
    lines: list[str] = []
    card = await Probe(own_cache, own_cache.model, lines.append).run()

    assert card == read_card(own_cache.cache_dir, Path(own_cache.model))
    assert len(card.speeds) == 5  # three ways, and two other formats of the weights
    for speed in card.speeds.values():
        assert all(rate > 0 for rate in speed.decode.values())
        assert speed.perplexity > 1
    assert card.ability
    assert card.ability.coding_tasks == 8
    converted = {path.name for path in (tmp_path / "converted").glob("*.gguf")}
    used = run_file(tmp_path, Path(own_cache.model), card.run).name
    assert converted == ({used} if card.run.file_format else set())


@pytest.mark.model
async def test_a_model_that_cannot_be_converted_is_measured_as_it_is(
    own_cache: ModelSettings, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
):
    monkeypatch.setattr(probing, "_STEPS", 2)
    monkeypatch.setattr(probing, "_PROMPT_TOKENS", 64)
    monkeypatch.setattr(probing, "_OWN_TOKENS", 8)
    monkeypatch.setattr(probing, "_WAYS", (PLAIN,))
    monkeypatch.setattr(asking, "_ANSWERS", 1)
    (tmp_path / "converted").write_text("a file where the folder would be")
    lines: list[str] = []
    card = await Probe(own_cache, own_cache.model, lines.append).run()

    assert card.run.file_format == ""
    assert sum(line.startswith("It is left out:") for line in lines) == 2


async def test_probe_of_a_model_that_is_not_here_says_what_to_do(own_cache: ModelSettings):
    with pytest.raises(ProbeError, match="tenon models pull"):
        await Probe(own_cache, "nowhere.gguf", print).run()


def test_the_plain_way_is_kept_unless_another_is_clearly_faster():
    slow = Speed(prefill=100, decode={1: 10, 8: 30}, perplexity=5)
    close = Speed(prefill=102, decode={1: 10, 8: 31}, perplexity=5)
    faster = Speed(prefill=150, decode={1: 12, 8: 40}, perplexity=5)
    assert best_way({PLAIN: slow, FLASH: close}) == PLAIN
    assert best_way({PLAIN: slow, FLASH: faster}) == FLASH


def test_a_faster_way_must_make_up_for_foretelling_code_worse():
    slow = Speed(prefill=100, decode={1: 10, 8: 30}, perplexity=5)
    faster = Speed(prefill=120, decode={1: 12, 8: 36}, perplexity=5.15)
    hardly_faster = Speed(prefill=110, decode={1: 11, 8: 33}, perplexity=5.15)
    much_worse = Speed(prefill=300, decode={1: 30, 8: 90}, perplexity=5.3)
    assert best_way({PLAIN: slow, OTHER: faster}) == OTHER
    assert best_way({PLAIN: slow, OTHER: hardly_faster}) == PLAIN
    assert best_way({PLAIN: slow, OTHER: much_worse}) == PLAIN


def test_what_has_to_be_foretold_is_code_alone():
    text = sample_of_code()
    assert "def " in text
    assert "#" not in text
    assert '"""' not in text
