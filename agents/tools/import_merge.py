"""Adding the imports that merged code needs, each once, where a person would put them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import libcst as cst

from agents.tools.syntax import Statement, code_of, is_docstring, set_apart

MAX_LINE = 100


@dataclass(frozen=True)
class Imported:
    """One imported name: ``import name`` or ``from module import name``, perhaps ``as`` alias."""

    module: str | None
    name: str
    alias: str | None

    @property
    def bound(self) -> str:
        """The name that the import makes known."""
        return self.alias or (self.name if self.module else self.name.split(".")[0])

    def text(self) -> str:
        """The import as a line of its own."""
        name = f"{self.name} as {self.alias}" if self.alias else self.name
        return f"from {self.module} import {name}" if self.module else f"import {name}"


def imports_in(statement: cst.CSTNode) -> list[Imported]:
    """What a line imports; empty for any other statement."""
    if not isinstance(statement, cst.SimpleStatementLine):
        return []
    return [found for small in statement.body for found in _imported(small)]


def _imported(small: cst.BaseSmallStatement) -> Iterator[Imported]:
    if isinstance(small, cst.Import):
        for alias in small.names:
            yield Imported(None, code_of(alias.name), _alias(alias))
    elif isinstance(small, cst.ImportFrom):
        names = small.names
        if isinstance(names, cst.ImportStar):
            yield Imported(_module(small), "*", None)
        else:
            for alias in names:
                yield Imported(_module(small), code_of(alias.name), _alias(alias))


def _alias(alias: cst.ImportAlias) -> str | None:
    return code_of(alias.asname.name) if alias.asname else None


def _module(statement: cst.ImportFrom) -> str:
    return "." * len(statement.relative) + (code_of(statement.module) if statement.module else "")


def is_import(statement: cst.CSTNode) -> bool:
    """Whether a line holds nothing but imports."""
    return isinstance(statement, cst.SimpleStatementLine) and all(
        isinstance(small, cst.Import | cst.ImportFrom) for small in statement.body
    )


def add_imports(
    body: list[Statement],
    wanted: Sequence[Imported],
    used: set[str] | None,
    defined: set[str],
    problems: list[str],
) -> None:
    """Add to `body` those of `wanted` that are used (all, if `used` is None) and missing.

    Imports of what the module itself defines are left out.
    """
    for item in dict.fromkeys(wanted):
        known = _known(body)
        if item.module == "__future__":
            if item not in known.values():
                _add_line(body, item, _after_docstring(body))
        elif item.name == "*":
            if item not in _all_imports(body):
                problems.append(f"Left out `{item.text()}`: import the names that are needed.")
        elif item.bound in defined or (used is not None and item.bound not in used):
            continue
        elif item.bound not in known or _both_submodules(item, known[item.bound]):
            _add(body, item)
        elif known[item.bound] != item:
            problems.append(
                f"Left out `{item.text()}`: the file has `{known[item.bound].text()}` already."
            )


def _both_submodules(one: Imported, other: Imported) -> bool:
    """``import a.b`` beside ``import a.c`` or ``import a``: one name, no conflict."""
    no_alias = not (one.alias or other.alias)
    return no_alias and one.module is None and other.module is None and one != other


def _all_imports(body: Sequence[Statement]) -> list[Imported]:
    found = [item for statement in body for item in imports_in(statement)]
    for statement in body:
        if isinstance(statement, cst.Try):
            found += [item for inner in statement.body.body for item in imports_in(inner)]
    return found


def _known(body: Sequence[Statement]) -> dict[str, Imported]:
    return {item.bound: item for item in _all_imports(body)}


def _add(body: list[Statement], item: Imported) -> None:
    for index, statement in enumerate(body):
        widened = _widen(statement, item)
        if widened:
            body[index] = widened
            return
    _add_line(body, item, after_imports(body))


def _widen(statement: Statement, item: Imported) -> Statement | None:
    """`statement` with one name more, if it imports from the same module and stays readable."""
    match statement:
        case cst.SimpleStatementLine(body=[cst.ImportFrom() as line]):
            if isinstance(line.names, cst.ImportStar) or _module(line) != item.module:
                return None
            wider = statement.with_changes(body=[_with_name(line, line.names, item)])
            return wider if _fits(wider) else None
    return None


def _with_name(
    line: cst.ImportFrom, names: Sequence[cst.ImportAlias], item: Imported
) -> cst.ImportFrom:
    """The new name comes last, spaced like those before it."""
    space: cst.BaseParenthesizableWhitespace = cst.SimpleWhitespace(" ")
    if len(names) > 1 and isinstance(names[0].comma, cst.Comma):
        space = names[0].comma.whitespace_after
    elif line.lpar and isinstance(line.lpar.whitespace_after, cst.ParenthesizedWhitespace):
        space = line.lpar.whitespace_after
    last = names[-1].with_changes(comma=cst.Comma(whitespace_after=space))
    added = cst.ImportAlias(
        name=cst.Name(item.name),
        asname=cst.AsName(name=cst.Name(item.alias)) if item.alias else None,
        comma=names[-1].comma,
    )
    return line.with_changes(names=[*names[:-1], last, added])


def _fits(statement: Statement) -> bool:
    text = code_of(statement.with_changes(leading_lines=()))
    return all(len(line) <= MAX_LINE for line in text.splitlines())


def _add_line(body: list[Statement], item: Imported, index: int) -> None:
    alone = index == 0 or not is_import(body[index - 1])
    lines = [cst.EmptyLine(indent=False)] if alone and index > 0 else []
    line = cst.parse_statement(item.text())
    if index < len(body) and not is_import(body[index]):
        body[index] = set_apart(body[index])
    body.insert(index, line.with_changes(leading_lines=lines))


def _after_docstring(body: Sequence[Statement]) -> int:
    return 1 if body and is_docstring(body[0]) else 0


def after_imports(body: Sequence[Statement]) -> int:
    """Index behind the imports at the head of a module (behind its docstring if none)."""
    index = _after_docstring(body)
    for place, statement in enumerate(body):
        if isinstance(statement, cst.FunctionDef | cst.ClassDef):
            break
        if is_import(statement):
            index = place + 1
    return index
