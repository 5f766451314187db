"""A model's code as definitions that can be merged."""

from __future__ import annotations

import re
import textwrap

from agents.languages.javascript.module import Definition, Module
from agents.languages.javascript.text import reindented
from agents.tools.syntax_tree import Node, parse_anyway

_FILE_NAME = re.compile(r"^//\s*(?:file(?:name)?:\s*)?[\w./-]+\.[cm]?[jt]sx?\s*$", re.IGNORECASE)
_MEMBER_START = re.compile(
    r"\s*(?:/\*|//|@\w|(?:(?:async|static|get|set)\s+)*\*?\s*[#\w$]+\s*[(:])"
)


def parse_answer(
    code: str, grammar: str, allowed: set[str] | None, unit: str | None, problems: list[str]
) -> Module | None:
    """The tree of `code`; of code that was cut off, the whole definitions before the cut.

    It is indented by `unit`, that of the file into which it goes, if that is known.

    A method without its class or object, which is no statement, is read as one of it.
    """
    text = textwrap.dedent(code.replace("\r\n", "\n").replace("\r", "\n")).strip("\n") + "\n"
    text = reindented(text, unit, grammar)
    module, problem = None, ""
    try:
        module = Module(text, grammar)
    except SyntaxError as error:
        problem = f"The code does not parse: {reason(error)}."
    if module is not None and module.definitions:
        return module
    if (within := _within(text, grammar, allowed)) is not None:
        return within
    if module is not None:
        return module
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


def _within(text: str, grammar: str, allowed: set[str] | None) -> Module | None:
    """The text as the member that alone may change."""
    names = list(allowed or ())
    owners = {name.rpartition(".")[0] for name in names}
    if len(owners) != 1 or not _MEMBER_START.match(text):
        return None
    owner = owners.pop()
    opening = f"class {owner} {{\n" if owner else "module.exports = {\n"
    try:
        module = Module(f"{opening}{text}}}\n", grammar)
    except SyntaxError:
        return None
    return module if owner or set(names) <= module.definitions.keys() else None


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
