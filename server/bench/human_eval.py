"""HumanEval (Chen et al., 2021, arXiv 2107.03374): one JSON object a line, gzipped or not."""

from __future__ import annotations

import ast
import gzip
import json
import textwrap
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from server.bench.task import Task

_MODULE = "solution"


def read_human_eval(path: Path) -> list[Task]:
    """Every task of the file; a line that is no task becomes one with a problem.

    Raises OSError, and ValueError if the file is not text.
    """
    return [_task(line, number) for number, line in enumerate(read_lines(path), 1)]


def read_lines(path: Path) -> list[str]:
    """The lines of the file that hold something, each of which should be a task.

    Raises OSError, and ValueError if the file is not text.
    """
    data = path.read_bytes()
    text = (gzip.decompress(data) if path.suffix == ".gz" else data).decode()
    return [line for line in text.splitlines() if line.strip()]


def _task(line: str, number: int) -> Task:
    name = f"line {number}"
    try:
        raw: dict[str, Any] = json.loads(line)
        name = str(raw["task_id"])
        entry = str(raw["entry_point"])
        stub = raw["prompt"].rstrip() + "\n    raise NotImplementedError\n"
        function = _function(stub, entry)
        tests = _tests(raw["test"], entry, stub)
    except (KeyError, TypeError, AttributeError, ValueError, SyntaxError) as error:
        return Task(name, problem=f"it is no task of HumanEval: {type(error).__name__}: {error}")
    return Task(
        name,
        instructions=ast.get_docstring(function) or f"Implement `{entry}`.",
        target_file=f"{_MODULE}.py",
        target_symbol=entry,
        files={f"{_MODULE}.py": stub},
        tests={f"test_{_MODULE}.py": tests},
    )


def _function(source: str, name: str) -> ast.FunctionDef:
    for node in ast.parse(source).body:
        if isinstance(node, ast.FunctionDef) and node.name == name:
            return node
    raise ValueError(f"there is no function {name}")


def _defined(source: str) -> set[str]:
    kinds = (ast.FunctionDef, ast.ClassDef)
    return {node.name for node in ast.parse(source).body if isinstance(node, kinds)}


def _tests(source: str, entry: str, stub: str) -> str:
    """A test module: one test for each assertion where `check` is nothing but those.

    HumanEval runs solution and tests in one namespace, so the tests get what the stub has.
    """
    tree = _Renamed("candidate", entry).visit(ast.parse(source))
    check = next(n for n in tree.body if isinstance(n, ast.FunctionDef) and n.name == "check")
    before = [n for n in tree.body if n is not check and not _is_metadata(n)]
    read = {n.id for n in ast.walk(tree) if isinstance(n, ast.Name)}
    names = read & _defined(stub) | {entry}
    head = [*_imports(stub, read), f"from {_MODULE} import {', '.join(sorted(names))}"]
    parts = ["\n".join(head), *map(ast.unparse, before)]
    for number, body in enumerate(_bodies(check.body), 1):
        lines = ast.unparse(ast.Module(body, []))
        parts.append(f"def test_{entry}_{number}():\n{textwrap.indent(lines, '    ')}")
    return "\n\n\n".join(parts) + "\n"


def _imports(stub: str, read: set[str]) -> list[str]:
    """Imports of the stub that bind one of the names in `read`."""
    imports = [n for n in ast.parse(stub).body if isinstance(n, ast.Import | ast.ImportFrom)]
    return [ast.unparse(n) for n in imports if read & {a.asname or a.name for a in n.names}]


def _bodies(body: Sequence[ast.stmt]) -> list[list[ast.stmt]]:
    """What each test runs. Assertions that share nothing but imports stand alone."""
    imports = [s for s in body if isinstance(s, ast.Import | ast.ImportFrom)]
    asserts = [s for s in body if isinstance(s, ast.Assert)]
    others = [s for s in body if s not in imports and s not in asserts and not _is_idle(s)]
    if others or not asserts:
        return [list(body)]
    telling = [s for s in asserts if not isinstance(s.test, ast.Constant)]
    texts = {ast.unparse(s.test): s for s in telling or asserts}
    return [[*imports, statement] for statement in texts.values()]


def _is_idle(statement: ast.stmt) -> bool:
    lone = isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Constant)
    return lone or isinstance(statement, ast.Pass)


def _is_metadata(node: ast.stmt) -> bool:
    return isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) == "METADATA"


class _Renamed(ast.NodeTransformer):
    """Reads one name where another stood."""

    def __init__(self, old: str, new: str) -> None:
        self._old, self._new = old, new

    def visit_Name(self, node: ast.Name) -> ast.Name:
        return ast.Name(self._new, node.ctx) if node.id == self._old else node
