"""What a question for code sees: accepted code, lessons, other files' definitions, its own file.

There are two views. The whole one has all of it. The narrow one has only what the words or tests
name: code in view is used whether it fits or not, by every answer alike, so that some answers
should not have seen it (docs/benchmarks.md, *What is seen of a repository*).
"""

from __future__ import annotations

from agents.base import IAgent
from agents.behaviors.find_helpers import Need, find_helpers, named_helpers, names_told
from agents.languages.contract import Language
from agents.lessons import lessons_for_code
from agents.python_names import root_name
from agents.workbench import Recalled, Workbench
from memory.long_term.contract import Filters

_SNIPPETS = 2
_NEAR = 12
"""Pieces of the repository's code that are looked at for what the ticket may need."""
_WHOLE_FILE_CHARACTERS = 6000


async def recalled(agent: IAgent, bench: Workbench, source: str) -> Recalled:
    """Memory is searched once a ticket: every question of a wave would ask it the same."""
    async with bench.recalling:
        if bench.recalled is None:
            memory, about = agent.tools.memory, (bench.statement, bench.ticket.repository)
            snippets = await memory.snippets.search(about[0], _SNIPPETS, about[1])
            need = await _need(agent, bench, source)
            bench.recalled = Recalled(
                [s.text for s in snippets if bench.language.owns(s.path)],
                await lessons_for_code(memory, *about),
                find_helpers(need, bench.repo_map, bench.language),
                named_helpers(need, bench.repo_map, bench.language),
                names_told(need.task, need.tests),
            )
        return bench.recalled


async def _need(agent: IAgent, bench: Workbench, source: str) -> Need:
    """What of other files the ticket may ask for."""
    ticket, language = bench.ticket, bench.language
    hits = await agent.tools.memory.code.search(bench.task, _NEAR, Filters(ticket.repository))
    return Need(
        ticket.target_file,
        bench.task,
        ticket.target_symbol,
        tests="\n".join(m.source() for m in (bench.tests.modules if bench.tests else [])),
        imports="\n".join(language.import_lines(source)),
        near=[hit.chunk.text for hit in hits if language.owns(hit.chunk.path)],
    )


def whole_view(language: Language, source: str, symbol: str) -> str:
    """The file, or of a long one the imports and the part that the ticket is about."""
    if not symbol or len(source) <= _WHOLE_FILE_CHARACTERS:
        return source.rstrip()
    part = language.extract(source, symbol) or language.extract(source, root_name(symbol)) or ""
    part = part[:_WHOLE_FILE_CHARACTERS].rstrip()
    return "\n".join([*language.import_lines(source), f"{language.comment} …", part])


def narrow_view(language: Language, source: str, symbol: str, told: frozenset[str]) -> str:
    """The imports of a file, `symbol` if it is there, and what else of it is `told`."""
    parts = {
        s.name: language.extract(source, s.name)
        for s in language.symbols(source)
        if s.kind in ("function", "class") and (s.name in told or s.name == symbol)
    }
    shown = [*language.import_lines(source), *(part for part in parts.values() if part)]
    return "\n".join(part.rstrip() for part in shown)[:_WHOLE_FILE_CHARACTERS]


async def has_narrow_view(agent: IAgent, bench: Workbench, source: str) -> bool:
    """Whether the narrow view has less code than the whole one. A method cannot do with it."""
    symbol, language = bench.ticket.target_symbol, bench.language
    if not symbol or "." in symbol:
        return False
    seen = await recalled(agent, bench, source)
    unseen = {h.symbol.name for h in seen.helpers} - {h.symbol.name for h in seen.named}
    own = {s.name for s in language.symbols(source) if s.kind in ("function", "class")}
    return bool(unseen or own - seen.told - {symbol} or seen.snippets)
