"""How much memory a server process takes that only opens a table of code and searches it.

``python -m server.bench.fresh_server FOLDER`` reads questions as a JSON list from standard input.
"""

from __future__ import annotations

import asyncio
import json
import statistics
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from memory.long_term.table import HybridChunkTable

_DEPTH = 10


async def measured(folder: Path, questions: Sequence[str]) -> dict[str, float]:
    """The figures of a process that searches the table in `folder`; RuntimeError if it fails."""
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "server.bench.fresh_server", str(folder)),
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
    )
    answer, _ = await process.communicate(json.dumps(list(questions)).encode())
    if process.returncode:
        raise RuntimeError(f"The process that searches ended with {process.returncode}.")
    figures: dict[str, float] = json.loads(answer)
    return figures


def resident_megabytes() -> float:
    """What this process holds now, its libraries' code included."""
    for line in Path("/proc/self/status").read_text(encoding="ascii").splitlines():
        if line.startswith("VmRSS:"):
            return round(int(line.split()[1]) / 1024, 1)
    return 0.0


async def query_times(
    table: HybridChunkTable, embedder: Any, questions: Sequence[str]
) -> dict[str, float]:
    """Milliseconds of a search without the embedding of the question."""
    times = []
    for question in questions:
        vector = await embedder.embed_query(question)
        start = time.perf_counter()
        await table.search_by(question, vector, _DEPTH)
        times.append((time.perf_counter() - start) * 1000)
        await asyncio.sleep(0)
    return {
        "query_ms_p50": round(statistics.median(times), 2),
        "query_ms_p95": round(sorted(times)[int(len(times) * 0.95)], 2),
    }


async def _search(folder: Path, questions: Sequence[str]) -> dict[str, float]:
    import server.serve  # noqa: F401 - all that a server has loaded
    from server.components import open_embedder
    from server.settings import load

    embedder = open_embedder(load().values)
    table = HybridChunkTable(folder, embedder, limit_bytes=2**40)
    await table.search("first", _DEPTH)
    times = await query_times(table, embedder, questions)
    await table.close()
    return {**times, "server_rss_mb": resident_megabytes()}


if __name__ == "__main__":
    from memory.allocator import limit_arenas

    limit_arenas()
    print(json.dumps(asyncio.run(_search(Path(sys.argv[1]), json.load(sys.stdin)))))
