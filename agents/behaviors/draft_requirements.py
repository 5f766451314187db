"""Turn a wish into requirement changes: the model words them, the host places them."""

from __future__ import annotations

import re
from typing import Any

from pydantic import BaseModel

from agents.asking import Context, decide
from agents.base import IAgent
from agents.behaviors.extract_examples import Example
from agents.behaviors.find_subjects import Subject
from memory.records import Criterion, Requirement, RequirementChange, new_id

_REMOVAL = re.compile(r"\b(remove|drop|delete|withdraw)\b", re.IGNORECASE)
_MENTIONED = re.compile(r"\bREQ-[0-9A-Za-z]+\b")
_FEWEST, _MOST = 1, 4


class Draft(BaseModel):
    """What the model writes."""

    statement: str
    title: str
    criteria: list[str] = []


class DraftRequirements:
    """SpecBuilder's first behaviour."""

    name = "draft_requirements"

    async def run(
        self,
        agent: IAgent,
        request: str,
        subject: Subject,
        existing: list[Requirement],
        project: str,
        context: Context,
    ) -> RequirementChange:
        """One change: a new requirement, or more for the one that is about the same symbol."""
        values = {
            "project": project,
            "existing": existing,
            "request": request,
            "symbol": subject.symbol,
            "wants_criteria": not subject.examples,
        }
        draft = await decide(
            agent,
            Draft,
            "draft_requirements",
            context,
            values,
            label="drafting a requirement",
            schema=_schema(not subject.examples),
        )
        criteria = _criteria(draft, subject.examples)
        previous = _about_the_same(request, subject.symbol, existing)
        return _change(previous, draft, criteria, request.strip())


def _change(
    previous: Requirement | None, draft: Draft, criteria: list[Criterion], request: str
) -> RequirementChange:
    if previous is not None:
        after = _extended(previous, draft, criteria, request)
        return RequirementChange(
            requirement_id=previous.id, kind="modify", before=previous, after=after
        )
    after = Requirement(
        id=new_id("REQ", 6),
        title=draft.title,
        statement=draft.statement,
        source=request,
        criteria=_with_ids(criteria, 1),
    )
    return RequirementChange(requirement_id=after.id, kind="add", after=after)


def removals(request: str, existing: list[Requirement]) -> list[RequirementChange]:
    """Requirements that the wish names by id and asks to remove."""
    if not _REMOVAL.search(request):
        return []
    mentioned = set(_MENTIONED.findall(request))
    return [
        RequirementChange(requirement_id=r.id, kind="remove", before=r)
        for r in existing
        if r.id in mentioned
    ]


def _schema(wants_criteria: bool) -> dict[str, Any]:
    properties: dict[str, Any] = {
        "statement": {"type": "string", "minLength": 20, "maxLength": 500},
        "title": {"type": "string", "minLength": 4, "maxLength": 48},
    }
    if wants_criteria:
        properties["criteria"] = {
            "type": "array",
            "items": {"type": "string", "minLength": 8, "maxLength": 140},
            "minItems": _FEWEST,
            "maxItems": _MOST,
        }
    return {
        "type": "object",
        "properties": properties,
        "required": list(properties),
        "additionalProperties": False,
    }


def _criteria(draft: Draft, examples: list[Example]) -> list[Criterion]:
    """A person's examples as they stand; without any, the model's words."""
    if not examples:
        return [Criterion(id="", text=text) for text in dict.fromkeys(draft.criteria)]
    return [
        Criterion(
            id="",
            text="Example:",
            call=e.call,
            expected=e.expected,
            raises=e.raises,
            origin="person",
        )
        for e in examples
    ]


def _extended(
    previous: Requirement, draft: Draft, criteria: list[Criterion], request: str
) -> Requirement:
    """`previous` with what is new; the same wish again adds nothing twice."""
    known = {c.call or c.text for c in previous.criteria}
    fresh = [c for c in criteria if (c.call or c.text) not in known]
    if request in previous.source:
        return previous.model_copy(
            update={"criteria": [*previous.criteria, *_numbered(fresh, previous)]}
        )
    return previous.model_copy(
        update={
            "statement": f"{previous.statement} {draft.statement}".strip(),
            "source": f"{previous.source}\n{request}".strip(),
            "criteria": [*previous.criteria, *_numbered(fresh, previous)],
        }
    )


def _numbered(criteria: list[Criterion], previous: Requirement) -> list[Criterion]:
    return _with_ids(criteria, _next_number(previous.criteria))


def _with_ids(criteria: list[Criterion], first: int) -> list[Criterion]:
    return [c.model_copy(update={"id": f"AC-{n}"}) for n, c in enumerate(criteria, first)]


def _next_number(criteria: list[Criterion]) -> int:
    numbers = [int(m[1]) for c in criteria if (m := re.fullmatch(r"AC-(\d+)", c.id))]
    return max(numbers, default=0) + 1


def _about_the_same(request: str, symbol: str, existing: list[Requirement]) -> Requirement | None:
    """The requirement that the wish names, or the only one about `symbol`."""
    mentioned = set(_MENTIONED.findall(request))
    if named := [r for r in existing if r.id in mentioned]:
        return named[0]
    if not symbol:
        return None
    pattern = re.compile(rf"`{re.escape(symbol)}[`(]")
    about = [r for r in existing if pattern.search(r.statement)]
    return about[0] if len(about) == 1 else None
