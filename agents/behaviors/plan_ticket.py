"""Turn an accepted requirement into a ticket: which code, in which file.

What the repository map can tell is not asked of the model.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Sequence
from pathlib import PurePosixPath
from typing import Any

from pydantic import BaseModel

from agents.asking import Context, decide
from agents.base import IAgent
from agents.languages.contract import Language
from agents.lessons import place_of, places_of_similar
from agents.python_names import root_name
from agents.tools.repo_map import RepoMap, is_test_file
from memory.chunking.chunk import Chunk
from memory.long_term.contract import Filters
from memory.records import Requirement, Ticket

_MAP_CHARACTERS = 6000
_SMALL_MAP_CHARACTERS = 1200
_NEAR, _PLACES = 24, 4
"""Pieces of indexed code that tell which files are near, and that are named."""
_NEAR_FILES = 4
"""Among which a small model chooses where the map is long."""
_FILE_NAME = re.compile(r"(?<![\w./\\-])\w[\w./-]*\.\w+")
_AFTER_FILE = re.compile(r"\bfile `?(\w[\w-]*\.\w+)")


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
        files = source_files(repo_map, language)
        new = new_module(files, requirement.title, language)
        told = told_file(requirement.source, files, new, language)
        known = known_place(symbol, repo_map, language, told)
        if known is not None:
            return known
        if symbol and (told or len(files) == 1):
            return Place(file=told or files[0], symbol=symbol)
        memory, about = agent.tools.memory, (requirement.statement, agent.session.repository)
        hits = await memory.code.search(about[0], _NEAR, Filters(about[1]))
        near = [hit.chunk for hit in hits if hit.chunk.path in files]
        shown, choice = _choice(repo_map, near, [*files, new])
        places = [place_of(chunk.symbol, chunk.path) for chunk in near[:_PLACES]]
        place = await decide(
            agent,
            Place,
            "plan_ticket",
            context,
            {
                "repo_map": shown,
                "requirement": requirement,
                "symbol": symbol,
                "places": list(dict.fromkeys([*await places_of_similar(memory, *about), *places])),
            },
            label="choosing where the code belongs",
            schema=_schema([told] if told else choice, language.symbol_pattern, bool(symbol)),
            max_tokens=120,
        )
        place = place.model_copy(update={"symbol": symbol or place.symbol})
        return known_place(place.symbol, repo_map, language, told) or place


def _choice(repo_map: RepoMap, near: Sequence[Chunk], files: list[str]) -> tuple[str, list[str]]:
    """The map that is shown, and from which files to choose; the last of `files` is a new one.

    Where the map is long and code is near, both have the nearest files alone: a long one
    takes a small model a minute to read, and it chooses no better (docs/benchmarks.md).
    """
    whole = repo_map.render(_MAP_CHARACTERS)
    if not near or len(whole) <= _SMALL_MAP_CHARACTERS:
        return whole, files
    chosen = list(dict.fromkeys(chunk.path for chunk in near))[:_NEAR_FILES]
    symbols = [(chunk.path, chunk.symbol) for chunk in near if chunk.path in chosen]
    return repo_map.render(_SMALL_MAP_CHARACTERS, symbols), [*chosen, files[-1]]


def source_files(repo_map: RepoMap, language: Language) -> list[str]:
    """Files of a language that code may go into: no tests, no packaging, no markers first."""
    plain = [path for path in repo_map.modules if language.may_hold_code(path)]
    return plain or [p for p in repo_map.modules if language.owns(p) and not is_test_file(p)]


def told_file(words: str, files: list[str], new: str, language: Language) -> str:
    """The only file that a person names, by path or by name; empty if there is none.

    One that does not exist yet is named by a path, or as ``file NAME``: beside `new` then. So
    what looks like a file's name alone (``Node.js``) is none.
    """
    names = {name for name in _FILE_NAME.findall(words) if language.may_hold_code(name)}
    there = [path for path in files if path in names or PurePosixPath(path).name in names]
    if there:
        return there[0] if len(there) == 1 else ""
    paths = {name for name in names if "/" in name and ".." not in name}
    after_file = {name for name in _AFTER_FILE.findall(words) if name in names}
    beside = PurePosixPath(new).parent
    told = paths | {str(beside / name) for name in after_file - paths}
    return told.pop() if len(told) == 1 else ""


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


def known_place(symbol: str, repo_map: RepoMap, language: Language, told: str = "") -> Place | None:
    """The file that has `symbol`, or the class that `symbol` is a method of, already.

    Of several that one which the person has `told`.
    """
    if not symbol:
        return None
    for name in (symbol, root_name(symbol)):
        places = [p for p, _ in repo_map.find(name) if language.owns(p) and not is_test_file(p)]
        if places:
            return Place(file=told if told in places else places[0], symbol=symbol)
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
