"""Tests that a model wrote, put into a test file behind those that are there."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from agents.languages.javascript.answer import reason
from agents.languages.javascript.imports import imported_names, imports_in, is_import
from agents.languages.javascript.module import Module, System
from agents.languages.javascript.suites import describe
from agents.tools.edits import MergeResult
from agents.tools.syntax_tree import Node, text_of


def with_tests(
    source: str, code: str, imports: Sequence[str], grammar: str, system: System
) -> MergeResult:
    """`source` with the tests of `code` whose names are new, and with what they import.

    `imports` are lines that the tests need in any case.
    """
    try:
        target, answer = Module(source, grammar), Module(code, grammar)
    except SyntaxError as error:
        return MergeResult(source, problems=[f"It does not parse: {reason(error)}."])
    before = {test.name for test in describe(target)[0]}
    names = [test.name for test in describe(answer)[0] if test.name not in before]
    if not names or len(names) < len(describe(answer)[0]):
        return MergeResult(source, problems=["The answer has no tests, or names that are taken."])
    given = [Module(line, grammar).statements[0] for line in imports]
    asked = [statement for statement in answer.statements if is_import(statement)]
    lines = list(_missing(target, [*given, *asked], target.system or system))
    body = [text_of(s) for s in answer.statements if not is_import(s) and not _known(s, target)]
    text = _joined(target, lines, body).replace("\n", target.newline)
    return MergeResult(text, names)


def _missing(target: Module, statements: Sequence[Node], system: System) -> Iterator[str]:
    """Import lines for what the file has not got yet."""
    known = set(imported_names(target)) | set(target.definitions)
    for statement in statements:
        items = [item for item in imports_in(statement) if item.local not in known]
        if items and len(items) == len(imports_in(statement)):
            yield text_of(statement)
        else:
            yield from (item.line(system, '"', ";") for item in items)
        known |= {item.local for item in items}


def _known(statement: Node, target: Module) -> bool:
    name = statement.child_by_field_name("name")
    return name is not None and text_of(name) in target.definitions


def _joined(target: Module, lines: list[str], body: list[str]) -> str:
    text = target.text.replace("\r\n", "\n")
    last = max((n.end_byte for n in target.statements if is_import(n)), default=0)
    place = len(target.data[:last].decode().replace("\r\n", "\n"))
    head, rest = text[:place], text[place:].strip("\n")
    imports = "\n".join([*([head] if head.strip() else []), *lines])
    parts = [part for part in (imports, rest, *body) if part.strip()]
    return "\n\n".join(parts) + "\n"
