"""Build a pytest module from acceptance criteria that carry an example. No model is needed."""

from __future__ import annotations

import sys
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from typing import Literal

from agents.behaviors.expected_values import approximately, ordered_keys
from agents.behaviors.extract_examples import free_names
from agents.behaviors.test_style import TestStyle, class_name, in_style
from agents.behaviors.unittest_style import as_unittest, needs_pytest
from agents.languages.contract import ImportOf
from agents.python_names import identifier, is_builtin, root_name, standard_import
from memory.records import Criterion, Ticket

_LINE_LENGTH = 88


@dataclass(frozen=True)
class WrittenTest:
    """One test function for one criterion."""

    criterion_id: str
    name: str
    source: str
    binding: bool
    """True when a person gave the example; False for what a model suggested."""
    imports: tuple[str, ...] = ()


@dataclass
class TestModule:
    """The ticket's test file, composed of its tests or brought as it is."""

    __test__ = False

    path: str
    title: str
    tests: list[WrittenTest] = field(default_factory=list)
    text: str | None = None
    """What somebody brought; the tests then only describe it."""
    origin: Literal["tester", "person", "ticket"] = "tester"
    helpers: dict[str, str] = field(default_factory=dict)
    """Sources of what the tests of a brought file use, by name."""
    style: str = "pytest"
    """``unittest`` for a repository without pytest; the tests themselves are functions always."""
    layout: TestStyle = field(default_factory=TestStyle)
    """Of the repository's own tests, kept where the runner allows it."""
    also: list[TestModule] = field(default_factory=list)
    """Further files of the same ticket, locked like this one and judged by the whole suite."""

    @property
    def modules(self) -> list[TestModule]:
        """The file itself and the further ones."""
        return [self, *self.also]

    def source(self) -> str:
        """The file's text."""
        if self.text is not None:
            return self.text
        imports = _grouped(i for test in self.tests for i in test.imports)
        head = f'"""{self.title}"""\n\n' + (f"{imports}\n\n\n" if imports else "\n")
        sources = [test.source for test in self.tests]
        text = head + in_style(sources, class_name(self.path), self.layout) + "\n"
        return as_unittest(text, "AcceptanceTest") if self._in_unittest() else text

    def _in_unittest(self) -> bool:
        could = not any(needs_pytest(test.source) for test in self.tests)
        return self.style == "unittest" or (self.layout.layout == "TestCase" and could)

    def without(self, names: set[str]) -> TestModule:
        """The module without the tests called `names`."""
        return replace(self, tests=[t for t in self.tests if t.name not in names])


def compose_test(
    ticket: Ticket, criterion: Criterion, import_of: ImportOf, words: str = ""
) -> WrittenTest | None:
    """A test from the criterion's example; None if it has none that can run.

    Where the person's `words` ask for an order, a dictionary is compared with its order too.
    """
    if not criterion.call or not (criterion.expected or criterion.raises):
        return None
    sources = [criterion.call, *(s for s in (criterion.expected, criterion.raises) if s)]
    imports = imports_for(sources, ticket.target_symbol, import_of)
    if imports is None:
        return None
    body = _raises(criterion) if criterion.raises else _equals(criterion, words)
    if criterion.raises or "pytest." in body:
        imports = ("import pytest", *imports)
    name = test_name(ticket.target_symbol, criterion)
    source = f'def {name}() -> None:\n    """{docstring_of(criterion)}"""\n{body}'
    return WrittenTest(criterion.id, name, source, criterion.origin == "person", imports)


def test_name(symbol: str, criterion: Criterion) -> str:
    """``test_slugify_ac_2_hello_world``: the example's arguments, else the criterion's words."""
    words = criterion.text
    if criterion.call:
        words = criterion.call.removeprefix(root_name(symbol)) + (criterion.raises or "")
    return f"test_{identifier(symbol)}_{identifier(criterion.id)}_{identifier(words, 44)}"


def imports_for(sources: Iterable[str], symbol: str, import_of: ImportOf) -> tuple[str, ...] | None:
    """Import lines for all names in `sources`; None if one of them is unknown."""
    imports: dict[str, None] = {}
    for name in dict.fromkeys(n for source in sources for n in free_names(source)):
        line = import_of(name)
        if line is None and name != root_name(symbol):
            if is_builtin(name):
                continue
            line = standard_import(name)
        if line is None:
            return None
        imports[line] = None
    return tuple(imports)


def _equals(criterion: Criterion, words: str) -> str:
    call, expected = criterion.call or "", criterion.expected or "None"
    if expected in {"True", "False", "None"}:
        comparison = f"is {expected}"
    else:
        comparison = f"== {approximately(expected) or expected}"
    keys = ordered_keys(call, expected, words) if criterion.origin == "person" else None
    line = f"    assert {call} {comparison}"
    if len(line) <= _LINE_LENGTH and keys is None:
        return line
    lines = [f"    actual = {call}", f"    assert actual {comparison}"]
    if keys is not None:
        lines.append(f"    assert list(actual) == {keys!r}")
    return "\n".join(lines)


def _raises(criterion: Criterion) -> str:
    return f"    with pytest.raises({criterion.raises}):\n        {criterion.call}"


def docstring_of(criterion: Criterion) -> str:
    """What the test is for: the criterion's id and words."""
    words = (
        "the example given with the requirement."
        if criterion.text == "Example:"
        else criterion.text
    )
    words = " ".join(words.split()).replace("\\", "/").replace('"', "'")
    return f"{criterion.id}: {words}"


def _grouped(lines: Iterable[str]) -> str:
    """Import lines, each once: the standard library, pytest, then the code under test."""
    groups: dict[int, set[str]] = {}
    for line in lines:
        module = line.split()[1].split(".")[0]
        rank = 1 if module == "pytest" else 0 if module in sys.stdlib_module_names else 2
        groups.setdefault(rank, set()).add(line)
    return "\n\n".join("\n".join(sorted(groups[rank])) for rank in sorted(groups))
