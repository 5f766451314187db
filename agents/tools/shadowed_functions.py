"""Local variables that a model calls like the function that gives their value."""

from __future__ import annotations

import ast
from collections.abc import Iterator

import libcst as cst

from agents.tools.syntax import code_of, parse_module

_Function = ast.FunctionDef | ast.AsyncFunctionDef


def with_functions_in_sight(text: str, source: str = "") -> str:
    """`text` with another name for each variable that hides the function which it is got from.

    ``total = total(lines)`` in a function is always an UnboundLocalError: all of its body means
    the variable. Functions that `source` has just so are left alone. Unchanged if `text` does not
    parse.
    """
    try:
        old = {ast.dump(f) for f in _functions(source) if _hiding(f)}
        new = {f.name for f in _functions(text) if _hiding(f) and ast.dump(f) not in old}
        module = parse_module(text) if new else None
    except (SyntaxError, ValueError, RecursionError):
        return text
    return module.visit(_Repair(new)).code if module is not None else text


def _functions(text: str) -> Iterator[_Function]:
    return (node for node in ast.walk(ast.parse(text)) if isinstance(node, _Function))


def _hiding(function: _Function) -> set[str]:
    """Variables whose first value is got by a call of their own name."""
    arguments = function.args
    taken = {a.arg for a in ast.walk(arguments) if isinstance(a, ast.arg)}
    for node in ast.walk(function):
        if isinstance(node, ast.Global | ast.Nonlocal):
            taken.update(node.names)
        elif isinstance(node, ast.Import | ast.ImportFrom):
            taken.update((alias.asname or alias.name).split(".")[0] for alias in node.names)
        elif isinstance(node, _Function | ast.ClassDef) and node is not function:
            taken.add(node.name)
    first: dict[str, ast.Name] = {}
    for name in sorted(_stored(function), key=lambda n: (n.lineno, n.col_offset)):
        first.setdefault(name.id, name)
    return {
        target.id
        for target, value in _assignments(function)
        if first[target.id] is target and target.id not in taken and target.id in _called(value)
    }


def _stored(function: _Function) -> Iterator[ast.Name]:
    for node in ast.walk(function):
        if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
            yield node


def _assignments(function: _Function) -> Iterator[tuple[ast.Name, ast.expr]]:
    for node in ast.walk(function):
        if isinstance(node, ast.Assign | ast.AnnAssign) and node.value is not None:
            targets = node.targets if isinstance(node, ast.Assign) else [node.target]
            for target in targets:
                if isinstance(target, ast.Name):
                    yield target, node.value


def _called(value: ast.expr) -> set[str]:
    calls = (node.func for node in ast.walk(value) if isinstance(node, ast.Call))
    return {function.id for function in calls if isinstance(function, ast.Name)}


class _Repair(cst.CSTTransformer):
    """Mends the functions of these names."""

    def __init__(self, names: set[str]) -> None:
        self._names = names

    def leave_FunctionDef(  # noqa: N802 - libcst's name
        self, original_node: cst.FunctionDef, updated_node: cst.FunctionDef
    ) -> cst.FunctionDef:
        if original_node.name.value not in self._names:
            return updated_node
        function = ast.parse(code_of(updated_node)).body[0]
        hiding = _hiding(function) if isinstance(function, _Function) else set()
        if not hiding:
            return updated_node
        body = updated_node.body.visit(_Renaming(hiding))
        return updated_node.with_changes(body=body)


class _Renaming(cst.CSTTransformer):
    """Names of variables get ``_value`` behind them, where they are not called."""

    def __init__(self, names: set[str]) -> None:
        self._names = names

    def leave_Name(  # noqa: N802 - libcst's name
        self, original_node: cst.Name, updated_node: cst.Name
    ) -> cst.Name:
        name = original_node.value
        return cst.Name(f"{name}_value") if name in self._names else original_node

    def leave_Call(  # noqa: N802 - libcst's name
        self, original_node: cst.Call, updated_node: cst.Call
    ) -> cst.Call:
        is_plain = isinstance(original_node.func, cst.Name)
        return updated_node.with_changes(func=original_node.func) if is_plain else updated_node

    def leave_Arg(  # noqa: N802 - libcst's name
        self, original_node: cst.Arg, updated_node: cst.Arg
    ) -> cst.Arg:
        return updated_node.with_changes(keyword=original_node.keyword)

    def leave_Attribute(  # noqa: N802 - libcst's name
        self, original_node: cst.Attribute, updated_node: cst.Attribute
    ) -> cst.Attribute:
        return updated_node.with_changes(attr=original_node.attr)
