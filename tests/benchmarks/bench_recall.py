"""What each part of the ranking of turns is worth: recall with other weights.

    python -m tests.benchmarks.bench_recall [FILE] [--conversations N]

FILE is what `tenon bench recall` reads; without one the project's own conversations are made.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import tempfile
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from memory.conversations.index_file import Scope
from memory.conversations.scores import Weights
from memory.conversations.search import TurnSearch
from memory.manager import MemoryManager
from server import settings
from server.bench.dialogues import Dialogue, read_dialogues
from server.bench.recall import CUTOFFS, Asked, prepare
from server.components import open_embedder
from tests.benchmarks.dialogues import generate

PRODUCT = Weights()
TEXT_ALONE = replace(PRODUCT, speaker=0, short=0, around=0)
VARIANTS = {
    "BM25 alone": replace(TEXT_ALONE, meaning=0),
    "vectors alone": replace(TEXT_ALONE, meaning=1),
    "both": TEXT_ALONE,
    "both, less what is short": replace(TEXT_ALONE, short=PRODUCT.short),
    "and the speaker": replace(PRODUCT, around=0),
    "and what stands around (the product)": PRODUCT,
    "the product with meaning 0.5": replace(PRODUCT, meaning=0.5),
    "the product with meaning 0.8": replace(PRODUCT, meaning=0.8),
    "the product with around 0.1": replace(PRODUCT, around=0.1),
    "the product with around 0.5": replace(PRODUCT, around=0.5),
}


async def run(dialogues: Sequence[Dialogue]) -> dict[str, list[Asked]]:
    """Every question with every variant."""
    embedder = open_embedder(settings.load().values)
    asked: dict[str, list[Asked]] = {name: [] for name in VARIANTS}
    for dialogue in dialogues:
        with tempfile.TemporaryDirectory(prefix="tenon-recall-") as folder:
            memory = await MemoryManager.open(Path(folder), embedder=embedder)
            await prepare(memory, dialogue)
            for name, weights in VARIANTS.items():
                asked[name] += await _ask(memory, dialogue, weights)
            await memory.close()
    return asked


async def _ask(memory: MemoryManager, dialogue: Dialogue, weights: Weights) -> list[Asked]:
    search = TurnSearch(memory.turns, memory.conversations, memory.sessions, weights)
    asked = []
    for question in dialogue.questions:
        ranking = await search.rank(question.text, Scope())
        ids = tuple(ranking.rows.ids[place] for place in ranking.best(max(CUTOFFS)))
        asked.append(Asked(dialogue.id, question, ids, 0.0))
    return asked


def main() -> None:
    """Print a table in Markdown."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n", 1)[0])
    parser.add_argument("file", nargs="?", type=Path)
    parser.add_argument("--conversations", type=int, default=2)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        file = options.file or Path(folder) / "conversations.json"
        if options.file is None:
            file.write_text(json.dumps(generate(0, options.conversations)), "utf-8")
        dialogues = read_dialogues(file)[: options.conversations]
    print("| ranking | " + " | ".join(f"R@{k}" for k in CUTOFFS) + " |\n|---|---|---|---|")
    for name, asked in asyncio.run(run(dialogues)).items():
        means = (sum(a.recall(k) for a in asked) / len(asked) for k in CUTOFFS)
        print(f"| {name} | " + " | ".join(f"{mean:.3f}" for mean in means) + " |", flush=True)


if __name__ == "__main__":
    main()
