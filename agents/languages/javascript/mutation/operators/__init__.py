"""Every small change that the search may try, by family."""

from __future__ import annotations

from collections.abc import Iterator

from agents.languages.javascript.mutation.operators import (
    calls,
    constants,
    expressions,
    guards,
    mappings,
    methods,
    names,
    order,
    patterns,
    statements,
    text,
    validation,
    wrappers,
)
from agents.languages.javascript.mutation.script import Script
from agents.tools.mutation.unit import Mutation

__all__ = ["mutations"]

_FAMILIES = (
    expressions.mutations,
    constants.mutations,
    methods.mutations,
    calls.mutations,
    mappings.mutations,
    order.mutations,
    patterns.mutations,
    statements.mutations,
    guards.mutations,
    validation.mutations,
    text.mutations,
    wrappers.mutations,
    names.mutations,
)


def mutations(unit: Script) -> list[Mutation]:
    """All changes to `unit`, the likeliest first; the order is always the same."""
    found: list[Mutation] = [m for family in _FAMILIES for m in _each(family(unit))]
    return sorted(found, key=lambda m: m.weight)


def _each(changes: Iterator[Mutation | None]) -> Iterator[Mutation]:
    return (m for m in changes if m is not None)
