"""Let the model suggest an example for each criterion that a person left without one.

A suggestion is marked as such all the way: a person may correct it, and the pair withdraws it
when the candidates agree with each other and not with it.
"""

from __future__ import annotations

from typing import Any

from pydantic import BaseModel

from agents.asking import Context, decide, numbered
from agents.base import IAgent
from agents.behaviors.find_helpers import Need, helper_lines, named_helpers
from agents.inference import GenerationFailedError
from agents.languages.contract import Language
from agents.tools.repo_map import RepoMap
from memory.records import Criterion, Requirement

_LONGEST = 120


class Suggestion(BaseModel):
    """An example call and its value, as source text."""

    call: str
    returns: str


class Suggestions(BaseModel):
    """One suggestion for each criterion."""

    examples: list[Suggestion]


class SuggestExamples:
    """SpecBuilder's second behaviour."""

    name = "suggest_examples"

    async def run(
        self,
        agent: IAgent,
        requirement: Requirement,
        symbol: str,
        request: str,
        repo_map: RepoMap,
        context: Context,
    ) -> Requirement:
        """`requirement` with examples where valid ones were suggested."""
        bare = [c for c in requirement.criteria if not c.call]
        if not bare or not symbol:
            return requirement
        try:
            suggestions = await decide(
                agent,
                Suggestions,
                "suggest_examples",
                context,
                {
                    "symbol": symbol,
                    "request": request,
                    "statement": requirement.statement,
                    "helpers": _taken(request, symbol, repo_map, context.language),
                    "criteria": numbered([c.text for c in bare]),
                },
                label="suggesting examples",
                schema=_schema(len(bare)),
                max_tokens=80 * len(bare),
            )
        except GenerationFailedError as error:  # a proposal is worth having without them
            await agent.log("error", f"no examples suggested: {error}")
            return requirement
        filled = {
            c.id: c.model_copy(update={"call": s.call, "expected": s.returns})
            for c, s in zip(bare, suggestions.examples, strict=False)
            if context.language.is_runnable(s.call, s.returns, symbol)
        }
        criteria = [filled.get(c.id, c) for c in requirement.criteria]
        return requirement.model_copy(update={"criteria": _distinct(criteria)})


def _taken(request: str, symbol: str, repo_map: RepoMap, language: Language) -> list[str]:
    """What of the repository the wish names, beside its own subject."""
    helpers = named_helpers(Need("", request, symbol), repo_map, language)
    return helper_lines(helpers)


def _distinct(criteria: list[Criterion]) -> list[Criterion]:
    """Later criteria lose an example that an earlier one has already."""
    seen: set[str] = set()
    kept = []
    for criterion in criteria:
        if criterion.call in seen:
            criterion = criterion.model_copy(update={"call": None, "expected": None})  # noqa: PLW2901
        if criterion.call:
            seen.add(criterion.call)
        kept.append(criterion)
    return kept


def _schema(count: int) -> dict[str, Any]:
    text = {"type": "string", "minLength": 1, "maxLength": _LONGEST}
    example = {
        "type": "object",
        "properties": {"call": text, "returns": text},
        "required": ["call", "returns"],
        "additionalProperties": False,
    }
    return {
        "type": "object",
        "properties": {
            "examples": {
                "type": "array",
                "items": example,
                "minItems": count,
                "maxItems": count,
            }
        },
        "required": ["examples"],
        "additionalProperties": False,
    }
