"""Count what is in a text."""

import re

_WORD = re.compile(r"[^\W_]+(?:'[^\W_]+)?")


def word_count(text: str) -> dict[str, int]:
    """How often each word occurs, in lower case, in order of first appearance."""
    counts: dict[str, int] = {}
    for word in _WORD.findall(text.lower()):
        counts[word] = counts.get(word, 0) + 1
    return counts
