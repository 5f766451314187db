"""`tenon models probe` on the smallest real model."""

import shutil
from dataclasses import replace
from pathlib import Path

import pytest

from server.models import ability as asking
from server.models import probe as probing
from server.models.configuration import ModelSettings
from server.models.model_card import Ability, RunOptions, Speed, read_card
from server.models.probe import Probe, ProbeError, best_way, pays
from server.models.run_file import run_file

PLAIN, FLASH = RunOptions(), RunOptions(flash_attention=True)


@pytest.fixture
def own_cache(settings: ModelSettings, gguf: Path, tmp_path: Path) -> ModelSettings:
    """A cache folder with the model alone, so that no other card is changed."""
    (tmp_path / "models").mkdir()
    model = shutil.copy2(gguf, tmp_path / "models" / gguf.name)
    return replace(settings, cache_dir=tmp_path, model=str(model), context_window=1024)


@pytest.mark.model
async def test_probe_measures_and_keeps_a_card(
    own_cache: ModelSettings, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(probing, "_STEPS", 4)
    monkeypatch.setattr(probing, "_PROMPT_TOKENS", 64)
    monkeypatch.setattr(asking, "_ANSWERS", 1)
    lines: list[str] = []
    card = await Probe(own_cache, own_cache.model, lines.append).run()

    assert card == read_card(own_cache.cache_dir, Path(own_cache.model))
    assert len(card.speeds) == 4  # three ways, and another format of the weights
    assert all(rate > 0 for speed in card.speeds.values() for rate in speed.decode.values())
    assert card.ability
    assert card.ability.coding_tasks == 8
    # The smallest model solves nothing: nothing shows that the other format is as good.
    assert card.ability.solved == 0
    assert card.run.file_format == ""
    converted = card.run.model_copy(update={"file_format": "Q4_0"})
    assert not run_file(own_cache.cache_dir, Path(own_cache.model), converted).exists()


async def test_probe_of_a_model_that_is_not_here_says_what_to_do(own_cache: ModelSettings):
    with pytest.raises(ProbeError, match="tenon models pull"):
        await Probe(own_cache, "nowhere.gguf", print).run()


def test_the_plain_way_is_kept_unless_another_is_clearly_faster():
    slow = Speed(prefill=100, decode={1: 10, 8: 30})
    close = Speed(prefill=102, decode={1: 10, 8: 31})
    faster = Speed(prefill=150, decode={1: 12, 8: 40})
    assert best_way({PLAIN: slow, FLASH: close}) == PLAIN
    assert best_way({PLAIN: slow, FLASH: faster}) == FLASH


@pytest.mark.parametrize(
    ("old", "new", "gain", "better"),
    [
        (30, 30, 1.4, True),
        (30, 27, 1.4, True),
        (30, 24, 1.4, False),
        (30, 29, 1.02, False),
        (0, 0, 2.0, False),
    ],
)
def test_a_faster_format_must_give_more_right_answers_a_second(
    old: int, new: int, gain: float, better: bool
):
    def ability(right: int) -> Ability:
        return Ability(
            coding_tasks=8, solved=5, answers=64, right=right,
            fenced=64, decisions=4, decided_right=4,
        )  # fmt: skip

    assert pays(ability(new), ability(old), gain) == better
