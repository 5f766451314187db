"""Regular expressions: flags, repetition, anchors, wider classes."""

from __future__ import annotations

from collections.abc import Iterator

from agents.languages.javascript.mutation.script import Script, part
from agents.tools.mutation.operators.patterns import variants
from agents.tools.mutation.unit import Mutation
from agents.tools.syntax_tree import Node, text_of

Changes = Iterator[Mutation | None]

_FLAGS = "giu"


def mutations(unit: Script) -> Changes:
    """Changes of this family."""
    for regex in unit.nodes("regex"):
        pattern, flags = _parts(regex)
        for flag in _FLAGS:
            other = flags.replace(flag, "") if flag in flags else flags + flag
            weight = 1 if flag == "g" and flag not in flags else 3
            yield unit.replace(regex, f"/{pattern}/{other}", weight)
        # Patterns that Python cannot compile are left as they are.
        for new in dict.fromkeys(_variants(pattern)):
            yield unit.replace(regex, f"/{new}/{flags}")


def _parts(regex: Node) -> tuple[str, str]:
    pattern = part(regex, "pattern")
    flags = regex.child_by_field_name("flags")
    return text_of(pattern), text_of(flags) if flags is not None else ""


def _variants(pattern: str) -> Iterator[str]:
    return (new for new in variants(pattern) if new and not new.startswith(("*", "?", "+")))
