"""Search in the code of the open repository."""

from __future__ import annotations

from pygls.exceptions import JsonRpcInvalidParams

from agents.progress import Report
from memory.long_term.contract import Filters
from server import convert
from server.dispatch import Handler
from server.language_server import TenonServer
from server.protocol import CodeHit, MemorySearchParams, MemorySearchResult

_MOST = 100


async def search(
    server: TenonServer, params: MemorySearchParams, _report: Report
) -> MemorySearchResult:
    """The pieces of code that answer the question best."""
    if not 1 <= params.limit <= _MOST:
        raise JsonRpcInvalidParams(f"The limit must be from 1 to {_MOST}.")
    workspace, memory = await server.app.code_parts()
    filters = Filters(str(workspace.root), params.path, params.language, params.kind)
    hits = await memory.code.search(params.query, params.limit, filters)
    return MemorySearchResult([convert.copy(CodeHit, hit.chunk, score=hit.score) for hit in hits])


HANDLERS: dict[str, Handler] = {"tenon/memory/search": search}
"""Request -> its handler."""
