"""JavaScript and TypeScript, as the search changes them."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace

from agents.languages.javascript.class_merge import members_of
from agents.languages.javascript.mutation.hints import Hints, read_hints
from agents.languages.javascript.mutation.operators import mutations
from agents.languages.javascript.mutation.script import Script, line_of
from agents.languages.javascript.text import indented
from agents.tools.mutation.unit import Edit, Mutation
from agents.tools.syntax_tree import Node, text_of


@dataclass(frozen=True)
class ScriptOperators:
    """See `agents.tools.mutation.contract.Operators`."""

    grammar: str
    default_name: Callable[[str], str] = lambda _: ""
    """The symbol if an anonymous default export is meant by it."""
    hints: Hints = field(default_factory=Hints)

    def given(self, tests: Sequence[str]) -> ScriptOperators:
        """See `Operators`."""
        return replace(self, hints=read_hints(tests))

    def part(self, source: str, symbol: str, others: Sequence[str]) -> ScriptPart:
        """See `Operators`."""
        unit = self._unit(source, symbol)
        spliced = (m for other in others for m in self._splices(unit, other, symbol))
        return ScriptPart(unit, [*spliced, *mutations(unit)])

    def _unit(self, source: str, symbol: str) -> Script:
        return Script(source, self.grammar, symbol, self.hints, self.default_name(symbol))

    def _splices(self, unit: Script, other: str, symbol: str) -> Iterator[Mutation]:
        """Each method of a class as `other` has it, or a whole function."""
        try:
            donor = self._unit(other, symbol)
        except (SyntaxError, LookupError):
            return
        theirs = _methods(donor, symbol)
        for name, own in _methods(unit, symbol).items():
            node = theirs.get(name)
            if node is not None and text_of(node) != text_of(own):
                before, after = donor.indent(node), unit.indent(own)
                text = indented(text_of(node), before, after, self.grammar)
                edit = Edit(*unit.span(own), text)
                yield Mutation((edit,), f"`{name}` of another candidate", line_of(own), 0)


def _methods(unit: Script, symbol: str) -> dict[str, Node]:
    """The methods of a class by role and name; a function as itself."""
    members = members_of(unit.node)
    methods = {f"{m.role} {m.name}".strip(): m.node for m in members if m.is_method}
    return methods or {symbol: unit.node}


@dataclass(frozen=True)
class ScriptPart:
    """See `agents.tools.mutation.contract.Part`."""

    unit: Script
    mutations: list[Mutation]

    def key(self, mutation: Mutation) -> str | None:
        """See `Part`."""
        return self.unit.key(mutation)
