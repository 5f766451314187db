"""Measures a model on this machine and keeps the way to run it that pays.

Speed is measured in processes of their own, ability through the same door as the team. A
format of the weights that is faster is taken only if it gives more right answers a second, and
hardly fewer of all that it gives.
"""

from __future__ import annotations

import asyncio
import json
import os
import sys
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from server.models.ability import measure_ability
from server.models.configuration import ModelChoice, ModelConfiguration, ModelSettings, resolve
from server.models.model_card import Ability, ModelCard, RunOptions, Speed, update_card
from server.models.registry import ModelRegistry
from server.models.run_file import make_run_file, run_file
from server.models.worker_process import ENVIRONMENT

WIDTHS = (1, 4, 8, 16)
_PROMPT_TOKENS, _STEPS = 512, 24
_WAYS = (
    RunOptions(),
    RunOptions(flash_attention=True),
    RunOptions(flash_attention=True, kv_type="q8_0"),
)
_FORMATS = ("Q4_0",)
_NOTICEABLE = 1.05
"""Another way must be so much faster than the plain one to be worth a difference."""
_FEWER = 0.85
"""Share of the right answers that another format must keep, whatever its speed."""

Report = Callable[[str], None]


class ProbeError(Exception):
    """The model cannot be measured; the message says why."""


Speeds = dict[RunOptions, Speed]


@dataclass(frozen=True)
class Probe:
    """Measures one configured model. `report` gets a line for each step."""

    settings: ModelSettings
    name: str
    report: Report

    @property
    def configuration(self) -> ModelConfiguration:
        """The model as the settings have it. It must be a local file."""
        return resolve(self.settings, ModelChoice(model=self.name))

    async def run(self, *, formats: bool = True) -> ModelCard:
        """Measure, and keep what was found in the model's card; a few minutes.

        Raises ProbeError, ModelError, or OSError when the card or a file cannot be written.
        """
        path = self._file()
        speeds = await self._speeds(_WAYS)
        if not speeds:
            raise ProbeError(f"{path.name} cannot be run here; the lines above say why.")
        self._keep(path, speeds, best_way(speeds))
        ability = await self._ability()
        for name in _FORMATS if formats else ():
            ability = await self._try_format(path, name, speeds, ability)
        card = update_card(
            self.settings.cache_dir, path, lambda card: card.model_copy(update={"ability": ability})
        )
        self.report(f"From now on: {card.run.name}, {card.run.sequences} answers at a time.")
        return card

    def _file(self) -> Path:
        path = self.configuration.path
        if path is None or not path.is_file():
            raise ProbeError(
                f"{self.name} is no model file of this machine. Fetch it with `tenon models pull`, "
                "or name a GGUF file."
            )
        return path

    async def _try_format(self, path: Path, name: str, speeds: Speeds, ability: Ability) -> Ability:
        """Take another format of the weights if that pays."""
        before = best_way(speeds)
        way = before.model_copy(update={"file_format": name})
        self.report(f"Converting the weights to {name} …")
        target = await make_run_file(self.settings.cache_dir, path, way)
        speeds |= await self._speeds([way])
        if best_way(speeds) == way:
            self._keep(path, speeds, way)
            converted = await self._ability()
            gain = speeds[way].mixed / speeds[before].mixed
            if pays(converted, ability, gain):
                self.report(f"{name} gives more right answers a second; it is used.")
                return converted
            self.report(f"{name} is faster, but answers too much worse; it is not used.")
        self._keep(path, speeds, before)
        target.unlink(missing_ok=True)
        return ability

    async def _speeds(self, ways: Iterable[RunOptions]) -> Speeds:
        speeds: Speeds = {}
        for way in ways:
            answer = await self._measure(way)
            if "error" in answer:
                self.report(f"{way.name}: {answer['error']}")
                continue
            speed = speeds[way] = Speed.model_validate(answer)
            rates = ", ".join(f"{rate:.0f} ({width})" for width, rate in speed.decode.items())
            self.report(f"{way.name}: reads {speed.prefill:.0f}, writes {rates} tokens/s")
        return speeds

    async def _measure(self, way: RunOptions) -> dict[str, Any]:
        assert self.configuration.path is not None  # noqa: S101 - looked at in `run`
        options = {
            "path": str(run_file(self.settings.cache_dir, self.configuration.path, way)),
            "context_window": self.configuration.context_window,
            "threads": self.configuration.threads,
            "flash_attention": way.flash_attention,
            "kv_type": way.kv_type,
        }
        request = {
            "options": options,
            "widths": WIDTHS,
            "prompt_tokens": _PROMPT_TOKENS,
            "steps": _STEPS,
        }
        return await measure_in_process(request)

    async def _ability(self) -> Ability:
        settings = replace(self.settings, model=self.name, fallbacks=(), agents={})
        registry = ModelRegistry(settings, on_notice=self.report)
        try:
            return await measure_ability(registry, self.report)
        finally:
            await registry.close()

    def _keep(self, path: Path, speeds: Speeds, way: RunOptions) -> None:
        decode = speeds[way].decode
        widest = way.model_copy(update={"sequences": max(decode, key=lambda n: decode[n])})
        by_name = {each.name: speed for each, speed in speeds.items()}
        # What loading took was measured the old way.
        new = {"run": widest, "speeds": by_name, "loads": {}}
        update_card(self.settings.cache_dir, path, lambda card: card.model_copy(update=new))


async def measure_in_process(request: dict[str, Any]) -> dict[str, Any]:
    """What `server.models.engine.measure` says; an `error` if it says nothing."""
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-P", "-m", "server.models.engine.measure", json.dumps(request)),
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.DEVNULL,
        env=ENVIRONMENT | os.environ,
    )
    try:
        output, _ = await process.communicate()
    except asyncio.CancelledError:
        process.kill()
        raise
    try:
        answer: dict[str, Any] = json.loads(output)
    except ValueError:
        return {"error": f"the measuring process ended with status {process.returncode}"}
    return answer


def pays(new: Ability, old: Ability, gain: float) -> bool:
    """Whether weights that are `gain` times as fast, but answer like `new`, are the better ones.

    A search lives on right answers a second, a conversation on each answer: so there must be
    more of the former, and hardly fewer of the latter. A model that solves nothing shows nothing.
    """
    right = new.right / max(old.right, 1)
    obeys = (new.decided_right, new.fenced) >= (old.decided_right, _FEWER * old.fenced)
    return old.right > 0 and right >= _FEWER and right * gain > _NOTICEABLE and obeys


def best_way(speeds: Speeds) -> RunOptions:
    """The fastest way for what a team does; the first, plain one if it is close."""
    plain = next(iter(speeds))
    fastest = max(speeds, key=lambda way: speeds[way].mixed)
    return fastest if speeds[fastest].mixed > _NOTICEABLE * speeds[plain].mixed else plain
