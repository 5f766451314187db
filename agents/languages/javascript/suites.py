"""The tests of a JavaScript test file, one by one: node:test, vitest, jest and their like."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from agents.behaviors.compose_tests import WrittenTest
from agents.languages.javascript.expressions import literal
from agents.languages.javascript.imports import is_import
from agents.languages.javascript.module import CALLABLE, Module
from agents.tools.syntax_tree import Node, text_of, walk

_TESTS, _SUITES = {"test", "it", "specify"}, {"describe", "suite", "context"}
_SKIPPED = {"skip", "todo", "skipIf", "runIf"}
_PREPARES = {"beforeEach", "before", "beforeAll"}
SEPARATOR = " > "
"""Between the titles around a test and its own, as the runners' reports have it."""


@dataclass(frozen=True)
class Call:
    """A call that defines a test, a suite or a hook."""

    word: str
    title: str
    function: Node | None
    is_skipped: bool
    table: str = ""
    """Of a test for several rows: ``.each`` and the rows."""

    def written(self, lines: Sequence[str], indent: str = "") -> str:
        """A test of that title with other statements."""
        waits = "async " if any("await " in line for line in lines) else ""
        listed = self.function.child_by_field_name("parameters") if self.function else None
        parameters = text_of(listed) if self.table and listed is not None else "()"
        inner = "\n".join(f"{indent}{line}" for text in lines for line in text.split("\n"))
        head = f"test{self.table}({literal(self.title)}, {waits}{parameters} => {{"
        return f"{head}\n{inner}\n}});"

    @property
    def statements(self) -> list[Node]:
        """Of the function's body; its expression where it has no block."""
        body = self.function.child_by_field_name("body") if self.function else None
        if body is None:
            return []
        if body.type != "statement_block":
            return [body]
        return [n for n in body.named_children if n.type != "comment"]


@dataclass
class _Found:
    tests: dict[str, WrittenTest] = field(default_factory=dict)
    helpers: dict[str, str] = field(default_factory=dict)


def describe(module: Module) -> tuple[list[WrittenTest], dict[str, str]]:
    """Each test once by its titles, and what the tests may use, by name.

    A test begins with what its suites do before each one.
    """
    found = _Found()
    _collect(module, module.statements, (), (), found)
    return list(found.tests.values()), found.helpers


def calls_in(statements: list[Node]) -> Iterator[Call]:
    """The tests, suites and hooks among statements."""
    return (call for statement in statements if (call := call_of(statement)) is not None)


def call_of(statement: Node) -> Call | None:
    """The test, suite or hook that a statement defines, if it does."""
    node = statement.named_children[0] if statement.named_children else None
    if statement.type != "expression_statement" or node is None:
        return None
    node = node.named_children[0] if node.type == "await_expression" else node
    function = node.child_by_field_name("function")
    arguments = node.child_by_field_name("arguments")
    if node.type != "call_expression" or function is None or arguments is None:
        return None
    names = [text_of(n) for n in walk(function) if n.type.endswith("identifier")]
    word = names[0] if names else ""
    parts = [n for n in arguments.named_children if n.type != "comment"]
    bodies = [n for n in parts if n.type in CALLABLE]
    known = _TESTS | _SUITES | _PREPARES | {f"x{w}" for w in _TESTS | _SUITES} | {"fit"}
    if word not in known or (word not in _PREPARES and not parts):
        return None
    title = _string(parts[0]) if parts else ""
    skipped = word.startswith("x") or bool(_SKIPPED & set(names)) or _is_off(parts)
    table = text_of(function)[len(word) :] if "each" in names else ""
    return Call(word.removeprefix("x"), title, bodies[-1] if bodies else None, skipped, table)


def _is_off(parts: list[Node]) -> bool:
    options = [text_of(n) for n in parts if n.type == "object"]
    return any("skip: true" in text or "todo: true" in text for text in options)


def _collect(
    module: Module,
    statements: list[Node],
    titles: tuple[str, ...],
    before: tuple[str, ...],
    found: _Found,
) -> None:
    prepare = [c for c in calls_in(statements) if c.word in _PREPARES]
    before += tuple(_text(module, s) for call in prepare for s in call.statements)
    for statement in statements:
        call = call_of(statement)
        if call is None:
            if not is_import(statement):
                _help(module, statement, found)
        elif call.word in _SUITES and not call.is_skipped:
            _collect(module, call.statements, (*titles, call.title), before, found)
        elif call.word in _TESTS | {"fit"} and not call.is_skipped and call.function is not None:
            name = SEPARATOR.join((*titles, call.title))
            source = _source(module, call, before)
            found.tests.setdefault(name, WrittenTest("", name, source, binding=True))


def _source(module: Module, call: Call, before: tuple[str, ...]) -> str:
    return call.written([*before, *(_text(module, statement) for statement in call.statements)])


def _text(module: Module, statement: Node) -> str:
    text = module.source(statement.start_byte, statement.end_byte)
    indent = module.indent_of(statement.start_byte)
    lines = text.replace("\r\n", "\n").split("\n")
    text = "\n".join([lines[0], *(line.removeprefix(indent) for line in lines[1:])])
    return text if text.endswith((";", "}")) else f"{text};"


def _help(module: Module, statement: Node, found: _Found) -> None:
    """Note what a statement defines for the tests."""
    nodes = [statement, *statement.named_children]
    for node in nodes:
        name = node.child_by_field_name("name")
        if name is not None and name.type in ("identifier", "type_identifier"):
            found.helpers.setdefault(text_of(name), _text(module, statement))


def _string(node: Node) -> str:
    """The text of a string literal; of anything else its source."""
    if node.type in ("string", "template_string"):
        return "".join(_piece(part) for part in node.named_children)
    return text_of(node)


def _piece(part: Node) -> str:
    text = text_of(part)
    if part.type == "escape_sequence":
        plain = {"\\n": "\n", "\\t": "\t"}
        return plain.get(text, text[1:])
    return text
