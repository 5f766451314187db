"""Text as words for full-text search: identifiers are split."""

from __future__ import annotations

import re

_CAMEL = re.compile(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])")
_WORD = re.compile(r"[^\W_]+")
_COMMON = (
    "a an and any are as at be by can do does for from get how i if in is it of on or "
    "python py that the this to use using what when which with you"
)
STOP_WORDS = frozenset(_COMMON.split())


def words(text: str) -> list[str]:
    """Lower-case words; ``parseHTTPHeader`` and ``parse_http_header`` are three each."""
    return [word.lower() for part in _WORD.findall(text) for word in _CAMEL.split(part) if word]


def query_words(text: str) -> list[str]:
    """Distinct words of a question that tell something, in order; all if none does."""
    found = list(dict.fromkeys(words(text)))
    return [word for word in found if word not in STOP_WORDS] or found
