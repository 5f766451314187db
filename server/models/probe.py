"""Measures a model on this machine and keeps the way to run it that pays.

Speed is measured in processes of their own, ability through the same door as the team. A way
that is faster is taken only if the model foretells code hardly worse that way: its answers to
a few tasks scatter too much to tell.
"""

from __future__ import annotations

import ast
import asyncio
import json
import os
import sys
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import agents
from server.models.ability import measure_ability
from server.models.configuration import ModelChoice, ModelConfiguration, ModelSettings, resolve
from server.models.model_card import Ability, ModelCard, RunOptions, Speed, update_card
from server.models.registry import ModelRegistry
from server.models.run_file import make_run_file, run_file
from server.models.worker_process import ENVIRONMENT

WIDTHS = (1, 4, 8, 16)
_PROMPT_TOKENS, _OWN_TOKENS, _STEPS = 1024, 128, 16
"""A ticket's prompt, what half an answer takes, and how many tokens are timed after that."""
_TEXT_TOKENS, _CHARACTERS = 1024, 8
"""Of the text that every way has to foretell; a token of code is shorter than so many."""
_WAYS = (
    RunOptions(),
    RunOptions(flash_attention=True),
    RunOptions(flash_attention=True, kv_type="q8_0"),
)
_FORMATS = ("Q4_K", "Q4_0")
_NOTICEABLE = 1.05
"""Another way must be worth so much more than the plain one."""
_PERPLEXITY = 1.05
"""Times that of the plain way, which another one may have at most."""

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
        if formats:
            speeds |= await self._formats(path, best_way(speeds))
        self._keep(path, speeds, best_way(speeds))
        ability = await self._ability()
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

    async def _formats(self, path: Path, before: RunOptions) -> Speeds:
        """The other formats of the weights, converted and measured."""
        speeds: Speeds = {}
        for name in _FORMATS:
            way = before.model_copy(update={"file_format": name})
            self.report(f"Converting the weights to {name} …")
            try:
                await make_run_file(self.settings.cache_dir, path, way)
            except OSError as error:
                self.report(f"It is left out: {error}")
                continue
            speeds |= await self._speeds([way])
        return speeds

    async def _speeds(self, ways: Iterable[RunOptions]) -> Speeds:
        speeds: Speeds = {}
        for way in ways:
            answer = await self._measure(way)
            if "error" in answer:
                self.report(f"{way.name}: {answer['error']}")
                continue
            speed = speeds[way] = Speed.model_validate(answer)
            rates = ", ".join(f"{rate:.0f} ({width})" for width, rate in speed.decode.items())
            self.report(
                f"{way.name}: reads {speed.prefill:.0f}, writes {rates} tokens/s, "
                f"perplexity {speed.perplexity:.3f}"
            )
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
            "own_tokens": _OWN_TOKENS,
            "steps": _STEPS,
            "text": sample_of_code(),
            "text_tokens": _TEXT_TOKENS,
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
        """Run the model like `way` from now on; converted weights of other ways go."""
        decode = speeds[way].decode
        widest = way.model_copy(update={"sequences": max(decode, key=lambda n: decode[n])})
        by_name = {each.name: speed for each, speed in speeds.items()}
        # What loading took was measured the old way.
        new = {"run": widest, "speeds": by_name, "loads": {}}
        update_card(self.settings.cache_dir, path, lambda card: card.model_copy(update=new))
        for other in speeds:
            if other.file_format not in ("", way.file_format):
                run_file(self.settings.cache_dir, path, other).unlink(missing_ok=True)


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


def sample_of_code() -> str:
    """Code that no model was trained on, without its prose: Tenon's own."""
    files = sorted(Path(agents.__file__).parent.glob("*.py"))
    text = "\n\n".join(_without_prose(path.read_text("utf-8")) for path in files)
    return text[: _TEXT_TOKENS * _CHARACTERS]


def _without_prose(text: str) -> str:
    """Python code without comments and docstrings."""
    tree = ast.parse(text)
    for node in ast.walk(tree):
        if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef):
            node.body = [s for s in node.body if not _is_text(s)] or [ast.Pass()]
    return ast.unparse(tree)


def _is_text(node: ast.stmt) -> bool:
    return isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)


def best_way(speeds: Speeds) -> RunOptions:
    """The way that is worth most for what a team does; the first, plain one if that is close.

    A percent of perplexity counts like two percent of speed: a search that is judged by tests
    lives on right answers a second, and wrong ones cost a run of the tests besides.
    """
    plain, first = next(iter(speeds.items()))
    worth = {
        way: speed.mixed / loss**2
        for way, speed in speeds.items()
        if (loss := speed.perplexity / first.perplexity) <= _PERPLEXITY
    }
    best = max(worth, key=lambda way: worth[way])
    return best if worth[best] > _NOTICEABLE * worth[plain] else plain
