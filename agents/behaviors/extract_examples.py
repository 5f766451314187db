"""Find runnable examples in a person's words, without a model.

An example that a person gives is worth more than any test that a small model invents:
``slugify("A b") returns "a-b"`` becomes a test as it stands.
"""

from __future__ import annotations

import ast
import doctest
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

_CALL_START = re.compile(r"(?<![\w.])[A-Za-z_]\w*(?:\.[A-Za-z_]\w*)*\(")
ARROW = r"[-=]+>|[→⇒➔➙➛➜➝➞➡⟶⟹↦⇨]"
_COMMENT = r"[ \t]*;?[ \t]*(?:#|//)[ \t]*"
_RETURNS = re.compile(
    rf"(?:{_COMMENT})?[\s`]*(?:,?\s*(?:should|must|shall|will|would)\s+)?"
    r"(?:returns?|gives?|yields?|becomes?|equals?|produces?|evaluates?\s+to|results?\s+in"
    rf"|is|are|be|{ARROW}|==|=)(?:\s+(?:back|equal\s+to|exactly))?[\s:`]*",
    re.IGNORECASE,
)
_SHOWN = re.compile(_COMMENT)
"""Begins a comment that is nothing but the value: ``double(2)  # 4``."""
_RAISES = re.compile(
    r"[\s`]*(?:(?:should|must|shall|will|would)\s+)?(?:raises?|throws?)\s+(?:an?\s+|the\s+)?`?"
    r"([A-Za-z_][\w.]*)",
    re.IGNORECASE,
)
_OPERATOR = r"(?:[ ]+[-+*/%]{1,2}[ ]+|[ ]*[+*][ ]*)"
_SUM = re.compile(rf"[\d.()]+(?:{_OPERATOR}[\d.()]+)+[ ]*(=+[ ]*)?")
_STRONG = re.compile(rf"return|give|yield|produce|{ARROW}|==", re.IGNORECASE)
_BARE_WORD = re.compile(r"[^\s\"'`,;()\[\]{}]*[^\s\"'`,;:.!?()\[\]{}]")
_ARTICLES = {"the", "a", "an", "its", "their", "all", "only", "each", "every", "no", "one"}
_GOES_ON = re.compile(r"[^\W_]|[-/:]\d|[ ]*[+*/%][ ]*[\w(]|[ ]-[ ][\d(]")
"""Behind digits that are no value of their own: ``7th``, ``2024-01-31``, ``1 + f(2)``."""
_LONGEST_EXPRESSION = 400


@dataclass(frozen=True)
class Example:
    """A call, and the value it must equal or the exception it must raise (source text)."""

    call: str
    expected: str | None = None
    raises: str | None = None


@dataclass(frozen=True)
class Notation:
    """How a language writes calls and values."""

    call_start: re.Pattern[str]
    """The beginning of a call, up to its parenthesis."""
    continues: re.Pattern[str]
    """What behind an expression belongs to it."""
    is_call: Callable[[str], bool]
    """Whether a text is a call, or what is read of one."""
    is_value: Callable[[str], bool]
    """Whether a text is a literal."""
    constants: Mapping[str, str]
    """Words in lower case that stand for a value without quotes."""
    quoted: Callable[[str], str]
    """A string literal of a text."""
    reads: re.Pattern[str] | None = None
    """What may be read of a call's value."""


def extract_examples(text: str) -> list[Example]:
    """Examples in the order in which `text` gives them, without repeats.

    Doctests (``>>> slugify("A b")`` with the value below) come first.
    """
    found = {example.call: example for example in _doctests(text)}
    for example in examples_in(text, PYTHON_NOTATION):
        found.setdefault(example.call, example)
    return list(found.values())


def examples_in(text: str, notation: Notation) -> list[Example]:
    """Examples among the words of `text`, in their order, without repeats."""
    found: dict[str, Example] = {}
    position = 0
    while match := notation.call_start.search(text, position):
        position = match.end()
        end = _call_end(text, match.start(), notation)
        if end is None:
            continue
        example = _outcome(text[match.start() : end], text[end:], notation)
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
        elif value and is_value(value):
            yield Example(call, expected=value)


def is_call_of(call: str, symbol: str) -> bool:
    """Whether `call` calls `symbol` by its last name, and ``call == value`` compares all of it."""
    node = _compared(f"{call} == 0")
    last = symbol.rsplit(".", 1)[-1]
    functions = [n.func for n in ast.walk(node) if isinstance(n, ast.Call)] if node else []
    return any(
        (isinstance(f, ast.Name) and f.id == last)
        or (isinstance(f, ast.Attribute) and f.attr == last)
        for f in functions
    )


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


def _call_end(text: str, start: int, notation: Notation) -> int | None:
    """End of the longest chain of calls, attributes and subscripts that starts at `start`."""
    end = None
    for close in _closers(text, start):
        if notation.is_call(text[start : close + 1]):
            end = close + 1
            if not notation.continues.match(text, end):
                break
    read = notation.reads.match(text, end) if end is not None and notation.reads else None
    return read.end() if read else end


def _closers(text: str, start: int) -> Iterator[int]:
    limit = min(len(text), start + _LONGEST_EXPRESSION)
    return (i for i in range(start, limit) if text[i] in ")]")


def _expression(source: str) -> ast.expr | None:
    try:
        return ast.parse(source, mode="eval").body
    except (SyntaxError, ValueError):
        return None


def _compared(source: str) -> ast.expr | None:
    """What is compared, if `source` is one comparison; ``f(1), == 0`` and ``0 == 1, 2`` are not."""
    match _expression(source):
        case ast.Compare(left=left, ops=[_]):
            return left
        case _:
            return None


def _is_call(source: str) -> bool:
    return isinstance(_expression(source), ast.Call | ast.Attribute | ast.Subscript)


def _outcome(call: str, rest: str, notation: Notation) -> Example | None:
    if raises := _RAISES.match(rest):
        return Example(call, raises=raises[1])
    if not (returns := _RETURNS.match(rest)):
        return _commented(call, rest, notation)
    after = _computed(rest[returns.end() :])
    expected = literal_prefix(after, notation)
    if expected is None and _STRONG.search(returns[0]):
        expected = _bare_word(after, notation)
    return Example(call, expected=expected) if expected is not None else None


def _computed(text: str) -> str:
    """What ``1 + 9 = 10`` comes to; a sum that nobody worked out is no value."""
    sum_ = _SUM.match(text)
    return text if sum_ is None else text[sum_.end() :] if sum_[1] else ""


def _commented(call: str, rest: str, notation: Notation) -> Example | None:
    shown = _SHOWN.match(rest)
    expected = literal_prefix(rest[shown.end() :], notation) if shown else None
    if shown is None or expected is None:
        return None
    line = rest[shown.end() :].partition("\n")[0]
    return Example(call, expected=expected) if line.strip() == expected else None


def literal_prefix(text: str, notation: Notation) -> str | None:
    """The longest beginning of `text` that is a literal value."""
    best = None
    for end in range(1, min(len(text), _LONGEST_EXPRESSION) + 1):
        piece = text[:end]
        if piece[-1].isspace() or piece[-1] in ".,":
            continue
        if notation.is_value(piece) and not _GOES_ON.match(text, end):
            best = piece
            if _ends_value(text, end):
                break
    return best.strip() if best is not None else None


def _bare_word(text: str, notation: Notation) -> str | None:
    """The string that a person wrote without quotes: ``gives hello-world``."""
    word = _BARE_WORD.match(text)
    if not word or word[0].lower() in _ARTICLES or text[word.end() : word.end() + 1] == "(":
        return None
    return notation.constants.get(word[0].lower()) or notation.quoted(word[0])


def _ends_value(text: str, end: int) -> bool:
    """True when what follows cannot belong to the value (``1`` may go on as ``1.5``)."""
    return re.match(r"\s*$|[.,;:!?`)]?\s|[`;]", text[end:]) is not None


def is_value(source: str) -> bool:
    """Whether `source` is a literal that ``call == source`` compares as a whole."""
    try:
        ast.literal_eval(source)
    except (SyntaxError, ValueError, TypeError, MemoryError, RecursionError):
        return False
    return _compared(f"0 == {source.strip()}") is not None


PYTHON_NOTATION = Notation(
    call_start=_CALL_START,
    continues=re.compile(r"\.[A-Za-z_]\w*[(\[]|\["),
    is_call=_is_call,
    is_value=is_value,
    constants={"true": "True", "false": "False", "none": "None", "null": "None"},
    quoted=repr,
)
