"""Find runnable examples in a person's words, and what a wish is about, without a model."""

from __future__ import annotations

import re

from agents.behaviors.extract_examples import Example, Notation, examples_in
from agents.behaviors.find_subjects import (
    Subject,
    gather_subjects,
    mentions,
    under_one_name,
    worded_for,
)
from agents.languages.javascript.expressions import (
    free_names,
    is_call,
    is_value,
    literal,
    parameters_of,
    symbol_of,
)

_MENTION = re.compile(r"(?<![\w.$])([A-Za-z_$][\w$]*(?:\.[A-Za-z_$][\w$]*)?)(\([^()]*\))")
_QUOTED = re.compile(r"`([A-Za-z_$][\w$]*(?:\.[A-Za-z_$][\w$]*)?)(?:\(\))?`")
_WORDS = re.compile(r"[A-Za-z_$][\w$]*(?:\.[A-Za-z_$][\w$]*)?")
_NOTATION = Notation(
    call_start=re.compile(r"(?<![\w.$])(?:new\s+)?[A-Za-z_$][\w$]*(?:\.[A-Za-z_$][\w$]*)*\("),
    continues=re.compile(r"\.[A-Za-z_$][\w$]*[(\[]|\["),
    is_call=is_call,
    is_value=is_value,
    constants={
        word.lower(): word for word in ("true", "false", "null", "undefined", "NaN", "Infinity")
    }
    | {"none": "null"},
    quoted=literal,
    reads=re.compile(r"\.(?:length|size)\b(?!\()"),
)


def extract_examples(text: str) -> list[Example]:
    """Examples in the order in which `text` gives them, without repeats."""
    return examples_in(text, _NOTATION)


def find_subjects(request: str, classes: set[str], known: set[str]) -> list[Subject]:
    """Functions and methods that `request` is about, see `agents.behaviors.find_subjects`."""
    defined: dict[str, list[str]] = {}
    for name, arguments in mentions(request, _MENTION):
        if (parameters := parameters_of(arguments)) and free_names(name):
            defined.setdefault(name, parameters)
    examples = [(symbol_of(e.call, classes), e) for e in extract_examples(request)]
    examples = under_one_name(request, defined, known, examples)
    examples += worded_for(request, defined, _NOTATION, examples)
    return gather_subjects(defined, examples, known, lambda: _mentioned(request, known))


def signature_in(words: str, symbol: str) -> str | None:
    """``slugify(text, separator = "-")`` if `words` write `symbol` like a definition."""
    name = symbol.rsplit(".", 1)[-1]
    for match in re.finditer(rf"(?<![\w$]){re.escape(name)}(\([^()]*\))", words):
        if parameters_of(match[1]):
            return name + match[1]
    return None


def _mentioned(request: str, known: set[str]) -> str:
    """The name in backticks, or else the only name of the repository among the words."""
    if quoted := _QUOTED.findall(request):
        return str(quoted[0])
    names = [name for name in known & set(_WORDS.findall(request)) if len(name) > 3]
    return names[0] if len(names) == 1 else ""
