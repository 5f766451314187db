"""Arguments and keywords of calls, items of dictionaries, copies."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import replace

from agents.tools.mutation.unit import Mutation, Unit

Changes = Iterator[Mutation | None]

_SORTING = ("sorted", "sort", "max", "min", "nlargest", "nsmallest")
_UNCALLED = ("pop", "copy", "keys", "values", "items", "strip", "split", "lower", "upper", "title")
_KEYS = ("len", "abs", "str", "str.lower", "lambda item: item[0]", "lambda item: item[1]")


def mutations(unit: Unit) -> Changes:
    """Changes of this family."""
    for call in unit.nodes(ast.Call):
        yield from _keywords(unit, call)
        yield from _arguments(unit, call)
    for subscript in unit.nodes(ast.Subscript):
        if isinstance(subscript.ctx, ast.Load) and not isinstance(subscript.slice, ast.Slice):
            owner, key = unit.operand(subscript.value), unit.text(subscript.slice)
            for default in ("", ", 0", ", ''", ", []"):
                yield unit.replace(subscript, f"{owner}.get({key}{default})", 4)
    for method in unit.nodes(ast.Attribute):
        if (
            method.attr in _UNCALLED
            and isinstance(method.ctx, ast.Load)
            and (not unit.is_called(method))
        ):
            yield unit.replace(method, f"{unit.text(method)}()", 1)
    for assign in unit.nodes(ast.Assign):
        if isinstance(assign.value, ast.Name | ast.Attribute | ast.Subscript):
            text = unit.text(assign.value)
            for copy in (f"list({text})", f"{text}[:]", f"dict({text})", f"{text}.copy()"):
                yield unit.replace(assign.value, copy, 4)


def called(call: ast.Call) -> str:
    """The last name of what is called; empty for other expressions."""
    if isinstance(call.func, ast.Attribute):
        return call.func.attr
    return call.func.id if isinstance(call.func, ast.Name) else ""


def _keywords(unit: Unit, call: ast.Call) -> Changes:
    """Keywords dropped; those of sorting and choosing added."""
    for keyword in call.keywords:
        yield call_with(unit, call, [k for k in call.keywords if k is not keyword], [], 2)
    if called(call) not in _SORTING:
        if called(call) == "round" and len(call.args) == 1:
            yield from (call_with(unit, call, [], [d], 2) for d in ("1", "2"))
        return
    given = {k.arg for k in call.keywords}
    if "reverse" not in given and called(call).startswith("sort"):
        yield call_with(unit, call, call.keywords, ["reverse=True"], 1)
    if "key" not in given:
        for key in _KEYS:
            yield call_with(unit, call, call.keywords, [f"key={key}"], 3)
    if "default" not in given and called(call) in ("max", "min") and len(call.args) == 1:
        for default in dict.fromkeys((*unit.hints.edges, "0", "None")):
            yield call_with(unit, call, call.keywords, [f"default={default}"], 2)
    yield from _sort_keys(unit, call)


def _sort_keys(unit: Unit, call: ast.Call) -> Changes:
    """``key=lambda x: x[1]`` as ``(-x[1], x[0])`` and the like: the order among equals."""
    for keyword in call.keywords:
        if keyword.arg == "key" and isinstance(keyword.value, ast.Lambda):
            body, first = keyword.value.body, keyword.value.args.args[:1]
            text = unit.operand(body)
            for name in (a.arg for a in first):
                yield _descending(unit, call, f"lambda {name}: (-{text}, {name})")
                for new in (f"-{text}", f"({text}, {name})", f"(-{text}, {name})"):
                    yield unit.replace(body, new, 2)
                for new in (f"(-{text}, {name}[0])", f"({text}, {name}[0])", f"{text}.lower()"):
                    yield unit.replace(body, new, 3)
        elif keyword.arg == "key" and isinstance(keyword.value, ast.Name | ast.Attribute):
            key = unit.text(keyword.value)
            for new in (f"lambda item: ({key}(item), item)", f"lambda item: (-{key}(item), item)"):
                yield unit.replace(keyword.value, new, 3)
            yield unit.replace(keyword.value, f"lambda item: -{key}(item)", 3)


def _descending(unit: Unit, call: ast.Call, key: str) -> Mutation | None:
    """``reverse=True`` as a negated key, so that equals come in ascending order."""
    others = [k for k in call.keywords if k.arg not in ("key", "reverse")]
    if len(others) == len(call.keywords) - 1:
        return None  # it was not reversed
    what = "descending, equals in ascending order"
    return replace(call_with(unit, call, others, [f"key={key}"], 2), what=what)


def call_with(
    unit: Unit, call: ast.Call, keywords: list[ast.keyword], added: list[str], weight: int
) -> Mutation:
    """The call with these keywords of its own and added ones."""
    kept = [unit.text(a) for a in call.args] + [_keyword(unit, k) for k in keywords] + added
    arguments = ", ".join(kept)
    if len(call.args) == 1 and isinstance(call.args[0], ast.GeneratorExp) and len(kept) > 1:
        arguments = ", ".join([f"({arguments_text(unit, call.args[0])})", *kept[1:]])
    return unit.replace(call, f"{unit.text(call.func)}({arguments})", weight)


def arguments_text(unit: Unit, node: ast.GeneratorExp) -> str:
    """A generator expression without the parentheses that its span may hold."""
    text = unit.text(node).strip()
    return text[1:-1] if text.startswith("(") and text.endswith(")") else text


def _keyword(unit: Unit, keyword: ast.keyword) -> str:
    value = unit.text(keyword.value)
    return f"**{value}" if keyword.arg is None else f"{keyword.arg}={value}"


def _arguments(unit: Unit, call: ast.Call) -> Changes:
    """Neighbours exchanged, one dropped, the call left out around its only argument."""
    for first, second in zip(call.args, call.args[1:], strict=False):
        start, end = unit.span(first)[0], unit.span(second)[1]
        gap = unit.source[unit.span(first)[1] : unit.span(second)[0]]
        text = unit.text(second) + gap + unit.text(first)
        whole = (
            unit.source[unit.span(call)[0] : start] + text + unit.source[end : unit.span(call)[1]]
        )
        yield unit.replace(call, whole, 2, "arguments exchanged")
    for gone in call.args if len(call.args) > 1 else ():
        kept = ", ".join(unit.text(a) for a in call.args if a is not gone)
        yield unit.replace(call, f"{unit.text(call.func)}({kept})", 3)
    if len(call.args) == 1 and isinstance(call.func, ast.Name) and _plain(call.args[0]):
        what = f"call of `{call.func.id}` dropped"
        yield unit.replace(call, unit.operand(call.args[0]), 2, what)


def _plain(node: ast.expr) -> bool:
    return not isinstance(node, ast.Starred | ast.GeneratorExp)
