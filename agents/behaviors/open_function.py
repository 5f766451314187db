"""A file up to the body of one of its functions, so that a model goes on from there."""

from __future__ import annotations

import ast
from dataclasses import dataclass, replace
from io import StringIO

_Function = ast.FunctionDef | ast.AsyncFunctionDef


@dataclass(frozen=True)
class Opening:
    """A file without the body of one of its functions."""

    name: str
    """``function`` or ``Class.method``."""
    before: str
    """Up to where the body begins."""
    body: str
    """As it is now."""
    after: str
    stops: tuple[str, ...]
    """What cannot stand in a body, and so ends it."""
    start: int = 0
    """Characters of `before` in front of the line where the function begins."""

    def filled(self, body: str) -> str:
        """The file with another body."""
        return f"{self.before}{body.strip(chr(10)).rstrip()}\n{self.after}"

    def up_to(self, word: str) -> Opening:
        """The same up to the parameter `word`, if it has that: the rest of its head is open too."""
        before, found, _ = self.before.partition(word)
        return replace(self, before=before.removesuffix(", "), body="") if found else self


def opening_in(text: str, name: str) -> Opening | None:
    """The function or ``Class.method`` of Python code `text`; None if there is none.

    Its docstring counts as a part of its head.
    """
    node = _named(text, name)
    if node is None:
        return None
    lines = StringIO(text).readlines()
    head, last = _head_end(node, lines), node.end_lineno or node.lineno
    first = node.body[0]
    if first.lineno <= head and not _is_docstring(first):  # all in one line
        before = "".join(lines[: first.lineno - 1]) + lines[first.lineno - 1][: first.col_offset]
        before = before.rstrip() + "\n"
    else:
        before = "".join(lines[:head])
    body, after = "".join(lines[head:last]), "".join(lines[last:])
    start = len("".join(lines[: node.lineno - 1]))
    return Opening(name, before, body, after, _stops(" " * node.col_offset), start)


def _named(text: str, name: str) -> _Function | None:
    try:
        body: list[ast.stmt] = ast.parse(text).body
    except (SyntaxError, ValueError):
        return None
    *owners, own = name.split(".")
    for owner in owners:
        classes = [n for n in body if isinstance(n, ast.ClassDef) and n.name == owner]
        body = classes[-1].body if classes else []
    found = [n for n in body if isinstance(n, _Function) and n.name == own]
    return found[-1] if found else None


def _head_end(node: _Function, lines: list[str]) -> int:
    """The last line of the signature, or of the docstring; comments belong to the body."""
    first = node.body[0]
    if _is_docstring(first):
        return first.end_lineno or first.lineno
    head = max(first.lineno - 1, node.lineno)
    while head > node.lineno and lines[head - 1].strip()[:1] in ("", "#"):
        head -= 1
    return head


def _is_docstring(node: ast.stmt) -> bool:
    return (
        isinstance(node, ast.Expr)
        and isinstance(node.value, ast.Constant)
        and isinstance(node.value.value, str)
    )


def _stops(indent: str) -> tuple[str, ...]:
    """What begins the next thing beside a function at `indent`, or beside its class."""
    beside = ("def ", "async def ", "@", "class ", "#")
    outside = ("def ", "class ", "@", "import ", "from ", "if ", "for ", "print(", "assert ", "#")
    levels = [indent + word for word in beside] if indent else []
    return tuple(f"\n{word}" for word in dict.fromkeys((*levels, "async def ", *outside)))
