"""Python, as the search changes it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from agents.tools.mutation.hints import Hints, read_hints
from agents.tools.mutation.operators import mutations
from agents.tools.mutation.splice import splices
from agents.tools.mutation.unit import Mutation, Unit


@dataclass(frozen=True)
class PythonOperators:
    """See `Operators`."""

    hints: Hints = field(default_factory=Hints)

    def given(self, tests: Sequence[str]) -> PythonOperators:
        """See `Operators`."""
        return PythonOperators(read_hints(tests))

    def part(self, source: str, symbol: str, others: Sequence[str]) -> PythonPart:
        """See `Operators`."""
        unit = Unit(source, symbol, self.hints)
        return PythonPart(unit, [*splices(unit, symbol, others), *mutations(unit)])


@dataclass(frozen=True)
class PythonPart:
    """See `Part`."""

    unit: Unit
    mutations: list[Mutation]

    def key(self, mutation: Mutation) -> str | None:
        """See `Part`."""
        return self.unit.key(mutation)
