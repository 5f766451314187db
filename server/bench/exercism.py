"""Exercises in the layout of exercism.org's tracks of Python and JavaScript.

A folder with ``.docs/instructions.md``, a stub ``name.py`` and tests ``name_test.py``, or a stub
``name.js`` and tests ``name.spec.js`` (`exercism_javascript`). What is in ``.meta``, the example
solution above all, is never read.
"""

from __future__ import annotations

import ast
from collections.abc import Iterable
from pathlib import Path

from agents.tools.runners.node_modules import FOLDER
from server.bench import exercism_javascript as script
from server.bench.task import Task

_INSTRUCTIONS = ("instructions.md", "instructions.append.md")
_NOT_READ = ("__pycache__", FOLDER)
_LARGEST_BYTES = 400_000


def is_exercise(folder: Path) -> bool:
    """Whether `folder` itself is an exercise."""
    return (folder / ".docs" / _INSTRUCTIONS[0]).is_file()


def read_exercises(folder: Path) -> list[Task]:
    """The exercise, or every exercise in the folder, by name. Raises OSError."""
    if is_exercise(folder):
        return [read_exercise(folder)]
    folders = (f for f in sorted(folder.iterdir()) if f.is_dir() and not f.name.startswith("."))
    return [read_exercise(each) for each in folders if each.name not in _NOT_READ]


def read_exercise(folder: Path) -> Task:
    """One exercise; one with a problem if the layout is another."""
    name = folder.resolve().name
    try:
        instructions = "\n\n".join(_instructions(folder))
        texts = dict(_texts(folder))
        if any(script.is_suite(path) for path in texts):
            return _script_exercise(folder, name, instructions, texts)
        tests = {path: text for path, text in texts.items() if _is_test(path)}
        files = {path: text for path, text in texts.items() if path not in tests}
        target = _target(name, files)
        if not tests:
            raise ValueError("it has no tests, such as name_test.py")
        symbol = _symbol(files[target], target.removesuffix(".py"), tests.values())
    except (OSError, ValueError, SyntaxError) as error:
        return Task(name, problem=f"its layout is not exercism's: {error}")
    return Task(name, instructions, target, symbol, files, tests)


def _script_exercise(folder: Path, name: str, words: str, texts: dict[str, str]) -> Task:
    """One of the JavaScript track; raises ValueError if the layout is another."""
    tests = {p: script.with_every_test(t) for p, t in texts.items() if script.is_suite(p)}
    files = {p: t for p, t in texts.items() if p not in tests and script.is_kept(p)}
    target = script.target_of(name, files)
    symbol = script.symbol_of(files[target], target, tests.values())
    files["package.json"] = script.MANIFEST
    return Task(name, words, target, symbol, files, tests, script.packages(folder))


def _instructions(folder: Path) -> Iterable[str]:
    docs = folder / ".docs"
    if not is_exercise(folder):
        raise ValueError(f"there is no .docs/{_INSTRUCTIONS[0]}")
    for name in _INSTRUCTIONS:
        if (docs / name).is_file():
            yield (docs / name).read_text("utf-8").strip()


def _texts(folder: Path) -> Iterable[tuple[str, str]]:
    """Files that belong to the exercise: neither hidden nor for a reader of the web site."""
    for file in sorted(folder.rglob("*")):
        path = file.relative_to(folder)
        hidden = any(part.startswith(".") or part in _NOT_READ for part in path.parts)
        if hidden or not file.is_file() or file.suffix == ".md":
            continue
        if file.stat().st_size <= _LARGEST_BYTES:
            yield path.as_posix(), file.read_text("utf-8")


def _is_test(path: str) -> bool:
    name = path.rsplit("/", 1)[-1]
    return name.endswith("_test.py") or (name.startswith("test_") and name.endswith(".py"))


def _target(name: str, files: dict[str, str]) -> str:
    stub = f"{name.replace('-', '_')}.py"
    sources = [path for path in files if path.endswith(".py")]
    if stub in files:
        return stub
    if len(sources) != 1:
        raise ValueError(f"there is no stub {stub}")
    return sources[0]


def _symbol(stub: str, module: str, tests: Iterable[str]) -> str:
    """The only function of the stub, if the tests use nothing else of it; else the whole file."""
    body = ast.parse(stub).body
    definitions = [n for n in body if isinstance(n, ast.FunctionDef | ast.ClassDef)]
    if len(definitions) != 1 or not isinstance(definitions[0], ast.FunctionDef):
        return ""
    name = definitions[0].name
    used = {used for text in tests for used in _used_of(text, module)}
    return name if used <= {name} else ""


def _used_of(text: str, module: str) -> set[str]:
    """Names of `module` that a test file imports or reads."""
    found: set[str] = set()
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.ImportFrom) and node.module == module:
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name):
            found |= {node.attr} if node.value.id == module else set()
    return found
