"""Which functions or methods a wish is about, read off its words and examples."""

from __future__ import annotations

import ast
import re
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from agents.behaviors.extract_examples import (
    PYTHON_NOTATION,
    Example,
    Notation,
    extract_examples,
)
from agents.behaviors.worded_examples import worded_examples
from agents.python_names import is_builtin, parameters_of

_MENTION = re.compile(r"(?<![\w.])([A-Za-z_]\w*(?:\.[A-Za-z_]\w*)?)(\([^()]*\))")
_FORMULA = re.compile(r"`?\s*=(?![=>])")
_QUOTED = re.compile(r"`([A-Za-z_]\w*(?:\.[A-Za-z_]\w*)?)(?:\(\))?`")
_ASKED = re.compile(
    r"\b(?:add|implement|write|create|define|make|build|complete)"
    r"(?:\s+(?:a|an|the|new|function|method|helper|called|named))*[\s:`*]*$",
    re.IGNORECASE,
)
"""Before the name of a function that is asked for."""

_SHORTEST_NAME = 3


@dataclass
class Subject:
    """One function, class or ``Class.method`` of a wish, with the examples given for it.

    `symbol` is empty when the wish names none.
    """

    symbol: str
    examples: list[Example] = field(default_factory=list)


def find_subjects(request: str, classes: set[str], known: set[str]) -> list[Subject]:
    """Subjects in order of appearance; at least one.

    `classes` are the names of the repository's classes, `known` all its names: a known
    function that only serves as an argument of an example is no subject.
    """
    defined = _parameters(mentions(request, _MENTION))
    formal = {p for each in _parameters(_MENTION.findall(request)).values() for p in each}
    examples = [
        (symbol, each)
        for each in extract_examples(request)
        if not is_builtin(symbol := symbol_of(each.call, classes))
        and not _is_formula(each.call, formal - known)
    ]
    examples = under_one_name(request, defined, known, examples)
    examples += worded_for(request, defined, PYTHON_NOTATION, examples)
    return gather_subjects(defined, examples, known, lambda: _mentioned(request, known))


def under_one_name(
    request: str,
    defined: Iterable[str],
    known: Collection[str],
    examples: list[tuple[str, Example]],
) -> list[tuple[str, Example]]:
    """`examples`, as calls of the one function that is `defined` where they misname it.

    That is so if all call another by a name that nothing has and the request says nowhere else:
    ``Add grade(points). For example mark(90) returns "A".`` What the request only compares with
    (``like shorten(text)``) is not asked for.
    """
    names, called = list(defined), {symbol for symbol, _ in examples}
    if len(names) != 1 or len(called) != 1 or called & {*names, *known}:
        return examples
    (name,), (other,) = names, called
    if "." in name + other:  # of a method nobody knows the object
        return examples
    if not _ASKED.search(request.partition(f"{name}(")[0]):
        return examples
    elsewhere = re.search(rf"(?<![\w.$]){re.escape(other)}(?![\w$(])", request)
    if elsewhere or not all(each.call.startswith(f"{other}(") for _, each in examples):
        return examples
    return [(name, replace(e, call=name + e.call.removeprefix(other))) for _, e in examples]


def worded_for(
    request: str,
    defined: Mapping[str, Sequence[str]],
    notation: Notation,
    found: Sequence[tuple[str, Example]],
) -> list[tuple[str, Example]]:
    """Examples beside those `found` that name their arguments, with the symbol.

    There are some only if the request defines one function; `defined` has the parameters.
    """
    if len(defined) != 1:
        return []
    ((name, parameters),) = defined.items()
    calls = {each.call for _, each in found}
    worded = worded_examples(request, name, parameters, notation)
    return [(name, each) for each in worded if each.call not in calls]


def gather_subjects(
    defined: Iterable[str],
    examples: Iterable[tuple[str, Example]],
    known: set[str],
    mentioned: Callable[[], str],
) -> list[Subject]:
    """The subjects of names that are written like definitions, and of examples with their symbols.

    Where there is none, `mentioned` gives the one.
    """
    subjects: dict[str, Subject] = {}
    for name in defined:
        subjects.setdefault(name, Subject(name))
    for symbol, example in examples:
        owner = _method_named(symbol, subjects)
        subjects.setdefault(owner, Subject(owner)).examples.append(example)
    if len(subjects) > 1:
        subjects = {n: s for n, s in subjects.items() if s.examples or n not in known}
    if not subjects:
        name = mentioned()
        subjects = {name: Subject(name)}
    return list(subjects.values())


def symbol_of(call: str, classes: set[str]) -> str:
    """What `call` exercises: ``slugify``, or ``Ledger.total`` of ``Ledger([]).total()``."""
    node = _unwrapped(ast.parse(call, mode="eval").body)
    method = ""
    while isinstance(node, ast.Call | ast.Attribute | ast.Subscript):
        if isinstance(node, ast.Attribute):
            method = method or node.attr  # the last one of a chain is what is asked for
        node = node.func if isinstance(node, ast.Call) else node.value
    root = node.id if isinstance(node, ast.Name) else ""
    return f"{root}.{method}" if method and root in classes else (method or root)


def mentions(request: str, pattern: re.Pattern[str]) -> list[tuple[str, str]]:
    """Names and what is in their parentheses; of formulas (``f(x) = 2x``) if nothing else is."""
    found = list(pattern.finditer(request))
    plain = [match for match in found if not _FORMULA.match(request, match.end())]
    return [(match[1], match[2]) for match in plain or found]


def _unwrapped(node: ast.expr) -> ast.expr:
    """``f(2)`` of ``f(2)[0]``, and of ``round(f(2), 1)``."""
    while True:
        if isinstance(node, ast.Subscript):
            node = node.value
        elif isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
            inner = next((a for a in node.args if isinstance(a, ast.Call)), None)
            if inner is None or not is_builtin(node.func.id):
                return node
            node = inner
        else:
            return node


def _is_formula(call: str, formal: Collection[str]) -> bool:
    """Whether a parameter stands where a value should be: ``fib(n)`` beside ``Add fib(n)``."""
    nodes = list(ast.walk(ast.parse(call, mode="eval")))
    called = {n.func for n in nodes if isinstance(n, ast.Call)}
    names = [n for n in nodes if isinstance(n, ast.Name) and n not in called]
    bound = {n.id for n in names if isinstance(n.ctx, ast.Store)}
    return any(n.id in formal and n.id not in bound for n in names)


def _mentioned(request: str, known: set[str]) -> str:
    """The name in backticks, or else the only name of the repository among the words."""
    if quoted := _QUOTED.findall(request):
        return str(quoted[0])
    words = set(re.findall(r"[A-Za-z_]\w*(?:\.[A-Za-z_]\w*)?", request))
    names = [name for name in known & words if len(name) > _SHORTEST_NAME]
    return names[0] if len(names) == 1 else ""


def _parameters(mentioned: Iterable[tuple[str, str]]) -> dict[str, list[str]]:
    """Of names written like a definition: ``slugify(text)``, not ``slugify("A b")``."""
    found: dict[str, list[str]] = {}
    for name, arguments in mentioned:
        parameters = parameters_of(f"def f{arguments}: pass")
        if parameters and not is_builtin(name):
            found.setdefault(name, parameters)
    return found


def _method_named(symbol: str, subjects: dict[str, Subject]) -> str:
    """`symbol`, or the subject that names the same method with or without its class."""
    last = symbol.rsplit(".", 1)[-1]
    for name in list(subjects):
        if name.rsplit(".", 1)[-1] == last:
            if "." in symbol and "." not in name:
                subjects[symbol] = subjects.pop(name)
                subjects[symbol].symbol = symbol
                return symbol
            return name
    return symbol
