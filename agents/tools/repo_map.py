"""A map of the code of a repository: which file defines what."""

from __future__ import annotations

import ast
import re
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import PurePosixPath
from typing import Literal

Kind = Literal["function", "class", "method", "constant", "field"]

SOURCE_FOLDERS = ("src", "lib", "python")
"""Folders whose content is imported by its name in the folder, if they are no packages."""

_VALUE_LENGTH = 40
_SCRIPT = re.compile(r"\.[cm]?[jt]sx?")
_SCRIPT_TESTS = {"test", "tests", "__tests__", "spec"}
_MORE = "\n(more is not shown)"


@dataclass(frozen=True)
class Symbol:
    """One definition."""

    name: str
    """``function``, ``Class``, ``Class.method``, ``Class.field`` or ``CONSTANT``."""
    kind: Kind
    signature: str
    """``name(parameters) -> annotation``; a class's name and bases; how a constant or a field is
    written."""
    doc_line: str
    """First line of the docstring, or empty."""
    line: int
    """Line of the definition, from 1."""
    importable: bool = True
    """Whether another file can import it, or what it belongs to."""


@dataclass
class RepoMap:
    """Symbols by path; a file that does not parse has none."""

    modules: dict[str, list[Symbol]] = field(default_factory=dict)

    def names(self, kind: Kind | None = None) -> set[str]:
        """Names of all symbols but fields, or of one kind."""
        symbols = (s for symbols in self.modules.values() for s in symbols)
        return {s.name for s in symbols if s.kind == kind or (kind is None and s.kind != "field")}

    def find(self, name: str) -> list[tuple[str, Symbol]]:
        """Where `name` is defined: (path, symbol)."""
        return [(p, s) for p, symbols in self.modules.items() for s in symbols if s.name == name]

    def render(self, characters: int, near: Sequence[tuple[str, str]] = ()) -> str:
        """The map as text of at most `characters`, without tests; long maps lose details first.

        If that is too long still, the files of `near` (path and symbol) come first, each with a
        part of the room and with those symbols first, and it is cut. Fields are left out.
        """
        paths = [path for path in sorted(self.modules) if not is_test_file(path)]
        for detail in (True, False):
            text = "\n".join(self._lines(paths, detail))
            if len(text) <= characters:
                return text
        head = [path for path in dict.fromkeys(path for path, _ in near) if path in paths]
        rest = [path for path in paths if path not in head]
        room = characters // max(len(head), 1)
        parts = [_cut("\n".join(self._lines([path], True, near)), room) for path in head]
        text = "\n".join([*filter(None, parts), *self._lines(rest, False)])
        return _cut(text, max(characters - len(_MORE), 0)) + _MORE

    def _lines(
        self, paths: Iterable[str], detail: bool, first: Collection[tuple[str, str]] = ()
    ) -> Iterator[str]:
        for path in paths:
            yield path
            for symbol in sorted(self.modules[path], key=lambda s: (path, s.name) not in first):
                if symbol.kind != "field":
                    words = f"  # {symbol.doc_line}" if detail and symbol.doc_line else ""
                    yield f"  {symbol.signature}{words}"


def _cut(text: str, characters: int) -> str:
    """Whole lines of `text`."""
    return text if len(text) <= characters else text[:characters].rpartition("\n")[0]


def is_test_file(path: str) -> bool:
    """Whether a test runner, or a person, would take `path` for tests."""
    file = PurePosixPath(path)
    if _SCRIPT.fullmatch(file.suffix):
        named = re.search(r"(?:[.-](?:test|spec)|_test|^test)$", file.stem) is not None
        return named or any(part in _SCRIPT_TESTS for part in file.parts[:-1])
    in_folder = any(part in {"tests", "test", "testing"} for part in file.parts[:-1])
    named = file.name.startswith("test_") or file.stem.endswith("_test")
    return file.suffix == ".py" and (named or in_folder or file.name == "conftest.py")


def module_name(path: str, files: Collection[str]) -> str:
    """Dotted import name of `path`, relative to ``src`` or to the first folder without __init__."""
    file = PurePosixPath(path)
    known = set(files)
    parts = list(file.with_suffix("").parts)
    if parts[-1] == "__init__":
        parts.pop()
    start = len(file.parts) - 1
    while start > 0 and str(PurePosixPath(*file.parts[:start], "__init__.py")) in known:
        start -= 1
    if start == len(file.parts) - 1 and start > 0:
        start = 1 if file.parts[0] in SOURCE_FOLDERS else 0
    return ".".join(parts[start:])


def build_repo_map(
    files: Mapping[str, str],
    symbols_of: Callable[[str, str], list[Symbol]] = lambda _path, text: symbols_in(text),
) -> RepoMap:
    """The map of sources given by path; of Python, unless `symbols_of` reads path and text."""
    return RepoMap({path: symbols_of(path, text) for path, text in sorted(files.items())})


def symbols_in(text: str) -> list[Symbol]:
    """Definitions of a Python file; none if it does not parse."""
    try:
        body = ast.parse(text).body
    except (SyntaxError, ValueError):
        return []
    return [symbol for node in body for symbol in _of(node)]


def _of(node: ast.stmt) -> Iterator[Symbol]:
    if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
        yield _function(node, "function", "")
    elif isinstance(node, ast.ClassDef):
        bases = ", ".join(ast.unparse(base) for base in node.bases)
        signature = f"class {node.name}({bases})" if bases else f"class {node.name}"
        yield Symbol(node.name, "class", signature, _doc_line(node), node.lineno)
        for member in node.body:
            if isinstance(member, ast.FunctionDef | ast.AsyncFunctionDef):
                yield _function(member, "method", f"{node.name}.")
            elif isinstance(member, ast.Assign | ast.AnnAssign):
                yield from _field(member, node.name)
    elif isinstance(node, ast.Assign | ast.AnnAssign):
        target = node.target if isinstance(node, ast.AnnAssign) else node.targets[0]
        if isinstance(target, ast.Name) and target.id.isupper():
            yield Symbol(target.id, "constant", _shortened(ast.unparse(node)), "", node.lineno)


def _function(node: ast.FunctionDef | ast.AsyncFunctionDef, kind: Kind, owner: str) -> Symbol:
    returns = f" -> {ast.unparse(node.returns)}" if node.returns else ""
    signature = f"{owner}{node.name}({ast.unparse(node.args)}){returns}"
    if any(isinstance(d, ast.Name) and d.id == "property" for d in node.decorator_list):
        signature = f"@property {signature}"
    if isinstance(node, ast.AsyncFunctionDef):
        signature = f"async {signature}"
    return Symbol(owner + node.name, kind, signature, _doc_line(node), node.lineno)


def _field(node: ast.Assign | ast.AnnAssign, owner: str) -> Iterator[Symbol]:
    target = node.target if isinstance(node, ast.AnnAssign) else node.targets[0]
    if isinstance(target, ast.Name):
        name = f"{owner}.{target.id}"
        yield Symbol(name, "field", _shortened(_written(node)), "", node.lineno)


def _written(node: ast.Assign | ast.AnnAssign) -> str:
    """Without a value that says less than the type beside it: ``lines: list[str]``."""
    text = ast.unparse(node)
    if isinstance(node, ast.AnnAssign) and len(text) > _VALUE_LENGTH:
        return f"{ast.unparse(node.target)}: {ast.unparse(node.annotation)}"
    return text


def _shortened(text: str) -> str:
    return text if len(text) <= _VALUE_LENGTH else text[:_VALUE_LENGTH] + "…"


def _doc_line(node: ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef) -> str:
    lines = (ast.get_docstring(node) or "").splitlines()
    return lines[0].strip() if lines else ""
