"""What is seen of a larger repository: whether a ticket's prompt has the code that it needs.

    python -m tests.benchmarks.bench_context [PACKAGE …] [--cases N] [--json OUT]

Each function of an installed package that says in words what it does, and uses what other files of
the package define, is taken for a ticket that asks for it: its name, parameters and the first
paragraph of its docstring are the task, its file is as it is without it. Counted is how many of
the names that it gets from other files are among the helpers that the Developer is shown, and
whether its file is among those that the Architect is shown first. No model is asked.
"""

from __future__ import annotations

import argparse
import ast
import asyncio
import json
import random
import sysconfig
import tempfile
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from agents.behaviors.find_helpers import Need, find_helpers
from agents.languages.python import Python
from agents.python_names import root_name
from agents.tools.repo_map import RepoMap, build_repo_map, is_test_file
from agents.tools.repository_files import GitFiles
from memory.chunking.chunk import Chunk
from memory.long_term.contract import Filters
from memory.manager import MemoryManager
from server import settings
from server.components import open_embedder
from tests.benchmarks.bench_index import git

_PACKAGES = ("git", "pygls", "libcst", "jinja2", "httpx", "click", "_pytest")
_SHOWN = 12
_NEAR = 12
_FOUND = 26
_Function = ast.FunctionDef | ast.AsyncFunctionDef


@dataclass(frozen=True)
class Case:
    """A function that is asked for."""

    path: str
    symbol: str
    """``function`` or ``Class.method``."""
    task: str
    needed: frozenset[str]
    """Names of other files that it uses."""
    imports: str
    """What the rest of its file imports."""


def cases_in(path: str, text: str, repo_map: RepoMap) -> Iterator[Case]:
    """The functions of a file that are described and need something of other files."""
    tree = ast.parse(text)
    imported = {
        alias.asname or alias.name: alias.name
        for node in ast.walk(tree)
        if isinstance(node, ast.ImportFrom)
        for alias in node.names
    }
    everywhere = _names(tree)
    for owner, function in _functions(tree):
        words = (ast.get_docstring(function) or "").split("\n\n")[0]
        here = _names(function)
        needed = {
            imported[name]
            for name in here.keys() & imported.keys()
            if any(place != path for place, _ in repo_map.find(imported[name]))
        }
        if len(words.split()) >= 5 and needed and not function.name.startswith("__"):
            kept = [imported[n] for n in imported if everywhere[n] > here[n]]
            signature = f"{function.name}({ast.unparse(function.args)})"
            yield Case(
                path,
                f"{owner}{function.name}",
                f"{signature}: {words}",
                frozenset(name for name in needed if not name.startswith("_")),
                f"from package import {', '.join(kept)}",
            )


def _functions(tree: ast.Module) -> Iterator[tuple[str, _Function]]:
    for node in tree.body:
        for member in node.body if isinstance(node, ast.ClassDef) else [node]:
            if isinstance(member, _Function):
                yield f"{node.name}." if isinstance(node, ast.ClassDef) else "", member


def _names(node: ast.AST) -> Counter[str]:
    return Counter(n.id for n in ast.walk(node) if isinstance(n, ast.Name))


def copy_package(name: str, root: Path) -> dict[str, str]:
    """The package's sources by path, committed in a repository of their own."""
    packages = Path(sysconfig.get_paths()["purelib"])
    texts: dict[str, str] = {}
    for file in sorted((packages / name).rglob("*.py")):
        path = file.relative_to(packages).as_posix()
        if not is_test_file(path):
            texts[path] = file.read_text("utf-8")
            target = root / path
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_text(texts[path], "utf-8")
    git(root, "init", "-q", "-b", "main")
    git(root, "add", "-A")
    git(root, "commit", "-qm", "all")
    return texts


async def measure(name: str, folder: Path, count: int) -> dict[str, Any]:
    """Shares of what is needed that is shown, and of files that are."""
    root = folder / "repository"
    root.mkdir()
    texts = copy_package(name, root)
    repo_map, language = build_repo_map(texts), Python(sorted(texts))
    cases = [case for path, text in texts.items() for case in cases_in(path, text, repo_map)]
    cases = [case for case in cases if case.needed]
    random.Random(0).shuffle(cases)
    cases = cases[:count]
    embedder = open_embedder(settings.load().values)
    memory = await MemoryManager.open(folder / "data", embedder=embedder)
    try:
        await memory.code_indexer(GitFiles(root), str(root)).update()
        shown, placed = Counter[str](), Counter[str]()
        for case in cases:
            hits = await memory.code.search(case.task, _FOUND, Filters(str(root)))
            others = [hit.chunk for hit in hits if not _is_asked_for(hit.chunk, case)]
            _count_shown(case, others[:_NEAR], repo_map, language, shown)
            _count_placed(case, others, placed)
    finally:
        await memory.close()
    needed = sum(len(case.needed) for case in cases)
    return {
        "package": name,
        "files": len(texts),
        "tickets": len(cases),
        "needed": needed,
        "shown": {way: round(shown[way] / needed, 3) for way in shown},
        "placed": {way: round(placed[way] / len(cases), 3) for way in placed},
    }


def _is_asked_for(chunk: Chunk, case: Case) -> bool:
    """Whether a ticket's code, or the class around it, is what was found."""
    return chunk.path == case.path and chunk.symbol in (case.symbol, root_name(case.symbol))


def _count_shown(
    case: Case, near: Sequence[Chunk], repo_map: RepoMap, language: Python, shown: Counter[str]
) -> None:
    texts = [chunk.text for chunk in near]
    needs = {
        "words": Need(case.path, case.task, case.symbol),
        "words, imports": Need(case.path, case.task, case.symbol, "", case.imports),
        "words, index": Need(case.path, case.task, case.symbol, "", "", texts),
        "all": Need(case.path, case.task, case.symbol, "", case.imports, texts),
    }
    functions = [
        s.name
        for path, symbols in repo_map.modules.items()
        for s in symbols
        if path != case.path and s.kind == "function" and not s.name.startswith("_")
    ]
    shown["first functions"] += len(case.needed & set(functions[:_SHOWN]))
    for way, need in needs.items():
        found = {helper.symbol.name for helper in find_helpers(need, repo_map, language)}
        shown[way] += len(case.needed & found)


def _count_placed(case: Case, near: Sequence[Chunk], placed: Counter[str]) -> None:
    files = list(dict.fromkeys(chunk.path for chunk in near))
    for most in (1, 3, 8):
        placed[f"first {most}"] += case.path in files[:most]


def main() -> None:
    """Print the figures of each package."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n", 1)[0])
    parser.add_argument("packages", nargs="*", default=_PACKAGES)
    parser.add_argument("--cases", type=int, default=100, help="of each package at most")
    parser.add_argument("--json", type=Path)
    options = parser.parse_args()
    results: list[dict[str, Any]] = []
    for package in options.packages:
        with tempfile.TemporaryDirectory(prefix="tenon-bench-") as name:
            results.append(asyncio.run(measure(package, Path(name), options.cases)))
        print(json.dumps(results[-1]), flush=True)
    if options.json:
        options.json.write_text(json.dumps(results, indent=1) + "\n", "utf-8")


if __name__ == "__main__":
    main()
