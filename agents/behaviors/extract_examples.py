"""Find runnable examples in a person's words, without a model.

An example that a person gives is worth more than any test that a small model invents:
``slugify("A b") returns "a-b"`` becomes a test as it stands.
"""

from __future__ import annotations

import ast
import doctest
import re
from collections.abc import Iterator
from dataclasses import dataclass

_CALL_START = re.compile(r"(?<![\w.])[A-Za-z_]\w*(?:\.[A-Za-z_]\w*)*\(")
_RETURNS = re.compile(
    r"[\s`]*(?:,?\s*(?:should|must|shall|will|would)\s+)?"
    r"(?:returns?|gives?|yields?|becomes?|equals?|produces?|evaluates?\s+to|results?\s+in"
    r"|is|are|be|->|→|=>|⇒|==|=)(?:\s+(?:back|equal\s+to|exactly))?[\s:`]*",
    re.IGNORECASE,
)
_RAISES = re.compile(
    r"[\s`]*(?:(?:should|must|shall|will|would)\s+)?(?:raises?|throws?)\s+(?:an?\s+|the\s+)?`?"
    r"([A-Za-z_][\w.]*)",
    re.IGNORECASE,
)
_STRONG = re.compile(r"return|give|yield|produce|->|→|⇒|=>|==", re.IGNORECASE)
_BARE_WORD = re.compile(r"[^\s\"'`,;()\[\]{}]*[^\s\"'`,;:.!?()\[\]{}]")
_ARTICLES = {"the", "a", "an", "its", "their", "all", "only", "each", "every", "no", "one"}
_CONSTANTS = {"true": "True", "false": "False", "none": "None", "null": "None"}
_LONGEST_EXPRESSION = 400


@dataclass(frozen=True)
class Example:
    """A call, and the value it must equal or the exception it must raise (source text)."""

    call: str
    expected: str | None = None
    raises: str | None = None


def extract_examples(text: str) -> list[Example]:
    """Examples in the order in which `text` gives them, without repeats.

    Doctests (``>>> slugify("A b")`` with the value below) come first.
    """
    found = {example.call: example for example in _doctests(text)}
    position = 0
    while match := _CALL_START.search(text, position):
        position = match.end()
        end = _call_end(text, match.start())
        if end is None:
            continue
        example = _outcome(text[match.start() : end], text[end:])
        if example is not None:
            found.setdefault(example.call, example)
            position = end
    return list(found.values())


def _doctests(text: str) -> Iterator[Example]:
    """Examples as a docstring shows them, where the value or the exception can be read off."""
    try:
        shown = doctest.DocTestParser().get_examples(text)
    except ValueError:
        return
    for example in shown:
        node, value = _expression(example.source.strip()), example.want.strip()
        if not isinstance(node, ast.Call | ast.Attribute | ast.Subscript):
            continue
        call = ast.get_source_segment(example.source.strip(), node) or ""  # without a comment
        if example.exc_msg:
            yield Example(call, raises=example.exc_msg.split(":", 1)[0].strip())
        elif value and _is_value(value):
            yield Example(call, expected=value)


def called_names(call: str) -> set[str]:
    """Names that the expression `call` calls or reads: ``Ledger([]).total()`` has both parts."""
    names: set[str] = set()
    for node in ast.walk(ast.parse(call, mode="eval")):
        if isinstance(node, ast.Name):
            names.add(node.id)
        elif isinstance(node, ast.Attribute):
            names.add(node.attr)
    return names


def free_names(expression: str) -> list[str]:
    """Names that `expression` needs from outside, in order; those that it binds are not."""
    tree = ast.parse(expression, mode="eval")
    names = [n for n in ast.walk(tree) if isinstance(n, ast.Name)]
    bound = {n.id for n in names if isinstance(n.ctx, ast.Store)}
    return list(dict.fromkeys(n.id for n in names if n.id not in bound))


def _call_end(text: str, start: int) -> int | None:
    """End of the longest chain of calls, attributes and subscripts that starts at `start`."""
    end = None
    for close in _closers(text, start):
        candidate = text[start : close + 1]
        if isinstance(_expression(candidate), ast.Call | ast.Attribute | ast.Subscript):
            end = close + 1
            if not _chain_continues(text, end):
                break
    return end


def _chain_continues(text: str, end: int) -> bool:
    return re.match(r"\.[A-Za-z_]\w*[(\[]|\[", text[end:]) is not None


def _closers(text: str, start: int) -> Iterator[int]:
    limit = min(len(text), start + _LONGEST_EXPRESSION)
    return (i for i in range(start, limit) if text[i] in ")]")


def _expression(source: str) -> ast.expr | None:
    try:
        return ast.parse(source, mode="eval").body
    except (SyntaxError, ValueError):
        return None


def _outcome(call: str, rest: str) -> Example | None:
    if raises := _RAISES.match(rest):
        return Example(call, raises=raises[1])
    if not (returns := _RETURNS.match(rest)):
        return None
    after = rest[returns.end() :]
    expected = _literal_prefix(after)
    if expected is None and _STRONG.search(returns[0]):
        expected = _bare_word(after)
    return Example(call, expected=expected) if expected is not None else None


def _literal_prefix(text: str) -> str | None:
    """The longest beginning of `text` that is a literal value."""
    best = None
    for end in range(1, min(len(text), _LONGEST_EXPRESSION) + 1):
        piece = text[:end]
        if piece[-1].isspace() or piece[-1] in ".,":
            continue
        if _is_value(piece) and not text[end : end + 1].isalnum():
            best = piece
            if _ends_value(text, end):
                break
    return best.strip() if best is not None else None


def _bare_word(text: str) -> str | None:
    """The string that a person wrote without quotes: ``gives hello-world``."""
    word = _BARE_WORD.match(text)
    if not word or word[0].lower() in _ARTICLES:
        return None
    return _CONSTANTS.get(word[0].lower(), repr(word[0]))


def _ends_value(text: str, end: int) -> bool:
    """True when what follows cannot belong to the value (``1`` may go on as ``1.5``)."""
    return re.match(r"\s*$|[.,;:!?`)]?\s|[`;]", text[end:]) is not None


def _is_value(source: str) -> bool:
    try:
        ast.literal_eval(source)
    except (SyntaxError, ValueError, TypeError, MemoryError, RecursionError):
        return False
    return True
