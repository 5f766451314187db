"""Local variables that a model calls like the function that gives their value."""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator, Sequence

import libcst as cst

from agents.tools.syntax import code_of, parse_module

_Function = ast.FunctionDef | ast.AsyncFunctionDef


def with_functions_in_sight(text: str, source: str = "") -> str:
    """`text` with another name for each variable that hides the function which it is got from.

    ``total = total(lines)`` in a function is an UnboundLocalError where nothing has bound the
    variable before: all of its body means the variable. Functions that `source` has just so are
    left alone. Unchanged if a text does not parse.
    """
    try:
        hiding = [function for function in _functions(text) if _hiding(function)]
        old = {ast.dump(function) for function in _functions(source)} if hiding else set()
        new = {function.name for function in hiding if ast.dump(function) not in old}
        module = parse_module(text) if new else None
    except (SyntaxError, ValueError, RecursionError):
        return text
    return module.visit(_Repair(new)).code if module is not None else text


def _functions(text: str) -> Iterator[_Function]:
    return (node for node in ast.walk(ast.parse(text)) if isinstance(node, _Function))


def _hiding(function: _Function) -> set[str]:
    """Variables that cannot have a value where their own name is called for one."""
    taken = {argument.arg for argument in ast.walk(function.args) if isinstance(argument, ast.arg)}
    bound: dict[str, list[tuple[bool, bool]]] = {}
    """For each name, in order: whether it is bound by a call of itself, and in a loop."""
    for node, in_loop in _own_nodes(function.body):
        if isinstance(node, ast.Global | ast.Nonlocal):
            taken.update(node.names)
        elif isinstance(node, ast.Import | ast.ImportFrom):
            taken.update((alias.asname or alias.name).split(".")[0] for alias in node.names)
        elif isinstance(node, _Function | ast.ClassDef):
            taken.add(node.name)
        elif isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
            bound.setdefault(node.id, []).append((False, in_loop))
        elif (name := _got_from_itself(node)) is not None:
            bound.setdefault(name, []).append((True, in_loop))
    return {name for name, ways in bound.items() if _never_bound(ways)} - taken


def _never_bound(ways: Sequence[tuple[bool, bool]]) -> bool:
    """Whether nothing can have bound a name where the first of these bindings reads it.

    In a loop a later binding may have: then all have to be calls of the name itself.
    """
    itself, in_loop = ways[0]
    return itself and (not in_loop or all(each for each, _ in ways))


def _own_nodes(nodes: Iterable[ast.AST], in_loop: bool = False) -> Iterator[tuple[ast.AST, bool]]:
    """Nodes of a function in the order of its text, without what other functions run later."""
    for node in nodes:
        yield node, in_loop
        if isinstance(node, _Function | ast.ClassDef | ast.Lambda):
            continue
        inside = in_loop or isinstance(node, ast.For | ast.AsyncFor | ast.While)
        hidden = node.targets if isinstance(node, ast.Assign) else [getattr(node, "target", None)]
        itself = _got_from_itself(node) is not None
        children = (c for c in ast.iter_child_nodes(node) if not (itself and c in hidden))
        yield from _own_nodes(children, inside)


def _got_from_itself(node: ast.AST) -> str | None:
    """The variable of an assignment whose value calls the variable's name."""
    if isinstance(node, ast.Assign) and len(node.targets) == 1:
        target, value = node.targets[0], node.value
    elif isinstance(node, ast.AnnAssign) and node.value is not None:
        target, value = node.target, node.value
    else:
        return None
    calls = (each.func for each, _ in _own_nodes([value]) if isinstance(each, ast.Call))
    called = {each.id for each in calls if isinstance(each, ast.Name)}
    return target.id if isinstance(target, ast.Name) and target.id in called else None


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
