"""Turn an accepted requirement into a ticket: which code, in which file.

What the repository map can tell is not asked of the model.
"""

from __future__ import annotations

import hashlib
from pathlib import PurePosixPath
from typing import Any

from pydantic import BaseModel

from agents.asking import Context, decide
from agents.base import IAgent
from agents.languages.contract import Language
from agents.lessons import place_of, places_of_similar
from agents.python_names import root_name
from agents.tools.repo_map import RepoMap, is_test_file
from memory.long_term.contract import Filters
from memory.records import Requirement, Ticket

_MAP_CHARACTERS = 6000
_NEAR, _PLACES = 24, 4
"""Pieces of indexed code that put the map in order, and that are named."""


class Place(BaseModel):
    """Where the code belongs."""

    file: str
    symbol: str = ""


class PlanTicket:
    """The Architect's first behaviour."""

    name = "plan_ticket"

    async def run(
        self,
        agent: IAgent,
        requirement: Requirement,
        symbol: str,
        repo_map: RepoMap,
        context: Context,
    ) -> Place:
        """File and symbol for `requirement`; `symbol` is what is known of it, or empty."""
        language = context.language
        known = _known_place(symbol, repo_map, language)
        if known is not None:
            return known
        files = source_files(repo_map, language)
        if symbol and len(files) == 1:
            return Place(file=files[0], symbol=symbol)
        memory, about = agent.tools.memory, (requirement.statement, agent.session.repository)
        hits = await memory.code.search(about[0], _NEAR, Filters(about[1]))
        near = [hit.chunk for hit in hits if hit.chunk.path in files]
        places = [place_of(chunk.symbol, chunk.path) for chunk in near[:_PLACES]]
        place = await decide(
            agent,
            Place,
            "plan_ticket",
            context,
            {
                "repo_map": repo_map.render(_MAP_CHARACTERS, [(c.path, c.symbol) for c in near]),
                "requirement": requirement,
                "symbol": symbol,
                "places": list(dict.fromkeys([*await places_of_similar(memory, *about), *places])),
            },
            label="choosing where the code belongs",
            schema=_schema(
                [*files, new_module(files, requirement.title, language)],
                language.symbol_pattern,
                bool(symbol),
            ),
            max_tokens=120,
        )
        place = place.model_copy(update={"symbol": symbol or place.symbol})
        return _known_place(place.symbol, repo_map, language) or place


def source_files(repo_map: RepoMap, language: Language) -> list[str]:
    """Files of a language that code may go into: no tests, no packaging, no markers first."""
    plain = [path for path in repo_map.modules if language.may_hold_code(path)]
    return plain or [p for p in repo_map.modules if language.owns(p) and not is_test_file(p)]


def new_module(files: list[str], title: str, language: Language) -> str:
    """Path of a module that does not exist yet, beside most of the others."""
    parents = [str(PurePosixPath(p).parent) for p in files]
    parent = max(parents, key=parents.count, default=".")
    name = language.new_file(title)
    return name if parent == "." else f"{parent}/{name}"


def ticket_id(proposal_id: str, requirement_id: str, symbol: str) -> str:
    """The same ticket has the same id however often an interrupted plan is made again."""
    digest = hashlib.sha256(f"{proposal_id} {requirement_id} {symbol}".encode()).hexdigest()
    return f"tkt-{digest[:10]}"


def order_by_need(tickets: list[Ticket]) -> None:
    """Make a ticket that changes a file wait for the earlier one that changes the same file."""
    last: dict[str, str] = {}
    for ticket in tickets:
        if earlier := last.get(ticket.target_file):
            ticket.dependencies.append(earlier)
        last[ticket.target_file] = ticket.id


def _known_place(symbol: str, repo_map: RepoMap, language: Language) -> Place | None:
    """The file that has `symbol`, or the class that `symbol` is a method of, already."""
    if not symbol:
        return None
    for name in (symbol, root_name(symbol)):
        places = [p for p, _ in repo_map.find(name) if language.owns(p) and not is_test_file(p)]
        if places:
            return Place(file=places[0], symbol=symbol)
    return None


def _schema(files: list[str], pattern: str, symbol_known: bool) -> dict[str, Any]:
    properties: dict[str, Any] = {"file": {"type": "string", "enum": list(dict.fromkeys(files))}}
    if not symbol_known:
        properties["symbol"] = {"type": "string", "pattern": pattern}
    return {
        "type": "object",
        "properties": properties,
        "required": list(properties),
        "additionalProperties": False,
    }
