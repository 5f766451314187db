"""Words of turns and of questions, in the form in which the full-text index holds them.

SQLite's tokenizer folds case and accents and takes English endings off (Porter, 1980); here is
what it does not do: names in code are split, and scripts without spaces become pairs of signs.
"""

from __future__ import annotations

import re

_CAMEL = re.compile(r"(?<=[a-z0-9])(?=[A-Z])")
_UNSPACED = re.compile(r"[\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uac00-\ud7af]+")
_WORD = re.compile(r"[^\W_]+(?:'[^\W_]+)?")

_STOP_LIST = """
    a about after again all also am an and any are as at be because been before being between both
    but by can could d did do does doing done down during each else ever few for from further get
    give go got had has have having he her here hers him his how i if in into is it its just let ll
    m many may me might more most much must my near no nor not now of off on once one only or other
    our out over own please re s same say says shall she should so some such t tell than that the
    their them then there these they this those through to too under until up upon us ve very was
    we were what when where which while who whom whose why will with would yes you your yours
    kind sort type thing things someone something anyone anything mention mentioned talk talked
    said told remember discuss discussed conversation
"""
_STOP_WORDS = frozenset(_STOP_LIST.split())
"""Words that say how something is asked rather than what it is about."""


def indexed_text(text: str) -> str:
    """`text` as it goes into the full-text index: with what the tokenizer would not split."""
    paired = _UNSPACED.sub(lambda found: _pairs(found[0]), text)
    split = _CAMEL.sub(" ", paired)
    return paired if split == paired else f"{paired} {split}"


def content_words(question: str, leave_out: frozenset[str] = frozenset()) -> list[str]:
    """What a question is about, in small letters, each word once; all words if nothing is left."""
    words = [word.lower() for word in _WORD.findall(indexed_text(question))]
    words = list(dict.fromkeys(_bare(word) for word in words))
    telling = [word for word in words if word not in _STOP_WORDS and word not in leave_out]
    return telling or words


def word_set(text: str) -> set[str]:
    """All words of `text`, in small letters."""
    return {_bare(word.lower()) for word in _WORD.findall(text)}


def word_count(text: str) -> int:
    """How many words `text` has; signs of scripts without spaces count by twos."""
    return len(_WORD.findall(_UNSPACED.sub(lambda found: _pairs(found[0]), text)))


def _bare(word: str) -> str:
    """`word` without ``'s`` and its like."""
    return word.split("'", 1)[0] if "'" in word else word


def _pairs(signs: str) -> str:
    return " " + " ".join(signs[i : i + 2] for i in range(max(1, len(signs) - 1))) + " "
