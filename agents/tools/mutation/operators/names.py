"""Another name in scope in place of one."""

from __future__ import annotations

import ast
import builtins
from collections.abc import Iterator
from difflib import get_close_matches

from agents.tools.mutation.operators.statements import dropped
from agents.tools.mutation.unit import Function, Mutation, Unit

Changes = Iterator[Mutation | None]

_ALIKE = 0.5
_CLOSEST = 4


def mutations(unit: Unit) -> Changes:
    """Changes of this family."""
    yield from _unknown(unit)
    scopes = {function: local_names(function) for function in unit.functions}
    for node in unit.nodes(ast.Name):
        function = unit.function_of(node)
        names = scopes.get(function, []) if function is not None else []
        if node.id in names:
            weight = 3 if isinstance(node.ctx, ast.Load) else 4
            yield from (unit.replace(node, n, weight) for n in names if n != node.id)
        elif isinstance(unit.parents.get(node), ast.Call):
            continue
    attributes = _own_attributes(unit)
    for attribute in unit.nodes(ast.Attribute):
        if _is_own(attribute) and attribute.attr in attributes:
            for other in attributes:
                if other != attribute.attr:
                    yield unit.replace(attribute, f"self.{other}", 3)
    for constant in unit.nodes(ast.Constant):
        function = unit.function_of(constant)
        if isinstance(constant.value, int) and not dropped(unit, constant):
            for name in scopes.get(function, []) if function is not None else []:
                yield unit.replace(constant, name, 5)


def _unknown(unit: Unit) -> Changes:
    """A name that nothing defines becomes a like one that something does."""
    members = {*_own_attributes(unit), *_methods(unit)}
    known = {*_module_names(unit), *dir(builtins)}
    for attribute in unit.nodes(ast.Attribute):
        if _is_own(attribute) and attribute.attr not in members:
            for other in _alike(attribute.attr, members):
                yield unit.replace(attribute, f"self.{other}", 1)
    for name in unit.nodes(ast.Name):
        function = unit.function_of(name)
        local = set(local_names(function)) if function is not None else set()
        if isinstance(name.ctx, ast.Load) and name.id not in known | local | {"self", "cls"}:
            for other in _alike(name.id, _module_names(unit) | local):
                yield unit.replace(name, other, 1)


def _alike(name: str, others: set[str]) -> list[str]:
    return get_close_matches(name, sorted(others - {name}), _CLOSEST, _ALIKE)


def _methods(unit: Unit) -> set[str]:
    classes = (n for n in ast.walk(unit.module) if isinstance(n, ast.ClassDef))
    return {m for c in classes for n in c.body if (m := getattr(n, "name", ""))}


def _module_names(unit: Unit) -> set[str]:
    """Names that the module's own statements bind, wherever they stand outside functions."""
    found: set[str] = set()
    for node in ast.walk(unit.module):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            found.add(node.name)
        elif isinstance(node, ast.alias):
            found.add((node.asname or node.name).split(".")[0])
    return found | {
        n.id
        for statement in unit.module.body
        if isinstance(statement, ast.Assign | ast.AnnAssign)
        for n in ast.walk(statement)
        if isinstance(n, ast.Name) and isinstance(n.ctx, ast.Store)
    }


def local_names(function: Function) -> list[str]:
    """Parameters and local variables, in order."""
    arguments = function.args
    names = [a.arg for a in (*arguments.posonlyargs, *arguments.args, *arguments.kwonlyargs)]
    stored = [
        (n.lineno, n.col_offset, n.id)
        for n in ast.walk(function)
        if isinstance(n, ast.Name) and isinstance(n.ctx, ast.Store)
    ]
    names += [name for _, _, name in sorted(stored)]
    return [n for n in dict.fromkeys(names) if n not in ("self", "cls", "_")]


def _is_own(node: ast.Attribute) -> bool:
    return isinstance(node.value, ast.Name) and node.value.id == "self"


def _own_attributes(unit: Unit) -> list[str]:
    """Attributes of ``self`` that the module assigns."""
    found = [
        n.attr
        for n in ast.walk(unit.module)
        if isinstance(n, ast.Attribute) and isinstance(n.ctx, ast.Store) and _is_own(n)
    ]
    return sorted(set(found))
