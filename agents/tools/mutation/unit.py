"""The part of a file that a search may change, and changes to it as edits of its text.

Edits are of text, so that comments and layout around them survive; the syntax tree says where.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise
from typing import TypeVar

from agents.tools.mutation.hints import Hints

N = TypeVar("N", bound=ast.AST)
Function = ast.FunctionDef | ast.AsyncFunctionDef
Owner = Function | ast.ClassDef

_LINE = re.compile(r"[^\r\n]*(?:\r\n|\r|\n)|[^\r\n]+$")
_ATOMS = (
    ast.Name,
    ast.Call,
    ast.Attribute,
    ast.Subscript,
    ast.List,
    ast.Dict,
    ast.Set,
    ast.ListComp,
    ast.SetComp,
    ast.DictComp,
    ast.JoinedStr,
)
_WORDS = 36


@dataclass(frozen=True)
class Edit:
    """Characters from `start` to before `end` become `text`."""

    start: int
    end: int
    text: str


@dataclass(frozen=True)
class Mutation:
    """One small change."""

    edits: tuple[Edit, ...]
    what: str
    """In a few words, for a person."""
    line: int
    """Where, in the text that it changes; from 1."""
    weight: int = 2
    """Tried in this order, smallest first: how seldom such a change is the right one."""

    def apply(self, source: str) -> str:
        """The changed text."""
        for edit in sorted(self.edits, key=lambda e: (e.start, e.end), reverse=True):
            source = source[: edit.start] + edit.text + source[edit.end :]
        return source


def apart(edits: Iterable[Edit]) -> tuple[Edit, ...]:
    """The edits in order, without those around another."""
    order = sorted(edits, key=lambda e: (e.start, e.end))
    return (*(e for e, later in pairwise(order) if e.end <= later.start), *order[-1:])


class Unit:
    """A function, method or class of a source, by qualified name.

    Raises SyntaxError if the source does not parse and LookupError if there is no such symbol.
    """

    def __init__(self, source: str, symbol: str, hints: Hints) -> None:
        self.source = source
        self.hints = hints
        self.module = ast.parse(source)
        self.node = find(self.module, symbol)
        self.lines: list[str] = _LINE.findall(source)
        self.starts = [0]
        for line in self.lines:
            self.starts.append(self.starts[-1] + len(line))
        self.newline = "\r\n" if "\r\n" in source else "\n"

    @cached_property
    def parents(self) -> dict[ast.AST, ast.AST]:
        """The node around each node of the unit."""
        pairs = ((c, p) for p in ast.walk(self.node) for c in ast.iter_child_nodes(p))
        return dict(pairs)

    @cached_property
    def inner(self) -> list[ast.AST]:
        """Nodes that may change, in order of the text: no annotations, docstrings, f-strings.

        Before Python 3.12 nodes inside of f-strings do not know where they are.
        """
        nodes = [n for n in _changeable(self.node) if hasattr(n, "lineno")]
        return sorted(nodes, key=lambda n: self.span(n)[0])

    def nodes(self, kind: type[N]) -> Iterator[N]:
        """Changeable nodes of a kind."""
        return (node for node in self.inner if isinstance(node, kind))

    @property
    def functions(self) -> list[Function]:
        """Every function of the unit, nested ones too."""
        return [n for n in ast.walk(self.node) if isinstance(n, Function)]

    def function_of(self, node: ast.AST) -> Function | None:
        """The innermost function around `node`."""
        around: ast.AST | None = node
        while around is not None and not isinstance(around, Function):
            around = self.parents.get(around)
        return around

    def offset(self, line: int, column: int) -> int:
        """Index of a place as ast gives it: lines from 1, columns in bytes of UTF-8."""
        text = self.lines[line - 1] if line <= len(self.lines) else ""
        characters = column if text.isascii() else len(text.encode()[:column].decode())
        return self.starts[line - 1] + characters

    def span(self, node: ast.AST) -> tuple[int, int]:
        """First index of `node` and the one behind its last."""
        start = self.offset(getattr(node, "lineno"), getattr(node, "col_offset"))  # noqa: B009
        end = self.offset(getattr(node, "end_lineno"), getattr(node, "end_col_offset"))  # noqa: B009
        return start, end

    def text(self, node: ast.AST) -> str:
        """Source of `node`, without parentheses around it."""
        start, end = self.span(node)
        return self.source[start:end]

    def operand(self, node: ast.expr) -> str:
        """Source of `node`, in parentheses unless it binds tightest anyway."""
        text = self.text(node)
        string = isinstance(node, ast.Constant) and isinstance(node.value, str)
        return text if string or isinstance(node, _ATOMS) else f"({text})"

    def is_called(self, node: ast.expr) -> bool:
        """Whether `node` is the function of a call."""
        around = self.parents.get(node)
        return isinstance(around, ast.Call) and around.func is node

    def replace(self, node: ast.AST, new: str, weight: int = 2, what: str = "") -> Mutation:
        """`node` becomes `new`."""
        start, end = self.span(node)
        what = what or became(self.source[start:end], new)
        return Mutation((Edit(start, end, new),), what, getattr(node, "lineno", 0), weight)

    def between(
        self, left: ast.AST, right: ast.AST, old: str, new: str, weight: int = 1
    ) -> Mutation | None:
        """The token `old` between two nodes becomes `new`."""
        start, end = self.span(left)[1], self.span(right)[0]
        found = re.search(re.escape(old).replace(r"\ ", r"\s+"), self.source[start:end])
        if found is None:
            return None
        edit = Edit(start + found.start(), start + found.end(), new)
        return Mutation((edit,), became(old, new), getattr(right, "lineno"), weight)  # noqa: B009

    def whole_lines(self, statement: ast.stmt) -> tuple[int, int] | None:
        """The lines of a statement that has them for itself."""
        first = min([statement.lineno, *(d.lineno for d in decorators(statement))])
        last = statement.end_lineno or statement.lineno
        before = self.source[self.starts[first - 1] : self.offset(first, statement.col_offset)]
        after = self.source[self.span(statement)[1] : self.starts[last]].strip()
        alone = not before.strip() and (not after or after.startswith("#"))
        return (self.starts[first - 1], self.starts[last]) if alone else None

    def statement_of(self, node: ast.AST) -> ast.stmt | None:
        """The statement of a function's body that `node` is part of."""
        around: ast.AST | None = node
        while around is not None and not isinstance(around, ast.stmt):
            around = self.parents.get(around)
        is_inside = around is not None and self.function_of(around) is not None
        return around if is_inside and not isinstance(around, Function) else None

    def put_before(self, statement: ast.stmt, lines: list[str], weight: int) -> Mutation | None:
        """`lines` become statements before `statement`, if that has its lines for itself."""
        if self.whole_lines(statement) is None:
            return None
        indent, place = self.indent(statement), self.starts[statement.lineno - 1]
        text = "".join(f"{indent}{line}".rstrip() + self.newline for line in lines)
        what = f"`{' '.join(line.strip() for line in lines if line)}` put in"
        return Mutation((Edit(place, place, text),), what, statement.lineno, weight)

    def key(self, mutation: Mutation) -> str | None:
        """Equal for mutations that give the same syntax tree; None if the result is no code."""
        first = min([self.node.lineno, *(d.lineno for d in self.node.decorator_list)])
        start = self.starts[first - 1]
        end = self.starts[self.node.end_lineno or first]
        if any(edit.start < start or edit.end > end for edit in mutation.edits):
            return None
        moved = tuple(Edit(e.start - start, e.end - start, e.text) for e in mutation.edits)
        text = Mutation(moved, "", 0).apply(self.source[start:end])
        try:
            return ast.dump(ast.parse(f"if 1:\n{text}" if text[:1].isspace() else text))
        except (SyntaxError, ValueError, RecursionError, MemoryError):
            return None

    def indent(self, statement: ast.stmt) -> str:
        """White space before a statement."""
        return self.source[self.starts[statement.lineno - 1] : self.span(statement)[0]]


def became(old: str, new: str) -> str:
    """What a change did, in words, shortened."""
    return f"`{clipped(old)}` became `{clipped(new)}`"


def clipped(text: str) -> str:
    """`text` on one line of bounded length."""
    line = " ".join(text.split()) or text
    return line if len(line) <= _WORDS else line[: _WORDS - 1] + "…"


def find(module: ast.Module, symbol: str) -> Owner:
    """The last definition of a qualified name; raises LookupError."""
    node: ast.Module | Owner = module
    for part in symbol.split("."):
        found = [s for s in node.body if isinstance(s, Owner) and s.name == part]
        if not found:
            raise LookupError(symbol)
        node = found[-1]
    assert not isinstance(node, ast.Module)  # noqa: S101 - split gives at least one part
    return node


def decorators(statement: ast.AST) -> list[ast.expr]:
    """The decorators of a definition; none for other statements."""
    return statement.decorator_list if isinstance(statement, Owner) else []


def _changeable(node: ast.AST) -> Iterator[ast.AST]:
    if isinstance(node, ast.JoinedStr):
        yield node
        return
    yield node
    for name, value in ast.iter_fields(node):
        if name in ("annotation", "returns", "decorator_list"):
            continue
        children = value if isinstance(value, list) else [value]
        if name == "body" and isinstance(node, Owner) and ast.get_docstring(node) is not None:
            children = children[1:]
        for child in children:
            if isinstance(child, ast.AST):
                yield from _changeable(child)
