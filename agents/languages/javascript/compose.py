"""Build a JavaScript test file from acceptance criteria that carry an example."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from agents.behaviors.compose_tests import TestModule, WrittenTest
from agents.languages.contract import ImportOf
from agents.languages.javascript.expressions import (
    expression,
    free_names,
    has_fraction,
    is_primitive,
    literal,
)
from agents.languages.javascript.module import System
from agents.languages.javascript.project import Framework
from agents.python_names import identifier, root_name
from agents.tools.syntax_tree import text_of
from memory.records import Criterion, Ticket

_LINE_LENGTH = 88
_DIGITS = 9


@dataclass
class ScriptTestModule(TestModule):
    """A test file in JavaScript or TypeScript."""

    def source(self) -> str:
        """The file's text."""
        if self.text is not None:
            return self.text
        imports = _grouped(line for test in self.tests for line in test.imports)
        head = f"// {self.title}\n\n{imports}\n\n"
        return head + "\n\n".join(test.source for test in self.tests) + "\n"


def compose_test(
    ticket: Ticket,
    criterion: Criterion,
    import_of: ImportOf,
    framework: Framework,
    system: System,
) -> WrittenTest | None:
    """A test from the criterion's example; None if it has none that can run."""
    if not criterion.call or not (criterion.expected or criterion.raises):
        return None
    sources = [criterion.call, *(s for s in (criterion.expected, criterion.raises) if s)]
    imports = imports_for(sources, import_of)
    if imports is None:
        return None
    lines = _lines(criterion, framework)
    name = test_name(ticket.target_symbol, criterion)
    body = "\n".join(f"  {line}" for line in [f"// {_words(criterion)}", *lines])
    source = f"test({literal(name)}, () => {{\n{body}\n}});"
    own = framework_imports(framework, system)
    person = criterion.origin == "person"
    return WrittenTest(criterion.id, name, source, person, (*own, *imports))


def test_name(symbol: str, criterion: Criterion) -> str:
    """``slugify AC-2: hello world``: the example's arguments, else the criterion's words."""
    words = criterion.text
    if criterion.call:
        words = criterion.call.removeprefix("new ").removeprefix(root_name(symbol))
        words += criterion.raises or ""
    return f"{symbol} {criterion.id}: {identifier(words, 44).replace('_', ' ')}"


def imports_for(sources: Iterable[str], import_of: ImportOf) -> tuple[str, ...] | None:
    """Import lines for all names in `sources`; None if one of them is unknown."""
    imports: dict[str, None] = {}
    for name in dict.fromkeys(name for source in sources for name in free_names(source)):
        line = import_of(name)
        if line is None:
            return None
        imports[line] = None
    return tuple(imports)


def framework_imports(framework: Framework, system: System) -> tuple[str, ...]:
    """The lines that every test file begins with."""
    if framework == "jest":
        return ()
    if framework == "vitest":
        return ('import { expect, test } from "vitest";',)
    if system == "esm":
        return ('import assert from "node:assert/strict";', 'import { test } from "node:test";')
    return (
        'const assert = require("node:assert/strict");',
        'const { test } = require("node:test");',
    )


def _lines(criterion: Criterion, framework: Framework) -> list[str]:
    call, expected = criterion.call or "", criterion.expected or "undefined"
    if criterion.raises:
        if framework == "node:test":
            return [f"assert.throws(() => {call}, {criterion.raises});"]
        return [f"expect(() => {call}).toThrow({criterion.raises});"]
    if has_fraction(expected):
        return _near(call, expected, framework)
    if framework == "node:test":
        word = "equal" if is_primitive(expected) else "deepEqual"
        line = f"assert.{word}({call}, {expected});"
        short = f"assert.{word}(actual, {expected});"
    else:
        word = "toBe" if is_primitive(expected) else "toEqual"
        line = f"expect({call}).{word}({expected});"
        short = f"expect(actual).{word}({expected});"
    return [line] if len(line) + 2 <= _LINE_LENGTH else [f"const actual = {call};", short]


def _near(call: str, expected: str, framework: Framework) -> list[str]:
    """Numbers with a fraction are equal to nine digits."""
    node = expression(expected)
    parts = [text_of(n) for n in node.named_children] if node and node.type == "array" else None
    if framework != "node:test":
        if parts is None:
            return [f"expect({call}).toBeCloseTo({expected}, {_DIGITS});"]
        near = ", ".join(f"expect.closeTo({part}, {_DIGITS})" for part in parts)
        return [f"expect({call}).toEqual([{near}]);"]
    wrong = "`expected ${value}, got ${actual}`"
    if parts is None:
        return [
            f"const actual = {call};",
            f"const value = {expected};",
            f"assert.ok(Math.abs(actual - value) < 1e-{_DIGITS}, {wrong});",
        ]
    return [
        f"const actual = {call};",
        f"const value = {expected};",
        "assert.equal(actual.length, value.length);",
        f"const near = value.every((v, i) => Math.abs(actual[i] - v) < 1e-{_DIGITS});",
        f"assert.ok(near, {wrong});",
    ]


def _words(criterion: Criterion) -> str:
    given = criterion.text == "Example:"
    words = "the example given with the requirement." if given else criterion.text
    return f"{criterion.id}: {' '.join(words.split())}"


def _grouped(lines: Iterable[str]) -> str:
    """Import lines, each once: packages, then the repository's own files."""
    groups: dict[bool, list[str]] = {}
    for line in dict.fromkeys(lines):
        groups.setdefault('"./' in line or '"../' in line, []).append(line)
    return "\n\n".join("\n".join(groups[own]) for own in sorted(groups))
