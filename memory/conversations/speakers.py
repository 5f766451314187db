"""Whom a question is about: one of those who spoke, by name or by "I" and "you"."""

from __future__ import annotations

import re

import numpy as np
from numpy.typing import NDArray

from memory.conversations.index_file import Rows
from memory.conversations.words import word_set

_ROLES = {"user", "agent", "person", "assistant", ""}
_PERSON = re.compile(r"\b(I|me|my|mine|myself)\b")
_AGENT = re.compile(r"\b(you|your|yours)\b", re.IGNORECASE)


class Speakers:
    """Those who spoke in the turns that are searched."""

    def __init__(self, rows: Rows) -> None:
        self._rows = rows
        names = sorted(set(rows.speakers) - _ROLES, key=len, reverse=True)
        self._patterns = {name: _pattern(name) for name in names}

    def words_named(self, question: str) -> frozenset[str]:
        """The words of `question` that are names of speakers."""
        found = (p.findall(question) for p in self._patterns.values())
        return frozenset(word for names in found for name in names for word in word_set(name))

    def as_they_say_it(self, question: str) -> str:
        """`question` with "I" and "my" for the names of speakers.

        So it is close in meaning to their own words, which are said in the first person.
        """
        for pattern in self._patterns.values():
            question = re.sub(pattern.pattern + r"['’]s\b", "my", question)  # noqa: RUF001
            question = pattern.sub("I", question)
        return question

    def asked_about(self, question: str) -> NDArray[np.bool_] | None:
        """Which of the n turns are by whom `question` is about; None where it tells no one."""
        named = {name for name, pattern in self._patterns.items() if pattern.search(question)}
        if len(named) == 1:
            return np.array([speaker in named for speaker in self._rows.speakers])
        person, agent = _PERSON.search(question), _AGENT.search(question)
        if named or bool(person) == bool(agent):
            return None
        role = "user" if person else "agent"
        return np.array([r == role for r in self._rows.roles])


def _pattern(name: str) -> re.Pattern[str]:
    """Finds the name, or its first part if that is written as a person's name is."""
    first = name.split(maxsplit=1)[0]
    short = f"|{re.escape(first)}" if first[:1].isupper() else ""
    return re.compile(rf"\b(?:{re.escape(name)}{short})\b")
