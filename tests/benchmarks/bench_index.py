"""How long the code index takes: at first, of unchanged files, and over a branch switch and back.

Usage: python -m tests.benchmarks.bench_index [--files N] [--words-only] [--json FILE]
The repository is made of source files of the packages that are installed here, in several
languages, with their own folders and sizes. With `--words-only` nothing is embedded.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import random
import shutil
import subprocess
import sysconfig
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from agents.tools.repository_files import GitFiles
from memory.code_index.indexer import CodeIndexer
from memory.embeddings import Embedder, Vectors
from memory.long_term.table import HybridChunkTable
from server import settings
from server.components import open_embedder

_SUFFIXES = {".py": 0.7, ".js": 0.1, ".ts": 0.1, ".md": 0.05, ".rst": 0.05}
"""Share of each kind of file, as far as they are there."""
_CHANGED = 100
_SETTLE_SECONDS = 2.1  # files are trusted by their time only when that is older than two seconds


class Counting:
    """An embedder that counts the texts it is given."""

    def __init__(self, inner: Embedder) -> None:
        self._inner = inner
        self.name = inner.name
        self.dimensions = inner.dimensions
        self.count = 0

    async def embed(self, texts: Sequence[str]) -> Vectors:
        """Count and embed."""
        self.count += len(texts)
        return await self._inner.embed(texts)

    async def embed_query(self, text: str) -> Vectors:
        """Embed."""
        return await self._inner.embed_query(text)


def make_repository(root: Path, count: int) -> int:
    """Copy `count` varied files and commit them; how many bytes they have."""
    packages = Path(sysconfig.get_paths()["purelib"])
    modules = Path(__file__).resolve().parents[2] / "extension" / "node_modules"
    found: dict[str, list[Path]] = {suffix: [] for suffix in _SUFFIXES}
    for folder in (packages, modules.resolve()):
        for file in sorted(folder.rglob("*")) if folder.is_dir() else []:
            if file.suffix in found and file.is_file() and 200 < file.stat().st_size < 200_000:
                found[file.suffix].append(file)
    chosen: list[Path] = []
    for suffix, share in sorted(_SUFFIXES.items(), reverse=True):
        random.Random(1).shuffle(found[suffix])
        chosen += found[suffix][: int(count * share)]
    chosen += found[".py"][int(count * _SUFFIXES[".py"]) :]
    size = 0
    for number, file in enumerate(chosen[:count]):
        target = root / f"package{number % 97}" / f"part{number % 7}" / f"{number}_{file.name}"
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(file, target)
        size += file.stat().st_size
    git(root, "init", "-q", "-b", "main")
    git(root, "add", "-A")
    git(root, "commit", "-qm", "all")
    return size


def git(root: Path, *arguments: str) -> None:
    """Run Git."""
    identity = ("-c", "user.name=T", "-c", "user.email=t@example.org")
    subprocess.run(["git", *identity, *arguments], cwd=root, check=True)


async def measure(root: Path, folder: Path, embedder: Counting | None) -> dict[str, Any]:
    """Index three times and over a branch; seconds of each, and what was embedded."""
    table = HybridChunkTable(folder, embedder)
    indexer = CodeIndexer(folder / "index", str(root), GitFiles(root), table)
    first = await indexer.update()
    embedded = embedder.count if embedder else 0
    time.sleep(_SETTLE_SECONDS)
    settling = await indexer.update()
    second = await indexer.update()
    git(root, "switch", "-qc", "other")
    files = sorted(root.glob("package*/*/*.py"))[:_CHANGED]
    for number, file in enumerate(files):
        file.write_text(
            f"{file.read_text('utf-8', 'replace')}\n\ndef added_{number}():\n    pass\n"
        )
    git(root, "commit", "-qam", "change")
    there = await indexer.update()
    on_branch = embedder.count if embedder else 0
    git(root, "switch", "-q", "main")
    back = await indexer.update()
    await table.close()
    return {
        "files": first.files,
        "chunks": first.chunks,
        "left_out": first.left_out,
        "first_seconds": round(first.seconds, 2),
        "embedded_first": embedded,
        "after_two_seconds": round(settling.seconds, 2),
        "second_seconds": round(second.seconds, 2),
        "branch_seconds": round(there.seconds, 2),
        "branch_files": there.written,
        "embedded_on_branch": on_branch - embedded,
        "back_seconds": round(back.seconds, 2),
        "embedded_back": (embedder.count if embedder else 0) - on_branch,
    }


def main() -> None:
    """Print the figures as JSON."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--files", type=int, default=2000)
    parser.add_argument("--words-only", action="store_true")
    parser.add_argument("--json", type=Path)
    options = parser.parse_args()
    inner = None if options.words_only else open_embedder(settings.load().values)
    with tempfile.TemporaryDirectory(prefix="tenon-bench-") as name:
        root = Path(name) / "repository"
        root.mkdir()
        size = make_repository(root, options.files)
        counting = Counting(inner) if inner is not None else None
        figures = asyncio.run(measure(root, Path(name) / "data", counting))
    text = json.dumps({"megabytes": round(size / 1e6, 1), **figures}, indent=2)
    print(text)
    if options.json:
        options.json.write_text(text + "\n", "utf-8")


if __name__ == "__main__":
    main()
