"""Check by tools a JavaScript test that a model wrote."""

from __future__ import annotations

import textwrap

from agents.behaviors.compose_tests import WrittenTest
from agents.languages.contract import ImportOf
from agents.languages.javascript.compose import framework_imports
from agents.languages.javascript.expressions import GLOBALS, called_names, literal
from agents.languages.javascript.module import Module, System
from agents.languages.javascript.project import Framework
from agents.languages.javascript.suites import Call, calls_in
from agents.tools.syntax_tree import Node, text_of, walk
from memory.records import Criterion

_BINDS = {"variable_declarator", "required_parameter", "formal_parameters", "arrow_function"}


def check_test(
    code: str,
    name: str,
    criterion: Criterion,
    target: str,
    import_of: ImportOf,
    framework: Framework,
    system: System,
    grammar: str,
) -> WrittenTest | str:
    """The test of `target` in `code` under the name that it must have, or why it is none."""
    try:
        module = Module(code, grammar)
    except SyntaxError:
        return "the test does not parse"
    call = _first(module.statements)
    body = call.function.child_by_field_name("body") if call and call.function else None
    if body is None:
        return "no test in the answer"
    called = called_names(body)
    if target.rsplit(".", 1)[-1] not in called:
        return f"it never calls {target.rsplit('.', 1)[-1]}"
    own = {"assert"} if framework == "node:test" else {"expect"}
    if not own & {text_of(n) for n in walk(body) if n.type == "identifier"}:
        return "it asserts nothing"
    imports: dict[str, None] = dict.fromkeys(framework_imports(framework, system))
    for used in _free(body):
        line = None if used in own else import_of(used)
        if line is None and used not in own | GLOBALS:
            return f"it uses {used}, which nobody knows"
        if line is not None:
            imports[line] = None
    source = f"test({literal(name)}, {_is_async(body)}() => {_block(module, body)});"
    return WrittenTest(criterion.id, name, source, binding=False, imports=tuple(imports))


def _first(statements: list[Node]) -> Call | None:
    """The first test, also within a suite."""
    for call in calls_in(statements):
        if call.word in ("describe", "suite"):
            return _first(call.statements)
        return call
    return None


def _is_async(body: Node) -> str:
    return "async " if any(n.type == "await_expression" for n in walk(body)) else ""


def _block(module: Module, body: Node) -> str:
    text = module.source(body.start_byte, body.end_byte)
    if body.type != "statement_block":
        return f"{{\n  {text};\n}}"
    lines = text.strip().removeprefix("{").removesuffix("}").strip("\n").rstrip()
    return "{\n" + textwrap.indent(textwrap.dedent(lines), "  ") + "\n}"


def _free(body: Node) -> list[str]:
    """Names that the test reads and does not bind itself."""
    bound: set[str] = set()
    for node in walk(body):
        if node.type in _BINDS:
            for field in ("name", "pattern", "parameter"):
                target = node.child_by_field_name(field)
                bound |= _names(target) if target is not None else set()
            if node.type == "formal_parameters":
                bound |= _names(node)
    names = (n for n in walk(body) if n.type in ("identifier", "shorthand_property_identifier"))
    return [name for name in dict.fromkeys(map(text_of, names)) if name not in bound]


def _names(node: Node) -> set[str]:
    kinds = ("identifier", "shorthand_property_identifier_pattern")
    return {text_of(n) for n in walk(node) if n.type in kinds}
