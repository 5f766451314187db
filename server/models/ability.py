"""Can a model do what the team asks of it? A few questions with answers that are checked."""

from __future__ import annotations

import asyncio
import sys
import tempfile
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from agents.inference import ChatTurn, CompletionRequest, LanguageModel
from agents.tools.sandbox import Sandbox
from server.models import probe_tasks
from server.models.model_card import Ability

_RECALL_LINES = (60, 180)
_ANSWERS = 8
"""To each coding task: one answer each would say little about a model that is often wrong."""
_TEMPERATURE = 0.7
_SYSTEM = ChatTurn("system", "You write Python.")

Report = Callable[[str], None]


async def measure_ability(model: LanguageModel, report: Report) -> Ability:
    """Coding tasks with several answers each, decisions under a schema, and recall."""
    tasks, decisions = probe_tasks.CODING_TASKS, probe_tasks.DECISIONS
    answers = [await _texts(model, _coding(task.prompt)) for task in tasks]
    right = [await _judge(found, task.checks) for found, task in zip(answers, tasks, strict=True)]
    for task, count in zip(tasks, right, strict=True):
        report(f"{task.name}: {count} of {_ANSWERS} answers right")
    intents = await asyncio.gather(*(_decision(model, message) for message in decisions))
    ability = Ability(
        coding_tasks=len(tasks),
        solved=sum(map(bool, right)),
        answers=_ANSWERS * len(tasks),
        right=sum(right),
        fenced=sum(probe_tasks.fenced_code(a) is not None for found in answers for a in found),
        decisions=len(decisions),
        decided_right=sum(map(probe_tasks.decides_right, intents, decisions.values())),
        recalled=dict([await _recalls(model, lines) for lines in _RECALL_LINES]),
    )
    report(
        f"Solved {ability.solved} of {ability.coding_tasks} tasks with {ability.right} of "
        f"{ability.answers} answers, kept to the fenced block in {ability.fenced}, decided "
        f"{ability.decided_right} of {ability.decisions} right."
    )
    return ability


async def _judge(answers: list[str], checks: str) -> int:
    """How many of the answers pass the checks."""
    sandbox = await Sandbox.probe()
    return sum([await _passes(sandbox, probe_tasks.any_code(a), checks) for a in answers])


async def _passes(sandbox: Sandbox, code: str, checks: str) -> bool:
    with tempfile.TemporaryDirectory(prefix="tenon-probe-") as scratch:
        folder = Path(scratch)
        (folder / "task.py").write_text(f"{code}\n\n{checks}\n", "utf-8")
        result = await sandbox.run(
            [sys.executable, "-I", "task.py"],
            cwd=folder,
            writable=[folder],
            readable=[Path(sys.prefix), Path(sys.base_prefix)],
            timeout=10,
        )
    return result.exit_code == 0


async def _decision(model: LanguageModel, message: str) -> str:
    request = _request(probe_tasks.decision_prompt(message), 80)
    return await _text(model, replace(request, json_schema=probe_tasks.DECISION_SCHEMA))


async def _recalls(model: LanguageModel, lines: int) -> tuple[int, bool]:
    """(tokens of the prompt, whether the model knew what it began with)."""
    request = _request(probe_tasks.recall_prompt(lines), 16)
    tokens = await model.count_tokens(request)
    if tokens + request.max_tokens > await model.context_window(request.agent):
        return tokens, False
    return tokens, probe_tasks.RECALL_ANSWER in await _text(model, request)


def _request(prompt: str, max_tokens: int) -> CompletionRequest:
    return CompletionRequest("developer", (_SYSTEM, ChatTurn("user", prompt)), max_tokens)


def _coding(prompt: str) -> CompletionRequest:
    return replace(_request(prompt, 400), n=_ANSWERS, temperatures=(_TEMPERATURE,))


async def _text(model: LanguageModel, request: CompletionRequest) -> str:
    return "".join(await _texts(model, request))


async def _texts(model: LanguageModel, request: CompletionRequest) -> list[str]:
    return [completion.text async for completion in model.complete(request)]
