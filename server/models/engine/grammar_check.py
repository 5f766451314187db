"""What llama.cpp does not find in a GBNF grammar: that it cannot end, or recurses for ever.

Without an end an answer runs until its token limit, and a left recursion behind something that
may be empty overflows the stack. Both by the usual fixpoint over the rules (Hopcroft and
Ullman 1979, section 4.4).
"""

from __future__ import annotations

import itertools
import re
from dataclasses import dataclass, field
from functools import lru_cache

_TOKEN = re.compile(
    r"""\s+|\#[^\n]*
    | (?P<rule>[A-Za-z0-9-]+)\s*::=
    | (?P<name>[A-Za-z0-9-]+)
    | (?P<text>"(?:[^"\\]|\\.)*"|\[(?:[^\]\\]|\\.)*\]|\.)
    | (?P<repeat>[*+?]|\{\s*\d*\s*(?:,\s*\d*\s*)?\})
    | (?P<sign>[()|])
    """,
    re.VERBOSE,
)
Part = tuple[str, str]
"""Kind and text of a token."""


@dataclass(frozen=True)
class Facts:
    """What is known of a rule, or of a part of one."""

    ends: bool = False
    """Some text of finite length matches."""
    empty: bool = False
    """The empty text matches."""
    first: frozenset[str] = frozenset()
    """Rules that it may begin with."""


_NOTHING = Facts(ends=True, empty=True)


def never_ends(grammar: str) -> bool:
    """Whether no text of finite length matches `root`. Rules that are missing count as texts."""
    facts = _facts(grammar)
    return "root" in facts and not facts["root"].ends


def is_left_recursive(grammar: str) -> bool:
    """Whether a rule may begin with itself, at once or by way of others."""
    facts = _facts(grammar)
    return any(name in _beginnings(name, facts) for name in facts)


def _beginnings(rule: str, facts: dict[str, Facts]) -> set[str]:
    """Rules that a rule may begin with, at once or by way of others."""
    found: set[str] = set()
    waiting = {*facts[rule].first}
    while waiting:
        name = waiting.pop()
        found.add(name)
        waiting |= facts.get(name, Facts()).first - found
    return found


def nesting(grammar: str) -> int:
    """Depth of the brackets; llama.cpp's parser recurses into them."""
    steps = {("sign", "("): 1, ("sign", ")"): -1}
    bodies = _rules(grammar).values()
    depths = (itertools.accumulate(steps.get(part, 0) for part in body) for body in bodies)
    return max(itertools.chain.from_iterable(depths), default=0)


@lru_cache(maxsize=8)
def _facts(grammar: str) -> dict[str, Facts]:
    rules = _rules(grammar)
    facts = dict.fromkeys(rules, Facts())
    while (new := {name: _facts_of(body, facts) for name, body in rules.items()}) != facts:
        facts = new
    return facts


@lru_cache(maxsize=8)
def _rules(grammar: str) -> dict[str, list[Part]]:
    rules: dict[str, list[Part]] = {}
    body: list[Part] = []
    for token in _TOKEN.finditer(grammar):
        kind = token.lastgroup
        if kind == "rule":
            # Of two rules of one name llama.cpp takes the later.
            body = rules[token["rule"]] = []
        elif kind:
            body.append((kind, token[kind]))
    return rules


@dataclass
class _Group:
    """A bracket that is being read; no recursion, for schemas nest a thousand deep."""

    before: Facts = Facts()
    """The alternatives that are complete."""
    sequence: Facts = _NOTHING
    """The alternative so far, but its last item."""
    last: Facts = field(default=_NOTHING)

    def add(self, item: Facts) -> None:
        self.sequence, self.last = _then(self.sequence, self.last), item

    def end_alternative(self) -> None:
        self.before = _either(self.before, _then(self.sequence, self.last))
        self.sequence = self.last = _NOTHING


def _facts_of(body: list[Part], facts: dict[str, Facts]) -> Facts:
    groups = [_Group()]
    for kind, text in body:
        group = groups[-1]
        if kind == "repeat":
            # What may be left out never stands in the way.
            if text in "*?" or re.match(r"\{\s*(0\s*[,}]|,)", text):
                group.last = _either(group.last, _NOTHING)
        elif kind == "name":
            known = facts.get(text, Facts(ends=True))
            group.add(Facts(known.ends, known.empty, frozenset({text})))
        elif kind == "text":
            group.add(Facts(ends=True, empty=text == '""'))
        elif text == "(":
            groups.append(_Group())
        else:
            group.end_alternative()
            if text == ")" and len(groups) > 1:
                groups.pop()
                groups[-1].add(group.before)
    groups[-1].end_alternative()
    return groups[-1].before


def _then(one: Facts, other: Facts) -> Facts:
    first = one.first | other.first if one.empty else one.first
    return Facts(one.ends and other.ends, one.empty and other.empty, first)


def _either(one: Facts, other: Facts) -> Facts:
    return Facts(one.ends or other.ends, one.empty or other.empty, one.first | other.first)
