"""Weights converted on the way, with the smallest real model."""

import asyncio
import shutil
from dataclasses import replace
from pathlib import Path

import pytest

from agents.inference import ChatTurn, CompletionRequest
from server.models import run_file
from server.models.catalog import CATALOG, TEST_MODEL
from server.models.configuration import ModelSettings
from server.models.registry import ModelRegistry
from server.models.run_file import chosen_way, prepare

pytestmark = pytest.mark.model
KNOWN = replace(CATALOG[TEST_MODEL], avx2_format="Q4_0")


@pytest.fixture(autouse=True)
def avx2(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(run_file, "has_avx2", lambda: True)


async def test_a_model_that_nobody_measured_answers_from_converted_weights(
    settings: ModelSettings, gguf: Path, tmp_path: Path
):
    (tmp_path / "models").mkdir()
    shutil.copy2(gguf, tmp_path / "models" / gguf.name)
    own = replace(settings, cache_dir=tmp_path, catalog={TEST_MODEL: KNOWN})
    registry = ModelRegistry(own)
    try:
        asked = CompletionRequest("developer", (ChatTurn("user", "Say hello."),), max_tokens=4)
        answers = [answer async for answer in registry.complete(asked)]
    finally:
        await registry.close()
    assert answers
    assert len(list((tmp_path / "converted").glob("*.Q4_0.gguf"))) == 1


async def test_two_that_start_at_once_convert_once(
    gguf: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    model = Path(shutil.copy2(gguf, tmp_path / gguf.name))
    converted: list[Path] = []
    convert = run_file._convert

    async def counted(model_file: Path, target: Path, file_format: str) -> None:
        converted.append(target)
        await convert(model_file, target, file_format)

    monkeypatch.setattr(run_file, "_convert", counted)
    await asyncio.gather(*(prepare(tmp_path, model, KNOWN) for _ in range(2)))
    assert [chosen_way(tmp_path, model, KNOWN)[1]] == converted
