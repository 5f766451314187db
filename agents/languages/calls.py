"""What is asked of a language about single calls: to vary, run and read them.

Values are told as the language writes them. What a call raises is told as ``Name: words``.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from agents.behaviors.read_claim import Claim
from agents.languages.contract import ImportOf
from agents.tools.fresh_inputs import Literals
from agents.tools.observe import Probe


@dataclass(frozen=True)
class Mistakes:
    """How code of a language shows that it breaks down where it should not."""

    told: re.Pattern[str]
    """Begins the answer to a call that breaks down by mistake."""
    raising: str
    """How code raises an exception on purpose, with ``{}`` for its name."""
    names: frozenset[str]
    """Exceptions that are no mistakes where words name them."""


class Calls(Protocol):
    """Calls of one language."""

    @property
    def equals(self) -> str:
        """Between a call and its value, as a prompt says it: ``==``."""

    @property
    def mistakes(self) -> Mistakes:
        """How code breaks down."""

    def literals(self, call: str) -> Literals | None:
        """The literals of a call; None if it is no expression."""

    def imports(
        self, calls: Sequence[str], symbol: str, import_of: ImportOf
    ) -> tuple[str, ...] | None:
        """Import lines for all names in `calls`; None if one of them is unknown."""

    def claim(self, test: str) -> Claim | None:
        """What a test says of one call; None for a test that says anything else."""

    def probe(self, path: str, imports: Sequence[str], calls: Sequence[str]) -> Probe:
        """A test file like `path`, a path of a test, whose tests tell what `calls` give."""

    def literal(self, text: str) -> str:
        """`text` in the one way in which its value is written; empty if it is no literal."""

    def agree(self, value: str, answer: str) -> bool:
        """Whether the literals `value` and `answer` are equal; floats may differ by a millionth.

        False where either is none.
        """

    def assertion(self, call: str, value: str) -> str:
        """That `call` gives `value`, as prompts show tests."""

    def type_assertion(self, call: str, values: Sequence[str]) -> str:
        """That `call` gives what is of the type of `values`; empty where they show none."""
