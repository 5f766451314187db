"""A model that answers from a file of rules. For tests alone: nothing is generated."""

from __future__ import annotations

import asyncio
import json
import re
from collections.abc import AsyncGenerator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from agents.inference import (
    Completion,
    CompletionRequest,
    GenerationFailedError,
    ModelStatus,
    OnText,
    Tier,
    Usage,
)

_CONTEXT_WINDOW = 8192
_WORDS = re.compile(r"\S+\s*|\s+")
_SHOWN = 400


@dataclass
class Rule:
    """A reply and the prompts that it answers."""

    reply: str
    agent: str | None = None
    tier: str | None = None
    contains: str | None = None
    matches: re.Pattern[str] | None = None
    times_left: int | None = None

    @classmethod
    def from_json(cls, rule: dict[str, Any]) -> Rule:
        """Read one rule. Raises ValueError for unknown fields."""
        unknown = set(rule) - {"agent", "tier", "contains", "matches", "reply", "times"}
        if unknown or "reply" not in rule:
            raise ValueError(f"A rule needs a reply and does not know {sorted(unknown)}.")
        pattern = rule.get("matches")
        return cls(
            reply=rule["reply"],
            agent=rule.get("agent"),
            tier=rule.get("tier"),
            contains=rule.get("contains"),
            matches=re.compile(pattern, re.DOTALL) if pattern is not None else None,
            times_left=rule.get("times"),
        )

    def answers(self, request: CompletionRequest, prompt: str) -> bool:
        """Whether the rule is for this request and not used up."""
        return (
            self.times_left != 0
            and self.agent in (None, request.agent)
            and self.tier in (None, request.tier)
            and (self.contains is None or self.contains in prompt)
            and (self.matches is None or self.matches.search(prompt) is not None)
        )


class ScriptedModel:
    """Replies word by word with the first rule that fits.

    The file: ``{"rules": [{"agent": "developer", "contains": "…", "matches": "regex",
    "tier": "heavy", "reply": "…", "times": 1}], "delay_seconds_per_token": 0, "tiers":
    ["heavy"]}``; of a rule only `reply` is needed, and `times` says how often it may be used.
    `tiers` are those above standard that it plays.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        script = json.loads(path.read_text("utf-8"))
        self._rules = [Rule.from_json(rule) for rule in script["rules"]]
        self._tiers = [tier for tier in Tier if tier in script.get("tiers", ())]
        self._delay = float(script.get("delay_seconds_per_token", 0))

    async def complete(
        self, request: CompletionRequest, on_text: OnText | None = None, *, patience: float = 0
    ) -> AsyncGenerator[Completion, None]:
        """Yield the replies of the rules; raises GenerationFailedError without a rule."""
        for index in range(request.n):
            reply = self._reply(request)
            words = _WORDS.findall(reply)
            for word in words:
                await asyncio.sleep(self._delay)
                if on_text is not None:
                    on_text(index, word)
            usage = Usage(
                prompt_tokens=await self.count_tokens(request), completion_tokens=len(words)
            )
            yield Completion(reply, "stop", "scripted", index, usage)

    async def count_tokens(self, request: CompletionRequest, *, patience: float = 0) -> int:
        """Words of the prompt."""
        return len(_prompt(request).split())

    async def context_window(
        self, agent: str = "", tier: Tier = Tier.STANDARD, *, patience: float = 0
    ) -> int:
        """A window as a small local model has it."""
        return _CONTEXT_WINDOW

    def next_tier(self, agent: str, tier: Tier) -> Tier | None:
        """The next of the tiers that the file names."""
        order = list(Tier)
        stronger = order[order.index(tier) + 1 :]
        return next((each for each in stronger if each in self._tiers), None)

    def continues_answers(self, agent: str, tier: Tier = Tier.STANDARD) -> bool:
        """Always."""
        return True

    def could_run(self) -> bool:
        """Always."""
        return True

    def status(self) -> ModelStatus:
        """Always ready."""
        return ModelStatus(
            id="scripted",
            tier=Tier.STANDARD,
            state="ready",
            kind="scripted",
            detail="Answers from a file of rules, for tests alone.",
            path=str(self._path),
            context_window=_CONTEXT_WINDOW,
        )

    def statuses(self) -> list[ModelStatus]:
        """The one model."""
        return [self.status()]

    async def close(self) -> None:
        """Nothing runs."""

    def _reply(self, request: CompletionRequest) -> str:
        prompt = _prompt(request)
        for rule in self._rules:
            if rule.answers(request, prompt):
                if rule.times_left is not None:
                    rule.times_left -= 1
                return rule.reply
        raise GenerationFailedError(
            f"No rule of {self._path.name} answers {request.agent}'s prompt, "
            f"which begins: {prompt[:_SHOWN]}"
        )


def _prompt(request: CompletionRequest) -> str:
    return "\n".join(message.content for message in request.messages)
