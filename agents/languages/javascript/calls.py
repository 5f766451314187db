"""Calls of JavaScript and TypeScript: varied, run and read by tree-sitter."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from agents.behaviors.read_claim import Claim
from agents.languages.calls import Mistakes
from agents.languages.contract import ImportOf
from agents.languages.javascript.claims import claim_of
from agents.languages.javascript.compose import imports_for
from agents.languages.javascript.expressions import is_primitive
from agents.languages.javascript.literals import ScriptLiterals
from agents.languages.javascript.module import System
from agents.languages.javascript.probe import probe
from agents.languages.javascript.project import Framework
from agents.languages.javascript.values import Undefined, equal, source_of, value_of
from agents.tools.observe import Probe

_MISTAKES = Mistakes(
    re.compile(
        r"ReferenceError:"
        r"|TypeError: (?:Cannot (?:read|set|destructure|convert|assign|delete)|Reduce of empty"
        r"|.*(?:is not (?:a function|a constructor|iterable|defined)|not an object))"
        r"|RangeError: (?:Maximum call stack|Invalid (?:array length|count value|string length))"
    ),
    "throw new {}",
    frozenset({"ReferenceError", "TypeError", "RangeError"}),
)
"""What the engine says; code that refuses an argument throws the same types in other words."""


@dataclass(frozen=True)
class ScriptCalls:
    """See `Calls`."""

    framework: Framework
    system: System
    equals: str = "==="
    mistakes: Mistakes = _MISTAKES

    def literals(self, call: str) -> ScriptLiterals | None:
        """See `Calls`."""
        return ScriptLiterals.of(call)

    def imports(
        self, calls: Sequence[str], symbol: str, import_of: ImportOf
    ) -> tuple[str, ...] | None:
        """See `Calls`."""
        return imports_for(calls, import_of)

    def claim(self, test: str) -> Claim | None:
        """See `Calls`."""
        return claim_of(test)

    def probe(self, path: str, imports: Sequence[str], calls: Sequence[str]) -> Probe:
        """See `Calls`."""
        return probe(path, self.framework, self.system, imports, calls)

    def literal(self, text: str) -> str:
        """See `Calls`."""
        try:
            return source_of(value_of(text.strip().removesuffix(";")))
        except ValueError:
            return ""

    def agree(self, value: str, answer: str) -> bool:
        """See `Calls`."""
        try:
            return equal(value_of(value), value_of(answer))
        except ValueError:
            return False

    def assertion(self, call: str, value: str) -> str:
        """See `Calls`."""
        if is_primitive(value):
            return f"assert({call} === {value});"
        return f"assert.deepEqual({call}, {value});"

    def type_assertion(self, call: str, values: Sequence[str]) -> str:
        """See `Calls`."""
        forms = dict.fromkeys(form for text in values if (form := _is_of_type(call, text)))
        return f"assert({' || '.join(forms)});" if forms else ""


def _is_of_type(call: str, literal: str) -> str:
    """That `call` gives what is of the type of a literal; empty if it cannot be read."""
    try:
        value = value_of(literal)
    except ValueError:
        return ""
    match value:
        case None | Undefined():
            return f"{call} === {literal.strip()}"
        case list():
            return f"Array.isArray({call})"
        case _:
            return f'typeof {call} === "{_TYPES[type(value)]}"'


_TYPES: dict[type, str] = {
    bool: "boolean",
    int: "number",
    float: "number",
    str: "string",
    dict: "object",
}
