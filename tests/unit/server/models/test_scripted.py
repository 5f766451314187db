import asyncio
import json
from contextlib import aclosing
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from agents.inference import (
    ChatTurn,
    CompletionRequest,
    GenerationFailedError,
    Tier,
    complete_one,
)
from server.models.configuration import ModelSettings
from server.models.registry import ModelRegistry
from server.models.scripted import ScriptedModel


def scripted(folder: Path, *rules: dict[str, Any], delay: float = 0) -> ScriptedModel:
    path = folder / "rules.json"
    path.write_text(json.dumps({"rules": rules, "delay_seconds_per_token": delay}), "utf-8")
    return ScriptedModel(path)


def request(text: str, agent: str = "developer", n: int = 1) -> CompletionRequest:
    return CompletionRequest(agent, (ChatTurn("system", "You."), ChatTurn("user", text)), n=n)


async def test_the_first_rule_that_fits_answers(tmp_path: Path):
    model = scripted(
        tmp_path,
        {"agent": "tester", "reply": "a test"},
        {"contains": "slug", "reply": "def slug"},
        {"matches": "add.*numbers", "reply": "a\n  + b"},
    )
    assert (await complete_one(model, request("make a slug"))).text == "def slug"
    assert (await complete_one(model, request("add\ntwo numbers"))).text == "a\n  + b"
    assert (await complete_one(model, request("anything", "tester"))).text == "a test"


async def test_a_rule_can_be_used_up(tmp_path: Path):
    model = scripted(tmp_path, {"reply": "wrong", "times": 2}, {"reply": "right"})
    async with aclosing(model.complete(request("go", n=3))) as completions:
        assert [each.text async for each in completions] == ["wrong", "wrong", "right"]


async def test_the_reply_streams_word_by_word(tmp_path: Path):
    model, pieces = scripted(tmp_path, {"reply": "one two  three\n"}), []
    await complete_one(model, request("go"), lambda index, text: pieces.append((index, text)))
    assert pieces == [(0, "one "), (0, "two  "), (0, "three\n")]


async def test_a_prompt_without_a_rule_is_shown(tmp_path: Path):
    model = scripted(tmp_path, {"contains": "x", "reply": "y"})
    with pytest.raises(GenerationFailedError, match=r"(?s)developer.*You\..*Hello there"):
        await complete_one(model, request("Hello there"))


async def test_a_stronger_tier_has_replies_of_its_own(tmp_path: Path):
    path = tmp_path / "rules.json"
    rules = [{"tier": "heavy", "reply": "strong"}, {"reply": "weak"}]
    path.write_text(json.dumps({"rules": rules, "tiers": ["heavy"]}), "utf-8")
    model = ScriptedModel(path)
    assert model.next_tier("developer", Tier.STANDARD) is Tier.HEAVY
    assert model.next_tier("developer", Tier.HEAVY) is None
    asked = request("go")
    assert (await complete_one(model, asked)).text == "weak"
    assert (await complete_one(model, replace(asked, tier=Tier.HEAVY))).text == "strong"


async def test_cancelling_stops_the_stream(tmp_path: Path):
    model, pieces = scripted(tmp_path, {"reply": "a b c d e f"}, delay=0.02), []
    started = asyncio.Event()

    def on_text(_: int, text: str) -> None:
        pieces.append(text)
        started.set()

    task = asyncio.create_task(complete_one(model, request("go"), on_text))
    await started.wait()
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert len(pieces) < 6


async def test_it_answers_everything_and_says_what_it_is(tmp_path: Path):
    path = scripted(tmp_path, {"reply": "fine"})._path
    registry = ModelRegistry(ModelSettings(cache_dir=tmp_path, scripted_model=path))
    assert (await complete_one(registry, request("go"))).text == "fine"
    [status] = registry.statuses()
    assert status.kind == "scripted"
    assert "tests" in status.detail


def test_a_rule_with_an_unknown_field_is_refused(tmp_path: Path):
    with pytest.raises(ValueError, match="contain"):
        scripted(tmp_path, {"contain": "typo", "reply": "x"})
