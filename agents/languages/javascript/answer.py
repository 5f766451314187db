"""A model's code as definitions that can be merged."""

from __future__ import annotations

import re
import textwrap

from agents.languages.javascript.module import Definition, Module
from agents.tools.syntax_tree import Node, parse_anyway

_FILE_NAME = re.compile(r"^//\s*(?:file(?:name)?:\s*)?[\w./-]+\.[cm]?[jt]sx?\s*$", re.IGNORECASE)
_METHOD_START = re.compile(r"\s*(?:/\*|//|@\w|(?:(?:async|static|get|set)\s+)*\*?\s*[#\w$]+\s*\()")


def parse_answer(
    code: str, grammar: str, allowed: set[str] | None, problems: list[str]
) -> Module | None:
    """The tree of `code`; of code that was cut off, the whole definitions before the cut.

    A method without its class, which is no statement, is read as one of its class.
    """
    text = textwrap.dedent(code.replace("\r\n", "\n").replace("\r", "\n")).strip("\n") + "\n"
    try:
        return Module(text, grammar)
    except SyntaxError as error:
        problem = f"The code does not parse: {reason(error)}."
    if (within := _within_class(text, grammar, allowed)) is not None:
        return within
    problems.append(problem)
    return _before_the_cut(text, grammar)


def reason(error: SyntaxError) -> str:
    """Why and where something does not parse."""
    return f"{error.msg} (line {error.lineno})" if error.lineno else str(error.msg)


def own_comments(definition: Definition, module: Module) -> tuple[Node, ...]:
    """The comments above, without a file's name as a model puts it."""
    text = module.source
    kept = definition.comments
    while kept and _FILE_NAME.match(text(kept[0].start_byte, kept[0].end_byte)):
        kept = kept[1:]
    return kept


def _within_class(text: str, grammar: str, allowed: set[str] | None) -> Module | None:
    owners = {name.split(".")[0] for name in allowed or () if "." in name}
    if len(owners) != 1 or not _METHOD_START.match(text):
        return None
    try:
        return Module(f"class {owners.pop()} {{\n{text}}}\n", grammar)
    except SyntaxError:
        return None


def _before_the_cut(text: str, grammar: str) -> Module | None:
    whole: list[Node] = []
    for node in parse_anyway(text, grammar).children:
        if node.has_error:
            break
        whole.append(node)
    if not whole:
        return None
    try:
        module = Module(text.encode()[: whole[-1].end_byte].decode(), grammar)
    except SyntaxError:
        return None
    return module if module.definitions else None
